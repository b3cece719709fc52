from pathlib import Path

import polars as pl
import pytest

from gazetteer import Explanation, Gazetteer, Tuning, explanation
from gazetteer.changes import CHANGES
from gazetteer.examples import town

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture(scope="module")
def place() -> Gazetteer:
    return town(CASES / "gazetteer.csv")


def first_change(told: Explanation) -> tuple[object, ...]:
    return told.changes.select("part", "instead", "outcome", "uprn").row(0)


@pytest.mark.parametrize(
    ("address", "postcode", "wanted"),
    [
        ("FLAT 9, 14 KING STREET", "BA1 2AA", ("unit", "FLAT 1", "exact", 20141)),
        ("14 KING STREET", "BA1 2AA", ("unit", "FLAT 1", "exact", 20141)),
        ("5 OAKFIELD ROAD", "BA1 1AB", ("postcode", "BA1 1AA", "exact", 10005)),
        ("1 HIGH STREET", None, ("postcode", "BA1 3AA", "exact", 30001)),
        ("5 ZEBRA CRESCENT", "BA1 1AA", ("street", "OAKFIELD ROAD", "exact", 10005)),
        ("5 OAKFIELD ROAD", "BA1 8AG", ("postcode", "BA1 1AA", "exact", 10005)),
    ],
)
def test_the_slightest_change_that_would_have_changed_the_answer_comes_first(
    place: Gazetteer, address: str, postcode: str | None, wanted: tuple[object, ...]
) -> None:
    told = explanation(address, place, postcode=postcode)
    keeps = told.changes.filter(pl.col("instead").is_not_null())
    assert keeps.select("part", "instead", "outcome", "uprn").row(0) == wanted
    assert dict(told.changes.schema) == CHANGES


def test_a_flat_left_out_leads_to_its_building(place: Gazetteer) -> None:
    told = explanation("FLAT 3, 14 KING STREET", place, postcode="BA1 2AA")
    assert ("unit", "FLAT 3", None, "building", 20014) in told.changes.select(
        "part", "written", "instead", "outcome", "uprn"
    ).rows()
    assert "without FLAT 3 it would be building 20014 by unit_missing" in str(told)


def test_an_explanation_says_the_rung_the_evidence_and_the_runner_up(place: Gazetteer) -> None:
    told = explanation("flat 3, 14 kinng st", place, postcode="BA1 2AA")
    assert (told.found.outcome, told.found.uprn, told.found.rung) == ("exact", 20143, "spelling")
    assert told.runner_up is not None
    assert told.runner_up.uprn == 20014
    lines = str(told).splitlines()
    assert lines[0] == "FLAT 3, 14 KINNG STREET, BA1 2AA"
    assert lines[1].startswith("exact 20143 by spelling: a street or building spelt otherwise; certainty 0.")
    assert lines[2] == "  FLAT 3, 14 KING STREET, BARCHESTER, BA1 2AA"
    assert lines[3].startswith("evidence, in bits: number equal +6.0, unit equal +6.0, street close +6.0")
    assert lines[4].startswith("next: 20014, ")


def test_a_tie_shows_both_who_tie(place: Gazetteer) -> None:
    told = explanation("1 HIGH STREET", place)
    assert told.runner_up is not None
    assert told.runner_up.uprn == 31001
    assert "evidence for 30001" in str(told)


@pytest.mark.parametrize("text", ["", "no fixed abode", "\x00", "\ud800", "BA1 1AA", "876 OAKFIELD ROAD", "1 " * 5000])
def test_what_has_no_property_is_explained_as_well(place: Gazetteer, text: str) -> None:
    told = explanation(text, place)
    assert told.found.uprn is None
    assert told.found.rung in str(told)


def test_a_changed_part_is_tried_by_the_same_tuning(place: Gazetteer) -> None:
    strict = explanation("5 OAKFEILD ROAD", place, postcode="BA1 1AA", tuning=Tuning.shipped().wanting(0.999))
    assert strict.found.outcome == "ambiguous"
    assert first_change(strict) == ("street", "OAKFIELD ROAD", "exact", 10005)
