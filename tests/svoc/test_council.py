"""A council at work in one process: planned, guarded, committed, delivered, found and told."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest

from svoc.council import Council
from svoc.errors import GuardRefused, PurposeRefused, SettingsError, StalePlan
from svoc.notices.base import Notice
from svoc.reading import masked, masked_past
from svoc.store.past import PAST
from svoc.words.persons import FACTS, Person
from svoc.words.plan import Plan
from svoc.words.purposes import Purpose
from svoc.words.telling import Death, NewContact, NewName


class Lived(Protocol):
    folder: Path


@pytest.fixture(scope="module")
def after_two(master_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a town after two nights, to be copied and left alone."""
    folder = Path(shutil.copytree(master_town, tmp_path_factory.mktemp("council") / "town"))
    with Council.open(folder / "council.toml") as council:
        for _ in range(2):
            council.commit(council.plan())
    return folder


@pytest.fixture
def council(after_two: Path, tmp_path: Path) -> Iterator[Council]:
    folder = Path(shutil.copytree(after_two, tmp_path / "town"))
    with Council.open(folder / "council.toml") as council:
        yield council


def state(council: Council) -> tuple[object, ...]:
    seen = council.store.yesterday()
    lanes = {name: lane.members.write_json() + lane.persons.write_json() for name, lane in seen.lanes.items()}
    return seen.run, seen.mentions.write_json(), lanes, len(council.store.outbox())


# ---------------------------------------------------------------- planning and committing


def test_planning_writes_nothing(council: Council) -> None:
    before = state(council)
    plan = council.plan()
    assert plan.run == 3
    assert state(council) == before
    assert council.plan(council.store.yesterday()).figures() == plan.figures(), "the same plan again"


def test_a_plan_that_a_guard_holds_against_is_refused(council: Council) -> None:
    before = state(council)
    with pytest.raises(GuardRefused, match="half of the town is gone"):
        council.commit(replace(council.plan(), reasons=("half of the town is gone",)))
    assert state(council) == before


def test_committing_twice_is_refused(council: Council) -> None:
    plan = council.plan()
    council.commit(plan)
    before = state(council)
    with pytest.raises(StalePlan, match="another night's truth"):
        council.commit(plan)
    assert state(council) == before


def test_a_plan_of_yesterday_is_refused_after_another_night(council: Council) -> None:
    stale, other = council.settle(), council.settle()
    council.commit(other)
    before = state(council)
    with pytest.raises(StalePlan):
        council.commit(stale)
    assert state(council) == before


def test_settling_without_news_changes_nothing(council: Council) -> None:
    figures = council.settle().figures()
    still = ("new", "amended", "withdrawn", "joined", "parted", "changed", "notices")
    assert {name: figures[name] for name in still} == dict.fromkeys(still, 0)


def test_a_decision_holds_from_the_next_settling_on(council: Council) -> None:
    lane = council.store.yesterday().lanes["statutory"]
    together = lane.members.group_by("person").agg("mention").filter(pl.col("mention").list.len() == 2)
    left, right = together.sort("person")["mention"][0]
    council.store.decide("different", left, right, steward="j.okafor", because="father and son")
    plan = council.settle()
    council.commit(plan)
    members = dict(council.store.yesterday().lanes["statutory"].members.iter_rows())
    assert members[left] != members[right]
    assert plan.figures()["parted"] == 1
    assert plan.figures()["notices"] == 0, "only a change of the world announces anything"


# ---------------------------------------------------------------- delivering


