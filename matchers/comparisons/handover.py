"""Comparison for movers: one home is left on the day on which another is taken."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import MISSING
from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.values import Flags, Grades

DAYS_NEAR = 31
DAYS_AT_ONCE = 3
UNKNOWN = 2**31
Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Handover(ByRecord):
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

    def read(self, records: Columns) -> tuple[Days, Days, Flags]:
        """Read the days on which stays begin and end, and where mail goes elsewhere."""
        frame = records.frame
        since, until = (
            frame[column].cast(pl.Date).to_physical().cast(pl.Int64).fill_null(UNKNOWN).to_numpy()
            for column in (self.since, self.until)
        )
        if self.forwarding is None:
            return since, until, np.zeros(frame.height, dtype=np.bool_)
        return since, until, frame[self.forwarding].is_not_null().to_numpy()

    def between(self, read: tuple[Days, Days, Flags], left: Rows, right: Rows) -> Grades:
        """Grade by the days between one side's end and the other's beginning, whichever is less."""
        began, ended, elsewhere = read
        since, until, gone = began[left], ended[left], elsewhere[left]
        other_since, other_until, other_gone = began[right], ended[right], elsewhere[right]
        days = np.minimum(_days_between(until, other_since), _days_between(other_until, since))
        both = (since != UNKNOWN) & (other_since != UNKNOWN) & (until == UNKNOWN) & (other_until == UNKNOWN)
        rules = [both & (gone | other_gone), both, days == UNKNOWN, days <= DAYS_AT_ONCE, days <= DAYS_NEAR]
        return np.select(rules, [MISSING, 0, MISSING, 3, 2], default=1).astype(np.int8)


def _days_between(one: Days, other: Days) -> Days:
    return np.where((one == UNKNOWN) | (other == UNKNOWN), UNKNOWN, np.abs(one - other))
