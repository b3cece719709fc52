"""What is past is let go when it is old enough, and nothing that comes after can tell."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sqlalchemy import event, text

from svoc.errors import SettingsError
from svoc.rollback import roll_back
from svoc.settings import RetentionSettings
from svoc.store.keeping import forget
from svoc.store.past import forgotten_of, past_of, person_on, run_on
from svoc.store.standing import oldest_kept
from svoc.store.store import Store
from svoc.words.plan import Plan, Yesterday
from tests.worlds import KINDS, TODAY, extract, night, street

MakePlan = Callable[..., Plan]
PARTS = ("members", "persons", "founded", "forwards", "cases", "links")
FAR = datetime(2099, 1, 1, tzinfo=UTC)
"""A clock by which every night is old: the days of which the extracts speak decide."""


def keep(**days: int) -> RetentionSettings:
    """Keep everything for good but what is named."""
    return RetentionSettings(**{f"{n}_days": days.get(n, 0) for n in ("history", "withdrawn", "notices", "taken")})


def lived(store: Store, make_plan: MakePlan) -> list[Yesterday]:
    """Live five nights, a day apart: a name changes on the second, somebody goes on the third; give what stood."""
    who = {"ct/1/1": "P1", "ct/1/2": "P2"}
    said = [{"ct/1/1": {"surname": name}} for name in ("SMITH", "JONES", "JONES", "JONES", "BROWN")]
    seen = []
    for run, saying in enumerate(said, start=1):
        there = who if run < 3 else {"ct/1/1": "P1"}
        persons = [{"person": p, "surname": saying["ct/1/1"]["surname"], "records": 1} for p in sorted(there.values())]
        changes = [{"person": "P1", "kind": "changed", "field": "surname", "cause": "world"}]
        more = {"persons": persons, "changes": changes, "founded": {"P1": 1, "P2": 1}}
        store.commit(make_plan(run, there, said=saying, **more), summary={})
        seen.append(store.yesterday())
    return seen


def rows(store: Store, table: str) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def horizon(store: Store) -> int:
    with store.engine.connect() as connection:
        return oldest_kept(connection)


def test_what_is_younger_than_it_is_kept_stays(store: Store, make_plan: MakePlan) -> None:
    seen = lived(store, make_plan)
    assert set(forget(store, keep(history=5, withdrawn=5, notices=5, taken=5), now=FAR).values()) == {0}
    assert horizon(store) == 0
    assert_frame_equal(store.yesterday(run=1).mentions, seen[0].mentions)


def test_nothing_is_ever_let_go_where_everything_is_kept_for_good(store: Store, make_plan: MakePlan) -> None:
    lived(store, make_plan)
    assert set(forget(store, keep(), now=FAR).values()) == {0}


def test_nights_from_the_horizon_on_are_as_they_were(store: Store, make_plan: MakePlan) -> None:
    seen = lived(store, make_plan)
    went = forget(store, keep(history=2), now=FAR)
    assert (horizon(store), went["replaced"] > 0, went["changes"]) == (3, True, 2)
    for run in (3, 4, 5):
        then = store.yesterday(run=run)
        assert_frame_equal(then.known, seen[run - 1].known)
        assert_frame_equal(then.mentions, seen[run - 1].mentions)
        for part in PARTS:
            now, before = (getattr(y.lane("statutory"), part) for y in (then, seen[run - 1]))
            assert_frame_equal(now, before)
    with pytest.raises(SettingsError, match=r"night 2 is no longer kept .*is night 3, as of 2026-11-04"):
        store.yesterday(run=2)


def test_looking_back_beyond_the_horizon_is_refused_in_words(store: Store, make_plan: MakePlan) -> None:
    lived(store, make_plan)
    forget(store, keep(history=2), now=FAR)
    assert run_on(store, date(2026, 11, 4)) == 3
    assert (person_on(store, "P1", "statutory", 3) or {})["surname"] == "JONES"
    with pytest.raises(SettingsError, match=r"night 2 is no longer kept \(\[retention\] history_days\)"):
        run_on(store, date(2026, 11, 3))
    assert run_on(store, date(2026, 11, 1)) == 0, "before the first night there was nobody"
    assert past_of(store, "P1", "statutory")["run"].to_list() == [3, 4, 5]
    told = "what happened to P1 before night 3, as of 2026-11-04, is no longer kept"
    assert forgotten_of(store, "P1", "statutory") == told
    assert forgotten_of(store, "P9", "statutory") is None


@pytest.mark.parametrize("now", [datetime(2026, 11, 6, 3, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)])
def test_a_file_of_a_day_to_come_takes_nothing_away_while_the_clock_disagrees(
    store: Store, make_plan: MakePlan, now: datetime
) -> None:
    lived(store, make_plan)
    assert set(forget(store, keep(history=2, withdrawn=2), now=now).values()) == {0}


def test_the_horizon_never_goes_back(store: Store, make_plan: MakePlan) -> None:
    lived(store, make_plan)
    forget(store, keep(history=1), now=FAR)
    forget(store, keep(history=3), now=FAR)
    forget(store, keep(), now=FAR)
    assert horizon(store) == 4


def test_of_a_record_that_ended_long_ago_only_the_key_is_kept(store: Store, make_plan: MakePlan) -> None:
    lived(store, make_plan)
    went = forget(store, keep(history=1, withdrawn=2), now=FAR)
    assert went["withdrawn"] == 2, "the record, and whose it was"
    known = store.yesterday().known
    gone = known.filter(pl.col("mention") == "ct/1/2").row(0, named=True)
    assert {name: value for name, value in gone.items() if value is not None} == {
        "mention": "ct/1/2", "source": "ct", "record": "1", "live": False,
    }  # fmt: skip
    assert known["mention"].is_unique().all()
    with store.engine.connect() as connection:
        left = connection.execute(text("SELECT mention FROM mention WHERE mention = 'ct/1/2'")).all()
    assert left == []


def test_a_withdrawn_record_stays_as_long_as_history_shows_it(store: Store, make_plan: MakePlan) -> None:
    lived(store, make_plan)
    assert forget(store, keep(history=4, withdrawn=1), now=FAR)["withdrawn"] == 0
    assert store.yesterday(run=1).mentions.height == 2


def test_the_facts_of_a_sent_notice_go_and_that_it_was_sent_stays(store: Store, make_plan: MakePlan) -> None:
    told = {"person": "P1", "kind": "death", "recipient": "ct", "reference": "7", "payload": '{"surname": "S"}'}
    for run in (1, 2, 3):
        notices = [{**told, "notice": f"n{run}", "basis": "a law", "because": "ct/1/1"}]
        store.commit(make_plan(run, {"ct/1/1": "P1"}, notices=notices), summary={})
    store.sent("n1")
    store.sent("n3")
    assert forget(store, keep(notices=1), now=FAR)["notices"] == 1
    assert [row["notice"] for row in store.outbox()] == ["n2"], "what was not sent waits with all its facts"
    with store.engine.connect() as connection:
        found = connection.execute(
            text("SELECT notice, person, payload, reference, sent FROM notice ORDER BY run")
        ).all()
    assert [(r.notice, r.person, r.payload, r.reference, r.sent is None) for r in found] == [
        ("n1", "P1", "{}", None, False),
        ("n2", "P1", '{"surname": "S"}', "7", True),
        ("n3", "P1", '{"surname": "S"}', "7", False),
    ]
    store.commit(make_plan(4, {"ct/1/1": "P1"}, notices=[{**told, "notice": "n1", "basis": "a law"}]), summary={})
    assert [row["notice"] for row in store.outbox()] == ["n2"], "what was told once is not told again"


def test_of_the_files_that_were_taken_those_stay_by_which_a_late_one_is_known(
    store: Store, make_plan: MakePlan
) -> None:
    for run, day in enumerate((2, 3, 5, 4), start=1):
        files = [{"source": "ct", "file": f"{run}.csv", "sha256": str(run), "content_date": date(2026, 11, day)}]
        files += [{"source": "er", "file": "r.csv", "sha256": "r", "content_date": date(2026, 11, 1)}] * (run == 1)
        store.commit(make_plan(run, {"ct/1/1": "P1"}, taken=[{**f, "rows": 1} for f in files]), summary={})
    assert forget(store, keep(taken=1), now=FAR)["taken"] == 2
    left = store.taken().select("source", "file").rows()
    assert left == [("er", "r.csv"), ("ct", "3.csv"), ("ct", "4.csv")]


def test_a_file_of_an_undone_night_outdoes_none_and_stays_set_aside(store: Store, make_plan: MakePlan) -> None:
    """Else the file before it would be taken for unknown, a late one taken after it, and the wrong one once more."""
    for run, (name, day) in enumerate([("right", 2), ("wrong", 9), ("wrong too", 12)], start=1):
        file = {"source": "ct", "file": f"{name}.csv", "sha256": name, "content_date": date(2026, 11, day), "rows": 1}
        store.commit(make_plan(run, {"ct/1/1": "P1"}, founded={"P1": 1}, taken=[file]), summary={})
    roll_back(store, 2, because="the wrong file", actor="j.okafor")

    assert forget(store, keep(taken=1), now=FAR)["taken"] == 0
    stands = store.yesterday()
    assert stands.taken["sha256"].to_list() == ["right"]
    assert stands.aside["sha256"].to_list() == ["wrong", "wrong too"]


def test_nights_that_were_forgotten_are_not_gone_back_to(store: Store, make_plan: MakePlan) -> None:
    seen = lived(store, make_plan)
    roll_back(store, 5, because="the wrong file", actor="j.okafor")
    stood = store.yesterday()
    forget(store, keep(history=1), now=FAR)

    assert horizon(store) == 6, "a night that was undone has shown what day it is"
    now = store.yesterday()
    for part in PARTS:
        assert getattr(now.lane("statutory"), part).equals(getattr(stood.lane("statutory"), part)), part
    assert now.lane("statutory").persons.equals(seen[3].lane("statutory").persons)
    for run in (4, 6):
        with pytest.raises(SettingsError, match="no longer kept"):
            roll_back(store, run, because="the wrong file", actor="j.okafor")


def test_what_goes_goes_in_portions_each_a_transaction_of_its_own(
    file_store: Store, make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A steward may decide between any two portions, and a reader sees a night that is kept at every moment."""
    monkeypatch.setattr("svoc.store.keeping.PORTION", 1)
    seen = lived(file_store, make_plan)
    desk = Store.open("sqlite:///council.db", Path(str(file_store.engine.url.database)).parent)
    decided: list[int] = []

    def meddle(*_: Any) -> None:
        decided.append(desk.decide("same", "a/1/1", "b/1/1", steward="s", because="b"))
        assert_frame_equal(desk.yesterday().known, seen[-1].known)

    event.listen(file_store.engine, "checkin", meddle)
    went = forget(file_store, keep(history=2), now=FAR)
    event.remove(file_store.engine, "checkin", meddle)
    desk.close()
    assert len(decided) >= went["replaced"] + went["changes"]


