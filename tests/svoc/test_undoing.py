"""A refused plan is read, and approved by name and reason: that one, and no other."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from svoc.council import Council
from svoc.errors import GuardRefused, SettingsError
from svoc.naming import name_of
from svoc.running import run_night
from svoc.store.approvals import approval_of, approve, keep_refused, last_refused
from svoc.undoing import approve_plan, show_plan
from svoc.words.plan import Yesterday
from tests.svoc.conftest import CANARY, Svoc
from tests.worlds import extract, morrow, night

TOLD = extract("council_tax", "A1 | MR JOHN SMITH & MRS ANN SMITH | 1 | 2015-04-01..")


@pytest.fixture(scope="module")
def half_a_file(canary_master: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a town whose second night brings half of Council Tax, and was refused."""
    folder = Path(shutil.copytree(canary_master, tmp_path_factory.mktemp("refused") / "town"))
    assert not run_night(folder / "council.toml").refused
    for later in (folder / "extracts").glob("council_tax_2026-11-0[4-9].csv"):
        later.unlink()  # a whole file beside it would be taken instead
    file = folder / "extracts" / "council_tax_2026-11-03.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: len(lines) // 3]), encoding="utf-8")
    assert run_night(folder / "council.toml").refused
    return folder


@pytest.fixture
def toml(half_a_file: Path, tmp_path: Path) -> Path:
    """Give that town's council.toml, to do with as one likes."""
    return Path(shutil.copytree(half_a_file, tmp_path / "town")) / "council.toml"


@pytest.fixture
def council(toml: Path) -> Iterator[Council]:
    with Council.open(toml) as council:
        yield council


def test_what_is_kept_of_a_refused_plan_is_nothing_of_a_person(council: Council) -> None:
    kept = last_refused(council.store.engine)
    assert kept
    assert kept["run"] == 2
    assert any("less than 60% is left" in reason for reason in kept["reasons"])
    assert {row["file"] for row in kept["taken"]} >= {"extracts/council_tax_2026-11-03.csv"}
    assert CANARY not in json.dumps(kept, default=str)
    assert council.store.published() == 1


def test_it_is_shown_with_its_reasons_and_the_records_concerned(toml: Path) -> None:
    figures, words = show_plan(toml, purpose="data-quality", actor="j.okafor")
    assert figures["same_as_refused"]
    assert "This is the plan that was refused" in words
    assert all(f"- {reason}" in words for reason in figures["reasons"])
    gone = [row for row in figures["changes"] if row["kind"] == "gone"]
    assert gone
    assert all(row["records_before"] for row in gone)
    assert Path(figures["report"]).is_file()


def test_a_purpose_sees_its_own_lane_and_fields_alone(toml: Path) -> None:
    figures, words = show_plan(toml, purpose="address-maintenance", actor=None)
    with Council.open(toml) as council:
        allowed = council.policy.purposes.named("address-maintenance")
        persons = set(council.store.persons(allowed.lane)["person"])
    assert allowed.fields is not None
    assert {row["field"] for row in figures["changes"]} - {None} <= set(allowed.fields)
    assert {row["person"] for row in figures["changes"] if row["kind"] == "gone"} <= persons
    assert CANARY not in words


def test_the_very_same_night_is_committed_once_it_is_approved(toml: Path) -> None:
    _, words = approve_plan(toml, reason="the ward was handed over", actor="j.okafor")
    assert "approved by j.okafor" in words
    figures, shown = show_plan(toml, purpose=None, actor=None)
    assert figures["approved"]["because"] == "the ward was handed over"
    assert "approved by j.okafor: the ward was handed over" in shown

    done = run_night(toml)
    assert not done.refused
    assert done.report
    assert "Approved by j.okafor" in done.report.read_text(encoding="utf-8")
    with Council.open(toml) as council:
        kept = council.store.runs()[0]["summary"]["approved"]
        assert last_refused(council.store.engine) is None
    assert (kept["actor"], kept["because"]) == ("j.okafor", "the ward was handed over")
    assert kept["reasons"] == figures["reasons"]
    with pytest.raises(SettingsError, match="no plan was refused"):
        approve_plan(toml, reason="once more", actor=None)


def test_a_decision_more_is_another_plan(toml: Path, council: Council) -> None:
    approve_plan(toml, reason="the ward was handed over", actor="j.okafor")
    left, right = council.store.yesterday().mentions["mention"].to_list()[:2]
    council.store.decide("unsure", left, right, steward="j.okafor", because="seen")
    assert run_night(toml).refused
    with pytest.raises(GuardRefused):
        council.commit(council.plan())
    approve_plan(toml, reason="still right", actor="j.okafor")
    assert not run_night(toml).refused


