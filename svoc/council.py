"""A council at work: a night is planned, committed and delivered, a resident is found, a change is told."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

import polars as pl

from gazetteer import Gazetteer
from svoc.binding import NOTHING_GIVEN, Given, policy_of, read_extracts
from svoc.errors import GuardRefused, SettingsError
from svoc.finding import found
from svoc.guards import reasons
from svoc.indexed import indexed_gazetteer
from svoc.memory import peak_share
from svoc.naming import name_of
from svoc.night import TELLING, candidates_of, reconcile
from svoc.notices.base import Channel, Notice
from svoc.notices.file_drop import FileDrop
from svoc.noting import Deciding, committing, sending
from svoc.policy import Policy
from svoc.protecting import Protects
from svoc.settings import CouncilSettings
from svoc.sources.life_events import LifeEvents, read_events
from svoc.sources.rows import Rows
from svoc.store.approvals import approval_of
from svoc.store.audit import Audit
from svoc.store.known_as import known_as
from svoc.store.past import forgotten_of, leads_to, past_of, person_on, run_on
from svoc.store.store import Store
from svoc.told import NOTHING_TOLD, Told, read_told
from svoc.words.audit import Kind
from svoc.words.changes import ChangeKind
from svoc.words.decisions import Verdict
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS, Person
from svoc.words.plan import Plan, Yesterday
from svoc.words.telling import Death

__all__ = ["Council"]


class Council(Protects):
    """One council's single view.

    >>> council = Council.open("barchester.toml")                                # doctest: +SKIP
    >>> plan = council.plan(); print(plan.summary())                             # doctest: +SKIP
    >>> council.commit(plan); council.deliver()                                  # doctest: +SKIP
    """

    def __init__(self, settings: CouncilSettings, store: Store, policy: Policy) -> None:
        self.settings = settings
        self.store = store
        self.policy = policy
        where = (settings.council.database, settings.audit.database, settings.folder)
        self.audit = Audit.beside(*where, lambda person: known_as(store.engine, person))
        self._gazetteer: Gazetteer | None = None

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Read council.toml and open what it names; raise `SettingsError` or `StoreUnavailable`."""
        settings = CouncilSettings.read(path)
        policy = policy_of(settings)
        return cls(settings, Store.open(settings.council.database, settings.folder, cache=_cache(settings)), policy)

    def close(self) -> None:
        """Let the database go."""
        self.store.close()
        self.audit.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def gazetteer(self) -> Gazetteer:
        """Give the council's gazetteer, read once and kept as an index; see `svoc.indexed`."""
        if self._gazetteer is None:
            self._gazetteer = indexed_gazetteer(self.settings)
        return self._gazetteer

    # ---------------------------------------------------------------- the night

    @contextmanager
    def night(self) -> Iterator[None]:
        """Hold the night's lock, so that no other night plans or commits meanwhile."""
        with self.store.night():
            yield

    def plan(self, yesterday: Yesterday | None = None) -> Plan:
        """Read the extracts that wait and work out what they change; nothing is written.

        The plan says in `reasons` what the guards hold against it. `yesterday`: what stands, where it was read already.
        """
        yesterday = yesterday or self.store.yesterday()
        given = self.reading(yesterday)
        told = read_told(self.settings, yesterday.taken, until=given.taken["content_date"].max(), aside=yesterday.aside)
        return self._planned(yesterday, given, told)

    def reading(self, yesterday: Yesterday) -> Given:
        """Read the extracts that wait; of one whose source's last rows are kept, what is new in it."""
        kept = yesterday.workings.rows if yesterday.workings else {}
        before = {source: Rows.of(frame, told) for source, (frame, told) in kept.items()}
        return read_extracts(
            self.settings, yesterday.taken, before, aside=yesterday.aside, warned=_warned_of(yesterday)
        )

    def settle(self, yesterday: Yesterday | None = None) -> Plan:
        """Work out what decisions and life events change, without reading any extract.

        `yesterday`: what stands, where it was read already, or what is supposed to stand.
        """
        yesterday = yesterday or self.store.yesterday()
        return self._planned(yesterday, replace(NOTHING_GIVEN, late=_warned_of(yesterday)), NOTHING_TOLD)

    def _planned(self, yesterday: Yesterday, given: Given, told: Told) -> Plan:
        plan = reconcile(
            yesterday,
            given.extracts,
            self.gazetteer,
            self.policy,
            taken=pl.concat([given.taken, told.taken]),
            events=told.events,
            started=datetime.now(UTC),
            clock=time.perf_counter,
        )
        warnings = (*plan.warnings, *given.warnings, *told.warnings, *_unkept_secrets(self.settings))
        plan = replace(plan, warnings=warnings, ledger=yesterday.ledger, memory=peak_share(), late=given.late)
        plan = replace(plan, reasons=reasons(plan, yesterday, self.settings.guards))
        return replace(plan, approved=approval_of(self.store.engine, name_of(plan))) if plan.reasons else plan

    def commit(self, plan: Plan, *, manifest: Mapping[str, Any] | None = None) -> None:
        """Make a plan tonight's truth, all of it or none of it; `manifest`: what else it was made of, kept with it.

        Raises `GuardRefused` where a guard holds against it and nobody has approved it, `StalePlan` where another night
        was committed, a case decided or a life event told since the plan was made.
        """
        if plan.refused:
            raise GuardRefused(plan.reasons)
        approved = {"approved": dict(plan.approved)} if plan.approved else {}
        summary = {**plan.figures(), "profile": plan.profile, "late": list(plan.late), **approved}
        more = dict(manifest or {})
        actor, purpose = more.get("actor") or self.settings.council.actor, more.get("purpose")
        with committing(self.audit, plan, actor=actor, purpose=purpose) as noted:
            more["audit"] = noted.figures()
            self.store.commit(plan, summary=summary, by=self.settings.council.actor, manifest=more)

    def deliver(self, channel: Channel | None = None) -> int:
        """Carry what waits in the outbox to its recipients; give how many went. Twice has the effect of once."""
        channel = channel or FileDrop(self.settings.at(self.settings.notices.folder))
        sent = 0
        for row in self.store.outbox():
            notice = _notice(row)
            with sending(self.audit, row, actor=self.settings.council.actor, fields=notice.payload):
                channel.send(notice)
                self.store.sent(row["notice"])
            sent += 1
        return sent

    # ---------------------------------------------------------------- reading and telling

    def find(self, text: str, *, purpose: str, near: str | None = None, most: int = 10) -> list[Person]:
        """Find persons by name, and by postcode or address where one is given, likeliest first.

        `near` is a postcode or part of an address; it may also stand in the text ("jon smith pl4 8aa"). What a purpose
        may not see is not there: another lane's persons do not exist for it, and facts it may not see are null.
        """
        allowed = self.policy.purposes.purpose(purpose, on=datetime.now(UTC).date())
        persons = self.shield(allowed).people(self.store.persons(allowed.lane))
        return [masked(person, allowed.fields) for person in found(persons, text, near=near, most=most)]

    def history(self, person: str, *, purpose: str) -> pl.DataFrame:
        """Give what happened to a person, as a frame of `svoc.store.past.PAST`, the oldest first.

        Facts that the purpose may not see are left out. Raises `SettingsError` where it knows no such person.
        """
        allowed = self.policy.purposes.purpose(purpose, on=datetime.now(UTC).date())
        past = past_of(self.store, person, allowed.lane)
        if past.is_empty():
            gone = self.forgotten(person, purpose=purpose)
            never = f"there is no person {person} that the purpose {purpose!r} may read, and never was"
            raise SettingsError(gone or never)
        return masked_past(self.shield(allowed).history(past), allowed.fields)

    def forgotten(self, person: str, *, purpose: str) -> str | None:
        """Say from which night on a person's past is kept, if some of it is kept no longer (`[retention]`)."""
        allowed = self.policy.purposes.purpose(purpose, on=datetime.now(UTC).date())
        return forgotten_of(self.store, person, allowed.lane)

    def as_of(self, person: str, day: date, *, purpose: str) -> Person:
        """Give a person as the nights had it on a day, as far as a purpose may see.

        Raises `SettingsError` where the person was not there then, and says whom the identifier leads to today.
        """
        allowed = self.policy.purposes.purpose(purpose, on=datetime.now(UTC).date())
        row = person_on(self.store, person, allowed.lane, run_on(self.store, day))
        if row is None:
            current = leads_to(self.store, person, allowed.lane)
            hint = f"; {person} leads to {current} today" if current else ""
            raise SettingsError(
                f"on {day.isoformat()} there was no person {person} that the purpose {purpose!r} may read{hint}"
            )
        return masked(self.shield(allowed).person(Person.of(row), past=True), allowed.fields)

    def tell(self, event: Death, *, purpose: str = TELLING) -> None:
        """Note what a member of staff was told of a person whom they found themselves.

        That they chose the person is the recorded human decision; the change is made, and the systems that may know
        are told, when it is settled: at once by `council.commit(council.settle())`, else by the next night.
        """
        lane = self.policy.purposes.lane(purpose).name
        mentions = self.store.mentions_of(event.person, lane)
        if not mentions:
            raise SettingsError(f"there is no person {event.person} that the purpose {purpose!r} may read")
        told, actor = event.as_life_event(), self.settings.council.actor
        because = f"told at the counter; evidence: {event.evidence}"
        about = {"purpose": purpose, "persons": [event.person], "about": {"event": "death"}}
        with self.audit.acting(Kind.TELL, actor=actor, because=because, counts={"events": 1}, **about):
            self.store.tell(told, by=actor)
        self._confirm(event.mention, event.person, mentions, actor, because)

    def tell_file(self, path: Path | str) -> tuple[LifeEvents, int]:
        """Take a file of life events; give what it says and how many of its events were not known before."""
        told = read_events(path, self.settings.life_events.columns)
        actor = self.settings.council.actor
        with self.audit.acting(Kind.TELL, actor=actor, purpose=TELLING, counts={"events": told.events.height}):
            return told, self.store.tell(told.events, by=actor)

    def candidates(self) -> pl.DataFrame:
        """Give, for each life event that nobody has judged, whose it may be (`svoc.steps.attach.CANDIDATES`)."""
        return candidates_of(self.store.yesterday(), self.gazetteer, self.policy)

    def confirm(self, event: str, mention: str, *, steward: str, because: str) -> None:
        """Record that a steward confirms that a life event is that of the person whom a mention names."""
        lane = self.policy.purposes.lane(TELLING).name
        person = self.store.person_of(mention, lane)
        mentions = self.store.mentions_of(person, lane) if person else [mention]
        self._confirm(event, person, mentions, steward, because)

    def _confirm(self, event: str, person: str | None, mentions: Sequence[str], steward: str, because: str) -> None:
        """Confirm for every record of the person, so that the claim stands though one of them is withdrawn."""
        records, said = [m for m in mentions if not m.startswith(f"{EVENTS_SOURCE}/")], Verdict.CONFIRMED.value
        how = Deciding(actor=steward, because=because, purpose=TELLING, persons=(person,))
        with how.noted(self.audit, Kind.CONFIRM, verdict=said, decisions=len(records)):
            for mention in records:
                self.store.decide(said, event, mention, steward=steward, because=because)


