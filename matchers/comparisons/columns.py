"""The columns of records, each distinct value numbered once, the first time that somebody asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

from matchers.comparisons.values import Coded, merged, numbered, plain, recoded
from matchers.threads import Once

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Columns:
    """A frame's columns as numbers; several threads may ask at once, and all are given the same numbers."""

    frame: pl.DataFrame
    _once: Once = field(default_factory=Once, repr=False, compare=False)

    def coded(self, name: str) -> Coded:
        """The distinct values of a column, in its own dtype, and every row's code (-1 where missing)."""
        return self._once.of(("coded", name), lambda: numbered(self.frame[name]))

    def plain(self, name: str) -> Coded:
        """The same in plain capitals."""
        return self._once.of(("plain", name), lambda: self._plain(name))

    def _plain(self, name: str) -> Coded:
        column = self.coded(name)
        return recoded(column, plain(column.values))

    def shared(self, read: Callable[..., R], *names: str) -> R:
        """What `read(self, *names)` gives, for comparisons that read the same columns in the same way."""
        return self._once.of((read, *names), lambda: read(self, *names))

    def together(self, *names: str) -> Coded:
        """Several columns with one dictionary, every value a text."""
        return merged(*(self.coded(name) for name in names))

    def filled(self, name: str) -> bool:
        """Whether any row holds a value."""
        return self.frame[name].null_count() < self.frame.height
