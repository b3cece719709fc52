"""Addresses as clerks, residents, landlords and machines write them, with the answer to defend before an auditor."""

import csv
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from gazetteer import resolve
from gazetteer.examples import town

CASES = Path(__file__).parents[1] / "cases"
SAID = {"none": "nothing", "street": "nothing", "ambiguous": "ambiguous"}


def cases() -> list[dict[str, str]]:
    with (CASES / "officer_addresses.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@cache
def answers() -> dict[str, str]:
    """Says of each case what it got: a UPRN, a building's UPRN, "ambiguous" or "nothing"."""
    asked = pl.DataFrame(cases()).select("case", "address", pl.col("postcode").replace("", None))
    placed = resolve(asked, town(CASES / "officer_gazetteer.csv")).select("case", "outcome", "uprn")
    return {
        case: SAID.get(outcome) or (f"building {uprn}" if outcome == "building" else str(uprn))
        for case, outcome, uprn in placed.iter_rows()
    }


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['case']} {case['kind']}")
def test_the_answer_can_be_defended(case: dict[str, str]) -> None:
    assert answers()[case["case"]] in case["wanted"].split(" or ")
