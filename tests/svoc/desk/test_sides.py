"""Records side by side: how far they agree, in the words that an officer would use, and what is hidden."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.desk.sides import Agreement, marked, side_by_side
from svoc.words.purposes import Purpose

ALL = Purpose("all", "", "service", "")


def of(field: str, *records: dict[str, Any], purpose: Purpose = ALL, hides: bool = False) -> tuple[str, str] | None:
    rows = side_by_side(records, purpose, hides=hides)
    return next(((row.agreement.value, row.note) for row in rows if row.field == field), None)


def named(name: str) -> dict[str, Any]:
    forename, _, surname = name.partition(" ")
    return {"name": name, "forename": forename.upper(), "surname": surname.upper()}


@pytest.mark.parametrize(
    ("one", "other", "agreement", "note"),
    [
        ("John Smith", "JOHN SMITH", "same", ""),
        ("J Smith", "John Smith", "close", "initial"),
        ("J Smith", "Mary Smith", "different", ""),
        ("Jon Smith", "John Smith", "close", "spelling"),
        ("John Smith", "John Okafor", "different", ""),
    ],
)
def test_names(one: str, other: str, agreement: str, note: str) -> None:
    assert of("name", named(one), named(other)) == (agreement, note)


@pytest.mark.parametrize(
    ("one", "other", "agreement", "note"),
    [
        (date(1961, 3, 2), date(1961, 3, 2), "same", ""),
        (date(1961, 3, 2), date(1961, 2, 3), "close", "day_month"),
        (date(1961, 3, 2), date(1967, 3, 2), "close", "digit"),
        (date(1961, 3, 2), date(1984, 11, 30), "different", ""),
        (date(1961, 3, 2), None, "missing", ""),
    ],
)
def test_dates_of_birth(one: date, other: date | None, agreement: str, note: str) -> None:
    assert of("dob", {"dob": one}, {"dob": other}) == (agreement, note)


@pytest.mark.parametrize(
    ("one", "other", "agreement", "note"),
    [
        ({"address": "12 King St"}, {"address": "12 KING ST"}, "same", ""),
        ({"address": "12 King St"}, {"address": "12 King Street"}, "close", "spelling"),
        ({"address": "12 King St"}, {"address": "14 King St"}, "different", ""),
        (
            {"address": "Flat 1, 12 King St", "uprn": 7},
            {"address": "12A King Street, Barchester", "uprn": 7},
            "close",
            "same_property",
        ),
    ],
)
def test_addresses(one: dict[str, Any], other: dict[str, Any], agreement: str, note: str) -> None:
    assert of("address", one, other) == (agreement, note)


def test_of_three_records_the_two_that_differ_most_count() -> None:
    assert of("name", named("John Smith"), named("Jon Smith"), named("Mary Smith")) == ("different", "")


def test_what_nobody_says_is_left_out_and_what_a_purpose_may_not_see_too() -> None:
    record = {"name": "John Smith", "address": "12 King St", "postcode": "ZQ1 0AA", "uprn": 7, "phone": None}
    shown = {row.field for row in side_by_side([record, record], ALL, hides=False)}
    assert shown == {"name", "address", "uprn"}
    narrow = Purpose("narrow", "", "service", "", fields=("title", "forename", "middle_names", "surname"))
    assert {row.field for row in side_by_side([record, record], narrow, hides=False)} == {"name"}


def test_where_somebody_is_is_not_told_of_a_case_about_one_under_protection() -> None:
    record = {
        "name": "John Smith", "address": "12 King St", "uprn": 7, "supplied_uprn": 7, "phone": "1", "email": "a@b",
        "forwarding_address": "1 High St",
    }  # fmt: skip
    assert {row.field for row in side_by_side([record, record], ALL, hides=True)} == {"name"}


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


@given(WORDS, WORDS)
def test_a_marked_text_is_the_text_whole(text: str, other: str) -> None:
    assert "".join(part for part, _ in marked(text, other)) == text


@given(WORDS)
def test_nothing_differs_from_itself(text: str) -> None:
    assert not any(differs for _, differs in marked(text, text))
    said = {"phone": text}
    assert of("phone", said, said) in {None, (Agreement.SAME.value, ""), (Agreement.MISSING.value, "")}