def test_a_reason_is_wanted(toml: Path) -> None:
    with pytest.raises(SettingsError, match="say why"):
        approve_plan(toml, reason=" ", actor="j.okafor")


def test_a_dry_run_keeps_nothing(toml: Path, council: Council) -> None:
    with council.store.engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM refused_plan").scalar()
        assert run_night(toml, dry_run=True).refused
        assert connection.exec_driver_sql("SELECT count(*) FROM refused_plan").scalar() == before


def test_the_commands_answer_and_end_as_they_should(toml: Path, svoc: Svoc) -> None:
    assert svoc("night", toml).code == 4
    shown = svoc("plan", "show", toml, "--purpose", "data-quality", "--json")
    assert (shown.code, shown.figures["same_as_refused"]) == (0, True)
    assert svoc("plan", "approve", toml).code == 2
    assert svoc("plan", "approve", toml, "--reason", "handed over", "--actor", "j.okafor").code == 0
    assert svoc("night", toml).code == 0
    assert svoc("plan", "show", toml).code == 2


class TestNames:
    """A plan's name is its content's."""

    def test_the_same_night_planned_again_has_the_same_name(self) -> None:
        plan = night(Yesterday(), TOLD)
        again = replace(night(Yesterday(), TOLD), seconds={"pair": 9.0}, memory=0.5, warnings=("late",))
        assert name_of(plan) == name_of(again)

    @pytest.mark.parametrize("what", ["reasons", "gazetteer", "model", "ledger", "taken", "records", "run"])
    def test_another_night_has_another(self, what: str) -> None:
        plan = night(Yesterday(), TOLD)
        row = {"source": "council_tax", "file": "a.csv", "sha256": "0", "content_date": None, "rows": 1}
        other = {
            "reasons": lambda: replace(plan, reasons=("half a file",)),
            "gazetteer": lambda: replace(plan, gazetteer="another"),
            "model": lambda: replace(plan, model="another"),
            "ledger": lambda: replace(plan, ledger=(1, 0, 0, 0, 0)),
            "taken": lambda: replace(plan, taken=pl.DataFrame([row], schema=plan.taken.schema)),
            "records": lambda: night(Yesterday(), extract("council_tax", "A1 | MR JOHN SMITH | 1 | 2015-04-01..")),
            "run": lambda: night(morrow(Yesterday(), plan)),
        }[what]()
        assert name_of(other) != name_of(plan)

    def test_the_last_word_counts(self, council: Council) -> None:
        engine = council.store.engine
        refused = last_refused(engine)
        assert refused
        assert approval_of(engine, refused["plan"]) is None
        for because in ("first", "second"):
            approve(engine, refused, actor="j.okafor", because=because)
        found = approval_of(engine, refused["plan"])
        assert found
        assert found["because"] == "second"
        keep_refused(engine, replace(night(Yesterday(), TOLD), run=9), "another", actor="nightly")
        assert last_refused(engine) == refused, "that of a night that does not come next is not it"


def test_the_figures_of_a_plan_are_those_of_the_readers_lane(toml: Path) -> None:
    """How many records the full register holds, and how many notices other lanes send, is not for a service."""
    with Council.open(toml) as council:
        yesterday = council.store.yesterday()
        service = council.policy.purposes.lanes["service"]
        plan = council.plan(yesterday)
        admitted, all_of_them = plan.mentions.filter(service.admits()).height, plan.mentions.height
        persons = plan.lanes["service"].state.persons.height
    figures, words = show_plan(toml, purpose="data-quality", actor="j.okafor")
    assert admitted < all_of_them
    assert (figures["figures"]["mentions"], figures["figures"]["persons"]) == (admitted, persons)
    assert f"{persons} persons" in words


def test_a_plan_that_is_shown_names_no_record_where_no_reference_may_be_seen(toml: Path) -> None:
    figures, words = show_plan(toml, purpose="statistics", actor="j.okafor")
    assert figures["changes"]
    assert not [row for row in figures["changes"] if row["records"] or row["records_before"]]
    assert "council_tax/" not in words.partition("report:")[0]


def test_who_looks_at_a_plan_is_noted(toml: Path) -> None:
    show_plan(toml, purpose="data-quality", actor="j.okafor")
    with Council.open(toml) as council:
        last = list(council.audit.events())[-1]
    assert (last.kind, last.actor, last.purpose, last.about) == (
        "report",
        "j.okafor",
        "data-quality",
        {"surface": "plan"},
    )
    assert last.counts["changes"] > 0
