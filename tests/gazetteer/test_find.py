import csv
import time
from pathlib import Path

import polars as pl
import pytest

from gazetteer import Address, Gazetteer, explain, find, resolve
from gazetteer.examples import barchester, town
from gazetteer.rungs import LEVELS

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture(scope="module")
def place() -> Gazetteer:
    return town(CASES / "gazetteer.csv")


def test_one_address_is_placed_as_one_types_it(place: Gazetteer) -> None:
    found = find("flat 3 14 kinng st barchester ba12aa", place)
    assert (found.outcome, found.uprn, found.rung) == ("exact", 20143, "spelling")
    assert found.address == Address(
        unit="FLAT 3", number="14", street="KINNG STREET", town="BARCHESTER", postcode="BA1 2AA"
    )
    assert found.matched == "FLAT 3, 14 KING STREET, BARCHESTER, BA1 2AA"


def test_suggestions_come_likeliest_first_and_no_more_than_asked(place: Gazetteer) -> None:
    found = find("1 high street", place, limit=2)
    assert found.outcome == "ambiguous"
    assert {one.uprn for one in found.suggestions} == {30001, 31001}
    assert list(found.suggestions) == sorted(found.suggestions, key=lambda one: -one.bits)
    assert len(find("14 king street", place, limit=3).suggestions) == 3


@pytest.mark.parametrize("text", ["", "no fixed abode", "\x00", "BA1 1AA", "zzz"])
def test_what_cannot_be_placed_has_a_reason_and_no_property(place: Gazetteer, text: str) -> None:
    found = find(text, place)
    assert (found.outcome, found.uprn) == ("none", None)
    assert found.reason


def test_the_evidence_adds_up(place: Gazetteer) -> None:
    told = explain("flat 3 14 kinng st", place, postcode="BA1 2AA")
    best = told.filter(pl.col("uprn") == 20143)
    assert best["evidence"].to_list() == list(LEVELS)
    assert best["bits"].sum() == best["total"][0]
    assert told["uprn"][0] == 20143
    assert explain("no fixed abode", place).is_empty()


def test_a_single_look_up_is_quick_enough_to_type_by() -> None:
    small = barchester()
    find("12 king street", small)
    start = time.process_time()  # whatever else the machine does
    for _ in range(5):
        find("12 king street", small)
    assert (time.process_time() - start) / 5 < 1.0


def test_an_address_by_itself_is_placed_as_among_many(place: Gazetteer) -> None:
    with (CASES / "addresses.csv").open(encoding="utf-8", newline="") as opened:
        rows = [(row["address"], row.get("postcode") or None) for row in csv.DictReader(opened)]
    frame = pl.DataFrame(rows, schema={"address": pl.String, "postcode": pl.String}, orient="row")
    told = ("outcome", "uprn", "rung", "certainty", "reason")
    many = resolve(frame, place).select(told).rows()
    found = [find(text, place, postcode=postcode) for text, postcode in rows]
    assert [tuple(getattr(one, name) for name in told) for one in found] == many


@pytest.mark.parametrize(
    ("typed", "uprn"),
    [("12 kin", 12000), ("12 k", 12000), ("flat 2 14 k", 14002), ("ros", 16000), ("12 king st ba1", 12000)],
)
def test_what_is_half_typed_has_suggestions(typed: str, uprn: int) -> None:
    assert uprn in [one.uprn for one in find(typed, barchester(), limit=3).suggestions]


@pytest.mark.parametrize("typed", ["ba1 1a", "BA1", "ba11"])
def test_half_a_postcode_suggests_what_is_there(typed: str) -> None:
    found = find(typed, barchester(), limit=4)
    assert (found.outcome, found.uprn) == ("none", None)
    assert len(found.suggestions) == 4


@pytest.mark.parametrize("typed", ["1 kin", "12 mill", "12 king st zz9", "x", ""])
def test_numbers_and_what_is_not_there_are_not_completed(typed: str) -> None:
    assert 12000 not in [one.uprn for one in find(typed, barchester()).suggestions] or typed.endswith("zz9")
