import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gazetteer.formats import Tables, read_tables
from gazetteer.formats.addressbase import VERSION_1, VERSION_2
from gazetteer.formats.delivery_points import NUMBERED
from gazetteer.formats.dtf import LAYOUTS

FIXTURES = Path(__file__).parent / "fixtures"
VERSIONS = {1: FIXTURES / "barchester_abp_v1.csv", 2: FIXTURES / "barchester_abp_v2.csv"}


@pytest.fixture(scope="module", params=[1, 2], ids=["v1", "v2"])
def tables(request: pytest.FixtureRequest) -> Tables:
    return read_tables(VERSIONS[request.param])


def one(frame: pl.DataFrame, **wanted: Any) -> dict[str, Any]:
    return frame.filter(**wanted).to_dicts()[0]


@pytest.mark.parametrize("version", [1, 2])
def test_the_version_is_found_by_the_widths_of_the_records(version: int) -> None:
    assert read_tables(VERSIONS[version]).supply.dialect == f"AddressBase Premium v{version}"


@pytest.mark.parametrize("version", [1, 2])
def test_the_version_of_delivery_points_alone_is_found_by_their_codes(version: int, tmp_path: Path) -> None:
    lines = VERSIONS[version].read_text(encoding="utf-8").splitlines()
    path = tmp_path / "dpa.csv"
    path.write_text("\n".join(line for line in lines if line.startswith("28")), encoding="utf-8")
    read = read_tables(path)
    assert read.supply.dialect == f"AddressBase Premium v{version}"
    assert "51000001" in read.addresses["key"].to_list()


# Widths as the suppliers publish them: DTF 7.3, AddressBase Premium version 1, version 2.
WIDTHS = {"21": (23, 19, 22), "24": (30, 26, 26), "15": (9, 9, 13), "11": (20, 20, 24), "23": (11, 12, 12)}


@pytest.mark.parametrize("record", WIDTHS)
def test_layouts_have_the_widths_that_suppliers_publish(record: str) -> None:
    assert tuple(len(layouts[record].columns) for layouts in (LAYOUTS, VERSION_1, VERSION_2)) == WIDTHS[record]


def test_a_property_takes_its_class_its_areas_and_its_postcode(tables: Tables) -> None:
    found = one(tables.properties, uprn=10000004)
    wanted = {"class_code": "RD06", "ward": "E05009999", "parish": "E04009999", "postcode": "ZQ1 1AB", "postal": "D"}
    assert {name: found[name] for name in wanted} == wanted
    assert (found["parent_uprn"], found["custodian"], found["status"]) == (10000003, 9910, 1)


def test_only_version_2_has_latitudes() -> None:
    assert read_tables(VERSIONS[1]).properties["latitude"].null_count() == 8
    assert read_tables(VERSIONS[2]).properties["latitude"].to_list() == [50.7268511] * 8


def test_lpis_take_the_name_that_has_not_ended(tables: Tables) -> None:
    lion = one(tables.addresses, uprn=10000006, origin="lpi")
    assert (lion["organisation"], lion["pao_text"], lion["street"]) == (
        "THE RED LION",
        "THE RED LION, AND ANNEXE",
        "MILL LANE",
    )
    assert lion["postcode"] == "ZQ1 2AC"


def test_a_delivery_point_is_an_address_in_bs_7666_terms(tables: Tables) -> None:
    found = one(tables.addresses, uprn=10000006, origin="dpa")
    filled = {name: value for name, value in found.items() if value is not None}
    assert filled == {
        "uprn": 10000006,
        "key": "51000006",
        "origin": "dpa",
        "status": 1,
        "language": "ENG",
        "start": dt.date(2001, 5, 10),
        "organisation": "THE RED LION, ANNEXE",
        "pao_start": 4,
        "pao_end": 6,
        "street": "MILL LANE",
        "dependent_street": "MILL COURT",
        "locality": "UPPER END, LITTLE BARSET",
        "town": "BARCHESTER",
        "postcode": "ZQ1 2AC",
    }


