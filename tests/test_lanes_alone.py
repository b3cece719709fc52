"""Law 14 for every lane that a council may draw, and what a barred value could be smuggled through.

Each lane equals a night run on its sources alone: persons, members, households, cases and notices, whatever the records
of other lanes say. Where a register is renumbered an entry may bear the key of one that the lane does not have
(`svoc.steps.succeed`), so mentions are compared by their record.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.errors import SvocError
from svoc.explaining import Explanation
from svoc.policy import Policy
from svoc.reading import Reader
from svoc.sources.base import Extract
from svoc.sources.clean import content
from svoc.store.audit import Audit
from svoc.store.store import Store
from svoc.undoing import concerned
from svoc.words.persons import FACTS
from svoc.words.plan import LaneState, Plan, Yesterday
from svoc.words.purposes import Lane, Purposes
from tests.laws import OPEN, by_record, partition
from tests.test_laws import EVENINGS, few
from tests.worlds import TODAY, extract, morrow, night, policy

CLOSED_TOO = pl.lit(value=True)
LANES: dict[str, tuple[Lane, pl.Expr]] = {
    "statutory": (Lane("statutory", "all"), CLOSED_TOO),
    "service": (Lane("service", "open", open_register_only=True), OPEN),
    "bookless": (Lane("bookless", "no library", without_sources=("library",)), pl.col("source") != "library"),
    "taxless": (
        Lane("taxless", "no tax", open_register_only=True, without_kinds=("council_tax",)),
        OPEN & (pl.col("source") != "council_tax"),
    ),
    "unregistered": (
        Lane("unregistered", "no register", without_kinds=("electoral_register",)),
        pl.col("source") != "electoral_register",
    ),
}
"""Lanes as councils draw them, and what each may use in the tests' own words."""


def under(*names: str, reading: str) -> Policy:
    """Give the rules where there are these lanes, and every purpose, and so every route, reads one of them."""
    kinds = policy().kinds
    lanes = {name: LANES[name][0].of(kinds, kinds.values()) for name in names}
    every = {code: replace(p, lane=reading) for code, p in Purposes.in_force().purposes.items()}
    return replace(policy(), purposes=Purposes(every, lanes), lane=reading)


def lived(evenings: list[tuple[Extract, ...]], rules: Policy) -> list[Plan]:
    yesterday, plans = Yesterday(), []
    for extracts in evenings:
        plans.append(night(yesterday, *extracts, under=rules))
        yesterday = morrow(yesterday, plans[-1])
    return plans


def only(evening: tuple[Extract, ...], admitted: pl.Expr) -> tuple[Extract, ...]:
    return tuple(replace(e, records=e.records.filter(admitted)) for e in evening)


def facts(state: LaneState) -> list[tuple[object, ...]]:
    return sorted(state.persons.select(*FACTS, "records").rows(), key=repr)


def told(plan: Plan, lane: str) -> list[tuple[object, ...]]:
    notices = plan.lanes[lane].notices
    return sorted(notices.select("kind", "recipient", "reference", "payload", "basis").rows(), key=repr)


def asked(plan: Plan, lane: str) -> list[tuple[object, ...]]:
    named = dict(plan.mentions.select("mention", pl.concat_str("source", "record", "party", separator="|")).iter_rows())
    rows = plan.lanes[lane].state.cases.select("kind", "place", "mentions", "reason", "weight").iter_rows()
    return sorted(((k, p, sorted(named.get(m, m) for m in ms), r, w) for k, p, ms, r, w in rows), key=repr)


@pytest.mark.parametrize("name", LANES)
@few(4)
@given(evenings=st.lists(EVENINGS, min_size=1, max_size=2))
def test_law_14_whatever_lane_is_drawn_is_a_night_on_its_own_records(
    name: str, evenings: list[tuple[Extract, ...]]
) -> None:
    among = lived(evenings, under(*LANES, reading=name))
    alone = lived([only(evening, LANES[name][1]) for evening in evenings], under(name, reading=name))
    for one, other in zip(among, alone, strict=True):
        here, there = one.lanes[name].state, other.lanes[name].state
        assert partition(here.members, by_record(one.mentions)) == partition(there.members, by_record(other.mentions))
        assert facts(here) == facts(there)
        assert asked(one, name) == asked(other, name)
        assert told(one, name) == told(other, name)
        assert here.households.select("place").to_series().sort().equals(there.households["place"].sort())


