"""What columns are called in many dialects, and what `svoc init` takes them for: `tests/cases/headings.csv`."""

import csv
import re
import tomllib
from itertools import groupby
from pathlib import Path

import pytest

from svoc.beginning.headings import heading_of, meanings
from svoc.beginning.recognise import recognise
from svoc.beginning.writing import council_toml

CASES = Path(__file__).parents[2] / "cases" / "headings.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
EXTRACTS = {name: list(rows) for name, rows in groupby(ROWS, key=lambda row: row["extract"])}
SAID = {"look": "please look"}


def written(folder: Path, name: str) -> Path:
    """Write the extract that the cases of a name describe."""
    rows = EXTRACTS[name]
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([row["heading"] for row in rows])
        out.writerows(zip(*(row["values"].split("|") for row in rows), strict=True))
    return path


@pytest.mark.parametrize("name", EXTRACTS)
def test_each_column_is_taken_for_what_an_officer_takes_it_for(name: str, tmp_path: Path) -> None:
    (found,) = recognise([written(tmp_path, name)], {})
    rows = EXTRACTS[name]
    assert found.kind == rows[0]["kind"]
    taken = {heading: line for line in found.lines for heading in line.headings}
    said = {row["heading"]: (taken[row["heading"]].name if row["heading"] in taken else "") for row in rows}
    assert said == {row["heading"]: row["means"] for row in rows}
    sure = {heading: line.certainty.words for heading, line in taken.items() if len(line.headings) == 1}
    wanted = {row["heading"]: SAID.get(row["certainty"], row["certainty"]) for row in rows}
    assert sure == {heading: wanted[heading] for heading in sure}


@pytest.mark.parametrize("name", EXTRACTS)
def test_what_is_written_is_toml_with_a_word_of_certainty_at_each_mapping(name: str, tmp_path: Path) -> None:
    found = recognise([written(tmp_path, name)], {})
    text = council_toml("Somewhere", found, tmp_path)
    tomllib.loads(text)
    mapped = text.partition("[sources.columns]")[2].splitlines()
    lines = [line for line in mapped if " = " in line]
    assert lines
    assert all(re.search(r"  # (sure|likely|please look): ", line) for line in lines)
    values = {value for row in EXTRACTS[name] for value in row["values"].split("|") if len(value) > 4}
    assert not [value for value in values if value in text]


def test_glued_and_broken_headings_are_read_word_by_word() -> None:
    assert heading_of("LIABENDDT").words == heading_of("Liability End Date").words
    assert heading_of("DoB").words == heading_of("date_of_birth").words
    assert heading_of("1st Line of Address").ordinal == 1
    assert meanings(heading_of("Xyzzy")) == []
