"""How the desk's work goes: what waits and since when, what was decided and taken back, which notices are owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from svoc.desk.desk import Desk
from svoc.desk.queues import Queue, Waiting, waiting
from svoc.words.notices import State

__all__ = ["Figures", "Owed", "Waits", "figures"]

LATELY = timedelta(days=28)
NIGHTS = 7
OUTSTANDING = (State.WAITING, State.SENT, State.REJECTED, State.DEAD)
"""How far a notice has come that somebody still has to do something about."""


@dataclass(frozen=True, slots=True)
class Waits:
    """A queue: how many cases wait in it, how many of them somebody has, for how many days the oldest has waited."""

    queue: str
    cases: int
    held: int
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Owed:
    """How many notices have come so far; `overdue`: of how many the answer was wanted before today."""

    state: str
    notices: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts alone, of the desk's lane and purpose.

    `decided`, `taken_back`: decisions of the last four weeks, and those of them that hold no more because somebody took
    them back; `overturned`: their share, from 0 to 1; `stewards`: how many people decided; `nights`: number and day of
    the last published ones.
    """

    waits: tuple[Waits, ...]
    decided: int
    taken_back: int
    stewards: int
    overturned: float
    owed: tuple[Owed, ...]
    nights: tuple[tuple[int, date], ...]


def figures(desk: Desk, *, now: datetime | None = None) -> Figures:
    """Count what waits and what was done; the reads are noted as any."""
    now = now or datetime.now(UTC)
    found = waiting(desk)
    ledger = desk.history().filter(pl.col("at") >= (now - LATELY))
    undone = ledger["undone_by"].drop_nulls().len()
    nights = desk.council.store.runs()[:NIGHTS]
    return Figures(
        waits=tuple(
            _waits(queue, theirs, now) for queue in Queue if (theirs := [w for w in found if w.queue is queue])
        ),
        decided=ledger.height,
        taken_back=undone,
        overturned=undone / max(1, ledger.height),
        stewards=ledger["steward"].n_unique(),
        owed=_owed(desk.reader().notices(), now),
        nights=tuple((run["run"], run["as_of"]) for run in nights),
    )


def _waits(queue: Queue, found: Sequence[Waiting], now: datetime) -> Waits:
    ages = [(now - each.since).days for each in found if each.since]
    return Waits(queue.value, len(found), sum(each.lease is not None for each in found), max(ages, default=None))


def _owed(notices: pl.DataFrame, now: datetime) -> tuple[Owed, ...]:
    """Count the notices that are outstanding, by how far they have come."""
    owed = []
    for state in OUTSTANDING:
        its = notices.filter(pl.col("state") == state.value)
        late = its.filter(pl.col("due") < now.date()).height if state is State.SENT else 0
        if its.height:
            owed.append(Owed(state.value, its.height, late))
    return tuple(owed)
