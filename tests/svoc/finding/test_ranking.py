"""Finding persons as one asks on the telephone."""

import polars as pl
import pytest

from svoc.finding import found
from svoc.words.persons import PERSONS

PEOPLE = [
    ("P1", "JOHN", None, "SMITH", "1 KING STREET, BARCHESTER", "PL4 8AA"),
    ("P2", "JOHN", None, "SMITH", "9 HIGH STREET, BARCHESTER", "PL4 8ZZ"),
    ("P3", "JONATHAN", "ALAN", "SMITHSON", "3 KING STREET, BARCHESTER", "PL1 1AA"),
    ("P4", "VERA", None, "OAK", "4 KING STREET, BARCHESTER", "PL4 8AA"),
    ("P5", "UMA", None, "OAK", None, None),
]


def people() -> pl.DataFrame:
    columns = ("person", "forename", "middle_names", "surname", "address", "postcode")
    return pl.DataFrame([dict(zip(columns, row, strict=True)) for row in PEOPLE], schema=PERSONS, orient="row")


def ids(text: str, *, near: str | None = None, most: int = 10) -> list[str]:
    return [person.id for person in found(people(), text, near=near, most=most)]


@pytest.mark.parametrize("text", ["john smith", "SMITH John", "jon smith", "  John   SMITH "])
def test_a_name_is_found_in_any_order_case_and_spelling(text: str) -> None:
    assert set(ids(text)[:2]) == {"P1", "P2"}


@pytest.mark.parametrize("text", ["john smith pl4 8zz", "john smith PL48ZZ", "PL4 8ZZ john smith"])
def test_a_postcode_in_the_text_puts_its_own_first(text: str) -> None:
    assert ids(text)[0] == "P2"


@pytest.mark.parametrize(
    ("near", "first"), [("PL4 8AA", "P1"), ("pl48zz", "P2"), ("high street", "P2"), ("King Street", "P1")]
)
def test_near_is_a_postcode_or_part_of_an_address(near: str, first: str) -> None:
    assert ids("john smith", near=near)[0] == first


def test_a_neighbouring_postcode_counts_for_something() -> None:
    assert ids("oak", near="PL4 8AB")[0] == "P4"


def test_nothing_is_nobody() -> None:
    assert ids("") == ids("pl4 8aa") == ids("zebedee quux") == []
    assert found(people().clear(), "john smith") == []


def test_alike_persons_stand_in_the_order_of_their_identifiers_and_no_more_than_wanted() -> None:
    assert ids("john smith")[:2] == ["P1", "P2"]
    assert ids("john smith", most=1) == ["P1"]


@pytest.mark.parametrize("near", ["(", "*", "[a", "\\", "A", "."])
def test_odd_signs_are_only_signs(near: str) -> None:
    assert ids("john smith", near=near)[:2] == ["P1", "P2"]


def test_a_person_is_a_person() -> None:
    person = found(people(), "jonathan smithson")[0]

    assert (person.name, person.postcode) == ("JONATHAN ALAN SMITHSON", "PL1 1AA")