# --- smuggling: a value that the full register alone bears, through whatever a reader of another lane may ask

TOKEN, BORN = "ZMUGGLED", date(1999, 9, 9)
VERDICTS = st.lists(st.tuples(st.sampled_from(["same", "different", "unsure"]), st.integers(0, 99), st.integers(0, 99)))


def laden(evening: tuple[Extract, ...]) -> tuple[Extract, ...]:
    """Let every entry that is not open bear a middle name and a birth that nobody else bears."""
    barred = ~OPEN
    return tuple(
        replace(
            e,
            records=content(
                e.records.with_columns(
                    middle_names=pl.when(barred).then(pl.lit(TOKEN)).otherwise("middle_names"),
                    dob=pl.when(barred).then(pl.lit(BORN)).otherwise("dob"),
                )
            ),
        )
        for e in evening
    )


def shown(reader: Reader, ids: list[str], keys: list[str]) -> str:
    """Give all that a reader shows, whatever is asked; of what was asked for itself only that it was asked."""
    days = (TODAY, date(2026, 11, 1))
    told = [said(reader.find, text, most=50) for text in (TOKEN, f"JOHN {TOKEN} SMITH", "SMITH", "MRS ANN SMITH")]
    told += [said(ask, person) for person in ids for ask in (reader.person, reader.history)]
    told += [said(reader.as_of, person, day) for person in ids for day in days]
    told += [str(frame.rows()) for frame in reader.frames().values()]
    told += [str(frame.rows()) for frame in (reader.households(), reader.cases(), reader.decisions())]
    return "\n".join([*told, *(said(reader.explain, one, other) for one, other in pairwise(keys))])


def said(ask: Callable[..., object], *what: object, **more: object) -> str:
    """Give an answer as text, or what was said in its place."""
    try:
        told = ask(*what, **more)
    except SvocError as fault:
        return str(fault)
    if isinstance(told, Explanation):
        return f"{told.text()} {told.figures()}"
    return str(told.rows() if isinstance(told, pl.DataFrame) else told)


@few(3)
@given(evenings=st.lists(EVENINGS, min_size=2, max_size=2), verdicts=VERDICTS)
def test_nothing_of_the_full_register_is_smuggled_to_a_service(
    evenings: list[tuple[Extract, ...]], verdicts: list[tuple[str, int, int]]
) -> None:
    rules, store = policy(), Store.open("sqlite://", Path())
    lanes = {name: lane.drawn for name, lane in rules.purposes.lanes.items()}
    ever_open, ids, every = set[str](), set[str](), set[str]()
    for evening in map(laden, evenings):
        plan = night(store.yesterday(), *evening, under=rules)
        store.commit(plan, summary={"lanes": lanes})
        ever_open |= set(plan.mentions.filter(OPEN)["mention"])
        every |= set(plan.mentions["mention"])
        ids |= {p for lane in plan.lanes.values() for p in lane.state.persons["person"]}
        keys = sorted(every)
        for verdict, one, other in verdicts:
            left, right = keys[one % len(keys)], keys[other % len(keys)]
            barred = not {left, right} <= ever_open
            if left != right:
                store.decide(verdict, left, right, steward="j", because=TOKEN if barred else "seen")
    reader = Reader.open("council-tax", store, rules, Audit("sqlite://", Path()), actor="a.bell")
    among = shown(reader, sorted(ids), sorted(ever_open))
    assert TOKEN not in among
    assert BORN.isoformat() not in among
    assert repr(BORN) not in among
    assert not [key for key in every - ever_open if f"'{key}'" in among or f'"{key}"' in among]
    whole = shown(replace(reader, purpose=rules.purposes.named("fraud")), sorted(ids), sorted(every))
    assert every == ever_open or TOKEN in whole, "the test would pass where nothing is shown"
    store.close()


# --- a new register, whose entries may be several of the old: each lane asks about its own

REVISED = ("7 | MS RUTH HILL | 5 | .. | open_register=yes", "8 | MR PETER DALE | 6 | .. | open_register=yes")
ANEW = ("8 | MS RUTH HILL | 5 | .. | open_register=yes", "7 | MR PETER DALE | 6 | .. | open_register=yes")
"""Two electors change numbers: by them a register is known for another edition."""


def electors(*said: str) -> Extract:
    """Give the register: `1 open` is John Smith at 3 King Street under the number 1, in the open register."""
    numbered = (line.split() for line in said if line[0].isdecimal() and "|" not in line)
    smiths = [f"{n} | MR JOHN SMITH | 3 | .. | open_register={'yes' if how == 'open' else 'no'}" for n, how in numbered]
    return extract("electoral_register", *(line for line in said if "|" in line), *smiths)


