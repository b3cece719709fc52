"""Nights are undone: what stood before them stands again, and systems that were told are told otherwise."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.errors import SettingsError, StalePlan
from svoc.rollback import RolledBack, roll_back
from svoc.sources.base import Extract
from svoc.steps.replay import replay
from svoc.store.outbox import acknowledge
from svoc.store.past import past_of
from svoc.store.store import Store
from svoc.words.changes import Cause
from svoc.words.persons import FACTS
from svoc.words.plan import DOUBTS, TAKEN, Yesterday
from tests.postgres import EITHER, copied, kept_on
from tests.svoc.conftest import Svoc
from tests.worlds import death, extract, groups, night

SOURCES = ("council_tax", "electoral_register", "library")
RESTORED = ("members", "persons", "cases", "links", "households")
WHO = "statutory"


def live(store: Store, *extracts: Extract, taken: Sequence[str] = (), events: pl.DataFrame | None = None) -> Yesterday:
    """Run a night that takes files of these hashes."""
    yesterday = store.yesterday()
    if events is not None:
        store.tell(events, by="registrar")
        yesterday = store.yesterday()
    rows = [{"source": "council_tax", "file": f"{sha}.csv", "sha256": sha, "rows": 1} for sha in taken]
    plan = replace(night(yesterday, *extracts), taken=pl.DataFrame(rows, schema=TAKEN, orient="row"))
    store.commit(plan, summary=plan.figures())
    return store.yesterday()


def undo(store: Store, run: int, **more: Any) -> RolledBack:
    return roll_back(store, run, because="the wrong file", actor="j.okafor", **more)


def sent(store: Store) -> list[str]:
    """Send what waits; give what kinds went."""
    waiting = store.outbox()
    for row in waiting:
        store.sent(row["notice"])
    return sorted(row["kind"] for row in waiting)


def same(now: Yesterday, then: Yesterday) -> None:
    """Check that what stands is what stood then, under the names of then."""
    assert now.mentions.equals(then.mentions)
    assert set(now.lanes) >= set(then.lanes)
    for name, lane in now.lanes.items():
        for part in RESTORED:
            assert getattr(lane, part).equals(getattr(then.lane(name), part)), f"{name}: {part}"
        assert now.as_of == then.as_of or then.run == 0
    assert (now.gazetteer, now.model) == (then.gazetteer, then.model)


def sound(before: Yesterday, now: Yesterday, changes: pl.DataFrame) -> None:
    """Check the laws of identifiers and changes where a rollback led from one state to another."""
    for name, lane in now.lanes.items():
        then, living = before.lane(name), set(lane.persons["person"])
        retired = set(lane.forwards["retired"])
        assert not living & retired
        assert lane.forwards["retired"].is_unique().all()
        assert living | retired == set(lane.founded["person"]), "an identifier is neither in use nor retired"
        assert set(lane.forwards["current"].drop_nulls()) <= living
        assert set(then.founded["person"]) <= set(lane.founded["person"]), "an identifier was forgotten"
        homes = set(lane.households["household"])
        left = set(lane.households_forwards["retired"])
        assert homes | left == set(lane.households_founded["household"])
        assert not homes & left
        assert set(lane.households_forwards["current"].drop_nulls()) <= homes
        of_lane = changes.filter(pl.col("lane") == name).drop("lane")
        persons, members = replay(then.persons, then.members, of_lane)
        assert persons.equals(lane.persons.select("person", *FACTS))
        assert members.equals(lane.members)


def changes_of(store: Store, run: int) -> pl.DataFrame:
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT * FROM change WHERE run = {run} ORDER BY id").mappings().all()
    kept = ("person", "kind", "field", "before", "after", "cause", "source", "mention", "lane")
    return pl.DataFrame([{k: row[k] for k in kept} for row in rows], schema=dict.fromkeys(kept, pl.String()))


@pytest.fixture(scope="module", params=EITHER)
def kind(request: pytest.FixtureRequest) -> str:
    """Give each kind of database."""
    return str(request.param)


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with kept_on(kind, lambda: request.getfixturevalue("postgres_address")) as url:
        store = Store.open(url, tmp_path)
        yield store
        store.close()


@pytest.fixture(scope="module")
def two_nights(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Give the database and folder of a council in whose second night Council Tax says that a couple has moved."""
    folder = tmp_path_factory.mktemp("lived")
    with kept_on(kind, lambda: request.getfixturevalue("postgres_address")) as url:
        store = Store.open(url, folder)
        live(store, TAX, REGISTER, LIBRARY, taken=["one"])
        live(store, MOVED, taken=["two"])
        store.close()
        yield url, folder


