"""A small council that lives: what may happen in it by day, and how a night falls.

Hypothesis chooses what happens and the store carries it. Families come, move, marry, are bereaved and leave; records
are entered, corrected, withdrawn and come back; the register is numbered anew; stewards join, part, contradict
themselves and take it back; events are told, confirmed and retracted; gazetteer and model change; nights are undone;
some sources are silent for a night, some send only what changed. The laws are held in `tests/test_laws_machine.py`.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from svoc.notices.base import Notice
from svoc.notices.file_drop import FileDrop
from svoc.policy import Policy
from svoc.rollback import roll_back
from svoc.sources.base import Extract
from svoc.store.outbox import acknowledge
from svoc.store.store import Store
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import Plan, Yesterday
from tests.postgres import database_on
from tests.worlds import KINDS, TODAY, event, extract, night, policy, street

SOAK = os.environ.get("SVOC_HYPOTHESIS") == "soak"
SOURCES = tuple(KINDS)
HUSBANDS = ("MR JOHN SMITH", "MR J SMITH", "MR PETER DALE")
WIVES = ("MRS ANN SMITH", "MISS RUTH HILL", "MRS RUTH DALE")
ELECTORS = ("JOHN SMITH", "ANN SMITH", "RUTH HILL", "RUTH DALE", "PETER DALE", "JON SMITH")
STAYS = ("2015-04-01..", "2019-06-01..", "2010-01-01..2019-06-01", "..")
BORN = {"JOHN": "1961-02-03", "ANN": "1964-07-19", "PETER": "1958-11-30", "RUTH": "1971-05-02"}
COUPLES = (("MR JOHN SMITH", "MRS ANN SMITH"), ("MR PETER DALE", "MRS RUTH DALE"), ("MR PETER HILL", "MISS RUTH HILL"))
MORE = {
    "council_tax": ("",),
    "electoral_register": ("open_register=yes", "open_register=no"),
    "library": ("dob=1961-02-03", "dob=1990-12-31", ""),
}

PATIENCE = 14
"""After so many things that happened by day a night falls at the latest."""

Saying = dict[str, str]
"""What a source says: the line of each of its records, by reference."""

Night = tuple[set[str], set[str]]
"""The sources that are silent, and those that send only what changed."""

LIVED: Counter[str] = Counter()
"""What was lived in this process, all councils together: steps, nights, notices and so on."""


@st.composite
def records_of(draw: st.DrawFn) -> tuple[str, str, str]:
    """Draw a source, one of its references and what it says of it."""
    source = draw(st.sampled_from(SOURCES))
    couple = source == "council_tax" and draw(st.booleans())
    one = st.sampled_from(ELECTORS if source == "electoral_register" else HUSBANDS + WIVES)
    names = f"{draw(st.sampled_from(HUSBANDS))} & {draw(st.sampled_from(WIVES))}" if couple else draw(one)
    reference = f"R{draw(st.integers(1, 6))}"
    stay = ".." if source == "electoral_register" else draw(st.sampled_from(STAYS))
    return source, reference, f"{names} | {draw(st.integers(1, 4))} | {stay} | {draw(st.sampled_from(MORE[source]))}"


WHICH = st.integers(0, 30)
HOUSES = st.integers(1, 4)
FAMILIES = st.tuples(st.sampled_from(COUPLES), HOUSES, st.integers(1, 3), st.booleans())
"""A couple, its house, the number of its records, and whether it lets itself be seen on the open register."""

NIGHTS = st.tuples(
    st.sets(st.sampled_from(SOURCES), max_size=2),
    st.sets(st.sampled_from(SOURCES), max_size=1),
)
MAYBE_A_NIGHT = st.integers(0, 23).flatmap(lambda n: NIGHTS if n == 23 else st.none())


def by_day(**drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make what happens a rule; a night follows it now and then, and at the latest when the day has been long."""

    def made(happens: Callable[..., None]) -> Callable[..., None]:
        @wraps(happens)
        def and_then(council: "Living", *, night: Night | None, **more: Any) -> None:
            LIVED["steps"] += 1
            council.since += 1
            happens(council, **more)
            if night is None and council.since >= PATIENCE:
                night = set(), set()
            if night is not None:
                council.lives_through(*night)

        untyped: Any = rule  # by which mypy does not mistake what is drawn for a bundle
        ruled: Callable[..., None] = untyped(night=MAYBE_A_NIGHT, **drawn)(and_then)
        return ruled

    return made


