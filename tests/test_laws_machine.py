"""The laws of a night, held while a small council lives: Hypothesis chooses what happens, the store carries it.

Records are entered, corrected, withdrawn and come back; a couple becomes a widow; the register is numbered anew;
stewards decide, contradict themselves and take it back; deaths are told, confirmed and retracted; gazetteer and model
change; some sources are silent for a night, some send only what changed. After every night each law is an invariant
that has its own name. The dear ones, which need further nights to compare with, take turns.

What happens by day is followed by a night half of the time. The store keeps each night for the next, as a council's
does, so that the nights solve only what changed; what it keeps is held against what its database says.

SVOC_HYPOTHESIS=soak looks at every law after every night, in a thousand councils.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from matchers import score_pairs
from matchers.engines.local import LocalEngine
from matchers.graph import grouped
from svoc.errors import StalePlan
from svoc.notices.base import Notice
from svoc.notices.file_drop import FileDrop
from svoc.policy import Policy
from svoc.reading import exported, masked
from svoc.sources.base import Extract
from svoc.steps.pair import features
from svoc.steps.replay import replay
from svoc.store.store import Store
from svoc.words.decisions import Verdict
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS, Person
from svoc.words.plan import LaneState, Plan, Yesterday
from svoc.words.purposes import Purposes
from tests import laws
from tests.postgres import database_on
from tests.test_increments import same
from tests.worlds import KINDS, TODAY, death, extract, groups, night, policy, street

SOAK = os.environ.get("SVOC_HYPOTHESIS") == "soak"
SOURCES = tuple(KINDS)
HUSBANDS = ("MR JOHN SMITH", "MR J SMITH", "MR PETER DALE")
WIVES = ("MRS ANN SMITH", "MISS RUTH HILL", "MRS RUTH DALE")
ELECTORS = ("JOHN SMITH", "ANN SMITH", "RUTH HILL", "RUTH DALE", "PETER DALE", "JON SMITH")
STAYS = ("2015-04-01..", "2019-06-01..", "2010-01-01..2019-06-01", "..")
MORE = {
    "council_tax": ("",),
    "electoral_register": ("open_register=yes", "open_register=no"),
    "library": ("dob=1961-02-03", "dob=1990-12-31", ""),
}
PARTS = LaneState.__slots__

Saying = dict[str, str]
"""What a source says: the line of each of its records, by reference."""


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


SAID = st.tuples(
    st.sampled_from(["same", "different", "unsure"]),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from([None, 1, 3]),
)
"""What a steward says of two records, counted among all that ever were, and after how many days it expires."""

TURNS = 8
"""The laws that are dear to check take turns: in eight nights each is looked at once, or oftener."""

Night = tuple[set[str], set[str]]
"""The sources that are silent, and those that send only what changed."""

NIGHTS = st.tuples(
    st.sets(st.sampled_from(SOURCES), max_size=2),
    st.sets(st.sampled_from(SOURCES), max_size=1),
)

LAWS: list[tuple[tuple[int, ...], Callable[["Council"], None]]] = []


def law(*turns: int) -> Callable[[Callable[["Council"], None]], Callable[["Council"], None]]:
    """Make a check a law: it is looked at after each night, or, of those that are dear, when its turn comes."""

    def made(check: Callable[["Council"], None]) -> Callable[["Council"], None]:
        LAWS.append((turns, check))
        return check

    return made


def by_day(**drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make what happens a rule; a night follows it, or the day goes on."""

    def made(happens: Callable[..., None]) -> Callable[..., None]:
        @wraps(happens)
        def and_then(council: "Council", *, night: Night | None, **more: Any) -> None:
            happens(council, **more)
            if night is not None:
                council.lives_through(*night)

        untyped: Any = rule  # by which mypy does not mistake what is drawn for a bundle
        ruled: Callable[..., None] = untyped(night=st.none() | NIGHTS, **drawn)(and_then)
        return ruled

    return made