@pytest.fixture
def lived(two_nights: tuple[str, Path], request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give that council, to do with as one likes."""
    with copied(*two_nights, tmp_path, lambda: request.getfixturevalue("postgres_address")) as (url, folder):
        store = Store.open(url, folder)
        yield store
        store.close()


JOHN, ANN = "MR JOHN SMITH", "MRS ANN SMITH"
PETER = "dob=1961-02-03 phone=01392000001"
COUPLE = f"A1 | {JOHN} & {ANN} | 1 | 2015-04-01.."
TAX = extract(
    "council_tax",
    COUPLE,
    "A2 | MISS RUTH HILL | 2 | 2015-04-01..",
    f"A4 | MR PETER DALE | 4 | 2015-04-01.. | {PETER}",
)
REGISTER = extract("electoral_register", f"E1 | {JOHN} | 1", f"E2 | {ANN} | 1", "E4 | PETER DALE | 4")
LIBRARY = extract("library", f"L1 | PETER DALE | 4 | .. | {PETER}")
MOVED = extract(
    "council_tax",
    COUPLE,
    "A3 | MISS EVE ROWE | 3 | 2020-01-01..",
    f"A4 | MR PETER DALE | 6 | 2026-10-01.. | {PETER}",
)
"""Ruth has gone, Eve has come, and Peter has moved, of which the library and the register are told."""


class TestWhatStandsAgain:
    """The state before the undone nights, in a new run."""

    def test_a_night_is_undone(self, lived: Store) -> None:
        first, second = lived.yesterday(run=1), lived.yesterday()
        done = undo(lived, 2)
        now = lived.yesterday()

        assert (done.run, done.restores, done.undone, now.run) == (3, 1, (2,), 3)
        same(now, first)
        sound(second, now, changes_of(lived, 3))

    def test_undoing_a_night_undoes_all_after_it(self, lived: Store) -> None:
        first = lived.yesterday(run=1)
        third = live(lived, extract("library", "L2 | RUTH HILL | 2 | .."))
        assert undo(lived, 2).undone == (2, 3)
        same(lived.yesterday(), first)
        sound(third, lived.yesterday(), changes_of(lived, 4))

    def test_undoing_the_first_night_leaves_nobody(self, lived: Store) -> None:
        second = lived.yesterday()
        undo(lived, 1)
        now = lived.yesterday()
        assert now.mentions.is_empty()
        assert now.lane(WHO).persons.is_empty()
        assert now.lane(WHO).forwards["retired"].to_list() == second.lane(WHO).founded["person"].to_list()
        assert now.lane(WHO).forwards["current"].null_count() == now.lane(WHO).forwards.height
        sound(second, now, changes_of(lived, 3))

    def test_a_rollback_can_be_rolled_back(self, lived: Store) -> None:
        second = lived.yesterday()
        undo(lived, 2)
        before = lived.yesterday()
        undo(lived, 3)
        same(lived.yesterday(), second)
        sound(before, lived.yesterday(), changes_of(lived, 4))
        assert lived.yesterday().lane(WHO).forwards.equals(second.lane(WHO).forwards)

    def test_the_next_night_is_quiet(self, lived: Store) -> None:
        first = lived.yesterday(run=1)
        undo(lived, 2)
        plan = night(lived.yesterday())
        assert all(lane.changes.is_empty() and lane.notices.is_empty() for lane in plan.lanes.values())
        assert groups(plan.reading.state.members) == groups(first.lane(WHO).members)

    def test_what_an_undone_night_doubted_is_doubted_no_more(self, lived: Store) -> None:
        """Whoever undoes the undoing is asked again."""
        asked = pl.DataFrame([("electoral_register/E9/1", "electoral_register/E1/1")], schema=DOUBTS, orient="row")
        plan = replace(night(lived.yesterday()), doubts=asked)
        lived.commit(plan, summary={})
        assert lived.yesterday().doubts.equals(asked)
        undo(lived, 3)
        assert lived.yesterday().doubts.is_empty()
        undo(lived, 4)
        assert lived.yesterday().doubts.equals(asked)

    def test_a_dry_run_changes_nothing(self, lived: Store) -> None:
        second = lived.yesterday()
        told = undo(lived, 2, dry_run=True)
        assert told.run == 3
        assert lived.yesterday().run == 2
        same(lived.yesterday(), second)
        assert undo(lived, 2).figures() == told.figures()

    @pytest.mark.parametrize(("run", "words"), [(0, "no night 0"), (3, "no night 3 to undo; the last is 2")])
    def test_a_night_that_there_is_not_is_refused(self, lived: Store, run: int, words: str) -> None:
        with pytest.raises(SettingsError, match=words):
            undo(lived, run)

    def test_a_reason_is_wanted(self, lived: Store) -> None:
        with pytest.raises(SettingsError, match="say why"):
            roll_back(lived, 1, because=" ", actor="j.okafor")

    def test_a_plan_made_before_a_rollback_is_stale(self, lived: Store) -> None:
        plan = night(lived.yesterday())
        undo(lived, 2)
        with pytest.raises(StalePlan):
            lived.commit(plan, summary={})

    def test_the_run_says_what_it_undid_and_why(self, lived: Store) -> None:
        undo(lived, 2)
        last = lived.runs()[0]
        assert (last["run"], last["restores"]) == (3, 1)
        assert last["manifest"]["rollback"] == {"because": "the wrong file", "actor": "j.okafor", "undone": [2]}


class TestIdentifiers:
    """Nobody's identifier is given to another, and each leads to whoever it meant."""

    def test_who_was_retired_stands_again_and_who_was_founded_leads_on(self, store: Store) -> None:
        """A steward's slip joins Ruth and Peter; undone, each has an identifier of their own again."""
        apart = extract("library", "L1 | RUTH HILL | 2 | ..", "L2 | PETER DALE | 3 | ..")
        first = live(store, TAX, apart)
        ids = dict(first.lane(WHO).members.iter_rows())
        assert ids["library/L1/1"] != ids["library/L2/1"]
        store.decide("same", "library/L1/1", "library/L2/1", steward="j.okafor", because="seen")
        live(store)
        joined = store.yesterday().lane(WHO)
        assert joined.forwards.height == 1
        undo(store, 2)
        now = store.yesterday().lane(WHO)
        assert dict(now.members.iter_rows()) == ids
        assert now.forwards.is_empty()

    def test_who_was_founded_by_a_split_leads_to_whoever_has_the_records(self, store: Store) -> None:
        first = live(store, TAX, REGISTER, LIBRARY)
        john = dict(first.lane(WHO).members.iter_rows())["electoral_register/E1/1"]
        store.decide("different", "council_tax/A1/1", "electoral_register/E1/1", steward="j.okafor", because="seen")
        second = live(store)
        parted = set(second.lane(WHO).persons["person"]) - set(first.lane(WHO).persons["person"])
        assert len(parted) == 1
        undo(store, 2)
        assert dict(store.yesterday().lane(WHO).forwards.iter_rows()) == {parted.pop(): john}

    def test_a_person_of_undone_nights_alone_leads_to_nobody(self, lived: Store) -> None:
        eve = dict(lived.yesterday().lane(WHO).members.iter_rows())["council_tax/A3/1"]
        undo(lived, 2)
        assert dict(lived.yesterday().lane(WHO).forwards.iter_rows())[eve] is None

    def test_who_comes_again_with_the_right_file_has_the_identifier_of_the_undone_night(self, lived: Store) -> None:
        eve = dict(lived.yesterday().lane(WHO).members.iter_rows())["council_tax/A3/1"]
        undo(lived, 2)
        assert dict(live(lived, MOVED).lane(WHO).members.iter_rows())["council_tax/A3/1"] == eve

    def test_history_tells_of_it(self, lived: Store) -> None:
        ruth = dict(lived.yesterday(run=1).lane(WHO).members.iter_rows())["council_tax/A2/1"]
        undo(lived, 2)
        past = past_of(lived, ruth, WHO).select("run", "kind", "cause").rows()
        assert past[-2:] == [(3, "new", Cause.ROLLBACK.value), (3, "members", Cause.ROLLBACK.value)]
        assert (2, "gone", Cause.WORLD.value) in past

    def test_keys_of_undone_nights_are_not_given_to_another(self, lived: Store) -> None:
        undo(lived, 2)
        other = extract("council_tax", COUPLE, "A3 | MR PAUL KERR | 3 | 2020-01-01..")
        plan = night(lived.yesterday(), other)
        assert "council_tax/A3/2" in plan.mentions["mention"].to_list()


class TestWhatWasTaken:
    """Extracts of undone nights are set aside by their content."""

    def test_what_undone_nights_took_is_set_aside(self, lived: Store) -> None:
        done = undo(lived, 2)
        now = lived.yesterday()
        assert done.aside["sha256"].to_list() == ["two"]
        assert now.taken["sha256"].to_list() == ["one"]
        assert now.aside["sha256"].to_list() == ["two"]

    def test_what_a_night_that_holds_took_too_is_not(self, lived: Store) -> None:
        live(lived, TAX, taken=["one"])
        undo(lived, 2)
        assert lived.yesterday().aside["sha256"].to_list() == ["two"]

    def test_a_rollback_of_a_rollback_takes_them_back(self, lived: Store) -> None:
        undo(lived, 2)
        undo(lived, 3)
        assert lived.yesterday().taken["sha256"].to_list() == ["one", "two"]
        assert lived.yesterday().aside.is_empty()
        assert lived.yesterday(run=3).aside["sha256"].to_list() == ["two"], "as it was on that night"


class TestNotices:
    """Every system ends up knowing what stands."""

    def test_what_was_not_sent_is_withdrawn(self, lived: Store) -> None:
        assert lived.outbox()
        done = undo(lived, 2)
        assert done.notices.withdrawn
        assert lived.outbox() == []

    def test_what_was_sent_is_taken_back_with_the_facts_that_stand(self, lived: Store) -> None:
        told = lived.outbox()
        assert "address" in sent(lived)
        undo(lived, 2)
        (back, *_) = [row for row in lived.outbox() if row["kind"] == "address-retracted"]
        (first,) = [row for row in told if row["notice"] == back["retracts"]]
        payload = json.loads(back["payload"])
        assert set(payload) == set(json.loads(first["payload"]))
        assert payload["address"] == "4 KING STREET"
        assert [back[k] for k in ("recipient", "reference", "basis")] == [
            first[k] for k in ("recipient", "reference", "basis")
        ]
        assert len(lived.outbox()) == len(told)

    def test_what_was_acknowledged_is_left_to_the_operator(self, lived: Store) -> None:
        told = {row["notice"] for row in lived.outbox()}
        sent(lived)
        assert all(acknowledge(lived, notice) for notice in told)
        assert set(undo(lived, 2).notices.left) == told
        assert lived.outbox() == []

    def test_only_what_was_sent_can_be_acknowledged(self, lived: Store) -> None:
        assert not acknowledge(lived, lived.outbox()[0]["notice"])
        assert not acknowledge(lived, "none")

    def test_a_rollback_of_a_rollback_puts_back_what_waited(self, lived: Store) -> None:
        waited = [row["notice"] for row in lived.outbox()]
        undo(lived, 2)
        undo(lived, 3)
        assert [row["notice"] for row in lived.outbox()] == waited

    def test_a_rollback_of_a_rollback_tells_again_what_was_taken_back(self, lived: Store) -> None:
        kinds = sent(lived)
        undo(lived, 2)
        assert sent(lived) == [f"{kind}-retracted" for kind in kinds]
        undo(lived, 3)
        again = lived.outbox()
        assert sent(lived) == kinds
        assert all(
            json.loads(row["payload"])["address"] == "6 KING STREET" for row in again if row["kind"] == "address"
        )

    def test_a_retraction_that_did_not_go_out_is_withdrawn_with_its_rollback(self, lived: Store) -> None:
        sent(lived)
        undo(lived, 2)
        undo(lived, 3)
        assert lived.outbox() == []

    def test_undoing_the_same_night_twice_takes_back_once(self, lived: Store) -> None:
        sent(lived)
        undo(lived, 2)
        assert sent(lived)
        undo(lived, 2)
        assert lived.outbox() == []

    def test_notices_of_nights_that_hold_are_let_be(self, lived: Store) -> None:
        waiting = [row["notice"] for row in lived.outbox()]
        assert waiting
        live(lived, TAX)
        undo(lived, 3)
        assert [row["notice"] for row in lived.outbox()] == waiting

    def test_the_right_file_is_announced_after_a_rollback(self, lived: Store) -> None:
        sent(lived)
        undo(lived, 2)
        sent(lived)
        live(lived, MOVED)
        assert "address" in sent(lived)


class TestDecisionsAndEvents:
    """What people said is no night's to undo."""

    def test_decisions_and_events_since_stay_and_are_named(self, store: Store) -> None:
        live(store, TAX, REGISTER, LIBRARY)
        early = store.decide("different", "council_tax/A1/1", "electoral_register/E2/1", steward="j", because="seen")
        live(store, MOVED)
        late = store.decide("different", "council_tax/A1/1", "electoral_register/E1/1", steward="j", because="seen")
        gone = store.decide("different", "council_tax/A3/1", "electoral_register/E1/1", steward="j", because="seen")
        live(store, events=death("D1", JOHN, house=1))
        done = undo(store, 2)
        assert done.decisions == (early, late)
        assert done.asleep == (gone,)
        assert done.events == 1
        after = live(store).lane(WHO)
        of = dict(after.members.iter_rows())
        assert of["council_tax/A1/1"] != of["electoral_register/E1/1"], "it holds from the next night on"
        assert any(case["kind"] == "life_event" for case in after.cases.to_dicts())

    def test_those_that_a_night_before_had_followed_are_not_named(self, store: Store) -> None:
        live(store, TAX, REGISTER, LIBRARY)
        store.decide("different", "council_tax/A1/1", "electoral_register/E1/1", steward="j", because="seen")
        live(store)
        live(store, MOVED)
        assert undo(store, 3).decisions == ()
        assert undo(store, 4).decisions == (), "nor where a rollback is rolled back"


@st.composite
def evenings(draw: st.DrawFn) -> list[tuple[Extract, ...]]:
    """Draw the extracts of some nights of a very small town."""
    names = st.sampled_from([JOHN, ANN, "MR J SMITH", "MISS RUTH HILL", f"{JOHN} & {ANN}"])

    def one(source: str) -> Extract:
        references = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4, unique=True))
        lines = [f"R{r} | {draw(names)} | {draw(st.integers(1, 3))} | 2015-04-01.." for r in references]
        return extract(source, *lines)

    picks = st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2, unique=True)
    return [tuple(one(source) for source in draw(picks)) for _ in range(draw(st.integers(2, 3)))]


