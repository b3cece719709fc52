import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import Address, Property, parse

NUMBERS = st.one_of(
    st.integers(1, 999).map(str),
    st.tuples(st.integers(1, 999), st.sampled_from("ABCDEFG")).map(lambda two: f"{two[0]}{two[1]}"),
    st.tuples(st.integers(1, 400), st.integers(1, 20)).map(lambda two: f"{two[0]}-{two[0] + two[1]}"),
)
UNITS = st.one_of(
    st.just(""),
    st.integers(1, 200).map(lambda number: f"FLAT {number}"),
    st.sampled_from("ABCDEFGH").map(lambda letter: f"FLAT {letter}"),
    st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda two: f"FLAT {two[0]}/{two[1]}"),
    st.sampled_from(["GROUND FLOOR FLAT", "FIRST FLOOR FLAT", "BASEMENT FLAT", "TOP FLOOR FLAT", "ANNEXE", "UNIT 4B"]),
    st.sampled_from(["ROOM 3, FLAT 22", "PITCH 9", "FLAT T/L", "FLAT"]),
)
STREETS = st.tuples(
    st.sampled_from(["KING", "OLD MILL", "ST JOHNS", "UPPER FERN", "QUEENS", "LOWER CHURCH"]),
    st.sampled_from(["STREET", "ROAD", "LANE", "CRESCENT", "AVENUE", "CLOSE"]),
).map(" ".join)
POSTCODES = st.from_regex(
    r"(?:[A-PR-UWYZ][0-9]|[A-PR-UWYZ][A-HK-Y][0-9][0-9]?) [0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True
)


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    building = draw(st.sampled_from(["", "", "ROSE COTTAGE", "HOLLY HOUSE", "CHALTON COURT"]))
    number = draw(NUMBERS if not building else st.one_of(st.just(""), NUMBERS))
    town = draw(st.sampled_from(["BARCHESTER", "PLUMSTEAD EPISCOPI", "SILVERBRIDGE"]))
    return Address(
        unit=draw(UNITS),
        building=building,
        number=number,
        street=draw(STREETS),
        locality=draw(st.sampled_from(["", "WESTHAM", "GREAT FRAMLEY"])),
        town=town,
        postcode=draw(st.one_of(st.just(""), POSTCODES)),
        relation=draw(st.sampled_from(["", "", "REAR OF", "ADJACENT TO"])) if number else "",
    )


@given(addresses())
def test_an_address_that_is_printed_and_parsed_is_the_same_again(address: Address) -> None:
    assert parse(str(address)) == address


def test_parts_that_are_missing_leave_no_trace() -> None:
    assert str(Address()) == ""
    assert str(Address(street="KING STREET", postcode="BA1 1AA")) == "KING STREET, BA1 1AA"
    assert str(Address(number="4", street="KING STREET", relation="REAR OF")) == "REAR OF 4 KING STREET"


def test_a_property_cannot_be_changed_by_accident() -> None:
    house = Property(uprn=1, text="1 KING STREET", status=1)
    with pytest.raises(AttributeError):
        house.uprn = 2  # type: ignore[misc]
