"""Gives a few rows of a large frame as Python's values, more quickly than the frame does."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

Row = TypeVar("Row")

# After so many rows one by one, all of them together are no dearer.
_FEW = 10_000


class Seldom(Generic[Row]):
    """Gives rows of a frame as values: one by one while few are asked for, and all at once from then on.

    >>> Seldom(pl.DataFrame({"uprn": [1, 2]}), tuple)[1]
    (2,)
    """

    __slots__ = ("_frame", "_made", "_make")

    def __init__(self, frame: pl.DataFrame, make: Callable[[Iterable[Any]], Row]) -> None:
        self._frame, self._make = frame, make
        self._made: dict[int, Row] = {}

    def __getitem__(self, place: int) -> Row:
        if place in self._made:
            return self._made[place]
        if len(self._made) >= _FEW:
            self._made = dict(enumerate(map(self._make, self._frame.rows())))
        else:
            self._made[place] = self._make(self._frame.row(place))
        return self._made[place]


class Rows:
    """Keeps each distinct value of a frame's columns once, and for each row which of them it has.

    Columns hold texts, whole numbers or flags; null is None.

    >>> kept = Rows(pl.DataFrame({"street": ["KING STREET", "MILL LANE", None], "number": [1, 1, 2]}))
    >>> list(kept.take([2, 0])), list(kept.take([1], ["number"]))
    ([(None, 2), ('KING STREET', 1)], [(1,)])
    """

    __slots__ = ("_codes", "_places", "_values")

    def __init__(self, frame: pl.DataFrame) -> None:
        self._places = {name: place for place, name in enumerate(frame.columns)}
        self._values: list[list[Any]] = []
        # A row's codes lie side by side, as rows are what is asked for.
        self._codes: npt.NDArray[np.uint32] = np.empty(frame.shape, dtype=np.uint32)
        for place, column in enumerate(frame.iter_columns()):
            self._values.append([None, *column.drop_nulls().unique().sort()])
            self._codes[:, place] = column.rank("dense").fill_null(0).to_numpy()

    def take(self, rows: npt.ArrayLike, columns: Iterable[str] | None = None) -> Iterator[tuple[Any, ...]]:
        """Gives rows by their places, in the order asked; all columns unless some are named."""
        places = [self._places[name] for name in columns] if columns is not None else range(len(self._places))
        told = self._codes.take(np.asarray(rows, dtype=np.int64), axis=0).T
        return zip(*(map(self._values[place].__getitem__, told[place].tolist()) for place in places), strict=True)