class Living(RuleBasedStateMachine):
    """A council whose sources say what they will, and whose nights are committed to a store."""

    server: tuple[str, str] | None = None
    """A PostgreSQL server's address and the database there that is copied; unless named, SQLite carries the nights."""

    def __init__(self) -> None:
        super().__init__()
        self.folder, self.database = TemporaryDirectory(), ExitStack()
        self.url = "sqlite:///council.db"
        if self.server:
            address, like = self.server
            self.url = self.database.enter_context(database_on(address, like=like))
        else:
            (Path(self.folder.name) / "council.db").write_bytes(_empty_database())
        self.store = self._opened()
        self.now: dict[str, Saying] = {source: {} for source in SOURCES}
        self.told: dict[str, Saying] = {source: {} for source in SOURCES}
        self.gone: dict[str, Saying] = {source: {} for source in SOURCES}
        self.told_in: dict[int, dict[str, Saying]] = {0: self.told}
        self.told_of: list[dict[str, Any]] = []
        self.day = TODAY
        self.at, self.under = street(), policy()
        self.yesterday = Yesterday()
        self.since = self.offset = self.undone_last = 0
        self.plan: Plan
        self.before: Yesterday
        self.extracts: tuple[Extract, ...]

    def _opened(self) -> Store:
        return Store.open(self.url, Path(self.folder.name), cache=Path(self.folder.name) / "kept")

    def teardown(self) -> None:
        self.store.close()
        self.database.close()
        self.folder.cleanup()

    @property
    def keys(self) -> list[str]:
        """Give the key of every record that ever was, those of life events left out."""
        return [key for key in self.yesterday.known["mention"] if not key.startswith(EVENTS_SOURCE)]

    @property
    def persons(self) -> list[list[str]]:
        """Give the records of each person as the widest lane knows them, life events left out."""
        people = self.yesterday.lane("statutory").members.filter(~pl.col("mention").str.starts_with(EVENTS_SOURCE))
        groups = people.group_by("person").agg(pl.col("mention").sort()).sort("person")
        return sorted(groups["mention"].to_list())

    @initialize(families=st.lists(FAMILIES, min_size=1, max_size=3), said=st.lists(records_of(), max_size=6))
    def the_first_night_falls(self, families: list[Any], said: list[tuple[str, str, str]]) -> None:
        for family in families:
            self._arrives(*family)
        for source, reference, line in said:
            self.now[source][reference] = line
        self.offset = len(said) + len(families)
        self.lives_through(set(), set())

    # ------------------------------------------------------------ what sources say

    @by_day(said=records_of())
    def is_entered_or_corrected(self, said: tuple[str, str, str]) -> None:
        source, reference, line = said
        self.now[source][reference] = line

    @by_day(family=FAMILIES)
    def a_family_comes(self, family: Any) -> None:
        """Let Council Tax, the register and the library hold the same two people."""
        self._arrives(*family)

    def _arrives(self, couple: tuple[str, str], house: int, number: int, seen: bool) -> None:
        self.now["council_tax"][f"F{number}"] = f"{' & '.join(couple)} | {house} | 2015-04-01.. | "
        for turn, name in enumerate(couple):
            plain, opened = name.split(maxsplit=1)[1], "yes" if seen else "no"
            born = BORN[plain.split()[0]]
            self.now["electoral_register"][f"F{number}{turn}"] = f"{plain} | {house} | .. | open_register={opened}"
            self.now["library"][f"F{number}{turn}"] = f"{name} | {house} | .. | dob={born}"

    @by_day(source=st.sampled_from(SOURCES), which=st.integers(0, 5))
    def is_withdrawn(self, source: str, which: int) -> None:
        said = self.now[source]
        if len(said) > 1:
            reference = sorted(said)[which % len(said)]
            self.gone[source][reference] = said.pop(reference)

    @by_day(source=st.sampled_from(SOURCES))
    def comes_back(self, source: str) -> None:
        self.now[source] |= self.gone[source]
        self.gone[source] = {}

    @by_day(which=st.integers(0, 5))
    def is_bereaved(self, which: int) -> None:
        """Leave one name of two on a Council Tax account."""
        couples = sorted(r for r, line in self.now["council_tax"].items() if "&" in line)
        if couples:
            line = self.now["council_tax"][couples[which % len(couples)]]
            self.now["council_tax"][couples[which % len(couples)]] = line.split("&", 1)[1].strip()

    @by_day(by=st.integers(1, 5))
    def the_register_is_numbered_anew(self, by: int) -> None:
        said = self.now["electoral_register"]
        numbers = sorted(said)
        turned = [*numbers[by % max(len(numbers), 1) :], *numbers[: by % max(len(numbers), 1)]]
        self.now["electoral_register"] = {new: said[old] for new, old in zip(numbers, turned, strict=True)}

    @precondition(lambda self: self.persons)
    @by_day(which=WHICH, to=HOUSES, source=st.sampled_from(SOURCES), known=st.booleans())
    def somebody_moves(self, which: int, to: int, source: str, known: bool) -> None:
        """Let one system say that a person lives elsewhere; a steward may know that it is still the same one."""
        records = self._records_of(which)
        own = [(s, r) for s, r in records if s == source] or records[:1]
        for there, reference in own:
            names, _, _, more = self._line(there, reference)
            stay = ".." if there == "electoral_register" else f"{self.day.isoformat()}.."
            self.now[there][reference] = f"{names} | {to} | {stay} | {more}"
        if known:
            self._said_to_be_one(which)

    @precondition(lambda self: self.persons)
    @by_day(which=WHICH, name=st.sampled_from(["HILL", "DALE", "BYRNE"]), source=st.sampled_from(SOURCES))
    def somebody_takes_another_surname(self, which: int, name: str, source: str) -> None:
        records = self._records_of(which)
        for there, reference in [(s, r) for s, r in records if s == source] or records[:1]:
            names, *rest = self._line(there, reference)
            if "&" not in names:
                self.now[there][reference] = " | ".join([f"{names.rsplit(' ', 1)[0]} {name}", *rest])
        self._said_to_be_one(which)

    def _records_of(self, which: int) -> list[tuple[str, str]]:
        """Name the records of a person that are said today: source and reference."""
        person = self.persons[which % len(self.persons)]
        live = self.yesterday.mentions.filter(pl.col("mention").is_in(person)).select("source", "record").rows()
        return sorted({(source, record) for source, record in live if record in self.now[source]})

    def _line(self, source: str, reference: str) -> list[str]:
        return [part.strip() for part in self.now[source][reference].split("|")]

    def _said_to_be_one(self, which: int) -> None:
        """Let a steward say that what is one person today is one person."""
        first, *others = self.persons[which % len(self.persons)]
        for other in others:
            self._decide("same", first, other)

    # ------------------------------------------------------------ what stewards say

    def _decide(self, verdict: str, one: str, other: str, days: int | None = None) -> None:
        if one != other:
            expires = self.day + timedelta(days=days) if days else None
            self.store.decide(verdict, one, other, steward="j.okafor", because="seen", expires=expires)
            LIVED[verdict] += 1

    @precondition(lambda self: self.keys)
    @by_day(
        said=st.tuples(st.sampled_from(["same", "different", "unsure"]), WHICH, WHICH, st.sampled_from([None, 1, 3]))
    )
    def a_steward_decides(self, said: tuple[str, int, int, int | None]) -> None:
        """Say something of two records, counted among all that ever were: some are there no more."""
        verdict, left, right, days = said
        keys = self.keys
        self._decide(verdict, keys[left % len(keys)], keys[right % len(keys)], days)

    @precondition(lambda self: any(len(person) > 1 for person in self.persons))
    @by_day(which=WHICH, end=WHICH, days=st.sampled_from([None, 2]))
    def a_steward_parts_a_person(self, which: int, end: int, days: int | None) -> None:
        parted = [person for person in self.persons if len(person) > 1]
        first, *others = parted[which % len(parted)]
        self._decide("different", first, others[end % len(others)], days)

    @precondition(lambda self: len(self.persons) > 1)
    @by_day(which=WHICH, step=st.integers(1, 5), days=st.sampled_from([None, 2]))
    def a_steward_joins_two_persons(self, which: int, step: int, days: int | None) -> None:
        people = self.persons
        one, other = people[which % len(people)], people[(which + step) % len(people)]
        self._decide("same", one[0], other[-1], days)

    @precondition(lambda self: len(self.keys) > 2)
    @by_day(which=WHICH, step=st.integers(1, 4))
    def a_steward_says_different_through_a_third(self, which: int, step: int) -> None:
        keys = self.keys
        one, third, other = (keys[(which + turn * step) % len(keys)] for turn in range(3))
        self._decide("same", one, third)
        self._decide("different", third, other)

    @precondition(lambda self: not self.yesterday.known["live"].all())
    @by_day(which=WHICH, other=WHICH, verdict=st.sampled_from(["same", "different"]))
    def a_steward_decides_about_what_is_gone(self, which: int, other: int, verdict: str) -> None:
        live = set(self.yesterday.known.filter("live")["mention"])
        gone = [key for key in self.keys if key not in live] or self.keys
        self._decide(verdict, gone[which % len(gone)], self.keys[other % len(self.keys)])

    @by_day(which=st.integers(0, 9))
    def a_steward_takes_it_back(self, which: int) -> None:
        holding = self.store.decisions().filter(pl.col("superseded_by").is_null())["decision"].to_list()
        if holding:
            self.store.undo(holding[-1 - which % len(holding)], steward="j.okafor", because="a slip")
            LIVED["taken back"] += 1

    # ------------------------------------------------------------ what is told of lives

    @precondition(lambda self: self.persons)
    @by_day(
        which=WHICH,
        kind=st.sampled_from(["death", "death", "move", "name"]),
        to=HOUSES,
        judged=st.sampled_from(["confirmed", "confirmed", "rejected", ""]),
    )
    def an_event_is_told(self, which: int, kind: str, to: int, judged: str) -> None:
        """Tell of somebody's death, move or new surname; most often a steward confirms it the same day."""
        mention = self.persons[which % len(self.persons)][0]
        of = self.yesterday.mentions.row(by_predicate=pl.col("mention") == mention, named=True)
        name = " ".join(of[part] for part in ("title", "forename", "surname") if of[part])
        house = int(str(of["address"] or "1").split()[0])
        new = {
            "move": {"new_address": f"{to} KING STREET", "new_postcode": "BA1 1AA"},
            "name": {"new_surname": "BYRNE"},
        }
        told: dict[str, Any] = {"reference": f"E{len(self.told_of)}", "name": name, "house": house, "kind": kind}
        told |= {"on": self.day, **new.get(kind, {})}
        self.told_of.append(told)
        self.store.tell(event(**told), by="tests")
        LIVED[f"{kind} told"] += 1
        if judged:
            self._decide(judged, _key_of(told), mention)

    @precondition(lambda self: self.told_of)
    @by_day(which=WHICH)
    def an_event_is_retracted(self, which: int) -> None:
        told = self.told_of[which % len(self.told_of)]
        self.store.tell(event(**told, action="retracted"), by="tests")
        LIVED["retracted"] += 1

    @precondition(lambda self: self.told_of and self.keys)
    @by_day(which=WHICH, verdict=st.sampled_from(["confirmed", "rejected"]), of=WHICH)
    def a_steward_judges_an_event(self, which: int, verdict: str, of: int) -> None:
        told = self.told_of[which % len(self.told_of)]
        self._decide(verdict, _key_of(told), self.keys[of % len(self.keys)])

    # ------------------------------------------------------------ what the council does

    @by_day(house=st.integers(0, 4))
    def the_gazetteer_changes(self, house: int) -> None:
        """Let a house of the street be listed no more, or all be listed again."""
        self.at = street(without=house)
        self.under = replace(self.under, gazetteer=f"gazetteer without {house}" if house else "gazetteer-1")

    @by_day()
    def the_model_changes(self) -> None:
        self.under = another_model(self.under)

    @by_day(known=st.booleans())
    def notices_are_delivered(self, known: bool) -> None:
        """Deliver what waits, twice over, as two machines might; the systems may acknowledge it."""
        waiting = self.store.outbox()
        for row in [*waiting, *waiting]:
            FileDrop(self.outbox).send(_carried(row))
            self.store.sent(row["notice"])
        assert not self.store.outbox(), "law 9: what was sent waits again"
        for row in waiting if known else []:
            acknowledge(self.store, row["notice"])
        LIVED["delivered"] += len(waiting)

    @property
    def outbox(self) -> Path:
        return Path(self.folder.name) / "outbox"

    @by_day()
    def nothing_happens(self) -> None:
        """Let a step pass: where all that follows is silent, nights are quiet."""

    @by_day()
    def the_machine_is_started_anew(self) -> None:
        self.store.close()
        self.store = self._opened()

    @precondition(lambda self: self.yesterday.run > self.undone_last + 2)
    @by_day(back=st.integers(0, 1))
    def nights_are_undone(self, back: int) -> None:
        run = self.yesterday.run - back
        then, waiting = self.store.yesterday(run=run - 1), {row["notice"] for row in self.store.outbox()}
        roll_back(self.store, run, because="the wrong file", actor="j.okafor")
        after = self.store.yesterday()
        self.is_as_then(then, after)
        self.undone_last = after.run
        self.told = {source: dict(said) for source, said in self.told_in[run - 1].items()}
        self.told_in[after.run] = self.told
        self.yesterday = after
        LIVED["nights undone"] += back + 1
        LIVED["notices withdrawn"] += len(waiting - {row["notice"] for row in self.store.outbox()})

    def is_as_then(self, then: Yesterday, after: Yesterday) -> None:
        """Hold what stands after a rollback against what stood then."""

    # ------------------------------------------------------------ the night

    def lives_through(self, silent: set[str], updating: set[str]) -> None:
        self.since = 0
        self.day += timedelta(days=1)
        saying = [s for s in SOURCES if s not in silent and (self.now[s] or s in updating)]
        self.extracts = tuple(self._extract(source, update=source in updating) for source in saying)
        self.before = self.store.yesterday()
        self.plan = self.planned(self.before, *self.extracts)
        self.store.commit(self.plan, summary=self.plan.figures())
        self.told = {source: dict(self.now[source] if source in saying else said) for source, said in self.told.items()}
        self.yesterday = self.store.yesterday()
        self.told_in[self.yesterday.run] = self.told
        LIVED["nights"] += 1
        LIVED["nights in part"] += self.plan.changed is not None
        for lane in self.plan.lanes.values():
            LIVED["notices"] += lane.notices.height
            LIVED.update(f"notices of {kind}" for kind in lane.notices["kind"])

    def _extract(self, source: str, *, update: bool) -> Extract:
        said, told = self.now[source], self.told[source]
        if not update:
            return says(source, said.items(), self.day)
        changed = {r: line for r, line in said.items() if told.get(r) != line}
        gone = sorted(told.keys() - said.keys())
        return extract(source, *_lines(changed.items()), mode="update", on=self.day, withdrawn=gone)

    def planned(
        self, before: Yesterday, *extracts: Extract, under: Policy | None = None, whole: bool = False, **more: Any
    ) -> Plan:
        return night(before, *extracts, under=under or self.under, whole=whole, **{"at": self.at, **more})

    def all_told(self) -> tuple[Extract, ...]:
        """Give what every source said last, whole."""
        return tuple(says(source, said.items(), self.day) for source, said in self.told.items())


