"""The lists of a rehearsal town: planted faults are found, nothing is made up, and nobody is named."""

import csv
import json
import re
import runpy
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gazetteer import Gazetteer
from svoc.running import run_night
from svoc.showing import list_for_custodian

BENCHMARK = runpy.run_path(str(Path(__file__).resolve().parents[4] / "benchmarks" / "custodian.py"))
CANARY = "QWXZY"
"""Stands in every name of the marked town, and before some of its addresses."""
EACH = 4


def _rewrite(file: Path, change: Callable[[int, dict[str, str]], Mapping[str, str]]) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    with file.open("w", encoding="utf-8", newline="") as opened:
        out = csv.DictWriter(opened, list(rows[0]))
        out.writeheader()
        out.writerows(change(at, row) for at, row in enumerate(rows))


def _marked(name: str) -> str:
    return re.sub(r"\b(?!MR|MS|DR)(?=[A-Za-z]{3})", CANARY, name)


def _account(at: int, row: dict[str, str]) -> Mapping[str, str]:
    """Mark an account's names; write a recipient into every third address, and a bare name into every fifth."""
    who = f"C/O MR J {CANARY}SMITH, " if at % 3 == 0 else f"{CANARY}JOHN {CANARY}SMITH, " if at % 5 == 0 else ""
    row = {**row, "address_1": who + row["address_1"]}
    return {**row, "liable_party": f"{CANARY}SMITH,MR {CANARY}JOHN" if who else _marked(row["liable_party"])}


def _elector(_: int, row: dict[str, str]) -> Mapping[str, str]:
    names = ("ElectorSurname", "ElectorForename", "ElectorMiddleName")
    return {**row, **{name: _marked(row[name]) for name in names}}


@pytest.fixture(scope="module")
def listed(master_town: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give a town with planted faults and a mark in every name, whose lists were made after its first night."""
    town = Path(shutil.copytree(master_town, tmp_path_factory.mktemp("custodian") / "town"))
    planted, whole = BENCHMARK["plant"](town, each=EACH)
    night = BENCHMARK["NIGHT"]
    for folder in ("life_events", "extracts"):
        for file in town.glob(f"{folder}/*"):
            if night not in file.name:
                file.unlink()
    _rewrite(town / "extracts" / f"council_tax_{night}.csv", _account)
    _rewrite(town / "extracts" / f"electoral_register_{night}.csv", _elector)
    run_night(town / "council.toml")
    figures = list_for_custodian(town / "council.toml", town / "lists", actor="a.custodian")
    return {"folder": town / "lists", "planted": planted, "whole": whole, "figures": figures, "town": town}


def test_what_was_planted_is_found_and_nothing_is_made_up(listed: dict[str, Any]) -> None:
    counts = BENCHMARK["measured"](listed["folder"], listed["planted"], listed["whole"])
    for name, count in counts.items():
        assert count["found"] == count["planted"], f"{name}: {json.dumps(count)}"
        assert count["false"] == 0, f"{name}: {json.dumps(count)}"
    assert counts["missing"]["planted"] == EACH


def test_nobody_is_named_in_any_file(listed: dict[str, Any]) -> None:
    for file in listed["folder"].iterdir():
        assert CANARY.casefold() not in file.read_text(encoding="utf-8").casefold(), file.name


def test_no_account_or_elector_number_is_in_any_file(listed: dict[str, Any]) -> None:
    numbers = set()
    for name, key in (("council_tax", "account_ref"), ("electoral_register", "ElectorKey")):
        with (listed["town"] / "extracts" / f"{name}_{BENCHMARK['NIGHT']}.csv").open(encoding="utf-8") as opened:
            numbers |= {row[key] for row in csv.DictReader(opened)}
    for file in listed["folder"].glob("*.csv"):
        said = set(re.findall(r"[\w/-]+", file.read_text(encoding="utf-8")))
        assert not said & numbers, file.name


def test_every_uprn_that_is_listed_is_known_or_said_not_to_be(listed: dict[str, Any]) -> None:
    known = Gazetteer.read(listed["town"] / "llpg.csv")
    for file in listed["folder"].glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                for column in {"uprn", "uprn_given", "building_uprn", "parent_uprn"} & set(row):
                    told = not row[column] or known.knows(int(row[column]))
                    assert told or row.get("given_status") == "not on the gazetteer", f"{file.name}: {column}"


def test_the_figures_are_the_lengths_of_the_lists(listed: dict[str, Any]) -> None:
    for name, rows in listed["figures"].items():
        if name != "page":
            with (listed["folder"] / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
                assert len(list(csv.DictReader(opened))) == rows


def test_before_the_first_night_there_is_nothing_to_list(svoc: Any, town: Path, tmp_path: Path) -> None:
    ran = svoc("custodian", town / "council.toml", "--out", tmp_path / "lists")
    assert ran.code == 2
    assert "run a night first" in ran.err
    assert not (tmp_path / "lists").exists()


def test_the_command_answers_with_the_length_of_each_list(svoc: Any, lived_town: Any, tmp_path: Path) -> None:
    ran = svoc("custodian", lived_town.settings, "--out", tmp_path / "lists", "--json")
    assert ran.code == 0
    assert ran.figures["page"].endswith("custodian.html")
    assert {"missing", "disagreeing", "still_billed", "unbilled", "divided", "duplicates"} <= set(ran.figures)
    assert '"purpose": "address-maintenance"' in ran.err


def test_a_file_of_addresses_has_its_lists_without_a_council(svoc: Any, town: Path, tmp_path: Path) -> None:
    addresses = tmp_path / "bins.csv"
    addresses.write_text(
        "address,postcode,uprn\n9999 Nowhere Lane,ZQ1 0AA,\n1 High Street,ZQ1 0AA,123\n", encoding="utf-8"
    )
    lists, out = tmp_path / "lists", tmp_path / "placed.csv"
    ran = svoc("place", town / "llpg.csv", addresses, "--out", out, "--lists", lists, "--json")
    assert ran.code == 0
    assert ran.figures["list missing"] == "2"
    assert ran.figures["list disagreeing"] == "1"
    assert {f.name for f in lists.iterdir()} == {
        *("custodian.html", "missing.csv", "disagreeing.csv", "divided.csv", "duplicates.csv"),
    }  # fmt: skip
    assert "bins 1" in (lists / "missing.csv").read_text(encoding="utf-8")
