"""What can go wrong with a gazetteer.

```
GazetteerError
├── MissingInput        a path or a column that was named is not there
├── UnreadableIndex     a saved gazetteer is incomplete or was altered
├── BadTuning           a tuning has figures that cannot be
└── FormatError         a file has faults; all of them are told together
    └── UnknownFormat   the rows belong to no format that is known
```

A message names the file, the line (counted from 1), the column, what was expected and the nearest valid
choice. It never quotes an address or a name.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN = 50


class GazetteerError(Exception):
    """Something is wrong with what was given to the gazetteer; the message says what to mend."""


class MissingInput(GazetteerError):
    """A path or a column that was named is not there."""


class UnreadableIndex(GazetteerError):
    """A saved gazetteer is incomplete, was altered, or was written by another version."""


class BadTuning(GazetteerError):
    """A tuning has figures that cannot be; the message tells all of them, a line each."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: where it is, what is wrong, and what was expected.

    `line` counts from 1 and is None where the whole file is at fault; `column` is the supplier's name for it.

    >>> str(Fault(7, "START_DATE", "not a date", expected="YYYY-MM-DD"))
    'line 7, START_DATE: not a date; expected YYYY-MM-DD'
    """

    line: int | None
    column: str | None
    message: str
    expected: str | None = None
    nearest: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, f"line {self.line}" if self.line else None, self.column) if part)
        what = self.message
        what += f"; expected {self.expected}" if self.expected else ""
        what += f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"{where}: {what}" if where else what


class FormatError(GazetteerError):
    """A file has faults, told all together: the first fifty in full, the rest as a count.

    `file` is the file's name, `faults` those that were kept, in line order, and `total` how many there are.
    """

    def __init__(self, file: str, faults: Iterable[Fault], *, total: int | None = None) -> None:
        self.file = file
        self.faults: tuple[Fault, ...] = tuple(faults)
        self.total = len(self.faults) if total is None else max(total, len(self.faults))
        super().__init__(self._text())

    def _text(self) -> str:
        count = "1 fault" if self.total == 1 else f"{self.total} faults"
        lines = [f"{self.file}: {count}", *(f"  {fault}" for fault in self.faults[:SHOWN])]
        unseen = self.total - min(len(self.faults), SHOWN)
        if unseen > 0:
            lines.append(f"  and {unseen} more")
        return "\n".join(lines)


class UnknownFormat(FormatError):
    """The rows belong to no gazetteer format that is known."""


def nearest(word: str, choices: Sequence[str]) -> str | None:
    """Gives the choice most like a word, or None where none is like it.

    >>> nearest("UPNR", ["UPRN", "POSTCODE"])
    'UPRN'
    """
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
