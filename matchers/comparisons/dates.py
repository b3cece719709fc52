"""Comparisons for dates of birth and for stays: the time from which, until which, somebody lived somewhere."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import MISSING, Comparison, OfOneColumn
from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.values import TEXTS, Codes, Flags, Grades

# Dates that systems write when they do not know: the null list of HMPPS's Core Person Record, and two more of the kind.
PLACEHOLDERS = (date(1900, 1, 1), date(1901, 1, 1), date(1970, 1, 1), date(2099, 12, 31))
HANDOVER_DAYS = 90
DAY, FIRST_OF_JANUARY = 0xFFFF, 0x0101
UNKNOWN = np.uint32(0xFFFFFFFF)
Digits = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class SameDate(OfOneColumn, ByRecord):
    """Two dates are equal, one slip of the pen apart, in the same year, or different.

    A Date column, or text as YYYY-MM-DD or YYYYMMDD. A slip is one wrong digit, two neighbouring digits
    exchanged, or day and month exchanged. Dates that stand for "unknown" (1900-01-01, 1901-01-01, 1970-01-01,
    2099-12-31) are missing.

    Of two people in one home one pair in a hundred is assumed to share the date, for they are twins: the Office for
    National Statistics counts some 15 multiple maternities in 1,000, and it is children's dates that lists hold.

    >>> left, right = pl.DataFrame({"dob": ["1980-03-04"] * 3}), pl.DataFrame({"dob": ["1980-04-03", "1980-12-25", "1970-01-01"]})
    >>> SameDate("dob").grade(left, right).to_list()
    [2, 1, -1]
    """  # noqa: E501 (the example is one line)

    column: str

    levels: ClassVar[tuple[str, ...]] = ("differs", "the same year", "one slip of the pen apart", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.004, 0.006, 0.03, 0.96)
    chance: ClassVar[tuple[float, ...]] = (0.98, 0.0165, 0.0034, 0.0001)
    chance_together: ClassVar[tuple[float, ...] | None] = (0.96, 0.025, 0.005, 0.01)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2, 3)

    def read(self, records: Columns) -> Digits:
        """Read dates that are in the calendar and stand for nothing else."""
        dates = records.coded(self.column)
        return _packed(_written(dates.values), dates.codes[0])

    def between(self, read: Digits, left: Rows, right: Rows) -> Grades:
        """Grade by the eight digits of YYYYMMDD."""
        one, other = read[left], read[right]
        grades = np.select([one == other, _slip(one, other), _same_year(one, other)], [3, 2, 1], default=0)
        return np.where((one == UNKNOWN) | (other == UNKNOWN), MISSING, grades).astype(np.int8)


@dataclass(frozen=True, slots=True)
class BirthDate(OfOneColumn, ByRecord):
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

    levels: ClassVar[tuple[str, ...]] = (
        "differs", "the same year", "the same day of another year", "the same year, of one no more is known",
        "one slip of the pen apart", "the same",
    )  # fmt: skip
    expected: ClassVar[tuple[float, ...]] = (0.03, 0.02, 0.02, 0.02, 0.06, 0.85)
    chance: ClassVar[tuple[float, ...]] = (0.982, 0.011, 0.0025, 0.001, 0.0034, 0.0001)
    chance_together: ClassVar[tuple[float, ...] | None] = (0.958, 0.02, 0.006, 0.001, 0.005, 0.01)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 3, 4, 5)

    def read(self, records: Columns) -> Digits:
        """Read eight digits, whether or not they are a date."""
        dates = records.coded(self.column)
        return _packed(_digits(dates.values), dates.codes[0])

    def between(self, read: Digits, left: Rows, right: Rows) -> Grades:
        """Grade by the eight digits."""
        one, other = read[left], read[right]
        year, day = _same_year(one, other), (one ^ other) & DAY == 0
        vague = (one & DAY == FIRST_OF_JANUARY) | (other & DAY == FIRST_OF_JANUARY)
        rules = [year & vague, one == other, _slip(one, other), day & ~vague, year]
        grades = np.select(rules, [3, 5, 4, 2, 1], default=0)
        return np.where((one == UNKNOWN) | (other == UNKNOWN), MISSING, grades).astype(np.int8)


def _digits(dates: pl.Series) -> NDArray[np.int64]:
    """The eight digits as a number, whether or not they are a date; -1 where there are not eight."""
    if dates.dtype not in TEXTS:
        return _written(dates)
    bare = pl.col("bare").cast(pl.String).str.replace_all(r"[^0-9]", "")
    number = pl.when(bare.str.len_chars() == 8).then(bare.cast(pl.Int64, strict=False))
    return pl.DataFrame({"bare": dates}).select(number).to_series().fill_null(MISSING).to_numpy()


def _packed(numbers: NDArray[np.int64], codes: Codes) -> Digits:
    """Write each number of eight digits with four bits a digit, so that no division is needed to look at one."""
    packed = np.full(len(numbers) + 1, UNKNOWN, dtype=np.uint32)
    known = np.flatnonzero(numbers >= 0)
    packed[known] = sum((numbers[known] // 10**place % 10 << 4 * place) for place in range(8))
    return packed[codes]


def _written(dates: pl.Series) -> NDArray[np.int64]:
    """The date as the number YYYYMMDD, -1 where there is none."""
    days = _as_dates(dates)
    known = pl.when(~pl.col("d").is_in(PLACEHOLDERS))
    number = pl.col("d").dt.to_string("%Y%m%d").cast(pl.Int64)
    return pl.DataFrame({"d": days}).select(known.then(number)).to_series().fill_null(MISSING).to_numpy()


def _as_dates(values: pl.Series) -> pl.Series:
    if values.dtype not in TEXTS:
        return values.cast(pl.Date)
    return (
        values.cast(pl.String)
        .str.strip_chars()
        .str.replace_all("-", "", literal=True)
        .str.to_date("%Y%m%d", strict=False)
    )


def _same_year(one: Digits, other: Digits) -> Flags:
    same: Flags = (one ^ other) >> 16 == 0
    return same


def _slip(one: Digits, other: Digits) -> Flags:
    """Tell which dates are one slip of the pen apart: a digit differs, two neighbours are exchanged, or day and
    month.
    """
    unlike = one ^ other
    wrong = np.bitwise_count((unlike | unlike >> 1 | unlike >> 2 | unlike >> 3) & 0x11111111)
    slip: Flags = (wrong == 1) | (
        _same_year(one, other) & (wrong > 0) & (((one & 0xFF) << 8 | one >> 8 & 0xFF) == other & DAY)
    )
    two = np.flatnonzero(wrong == 2)
    slip[two] |= _neighbours_exchanged(one[two], other[two])
    return slip


def _neighbours_exchanged(one: Digits, other: Digits) -> Flags:
    """Two dates of which two digits differ: whether these are neighbours and change places."""
    found = np.zeros(len(one), dtype=np.bool_)
    for place in range(0, 28, 4):
        a, b = one >> place & 0xFF, other >> place & 0xFF
        found |= (a & 0xF == b >> 4) & (a >> 4 == b & 0xF) & (a != b)
    return found


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