class Council(RuleBasedStateMachine):
    """A council whose sources say what they will, and whose nights are committed to a store."""

    server: str | None = None
    """The address of a PostgreSQL server whose databases carry the nights; SQLite does where it is not named."""

    def __init__(self) -> None:
        super().__init__()
        self.folder, self.database = TemporaryDirectory(), ExitStack()
        url = self.database.enter_context(database_on(self.server)) if self.server else "sqlite:///council.db"
        self.store = Store.open(url, Path(self.folder.name), cache=Path(self.folder.name) / "kept")
        self.now: dict[str, Saying] = {source: {} for source in SOURCES}
        self.told: dict[str, Saying] = {source: {} for source in SOURCES}
        self.gone: dict[str, Saying] = {source: {} for source in SOURCES}
        self.day = TODAY
        self.at, self.under = street(), policy()
        self.yesterday = Yesterday()
        self.looked = self.offset = 0
        self.plan: Plan
        self.before: Yesterday
        self.extracts: tuple[Extract, ...]

    def teardown(self) -> None:
        self.store.close()
        self.database.close()
        self.folder.cleanup()

    @property
    def keys(self) -> list[str]:
        """Give the key of every record that ever was, those of life events left out."""
        return [key for key in self.yesterday.known["mention"] if not key.startswith(EVENTS_SOURCE)]

    @initialize(said=st.lists(records_of(), min_size=6, max_size=14))
    def the_first_night_falls(self, said: list[tuple[str, str, str]]) -> None:
        for source, reference, line in said:
            self.now[source][reference] = line
        self.offset = len(said)
        self.lives_through(set(), set())

    # ------------------------------------------------------------ what happens by day

    @by_day(said=records_of())
    def is_entered_or_corrected(self, said: tuple[str, str, str]) -> None:
        source, reference, line = said
        self.now[source][reference] = line

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

    @precondition(lambda self: self.keys)
    @by_day(said=st.lists(SAID, min_size=1, max_size=4))
    def a_steward_decides(self, said: list[tuple[str, int, int, int | None]]) -> None:
        keys = self.keys
        for verdict, left, right, days in said:
            one, other = keys[left % len(keys)], keys[right % len(keys)]
            if one != other:
                expires = self.day + timedelta(days=days) if days else None
                self.store.decide(verdict, one, other, steward="j.okafor", because="seen", expires=expires)

    @by_day(which=st.integers(0, 9))
    def a_steward_takes_it_back(self, which: int) -> None:
        holding = self.store.decisions().filter(pl.col("superseded_by").is_null())["decision"].to_list()
        if holding:
            self.store.undo(holding[which % len(holding)], steward="j.okafor", because="a slip")

    @by_day(
        reference=st.sampled_from(["D1", "D2"]),
        name=st.sampled_from(HUSBANDS + WIVES),
        house=st.integers(1, 4),
        action=st.sampled_from(["asserted", "asserted", "retracted"]),
    )
    def a_death_is_told(self, reference: str, name: str, house: int, action: str) -> None:
        self.store.tell(death(reference, name, house=house, on=self.day, action=action), by="tests")

    @precondition(lambda self: self.keys)
    @by_day(
        reference=st.sampled_from(["D1", "D2"]),
        verdict=st.sampled_from(["confirmed", "rejected"]),
        of=st.integers(0, 30),
    )
    def a_steward_judges_a_death(self, reference: str, verdict: str, of: int) -> None:
        keys = self.keys
        event = f"{EVENTS_SOURCE}/registrar:{reference}/1"
        self.store.decide(verdict, event, keys[of % len(keys)], steward="j.okafor", because="seen")

    @by_day(house=st.integers(0, 4))
    def the_gazetteer_changes(self, house: int) -> None:
        """Let a house of the street be listed no more, or all be listed again."""
        self.at = street(without=house)
        self.under = replace(self.under, gazetteer=f"gazetteer without {house}" if house else "gazetteer-1")

    @by_day()
    def the_model_changes(self) -> None:
        first = self.under.fingerprint == "model-1"
        usual = policy().thresholds
        stricter = replace(usual, margin=usual.margin + 2000, join=usual.join + 3000, ask=usual.ask + 2000)
        self.under = replace(
            self.under, fingerprint="model-2" if first else "model-1", thresholds=stricter if first else usual
        )

    # ------------------------------------------------------------ the night

    @rule(night=NIGHTS)
    def night_falls(self, night: Night) -> None:
        self.lives_through(*night)

    def lives_through(self, silent: set[str], updating: set[str]) -> None:
        self.day += timedelta(days=1)
        saying = [s for s in SOURCES if s not in silent and (self.now[s] or s in updating)]
        self.extracts = tuple(self._extract(source, update=source in updating) for source in saying)
        self.before = self.store.yesterday()
        self.plan = self._planned(self.before, *self.extracts)
        self.store.commit(self.plan, summary=self.plan.figures())
        for source in saying:
            self.told[source] = dict(self.now[source])
        self.yesterday = self.store.yesterday()

    def _extract(self, source: str, *, update: bool) -> Extract:
        said, told = self.now[source], self.told[source]
        if not update:
            return extract(source, *_lines(said), on=self.day)
        changed = {r: line for r, line in said.items() if told.get(r) != line}
        gone = sorted(told.keys() - said.keys())
        return extract(source, *_lines(changed), mode="update", on=self.day, withdrawn=gone)

    def _planned(self, before: Yesterday, *extracts: Extract, under: Policy | None = None, whole: bool = False) -> Plan:
        return night(before, *extracts, under=under or self.under, at=self.at, whole=whole)

    def _all_told(self) -> tuple[Extract, ...]:
        """Give what every source said last, whole."""
        return tuple(extract(s, *_lines(said), on=self.day) for s, said in self.told.items())

    def _from_nothing(self, **other: Any) -> Yesterday:
        """Give a yesterday that knows keys, decisions and events, and has never said who is who."""
        after = self.yesterday
        return replace(
            Yesterday(),
            known=after.known,
            decisions=after.decisions,
            events=after.events,
            as_of=after.as_of,
            doubts=after.doubts,
            **other,
        )

    def _holding(self) -> pl.DataFrame:
        lasts = pl.col("expires").is_null() | (pl.col("expires") > self.plan.as_of)
        return self.before.decisions.filter(
            pl.col("superseded_by").is_null(), lasts, pl.col("verdict").is_in(["same", "different"])
        )

    def _admitted(self, lane: str) -> pl.DataFrame:
        return self.plan.mentions.filter(self.under.purposes.lanes[lane].admits())

    # ------------------------------------------------------------ the laws

    @invariant()
    def every_law_holds(self) -> None:
        """Look at each law once after a night; one invariant for all keeps the story of a failure short."""
        run = self.yesterday.run
        if run > self.looked:
            self.looked = run
            for turns, check in LAWS:
                if not turns or SOAK or (run + self.offset) % TURNS in turns:
                    check(self)

    @law()
    def law_1_every_live_mention_belongs_to_exactly_one_person_of_each_lane(self) -> None:
        for name, lane in self.plan.lanes.items():
            laws.everyone_is_somebody(self._admitted(name), lane.state.members)

    @law()
    def law_2_a_standing_different_is_never_joined_and_a_standing_same_never_parted(self) -> None:
        for lane in self.plan.lanes.values():
            laws.decisions_hold(lane.state.members, self._holding(), lane.state.cases)

    @law()
    def law_2_the_night_heeds_each_decision_that_holds_and_no_other(self) -> None:
        assert self.plan.workings is not None
        settled = pl.col("verdict").is_in(["same", "different"])
        heeded = self.plan.workings.held.filter(settled)["decision"].sort().to_list()
        assert heeded == self._holding()["decision"].sort().to_list(), "law 2: other decisions were heeded"

    @law(4)
    def law_2_what_expired_or_was_taken_back_is_as_if_never_said(self) -> None:
        lasts = pl.col("expires").is_null() | (pl.col("expires") > self.plan.as_of)
        held = self.before.decisions.filter(pl.col("superseded_by").is_null(), lasts)
        again = self._planned(replace(self.before, decisions=held), *self.extracts, whole=True)
        for name, lane in self.plan.lanes.items():
            assert again.lanes[name].state.members.equals(lane.state.members), "law 2: what is past still binds"

    @law(0)
    def law_3_a_quiet_night_changes_nothing(self) -> None:
        quiet = self._planned(self.yesterday, *self._all_told())
        for name, lane in quiet.lanes.items():
            assert lane.changes.is_empty(), "law 3: something changed"
            assert lane.notices.is_empty(), "law 3: somebody was told"
            for part in PARTS:
                assert getattr(lane.state, part).equals(getattr(self.yesterday.lane(name), part)), f"law 3: {part}"

    @law()
    def law_4_replaying_the_changes_on_yesterday_gives_today(self) -> None:
        for name, lane in self.plan.lanes.items():
            before = self.before.lane(name)
            persons, members = replay(before.persons, before.members, lane.changes)
            assert persons.equals(lane.state.persons.select("person", *FACTS)), "law 4: the changes do not tell all"
            assert members.equals(lane.state.members), "law 4: the changes do not tell who is who"

    @law(1)
    def law_5_nightly_increments_come_to_what_a_full_rebuild_comes_to(self) -> None:
        rebuilt = self._planned(self._from_nothing(), *self._all_told())
        for name, lane in self.plan.lanes.items():
            assert groups(rebuilt.lanes[name].state.members) == groups(lane.state.members), "law 5"
            assert rebuilt.lanes[name].state.cases.equals(lane.state.cases), "law 5: other cases"

    @law(1, 5)
    def law_5_what_changed_solved_again_comes_to_what_all_of_it_comes_to(self) -> None:
        whole = self._planned(self.before, *self.extracts, whole=True)
        if self.before.model == self.under.version:
            same(self.plan, whole)
        for name, lane in self.plan.lanes.items():
            laws.lanes_are_the_same(lane, whole.lanes[name], "law 5")

    @law(2)
    def law_6_order_of_rows_files_and_sources_does_not_matter(self) -> None:
        turned = (replace(e, records=laws.turned(e.records)) for e in reversed(self.extracts))
        known, mentions = laws.turned(self.before.known), laws.turned(self.before.mentions)
        again = self._planned(replace(self.before, known=known, mentions=mentions), *turned)
        for name, lane in self.plan.lanes.items():
            laws.lanes_are_the_same(again.lanes[name], lane, "law 6")

    @law()
    def law_7_a_pair_is_scored_alike_from_either_end(self) -> None:
        keys = self.plan.mentions["mention"].to_list()[:6]
        pairs = [(one, other) for one in keys for other in keys if one != other]
        if pairs:
            asked = pl.DataFrame(pairs, schema={"left": pl.String(), "right": pl.String()}, orient="row")
            scored = score_pairs(features(self.plan.mentions), asked, self.under.model)
            weights = {(left, right): w for left, right, w in scored.select("left", "right", "weight").iter_rows()}
            assert all(w == weights[right, left] for (left, right), w in weights.items()), "law 7"

    @law(6)
    def law_7_pairs_are_scored_alike_in_whatever_batches(self) -> None:
        people = features(self.plan.mentions)
        whole, batched = (LocalEngine(batch=size).scored(people, self.under.model) for size in (10_000, 3))
        assert whole.equals(batched), "law 7: batches"

    @law()
    def law_8_every_golden_fact_exists_in_a_member_record(self) -> None:
        for name, lane in self.plan.lanes.items():
            laws.facts_stand_in_records(lane.state.persons, lane.state.members, self._admitted(name))

    @law()
    def law_9_committing_twice_is_committing_once(self) -> None:
        waiting = [notice["notice"] for notice in self.store.outbox()]
        with pytest.raises(StalePlan):
            self.store.commit(self.plan, summary={})
        assert self.store.published() == self.plan.run
        assert [notice["notice"] for notice in self.store.outbox()] == waiting, "law 9"
        assert len(waiting) == len(set(waiting)), "law 9: a notice twice"

    @law()
    def law_9_delivering_twice_is_delivering_once(self) -> None:
        folder = Path(self.folder.name) / "outbox"
        before = sorted(folder.rglob("*.json"))
        waiting = self.store.outbox()
        for row in [*waiting, *waiting]:
            FileDrop(folder).send(_carried(row))
            self.store.sent(row["notice"])
        left = sorted(file.stem for file in folder.rglob("*.json"))
        assert not self.store.outbox()
        assert left == sorted([*(file.stem for file in before), *(row["notice"] for row in waiting)]), "law 9"

    @law()
    def law_10_no_notice_carries_a_field_that_its_route_forbids(self) -> None:
        for name in self.plan.lanes:
            laws.notices_keep_to_routes(self.plan, name, self.under)

    @law(7)
    def law_10_no_read_shows_what_its_purpose_may_not_see(self) -> None:
        for purpose in self.under.purposes.purposes.values():
            lane = self.under.purposes.lanes[purpose.lane]
            laws.reads_keep_to_their_purpose(exported(self.store, lane, purpose), purpose)
            persons = self.yesterday.lane(lane.name).persons
            for row in persons.head(3).iter_rows(named=True):
                laws.a_person_is_masked(masked(Person.of(row), purpose), purpose)

    @law()
    def law_11_retired_identifiers_forward_in_one_hop_and_are_never_reused(self) -> None:
        for name in self.plan.lanes:
            laws.retired_lead_to_the_living(self.before, self.plan, name)

    @law(3)
    def law_12_withdrawing_a_record_is_its_never_having_been_there(self) -> None:
        one = self.plan.mentions.filter(pl.col("source") != EVENTS_SOURCE).select("source", "record").head(1)
        if one.is_empty():
            return
        source, record = one.row(0)
        without = tuple(
            replace(e, records=e.records.filter(pl.col("record") != record)) if e.source == source else e
            for e in self._all_told()
        )
        its = (pl.col("source") == source) & (pl.col("record") == record)
        never = self._from_nothing()
        never = replace(never, known=never.known.filter(~its))
        withdrawn, unheard = self._planned(self.yesterday, *without), self._planned(never, *without)
        for name, lane in withdrawn.lanes.items():
            assert groups(lane.state.members) == groups(unheard.lanes[name].state.members), "law 12"

    @law()
    def law_13_a_source_that_lists_once_lists_one_person_once_unless_a_steward_said_so(self) -> None:
        same = self._holding().filter(pl.col("verdict") == Verdict.SAME.value).select("left", "right")
        ends = pl.concat([same["left"], same["right"]]).unique().sort()
        joined = grouped(ends, same).rename({"id": "mention"})
        for name, lane in self.plan.lanes.items():
            said = lane.state.members.join(joined, on="mention")["person"].to_list()
            unsaid = lane.state.members.filter(~pl.col("person").is_in(said))
            laws.listed_once_is_one_person_once(unsaid, self._admitted(name), self.under)

    @law()
    def law_12_a_death_that_is_taken_back_stands_nowhere(self) -> None:
        said = self.before.events.unique("reference", keep="last", maintain_order=True)
        for reference in said.filter(pl.col("action") == "retracted")["reference"]:
            mention = f"{EVENTS_SOURCE}/registrar:{reference}/1"
            assert mention not in self.plan.mentions["mention"].to_list(), "law 12: a retracted death"
            for lane in self.plan.lanes.values():
                assert mention not in "".join(lane.state.persons["provenance"].drop_nulls()), "law 12: its trace"

    @law()
    def law_14_nothing_that_a_lane_may_not_see_stands_anywhere_in_it(self) -> None:
        closed = self.plan.mentions.filter(~laws.OPEN)["mention"]
        laws.unseen(self.plan.lanes["service"], closed.to_list())

    @law(0, 3, 6)
    def law_14_a_lane_is_a_night_on_the_records_of_that_lane_alone(self) -> None:
        service = self.under.purposes.lanes["service"]
        alone = replace(
            self.under, purposes=Purposes(self.under.purposes.purposes, {"service": service}), lane="service"
        )
        kept = (replace(e, records=e.records.filter(laws.OPEN)) for e in self._all_told())
        plan = self._planned(self._from_nothing(), *kept, under=alone)
        assert groups(plan.lanes["service"].state.members) == groups(self.plan.lanes["service"].state.members), "law 14"

    @law()
    def law_15_only_a_change_of_the_world_announces_anything(self) -> None:
        for name in self.plan.lanes:
            laws.only_the_world_is_told(self.plan, name)

    @law()
    def the_store_gives_back_what_was_planned(self) -> None:
        truth = Store(self.store.engine).yesterday()
        for name, lane in self.plan.lanes.items():
            states = truth.lane(name), self.yesterday.lane(name), lane.state
            for part in PARTS:
                stored, kept, planned = (getattr(state, part) for state in states)
                assert stored.sort(stored.columns[:2]).equals(planned.sort(stored.columns[:2])), part
                assert kept.equals(planned), f"{part} as it is kept for the next night"


def _carried(row: dict[str, Any]) -> Notice:
    kept = ("notice", "kind", "recipient", "reference", "person", "basis", "run", "retracts")
    return Notice(payload=json.loads(row["payload"]), **{name: row[name] for name in kept})


def _lines(said: Saying) -> list[str]:
    return [f"{reference} | {line}" for reference, line in sorted(said.items())]


class CouncilOnPostgreSQL(Council):
    """The same council, whose store is on PostgreSQL."""


@pytest.fixture(scope="class")
def on_postgresql(postgres_address: str) -> Iterator[None]:
    CouncilOnPostgreSQL.server = postgres_address
    yield
    CouncilOnPostgreSQL.server = None


TestCouncil = Council.TestCase
TestCouncilOnPostgreSQL = pytest.mark.usefixtures("on_postgresql")(CouncilOnPostgreSQL.TestCase)
if not SOAK:
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    TestCouncil.settings = settings(max_examples=4, stateful_step_count=12, phases=phases)
    TestCouncilOnPostgreSQL.settings = settings(max_examples=2, stateful_step_count=7, phases=phases)
