"""Comparison for movers: one home is left on the day on which another is taken."""

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from matchers.comparisons.base import MISSING, Comparison

DAYS_NEAR = 31
DAYS_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Handover(Comparison):
    """One stay ends when the other begins, nearly so, or not; or both still go on.

    Two Date columns: the first day of a stay and the first day after it. Where two strangers' dates meet by accident
    only once in hundreds of pairs, a mover's meet mostly to the day; and few people have two homes that both go on.
    Missing where neither one side's end and the other's beginning, nor both beginnings, are known; and, with
    `forwarding`, where both go on but mail for one of them goes elsewhere: an owner may have many homes.

    >>> old, new = {"since": ["2020-01-01"], "until": ["2024-06-30"]}, {"since": ["2024-06-30"], "until": [None]}
    >>> dates = {"since": pl.Date, "until": pl.Date}
    >>> left, right = (pl.DataFrame(s).cast(pl.String).with_columns(pl.all().str.to_date()) for s in (old, new))
    >>> Handover.levels[Handover("since", "until").grade(left, right).item()]
    'one stay ends as the other begins'
    """

    since: str = "since"
    until: str = "until"
    forwarding: str | None = None

    levels: ClassVar[tuple[str, ...]] = (
        "both stays go on",
        "neither stay leads to the other",
        "one stay ends within a month of the other",
        "one stay ends as the other begins",
    )
    expected: ClassVar[tuple[float, ...]] = (0.1, 0.2, 0.1, 0.6)
    chance: ClassVar[tuple[float, ...]] = (0.8, 0.17, 0.025, 0.005)
    ladder: ClassVar[tuple[int, ...]] = (1, 2, 3)
    leads: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Always `handover`."""
        return "handover"

    @property
    def columns(self) -> tuple[str, ...]:
        """Beginning and end of a stay, and where mail is forwarded to."""
        return (self.since, self.until, *([self.forwarding] if self.forwarding else []))

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade by the days between one side's end and the other's beginning, whichever is less."""
        a, z, b, y = (f[c].cast(pl.Date) for f in (left, right) for c in (self.since, self.until))
        frame = pl.DataFrame(
            {
                "there": (z - b).dt.total_days().abs(),
                "back": (y - a).dt.total_days().abs(),
                "both": a.is_not_null() & b.is_not_null() & z.is_null() & y.is_null(),
                "absent": self._absent(left) | self._absent(right),
            }
        )
        days = pl.min_horizontal("there", "back")
        grade = (
            pl.when(pl.col("both") & pl.col("absent")).then(MISSING)
            .when("both").then(0)
            .when(days.is_null()).then(MISSING)
            .when(days <= DAYS_AT_ONCE).then(3)
            .when(days <= DAYS_NEAR).then(2)
            .otherwise(1)
        )  # fmt: skip
        return frame.select(grade.cast(pl.Int8).alias(self.name)).to_series()

    def _absent(self, frame: pl.DataFrame) -> pl.Series:
        if self.forwarding is None:
            return pl.Series([False]).new_from_index(0, frame.height)
        return frame[self.forwarding].is_not_null()
