import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer import Gazetteer
from gazetteer.candidates import text_hits
from gazetteer.decide import decide_exact
from gazetteer.examples import town
from gazetteer.ladder import Readings, climb
from gazetteer.texts import own_text_keys, squeezed

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture(scope="module")
def place() -> Gazetteer:
    return town(CASES / "gazetteer.csv")


def key(address: str | None, postcode: str | None = "BA1 1AA") -> str | None:
    asked = pl.DataFrame(
        {"address": [address], "postcode": [postcode]}, schema={"address": pl.String, "postcode": pl.String}
    )
    found: str | None = own_text_keys(asked)[0]
    return found


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Flat 3, 14 King St.", "FLAT 3 14 KING STREET"),
        ("14  king st", "14, King Street"),
        ("1 St John's Rd, Devon", "1 SAINT JOHNS ROAD"),
        ("14 KING STREET, BA1 1AA", "14 KING STREET"),
        ("14 KING STREET, BA11AA", "14 KING STREET, England"),
    ],
)
def test_case_commas_and_abbreviations_do_not_matter(left: str, right: str) -> None:
    assert key(left) == key(right) is not None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("FLAT 7/9 KING STREET", "FLAT 7, 9 KING STREET"),
        ("7-9 KING STREET", "7, 9 KING STREET"),
        ("12A KING STREET", "12 KING STREET"),
        ("KING ROAD", "KING STREET"),
    ],
)
def test_what_makes_another_address_does_matter(left: str, right: str) -> None:
    assert key(left) != key(right)


@pytest.mark.parametrize(
    ("address", "postcode"), [("14 KING STREET", None), ("14 KING STREET", "n/a"), ("STUDIO 1.2", "BA1 1AA")]
)
def test_what_the_parser_must_judge_has_no_key(address: str, postcode: str | None) -> None:
    assert key(address, postcode) is None


def test_the_postcode_may_stand_in_the_address_and_be_written_anyhow() -> None:
    assert key("14 KING STREET, ba11aa", None) == key("14 KING STREET", "BA1  1AA") == "14 KING ST|BA1 1AA"


def test_an_address_is_placed_alike_by_its_text_and_by_its_parts(place: Gazetteer) -> None:
    with (CASES / "addresses.csv").open(encoding="utf-8", newline="") as opened:
        cases = [(row["address"], row["postcode"] or None) for row in csv.DictReader(opened)]
    own = [(text, None) for text in place.variants["text"]]
    asked = pl.DataFrame([*cases, *own], schema={"address": pl.String, "postcode": pl.String}, orient="row")
    hits = text_hits(asked, place)
    assert len(hits) > len(own) / 2
    by_parts = climb(Readings(asked, place.lexicon), place, place.tuned())
    assert {row: decide_exact(hit, place)[:2] for row, hit in hits.items()} == {row: by_parts[row][:2] for row in hits}


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_squeezing_twice_is_squeezing_once(text: str) -> None:
    once = pl.select(squeezed(pl.lit(text))).item()
    assert once is None or pl.select(squeezed(pl.lit(once))).item() == once
