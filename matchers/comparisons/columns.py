"""The columns of records, each distinct value numbered once, the first time that somebody asks."""

from dataclasses import dataclass, field

import polars as pl

from matchers.comparisons.values import Coded, merged, numbered, plain, recoded


@dataclass(frozen=True, slots=True)
class Columns:
    """A frame's columns as numbers; several threads may ask at once, and all are given the same numbers."""

    frame: pl.DataFrame
    _numbered: dict[str, Coded] = field(default_factory=dict, repr=False, compare=False)
    _plain: dict[str, Coded] = field(default_factory=dict, repr=False, compare=False)

    def coded(self, name: str) -> Coded:
        """The distinct values of a column, in its own dtype, and every row's code (-1 where missing)."""
        if name not in self._numbered:
            self._numbered.setdefault(name, numbered(self.frame[name]))
        return self._numbered[name]

    def plain(self, name: str) -> Coded:
        """The same in plain capitals."""
        if name not in self._plain:
            column = self.coded(name)
            self._plain.setdefault(name, recoded(column, plain(column.values)))
        return self._plain[name]

    def together(self, *names: str) -> Coded:
        """Several columns with one dictionary, every value a text."""
        return merged(*(self.coded(name) for name in names))

    def filled(self, name: str) -> bool:
        """Whether any row holds a value."""
        return self.frame[name].null_count() < self.frame.height
