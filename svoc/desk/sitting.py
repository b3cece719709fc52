"""Deciding a case that one has before one: nobody else's, and as it was when it was looked at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from svoc.desk.case import Case
from svoc.desk.desk import Desk
from svoc.desk.looking import token_of
from svoc.desk.regrouping import REGROUPED, refuse_others, split, that_are_records
from svoc.errors import SettingsError
from svoc.store.leases import Lease, release, take

__all__ = [
    "AnsweredBy",
    "ChangedMeanwhile",
    "ClosedMeanwhile",
    "WithAnother",
    "answered_by",
    "decide_looked_at",
    "grouped_of",
    "hold",
    "split_looked_at",
]


class WithAnother(SettingsError):
    """Says who has a case before them, and until when."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(f"{lease.steward} has this case before them")
        self.lease = lease


class ChangedMeanwhile(SettingsError):
    """Says that a case is not any more what it was when it was looked at."""

    def __init__(self) -> None:
        super().__init__("the records, or what is decided about them, have changed since you looked at the case")


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """Who answered a case, what, and when; it names nobody where that is not for this steward to know yet."""

    steward: str
    verdict: str
    at: datetime


class ClosedMeanwhile(SettingsError):
    """Says that a case waits no more, and who answered it if somebody did."""

    def __init__(self, answered: AnsweredBy | None) -> None:
        super().__init__("the case is not open any more")
        self.answered = answered


def hold(desk: Desk, case_id: str, *, patient: bool = False) -> Lease:
    """Take a case for oneself, or say who has it."""
    minutes = desk.council.settings.desk.minutes
    return take(desk.council.store.engine, case_id, steward=desk.steward, minutes=minutes, patient=patient)


def decide_looked_at(
    desk: Desk, case_id: str, verdict: str, *, token: str, because: str, pair: tuple[str, str] | None = None
) -> list[int]:
    """Decide a case as `Desk.decide` does, if it is this steward's and as it was when its `token` was given.

    Of two who answer at once one decides, and the other is told by `WithAnother` or `ClosedMeanwhile`: whoever decides
    holds the case's lease while they look whether it is open still, in whatever process they are.
    """
    case = _as_looked_at(desk, case_id, token)
    made = desk.decide(case, verdict, because=because, pair=pair)
    release(desk.council.store.engine, case_id, steward=desk.steward)
    return made


def split_looked_at(
    desk: Desk, case_id: str, groups: Sequence[Collection[str]], *, token: str, because: str
) -> list[int]:
    """Say of all records of a case in groups who is who, in one act, under the same conditions."""
    case = _as_looked_at(desk, case_id, token)
    refuse_others(groups, grouped_of(desk, case))
    said = split(groups)
    made = desk.decide_all(said, because=because, answers=[case.id] * len(said))
    release(desk.council.store.engine, case_id, steward=desk.steward)
    return made


def grouped_of(desk: Desk, case: Case) -> list[str]:
    """Name the records of a case that can be put into groups: those that are there, of a case that asks who is who."""
    there = set(desk.records(case.mentions)["mention"])
    return [m for m in that_are_records(case.mentions) if m in there] if case.kind in REGROUPED else []


def _as_looked_at(desk: Desk, case_id: str, token: str) -> Case:
    lease = hold(desk, case_id, patient=True)
    if not lease.is_of(desk.steward):
        raise WithAnother(lease)
    case = next((c for c in desk.cases() if c.id == case_id), None)
    if case is None:
        release(desk.council.store.engine, case_id, steward=lease.steward)
        raise ClosedMeanwhile(answered_by(desk, case_id))
    case = desk.before(case)
    if token_of(desk, case) != token:
        raise ChangedMeanwhile
    return case


def answered_by(desk: Desk, case_id: str) -> AnsweredBy | None:
    """Say who answered a case of the last night last, as far as this steward may know."""
    asked = desk.standing().state.cases.filter(pl.col("case") == case_id)["mentions"].to_list()
    if not asked:
        return None
    both = pl.all_horizontal(pl.col("left", "right").is_in(asked[0])).fill_null(value=False)
    held = desk.history().filter(both & pl.col("superseded_by").is_null()).sort("decision")
    last = held.select("steward", "verdict", "at").rows()[-1:]
    return AnsweredBy(*last[0]) if last else None