@settings(max_examples=5)
@given(said=evenings(), data=st.data())
def test_after_a_rollback_stands_what_stood(said: list[tuple[Extract, ...]], data: st.DataObject) -> None:
    """However many nights and rollbacks went before, and the night that follows is quiet."""
    with TemporaryDirectory() as folder:
        store = Store.open("sqlite:///council.db", Path(folder))
        stood = [Yesterday()]
        for number, extracts in enumerate(said, start=1):
            stood.append(live(store, *extracts, taken=[f"file {number}"]))
        for _ in range(2):
            run = data.draw(st.integers(1, store.published()))
            before = store.yesterday()
            undo(store, run)
            now = store.yesterday()
            same(now, stood[run - 1])
            sound(before, now, changes_of(store, now.run))
            assert now.taken.equals(stood[run - 1].taken)
            stood.append(now)
            plan = night(now)
            if now.mentions.height:
                assert all(lane.changes.is_empty() for lane in plan.lanes.values())
        store.close()


def test_a_wrong_file_is_undone_and_the_right_one_taken(town: Path, svoc: Svoc) -> None:
    """From the command line: the wrong file lies there still and is let be, until it is overwritten."""
    toml, file = town / "council.toml", town / "extracts" / "council_tax_2026-11-04.csv"
    for _ in range(2):
        before = svoc("night", toml, "--json").figures
    assert svoc("night", toml, "--json").figures["amended"] > 0

    undone = svoc("rollback", toml, "3", "--reason", "the wrong file", "--actor", "j.okafor", "--json")
    assert undone.code == 0
    assert (undone.figures["run"], undone.figures["undone"]) == (4, [3])
    assert {row["source"] for row in undone.figures["set_aside"]} >= {"council_tax", "electoral_register"}

    quiet = svoc("night", toml, "--json").figures
    told = undone.figures["life_events_that_apply"]
    assert quiet["new"] + quiet["withdrawn"] <= told, "what was told of lives stays told, and nothing else is new"
    assert [quiet[k] for k in ("amended", "joined", "parted", "persons")] == [0, 0, 0, before["persons"]]
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert svoc("night", toml, "--json").figures["amended"] > 0
    assert svoc("rollback", toml, "9", "--reason", "a slip").code == 2
