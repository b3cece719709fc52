"""The laws of a night that hold whatever the town: see the numbers in each test's name.

Each is tried on rehearsal towns, and on small made-up worlds that Hypothesis looks for. The nights are planned by
`svoc.night.reconcile` and carried forward by hand, without a store.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer import Gazetteer
from svoc.binding import policy_of, read_extracts, read_gazetteer
from svoc.policy import Policy
from svoc.rehearsal.town import rehearse
from svoc.settings import CouncilSettings
from svoc.sources.base import Extract
from svoc.words.plan import LaneState, Plan, Yesterday
from svoc.words.purposes import Purposes
from tests.laws import OPEN, Evening, by_record, decisions_hold, holds, partition, turned
from tests.worlds import TODAY, death, decisions, extract, groups, morrow, night, policy, street

TOWNS = ((3, 90), (5, 120))


@dataclass(frozen=True, slots=True)
class Lived:
    """A town that has lived through three nights."""

    gazetteer: Gazetteer
    policy: Policy
    evenings: tuple[Evening, ...]

    def planned(self, before: Yesterday, extracts: tuple[Extract, ...], *, under: Policy | None = None) -> Plan:
        return night(before, *extracts, under=under or self.policy, at=self.gazetteer)

    @property
    def said_last(self) -> tuple[Extract, ...]:
        """Give what each source said last; one that says the same again is not read again."""
        return tuple({e.source: e for evening in self.evenings for e in evening.extracts}.values())

    @property
    def after(self) -> Yesterday:
        return morrow(self.evenings[-1].before, self.evenings[-1].plan)


@cache
def lived(seed: int, dwellings: int) -> Lived:
    with TemporaryDirectory() as folder:
        town = rehearse(Path(folder), dwellings=dwellings, seed=seed, nights=3, library=True)
        own = CouncilSettings.read(town.settings)
        gazetteer, under = read_gazetteer(own), policy_of(own)
        yesterday, evenings = Yesterday(), []
        for _ in range(town.nights):
            given = read_extracts(own, yesterday.taken)
            plan = night(yesterday, *given.extracts, under=under, at=gazetteer)
            evenings.append(Evening(yesterday, tuple(given.extracts), plan))
            yesterday = morrow(yesterday, plan, taken=pl.concat([yesterday.taken, given.taken]))
    return Lived(gazetteer, under, tuple(evenings))


@pytest.fixture(params=TOWNS, ids=lambda t: f"seed {t[0]}")
def town(request: pytest.FixtureRequest) -> Lived:
    return lived(*request.param)


# --- small worlds

NAMES = ("MR JOHN SMITH", "MRS ANN SMITH", "MR J SMITH", "MISS RUTH HILL", "MRS RUTH BYRNE", "MR PETER DALE", "A SMITH")
HOUSES = st.integers(1, 4)
STAYS = st.sampled_from(["2015-04-01..", "2019-06-01..", "2010-01-01..2019-06-01", "2026-10-20.."])
DOBS = st.sampled_from(["", "dob=1961-02-03", "dob=1990-12-31"])


def lines(source: str, *, parties: int) -> st.SearchStrategy[tuple[str, ...]]:
    """Draw the records of one source: up to four, each with its own reference."""
    names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=parties, unique=True)
    more = st.sampled_from(["open_register=yes", "open_register=no", ""]) if source == "electoral_register" else DOBS
    one = st.tuples(names.map(" & ".join), HOUSES, STAYS, more).map(lambda t: f"{t[0]} | {t[1]} | {t[2]} | {t[3]}")
    return st.lists(one, min_size=1, max_size=6).map(lambda rows: tuple(f"R{n} | {r}" for n, r in enumerate(rows)))


def said(source: str, parties: int) -> st.SearchStrategy[Extract]:
    return lines(source, parties=parties).map(lambda rows: extract(source, *rows))


EVENINGS = st.tuples(said("council_tax", 2), said("electoral_register", 1), said("library", 1))


def few(examples: int) -> settings:
    return settings(max_examples=examples)


def carried(evenings: list[tuple[Extract, ...]]) -> Iterator[Evening]:
    yesterday = Yesterday()
    for extracts in evenings:
        plan = night(yesterday, *extracts)
        yield Evening(yesterday, extracts, plan)
        yesterday = morrow(yesterday, plan)


# --- the laws on rehearsal towns


def test_laws_1_4_8_10_11_13_15_hold_on_every_night(town: Lived) -> None:
    for evening in town.evenings:
        holds(evening, town.policy)


def test_law_3_a_quiet_night_changes_nothing(town: Lived) -> None:
    for extracts in (town.said_last, ()):
        plan = town.planned(town.after, extracts)

        for name, lane in plan.lanes.items():
            before = town.after.lane(name)
            assert lane.changes.is_empty()
            assert lane.notices.is_empty()
            for part in LaneState.__slots__:
                assert getattr(lane.state, part).equals(getattr(before, part)), part


def test_law_5_nights_come_to_what_one_rebuild_comes_to(town: Lived) -> None:
    rebuilt = town.planned(Yesterday(), town.said_last)
    named = by_record(rebuilt.mentions)

    for name, lane in town.evenings[-1].plan.lanes.items():
        nightly = by_record(town.evenings[-1].plan.mentions)
        assert partition(lane.state.members, nightly) == partition(rebuilt.lanes[name].state.members, named)


def test_law_6_order_of_rows_and_sources_does_not_matter(town: Lived) -> None:
    evening = town.evenings[-1]
    shuffled = tuple(
        replace(e, records=e.records.sample(fraction=1, shuffle=True, seed=9)) for e in reversed(evening.extracts)
    )
    again = town.planned(_shuffled(evening.before), shuffled)

    assert again.mentions.equals(evening.plan.mentions)
    for name, lane in evening.plan.lanes.items():
        for part in LaneState.__slots__:
            assert getattr(again.lanes[name].state, part).equals(getattr(lane.state, part)), part
        assert again.lanes[name].changes.equals(lane.changes)
        assert again.lanes[name].notices.equals(lane.notices)


def _shuffled(before: Yesterday) -> Yesterday:
    states = {
        name: replace(state, **{p: turned(getattr(state, p)) for p in LaneState.__slots__})
        for name, state in before.lanes.items()
    }
    return replace(before, lanes=states, known=turned(before.known), mentions=turned(before.mentions))


def test_law_9_planning_twice_is_planning_once(town: Lived) -> None:
    evening = town.evenings[-1]
    again = town.planned(evening.before, evening.extracts)

    for name, lane in evening.plan.lanes.items():
        assert again.lanes[name].notices.equals(lane.notices)
        assert again.lanes[name].state.members.equals(lane.state.members)


def test_law_12_withdrawing_a_record_is_its_never_having_been_there(town: Lived) -> None:
    stays = pl.col("record").str.tail(1).is_in(["1", "2"]).not_()
    without = tuple(replace(e, records=e.records.filter(stays)) for e in town.said_last)
    withdrawn = town.planned(town.after, without)
    never = town.planned(Yesterday(), without)

    assert withdrawn.withdrawn.height > 10
    for name, lane in withdrawn.lanes.items():
        one = partition(lane.state.members, by_record(withdrawn.mentions))
        assert one == partition(never.lanes[name].state.members, by_record(never.mentions))


def test_law_14_a_lane_is_a_night_on_its_own_records(town: Lived) -> None:
    service = town.policy.purposes.lanes["service"]
    alone = replace(town.policy, purposes=Purposes(town.policy.purposes.purposes, {"service": service}), lane="service")
    yesterday = Yesterday()
    for evening in town.evenings:
        kept = tuple(replace(e, records=e.records.filter(OPEN)) for e in evening.extracts)
        plan = town.planned(yesterday, kept, under=alone)
        lane, of_two = plan.lanes["service"], evening.plan.lanes["service"]

        assert lane.state.members.equals(of_two.state.members)
        assert lane.state.persons.equals(of_two.state.persons)
        assert lane.state.cases.equals(of_two.state.cases)
        assert lane.changes.equals(of_two.changes)
        assert lane.notices.equals(of_two.notices)
        yesterday = morrow(yesterday, plan)


def test_law_15_what_moves_a_pin_changes_persons_and_tells_nobody(town: Lived) -> None:
    moved = replace(town.policy, gazetteer="another gazetteer")
    plan = night(town.after, *town.evenings[-1].extracts, under=moved, at=street())

    assert plan.lanes["statutory"].changes.height > 0
    assert not plan.lanes["statutory"].changes.filter(pl.col("kind") == "changed")["cause"].is_in(["world"]).any()
    assert all(lane.notices.is_empty() for lane in plan.lanes.values())


def test_identifiers_of_two_lanes_have_nothing_in_common(town: Lived) -> None:
    ids = [set(lane.state.persons["person"]) for lane in town.evenings[-1].plan.lanes.values()]

    assert not ids[0] & ids[1]


# --- the laws on small worlds


@few(12)
@given(st.lists(EVENINGS, min_size=2, max_size=3))
def test_laws_1_4_8_10_11_13_15_hold_in_small_worlds(evenings: list[tuple[Extract, ...]]) -> None:
    for evening in carried(evenings):
        holds(evening, policy())


@few(8)
@given(st.lists(EVENINGS, min_size=2, max_size=2))
def test_laws_3_5_and_6_hold_in_small_worlds(evenings: list[tuple[Extract, ...]]) -> None:
    *_, last = carried(evenings)
    quiet = night(morrow(last.before, last.plan), *last.extracts)
    rebuilt = night(Yesterday(), *last.extracts)
    other = night(last.before, *(replace(e, records=turned(e.records)) for e in reversed(last.extracts)))

    for name, lane in last.plan.lanes.items():
        assert quiet.lanes[name].changes.is_empty()
        assert quiet.lanes[name].notices.is_empty()
        one = partition(lane.state.members, by_record(last.plan.mentions))
        assert one == partition(rebuilt.lanes[name].state.members, by_record(rebuilt.mentions))
        assert other.lanes[name].state.members.equals(lane.state.members)
        assert other.lanes[name].notices.equals(lane.notices)


SAYINGS = st.lists(
    st.tuples(st.sampled_from(["same", "different"]), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=3
)


@few(12)
@given(EVENINGS, EVENINGS, SAYINGS)
def test_law_2_different_is_never_joined_same_never_parted_and_what_is_not_there_sleeps(
    one: tuple[Extract, ...], other: tuple[Extract, ...], sayings: list[tuple[str, int, int]]
) -> None:
    first = night(Yesterday(), *one)
    keys = first.mentions["mention"].to_list()
    named = [(v, keys[a % len(keys)], keys[b % len(keys)]) for v, a, b in sayings]
    ledger = decisions(*(s for s in named if s[1] != s[2]))
    asleep = decisions(("same", keys[0], "council_tax/gone/1"), ("different", keys[0], "council_tax/gone/1"))
    before = morrow(Yesterday(), first, decisions=ledger)
    sleeping = night(replace(before, decisions=asleep), *one)

    for plan in (night(before, *one), night(before, *other)):
        for name, lane in plan.lanes.items():
            decisions_hold(lane.state.members, ledger, lane.state.cases)
            if plan.mentions.equals(first.mentions):
                assert groups(sleeping.lanes[name].state.members) == groups(first.lanes[name].state.members)
    assert groups(sleeping.reading.state.members) == groups(first.reading.state.members)


@few(8)
@given(EVENINGS, st.integers(0, 9))
def test_a_confirmed_death_founds_nobody_joins_nobody_and_is_told_once(
    extracts: tuple[Extract, ...], which: int
) -> None:
    first = night(Yesterday(), *extracts)
    keys = first.mentions["mention"].to_list()
    told = death("D1", "MR JOHN SMITH", house=1)
    event = "life_events/registrar:D1/1"
    confirmed = decisions(("confirmed", event, keys[which % len(keys)]))
    before = morrow(Yesterday(), first, events=told, decisions=confirmed)
    second = night(before)
    third = night(morrow(before, second))

    for name, lane in second.lanes.items():
        people = lane.state.members.filter(pl.col("mention") != event)
        assert people.equals(first.lanes[name].state.members)
        assert lane.state.persons["deceased"].fill_null(value=False).sum() <= 1
        assert third.lanes[name].notices.is_empty()
        assert third.lanes[name].changes.is_empty()
        assert set(lane.notices["kind"]) <= {"death"}


def test_the_worlds_of_these_tests_are_not_trivial() -> None:
    """A law that only ever saw strangers would hold of anything."""
    told = extract("council_tax", "R1 | MR JOHN SMITH & MRS ANN SMITH | 1 | 2015-04-01..")
    listed = extract("electoral_register", "E1 | MR JOHN SMITH | 1", "E2 | MRS ANN SMITH | 1")
    plan = night(Yesterday(), told, listed)

    assert plan.as_of == TODAY
    assert groups(plan.reading.state.members) == {
        frozenset({"council_tax/R1/1", "electoral_register/E1/1"}),
        frozenset({"council_tax/R1/2", "electoral_register/E2/1"}),
    }
