"""Records what people answer about a life event: whose it is or is not, what they saw, and whether it takes two.

Every answer, whichever way it is given (the desk, the counter, a batch), comes through `answer`. It keeps the fields
that the person was shown and a hash of what the claim and the person's records said, so that it can be shown later
what was decided on; and where the kind of event takes two people, the first answer alone changes nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from svoc.errors import SettingsError
from svoc.noting import Deciding
from svoc.reading.standing import was_the_lanes
from svoc.sources.life_events import as_records, in_force
from svoc.steps.triage import said_to_match
from svoc.store.audit import Audit
from svoc.store.store import Store
from svoc.store.telling import case_about, records_saying, told_events
from svoc.words.answers import seen_of
from svoc.words.audit import Kind
from svoc.words.decisions import Verdict
from svoc.words.events import LIFE_EVENTS, EventKind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.protection import same_actor
from svoc.words.purposes import Lane

__all__ = [
    "DOUBTFUL_DEATH",
    "SURE",
    "Answer",
    "AnsweredAlready",
    "Claims",
    "Rule",
    "answer",
    "plainly_matched",
    "records_of",
]

DOUBTFUL_DEATH = "doubtful-death"
"""A death that is verified to less than `SURE`, or of which it is not plain that exactly this person is meant."""
SURE = 3
"""The level of a death certificate, a registrar or the General Register Office."""

CHANGED = "the claim or the records of this person say something else than when you were shown them: look again"
TWICE = "you have answered this already: a second person has to say the same before it counts"


class AnsweredAlready(SettingsError):
    """The same person has given this answer, and it takes a second person."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person says of a life event: whether it is that of the person whom `records` name.

    `event`: the event's mention; `records`: mention keys of one person; `verdict`: "confirmed" or "rejected"; `seen`:
    what the claim and the records said when the person was shown them (`Claims.seen`), None where nothing was shown;
    `shown`: the fields shown; `after`: the last decision that they knew of (`svoc.store.ledger.append`).
    """

    event: str
    records: tuple[str, ...]
    steward: str
    because: str
    verdict: str = Verdict.CONFIRMED.value
    purpose: str | None = None
    persons: tuple[str | None, ...] = ()
    seen: str | None = None
    shown: Collection[str] = ()
    case: str | None = None
    expires: date | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events take two people.

    `two_people`: as in `[life_events]`; `matched`: says, where it is asked, whether the event plainly fits the person
    alone.
    """

    two_people: Collection[str]
    matched: Callable[[], bool]

    def wants_two(self, claim: Mapping[str, object]) -> bool:
        """Say whether a claim (row of `LIFE_EVENTS`) takes two people.

        >>> claim, plain, doubtful = {"kind": "death", "verification": 3}, lambda: True, lambda: False
        >>> Rule(["doubtful-death"], plain).wants_two(claim), Rule(["doubtful-death"], doubtful).wants_two(claim)
        (False, True)
        >>> Rule(["death"], plain).wants_two(claim), Rule(["death"], doubtful).wants_two({**claim, "kind": "move"})
        (True, False)
        """
        if claim["kind"] in self.two_people:
            return True
        if claim["kind"] != EventKind.DEATH.value or DOUBTFUL_DEATH not in self.two_people:
            return False
        level = claim["verification"]
        return not isinstance(level, int) or level < SURE or not self.matched()


@dataclass(frozen=True, slots=True)
class Claims:
    """What the life events claim now: `said`, rows of `LIFE_EVENTS`, and `live`, of `RECORDS`, each by its record."""

    store: Store
    said: dict[str, dict[str, object]]
    live: dict[str, dict[str, object]]

    @classmethod
    def of(cls, store: Store) -> "Claims":
        """Read them."""
        events = in_force(told_events(store.engine).select(LIFE_EVENTS.keys()))
        said = {f"{row['sender']}:{row['reference']}": row for row in events.iter_rows(named=True)}
        return cls(store, said, {row["record"]: row for row in as_records(events).iter_rows(named=True)})

    def claim(self, event: str) -> dict[str, object] | None:
        """Give the statement in force of an event, by its mention."""
        return self.said.get(record_of(event))

    def seen(self, event: str, records: Collection[str]) -> str | None:
        """Say as a hash what a claim and the records of a person say now."""
        rows = records_saying(self.store.engine, list(records)).to_dicts()
        return seen_of(self.live.get(record_of(event)), rows)


def record_of(event: str) -> str:
    """Give the record of an event's mention, which its sender and their reference make.

    >>> record_of("life_events/registrar:12/1")
    'registrar:12'
    """
    return event.removeprefix(f"{EVENTS_SOURCE}/").rpartition("/")[0]


def records_of(store: Store, mention: str, lane: Lane) -> tuple[str, ...]:
    """Give the records of the person of a lane for whom a mention stands, so that a claim outlives any one of them."""
    person = store.person_of(mention, lane.name)
    mine = store.mentions_of(person, lane.name) if person else []
    usable = bool(person) and was_the_lanes(store, str(person), lane, store.published())
    return tuple(m for m in mine if not m.startswith(f"{EVENTS_SOURCE}/")) if usable else (mention,)


def plainly_matched(store: Store, event: str, records: Collection[str], lane: str) -> bool | None:
    """Say whether the last night found that exactly this person fits; None where it left no case about the event."""
    case = case_about(store.engine, lane, event)
    return None if case is None else said_to_match(case[0]) and case[1][1] in records


def answer(given: Answer, rule: Rule, *, store: Store, audit: Audit, claims: Claims | None = None) -> list[int]:
    """Record an answer, noted in the audit trail first; give the numbers of its decisions, one for each record.

    Raises `SettingsError` where what was shown is not what stands, and where the same person has said so already of an
    event that takes two.
    """
    claims = claims or Claims.of(store)
    seen = claims.seen(given.event, given.records)
    if given.seen is not None and given.seen != seen:
        raise SettingsError(CHANGED)
    claim = claims.claim(given.event)
    earlier = store.decisions().filter(pl.col("superseded_by").is_null() & (pl.col("left") == given.event))
    of_two = earlier.filter(pl.col("people") > 1)
    two = bool(of_two.height) or (claim is not None and rule.wants_two(claim))
    again = of_two.filter(
        (pl.col("verdict") == given.verdict)
        & pl.col("right").is_in(list(given.records))
        & pl.col("seen").eq_missing(pl.lit(seen, dtype=pl.String))
    )
    if any(same_actor(who, given.steward) for who in again["steward"]):
        raise AnsweredAlready(TWICE)
    kind = Kind.CONFIRM if given.case is None else Kind.DECIDE
    how = Deciding(given.steward, given.because, given.purpose, given.persons)
    with how.noted(audit, kind, verdict=given.verdict, decisions=len(given.records)):
        return [
            store.decide(
                given.verdict, given.event, record, steward=given.steward, because=given.because, case=given.case,
                expires=given.expires, after=given.after, seen=seen, shown=" ".join(given.shown) or None,
                people=2 if two else None, claim=claim,
            )
            for record in given.records
        ]  # fmt: skip
