"""What the nights were can be listed, and each can say what it was made of."""

import json
import platform
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import pytest

from svoc.errors import SettingsError
from svoc.operating import one_run, runs_of


class Ran(Protocol):
    code: int
    out: str
    err: str
    figures: dict[str, Any]


class Svoc(Protocol):
    def __call__(self, *args: str | Path) -> Ran: ...


class Lived(Protocol):
    folder: Path
    nights: list[Ran]


def test_nights_are_listed_with_their_figures(lived_town: Lived) -> None:
    figures, words = runs_of(lived_town.folder / "council.toml")
    assert [run["run"] for run in figures["runs"]] == [3, 2, 1]
    for run, night in zip(figures["runs"], reversed(lived_town.nights), strict=True):
        for name in ("mentions", "persons", "cases", "notices"):
            assert run[name] == night.figures[name]
    head, *rows = words.splitlines()
    assert head.split()[:3] == ["run", "as_of", "finished"]
    assert [row.split()[0] for row in rows] == ["3", "2", "1"]


def test_one_night_says_what_it_was_made_of(lived_town: Lived) -> None:
    figures, words = one_run(lived_town.folder / "council.toml", 2)
    inputs = {row["source"]: row for row in figures["inputs"]}
    assert {"council_tax", "life_events"} <= set(inputs)
    for row in figures["inputs"]:
        assert row["sha256"] == sha256((lived_town.folder / row["file"]).read_bytes()).hexdigest()
        assert row["rows"] >= 0
        assert str(row["content_date"]) in row["file"]
    made = figures["manifest"]
    assert made["versions"]["python"] == platform.python_version()
    assert {"svoc", "polars", "sqlalchemy"} <= set(made["versions"])
    assert (made["purpose"], made["actor"]) == ("canvass-match", "nightly")
    assert made["machine"]["cores"] >= 1
    assert all(len(made[name]) == 64 for name in ("gazetteer", "model", "policy", "person_model", "settings"))
    assert made["counts"]["council_tax"]["rows"] > 0
    assert {"delta", "commit", "deliver", "forget"} <= set(made["seconds"])
    assert words.splitlines()[0] == "run: 2"


def test_what_a_night_was_made_of_changes_with_the_settings(lived_town: Lived, tmp_path: Path, svoc: Svoc) -> None:
    settings = Path(shutil.copytree(lived_town.folder, tmp_path / "town")) / "council.toml"
    settings.write_text(settings.read_text() + "\n[guards]\nlost = 0.5\n")
    assert svoc("night", settings).code == 0
    made = [one_run(settings, run)[0]["manifest"] for run in (3, 4)]
    assert made[0]["settings"] != made[1]["settings"]
    assert made[0]["policy"] == made[1]["policy"]


def test_the_command_answers_for_people_and_machines(lived_town: Lived, svoc: Svoc) -> None:
    settings = lived_town.folder / "council.toml"
    assert svoc("runs", settings).out.splitlines()[1].split()[0] == "3"
    assert json.loads(svoc("runs", settings, "--json").out)["runs"][0]["run"] == 3
    assert svoc("runs", settings, "3", "--json").figures["manifest"]["lane"] == "statutory"
    asked = svoc("runs", settings, "9")
    assert (asked.code, asked.err) == (2, "there is no run 9; there are 1 to 3\n")


def test_before_the_first_night_there_is_none_to_show(town: Path) -> None:
    with pytest.raises(SettingsError, match="no night to show yet"):
        runs_of(town / "council.toml")
    assert not (town / "barchester.db").exists()
