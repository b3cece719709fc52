"""Which addresses may be placed on, under which names of their streets, in every dialect of mixed records."""

import csv
from pathlib import Path

import polars as pl
import pytest

from gazetteer import Gazetteer, find, resolve
from gazetteer.examples import barchester
from gazetteer.formats import read_tables

CASES = Path(__file__).parents[1] / "cases"
DIALECTS = ("dtf", "abp")
DATES = "2001-05-10,,2019-08-29,2001-05-09"


def cases(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def blpu(dialect: str, uprn: int, status: str) -> str:
    if dialect == "dtf":
        return f'21,"I",1,{uprn},{status},2,,"RD04",,1.0,2.0,1,9910,{DATES},"","","","","",""'
    return f'21,"I",1,{uprn},{status},2,,,1.0,2.0,50.7,-3.5,1,9910,"E",{DATES},"D","ZQ1 1AA",0'


def lpi(dialect: str, uprn: int, status: str, number: int, language: str = "ENG", key: str = "") -> str:
    own = key or f"L{uprn}"
    start = f'24,"I",2,{uprn},"{own}","{language}",{status},{DATES},,"",,"","",{number},"",,"","",14200001,'
    return start + ('"","Y","ZQ1 1AA","BARCHESTER","Y","","",""' if dialect == "dtf" else '1,"","","Y"')


def street(dialect: str, record_type: str = "1") -> str:
    if dialect == "dtf":
        return f'11,"I",3,14200001,{record_type},9910,2,,1,8,"0",,,1990-01-01,,1.0,2.0,3.0,4.0,10'
    return f'11,"I",3,14200001,{record_type},9910,2,,1,8,"0",1990-01-01,,,,1.0,2.0,50.7,-3.5,3.0,4.0,50.7,-3.5,10'


def descriptor(dialect: str, name: str, language: str = "ENG", end: str = "") -> str:
    start = f'15,"I",4,14200001,"{name}","","BARCHESTER","BARSETSHIRE","{language}"'
    return start if dialect == "dtf" else f"{start},{'1990-01-01' if end else '2001-05-10'},{end},2019-08-29,2001-05-09"


def gazetteer(folder: Path, *lines: str) -> Gazetteer:
    path = folder / "llpg.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return Gazetteer.read(path)


@pytest.mark.parametrize("case", cases("gazetteer_standing.csv"), ids=lambda case: case["what"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_which_statuses_an_address_is_placed_on(dialect: str, case: dict[str, str], tmp_path: Path) -> None:
    other = (blpu(dialect, 8, "1"), lpi(dialect, 8, "1", 80))
    place = gazetteer(
        tmp_path,
        street(dialect),
        descriptor(dialect, "FERN ROAD"),
        blpu(dialect, 7, case["blpu"]),
        lpi(dialect, 7, case["lpi"], 5),
        *other,
    )
    found = find(case["typed"], place)
    expected = (case["outcome"], 7) if case["outcome"] != "none" else ("street", None)
    assert (found.outcome, found.uprn) == expected


@pytest.mark.parametrize("status", ["5", "7", "9"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_rejected_property_is_not_known(dialect: str, status: str, tmp_path: Path) -> None:
    reference = '23,"I",9,7,"X7",,,,,"CT0007","CT"' if dialect == "dtf" else '23,"I",9,7,"X7","CT0007","","7666VC",,,,'
    place = gazetteer(
        tmp_path,
        street(dialect),
        descriptor(dialect, "FERN ROAD"),
        *(
            line
            for uprn, state in ((7, status), (8, "1"))
            for line in (blpu(dialect, uprn, state), lpi(dialect, uprn, "1", uprn))
        ),
        reference,
        reference.replace('I",9,7,"X7"', 'I",9,8,"X8"'),
    )
    assert not place.knows(7)
    assert place.property(7) is None
    assert place.properties["uprn"].to_list() == [8]
    assert place.references["uprn"].to_list() == [8], "a reference that only one standing property bears"
    asked = {"address": ["8 fern road"], "postcode": ["ZQ1 1AA"], "uprn": [7]}
    answer = resolve(pl.DataFrame(asked), place)
    assert answer["uprn"].to_list() == [8], "a supplied UPRN that was rejected counts for nothing"


# DTF dates no descriptors: a former name of a street is an LPI of its own there.
STREETS = [
    pytest.param(dialect, case, id=f"{dialect}: {case['what']}")
    for case in cases("gazetteer_streets.csv")
    for dialect in DIALECTS
    if dialect == "abp" or "until" not in case["descriptors"]
]


@pytest.mark.parametrize(("dialect", "case"), STREETS)
def test_an_address_is_found_by_every_name_of_its_street(dialect: str, case: dict[str, str], tmp_path: Path) -> None:
    named = []
    for told in case["descriptors"].split("; "):
        name, _, end = told[4:].partition(" until ")
        named.append(descriptor(dialect, name, told[:3], end))
    language, status = case["lpi"].split()
    place = gazetteer(
        tmp_path,
        street(dialect, case["record_type"]),
        *named,
        blpu(dialect, 7, "1"),
        lpi(dialect, 7, status, 5, language),
    )
    assert place.tables.streets["record_type"].unique().to_list() == [int(case["record_type"])]
    found = find(case["typed"], place)
    assert (found.outcome, found.uprn) == (case["outcome"], 7)


def test_the_councils_own_text_stays_the_name_today(tmp_path: Path) -> None:
    place = gazetteer(
        tmp_path,
        street("abp"),
        descriptor("abp", "FERN ROAD"),
        descriptor("abp", "A FORMER LANE", end="2019-05-01"),
        descriptor("abp", "A RHEDYN", "CYM"),
        blpu("abp", 7, "1"),
        lpi("abp", 7, "1", 5),
    )
    told = place.property(7)
    assert told is not None
    assert told.text == "5 FERN ROAD, BARCHESTER, ZQ1 1AA"


def organisation(key: str, name: str, legal: str, end: str = "") -> str:
    return f'31,"I",5,7,"{key}","{name}","{legal}",2001-05-10,{end},2019-08-29,2001-05-09'


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ("the red lion fern road zq1 1aa", "exact"),
        ("barset taverns limited fern road zq1 1aa", "exact"),
        ("barset sewing circle fern road zq1 1aa", "exact"),
        ("the old lion fern road zq1 1aa", "street"),
    ],
)
def test_a_property_is_found_by_all_who_stand_there_and_by_their_legal_names(
    typed: str, outcome: str, tmp_path: Path
) -> None:
    place = gazetteer(
        tmp_path,
        street("abp"),
        descriptor("abp", "FERN ROAD"),
        blpu("abp", 7, "1"),
        lpi("abp", 7, "1", 5),
        organisation("O1", "THE OLD LION", "", end="2004-01-01"),
        organisation("O2", "BARSET SEWING CIRCLE", ""),
        organisation("O3", "THE RED LION", "BARSET TAVERNS LIMITED"),
        blpu("abp", 8, "1"),
        lpi("abp", 8, "1", 80),
    )
    assert find(typed, place).outcome == outcome


def classification(code: str, scheme: str, start: str, end: str = "") -> str:
    return f'32,"I",6,7,"C{code}","{code}","{scheme}",1.0,{start},{end},2019-08-29,2001-05-09'


NATIONAL, VALUATION = "AddressBase Premium Classification Scheme", "VOA Special Category"


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([("CR08", NATIONAL, "2001-05-10", ""), ("249G", VALUATION, "2015-04-01", "")], "CR08"),
        ([("249G", VALUATION, "2015-04-01", "")], "249G"),
        ([("CR08", NATIONAL, "2001-05-10", "2010-01-01"), ("CR07", NATIONAL, "2010-01-01", "")], "CR07"),
    ],
    ids=["the national scheme", "the only scheme", "the latest"],
)
def test_a_propertys_class_is_of_the_national_scheme(
    rows: list[tuple[str, str, str, str]], wanted: str, tmp_path: Path
) -> None:
    path = tmp_path / "abp.csv"
    path.write_text("\n".join([blpu("abp", 7, "1"), *(classification(*row) for row in rows)]), encoding="utf-8")
    assert read_tables(path).properties["class_code"].to_list() == [wanted]


def successor(uprn: int, later: int) -> str:
    return f'30,"I",7,{uprn},"S{uprn}{later}",2005-01-31,,2019-08-29,2005-02-01,{later}'


def test_a_chain_of_successors_ends_with_those_that_stand(tmp_path: Path) -> None:
    statuses = {1: "8", 2: "8", 3: "1", 4: "1", 5: "7", 6: "8"}
    pairs = [(1, 2), (2, 3), (2, 4), (2, 5), (6, 5)]
    place = gazetteer(
        tmp_path, *(blpu("abp", u, s) for u, s in statuses.items()), *(successor(*pair) for pair in pairs)
    )
    assert place.current(1) == (3, 4), "through the one between, and not to what was rejected"
    assert place.current(6) == (6,)


def test_the_example_knows_all_its_properties() -> None:
    place = barchester()
    assert place.properties.equals(place.tables.properties)