def masked(person: Person, fields: tuple[str, ...] | None) -> Person:
    """Leave out the facts that a purpose may not see."""
    if fields is None:
        return person
    hidden: dict[str, Any] = {fact: None for fact in FACTS if fact not in fields}
    return replace(person, **hidden, provenance={f: w for f, w in person.provenance.items() if f in fields})


def masked_past(past: pl.DataFrame, fields: tuple[str, ...] | None) -> pl.DataFrame:
    """Leave out what happened to facts that a purpose may not see; `past`: frame of `svoc.store.past.PAST`."""
    if fields is None:
        return past
    seen = past.filter(pl.col("field").is_null() | pl.col("field").is_in(list(fields)))
    founded = pl.col("kind").is_in([ChangeKind.NEW.value, ChangeKind.SPLIT.value])
    shown = pl.col("after").map_elements(lambda text: _only(text, fields), return_dtype=pl.String)
    return seen.with_columns(after=pl.when(founded).then(shown).otherwise("after"))


def _only(text: str, fields: tuple[str, ...]) -> str:
    return json.dumps({fact: value for fact, value in json.loads(text).items() if fact in fields})


def _notice(row: dict[str, Any]) -> Notice:
    kept = ("notice", "kind", "recipient", "reference", "person", "basis", "run", "retracts")
    return Notice(payload=json.loads(row["payload"]), **{name: row[name] for name in kept})


def _cache(settings: CouncilSettings) -> Path | None:
    return settings.at(settings.council.cache) if settings.council.cache else None


def _warned_of(yesterday: Yesterday) -> tuple[str, ...]:
    """Name, by their hashes, the extracts that the last night found too late: it has said so."""
    return tuple(yesterday.summary.get("late", ()))


def _unkept_secrets(settings: CouncilSettings) -> tuple[str, ...]:
    """Say where identifiers rest on no secret of the council's own."""
    words = "[council] key is not set: whoever knows the council's name can work out its identifiers"
    return () if settings.council.key else (words,)
