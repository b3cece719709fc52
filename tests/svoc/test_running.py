"""What the commands do with a council, called as functions."""

import shutil
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest

from svoc.council import Council
from svoc.errors import LeftUndone, PurposeRefused, SettingsError, StalePlan, StoreUnavailable
from svoc.running import (
    evaluate_council,
    run_night,
    tell_events,
    thresholds_of_council,
    train_model,
)
from svoc.showing import explain_pair, export_council
from svoc.words.plan import Plan, Yesterday


class Lived(Protocol):
    folder: Path
    settings: Path


@pytest.fixture
def lived(lived_town: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived_town.folder, tmp_path / "town")) / "council.toml"


def published(settings: Path) -> int:
    with Council.open(settings) as council:
        return council.store.published()


def test_a_night_says_what_it_did(town: Path) -> None:
    settings = town / "council.toml"
    done = run_night(settings)
    assert (done.refused, published(settings)) == (False, 1)
    assert done.report == town / "reports" / "night_0001.html"
    assert done.words[0].startswith("night 1, as of 2026-11-02: ")
    assert done.words[1] == "0 notices went out"


def decide_while_planning(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let a steward decide after each of the first plans of a night is made and before it is committed."""
    made: list[int] = []
    plan = Council.plan

    def interrupted(council: Council, yesterday: Yesterday | None = None) -> Plan:
        planned = plan(council, yesterday)
        if len(made) < times:
            members = planned.lanes["statutory"].state.members
            together = members.group_by("person").agg("mention").filter(pl.col("mention").list.len() > 1).sort("person")
            left, right = together["mention"][len(made)].to_list()[:2]
            with Council.open(council.settings.folder / "council.toml") as desk:
                made.append(desk.store.decide("different", left, right, steward="j.okafor", because="not the same"))
        return planned

    monkeypatch.setattr(Council, "plan", interrupted)
    return made


def test_what_is_decided_while_a_night_runs_holds_that_very_night(lived: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = decide_while_planning(monkeypatch, times=1)
    done = run_night(lived)
    assert (done.refused, published(lived)) == (False, 4)
    assert done.figures["parted"] == len(made) == 1
    assert run_night(lived).figures["parted"] == 0


def test_a_night_gives_way_to_stewards_who_keep_deciding(lived: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decide_while_planning(monkeypatch, times=9)
    with pytest.raises(StalePlan, match="plan again"):
        run_night(lived)
    assert published(lived) == 3


def test_an_unknown_purpose_stops_a_night_before_it_reads(town: Path) -> None:
    settings = town / "council.toml"
    with pytest.raises(PurposeRefused):
        run_night(settings, purpose="fun")
    assert published(settings) == 0
    assert not (town / "reports").exists()


def test_a_report_that_cannot_be_written_stops_the_night(town: Path) -> None:
    """A night whose report is missing would be one that nobody has looked at."""
    (town / "reports").write_text("in the way")
    with pytest.raises(SettingsError, match="the report cannot be written"):
        run_night(town / "council.toml")
    assert published(town / "council.toml") == 0


def test_notices_that_cannot_go_out_wait_for_the_next_night(town: Path) -> None:
    settings = town / "council.toml"
    run_night(settings)
    (town / "outbox").write_text("in the way")
    words = "night 2 is committed; its notices wait, and go out with the next night: outbox: cannot be written"
    with pytest.raises(LeftUndone, match=words.replace("written", "read or written")) as told:
        run_night(settings)
    assert told.value.exit_code == 2
    assert published(settings) == 2
    with Council.open(settings) as council:
        waiting = len(council.store.outbox())
    assert waiting > 0
    (town / "outbox").unlink()
    assert run_night(settings).figures["notices_sent"] >= waiting


def test_a_refused_night_gives_its_reasons_and_changes_nothing(lived: Path) -> None:
    (lived.parent / "extracts" / "council_tax_2026-11-05.csv").write_text(
        "".join((lived.parent / "extracts" / "council_tax_2026-11-04.csv").read_text().splitlines(keepends=True)[:20])
    )
    done = run_night(lived)
    assert done.refused
    assert done.figures["refused"][0].startswith("council_tax holds ")
    assert published(lived) == 3


def test_a_night_lets_go_of_what_is_past_and_a_dry_one_does_not(lived: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived.write_text(lived.read_text().replace("[life_events]", "[retention]\nhistory_days = 1\n[life_events]"))
    monkeypatch.setattr("svoc.running.datetime", Later)
    before = (lived.parent / "barchester.db").read_bytes()
    run_night(lived, dry_run=True)
    assert (lived.parent / "barchester.db").read_bytes() == before
    went = run_night(lived).figures["forgotten"]
    assert went["replaced"] > 0
    assert went["changes"] > 0
    with Council.open(lived) as council, pytest.raises(SettingsError, match="night 1 is no longer kept"):
        council.store.yesterday(run=1)


class Later(datetime):
    """Stands for the clock some years on."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Later":
        return cls(2032, 1, 1, tzinfo=tz)


def test_a_model_is_learned_from_the_councils_own_records(lived: Path, tmp_path: Path) -> None:
    first = train_model(lived, tmp_path / "a.json", seed=3)
    train_model(lived, tmp_path / "b.json", seed=3)
    assert first["mentions"] > 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    card = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert card == (tmp_path / "b.md").read_text(encoding="utf-8").replace("card: b", "card: a")
    assert card.startswith("# Model card: a\n")
    assert "precision of the joined | 0." in card
    text = lived.read_text() + f'\n[matching]\nmodel = "{(tmp_path / "a.json").as_posix()}"\n'
    lived.write_text(text)
    assert run_night(lived, dry_run=True).figures["new"] == 0, "the model can be named and used"


def test_thresholds_are_shown_named_and_taken(lived: Path) -> None:
    figures, words = thresholds_of_council(lived, wanted=None, purpose=None)
    assert figures["of_this_model"] is True
    assert figures["basis"].startswith("assumed: rehearsal towns")
    assert len(words.splitlines()) == len(figures["choices"]) + 2
    now = figures["choices"][0]
    assert 0.9 < now["recall"] < now["precision"] <= 1

    chosen, words = thresholds_of_council(lived, wanted=0.95, purpose=None)
    assert words.endswith(chosen["settings"])
    row = chosen["choices"][-1]
    lived.write_text(f"{lived.read_text()}\n{chosen['settings']}\n")
    with Council.open(lived) as council:
        in_force = council.policy.thresholds
    assert (in_force.margin, in_force.join, in_force.ask) == (row["margin"], row["join"], row["ask"])
    after, _ = thresholds_of_council(lived, wanted=0.95, purpose=None)
    assert after["choices"][0]["links"] == row["links"], "what was shown is what is done"


def test_thresholds_that_cannot_be_are_refused(lived: Path) -> None:
    lived.write_text(f"{lived.read_text()}\n[matching]\njoin = 2.0\nask = 3.0\n")
    with pytest.raises(SettingsError, match=r"ask no more than join; here margin is 2\.25, ask 3 and join 2"):
        Council.open(lived)


def test_there_are_no_thresholds_to_show_before_a_night(town: Path) -> None:
    with pytest.raises(SettingsError, match="run a night first"):
        thresholds_of_council(town / "council.toml", wanted=None, purpose=None)


def test_there_is_nothing_to_learn_from_before_a_night(town: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="run a night first"):
        train_model(town / "council.toml", tmp_path / "a.json", seed=1)


def test_an_evaluation_gives_figures_and_words(lived: Path) -> None:
    figures, words = evaluate_council(lived, lived.parent / "truth.csv", purpose=None)
    assert {"precision", "recall", "f1", "exact", "precision_within", "recall_between", "placed"} <= figures.keys()
    table = figures.pop("subgroups")
    assert {"household", "surname", "forename", "sources", "title"} == {row["trait"] for row in table} - {
        "middle names"
    }
    assert len(words.splitlines()) == len(figures) + len(table) + 2, "a line for each figure, then the table"
    assert "council_tax with electoral_register" in words
    service, _ = evaluate_council(lived, lived.parent / "truth.csv", purpose="council-tax")
    assert service["mentions_read"] < figures["mentions_read"]
    both, story = evaluate_council(lived, lived.parent / "truth.csv", purpose=None, people=lived.parent / "people.csv")
    assert both["at_home"]["people"] > both["at_home"]["households"] > both["at_home"]["joined"]
    assert [row["set"] for row in both["at_home"]["sets"]] == ["twins", "one forename", "one initial"]
    assert story.startswith(words)


def test_an_export_in_another_form_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected one of csv, parquet"):
        export_council(tmp_path / "nowhere.toml", tmp_path, purpose=None, form="xlsx")


def test_a_pair_that_a_purpose_may_not_read_is_not_there(lived: Path) -> None:
    with Council.open(lived) as council:
        lanes = council.store.yesterday().lanes
    closed = sorted(set(lanes["statutory"].members["mention"]) - set(lanes["service"].members["mention"]))
    register = [m for m in closed if m.startswith("electoral_register/")][:2]
    assert explain_pair(lived, *register, purpose="canvass-match")[0]["left"] == register[0]
    with pytest.raises(SettingsError, match="no such mention"):
        explain_pair(lived, *register, purpose="council-tax")


def test_a_file_of_life_events_that_cannot_be_read_changes_nothing(lived: Path) -> None:
    with pytest.raises(SettingsError):
        tell_events(lived, lived.parent / "nowhere.xml", confirmed_by=None, because="")
    assert published(lived) == 3


def test_a_store_that_is_away_is_told(town: Path) -> None:
    (town / "barchester.db").mkdir()
    with pytest.raises(StoreUnavailable):
        run_night(town / "council.toml")
