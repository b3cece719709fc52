"""A council at work: a night is planned, committed and delivered, a resident is found, a change is told."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

import polars as pl

from gazetteer import Gazetteer
from svoc.amending import amended
from svoc.binding import NOTHING_GIVEN, Given, policy_of, read_extracts
from svoc.confirming import Answer, AnsweredAlready, Claims, Rule, answer, plainly_matched, records_of
from svoc.delivering.carrying import Delivered
from svoc.delivering.whole import carry_all
from svoc.errors import GuardRefused, SettingsError
from svoc.guards import reasons
from svoc.indexed import indexed_gazetteer
from svoc.inferring import inferring
from svoc.memory import peak_share
from svoc.naming import name_of
from svoc.night import TELLING, reconcile
from svoc.notices.base import Batch, Channel
from svoc.noting import committing
from svoc.policy import Policy
from svoc.protecting import Protects
from svoc.reading import Reader
from svoc.repeats import without_repeats
from svoc.settings import CouncilSettings
from svoc.sources.life_events import LifeEvents
from svoc.sources.rows import Rows
from svoc.store.approvals import approval_of
from svoc.store.audit import Audit
from svoc.store.audit_anchors import last_head
from svoc.store.informants import keep_informants
from svoc.store.known_as import known_as
from svoc.store.past import person_on
from svoc.store.said_anew import said_anew, tokens_taken
from svoc.store.store import Store
from svoc.told import NOTHING_TOLD, Told, read_told, told_in
from svoc.withholding import Withheld, not_of_the_world, without_objectors
from svoc.words.audit import Kind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import Person
from svoc.words.plan import Plan, Yesterday
from svoc.words.telling import Told as ToldOf

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
        self.audit = Audit.beside(
            *where, lambda person: known_as(store.engine, person), lambda: last_head(store.engine)
        )
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
        until, known = given.taken["content_date"].max(), tokens_taken(self.store.engine)
        told = read_told(self.settings, yesterday.taken, until=until, aside=yesterday.aside, known=known)
        return self._planned(yesterday, given, told)

    def reading(self, yesterday: Yesterday) -> Given:
        """Read the extracts that wait; of one whose source's last rows are kept, what is new in it."""
        kept = yesterday.workings.rows if yesterday.workings else {}
        before = {source: Rows.of(frame, told) for source, (frame, told) in kept.items()}
        return read_extracts(
            self.settings, yesterday.taken, before, aside=yesterday.aside, warned=_warned_of(yesterday)
        )

    def settle(
        self,
        yesterday: Yesterday | None = None,
        *,
        given: Given = NOTHING_GIVEN,
        withheld: Withheld | None = None,
    ) -> Plan:
        """Work out what decisions, life events and rights change, without reading any extract.

        `yesterday`: what stands, where it was read already, or what is supposed to stand; `given`: what sources are
        taken to say; `withheld`: what is supposed to be withheld.
        """
        yesterday = yesterday or self.store.yesterday()
        return self._planned(yesterday, replace(given, late=_warned_of(yesterday)), NOTHING_TOLD, withheld)

    def _planned(self, yesterday: Yesterday, given: Given, told: Told, withheld: Withheld | None = None) -> Plan:
        withheld = withheld or Withheld.by(self.store, self.policy)
        usable, given, told = withheld.out_of(yesterday, given, told)
        plan = reconcile(
            usable,
            given.extracts,
            self.gazetteer,
            self.policy,
            taken=pl.concat([given.taken, told.taken]),
            events=told.events,
            started=datetime.now(UTC),
            clock=time.perf_counter,
        )
        warnings = (*plan.warnings, *given.warnings, *told.warnings, *_unkept_secrets(self.settings))
        whose = told.informants.join(told.events, on=["sender", "reference"], how="semi")
        plan = replace(plan, warnings=warnings, ledger=yesterday.ledger, memory=peak_share(), late=given.late)
        plan = inferring(replace(plan, informants=whose), usable, wanted=self.settings.life_events.inferred)
        plan = not_of_the_world(plan, yesterday, withheld.standing(yesterday)["mention"].to_list())
        plan = without_objectors(amended(plan, yesterday, self.store), self.store, self.policy)
        plan = without_repeats(plan, self.store)
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
        summary["lanes"] = {name: lane.drawn for name, lane in self.policy.purposes.lanes.items()}
        more = dict(manifest or {})
        actor, purpose = more.get("actor") or self.settings.council.actor, more.get("purpose")
        with committing(self.audit, plan, actor=actor, purpose=purpose) as noted:
            more["audit"] = noted.figures()
            keep_informants(self.store.engine, plan.informants, by=actor)
            self.store.commit(plan, summary=summary, by=self.settings.council.actor, manifest=more)

    def deliver(self, channel: Channel | Batch | None = None, *, now: datetime | None = None) -> int:
        """Carry what waits in the outbox to its recipients; give how many went. Twice has the effect of once."""
        return self.carry(channel, now=now).sent

    def carry(self, channel: Channel | Batch | None = None, *, now: datetime | None = None) -> Delivered:
        """Hear what recipients say, carry what may go now, and tell of what is overdue; give what that came to.

        All goes by `channel`, if one is given, else each notice by its recipient's own (`svoc.delivering`); `now`: the
        moment that it is taken to happen at.
        """
        mine = (self.store, self.audit, self.settings, self.policy.recipients)
        return carry_all(*mine, self.policy.routes, channel=channel, now=now)

    # ---------------------------------------------------------------- reading and telling

    def reader(self, purpose: str | None = None, *, actor: str | None = None, because: str | None = None) -> Reader:
        """Open the gate for a purpose and an actor, those in council.toml unless given; every read goes through it.

        Raises `PurposeRefused` for a purpose that is unknown, has expired or is not the actor's to ask for.
        """
        own = self.settings.council
        code, who = purpose or own.purpose, actor or own.actor
        return Reader.open(code, self.store, self.policy, self.audit, actor=who, because=because)

    def find(
        self, text: str, *, purpose: str, near: str | None = None, most: int = 10, actor: str | None = None
    ) -> list[Person]:
        """Find persons by name, and by postcode or address where one is given, likeliest first (`Reader.find`)."""
        return self.reader(purpose, actor=actor).find(text, near=near, most=most)

    def history(self, person: str, *, purpose: str, actor: str | None = None) -> pl.DataFrame:
        """Give what happened to a person, as a frame of `svoc.store.past.PAST`, the oldest first (`Reader.history`)."""
        return self.reader(purpose, actor=actor).history(person)

    def forgotten(self, person: str, *, purpose: str, actor: str | None = None) -> str | None:
        """Say from which night on a person's past is kept, if some of it is kept no longer (`[retention]`)."""
        return self.reader(purpose, actor=actor).forgotten(person)

    def as_of(self, person: str, day: date, *, purpose: str, actor: str | None = None) -> Person:
        """Give a person as the nights had it on a day, as far as a purpose may see (`Reader.as_of`)."""
        return self.reader(purpose, actor=actor).as_of(person, day)

    def tell(self, event: ToldOf, *, purpose: str = TELLING, actor: str | None = None) -> None:
        """Note what a member of staff was told of a person whom they found themselves: a death, a move, a birth, ...

        That they chose the person is the recorded human decision; the change is made, and the systems that may know
        are told, when it is settled: at once by `council.commit(council.settle())`, else by the next night. What is not
        verified takes a second person (`[life_events] two_people`): it becomes a case for anybody else.
        """
        actor = actor or self.settings.council.actor
        reader = self.reader(purpose, actor=actor)
        theirs = {person: reader.mentions_of(person) for person in event.persons}
        if unknown := [person for person, mentions in theirs.items() if not mentions]:
            raise SettingsError(f"there is no person {unknown[0]} that the purpose {purpose!r} may read")
        known = person_on(self.store, event.person, reader.lane.name, self.store.published())
        event = event.of(known or {})
        told = said_anew(self.store.engine, event.as_life_event(datetime.now(UTC).replace(tzinfo=None)))
        because = f"told at the counter; evidence: {event.evidence}"
        about = {"purpose": purpose, "persons": list(event.persons), "about": {"event": event.kind.value}}
        with self.audit.acting(Kind.TELL, actor=actor, because=because, counts={"events": told.height}, **about):
            self.store.tell(told, by=actor)
        for mention, person in event.mentions.items():
            own = tuple(m for m in theirs[person] if not m.startswith(f"{EVENTS_SOURCE}/"))
            given = Answer(mention, own, actor, because, purpose=TELLING, persons=(person,))
            with suppress(AnsweredAlready):  # telling twice is telling once
                self._answer(given, lambda: True)  # they found the person themselves

    def tell_file(self, path: Path | str) -> tuple[LifeEvents, int]:
        """Take a file of life events; give what it says and how many of its events were not known before."""
        told = told_in(Path(path), self.settings, tokens_taken(self.store.engine))
        events = Withheld.by(self.store, self.policy).out_of_events(told.events)
        actor = self.settings.council.actor
        with self.audit.acting(Kind.TELL, actor=actor, purpose=TELLING, counts={"events": events.height}):
            whose = told.informants.join(events, on=["sender", "reference"], how="semi")
            keep_informants(self.store.engine, whose, by=actor)
            return told, self.store.tell(events, by=actor)

    def candidates(self) -> pl.DataFrame:
        """Give, for each life event that nobody has judged, whose it may be (`svoc.steps.attach.CANDIDATES`)."""
        return self.reader(TELLING).candidates(self.gazetteer)

    def confirm(
        self,
        event: str,
        mention: str,
        *,
        steward: str,
        because: str,
        matched: bool | None = None,
        claims: Claims | None = None,
    ) -> list[int]:
        """Record that a steward confirms that a life event is that of the person whom a mention names.

        Where its kind takes two people it counts once a second has confirmed it too (`[life_events] two_people`). Gives
        the numbers of the decisions. `matched`: whether it plainly fits that person alone, and `claims`: what is
        claimed, where these are known already.
        """
        lane = self.reader(TELLING, actor=steward).lane
        records = records_of(self.store, mention, lane)
        persons = (self.store.person_of(mention, lane.name),)
        given = Answer(event, records, steward, because, purpose=TELLING, persons=persons)
        return self._answer(given, lambda: self._fits(event, records) if matched is None else matched, claims)

    def _fits(self, event: str, records: Collection[str]) -> bool:
        """Say whether an event plainly fits one person alone: as the last night found, or as the next would."""
        found = plainly_matched(self.store, event, records, self.reader(TELLING).lane.name)
        if found is not None:
            return found
        best = self.candidates().filter(pl.col("event") == event).head(1)
        return bool(best["state"].eq("matched").any()) and best["mention"][0] in records

    def _answer(self, given: Answer, matched: Callable[[], bool], claims: Claims | None = None) -> list[int]:
        rule = Rule(self.settings.life_events.two_people, matched)
        return answer(given, rule, store=self.store, audit=self.audit, claims=claims)


def _cache(settings: CouncilSettings) -> Path | None:
    return settings.at(settings.council.cache) if settings.council.cache else None


def _warned_of(yesterday: Yesterday) -> tuple[str, ...]:
    """Name, by their hashes, the extracts that the last night found too late: it has said so."""
    return tuple(yesterday.summary.get("late", ()))


def _unkept_secrets(settings: CouncilSettings) -> tuple[str, ...]:
    """Say where identifiers rest on no secret of the council's own."""
    words = "[council] key is not set: whoever knows the council's name can work out its identifiers"
    return () if settings.council.key else (words,)
