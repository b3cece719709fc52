import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import parse
from gazetteer.lexicon import Lexicon
from gazetteer.parse import take_apart
from gazetteer.tidy import name_of, postcode_of, take_postcode, tidy
from gazetteer.units import take_units, unit_code

LEXICON = Lexicon.of(
    ["KING STREET", "MILL LANE", "FFORDD NORFOLK", "ST JOHNS STREET", "5TH AVENUE", "HEOL Y BRYN"],
    ["BARCHESTER", "WESTHAM", "KING"],
    ["CHALTON COURT", "ROSE COTTAGE", "FORGE BUSINESS PARK"],
)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Flat 3, 14-16 Station Road, Barchester BA1 1LG", "FLAT 3, 14-16 STATION ROAD, BARCHESTER, BA1 1LG"),
        ("rear of 22 Market Pl, Barchester", "REAR OF 22 MARKET PLACE, BARCHESTER"),
        ("R/O 22 MARKET PLACE", "REAR OF 22 MARKET PLACE"),
        ("Land adjacent to 7 The Square, Ropley", "ADJACENT TO 7 THE SQUARE, ROPLEY"),
        ("Rose Cottage, Mill Lane, Little Framley, Barchester", "ROSE COTTAGE, MILL LANE, LITTLE FRAMLEY, BARCHESTER"),
        ("2F2 12 Comely Terrace, Barchester", "FLAT 2/2, 12 COMELY TERRACE, BARCHESTER"),
        ("Top Floor Left, 9 Marsh Street", "FLAT T/L, 9 MARSH STREET"),
        ("G/F, 3 King St", "GROUND FLOOR FLAT, 3 KING STREET"),
        ("flat 2, first floor, 3 King St", "FLAT 1/2, 3 KING STREET"),
        ("Flat One, 3 King St", "FLAT 1, 3 KING STREET"),
        ("Flat 007, 3 King St", "FLAT 7, 3 KING STREET"),
        ("FLAT 14 KING STREET", "FLAT, 14 KING STREET"),
        ("FLAT 14 CHALTON COURT, MILL LANE", "FLAT 14, CHALTON COURT, MILL LANE"),
        ("FLAT 2 92-92A KING ST", "FLAT 2, 92-92A KING STREET"),
        ("UNIT NO. 4B FORGE BUS PK, MILL LN", "UNIT 4B, FORGE BUSINESS PARK, MILL LANE"),
        ("12 A King Street", "12A KING STREET"),
        ("14, King Street", "14 KING STREET"),
        ("16ST MARYS CRES", "16 ST MARYS CRESCENT"),
        ("ROSE COTTAGE MILL LN, MILL LN", "ROSE COTTAGE, MILL LANE"),
        ("47EASTHURST RD", "47 EASTHURST ROAD"),
        ("10 to 12 King Street", "10-12 KING STREET"),
        ("2A - 2C KING ST", "2A-2C KING STREET"),
        ("144½ King St", "144HALF KING STREET"),
        ("St John's St", "ST JOHNS STREET"),
        ("14 KING ST BARCHESTER DEVON ENGLAND", "14 KING STREET, BARCHESTER"),
        ("18 5th Avenue", "18 FIFTH AVENUE"),
        ("64 Ffordd Norfolk, Barchester", "64 FFORDD NORFOLK, BARCHESTER"),
        ("64 Mill Lane Norfolk", "64 MILL LANE"),
        ("3 Heol y Bryn", "3 HEOL Y BRYN"),
        ("9 CHALTON COURT, BARCHESTER", "9, CHALTON COURT, BARCHESTER"),
        ("14 King Street, 14 King Street", "14 KING STREET"),
    ],
)
def test_an_address_is_taken_apart(written: str, wanted: str) -> None:
    assert str(parse(written, LEXICON)) == wanted


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("GFF", "0/"),
        ("GROUND FLOOR FLAT", "0/"),
        ("FLAT GROUND FLOOR", "0/"),
        ("LOWER GROUND FLOOR FLAT", "B/"),
        ("BASEMENT", "B/"),
        ("1ST FLR", "1/"),
        ("FFF", "1/"),
        ("FIRST FLOOR FRONT FLAT", "1/F"),
        ("1F1", "1/1"),
        ("FLAT 1/1", "1/1"),
        ("1FL", "1/L"),
        ("GF2", "0/2"),
        ("APARTMENT 12", "12"),
        ("MAISONETTE", "*"),
        ("GARDEN FLAT", "GARDEN"),
        ("ROOM 5 FLAT 22", "22+ROOM:5"),
        ("GRANNY FLAT", "ANNEXE:"),
        ("GARAGE 4", "GARAGE:4"),
        ("STUDIO FLAT 3", "3"),
        ("UNIT C5-C6", "C5-C6"),
        ("LIVING ACCOM", "*"),
        ("MANAGERS FLAT", "*"),
        ("1ST FLOOR LIVING ACCOMMODATION", "1/"),
    ],
)
def test_ways_of_writing_one_unit_share_a_code(written: str, codes: str) -> None:
    units, rest, _ = take_units(written)
    assert unit_code(units) == codes
    assert rest == ""


