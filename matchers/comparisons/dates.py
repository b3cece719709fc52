"""Comparisons for dates of birth and for stays: the time from which, until which, somebody lived somewhere."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import MISSING, Comparison, OfOneColumn
from matchers.comparisons.values import coded, graded

# Dates that systems write when they do not know: the null list of HMPPS's Core Person Record, and two more of the kind.
PLACEHOLDERS = (date(1900, 1, 1), date(1901, 1, 1), date(1970, 1, 1), date(2099, 12, 31))
HANDOVER_DAYS = 90
FIRST_OF_JANUARY = 101


@dataclass(frozen=True, slots=True)
class SameDate(OfOneColumn):
    """Two dates are equal, one slip of the pen apart, in the same year, or different.

    A Date column, or text as YYYY-MM-DD or YYYYMMDD. A slip is one wrong digit, two neighbouring digits
    exchanged, or day and month exchanged. Dates that stand for "unknown" (1900-01-01, 1901-01-01, 1970-01-01,
    2099-12-31) are missing.

    >>> left, right = pl.DataFrame({"dob": ["1980-03-04"] * 3}), pl.DataFrame({"dob": ["1980-04-03", "1980-12-25", "1970-01-01"]})
    >>> SameDate("dob").grade(left, right).to_list()
    [2, 1, -1]
    """  # noqa: E501 (the example is one line)

    column: str

    takes_codes: ClassVar[bool] = True
    levels: ClassVar[tuple[str, ...]] = ("differs", "the same year", "one slip of the pen apart", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.01, 0.01, 0.03, 0.95)
    chance: ClassVar[tuple[float, ...]] = (0.98, 0.0165, 0.0034, 0.0001)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2, 3)

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade by the eight digits of YYYYMMDD."""
        one, other = _numbers(left[self.column]), _numbers(right[self.column])
        slip = _slip(one, other)
        grades = np.select([one == other, slip, one // 10000 == other // 10000], [3, 2, 1], default=0)
        return graded(self.name, np.where((one < 0) | (other < 0), MISSING, grades))


@dataclass(frozen=True, slots=True)
class BirthDate(OfOneColumn):
    """Two dates of birth, weighed for files in which dates may be no dates, or only a year.

    Text of eight digits, with or without hyphens (YYYY-MM-DD, YYYYMMDD), or a Date column. Unlike `SameDate` it reads
    what no calendar holds (1504-21-01 is one exchange from 1504-01-21), takes the 1st of January for a year of which no
    more is known, and lets a wrong year beside the right day count for something.

    >>> left = pl.DataFrame({"born": ["1504-21-01", "1504-01-01", "1980-03-04"]})
    >>> right = pl.DataFrame({"born": ["1504-01-21", "1504-07-19", "1975-03-04"]})
    >>> BirthDate("born").grade(left, right).to_list()
    [4, 3, 2]
    """

    column: str

    takes_codes: ClassVar[bool] = True
    levels: ClassVar[tuple[str, ...]] = (
        "differs", "the same year", "the same day of another year", "the same year, of one no more is known",
        "one slip of the pen apart", "the same",
    )  # fmt: skip
    expected: ClassVar[tuple[float, ...]] = (0.03, 0.02, 0.02, 0.02, 0.06, 0.85)
    chance: ClassVar[tuple[float, ...]] = (0.982, 0.011, 0.0025, 0.001, 0.0034, 0.0001)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 3, 4, 5)

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade by the eight digits."""
        one, other = _digits(left[self.column]), _digits(right[self.column])
        slip = _slip(one, other)
        year, day = one // 10000 == other // 10000, one % 10000 == other % 10000
        vague = (one % 10000 == FIRST_OF_JANUARY) | (other % 10000 == FIRST_OF_JANUARY)
        grades = np.select([year & vague, one == other, slip, day & ~vague, year], [3, 5, 4, 2, 1], default=0)
        return graded(self.name, np.where((one < 0) | (other < 0), MISSING, grades))


def _digits(dates: pl.Series) -> NDArray[np.int64]:
    """The eight digits as a number, whether or not they are a date; -1 where there are not eight."""
    if not isinstance(dates.dtype, pl.String | pl.Enum):
        return _written(dates)
    texts = coded(dates)
    bare = texts.values.str.replace_all(r"[^0-9]", "")
    number = pl.when(pl.col("bare").str.len_chars() == 8).then(pl.col("bare").cast(pl.Int64, strict=False))
    read = pl.DataFrame({"bare": bare}).select(number).to_series().fill_null(MISSING).to_numpy()
    return np.append(read, MISSING)[texts.codes[0]]


def _numbers(dates: pl.Series) -> NDArray[np.int64]:
    """The date as the number YYYYMMDD, -1 where there is none; each text is read once."""
    if not isinstance(dates.dtype, pl.String | pl.Enum):
        return _written(dates)
    texts = coded(dates)
    return np.append(_written(texts.values), MISSING)[texts.codes[0]]


def _written(dates: pl.Series) -> NDArray[np.int64]:
    """The date as the number YYYYMMDD, -1 where there is none."""
    days = _as_dates(dates)
    known = pl.when(~pl.col("d").is_in(PLACEHOLDERS))
    number = pl.col("d").dt.to_string("%Y%m%d").cast(pl.Int64)
    return pl.DataFrame({"d": days}).select(known.then(number)).to_series().fill_null(MISSING).to_numpy()


def _as_dates(values: pl.Series) -> pl.Series:
    if values.dtype != pl.String:
        return values.cast(pl.Date)
    return values.str.strip_chars().str.replace_all("-", "", literal=True).str.to_date("%Y%m%d", strict=False)


def _slip(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Two known dates that are not the same are one slip of the pen apart; most pairs need no look at their digits."""
    unlike = np.flatnonzero((one != other) & (one >= 0) & (other >= 0))
    a, b = one[unlike].astype(np.int32), other[unlike].astype(np.int32)
    slip = np.zeros(len(one), dtype=np.bool_)
    slip[unlike] = _one_slip(a, b) | _day_and_month_exchanged(a, b)
    return slip


def _one_slip(one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.bool_]:
    """One digit differs, or two neighbours are exchanged."""
    powers = 10 ** np.arange(8, dtype=np.int32)
    wrong, exchanged = np.zeros(len(one), dtype=np.int8), np.zeros(len(one), dtype=np.bool_)
    for power in powers:
        wrong += one // power % 10 != other // power % 10
    for power in powers[:-1]:
        a, b = one // power % 100, other // power % 100
        exchanged |= (a % 10 == b // 10) & (a // 10 == b % 10) & (a != b)
    slip: NDArray[np.bool_] = (wrong == 1) | (exchanged & (wrong == 2))
    return slip


def _day_and_month_exchanged(one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.bool_]:
    day, month = one % 100, one // 100 % 100
    exchanged: NDArray[np.bool_] = one // 10000 * 10000 + day * 100 + month == other
    return exchanged


@dataclass(frozen=True, slots=True)
class Overlap(Comparison):
    """Two stays overlap, follow one another within 90 days, or lie further apart.

    Two Date columns (or text as YYYY-MM-DD): the stay includes `since` and excludes `until`; a null `until` is
    still going on, a null `since` is unknown, hence missing. Following one another is asked first, because a
    mover's two stays overlap by days: it means that one begins within 90 days of the other's end, either way.

    >>> old, new = {"since": ["2020-01-01"], "until": ["2024-06-30"]}, {"since": ["2024-07-10"], "until": [None]}
    >>> Overlap("since", "until").grade(pl.DataFrame(old), pl.DataFrame(new)).to_list()
    [1]
    """

    since: str = "since"
    until: str = "until"

    levels: ClassVar[tuple[str, ...]] = ("the stays lie apart", "one stay follows the other", "the stays overlap")
    expected: ClassVar[tuple[float, ...]] = (0.1, 0.15, 0.75)
    chance: ClassVar[tuple[float, ...]] = (0.2, 0.05, 0.75)
    leads: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Always `stay`."""
        return "stay"

    @property
    def columns(self) -> tuple[str, ...]:
        """Beginning and end of a stay."""
        return (self.since, self.until)

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade by whole days."""
        frame = pl.DataFrame({
            "a": _as_dates(left[self.since]), "z": _as_dates(left[self.until]),
            "b": _as_dates(right[self.since]), "y": _as_dates(right[self.until]),
        })  # fmt: skip
        a, z, b, y = pl.col("a"), pl.col("z"), pl.col("b"), pl.col("y")
        near = _within_handover(z, b) | _within_handover(y, a)
        apart = (z <= b).fill_null(value=False) | (y <= a).fill_null(value=False)
        grade = pl.when(a.is_null() | b.is_null()).then(MISSING).when(near).then(1).when(apart).then(0).otherwise(2)
        return frame.select(grade.cast(pl.Int8).alias(self.name)).to_series()


def _within_handover(end: pl.Expr, start: pl.Expr) -> pl.Expr:
    return ((end - start).dt.total_days().abs() <= HANDOVER_DAYS).fill_null(value=False)
