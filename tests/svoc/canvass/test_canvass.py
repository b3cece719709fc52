"""Who on the register is borne out and which way a property goes, by cases that an officer can read."""

import csv
from pathlib import Path

import polars as pl
import pytest

from svoc.canvass import DELETIONS, ELECTORS, NEW_RESIDENTS, PROPERTIES, Canvass, canvass
from svoc.canvass.material import Material
from svoc.words.plan import LaneState
from tests.worlds import TODAY, extract, morrow, nights, placed

CASES = Path(__file__).resolve().parents[2] / "cases"
ROWS, GONE = (
    list(csv.DictReader((CASES / name).read_text(encoding="utf-8").splitlines()))
    for name in ("canvass.csv", "canvass_deletions.csv")
)
REGISTER = "electoral_register"


def prepared(*lines: str, vouching: bool = False, class_code: str = "RD04", hidden: tuple[str, ...] = ()) -> Canvass:
    """Run a night on a few records and prepare the canvass of it."""
    sources = {line.split(" ", 1)[0] for line in lines}
    of = {name: [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")] for name in sources}
    extracts = [extract(name, *own) for name, own in of.items()]
    stands = morrow(*nights(extracts))
    marked = pl.when(pl.col("mention").is_in(list(hidden))).then(pl.lit(["safe-address"])).otherwise("markers")
    homes = pl.DataFrame({"uprn": range(101, 113), "class_code": [class_code] * 12})
    mentions = stands.mentions.with_columns(markers=marked)
    return canvass(Material(mentions, stands.lane("statutory"), frozenset({REGISTER}), homes, TODAY), vouching=vouching)


def of_one_person(*lines: str) -> Canvass:
    """Prepare the canvass where all records are one person, however far apart they live."""
    mentions = placed(*lines)
    members = mentions.select("mention", person=pl.lit("P1"))
    homes = pl.DataFrame({"uprn": range(101, 113), "class_code": ["RD04"] * 12})
    return canvass(Material(mentions, LaneState(members=members), frozenset({REGISTER}), homes, TODAY), vouching=False)


def route(made: Canvass, house: int = 3) -> tuple[str, int]:
    row = made.properties.row(by_predicate=pl.col("uprn") == 100 + house, named=True)
    return row["outcome"], row["route"]


@pytest.mark.parametrize("case", ROWS, ids=lambda row: row["case"])
def test_each_case_is_as_an_officer_would_have_it(case: dict[str, str]) -> None:
    made = prepared(f"{REGISTER} E1 | {case['elector']} | 3", case["records"])
    row = made.electors.row(0, named=True)
    assert (row["level"], row["matched"], route(made)[1]) == (
        case["level"],
        case["matched"] == "yes",
        int(case["route"]),
    )
    assert row["words"].startswith("Matched: " if row["matched"] else "Not matched: ")
    assert row["words"].endswith(".")


def test_a_son_whom_no_system_names_is_matched_by_his_household_only_where_the_officer_chooses() -> None:
    lines = (f"{REGISTER} E1 | JOHN SMITH | 3", f"{REGISTER} E2 | PAUL SMITH | 3", "council_tax A1 | MR JOHN SMITH | 3")
    assert route(prepared(*lines)) == ("part", 2)
    assert route(prepared(*lines, vouching=True)) == ("all", 1)
    assert prepared(*lines).electors["level"].to_list() == ["full_name", "household"]


def test_who_lives_there_and_is_not_registered_is_named_and_whoever_is_elsewhere_is_told_apart() -> None:
    made = prepared(
        f"{REGISTER} E1 | JOHN SMITH | 3",
        f"{REGISTER} E2 | ADA OKORO | 5",
        "council_tax A1 | MR JOHN SMITH & MS RUTH HILL | 3",
    )
    assert made.new_residents.select("name", "uprn", "registered_elsewhere").rows() == [("MS RUTH HILL", 103, False)]
    assert route(made) == ("all", 2)


def test_a_home_for_which_one_person_answers_is_route_3_and_an_empty_register_route_2() -> None:
    made = prepared(f"{REGISTER} E1 | JOHN SMITH | 3", "council_tax A1 | MR JOHN SMITH | 3", class_code="RI01")
    assert route(made) == ("all", 3)
    assert route(prepared(f"{REGISTER} E1 | JOHN SMITH | 3"), house=7) == ("no_electors", 2)


def test_nobody_under_protection_is_in_any_list() -> None:
    lines = (f"{REGISTER} E1 | JOHN SMITH | 3", "council_tax A1 | MR JOHN SMITH | 3")
    assert prepared(*lines).electors.height == 1
    made = prepared(*lines, hidden=(f"{REGISTER}/E1/1", "council_tax/A1/1"))
    assert made.electors.is_empty()
    assert made.new_residents.is_empty()
    assert made.deletions.is_empty()
    assert "SMITH" not in str([frame.rows() for frame in made.frames.values()])


def test_each_list_has_its_columns() -> None:
    made = prepared(f"{REGISTER} E1 | JOHN SMITH | 3", "council_tax A1 | MR JOHN SMITH | 3")
    wanted = {"electors": ELECTORS, "properties": PROPERTIES, "new_residents": NEW_RESIDENTS, "deletions": DELETIONS}
    for name, schema in wanted.items():
        assert dict(made.frames[name].schema) == schema


@pytest.mark.parametrize("case", GONE, ids=lambda row: row["case"])
def test_two_systems_that_each_say_later_that_someone_has_gone_make_a_deletion_to_look_at(case: dict[str, str]) -> None:
    made = of_one_person(f"{REGISTER} E1 | AUGUSTUS PEMBERLEY | {case['entry']}", *case["records"].split("; "))
    assert made.deletions["elector"].to_list() == (["E1"] if case["listed"] == "yes" else [])
    for row in made.deletions.iter_rows(named=True):
        assert row["grounds"] == "two_sources"
        assert row["words"].endswith("an officer decides.")