@pytest.mark.parametrize(
    "street", ["FLAT LANE", "UPPER KING STREET", "BASE ROAD", "FIRST AVENUE", "TOP ROAD", "SHOP LANE"]
)
def test_a_street_is_not_mistaken_for_a_unit(street: str) -> None:
    address = parse(f"7 {street}, BARCHESTER")
    assert (address.unit, address.number, address.street) == ("", "7", street)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("ba11aa", "BA1 1AA"),
        (" BA1  1AA ", "BA1 1AA"),
        ("BAI IAA", "BA1 1AA"),
        ("N13 9XK", "N13 9XK"),
        ("EC1A1BB", "EC1A 1BB"),
        ("W1A 0AX", "W1A 0AX"),
        ("BA1", None),
        ("n/a", None),
        ("", None),
        (None, None),
        ("12345", None),
    ],
)
def test_a_postcode_is_read_or_refused(written: str | None, wanted: str | None) -> None:
    assert postcode_of(written) == wanted


def test_the_last_postcode_of_a_text_counts() -> None:
    assert take_postcode("1 HIGH ST ZQ1 1AA, BA2 2BB") == ("BA2 2BB", "1 HIGH ST ZQ1 1AA")
    assert take_postcode("UNIT 5 FORGE PARK") == (None, "UNIT 5 FORGE PARK")
    assert take_postcode("5 KING ROAD, BAI 1AA") == ("BA1 1AA", "5 KING ROAD")


@pytest.mark.parametrize(
    ("written", "trouble"),
    [
        ("", "empty"),
        ("   ,, ", "empty"),
        (None, "empty"),
        ("N/A", "junk"),
        ("xxxx", "junk"),
        ("see notes on file", "junk"),
        ("No Fixed Abode, Barchester", "no_fixed_abode"),
        ("NFA", "no_fixed_abode"),
        ("P.O. Box 12, Barchester", "po_box"),
        ("BFPO 58", "forces"),
        ("BA1 1AA", "postcode_only"),
        ("Barchester", "place_only"),
        ("Barchester, BA1 1AA", "place_only"),
        ("12 Rue de la Paix, 75002 Paris, France", "overseas"),
    ],
)
def test_what_cannot_be_placed_says_why(written: str | None, trouble: str) -> None:
    assert take_apart(written, LEXICON).trouble == trouble


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_the_parser(text: str) -> None:
    parsed = take_apart(text, LEXICON)
    assert parsed.trouble or parsed.units or parsed.names or parsed.number or parsed.street


@given(st.text(alphabet="ABC 0123456789,-/'.&FLATROMUNIGKSPX", max_size=120))
def test_no_text_that_looks_like_an_address_breaks_the_parser(text: str) -> None:
    assert take_apart(text, LEXICON) == take_apart(text, LEXICON)


@pytest.mark.parametrize(
    "text",
    ["1 " * 5000, "FLAT " * 2000, "9-" * 5000, "\x00\x07\x1b[31m", "🏠 12 KING STREET", "/" * 10_000, "A" * 10_000],
)
def test_monstrous_texts_are_read(text: str) -> None:
    assert take_apart(text, LEXICON) == take_apart(text, LEXICON)


@given(st.text(max_size=200))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    once = tidy(text)
    assert set(once) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/, ")
    assert "  " not in once


def test_names_are_held_in_one_spelling() -> None:
    assert name_of("Upper St. John's Rd") == name_of("UPPER SAINT JOHNS ROAD") == "UPPER ST JOHNS ROAD"