@pytest.mark.parametrize(
    ("old", "new", "in_service", "in_statutory"),
    [
        (("1 closed", "2 closed"), ("4 open",), None, "4 1 2"),
        (("1 closed", "2 open"), ("4 open",), None, "4 1 2"),
        (("1 closed", "2 open", "3 open"), ("4 open",), "4 2 3", "4 1 2 3"),
        (("1 open", "2 open"), ("4 open",), "4 1 2", "4 1 2"),
        (("1 open", "2 open"), ("4 closed",), None, "4 1 2"),
    ],
    ids=["of the closed alone", "one of the closed", "two of the open", "all open", "a closed entry"],
)
def test_a_new_register_asks_in_each_lane_about_its_own_entries_alone(
    old: tuple[str, ...], new: tuple[str, ...], in_service: str | None, in_statutory: str
) -> None:
    first = night(Yesterday(), electors(*REVISED, *old))
    plan = night(morrow(Yesterday(), first), electors(*ANEW, *new))
    for lane, expected in (("service", in_service), ("statutory", in_statutory)):
        cases = plan.lanes[lane].state.cases.filter(pl.col("kind") == "succession")["mentions"].to_list()
        named = [" ".join(key.split("/")[1] for key in mentions) for mentions in cases]
        assert named == ([expected] if expected else []), lane


def test_a_lane_is_asked_about_a_new_register_as_one_that_has_no_other_entries() -> None:
    """An entry of the closed register that may be the same as an open one makes no question of the open one."""
    old, new = ("1 open",), ("4 open", "5 closed")
    first, tomorrow = electors(*REVISED, *old), electors(*ANEW, *new)
    among = night(morrow(Yesterday(), night(Yesterday(), first)), tomorrow)
    alone = [replace(e, records=e.records.filter(OPEN)) for e in (first, tomorrow)]
    by_itself = night(morrow(Yesterday(), night(Yesterday(), alone[0])), alone[1])
    assert asked(among, "service") == asked(by_itself, "service") == []
    assert len(among.lanes["statutory"].state.cases.filter(pl.col("kind") == "succession")) == 2


def test_a_lane_that_is_redrawn_names_no_former_entry_that_it_may_not_use() -> None:
    """The night asked with the full register; the council has closed it since, and no night has been."""
    rules, store = policy(), Store.open("sqlite://", Path())
    lanes = {name: lane.drawn for name, lane in rules.purposes.lanes.items()}
    for said in (electors(*REVISED, "1 closed", "2 closed"), electors(*ANEW, "4 open")):
        store.commit(night(store.yesterday(), said, under=rules), summary={"lanes": lanes})
    closed = {name: replace(lane, open_register_only=True) for name, lane in rules.purposes.lanes.items()}
    now = replace(rules, purposes=Purposes(rules.purposes.purposes, closed))
    for under, expected in ((rules, ["succession"]), (now, [])):
        reader = Reader.open("canvass-match", store, under, Audit("sqlite://", Path()), actor="a.bell")
        assert reader.cases()["kind"].to_list() == reader.frames()["cases"]["kind"].to_list() == expected
    store.close()


def test_a_plan_tells_nothing_of_whom_a_lane_that_is_redrawn_may_not_use_any_more() -> None:
    """The plan is the first under the new lane: what it would undo still rests on the full register."""
    rules, store = policy(), Store.open("sqlite://", Path())
    lanes = {name: lane.drawn for name, lane in rules.purposes.lanes.items()}
    said = laden((electors("1 closed"), extract("council_tax", "A1 | MR JOHN SMITH | 3")))
    store.commit(night(store.yesterday(), *said, under=rules), summary={"lanes": lanes})
    closed = {name: replace(lane, open_register_only=True) for name, lane in rules.purposes.lanes.items()}
    now = replace(rules, purposes=Purposes(rules.purposes.purposes, closed))
    plan = night(store.yesterday(), under=now)
    for under, expected in ((rules, True), (now, False)):
        reader = Reader.open("canvass-match", store, under, Audit("sqlite://", Path()), actor="a.bell")
        told = str(concerned(plan, store.yesterday(), reader).rows())
        assert ("electoral_register/1/1" in told) is expected
        assert (TOKEN in told) is expected
    store.close()
