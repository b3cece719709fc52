"""Collects what is wrong with the files of one gazetteer, so that it is all told together."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from gazetteer.errors import Fault, FormatError

KEPT = 100  # of one cause in one file; a file may be wrong on a million lines


@dataclass(slots=True)
class Faults:
    """The faults of one file so far: those kept in full, and how many there are."""

    file: str
    kept: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, lines: pl.Series, column: str | None, message: str, *, expected: str | None = None) -> None:
        """Adds one fault for each line, in line order, the first hundred in full."""
        self.total += len(lines)
        first = lines.sort().head(KEPT).to_list()
        self.kept += [Fault(line, column, message, expected, file=self.file) for line in first]

    def extend(self, faults: Iterable[Fault]) -> None:
        """Adds faults that were found before."""
        found = [Fault(f.line, f.column, f.message, f.expected, f.nearest, self.file) for f in faults]
        self.kept += found
        self.total += len(found)


def raise_all(faults: Iterable[Faults]) -> None:
    """Raises one FormatError for all the files that have faults; does nothing where none has."""
    faulty = [each for each in faults if each.total]
    if not faulty:
        return
    kept = [fault for each in faulty for fault in sorted(each.kept, key=lambda fault: fault.line or 0)]
    if len(faulty) == 1:
        kept = [Fault(f.line, f.column, f.message, f.expected, f.nearest) for f in kept]
    name = faulty[0].file if len(faulty) == 1 else f"{len(faulty)} files"
    raise FormatError(name, kept, total=sum(each.total for each in faulty))
