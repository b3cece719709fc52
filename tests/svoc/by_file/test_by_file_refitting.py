"""Refits the figures of placing by file: what is written, what is refused, and that what is written places more."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gazetteer import Tuning
from svoc.by_file import place_file, refit_file
from svoc.cli import app
from svoc.errors import InputFaults, SettingsError

NAMES = [
    f"{first}{last}"
    for first in ("Ash", "Bay", "Elm", "Fern", "Holly", "Ivy")
    for last in ("bank", "croft", "end", "lea")
]
NAMES += [
    f"{first}{last}"
    for first in ("Oak", "Pear", "Yew", "Lime")
    for last in ("field", "gate", "holt", "mead", "nook", "ridge", "wick", "wold")
]


@pytest.fixture(scope="module")
def llpg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("gazetteer") / "llpg.csv"
    rows = [f'{1000 + at},"{name}, {at + 1} Mill Lane, Oakby",ZZ9 9AA' for at, name in enumerate(NAMES)]
    file.write_text("\n".join(["uprn,address,postcode", *rows]) + "\n", encoding="utf-8")
    return file


def confirmed(folder: Path, rows: list[str]) -> Path:
    file = folder / "confirmed.csv"
    file.write_text("\n".join(["address,uprn", *rows]) + "\n", encoding="utf-8")
    return file


def test_what_a_refit_writes_places_more(llpg: Path, tmp_path: Path) -> None:
    told = confirmed(tmp_path, [f"{name},{1000 + at}" for at, name in enumerate(NAMES)])
    out = tmp_path / "ours.json"
    figures, words, written = refit_file(llpg, told, out, tuning=None, wanted=0.998, on=date(2026, 11, 23))
    assert written
    assert figures["weights_taken_over"]
    assert "before" in words
    assert Tuning.load(out).fitted.date == "2026-11-23"
    asked = tmp_path / "asked.csv"
    asked.write_text("\n".join(["address", *NAMES]) + "\n", encoding="utf-8")
    counts: list[Any] = [
        place_file(llpg, asked, tmp_path / "placed.csv", address=[], postcode=None, uprn=None, tuning=tuning)
        for tuning in (None, out)
    ]
    assert [count["outcome_exact"] for count in counts] == [0, len(NAMES)]


def test_a_refit_that_is_refused_writes_nothing_and_says_so(llpg: Path, tmp_path: Path) -> None:
    told = confirmed(tmp_path, ["Ashbank,1000"])
    out = tmp_path / "ours.json"
    done = CliRunner().invoke(app, ["refit", str(llpg), str(told), "--out", str(out)])
    assert done.exit_code == 4
    assert "1 confirmed placements are too few" in done.output
    assert "ours.json was not written" in done.output
    assert not out.exists()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"out": "ours.csv"}, r"--out ours\.csv: expected a name that ends in \.json"),
        ({"out": "none/ours.json"}, "there is no folder none"),
        ({"wanted": 1.0}, "--wanted: expected a precision between 0 and 1"),
        ({"feedback": "none.csv"}, r"not there: none\.csv"),
        ({"tuning": "none.json"}, r"not there: none\.json"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_read(
    llpg: Path, tmp_path: Path, asked: dict[str, Any], says: str
) -> None:
    told = confirmed(tmp_path, ["Ashbank,1000"])
    paths: dict[str, Any] = {"feedback": told, "out": tmp_path / "ours.json", "tuning": None}
    given = {**paths, **{name: tmp_path / value for name, value in asked.items() if name != "wanted"}}
    with pytest.raises(SettingsError, match=says):
        refit_file(
            llpg,
            given["feedback"],
            given["out"],
            tuning=given["tuning"],
            wanted=asked.get("wanted", 0.998),
            on=date(2026, 11, 23),
        )


def test_faults_of_the_feedback_are_told(llpg: Path, tmp_path: Path) -> None:
    told = confirmed(tmp_path, ["Ashbank,here"])
    with pytest.raises(InputFaults, match="line 2, column uprn"):
        refit_file(llpg, told, tmp_path / "ours.json", tuning=None, wanted=0.998, on=date(2026, 11, 23))
