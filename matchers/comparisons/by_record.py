"""Comparisons that read every record once, however many pairs it is in, and grade pairs of rows by what was read."""

from abc import abstractmethod
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import Comparison
from matchers.comparisons.columns import Columns
from matchers.comparisons.values import Grades, graded

Rows = NDArray[np.int64]


class ByRecord(Comparison):
    """A comparison in two steps: `read` the records, then grade pairs of their rows.

    A subclass gives `read` and `between` in place of `grade`; `between` is given what its own `read` gave.
    """

    __slots__ = ()

    @abstractmethod
    def read(self, records: Columns) -> Any:
        """Read what the comparison needs of each record; the records must hold `columns`."""

    @abstractmethod
    def between(self, read: Any, left: Rows, right: Rows) -> Grades:
        """Grade pairs of row numbers: Int8, -1 where either side is missing."""

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade row by row two frames of equal height."""
        records, rows = stacked(left.select(self.columns), right.select(self.columns))
        return graded(self.name, self.between(self.read(Columns(records)), *rows))


def stacked(left: pl.DataFrame, right: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Rows, Rows]]:
    """Write two frames of pairs' ends one under the other, and say in which rows each pair's ends are."""
    rows = np.arange(left.height, dtype=np.int64)
    return pl.concat([left, right], how="vertical_relaxed"), (rows, rows + left.height)
