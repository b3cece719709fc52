"""The gazetteer's files: the formats' own column counts and orders, and what a reader finds in them."""

import csv
import os
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from gazetteer.formats import read_tables
from svoc.rehearsal.gazetteer_files import write_addressbase, write_dtf
from svoc.rehearsal.gazetteer_layouts import ADDRESSBASE, DTF
from svoc.rehearsal.gazetteer_records import records_on
from svoc.rehearsal.places import World, build_world

Rows = list[list[str]]
WRITERS = {"dtf": write_dtf, "addressbase": write_addressbase}
# The width of each record: in DTF 7.3, and in AddressBase Premium version 2.
DTF_WIDTHS = {"10": 9, "11": 20, "15": 9, "21": 23, "23": 11, "24": 30, "29": 17, "30": 10, "99": 5}
ABP_WIDTHS = {
    "10": 9,
    "11": 24,
    "15": 13,
    "21": 22,
    "23": 12,
    "24": 26,
    "28": 29,
    "29": 17,
    "30": 10,
    "31": 11,
    "32": 12,
    "99": 5,
}


@cache
def town() -> World:
    return build_world(5, 600)


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("full")
    paths = {name: folder / f"{name}.csv" for name in WRITERS}
    for name, write in WRITERS.items():
        write(paths[name], town())
    return paths


@pytest.mark.parametrize(("name", "widths"), [("dtf", DTF_WIDTHS), ("addressbase", ABP_WIDTHS)])
def test_every_record_has_the_width_of_its_dialect(full: dict[str, Path], name: str, widths: dict[str, int]) -> None:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows_of(full[name]):
        found[row[0]].add(len(row))
    assert dict(found) == {record: {width} for record, width in widths.items()}


@pytest.mark.parametrize("name", WRITERS)
def test_records_are_numbered_and_counted_in_the_order_of_the_file(full: dict[str, Path], name: str) -> None:
    header, metadata, *records, trailer = rows_of(full[name])
    assert (header[0], metadata[0], trailer[0]) == ("10", "29", "99")
    assert [row[2] for row in records] == [str(number) for number in range(1, len(records) + 1)]
    assert {row[1] for row in records} == {"I"}
    assert header[-1] == "F"
    assert trailer[2] == str(len(records))


def test_texts_stand_in_quotes_and_numbers_and_dates_do_not(full: dict[str, Path]) -> None:
    lines = full["dtf"].read_text("utf-8").splitlines()
    blpu = next(line for line in lines if line.startswith("21,"))
    street = next(line for line in lines if line.startswith("15,"))
    assert blpu.startswith('21,"I",')
    assert street.count('"') == 2 * 6  # the change, and the five texts
    assert not any(cell.startswith('"2') for cell in blpu.split(","))


@pytest.mark.parametrize(
    ("record", "places"), [("21", {13: "start", 15: "updated"}), ("24", {7: "start", 10: "updated"})]
)
def test_dates_stand_where_dtf_has_them(full: dict[str, Path], record: str, places: dict[int, str]) -> None:
    """Start is column 14 of a BLPU and 8 of an LPI; last update is 16 of a BLPU, and 11, after entry, of an LPI."""
    records = records_on(town(), 0)
    frame = records.blpus if record == "21" else records.lpis
    by_key = {
        str(row["uprn"] if record == "21" else f"9980L{row['key'] + 1:09}"): row for row in frame.iter_rows(named=True)
    }
    written = [row for row in rows_of(full["dtf"]) if row[0] == record]
    assert len(written) == len(by_key)
    for row in written:
        known = by_key[row[3] if record == "21" else row[4]]
        for place, column in places.items():
            assert row[place] == str(known[column])


def test_dtf_holds_what_stands_on_the_blpu_and_on_the_lpi(full: dict[str, Path]) -> None:
    """Class, parent and ward are columns 8, 9 and 20 of a BLPU; postcode and post town 25 and 26 of an LPI."""
    known = {str(row["uprn"]): row for row in town().properties.iter_rows(named=True)}
    for row in rows_of(full["dtf"]):
        if row[0] == "21":
            own = known[row[3]]
            assert row[7] == own["blpu_class"]
            assert row[8] == str(own["parent_uprn"] or "")
            assert float(row[9]) == pytest.approx(own["x"])
            assert row[12] == "9980"
            assert row[17] == (own["organisation"] or "")
            assert row[18].startswith("E05")
        elif row[0] == "24" and row[6] == "1":
            assert row[24] == (known[row[3]]["postcode"] or "")
            assert row[25] == known[row[3]]["town"]
            assert row[21].isdigit()
            assert row[23] in ("Y", "N", "L")


