import polars as pl
import pytest

from gazetteer import Gazetteer, Tuning, explain
from gazetteer.examples import tables_of
from gazetteer.lexicon import Lexicon
from gazetteer.likeness import name_level, nearest_streets, street_level
from gazetteer.rungs import BY_NAME, LEVELS, ORDER, RUNGS, SAME_UNIT, WHOLE, rung_of

WEIGHTS = Tuning.shipped().weights
SCHEMA = {name: pl.String() for name in LEVELS}
PLAIN = {
    "number": "equal",
    "unit": "equal",
    "street": "equal",
    "name": "missing",
    "postcode": "equal",
    "place": "match",
}
PLAIN |= {"kind": "same", "standing": "current", "purpose": "ordinary"}


def rung(**levels: str) -> str:
    return str(pl.DataFrame([{**PLAIN, **levels}], schema=SCHEMA).select(rung=rung_of()).item())


def test_rungs_have_names_of_their_own_and_words_for_them() -> None:
    assert len(BY_NAME) == len(RUNGS)
    assert all(one.meaning for one in RUNGS)


@pytest.mark.parametrize(
    ("levels", "name"),
    [
        ({}, "exact"),
        ({"street": "close"}, "spelling"),
        ({"number": "range"}, "range"),
        ({"unit": "floor"}, "unit_form"),
        ({"unit": "swapped"}, "suffix_as_unit"),
        ({"unit": "bare"}, "only_flat"),
        ({"number": "missing", "name": "equal"}, "organisation"),
        ({"postcode": "sector"}, "other_postcode"),
        ({"postcode": "missing"}, "without_postcode"),
        ({"street": "kind"}, "street_kind"),
        ({"unit": "outer"}, "unit_absent"),
        ({"street": "close", "number": "range", "unit": "missing_in_gazetteer"}, "unit_absent"),
    ],
)
def test_the_weakest_piece_of_evidence_names_the_rung(levels: dict[str, str], name: str) -> None:
    assert rung(**levels) == name
    assert name in ORDER


def test_bits_add_up() -> None:
    total = pl.DataFrame([PLAIN], schema=SCHEMA).select(Tuning.shipped().bits).item()
    assert total == pytest.approx(sum(WEIGHTS[name][level] for name, level in PLAIN.items()))


def test_every_way_of_holding_a_unit_has_a_weight() -> None:
    assert {*SAME_UNIT, *WHOLE} <= set(LEVELS["unit"])


@pytest.mark.parametrize(
    ("written", "listed"), [("12", "13"), ("12A", "12B"), ("121", "12"), ("21", "12"), ("12B", "12A")]
)
def test_numbers_are_never_nearly_right(written: str, listed: str) -> None:
    row = {"uprn": "1", "class": "RD04", "unit_text": "", "unit": "", "building": "", "number": listed}
    row |= {"street": "KING STREET", "town": "BARCHESTER", "postcode": "BA1 1AA"}
    place = Gazetteer.from_tables(tables_of([row]))
    assert explain(f"{listed} KING STREET", place, postcode="BA1 1AA")["uprn"].to_list() != []
    assert explain(f"{written} KING STREET", place, postcode="BA1 1AA").is_empty()


@pytest.mark.parametrize(
    ("written", "listed", "known", "level"),
    [
        ("KING STREET", "KING STREET", True, "equal"),
        ("KINGSTREET", "KING STREET", False, "equal"),
        ("FERNFEILD ROAD", "FERNFIELD ROAD", False, "close"),
        ("FERNFEILD ROAD", "FERNFIELD ROAD", True, "different"),
        ("FFORDD Y BRYN", "Y BRYN ROAD", True, "equal"),
        ("KING ROAD", "KING STREET", False, "kind"),
        ("KING", "KING STREET", False, "close"),
        ("5TH AVENUE", "6TH AVENUE", False, "different"),
        ("EM ROAD", "ELM ROAD", False, "slight"),
        ("LONG ARE ROAD", "LONG ACRE ROAD", False, "slight"),
        ("1 ACRE ROAD", "2 ACRE ROAD", False, "different"),
        ("WOODSIDE ROD", "WOODSIDE ROAD", False, "close"),
        ("OAK ROAD", "ASH ROAD", False, "different"),
        ("", "KING STREET", False, "missing"),
    ],
)
def test_streets_are_graded(written: str, listed: str, known: bool, level: str) -> None:
    assert street_level(written, listed, known) == level


@pytest.mark.parametrize(
    ("written", "listed", "level"),
    [
        ("THE RED LION", "RED LION", "equal"),
        ("ROSE COTAGE", "MILL FARM|ROSE COTTAGE", "close"),
        ("ROSE COTTAGE", "YEW COTTAGE", "different"),
        ("THE COTTAGE", "ROSE COTTAGE", "different"),
        ("RED LION", "RED LION PUBLIC HOUSE", "part"),
        ("EML HOUSE", "ELM HOUSE", "close"),
        ("BLOCK 1", "BLOCK 2", "different"),
        ("", "ROSE COTTAGE", "missing"),
    ],
)
def test_names_are_graded(written: str, listed: str, level: str) -> None:
    assert name_level(written, listed) == level


def test_streets_spelt_nearly_so_are_found_nearest_first() -> None:
    lexicon = Lexicon.of(["KING STREET", "KIND STREET", "OAK ROAD"], [], [])
    assert nearest_streets(["KINGG STREET"], lexicon)["KINGG STREET"][0] == "KING STREET"
    assert nearest_streets(["ZEBRA WAY"], lexicon) == {"ZEBRA WAY": []}
    assert nearest_streets([], lexicon) == {}