class Broken:
    """A channel that breaks down after some notices."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.carried: list[str] = []

    def send(self, notice: Notice) -> None:
        if self.left == 0:
            raise ConnectionResetError
        self.left -= 1
        self.carried.append(notice.notice)


def test_delivering_twice_is_delivering_once(council: Council) -> None:
    waiting = [row["notice"] for row in council.store.outbox()]
    assert len(waiting) > 1
    channel = Broken(after=100)
    assert council.deliver(channel) == len(waiting)
    assert channel.carried == waiting
    assert council.deliver(channel) == 0
    assert channel.carried == waiting


def test_a_notice_that_did_not_arrive_stays_in_the_outbox(council: Council) -> None:
    waiting = [row["notice"] for row in council.store.outbox()]
    with pytest.raises(ConnectionResetError):
        council.deliver(Broken(after=1))
    assert [row["notice"] for row in council.store.outbox()] == waiting[1:]
    mended = Broken(after=100)
    assert council.deliver(mended) == len(waiting) - 1
    assert mended.carried == waiting[1:]


def test_a_notice_that_arrived_and_was_not_ticked_off_is_not_doubled(council: Council) -> None:
    count = council.deliver()
    folder = council.settings.at("outbox")
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*.json")}
    assert len(before) == count
    with council.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE notice SET sent = NULL")
    assert council.deliver() == count
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*.json")} == before


# ---------------------------------------------------------------- finding


def test_finding_needs_a_purpose_that_there_is(council: Council) -> None:
    with pytest.raises(PurposeRefused, match="did you mean council-tax"):
        council.find("jon smith", purpose="counciltax")


def test_what_a_purpose_may_not_see_is_not_there(council: Council) -> None:
    person = council.store.persons("statutory").drop_nulls(["surname", "postcode"]).row(0, named=True)
    text = f"{person['forename']} {person['surname']}"
    seen = council.find(text, near=person["postcode"], purpose="canvass-match")[0]
    assert seen.id == person["person"]
    fields = ("forename", "surname", "postcode")
    less = masked(seen, Purpose("narrow", "", "statutory", "", fields=fields))
    assert {fact for fact in FACTS if getattr(less, fact) is not None} <= set(fields)
    assert set(less.provenance) <= {"name", "surname", "home"}
    assert (less.id, less.surname, less.records) == (seen.id, seen.surname, seen.records)
    assert masked(seen, Purpose("wide", "", "statutory", "")) is seen


def test_a_purpose_of_the_service_lane_finds_nobody_of_the_closed_register(council: Council) -> None:
    lanes = council.store.yesterday().lanes
    statutory, service = (set(lanes[name].members["mention"]) for name in ("statutory", "service"))
    closed = sorted(m for m in statutory - service if m.startswith("electoral_register/"))
    members = dict(lanes["statutory"].members.iter_rows())
    sizes = lanes["statutory"].members["person"].value_counts()
    alone = next(m for m in closed if sizes.filter(person=members[m])["count"][0] == 1)
    hidden = Person.of(council.store.persons("statutory").filter(person=members[alone]).row(0, named=True))
    names = f"{hidden.forename} {hidden.surname}"
    assert hidden.id in {p.id for p in council.find(names, purpose="canvass-match")}
    assert hidden.id not in {p.id for p in council.find(names, purpose="council-tax")}


# ---------------------------------------------------------------- telling


def living(council: Council) -> str:
    """Choose a person of the service lane whom Council Tax and the register both know."""
    lane = council.store.yesterday().lanes["service"]
    sources = lane.members.with_columns(source=pl.col("mention").str.split("/").list.first())
    known = sources.group_by("person").agg(pl.col("source").n_unique()).filter(pl.col("source") == 2)
    alive = lane.persons.filter(pl.col("deceased").is_null()).join(known, on="person").sort("person")
    return str(alive["person"][0])


def test_a_death_told_at_the_counter_reaches_the_systems_that_hold_the_person(council: Council) -> None:
    council.deliver(Broken(after=100))
    who = living(council)
    council.tell(Death(who, on="2026-11-02", evidence="registrar"))
    assert council.store.outbox() == [], "nothing goes out before it is settled"
    council.commit(council.settle())
    person = council.store.persons("service").filter(person=who).row(0, named=True)
    assert (person["deceased"], str(person["died"])) == (True, "2026-11-02")
    waiting = council.store.outbox()
    assert {row["kind"] for row in waiting} == {"death"}
    assert "council_tax" in {row["recipient"] for row in waiting}
    seen = council.store.yesterday()
    records = {m for lane in seen.lanes.values() for m, p in lane.members.iter_rows() if p == who}
    assert all(f"{row['recipient']}/{row['reference']}" in {m.rpartition("/")[0] for m in records} for row in waiting)
    assert all(json.loads(row["payload"])["died"] == "2026-11-02" for row in waiting)
    council.deliver()
    council.tell(Death(who, on="2026-11-02", evidence="registrar"))
    council.commit(council.settle())
    assert council.store.outbox() == [], "told twice is told once"


def test_what_is_told_put_right_and_told_again_is_what_counts(council: Council) -> None:
    who = living(council)
    for phone in ("07700 900001", "07700 900001", "07700 900002", "07700 900001"):
        council.tell(NewContact(who, phone=phone))
    council.tell(NewName(who, on="2026-11-02", surname="Featherstone-Reed", reference="WEB-1"))
    assert council.store.yesterday().events.filter(pl.col("kind") == "contact").height == 3, "told twice is told once"
    council.commit(council.settle())
    person = council.store.persons("service").filter(person=who).row(0, named=True)
    assert (person["phone"], person["surname"]) == ("07700 900001", "FEATHERSTONE-REED")


@pytest.mark.parametrize(("said", "kept"), [(None, True), ("", False)], ids=["unsaid", "dropped"])
def test_middle_names_stay_beside_a_new_forename_unless_it_is_said_that_there_are_none(
    council: Council, said: str | None, kept: bool
) -> None:
    known = council.store.persons("service").filter(pl.col("middle_names").str.len_chars() > 2).sort("person")
    who, before = known.row(0, named=True)["person"], known.row(0, named=True)["middle_names"]
    council.tell(NewName(who, on="2026-11-02", forename="Zelda", middle_names=said))
    council.commit(council.settle())
    person = council.store.persons("service").filter(person=who).row(0, named=True)
    assert (person["forename"], person["middle_names"]) == ("ZELDA", before if kept else None)


def test_a_death_of_nobody_is_refused(council: Council) -> None:
    before = council.store.yesterday().events.height, council.store.decisions().height
    with pytest.raises(SettingsError, match="there is no person 0000-0000-0"):
        council.tell(Death("0000-0000-0", on="2026-11-02"))
    assert (council.store.yesterday().events.height, council.store.decisions().height) == before


class TestWhatFilesMayDo:
    """The same file twice, an older one that comes late, half a file: laid beside what three nights have taken."""

    @pytest.fixture
    def lived(self, lived_town: Lived, tmp_path: Path) -> Path:
        return Path(shutil.copytree(lived_town.folder, tmp_path / "town"))

    def planned(self, folder: Path) -> Plan:
        with Council.open(folder / "council.toml") as council:
            return council.plan()

    def quiet(self, plan: Plan) -> bool:
        nothing = all(lane.changes.is_empty() and lane.notices.is_empty() for lane in plan.lanes.values())
        return nothing and plan.withdrawn.is_empty() and set(plan.mentions["change"]) == {"standing"}

    @pytest.mark.parametrize("source", ["council_tax", "electoral_register"])
    def test_the_same_file_twice_is_a_quiet_night(self, lived: Path, source: str) -> None:
        shutil.copy(lived / f"extracts/{source}_2026-11-04.csv", lived / f"extracts/{source}_2026-11-05.csv")
        plan = self.planned(lived)

        assert self.quiet(plan)
        assert plan.taken.is_empty()
        assert not [w for w in plan.warnings if "extracts/" in w]

    def test_an_older_file_that_comes_late_is_a_quiet_night_with_a_warning(self, lived: Path) -> None:
        file = lived / "extracts/council_tax_2026-11-03.csv"
        file.write_text(file.read_text(encoding="utf-8").replace(" ROAD", " RD"), encoding="utf-8")
        plan = self.planned(lived)

        assert self.quiet(plan)
        assert plan.taken.is_empty()
        assert [w for w in plan.warnings if w.startswith("extracts/council_tax_2026-11-03.csv: expected an extract of")]

    @pytest.mark.parametrize("source", ["council_tax", "electoral_register"])
    def test_half_a_file_is_refused_and_changes_nothing(self, lived: Path, source: str) -> None:
        lines = (lived / f"extracts/{source}_2026-11-04.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        half = "".join(lines[: len(lines) // 2])
        (lived / f"extracts/{source}_2026-11-05.csv").write_text(half, encoding="utf-8")
        with Council.open(lived / "council.toml") as council:
            plan = council.plan()
            with pytest.raises(GuardRefused, match=f"{source} holds .* less than 60% is left"):
                council.commit(plan)
            assert council.store.published() == 3


class TestLookingBack:
    """What happened to a person, and how the person stood on any day, by what the nights left behind."""

    @pytest.fixture
    def lived(self, lived_town: Lived) -> Iterator[Council]:
        with Council.open(lived_town.folder / "council.toml") as council:
            yield council

    def test_every_person_of_every_night_is_shown_as_it_was(self, lived: Council) -> None:
        for run, day in ((1, date(2026, 11, 2)), (2, date(2026, 11, 3)), (3, date(2026, 11, 4))):
            stood = lived.store.yesterday(run=run).lane("statutory").persons
            for row in stood.gather_every(17).iter_rows(named=True):
                assert lived.as_of(row["person"], day, purpose="canvass-match").id == row["person"]
            row = stood.row(0, named=True)
            assert lived.as_of(row["person"], day, purpose="canvass-match").surname == row["surname"]

    def test_a_history_begins_with_a_founding_and_names_run_day_and_cause(self, lived: Council) -> None:
        changed = lived.store.yesterday().lane("statutory").persons["person"].to_list()
        longest = max(
            (lived.history(person, purpose="canvass-match") for person in changed), key=lambda past: past.height
        )

        assert longest.height > 1
        assert longest["kind"][0] in {"new", "split"}
        assert longest["run"].is_sorted()
        assert longest["as_of"].to_list() == [date(2026, 11, 1 + run) for run in longest["run"]]
        assert longest["cause"].null_count() == 0

    def test_a_fact_that_a_purpose_may_not_see_is_in_no_history(self) -> None:
        rows = [
            {"run": 1, "kind": "new", "after": '{"surname": "OAK", "dob": "1990-01-01"}'},
            {"run": 2, "kind": "changed", "field": "dob", "after": "1990-01-02"},
            {"run": 3, "kind": "changed", "field": "surname", "before": "OAK", "after": "ELM"},
        ]
        seen = masked_past(pl.DataFrame(rows, schema=PAST), Purpose("narrow", "", "statutory", "", fields=("surname",)))

        assert seen.select("run", "after").rows() == [(1, '{"surname": "OAK"}'), (3, "ELM")]

    def test_whoever_was_not_there_is_told_of_as_such(self, lived: Council) -> None:
        person = lived.store.yesterday().lane("statutory").persons["person"][0]
        with pytest.raises(SettingsError, match="on 2026-11-01 there was no person"):
            lived.as_of(person, date(2026, 11, 1), purpose="canvass-match")
        with pytest.raises(SettingsError, match="and never was"):
            lived.history("2222-2222-2", purpose="canvass-match")
        with pytest.raises(PurposeRefused):
            lived.history(person, purpose="curiosity")
        with pytest.raises(SettingsError, match="and never was"):  # another lane's identifiers do not exist for it
            lived.history(person, purpose="council-tax")
