"""The laws of placing that hold whatever the town: tried on the fixture and on small towns that Hypothesis draws."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from gazetteer import OUTCOMES, Address, Gazetteer, explain, explanation, find, parse, resolve
from gazetteer.examples import tables_of, town
from gazetteer.lexicon import Lexicon
from gazetteer.resolve import PLACEMENT

CASES = Path(__file__).parents[1] / "cases"
STREETS = (
    "OAKFIELD ROAD",
    "OAKFIELD CLOSE",
    "KING STREET",
    "MILL LANE",
    "ST JOHNS TERRACE",
    "FIFTH AVENUE",
    "FFORDD RHEDYN",
    "THE GREEN",
    "UPPER KING STREET",
)
TOWNS = ("BARCHESTER", "PLUMSTEAD EPISCOPI")
LOCALITIES = ("", "WESTHAM")
BUILDINGS = ("", "CHALTON COURT", "ROSE HOUSE", "TRINITY HALL")
NAMES = ("ROSE COTTAGE", "HOLLY HOUSE", "THE LODGE", "MILL FARM", "Y BWTHYN")
UNIT_SETS = (
    (("FLAT", "1"), ("FLAT", "2"), ("FLAT", "3")),
    (("FLAT", "A"), ("FLAT", "B")),
    (("BASEMENT FLAT", ""), ("GROUND FLOOR FLAT", ""), ("FIRST FLOOR FLAT", ""), ("TOP FLOOR FLAT", "")),
    (("FLAT 0/1", ""), ("FLAT 0/2", ""), ("FLAT 1/1", ""), ("FLAT 2/1", "")),
    (("ROOM", "1"), ("ROOM", "2")),
    (("UNIT", "4A"), ("UNIT", "4B")),
    (("PITCH", "11"), ("PITCH", "12")),
)
NOTHING = ("parent", "status", "address_status", "language", "organisation", "successor", "reference")
Row = dict[str, str]


def _row(uprn: int, **parts: str) -> Row:
    blank = dict.fromkeys(
        ("class", "unit_text", "unit", "building", "number", "street", "locality", "town", "postcode"), ""
    )
    return {"uprn": str(uprn), **dict.fromkeys(NOTHING, ""), **blank, **parts}


@st.composite
def towns(draw: st.DrawFn) -> list[Row]:
    """Draws a small town as rows of `examples.tables_of`: houses, ranges, named houses, buildings and their units."""
    rows: list[Row] = []
    for at, street in enumerate(draw(st.lists(st.sampled_from(STREETS), min_size=1, max_size=4, unique=True))):
        place = {"street": street, "town": draw(st.sampled_from(TOWNS)), "locality": draw(st.sampled_from(LOCALITIES))}
        place["postcode"] = f"BA1 {at + 1}A{draw(st.sampled_from('AB'))}"
        base = (at + 1) * 1000
        for number in draw(st.lists(st.sampled_from(("1", "2", "2A", "3", "12", "14")), max_size=5, unique=True)):
            rows.append(_row(base + len(rows), number=number, **place, **{"class": "RD04"}))
        if draw(st.booleans()):
            rows.append(_row(base + len(rows), number="20-22", **place, **{"class": "RD04"}))
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True)):
            rows.append(_row(base + len(rows), building=name, **place, **{"class": "RD02"}))
        for number in draw(st.lists(st.sampled_from(("30", "32", "34")), max_size=2, unique=True)):
            whole = {"building": draw(st.sampled_from(BUILDINGS)), "number": number, **place}
            parent = base + len(rows)
            rows.append(_row(parent, **whole, **{"class": "PP"}))
            for text, unit in draw(st.sampled_from(UNIT_SETS)):
                part = {"class": "RD06", "parent": str(parent), "unit_text": text, "unit": unit}
                rows.append(_row(base + len(rows), **whole, **part))
    return rows


@cache
def place() -> Gazetteer:
    return town(CASES / "gazetteer.csv")


def built(rows: list[Row]) -> Gazetteer:
    return Gazetteer.from_tables(tables_of(rows))


def asked(addresses: list[str | None], postcodes: list[str | None] | None = None) -> pl.DataFrame:
    columns = {"address": addresses, "postcode": postcodes or [None] * len(addresses)}
    return pl.DataFrame(columns, schema={"address": pl.String, "postcode": pl.String})


# Law 1: what an Address prints is read as that Address again.
LEXICON = Lexicon.of(STREETS, [*TOWNS, "WESTHAM"], [*BUILDINGS, *NAMES])
UNITS = (
    "FLAT 3",
    "FLAT B",
    "FLAT 12A",
    "BASEMENT FLAT",
    "GROUND FLOOR FLAT",
    "TOP FLOOR FLAT",
    "FLAT 2/1",
    "FLAT 1/L",
    "ROOM 5",
    "UNIT 4B",
    "PITCH 14",
    "BERTH 3",
    "PLOT 7",
    "ANNEXE",
    "FLAT",
    "GARAGE 4",
)
NUMBERS = ("1", "12A", "10-12", "2A-2C", "144HALF", "16-16A", "99999")


def _as_people_write(address: Address) -> bool:
    """A flat at the rear of a house is a flat of the house; beside it, nothing has flats."""
    return not (address.unit and address.relation)


@settings(max_examples=100)
@given(
    st.builds(
        Address,
        unit=st.sampled_from(("", *UNITS)),
        building=st.sampled_from(BUILDINGS),
        number=st.sampled_from(NUMBERS),
        street=st.sampled_from(STREETS),
        town=st.sampled_from(TOWNS),
        postcode=st.sampled_from(("", "BA1 1AA", "W1A 0AX")),
        relation=st.sampled_from(("", "", "REAR OF", "ADJACENT TO", "OPPOSITE")),
    ).filter(_as_people_write)
)
def test_what_an_address_prints_is_read_as_that_address_again(address: Address) -> None:
    assert parse(str(address), LEXICON) == address


@settings(max_examples=20)
@given(towns().filter(bool))
def test_reading_twice_reads_no_more(rows: list[Row]) -> None:
    gazetteer = built(rows)
    for text in gazetteer.variants["text"]:
        once = parse(text, gazetteer.lexicon)
        assert parse(str(once), gazetteer.lexicon) == once


# Law 2: every property's own text finds it; where two share a text, the answer is their tie.
@settings(max_examples=20)
@given(towns().filter(bool))
def test_a_propertys_own_text_finds_it(rows: list[Row]) -> None:
    gazetteer = built(rows)
    own = gazetteer.variants.select("uprn", address="text")
    twins = own.filter(pl.col("address").is_duplicated())["uprn"]
    for got in resolve(own.rename({"uprn": "truth"}), gazetteer).iter_rows(named=True):
        if got["truth"] in twins:
            assert got["outcome"] == "ambiguous"
            assert got["truth"] in got["rivals"]
        else:
            assert got["uprn"] == got["truth"], got


# Law 3: noise that keeps number, unit and street never leads to another property.
def _typo(street: str) -> str:
    """Swaps two letters of the longest word, if it is long enough to be known again."""
    word = max(street.split(), key=len)
    return street.replace(word, word[0] + word[2] + word[1] + word[3:]) if len(word) > 5 else street


def _unit_last(text: str) -> str:
    unit, _, rest = text.partition(", ")
    lines = rest.split(", ")
    return ", ".join([*lines[:-2], unit, *lines[-2:]]) if len(lines) > 3 else text


NOISE: dict[str, Callable[[str], str]] = {
    "small letters": str.lower,
    "no commas": lambda text: text.replace(",", ""),
    "abbreviations": lambda text: (
        text.replace(" STREET", " ST").replace(" ROAD", " RD").replace(" LANE", " Ln.").replace("AVENUE", "AVE")
    ),
    "another unit word": lambda text: text.replace("FLAT ", "APT ") if text.startswith("FLAT ") else text,
    "spacing": lambda text: text.replace(", ", " ,  "),
    "postcode glued": lambda text: text[:-4] + text[-3:],
    "town dropped": lambda text: text.replace(", BARCHESTER", "").replace(", PLUMSTEAD EPISCOPI", ""),
    "locality dropped": lambda text: text.replace(", WESTHAM", ""),
    "county": lambda text: f"{text[:-9]}, DEVON, {text[-7:]}",
    "person before": lambda text: f"MR A NOBODY, {text}",
}


@settings(max_examples=30)
@given(towns().filter(bool), st.lists(st.sampled_from(sorted(NOISE)), min_size=1, max_size=4, unique=True))
def test_noise_never_leads_to_another_property(rows: list[Row], kinds: list[str]) -> None:
    gazetteer = built(rows)
    own = gazetteer.variants.select("uprn", "text")
    noisy = own["text"].to_list()
    for kind in kinds:
        noisy = [NOISE[kind](text) for text in noisy]
    truth = dict(zip(own["uprn"], own["text"], strict=True))
    placed = resolve(asked(noisy), gazetteer)
    for uprn, got in zip(own["uprn"], placed.iter_rows(named=True), strict=True):
        assert got["uprn"] in (uprn, None), (truth[uprn], got)


@settings(max_examples=20)
@given(towns().filter(bool), st.sampled_from(("typo", "unit last", "number glued")))
def test_a_slip_may_lose_the_unit_but_never_finds_another(rows: list[Row], kind: str) -> None:
    gazetteer = built(rows)
    own = gazetteer.variants.select("uprn", "text", "street", "unit")
    noisy = []
    for _, text, street, unit in own.iter_rows():
        changed = text.replace(street, _typo(street)) if kind == "typo" else text
        changed = _unit_last(changed) if kind == "unit last" and unit else changed
        noisy.append(changed.replace(f" {street}", street) if kind == "number glued" else changed)
    placed = resolve(asked(noisy), gazetteer)
    for uprn, got in zip(own["uprn"], placed.iter_rows(named=True), strict=True):
        known = gazetteer.property(uprn)
        assert known is not None
        assert got["uprn"] in (uprn, known.parent, None), (known.text, got)


# Law 4: the order and the batching of rows do not matter; law 5: a frame keeps its rows and columns.
@settings(max_examples=6)
@given(towns().filter(bool), st.data())
def test_order_and_batching_do_not_matter(rows: list[Row], data: st.DataObject) -> None:
    gazetteer = built(rows)
    texts = gazetteer.variants["text"].to_list()
    texts = [*texts, *(text.lower().replace(" road", " raod") for text in texts), None, "", "NO FIXED ABODE", texts[0]]
    frame = asked(texts).with_row_index("at").with_columns(kept=pl.lit("as it was"))
    whole = resolve(frame, gazetteer)
    order = data.draw(st.permutations(range(len(frame))))
    cut = data.draw(st.integers(0, len(frame)))
    shuffled = frame[order]
    parts = pl.concat([resolve(shuffled[:cut], gazetteer), resolve(shuffled[cut:], gazetteer)])
    assert_frame_equal(parts.sort("at"), whole)
    assert whole.columns == [*frame.columns, *PLACEMENT]
    assert_frame_equal(whole.select(frame.columns), frame)


# Law 6: whatever was written has an answer with a reason, soon.
WORDS = "FLAT |1|12A|,|, |/|-|1/|KING STREET|REAR OF |MR |C/O |BA1 1AA|GROUND FLOOR |THE |AND |1F|BETWEEN |PO BOX |LAND"
PIECES = st.sampled_from([*WORDS.split("|"), *"\x00\u202e\u200b🏠½é\t('"])


@settings(max_examples=50)
@given(
    st.one_of(
        st.lists(PIECES, max_size=400).map("".join),
        st.tuples(PIECES, st.integers(1, 3000)).map(lambda pair: pair[0] * pair[1]),
        st.from_regex(
            r"(FLAT|UNIT)? ?[0-9A-Z/-]{0,12},? (THE )?([A-Z]+ ){0,4}(ST|RD)?,? ?[A-Z0-9 ]{0,9}", fullmatch=True
        ),
        st.text(st.characters(exclude_categories=[]), max_size=300),
    )
)
@example("\ud800")
@example("," * 500)
@example(" ".join(map(str, range(500))))
def test_whatever_was_written_has_an_answer_with_a_reason(text: str) -> None:
    printed = str(parse(text, place().lexicon))
    assert len(printed) <= 2 * len(text) + 200
    found = find(text, place())
    assert found.outcome in OUTCOMES
    assert found.reason or found.outcome == "exact"
    assert explain(text, place()).columns[:2] == ["uprn", "text"]


@pytest.mark.parametrize("text", ["1 ", "FLAT A ", ",", "½", "\ud800"])
def test_a_million_characters_are_no_trouble(text: str) -> None:
    long = text * (1_000_000 // len(text))
    assert find(long, place(), postcode=long).reason
    assert str(explanation(long, place()))
    if text != "\ud800":
        assert resolve(asked([long, long], [long, None]), place())["reason"].is_not_null().all()


def test_the_fixtures_own_texts_survive_noise() -> None:
    with (CASES / "gazetteer.csv").open(encoding="utf-8", newline="") as opened:
        listed = {int(row["uprn"]) for row in csv.DictReader(opened)}
    own = place().variants.filter(pl.col("status") != 8).select("uprn", "text")
    twins = {60040, 60041, 60050}
    for change in NOISE.values():
        placed = resolve(asked([change(text) for text in own["text"]]), place())
        for uprn, text, got in zip(own["uprn"], own["text"], placed.iter_rows(named=True), strict=True):
            assert got["uprn"] in (uprn, None) or uprn in twins, (text, got)
            assert got["uprn"] is None or got["uprn"] in listed
