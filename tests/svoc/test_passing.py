"""Half a file is refused night after night, and is passed over once a better one lies beside it."""

import shutil
from pathlib import Path
from typing import Protocol

import pytest

from svoc.council import Council
from svoc.running import AGAIN, run_night


class Lived(Protocol):
    folder: Path


@pytest.fixture
def lived(lived_town: Lived, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived_town.folder, tmp_path / "town"))


def half(town: Path, day: str) -> None:
    whole = (town / "extracts" / "council_tax_2026-11-04.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (town / "extracts" / f"council_tax_{day}.csv").write_text("".join(whole[:20]), encoding="utf-8")


def whole(town: Path, day: str) -> None:
    text = (town / "extracts" / "council_tax_2026-11-04.csv").read_text(encoding="utf-8")
    (town / "extracts" / f"council_tax_{day}.csv").write_text(f"{text}\n", encoding="utf-8")


def touched(file: Path) -> None:
    """Give a file other content that says the same."""
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def last_taken(town: Path) -> str:
    with Council.open(town / "council.toml") as council:
        return str(council.store.yesterday().taken["file"][-1])


def warnings_of(town: Path) -> list[str]:
    with Council.open(town / "council.toml") as council:
        return [told for told in council.plan().warnings if told.startswith("extracts/")]


def test_half_a_file_is_read_again_each_night_and_that_is_said(lived: Path) -> None:
    half(lived, "2026-11-05")
    for _ in range(2):
        done = run_night(lived / "council.toml")
        assert done.refused
        assert AGAIN in done.words


def test_a_better_file_beside_it_is_taken_in_its_place(lived: Path) -> None:
    half(lived, "2026-11-05")
    assert run_night(lived / "council.toml").refused
    whole(lived, "2026-11-06")
    done = run_night(lived / "council.toml")
    assert (done.refused, done.figures["withdrawn"]) == (False, 0)
    assert last_taken(lived) == "extracts/council_tax_2026-11-06.csv"
    assert run_night(lived / "council.toml").figures["amended"] == 0, "what was passed over is not taken later"
    assert last_taken(lived) == "extracts/council_tax_2026-11-06.csv"


def test_where_all_are_bad_the_first_is_told_of(lived: Path) -> None:
    half(lived, "2026-11-05")
    half(lived, "2026-11-06")
    touched(lived / "extracts" / "council_tax_2026-11-06.csv")
    done = run_night(lived / "council.toml", dry_run=True)
    assert done.refused
    assert done.figures["refused"][0].startswith("council_tax holds ")


def test_of_a_file_that_came_too_late_it_is_said_once(lived: Path) -> None:
    whole(lived, "2026-11-03")
    touched(lived / "extracts" / "council_tax_2026-11-03.csv")
    (told,) = warnings_of(lived)
    assert told.startswith("extracts/council_tax_2026-11-03.csv: expected an extract of council_tax of 2026-11-04")
    run_night(lived / "council.toml", dry_run=True)
    assert warnings_of(lived) == [told], "a dry run has told nobody who acts on it"
    run_night(lived / "council.toml")
    assert warnings_of(lived) == []
    with Council.open(lived / "council.toml") as council:
        council.commit(council.settle())
    assert warnings_of(lived) == [], "settling what stewards decide forgets nothing"
    touched(lived / "extracts" / "council_tax_2026-11-02.csv")
    assert len(warnings_of(lived)) == 1, "another is another"