def test_a_delivery_points_number_in_its_name_and_its_box_are_told_apart(tables: Tables) -> None:
    found = one(tables.addresses, uprn=10000007, origin="dpa")
    assert (found["pao_start"], found["pao_start_suffix"], found["pao_text"]) == (12, "A", "PO BOX 7")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("12A", ("12", "A", None, "")),
        ("4-6", ("4", "", "6", "")),
        ("4A-4C", ("4", "A", "4", "C")),
        ("5 THE OLD MILL", None),
        ("ROSE COTTAGE", None),
    ],
)
def test_which_building_names_are_numbers(name: str, parts: tuple[str | None, ...] | None) -> None:
    frame = pl.DataFrame({"name": [name]})
    groups = frame.select(pl.col("name").str.extract(NUMBERED, i).alias(str(i)) for i in range(1, 5)).row(0)
    assert tuple(part or None for part in groups) == tuple(part or None for part in parts or [None] * 4)


def test_a_delivery_point_with_a_welsh_name_is_written_twice(tables: Tables) -> None:
    both = tables.addresses.filter(key="51000004")["language", "street", "sao_text", "pao_start"].rows()
    assert sorted(both) == [("CYM", "STRYD Y BRENIN", "FLAT 1", 14), ("ENG", "KING STREET", "FLAT 1", 14)]


def test_an_ended_delivery_point_is_historical(tmp_path: Path) -> None:
    text = VERSIONS[2].read_text(encoding="utf-8")
    ended = text.replace('"12A",,', '"12A",,').replace("2026-10-01,2001-05-10,,", "2026-10-01,2001-05-10,2020-01-01,")
    path = tmp_path / "abp.csv"
    path.write_text(ended, encoding="utf-8")
    assert read_tables(path).addresses.filter(origin="dpa")["status"].unique().to_list() == [8]


def test_both_dialects_say_the_same_of_one_town(tables: Tables) -> None:
    dtf = read_tables(FIXTURES / "barchester_dtf.csv")
    same = [
        "uprn",
        "status",
        "state",
        "class_code",
        "parent_uprn",
        "postcode",
        "x",
        "y",
        "start",
        "end",
        "ward",
        "parish",
    ]
    assert tables.properties.select(same).equals(dtf.properties.select(same))
    lpis = tables.addresses.filter(origin="lpi")
    assert lpis.equals(dtf.addresses)
    assert tables.streets.drop("start").equals(dtf.streets.drop("start"))
    assert tables.successors.equals(dtf.successors)


def split(folder: Path, version: int, heading: str) -> None:
    lines = VERSIONS[version].read_text(encoding="utf-8").splitlines()
    for record in {line[:2] for line in lines}:
        rows = [line for line in lines if line.startswith(record)]
        (folder / f"ID{record}.csv").write_text("\n".join([heading, *rows]), encoding="utf-8")


@pytest.mark.parametrize("version", [1, 2])
def test_a_folder_of_one_file_for_each_record_is_the_same_gazetteer(version: int, tmp_path: Path) -> None:
    split(tmp_path, version, '"RECORD_IDENTIFIER","CHANGE_TYPE","PRO_ORDER"')
    whole, parts = read_tables(VERSIONS[version]), read_tables(tmp_path)
    assert parts.properties.equals(whole.properties)
    assert parts.addresses.equals(whole.addresses)
    assert parts.supply.counts == whole.supply.counts


def test_volumes_may_repeat_a_street(tmp_path: Path) -> None:
    lines = VERSIONS[2].read_text(encoding="utf-8").splitlines()
    streets = [line for line in lines if line[:2] in ("10", "11", "15")]
    rest = [line for line in lines if line[:2] not in ("10", "11", "15")]
    (tmp_path / "1.csv").write_text("\n".join(streets), encoding="utf-8")
    (tmp_path / "2.csv").write_text("\n".join([*streets, *rest]), encoding="utf-8")
    assert read_tables(tmp_path).streets.equals(read_tables(VERSIONS[2]).streets)
