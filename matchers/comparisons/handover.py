"""Comparison for movers: one home is left on the day on which another is taken."""

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from matchers.comparisons.base import MISSING, Comparison

DAYS_NEAR = 31
DAYS_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Handover(Comparison):
    """One stay ends when the other begins, nearly so, or not.

    Two Date columns: the first day of a stay and the first day after it. Where two strangers' dates meet by accident
    only once in hundreds of pairs, a mover's meet mostly to the day. Missing unless one side's end and the other
    side's beginning are both known.

    >>> old, new = {"since": ["2020-01-01"], "until": ["2024-06-30"]}, {"since": ["2024-06-30"], "until": [None]}
    >>> dates = {"since": pl.Date, "until": pl.Date}
    >>> left, right = (pl.DataFrame(s).cast(pl.String).with_columns(pl.all().str.to_date()) for s in (old, new))
    >>> Handover.levels[Handover("since", "until").grade(left, right).item()]
    'one stay ends as the other begins'
    """

    since: str = "since"
    until: str = "until"

    levels: ClassVar[tuple[str, ...]] = (
        "neither stay leads to the other",
        "one stay ends within a month of the other",
        "one stay ends as the other begins",
    )
    expected: ClassVar[tuple[float, ...]] = (0.3, 0.1, 0.6)
    chance: ClassVar[tuple[float, ...]] = (0.97, 0.025, 0.005)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2)
    leads: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Always `handover`."""
        return "handover"

    @property
    def columns(self) -> tuple[str, ...]:
        """Beginning and end of a stay."""
        return (self.since, self.until)

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade by the days between one side's end and the other's beginning, whichever is less."""
        frame = pl.DataFrame(
            {
                "there": (left[self.until].cast(pl.Date) - right[self.since].cast(pl.Date)).dt.total_days().abs(),
                "back": (right[self.until].cast(pl.Date) - left[self.since].cast(pl.Date)).dt.total_days().abs(),
            }
        )
        days = pl.min_horizontal("there", "back")
        near = pl.when(days <= DAYS_NEAR).then(1).otherwise(0)
        grade = pl.when(days.is_null()).then(MISSING).when(days <= DAYS_AT_ONCE).then(2).otherwise(near)
        return frame.select(grade.cast(pl.Int8).alias(self.name)).to_series()