def test_what_was_interrupted_is_done_the_next_time(store: Store, make_plan: MakePlan) -> None:
    lived(store, make_plan)

    def stop(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("DELETE FROM change"):
            raise RuntimeError

    event.listen(store.engine, "before_cursor_execute", stop)
    with pytest.raises(RuntimeError):
        forget(store, keep(history=2), now=FAR)
    event.remove(store.engine, "before_cursor_execute", stop)
    assert horizon(store) == 3
    assert forget(store, keep(history=2), now=FAR)["changes"] == 2


# ---------------------------------------------------------------- the law

LINES = ("MR JOHN SMITH | 1", "MR JOHN SMITH & MRS ANN SMITH | 1", "MRS ANN SMITH | 2", "MISS RUTH HILL | 1")
Evening = dict[tuple[str, str], str]
RECORDS = [(source, f"R{n}") for source in KINDS for n in range(1, 4)]


@st.composite
def evenings(draw: st.DrawFn) -> list[Evening]:
    """Draw what the sources say on each of some nights; a record that left a list does not come back."""
    nights: list[Evening] = []
    gone: set[tuple[str, str]] = set()
    for _ in range(draw(st.integers(3, 5))):
        free = [record for record in RECORDS if record not in gone]
        said = {r: draw(st.sampled_from(LINES[:1] if r[0] == "electoral_register" else LINES)) for r in free}
        kept = {record: line for record, line in said.items() if draw(st.integers(0, 3))}
        gone |= {record for evening in nights for record in evening} - kept.keys()
        nights.append(kept)
    return nights


@cache
def empty_database() -> bytes:
    """Give a database that has seen no night: making one takes longer than living a night in it."""
    with TemporaryDirectory() as folder:
        store = Store.open("sqlite:///empty.db", Path(folder))
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        return (Path(folder) / "empty.db").read_bytes()


def opened(folder: Path, name: str) -> Store:
    (folder / f"{name}.db").write_bytes(empty_database())
    return Store.open(f"sqlite:///{name}.db", folder)


def said_by(evening: Evening, source: str) -> list[str]:
    return [f"{record} | {line}" for (of, record), line in sorted(evening.items()) if of == source]


@settings(max_examples=3)
@given(nights=evenings(), history=st.integers(1, 3), withdrawn=st.integers(1, 4), portion=st.sampled_from([1, 3, 2000]))
def test_law_forgetting_changes_no_later_night(
    nights: list[Evening], history: int, withdrawn: int, portion: int
) -> None:
    """The same nights with and without retention end in the same state: partition, identifiers, keys, notices."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("svoc.store.keeping.PORTION", portion)
        stores = {name: opened(Path(folder), name) for name in ("keeps", "forgets")}
        for day, evening in enumerate(nights):
            on = TODAY + timedelta(days=day)
            plans = {}
            for name, store in stores.items():
                extracts = [extract(source, *said_by(evening, source), on=on) for source in KINDS]
                plans[name] = night(store.yesterday(), *extracts, at=street())
                store.commit(plans[name], summary={})
            forget(stores["forgets"], keep(history=history, withdrawn=withdrawn), now=FAR)
            same_nights(plans["forgets"], plans["keeps"])
        for store in stores.values():
            store.close()


def same_nights(one: Plan, other: Plan) -> None:
    assert_frame_equal(one.mentions, other.mentions)
    assert one.lanes.keys() == other.lanes.keys()
    for name, lane in one.lanes.items():
        for part in PARTS:
            assert_frame_equal(getattr(lane.state, part), getattr(other.lanes[name].state, part))
        assert_frame_equal(lane.changes, other.lanes[name].changes)
        assert_frame_equal(lane.notices, other.lanes[name].notices)


@settings(max_examples=3)
@given(away=st.integers(1, 4), withdrawn=st.integers(1, 4), line=st.sampled_from(LINES))
def test_law_a_record_that_comes_back_gets_its_own_key_or_one_never_given_before(
    away: int, withdrawn: int, line: str
) -> None:
    with TemporaryDirectory() as folder:
        store = opened(Path(folder), "council")
        stays = "B1 | MISS RUTH HILL | 3"
        ever: set[str] = set()
        who, keys_of = [], []
        spoken = [[f"A1 | {line}", stays], *[[stays]] * away, [f"A1 | {line}", stays], [f"A1 | {line}", stays]]
        for day, lines in enumerate(spoken):
            before = store.yesterday()
            plan = night(before, extract("council_tax", *lines, on=TODAY + timedelta(days=day)))
            store.commit(plan, summary={})
            forget(store, keep(history=1, withdrawn=withdrawn), now=FAR)
            keys = set(plan.mentions["mention"])
            who.append(plan.lanes["statutory"].state)
            keys_of.append(keys)
            kept = set(before.known.filter(pl.col("kind").is_not_null())["mention"])
            assert not keys & (ever - kept), "a key whose record was forgotten was given again"
            ever |= keys
            assert ever == set(store.yesterday().known["mention"]), "a key that was given is known for good"
        first, last = (
            set(lane.members.filter(pl.col("mention").str.starts_with("council_tax/A1"))["person"])
            for lane in (who[0], plan.lanes["statutory"].state)
        )
        assert (first == last) == (set(keys_of[0]) == set(keys_of[-1])), "an identifier comes back with its key only"
        store.close()