def test_both_files_tell_of_the_same_properties_and_addresses(full: dict[str, Path]) -> None:
    dtf, addressbase = (read_tables(full[name]) for name in WRITERS)
    assert dtf.properties["uprn"].equals(addressbase.properties["uprn"])
    for column in ("status", "state", "class_code", "parent_uprn", "postcode", "x", "y", "start", "end"):
        assert dtf.properties[column].equals(addressbase.properties[column]), column
    lpis = [
        tables.addresses.filter(pl.col("origin") == "lpi")
        .select("uprn", "key", "status", "language", "sao_text", "pao_start", "pao_text", "street", "start", "end")
        .sort("key")
        for tables in (dtf, addressbase)
    ]
    assert lpis[0].equals(lpis[1])


def test_a_reader_finds_the_town_again(full: dict[str, Path]) -> None:
    world, tables = town(), read_tables(full["dtf"])
    listed = world.properties.filter(pl.col("listed") == 0)
    assert tables.properties["uprn"].to_list() == listed["uprn"].to_list()
    preferred = tables.addresses.filter(pl.col("status") == 1, pl.col("language") == "ENG")
    own = [
        "sao_start",
        "sao_text",
        "pao_start",
        "pao_start_suffix",
        "pao_end",
        "pao_text",
        "usrn",
        "street",
        "postcode",
    ]
    homes = world.on(0).select("uprn", *own)
    found = preferred.select("uprn", *own).join(homes, on=["uprn", *own], how="semi", nulls_equal=True)
    assert found.height == homes.height
    assert tables.supply.custodian == 9980
    assert not tables.supply.change_only


def test_references_lead_from_both_systems_to_the_property(full: dict[str, Path]) -> None:
    references = read_tables(full["dtf"]).cross_references
    homes = town().on(0)
    for source, column in (("CT", "council_tax_ref"), ("ER", "register_ref")):
        known = references.filter(pl.col("source") == source).join(
            homes, left_on=["uprn", "reference"], right_on=["uprn", column], how="semi"
        )
        assert 0.9 * homes.height < known.height < homes.height
    voa = read_tables(full["addressbase"]).cross_references
    assert set(voa["source"]) == {"7666VC"}


def test_delivery_points_differ_from_the_council_s_addresses_as_they_do(full: dict[str, Path]) -> None:
    points = [row for row in rows_of(full["addressbase"]) if row[0] == "28"]
    numbers, names = [row[9] for row in points], [row[8] for row in points]
    assert all(number == "" or number.isdigit() for number in numbers)
    assert any(name[:1].isdigit() and name[-1:].isalpha() for name in names)  # 12A is a building's name
    assert len({row[4] for row in points}) == len(points)  # a delivery point's own number
    homes = {str(uprn) for uprn in town().on(0)["uprn"]}
    assert len(homes - {row[3] for row in points}) > 0


@pytest.mark.parametrize("name", WRITERS)
def test_full_supply_and_changes_give_the_next_full_supply(name: str, tmp_path: Path) -> None:
    write = WRITERS[name]
    first, then, last = (tmp_path / f"{part}.csv" for part in ("first", "then", "last"))
    write(first, town(), night=0)
    write(then, town(), night=2, since=0)
    write(last, town(), night=2)
    told, whole = read_tables([first, then]), read_tables(last)
    for table in ("properties", "addresses", "streets", "cross_references", "successors"):
        ours, theirs = (getattr(tables, table) for tables in (told, whole))
        order = ours.columns
        assert ours.sort(order).equals(theirs.sort(order)), table


