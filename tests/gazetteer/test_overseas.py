import csv
from pathlib import Path

import polars as pl
import pytest

from gazetteer import Gazetteer, find, overseas, resolve
from gazetteer.examples import barchester, tables_of
from gazetteer.lexicon import Lexicon
from gazetteer.overseas import country_of
from gazetteer.parse import take_apart
from gazetteer.tidy import tidy

with (Path(__file__).parents[1] / "cases" / "overseas.csv").open(encoding="utf-8", newline="") as opened:
    CASES = list(csv.DictReader(opened))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['written']} {case['postcode']}: {case['why']}")
def test_only_an_address_abroad_has_a_country(case: dict[str, str]) -> None:
    country = case["country"] or None
    assert country_of(tidy(case["written"]), case["postcode"] or None) == country
    assert take_apart(case["written"], postcode=case["postcode"] or None).country == country
    if not case["postcode"]:
        found = overseas(case["written"])
        assert (found.country if found else None) == country


@pytest.mark.parametrize("case", [case for case in CASES if case["country"]], ids=lambda case: case["written"])
def test_an_address_abroad_has_no_property_and_the_answer_names_the_country(case: dict[str, str]) -> None:
    asked = pl.DataFrame({"address": [case["written"], "12 KING STREET"], "postcode": [case["postcode"] or None, None]})
    got = resolve(asked, barchester()).row(0, named=True)
    assert (got["outcome"], got["uprn"], got["rung"]) == ("none", None, "overseas")
    assert got["reason"] == f"the address is abroad: {case['country']}"
    alone = find(case["written"], barchester(), postcode=case["postcode"] or None)
    assert (alone.outcome, alone.rung, alone.reason) == (got["outcome"], got["rung"], got["reason"])


def test_a_british_postcode_outweighs_a_country() -> None:
    assert country_of("12 KING STREET, FRANCE, BA1 1AA") is None


@pytest.mark.parametrize(
    ("street", "town", "address"),
    [("MILL LANE", "EGYPT", "4 Mill Lane, Egypt"), ("SPAIN", "PETERSFIELD", "Rose Cottage Spain")],
)
def test_a_place_of_the_gazetteers_own_is_not_abroad(street: str, town: str, address: str) -> None:
    row = {"uprn": "1", "class": "RD02", "unit_text": "", "unit": "", "street": street, "town": town}
    rows = [row | {"building": "", "number": "4"}, row | {"uprn": "2", "building": "ROSE COTTAGE", "number": ""}]
    home = Gazetteer.from_tables(tables_of([one | {"postcode": "GU31 4AB"} for one in rows]))
    assert overseas(address) is not None
    assert resolve(pl.DataFrame({"address": [address]}), home)["rung"][0] != "overseas"


def test_a_known_place_is_looked_for_under_its_whole_name() -> None:
    assert country_of("4 MILL LANE, EGYPT", lexicon=Lexicon.of([], ["Little Egypt"], [])) == "Egypt"


def test_american_addresses_come_in_parts() -> None:
    found = overseas("40 Elm Ave Apt 5B, Springfield, IL 62701")
    assert found is not None
    parts = dict(found.parts)
    assert parts["AddressNumber"] == "40"
    assert parts["ZipCode"] == "62701"


def test_an_american_address_that_cannot_be_labelled_still_comes_in_parts() -> None:
    found = overseas("40 Elm Ave Suite 3 12 Oak Street Suite 9 40 Pine Road, Springfield, IL 62701")
    assert found is not None
    assert found.parts
