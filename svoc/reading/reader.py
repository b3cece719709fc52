"""Reads for one purpose and one actor: the only way to what the nights made, for whoever shows it to anybody."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Self

import polars as pl

from gazetteer import Gazetteer
from svoc.errors import PurposeRefused, SettingsError
from svoc.explaining import Explainer, Explanation
from svoc.finding import Said
from svoc.night import candidates_of
from svoc.policy import Policy
from svoc.protecting import Shield
from svoc.raising import raised
from svoc.reading.frames import frames_of, living_together, shield_of
from svoc.reading.masking import (
    masked,
    masked_candidates,
    masked_cases,
    masked_claims,
    masked_decisions,
    masked_mentions,
    masked_past,
    masked_raised,
    masked_records,
)
from svoc.reading.seeking import sought
from svoc.reading.standing import Standing, was_the_lanes
from svoc.reconciling import arrivals_of
from svoc.steps.claim import claims
from svoc.store.acts import objectors
from svoc.store.audit import Audit
from svoc.store.outbox import told
from svoc.store.past import forgotten_of, leads_to, members_on, past_of, person_on, run_on
from svoc.store.store import Store
from svoc.store.telling import told_events
from svoc.words.answers import blinded
from svoc.words.audit import Kind
from svoc.words.decisions import holding
from svoc.words.full_register import registers_among
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.notices import HOW_FAR, State
from svoc.words.persons import FACTS, Person
from svoc.words.plan import Yesterday
from svoc.words.purposes import Lane, Purpose

__all__ = ["Reader"]


@dataclass(frozen=True, slots=True)
class Reader:
    """What one actor may read for one purpose.

    >>> reader = council.reader("council-tax", actor="j.okafor")                # doctest: +SKIP
    >>> reader.find("jon smith", near="PL4 8AA")[0].name                        # doctest: +SKIP
    'MR JON SMITH'

    Another lane's persons and records do not exist for it; facts that the purpose may not see are null, and weigh
    nothing in what is found. Nothing tells whether anything was withheld, or what: how much was is for the audit.
    """

    store: Store
    policy: Policy
    audit: Audit
    purpose: Purpose
    actor: str
    because: str | None = None
    without: tuple[str, ...] = ()

    @classmethod
    def open(
        cls, code: str, store: Store, policy: Policy, audit: Audit, *, actor: str, because: str | None = None
    ) -> Self:
        """Give a reader; raise `PurposeRefused` for a purpose that is unknown, has expired or is not the actor's."""
        try:
            purpose = policy.asked_for(code, actor=actor, on=datetime.now(UTC).date())
        except PurposeRefused:
            if code in policy.purposes.purposes:
                audit.note(Kind.DENIED, actor=actor, purpose=code, because=because)
            raise
        return cls(store, policy, audit, purpose, actor, because, tuple(objectors(store, code)))

    @property
    def lane(self) -> Lane:
        """Give the lane that the purpose reads, without those whose objection to the purpose was upheld."""
        return replace(self.policy.purposes.lanes[self.purpose.lane], without_mentions=self.without)

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the golden facts that it may see."""
        return tuple(FACTS) if self.purpose.fields is None else self.purpose.fields

    # ---------------------------------------------------------------- persons

    def find(self, text: str, *, near: str | None = None, most: int = 10) -> list[Person]:
        """Find persons by name, and by postcode or address where one is given, likeliest first.

        `near` is a postcode or part of an address; it may also stand in the text ("jon smith pl4 8aa"). Raises
        `PurposeRefused` where the purpose may not look for people by name.
        """
        if not self.purpose.names:
            self.note(Kind.DENIED, about={"kind": Kind.SEARCH.value})
            raise PurposeRefused(f"the purpose {self.purpose.code!r} may not look for people by name")
        given = sought(self.store, self.lane, self.purpose, self.shield, Said.of(text, near), most=most)
        self.note(Kind.SEARCH, persons=[person.id for person in given], counts={"shown": len(given)})
        return given

    def person(self, person: str) -> Person:
        """Give a person as they stand. Raises `SettingsError` where the purpose knows no such person today."""
        run = self.store.published()
        row = person_on(self.store, person, self.lane.name, run)
        return self._given(person, row, run, f"there is no person {person} that {self._words}", past=False)

    def as_of(self, person: str, day: date) -> Person:
        """Give a person as the nights had it on a day.

        Raises `SettingsError` where the person was not there then, and says whom the identifier leads to today.
        """
        run = run_on(self.store, day)
        row = person_on(self.store, person, self.lane.name, run)
        otherwise = f"on {day.isoformat()} there was no person {person} that {self._words}"
        return self._given(person, row, run, otherwise, past=True)

    def _given(self, person: str, row: Mapping[str, Any] | None, run: int, otherwise: str, *, past: bool) -> Person:
        there = row is not None and was_the_lanes(self.store, person, self.lane, run)
        self.note(Kind.VIEW, persons=[person] if there else [], counts={"shown": int(there)}, run=run)
        if row is None or not there:
            current = self.leads_to(person)
            raise SettingsError(otherwise + (f"; {person} leads to {current} today" if current else ""))
        return masked(self.shield.person(Person.of(row), past=past), self.purpose)

    def leads_to(self, person: str) -> str | None:
        """Give the person of the lane that a retired identifier leads to today, if it leads to one it may have."""
        current = leads_to(self.store, person, self.lane.name)
        run = self.store.published()
        return current if current and was_the_lanes(self.store, current, self.lane, run) else None

    def history(self, person: str) -> pl.DataFrame:
        """Give what happened to a person, as a frame of `svoc.store.past.PAST`, the oldest first.

        What rested on records that the lane may not use any more is left out, and so is what the purpose may not see.
        Raises `SettingsError` where it knows no such person.
        """
        past = past_of(self.store, person, self.lane.name)
        runs = past["run"].unique().to_list()
        of = partial(was_the_lanes, self.store, person, self.lane)
        past = past.filter(pl.col("run").is_in([run for run in runs if of(run) and of(run - 1)]))
        self.note(Kind.HISTORY, persons=[person] if past.height else [], counts={"changes": past.height})
        if past.is_empty():
            gone = self.forgotten(person)
            raise SettingsError(gone or f"there is no person {person} that {self._words}, and never was")
        return masked_past(self.shield.history(past), self.purpose)

    def forgotten(self, person: str) -> str | None:
        """Say from which night on a person's past is kept, if some of it is kept no longer (`[retention]`)."""
        return forgotten_of(self.store, person, self.lane.name)

    # ---------------------------------------------------------------- what stands

    def standing(self, yesterday: Yesterday | None = None) -> Standing:
        """Give what stands in the lane, unmasked, to work with; what of it is shown goes through `shown`."""
        return Standing.of(self.store, self.lane, yesterday, registers=registers_among(self.policy.kinds))

    def measuring(self, *, to: str) -> Standing:
        """Give what stands in the lane, unmasked, to make figures of; `to`: one word for what they are for."""
        stands = self.standing()
        self.note(Kind.REPORT, counts={"records": stands.mentions.height}, run=stands.run, about={"surface": to})
        return stands

    def shown(self, mentions: pl.DataFrame) -> pl.DataFrame:
        """Give records of the lane, a frame of `PLACED` or of some of its columns, as the purpose may see them."""
        return masked_mentions(self.shield.records(mentions.filter(self.lane.admits())), self.purpose)

    def marked(self, mentions: pl.DataFrame) -> pl.DataFrame:
        """Give mentions (frame of `PLACED`) where each under protection bears a marker that lists leave it out by."""
        return self.shield.marked(mentions)

    def frames(self, *, form: str | None = None) -> dict[str, pl.DataFrame]:
        """Give the frames of an export, by name (`svoc.reading.frames.frames_of`); `form`: what they are written as."""
        stands = self.standing()
        frames = frames_of(stands, self.purpose, self.shield)
        counts = {
            "rows": sum(frame.height for frame in frames.values()), "persons": frames["persons"].height,
            "withheld": stands.withheld, "masked": len(self.purpose.hidden),
        }  # fmt: skip
        self.note(Kind.EXPORT, counts=counts, run=stands.run, about={"format": form} if form else None)
        return frames

    def households(self) -> pl.DataFrame:
        """Give who lives in which household: household_id, person_id and, where it may be seen, uprn."""
        stands = self.standing()
        told = living_together(stands, self.purpose, self.shield)
        self.note(Kind.HOUSEHOLDS, counts={"rows": told.height}, run=stands.run)
        return told

    def cases(self, stands: Standing | None = None) -> pl.DataFrame:
        """Give what waits for a steward, as a frame of `CASES`, null where the purpose may not see it."""
        stands = stands or self.standing()
        self.note(Kind.CASES, counts={"cases": stands.state.cases.height}, run=stands.run)
        return masked_cases(self.shield.cases(stands.state.cases), self.purpose)

    def decisions(self, stands: Standing | None = None) -> pl.DataFrame:
        """Give every decision ever made about records of the lane, as a frame of `DECISIONS`.

        `stands`: what stands, where it was read already, with the ledger as it is now.
        A reason in a steward's own words may name somebody: only a purpose that may be told names reads it. What one
        person answered about a life event that takes two is told to nobody else until a second has answered.
        """
        told = blinded((stands or self.standing()).decisions, self.actor)
        self.note(Kind.CASES, counts={"rows": told.height})
        return masked_decisions(told, self.purpose)

    def claims(self) -> pl.DataFrame:
        """Give how far each life event has come, since when and by whom, as a frame of `svoc.steps.claim.CLAIMS`."""
        stands = self.standing()
        held = holding(stands.decisions, stands.as_of or date.min)
        found = claims(told_events(self.store.engine), held, stands.state.members, stands.state.cases)
        self.note(Kind.CASES, counts={"rows": found.height}, run=stands.run)
        silent = pl.col("person").is_in(sorted(self.shield.silent)).fill_null(value=False)
        return masked_claims(found.filter(~silent), self.purpose)

    def raised(self) -> pl.DataFrame:
        """Give what confirmed life events may mean for a service, as a frame of `svoc.raising.RAISED`; none decided.

        Of those under protection nothing is raised: it would tell of the home that they left, or live in.
        """
        stands = self.standing()
        services = {**self.policy.kinds, **self.policy.recipients.services}
        found = raised(stands.mentions, stands.state, services, as_of=stands.as_of or date.min)
        keys = pl.col("records").list.eval(pl.element().is_in(sorted(self.shield.keys))).list.any()
        told = found.filter(~keys & ~pl.col("person").is_in(sorted(self.shield.persons)))
        self.note(Kind.CASES, counts={"rows": told.height}, run=stands.run)
        return masked_raised(told, self.purpose)

    def candidates(self, gazetteer: Gazetteer) -> pl.DataFrame:
        """Give, for each life event that nobody has judged, whose of the lane it may be (`CANDIDATES`).

        The weight rests on all facts and the keys lead to records: who may not see all, or those, is told neither.
        """
        told = candidates_of(self.store.yesterday(), gazetteer, self.policy, self.lane)
        self.note(Kind.CASES, counts={"rows": told.height})
        return masked_candidates(told, self.purpose)

    def arrivals(self) -> pl.DataFrame:
        """Say of each notice that the lane sent whether it arrived, as a frame of `svoc.words.arrivals.ARRIVALS`."""
        told, run = arrivals_of(self.store, self.lane.name), self.store.published()
        of_the_lane = [p for p in told["person"].unique() if was_the_lanes(self.store, p, self.lane, run)]
        told = told.filter(pl.col("person").is_in(of_the_lane))
        self.note(Kind.LIST, counts={"rows": told.height}, run=run, about={"list": "arrivals"})
        return told if self.purpose.references else told.with_columns(reference=pl.lit(None, dtype=pl.String))

    def records(self, person: str) -> pl.DataFrame:
        """Give the records behind a person as they stand, as a frame of `RECORDS_GIVEN`, sorted by source and record.

        Raises `SettingsError` where the purpose knows no such person today. What was told of a life is no record.
        """
        run = self.store.published()
        there = was_the_lanes(self.store, person, self.lane, run)
        theirs = members_on(self.store, person, self.lane.name, run)
        theirs = theirs.filter(pl.col("source") != EVENTS_SOURCE) if there else theirs.clear()
        self.note(Kind.VIEW, persons=[person] if theirs.height else [], counts={"records": theirs.height}, run=run)
        if theirs.is_empty():
            raise SettingsError(f"there is no person {person} that {self._words}")
        return masked_records(self.shown(theirs), self.purpose)

    def notices(self, *, states: Collection[State] = (), recipients: Collection[str] = ()) -> pl.DataFrame:
        """Say how far each notice has come that the lane sent, as a frame of `HOW_FAR`: without a word of a person."""
        sent = told(self.store, states=states, recipients=recipients)
        found = sent.filter((pl.col("lane") == self.lane.name) & ~pl.col("person").is_in(sorted(self.shield.silent)))
        self.note(Kind.LIST, counts={"rows": found.height}, about={"list": "notices"})
        return found.select(HOW_FAR)

    def mentions_of(self, person: str) -> list[str]:
        """Give the keys of a person's records; none where the purpose knows no such person."""
        if not was_the_lanes(self.store, person, self.lane, self.store.published()):
            return []
        return self.store.mentions_of(person, self.lane.name)

    # ---------------------------------------------------------------- why

    def explainer(self, stands: Standing | None = None) -> Explainer:
        """Give what explains pairs of the lane's records; `stands`: what stands, where it was read already."""
        here = stands or self.standing()
        decisions = holding(here.decisions, here.as_of or date.min)
        seen = Explainer(here.mentions, here.state, decisions, self.policy, self.purpose)
        return seen.veiling(self.shield.keys)

    def explain(self, left: str, right: str, *, for_subject: bool = False) -> Explanation:
        """Explain two records as far as the purpose may read (`svoc.explaining.Explainer.explain`)."""
        told = self.explainer().explain(left, right, for_subject=for_subject)
        self.note(Kind.EXPLAIN, persons=[person for person in told.persons if person])
        return told

    # ---------------------------------------------------------------- the audit

    def note(
        self,
        kind: Kind,
        *,
        persons: Iterable[str] = (),
        counts: Mapping[str, int] | None = None,
        run: int | None = None,
        about: Mapping[str, str] | None = None,
    ) -> None:
        """Note a read before it is given."""
        self.audit.note(
            kind,
            actor=self.actor,
            purpose=self.purpose.code,
            because=self.because,
            persons=persons,
            fields=() if kind is Kind.DENIED else self.fields,
            counts=counts or {},
            run=run,
            lane=self.lane.name,
            about=about or {},
        )

    @property
    def shield(self) -> Shield:
        """Give what stands between the purpose and those under protection in its lane: nothing, if it sees them."""
        return shield_of(self.store, self.purpose)

    @property
    def _words(self) -> str:
        return f"the purpose {self.purpose.code!r} may read"
