"""What waits for a steward, queue by queue: since when, who has it before them, and what it is called."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import polars as pl

from svoc.desk.case import Case
from svoc.desk.desk import Desk
from svoc.store.asked_since import asked_since
from svoc.store.leases import Lease, leases
from svoc.words.decisions import CaseKind, Verdict
from svoc.words.roles import Role

__all__ = ["Queue", "Waiting", "of_the_role", "one_waiting", "waiting"]


class Queue(StrEnum):
    """Where a case waits, in the order in which queues are listed."""

    LIFE_EVENTS = "life-events"
    SECOND_CHECK = "second-check"  # somebody has answered, and it takes two
    CONFLICTS = "conflicts"
    LOOKS_WRONG = "looks-wrong"
    LOOK_AGAIN = "look-again"  # answered before, and something has changed since
    NEW_REGISTER = "new-register"
    HOUSEHOLDS = "households"
    LIKELY_SAME = "likely-same"
    ADDRESSES = "addresses"


OF_KIND = {
    CaseKind.LIFE_EVENT: Queue.LIFE_EVENTS,
    CaseKind.CONFLICT: Queue.CONFLICTS,
    CaseKind.LOOKS_WRONG: Queue.LOOKS_WRONG,
    CaseKind.SUCCESSION: Queue.NEW_REGISTER,
    CaseKind.HOUSEHOLD: Queue.HOUSEHOLDS,
    CaseKind.POSSIBLE_MOVE: Queue.LIKELY_SAME,
    CaseKind.ADDRESS: Queue.ADDRESSES,
}
FOR_TWO = frozenset({Queue.LIFE_EVENTS, Queue.SECOND_CHECK, Queue.CONFLICTS})
"""What a second checker, who is no steward, is there for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits: its queue, since when (none where that is not known), who has it, and what it is called.

    `called`: the names on its records, as far as the purpose may read them.
    """

    case: Case
    queue: Queue
    since: datetime | None
    lease: Lease | None
    called: tuple[str, ...]


def waiting(desk: Desk) -> list[Waiting]:
    """Give all that waits for a steward, the most pressing first (`Desk.cases`)."""
    return _in_queues(desk, desk.cases())


def one_waiting(desk: Desk, case_id: str) -> list[Waiting]:
    """Give one case that waits, alone in a list, or nothing where it does not."""
    return _in_queues(desk, [case for case in desk.cases() if case.id == case_id])


def _in_queues(desk: Desk, cases: list[Case]) -> list[Waiting]:
    if not cases:
        return []
    store = desk.council.store
    since, held = asked_since(store.engine, desk.lane), leases(store.engine)
    names = _names(desk, [mention for case in cases for mention in case.mentions])
    second, again = desk.answered_by_one(), _unsure(desk)
    return [
        Waiting(
            case,
            _queue(case, second, again),
            since.get(case.id),
            held.get(case.id),
            tuple(dict.fromkeys(names[m] for m in case.mentions if names.get(m))),
        )
        for case in cases
    ]


def of_the_role(found: Iterable[Waiting], roles: Collection[str]) -> list[Waiting]:
    """Keep what somebody of some roles is there for: a steward for all of it, a second checker for what takes two."""
    if Role.STEWARD.value in roles:
        return list(found)
    return [each for each in found if each.queue in FOR_TWO] if Role.SECOND_CHECKER.value in roles else []


def _queue(case: Case, second: Collection[str], again: Collection[str]) -> Queue:
    if case.kind is CaseKind.LIFE_EVENT and case.mentions and case.mentions[0] in second:
        return Queue.SECOND_CHECK
    if sum(mention in again for mention in case.mentions) > 1:
        return Queue.LOOK_AGAIN
    return OF_KIND[case.kind]


def _unsure(desk: Desk) -> set[str]:
    """Name the records about which somebody was unsure, and is asked again."""
    held = desk.history().filter(pl.col("superseded_by").is_null() & (pl.col("verdict") == Verdict.UNSURE.value))
    return {*held["left"].drop_nulls(), *held["right"].drop_nulls()}


def _names(desk: Desk, mentions: list[str]) -> dict[str, str]:
    rows = desk.records(mentions).select("mention", "name").iter_rows()
    return {mention: name for mention, name in rows if name}
