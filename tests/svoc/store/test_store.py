"""A night is staged where nobody sees it and published in one moment; what was committed is what yesterday gives."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import event

from svoc.errors import StalePlan, SvocError, TryAgain
from svoc.store.store import Store
from svoc.words.events import EMPTY_LIFE_EVENTS
from svoc.words.mentions import KNOWN, PLACED
from svoc.words.plan import LanePlan, LaneState, Plan, Yesterday

MakePlan = Callable[..., Plan]
PARTS = LaneState.__slots__
SMITHS = {"ct/1/1": "P1", "ct/1/2": "P2", "er/A1/1": "P1"}

RICH = {
    "ct/1/1": {
        "name": "MR ZOË O'BRIEN-ŁUKASZ",
        "forename": "ZOË",
        "surname": "O'BRIEN-ŁUKASZ",
        "dob": date(1971, 4, 24),
        "supplied_uprn": 100_012_345_678,
        "uprn": 999_999_999_999,
        "place": 999_999_999_999,
        "certainty": 0.1 + 0.2,
        "rivals": [100_012_345_678, 1],
        "markers": ["Z", "Ŵ", ""],
        "since": date(1900, 1, 1),
        "deceased": False,
        "open_register": True,
        "outcome": "exact",
    },
    "ct/1/2": {"rivals": [], "markers": [], "deceased": True, "died": date(2026, 2, 28)},
    "er/A1/1": {"name": "", "address": 'A "quoted", comma\nand a new line'},
}


def commit(store: Store, *plans: Plan) -> None:
    for plan in plans:
        store.commit(plan, summary=plan.figures())


def same_state(left: Yesterday, right: Yesterday) -> None:
    assert (left.run, left.as_of, left.gazetteer, left.model) == (right.run, right.as_of, right.gazetteer, right.model)
    assert left.summary == right.summary
    for name in ("known", "mentions", "decisions", "events", "taken"):
        assert_frame_equal(getattr(left, name), getattr(right, name))
    assert left.lanes.keys() == right.lanes.keys()
    for lane, state in left.lanes.items():
        for part in PARTS:
            assert_frame_equal(getattr(state, part), getattr(right.lanes[lane], part))


def stored(plan: Plan) -> pl.DataFrame:
    """Give a plan's mentions as the store keeps them: what is tonight's alone is forgotten."""
    gone = [pl.lit(None, dtype=PLACED[n]).alias(n) for n in ("change", "was_place", "line")]
    return plan.mentions.with_columns(gone).select(PLACED.keys()).sort("mention")


def test_before_the_first_night_there_is_nothing(store: Store) -> None:
    assert store.published() == 0
    same_state(store.yesterday(), Yesterday())


def test_yesterday_is_what_was_committed_to_the_value_and_the_dtype(store: Store, make_plan: MakePlan) -> None:
    plan = make_plan(
        1,
        SMITHS,
        said=RICH,
        persons=[
            {"person": "P1", "dob": date(1971, 4, 24), "uprn": 999_999_999_999, "records": 2, "surname": "ŁUKASZ"},
            {"person": "P2", "deceased": True, "died": date(2026, 2, 28), "records": 1, "provenance": '{"a": "é"}'},
        ],
        forwards=[{"retired": "P8", "current": "P1"}, {"retired": "P9", "current": None}],
        founded={"P1": 1, "P2": 1, "P8": 1, "P9": 1},
        cases=[
            {
                "case": "c1",
                "kind": "household",
                "place": 999_999_999_999,
                "mentions": ["ct/1/1", "ct/1/2"],
                "reason": "two may be one",
                "weight": -1500,
            }
        ],
        links=[
            {"left": "ct/1/1", "right": "er/A1/1", "weight": 31_250, "margin": None, "answer": "same"},
            {"left": "ct/1/1", "right": "ct/1/2", "weight": -2, "margin": 7, "answer": "possible"},
        ],
        households=[{"person": "P1", "household": "H1", "place": 999_999_999_999}],
        households_founded=[
            {"household": "H1", "run": 1, "came_from": ["H2", "H3"]},
            {"household": "H2", "run": 1, "came_from": []},
        ],
        households_forwards=[{"retired": "H2", "current": "H1"}, {"retired": "H3", "current": None}],
        taken=[
            {"source": "er", "file": "b.csv", "sha256": "2" * 64, "content_date": None, "rows": 1},
            {"source": "ct", "file": "a.csv", "sha256": "1" * 64, "content_date": date(2026, 11, 2), "rows": 2},
        ],
    )
    commit(store, plan)
    seen = store.yesterday()
    assert (seen.run, seen.as_of, seen.gazetteer, seen.model) == (1, plan.as_of, "g1", "m1")
    assert seen.summary == plan.figures()
    assert_frame_equal(seen.mentions, stored(plan))
    state = plan.lanes["statutory"].state
    for part in PARTS:
        frame = getattr(state, part)
        assert_frame_equal(getattr(seen.lanes["statutory"], part), frame.sort(frame.columns[:2]))
    assert_frame_equal(seen.taken, plan.taken)
    assert seen.known["mention"].to_list() == sorted(SMITHS)
    assert seen.known["live"].all()
    assert dict(seen.known.schema) == KNOWN


def test_a_staged_night_is_invisible_and_is_cleared_away(store: Store, make_plan: MakePlan) -> None:
    commit(store, make_plan(1, SMITHS, said=RICH))
    before = store.yesterday()
    stop_at(store, "INSERT INTO published")
    with pytest.raises(Stopped):
        commit(store, make_plan(2, {"ct/1/1": "P1", "ct/7/1": "P7"}, lanes={"service": LanePlan(LaneState())}))
    unstop(store)
    same_state(store.yesterday(), before)
    assert store.persons("statutory")["person"].to_list() == ["P1", "P2"]
    assert store.mentions_of("P7", "statutory") == []
    with store.night():
        assert rows_of(store, "mention") == 3
        assert rows_of(store, "run") == 1
        same_state(store.yesterday(), before)
    commit(store, make_plan(2, {"ct/1/1": "P1"}))
    assert store.yesterday().mentions["mention"].to_list() == ["ct/1/1"]


def test_whichever_statement_fails_the_store_is_as_it_was_and_the_next_night_works(
    tmp_path: Path, make_plan: MakePlan
) -> None:
    first = make_plan(1, SMITHS, said=RICH, taken=[{"source": "ct", "file": "a", "sha256": "1", "rows": 2}])
    second = make_plan(
        2,
        {"ct/1/1": "P1", "ct/7/1": "P7", "ct/7/2": "P8"},
        changes=[{"person": "P7", "kind": "new", "cause": "world"}],
        notices=[notice("n1")],
        taken=[{"source": "ct", "file": "b", "sha256": "2", "rows": 2}],
        events=[{"event": "e1", "sender": "gro", "reference": "1"}],
    )
    begun = Store.open("sqlite:///begun.db", tmp_path)
    commit(begun, first)
    begun.close()
    number = 0
    while True:
        shutil.copy(tmp_path / "begun.db", tmp_path / f"{number}.db")
        store = Store.open(f"sqlite:///{number}.db", tmp_path)
        before = store.yesterday()
        stop_at(store, "", after=number)
        try:
            commit(store, second)
        except Stopped:
            unstop(store)
            same_state(store.yesterday(), before)
            assert store.outbox() == []
            commit(store, second)
        else:
            break
        finally:
            unstop(store)
        assert store.yesterday().mentions["mention"].to_list() == ["ct/1/1", "ct/7/1", "ct/7/2"]
        assert [row["notice"] for row in store.outbox()] == ["n1"]
        assert store.yesterday().events["event"].to_list() == ["e1"]
        assert rows_of(store, "change") == 1
        store.close()
        number += 1
    store.close()
    assert number > 30


def test_an_earlier_run_can_be_read_again(store: Store, make_plan: MakePlan) -> None:
    nights = [
        make_plan(1, SMITHS, said=RICH, gazetteer="g1"),
        make_plan(2, {"ct/1/1": "P1", "ct/1/2": "P1"}, said={"ct/1/1": {"surname": "JONES"}}, gazetteer="g2"),
        make_plan(3, SMITHS, said=RICH, gazetteer="g3"),
    ]
    seen = []
    for plan in nights:
        commit(store, plan)
        seen.append(store.yesterday())
    for number, then in enumerate(seen, start=1):
        same_state(store.yesterday(run=number), then)
    with pytest.raises(SvocError, match="no run 4"):
        store.yesterday(run=4)


def test_a_quiet_night_writes_no_row_of_state(store: Store, make_plan: MakePlan) -> None:
    commit(store, make_plan(1, SMITHS, said=RICH))
    before = {table: rows_of(store, table) for table in ("mention", "member", "person", "founded")}
    commit(store, make_plan(2, SMITHS, said=RICH, founded={"P1": 1, "P2": 1}))
    assert {table: rows_of(store, table) for table in before} == before
    assert store.yesterday().run == 2


def test_a_mention_that_went_stays_known_and_its_key_is_not_live(store: Store, make_plan: MakePlan) -> None:
    commit(store, make_plan(1, SMITHS, said=RICH), make_plan(2, {"ct/1/2": "P2"}, said=RICH))
    known = store.yesterday().known
    assert dict(known.select("mention", "live").iter_rows()) == {"ct/1/1": False, "ct/1/2": True, "er/A1/1": False}
    commit(store, make_plan(3, {"ct/1/1": "P1"}, said={"ct/1/1": {"surname": "JONES"}}))
    again = store.yesterday().known
    assert again.filter(mention="ct/1/1").select("surname", "live").row(0) == ("JONES", True)


def test_committing_twice_is_refused_and_changes_nothing(store: Store, make_plan: MakePlan) -> None:
    plan = make_plan(1, SMITHS, said=RICH, notices=[notice("n1")])
    commit(store, plan)
    before = store.yesterday()
    with pytest.raises(StalePlan, match="another night's truth"):
        commit(store, plan)
    same_state(store.yesterday(), before)
    assert len(store.outbox()) == 1


def test_a_plan_that_knows_less_than_was_decided_is_refused(store: Store, make_plan: MakePlan) -> None:
    commit(store, make_plan(1, SMITHS))
    with store.night():
        knew = store.yesterday().ledger
        store.decide("same", "ct/1/1", "er/A1/1", steward="s", because="b")
        with pytest.raises(StalePlan, match="somebody decided"):
            commit(store, replace(make_plan(2, {"ct/1/1": "P1"}), ledger=knew))
        assert store.yesterday().mentions.height == 3
        commit(store, replace(make_plan(2, {"ct/1/1": "P1"}), ledger=store.yesterday().ledger))
    assert store.yesterday().mentions.height == 1
    knew = store.yesterday().ledger
    store.undo(1, steward="s", because="a slip")
    after = store.yesterday().ledger
    store.tell(one_event(), by="s")
    assert len({knew, after, store.yesterday().ledger}) == 3


@pytest.mark.parametrize("run", [1, 4])
def test_a_plan_of_another_nights_truth_is_refused(store: Store, make_plan: MakePlan, run: int) -> None:
    commit(store, make_plan(1, SMITHS), make_plan(2, SMITHS))
    before = store.yesterday()
    with pytest.raises(StalePlan, match="another night's truth"):
        commit(store, make_plan(run, {"ct/1/1": "P1"}))
    same_state(store.yesterday(), before)


def test_each_lane_is_kept_by_itself(store: Store, make_plan: MakePlan) -> None:
    service = make_plan(1, {"ct/1/1": "S1"}).lanes["statutory"]
    commit(store, make_plan(1, SMITHS, lanes={"service": service}))
    lanes = store.yesterday().lanes
    assert sorted(lanes) == ["service", "statutory"]
    assert_frame_equal(lanes["service"].members, service.state.members)
    assert store.persons("service")["person"].to_list() == ["S1"]
    assert store.mentions_of("P1", "statutory") == ["ct/1/1", "er/A1/1"]
    assert store.mentions_of("P1", "service") == []


def test_a_lane_whose_last_member_left_still_knows_the_identifiers_it_gave(store: Store, make_plan: MakePlan) -> None:
    commit(store, make_plan(1, SMITHS))
    commit(store, make_plan(2, {}, founded={"P1": 1, "P2": 1}, forwards=[{"retired": "P1"}, {"retired": "P2"}]))
    lane = store.yesterday().lanes["statutory"]
    assert lane.founded["person"].to_list() == ["P1", "P2"]
    assert lane.forwards["retired"].to_list() == ["P1", "P2"]


def test_a_lane_that_never_named_a_person_keeps_its_questions(store: Store, make_plan: MakePlan) -> None:
    """A death of somebody who is on no list is asked about though the lane knows nobody."""
    asked = {"case": "c1", "kind": "life_event", "mentions": ["life_events/registrar:D1/1"], "reason": "nobody fits"}
    store.commit(make_plan(1, {}, cases=[asked]), summary={})
    assert store.yesterday().lane("statutory").cases["case"].to_list() == ["c1"]


def test_a_reader_sees_one_night_whole_while_another_is_published(file_store: Store, make_plan: MakePlan) -> None:
    commit(file_store, make_plan(1, SMITHS, said=RICH))
    reader = sqlite3.connect(str(file_store.engine.url.database), isolation_level=None)
    try:
        reader.execute("BEGIN")
        assert reader.execute("SELECT run FROM published").fetchone() == (1,)
        commit(file_store, make_plan(2, {"ct/1/1": "P1"}))
        assert reader.execute("SELECT run FROM published").fetchone() == (1,)
        assert reader.execute("SELECT count(*) FROM mention WHERE to_run IS NULL").fetchone() == (3,)
        reader.execute("COMMIT")
        assert reader.execute("SELECT run FROM published").fetchone() == (2,)
    finally:
        reader.close()
    assert file_store.yesterday().run == 2


def test_a_decision_made_while_a_night_is_staged_does_not_stop_it(file_store: Store, make_plan: MakePlan) -> None:
    """A writer that comes between a night's reading and its writing must not make the night fail."""
    commit(file_store, make_plan(1, SMITHS, said=RICH))
    desk = Store.open("sqlite:///council.db", Path(str(file_store.engine.url.database)).parent)
    decided: list[int] = []

    def decide(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT member.") and not decided:
            decided.append(desk.decide("same", "ct/1/1", "er/A1/1", steward="j.okafor", because="same number"))

    event.listen(file_store.engine, "after_cursor_execute", decide)
    commit(file_store, make_plan(2, {"ct/1/1": "P1"}))
    event.remove(file_store.engine, "after_cursor_execute", decide)
    desk.close()
    assert decided == file_store.decisions()["decision"].to_list() == [1]
    assert file_store.yesterday().run == 2


def test_life_events_told_between_a_reading_and_a_writing_are_kept(file_store: Store) -> None:
    """What reads first and writes then must not meet somebody who wrote in between."""
    other = Store.open("sqlite:///council.db", Path(str(file_store.engine.url.database)).parent)
    with other.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    came: list[str] = []

    def meddle(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT event.event") and not came:
            came.append("")
            with pytest.raises(TryAgain, match="busy"):
                other.decide("same", "a/1/1", "b/1/1", steward="s", because="b")

    event.listen(file_store.engine, "after_cursor_execute", meddle)
    assert file_store.tell(one_event(), by="nightly") == 1
    event.remove(file_store.engine, "after_cursor_execute", meddle)
    assert came
    assert other.decide("same", "a/1/1", "b/1/1", steward="s", because="b") == 1
    other.close()


def test_runs_are_listed_the_last_first(store: Store, make_plan: MakePlan) -> None:
    commit(store, make_plan(1, SMITHS), make_plan(2, SMITHS))
    assert [(r["run"], r["state"]) for r in store.runs()] == [(2, "published"), (1, "published")]
    assert store.runs()[0]["summary"]["persons"] == 2


def test_a_plan_without_a_lane_it_once_had_leaves_that_lane_as_it_was(store: Store, make_plan: MakePlan) -> None:
    service = make_plan(1, {"ct/1/1": "S1"}).lanes["statutory"]
    commit(store, make_plan(1, SMITHS, lanes={"service": service}))
    second = make_plan(2, SMITHS)
    commit(store, replace(second, lanes={"statutory": second.lanes["statutory"]}))
    assert store.persons("service")["person"].to_list() == ["S1"]


# ---------------------------------------------------------------- helpers


class Stopped(Exception):
    """Stands for whatever may happen to a night in the midst of its work."""


def notice(name: str) -> dict[str, Any]:
    return {
        "notice": name,
        "person": "P1",
        "kind": "death",
        "recipient": "ct",
        "reference": "1",
        "payload": "{}",
        "basis": "a law",
    }


def one_event() -> pl.DataFrame:
    return EMPTY_LIFE_EVENTS.clear(1).with_columns(event=pl.lit("e1"))


def stop_at(store: Store, sign: str, *, after: int = 0) -> None:
    """Let the next commit fail at the statement numbered `after` of those that begin with a sign."""
    left = [after]

    def stop(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(sign):
            left[0] -= 1
            if left[0] < 0:
                raise Stopped

    event.listen(store.engine, "before_cursor_execute", stop)
    STOPS.append((store, stop))


STOPS: list[tuple[Store, Any]] = []


def unstop(store: Store) -> None:
    for stopped, stop in list(STOPS):
        if stopped is store:
            event.remove(store.engine, "before_cursor_execute", stop)
            STOPS.remove((stopped, stop))


def rows_of(store: Store, table: str) -> int:
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