def test_a_change_only_file_holds_only_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    count = write_dtf(path, town(), night=1, since=0)
    header, _, *records, _ = rows_of(path)
    assert header[-1] == "C"
    assert count == len(records) < 100
    touched = {row[3] for row in records if row[0] == "21"}
    night = town().changes.filter(pl.col("night") == 1)
    expected = {str(uprn) for uprn in [*night["uprn"], *night["successor"].drop_nulls()]}
    merged = night.filter(pl.col("change") == "merged")["uprn"]
    homes = town().properties.filter(pl.col("uprn").is_in(merged.implode()))
    assert touched == expected | {str(uprn) for uprn in homes["parent_uprn"]}
    assert Counter(row[1] for row in records).keys() == {"I", "U"}


def test_a_quiet_night_has_an_empty_change_only_file(tmp_path: Path) -> None:
    assert write_dtf(tmp_path / "none.csv", town(), night=1, since=1) == 0


def test_writing_twice_gives_the_same_file(full: dict[str, Path], tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    write_addressbase(again, build_world(5, 600))
    assert again.read_bytes() == full["addressbase"].read_bytes()


HEADER_FILES = {
    10: "HEADER",
    11: "STREET",
    15: "STREETDESCRIPTOR",
    21: "BLPU",
    23: "XREF",
    24: "LPI",
    28: "DELIVERYPOINTADDRESS",
    29: "METADATA",
    30: "SUCCESSOR",
    31: "ORGANISATION",
    32: "CLASSIFICATION",
    99: "TRAILER",
}
# What our columns are called in the official header rows, where the names differ.
OFFICIAL = {
    "start": (
        "START_DATE",
        "ENTRY_DATE",
        "STATE_DATE",
        "BLPU_STATE_DATE",
        "STREET_START_DATE",
        "RECORD_ENTRY_DATE",
        "PROCESS_DATE",
    ),
    "end": ("END_DATE", "STREET_END_DATE"),
    "updated": ("LAST_UPDATE_DATE",),
    "uprn": ("UPRN",),
    "status": ("LOGICAL_STATUS",),
    "state": ("BLPU_STATE", "STATE"),
    "parent_uprn": ("PARENT_UPRN",),
    "postcode$": ("POSTCODE_LOCATOR", "POSTCODE"),
    "postal$": ("ADDRESSBASE_POSTAL",),
    "inside": ("MULTI_OCC_COUNT",),
    "sao_text$": ("SAO_TEXT",),
    "pao_start": ("PAO_START_NUMBER",),
    "pao_text$": ("PAO_TEXT",),
    "usrn": ("USRN",),
    "official$": ("OFFICIAL_FLAG",),
    "language$": ("LANGUAGE",),
    "reference$": ("CROSS_REFERENCE",),
    "source$": ("SOURCE",),
    "building_name$": ("BUILDING_NAME",),
    "building_number": ("BUILDING_NUMBER",),
    "sub_building$": ("SUB_BUILDING_NAME",),
    "thoroughfare$": ("THOROUGHFARE",),
    "dependent_locality$": ("DEPENDENT_LOCALITY",),
    "post_town$": ("POST_TOWN",),
    "suffix$": ("DELIVERY_POINT_SUFFIX",),
    "welsh$": ("WELSH_THOROUGHFARE",),
    "blpu_class$": ("CLASSIFICATION_CODE",),
    "successor": ("SUCCESSOR",),
    "custodian": ("LOCAL_CUSTODIAN_CODE", "SWA_ORG_REF_NAMING"),
}


@pytest.mark.parametrize("record", HEADER_FILES)
def test_addressbase_columns_are_those_of_the_official_header_files(record: int) -> None:
    if "SVOC_SAMPLES" not in os.environ:
        pytest.skip("SVOC_SAMPLES is not set: the official header files are not at hand")
    name = f"Record_{record}_{HEADER_FILES[record]}_Header.csv"
    path = Path(os.environ["SVOC_SAMPLES"]) / "gazetteer" / "headers" / name
    official = rows_of(path)[0]
    assert len(official) == ABP_WIDTHS[str(record)]
    if record in ADDRESSBASE:
        for ours, theirs in zip(ADDRESSBASE[record].columns, official[3:], strict=True):
            assert theirs in OFFICIAL.get(ours, (theirs,)), (ours, theirs)


def test_the_address_block_begins_at_the_twelfth_column_in_both_dialects() -> None:
    assert ADDRESSBASE[24].columns[8:18] == DTF[24].columns[8:18]
    assert DTF[24].columns[8] == "sao_start"
