"""What people confirmed: how it is read, and that it holds for exactly the address that it was said of."""

import csv
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import Feedback, FormatError, Gazetteer, Label, MissingInput, find, read_feedback, resolve
from gazetteer.examples import barchester, tables_of
from gazetteer.feedback import key_of

CASES = Path(__file__).parents[1] / "cases"


def rows_of(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def place() -> Gazetteer:
    return barchester()


def test_a_custodians_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "feedback.csv"
    text = "Address,Postcode,UPRN,outcome,who,when,note,ticket\n"
    text += '"The Old Shop, King St",BA1 1AA,12000,exact,j.okafor,2026-11-02,seen,7\n\n,,,\nNowhere,,,none,,,\n'
    file.write_text(text, encoding="utf-8-sig")
    assert read_feedback(file).labels == (
        Label("Nowhere", None, None, "none"),
        Label("The Old Shop, King St", "BA1 1AA", 12000, "exact"),
    )


@pytest.mark.parametrize("case", rows_of("feedback_faults.csv"), ids=lambda case: case["fault"][:40])
def test_a_fault_says_where_it_is_and_what_would_do(case: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "feedback.csv"
    file.write_text(case["file"], encoding="utf-8")
    with pytest.raises(FormatError) as found:
        read_feedback(file)
    assert case["fault"] in [str(fault) for fault in found.value.faults]
    assert "king" not in str(found.value).lower()


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "feedback.csv"
    file.write_text("address,uprn\n,12\n1 King Street,x\n", encoding="utf-8")
    with pytest.raises(FormatError) as found:
        read_feedback(file)
    assert [(fault.line, fault.column) for fault in found.value.faults] == [(2, "address"), (3, "uprn")]


def test_what_is_no_csv_or_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"feedback\.csv"):
        read_feedback(tmp_path / "feedback.csv")
    for content in (b"address,uprn\n\xff\xfe,1\n", b'address,uprn\n"1 King" Street,1\n'):
        (tmp_path / "feedback.csv").write_bytes(content)
        with pytest.raises(FormatError, match="cannot be read"):
            read_feedback(tmp_path / "feedback.csv")


@pytest.mark.parametrize("case", rows_of("confirmed.csv"), ids=lambda case: case["why"])
def test_what_was_confirmed_holds_for_exactly_that_address(case: dict[str, str], place: Gazetteer) -> None:
    uprn = int(case["confirmed_uprn"]) if case["confirmed_uprn"] else None
    told = Feedback.of([Label(case["confirmed"], case["confirmed_postcode"] or None, uprn)])
    asked = pl.DataFrame({"address": [case["written"]], "postcode": [case["postcode"] or None]})
    (got,) = resolve(asked.cast(pl.String), place, confirmed=told).to_dicts()
    assert (got["outcome"], str(got["uprn"] or "")) == (case["outcome"], case["uprn"]), case["why"]
    assert case["rung"] in ("", got["rung"])
    if case["why"] == "the UPRN is on the gazetteer no more":
        assert got["reason"] == "the confirmed UPRN is on the gazetteer no more; the written address was used"
    if case["why"] == "the gazetteer has exactly this address now":
        assert got["reason"] == "confirmed as missing, but the gazetteer has exactly this address now"


def test_a_confirmed_property_that_was_replaced_leads_to_what_replaced_it() -> None:
    plain = {"class": "RD04", "unit_text": "", "unit": "", "building": "", "street": "KING STREET"}
    plain |= {"town": "BARCHESTER", "postcode": "BA1 1AA"}
    rows = [
        {**plain, "uprn": "1", "number": "1", "status": "8", "successor": "2"},
        {**plain, "uprn": "2", "number": "1", "status": "1", "successor": ""},
    ]
    told = Feedback.of([Label("The Forge", None, 1)])
    place = replace(Gazetteer.from_tables(tables_of(rows)), confirmed=told)
    asked = pl.DataFrame({"address": ["the forge"]})
    (got,) = resolve(asked, place).to_dicts()
    assert (got["outcome"], got["uprn"], got["superseded_uprn"], got["rung"]) == ("historic", 2, 1, "confirmed")
    assert find("The Forge.", place).uprn == 2


def test_a_supplied_uprn_that_contradicts_a_confirmed_one_is_for_a_person_to_look_at(place: Gazetteer) -> None:
    asked = pl.DataFrame({"address": ["The Old Shop"], "supplied_uprn": [16000]})
    (got,) = resolve(asked, place, confirmed=Feedback.of([Label("The Old Shop", None, 12000)])).to_dicts()
    assert (got["outcome"], got["uprn"], got["rung"]) == ("ambiguous", None, "disagreement")
    assert set(got["rivals"]) == {12000, 16000}


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 3)), unique_by=lambda one: one[0]))
def test_the_order_of_labels_does_not_matter(pairs: list[tuple[str, int]]) -> None:
    labels = [Label(f"{name} HOUSE", None, uprn) for name, uprn in pairs]
    assert Feedback.of(labels) == Feedback.of(reversed(labels))


@given(st.text(max_size=30), st.sampled_from([None, "BA1 1AA", "ba11aa"]))
def test_keys_pass_over_capitals_and_spaces_only(text: str, postcode: str | None) -> None:
    assert key_of(f"  {text} ", postcode) == key_of(text, postcode)
    assert key_of("1 A STREET", None) != key_of("1A STREET", None)
