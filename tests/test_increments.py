"""Law 5, to the letter: a night that solves only what a change touches ends as one that works everything out anew.

Not the partition alone: identifiers, golden facts, cases, links, changes and notices are the same, row for row.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import Gazetteer
from svoc.policy import Policy
from svoc.sources.base import Extract
from svoc.words.events import EMPTY_LIFE_EVENTS
from svoc.words.plan import LaneState, Plan, Yesterday
from tests.test_laws import EVENINGS, SAYINGS, TOWNS, few, lived, said
from tests.worlds import TODAY, death, decisions, extract, morrow, night, policy, street

PARTS = tuple(LaneState.__dataclass_fields__)


def same(one: Plan, whole: Plan) -> None:
    """Hold a night that solved a part against the night that solved the whole."""
    assert one.changed is not None, "nothing was left out: the workings were of no use"
    assert whole.changed is None
    assert one.mentions.drop("line").equals(whole.mentions.drop("line"))
    assert one.withdrawn.equals(whole.withdrawn)
    assert one.figures() == whole.figures()
    assert one.protection is not None
    assert whole.protection is not None
    assert one.protection.equals(whole.protection)
    for name, lane in whole.lanes.items():
        again = one.lanes[name]
        for part in PARTS:
            assert getattr(again.state, part).equals(getattr(lane.state, part)), (name, part)
        assert again.changes.equals(lane.changes), name
        assert again.notices.equals(lane.notices), name
    remembered(one, whole)


def remembered(one: Plan, whole: Plan) -> None:
    """Hold what the two nights leave for the next against each other."""
    assert one.workings is not None
    assert whole.workings is not None
    assert one.workings.people.equals(whole.workings.people)
    assert one.workings.keys.equals(whole.workings.keys)
    for name, pairs in whole.workings.pairs.items():
        assert one.workings.pairs[name].equals(pairs), name


def both(yesterday: Yesterday, *extracts: Extract, under: Policy | None = None, at: Gazetteer | None = None) -> Plan:
    """Plan a night both ways, and give the part."""
    one = night(yesterday, *extracts, under=under, at=at)
    same(one, night(yesterday, *extracts, under=under, at=at, whole=True))
    return one


@pytest.mark.parametrize("which", TOWNS, ids=lambda t: f"seed {t[0]}")
def test_every_night_of_a_town(which: tuple[int, int]) -> None:
    town = lived(*which)
    for evening in town.evenings[1:]:
        same(evening.plan, town_night(which, evening.before, evening.extracts, whole=True))
        touched = evening.plan.reading.touched
        assert touched is not None
        assert len(touched.mentions) < evening.plan.mentions.height


def town_night(which: tuple[int, int], before: Yesterday, extracts: tuple[Extract, ...], *, whole: bool) -> Plan:
    town = lived(*which)
    return night(before, *extracts, under=town.policy, at=town.gazetteer, whole=whole)


@pytest.mark.parametrize("which", TOWNS, ids=lambda t: f"seed {t[0]}")
def test_a_town_that_loses_some_gains_some_and_waits_for_days(which: tuple[int, int]) -> None:
    """Records go, come back a year later, and in between dates alone change who lives where."""
    town = lived(*which)
    before = town.after
    for step, left_out in enumerate((r"[12]$", r"[3]$", r"^$", r"^$"), start=1):
        extracts = tuple(
            replace(
                e,
                records=e.records.filter(~pl.col("record").str.contains(left_out)),
                content_date=TODAY + timedelta(days=120 * step),
            )
            for e in town.said_last
        )
        plan = night(before, *extracts, under=town.policy, at=town.gazetteer)
        same(plan, night(before, *extracts, under=town.policy, at=town.gazetteer, whole=True))
        before = morrow(before, plan)


UPDATES = st.lists(st.sampled_from(["R0", "R1", "R2"]), max_size=2, unique=True)


@few(15)
@given(EVENINGS, st.lists(EVENINGS, min_size=1, max_size=3), SAYINGS, st.integers(0, 3), st.booleans())
def test_small_worlds(
    first: tuple[Extract, ...],
    rest: list[tuple[Extract, ...]],
    sayings: list[tuple[str, int, int]],
    when: int,
    dies: bool,
) -> None:
    plan = night(Yesterday(), *first)
    before = morrow(Yesterday(), plan)
    for turn, extracts in enumerate(rest):
        if turn == when:
            before = replace(before, decisions=ledger(plan, sayings), events=told(dies))
        plan = both(before, *(replace(e, content_date=TODAY + timedelta(days=30 * turn)) for e in extracts[: 1 + turn]))
        before = morrow(before, plan)
        both(before)


def ledger(plan: Plan, sayings: list[tuple[str, int, int]]) -> pl.DataFrame:
    keys = plan.mentions["mention"].to_list()
    expires = {"expires": TODAY + timedelta(days=45)}
    named = [(v, keys[a % len(keys)], keys[b % len(keys)], expires if a > b else {}) for v, a, b in sayings]
    return decisions(*(s for s in named if s[1] != s[2]))


def told(dies: bool) -> pl.DataFrame:
    return death("D1", "MR JOHN SMITH", house=1) if dies else EMPTY_LIFE_EVENTS


@few(10)
@given(EVENINGS, said("library", 1), UPDATES)
def test_updates_touch_what_they_name(first: tuple[Extract, ...], update: Extract, withdrawn: list[str]) -> None:
    plan = night(Yesterday(), *first)
    gone = pl.DataFrame({"record": withdrawn}, schema={"record": pl.String()})
    both(morrow(Yesterday(), plan), replace(update, mode="update", withdrawn=gone))


def test_a_gazetteer_that_lost_a_house_touches_who_lived_there() -> None:
    listed = [extract("electoral_register", *(f"E{n} | MR JOHN SMITH | {n}" for n in range(1, 9)))]
    before = morrow(Yesterday(), night(Yesterday(), *listed))
    plan = both(before, *listed, under=replace(policy(), gazetteer="gazetteer-2"), at=street(without=3))

    assert plan.changed is not None
    assert plan.changed.to_list() == ["electoral_register/E3/1"]


def test_a_block_that_grows_over_its_cap_is_let_go_whole_and_taken_up_again() -> None:
    """A thousand residents of a hall share its address; one more, and the block says nothing of any of them."""
    small = replace(policy().model, blocks=tuple(replace(b, cap=4) for b in policy().model.blocks))
    under = replace(policy(), model=small)
    halls = [f"H{n} | MISS RUTH HILL | 1 | 2020-0{n}-01.. | dob=1990-12-31" for n in range(1, 7)]
    before = Yesterday()
    for many in (3, 4, 5, 6, 4, 2):
        plan = night(before, extract("library", *halls[:many]), under=under)
        if before.run:
            same(plan, night(before, extract("library", *halls[:many]), under=under, whole=True))
        before = morrow(before, plan)


def test_another_policy_is_worked_out_whole() -> None:
    listed = [extract("electoral_register", "E1 | MR JOHN SMITH | 1")]
    before = morrow(Yesterday(), night(Yesterday(), *listed))
    stricter = replace(policy(), thresholds=replace(policy().thresholds, margin=9_000))

    assert night(before, *listed).changed is not None
    assert night(before, *listed, under=stricter).changed is None


def test_a_day_alone_touches_whose_stay_ends() -> None:
    listed = extract("council_tax", "A | MR JOHN SMITH | 1 | 2019-01-01..2026-11-20", "B | MRS RUTH HILL | 2")
    before = morrow(Yesterday(), night(Yesterday(), listed))
    later = replace(listed, content_date=date(2026, 11, 25))
    plan = both(before, later)

    assert plan.changed is not None
    assert plan.changed.to_list() == ["council_tax/A/1"]


def test_nothing_touched_is_nothing_solved() -> None:
    listed = extract("council_tax", "A | MR JOHN SMITH | 1", "B | MRS RUTH HILL | 2")
    plan = both(morrow(Yesterday(), night(Yesterday(), listed)), listed)
    lanes: Mapping[str, int] = {n: len(lane.touched.mentions) for n, lane in plan.lanes.items() if lane.touched}

    assert lanes == {"service": 0, "statutory": 0}


def test_an_entry_that_is_opened_changes_what_is_asked_about_another_that_lies_nowhere() -> None:
    """Two entries of a new register may be one of the old, at a house that the gazetteer does not have."""

    def electors(*said: str) -> Extract:
        smiths = (f"{n} | {name} SMITH | 40 | .. | open_register={how}" for n, name, how in map(str.split, said))
        others = ("7 | MS RUTH HILL | 5", "8 | MR PETER DALE | 6")
        anew = others if len(said) < 2 else ("8 | MS RUTH HILL | 5", "7 | MR PETER DALE | 6")
        return extract("electoral_register", *anew, *smiths)

    first = night(Yesterday(), electors("1 J yes"))
    second = both(morrow(Yesterday(), first), electors("4 JOHN yes", "5 JAMES no"))
    before = morrow(morrow(Yesterday(), first), second, doubts=second.doubts)
    third = both(before, electors("4 JOHN yes", "5 JAMES yes"))
    asked = [len(p.lanes["service"].state.cases.filter(pl.col("kind") == "succession")) for p in (second, third)]
    assert asked == [0, 2]