def another_model(under: Policy) -> Policy:
    """Give the policy with the other of two models: one of them joins only what is surer."""
    usual = policy().thresholds
    stricter = replace(usual, margin=usual.margin + 2000, join=usual.join + 3000, ask=usual.ask + 2000)
    first = under.fingerprint == "model-1"
    return replace(under, fingerprint="model-2" if first else "model-1", thresholds=stricter if first else usual)


def says(source: str, said: Iterable[tuple[str, str]], on: date) -> Extract:
    """Give a full extract; records that were made once are not made again."""
    return replace(_said(source, tuple(_lines(said))), content_date=on)


@cache
def _said(source: str, lines: tuple[str, ...]) -> Extract:
    return extract(source, *lines)


def _lines(said: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{reference} | {line}" for reference, line in sorted(said)]


def _key_of(told: dict[str, Any]) -> str:
    return f"{EVENTS_SOURCE}/registrar:{told['reference']}/1"


def _carried(row: dict[str, Any]) -> Notice:
    kept = ("notice", "kind", "recipient", "reference", "person", "basis", "run", "retracts")
    return Notice(payload=json.loads(row["payload"]), **{name: row[name] for name in kept})


@cache
def _empty_database() -> bytes:
    """Give a database with svoc's tables and nothing in them: each council begins with a copy."""
    with TemporaryDirectory() as folder:
        store = Store.open("sqlite:///council.db", Path(folder))
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        return (Path(folder) / "council.db").read_bytes()
