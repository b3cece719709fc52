import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gazetteer.formats import Tables, read_tables
from gazetteer.formats.base import ADDRESSES, CROSS_REFERENCES, PROPERTIES, STREETS, SUCCESSORS

FIXTURES = Path(__file__).parent / "fixtures"
FLAT_1 = 10000004


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables(FIXTURES / "barchester_dtf.csv")


def one(frame: pl.DataFrame, **wanted: Any) -> dict[str, Any]:
    return frame.filter(**wanted).to_dicts()[0]


def test_the_supply_says_whose_gazetteer_it_is_and_as_of_when(tables: Tables) -> None:
    supply = tables.supply
    assert (supply.dialect, supply.custodian, supply.date) == ("DTF 7.3", 9910, dt.date(2026, 11, 1))
    assert supply.counts == {"10": 1, "11": 3, "12": 1, "15": 4, "21": 8, "22": 1, "23": 4, "24": 11, "30": 1, "99": 1}
    assert (supply.change_only, supply.complete, supply.encodings) == (False, True, ("utf-8",))


def test_each_table_has_the_columns_of_its_schema(tables: Tables) -> None:
    assert dict(tables.properties.schema) == PROPERTIES
    assert dict(tables.addresses.schema) == ADDRESSES
    assert dict(tables.streets.schema) == STREETS
    assert dict(tables.cross_references.schema) == CROSS_REFERENCES
    assert dict(tables.successors.schema) == SUCCESSORS


def test_a_property_takes_its_class_and_areas_from_the_blpu(tables: Tables) -> None:
    found = one(tables.properties, uprn=FLAT_1)
    assert found == {
        "uprn": FLAT_1,
        "status": 1,
        "state": 2,
        "class_code": "RD06",
        "parent_uprn": 10000003,
        "postcode": "ZQ1 1AB",
        "x": 293100.0,
        "y": 93100.0,
        "latitude": None,
        "longitude": None,
        "postal": "Y",
        "custodian": 9910,
        "start": dt.date(2001, 5, 10),
        "end": None,
        "updated": dt.date(2019, 8, 29),
        "ward": "E05009999",
        "parish": "E04009999",
    }


def test_an_address_takes_its_street_by_usrn_and_its_postcode_from_the_lpi(tables: Tables) -> None:
    found = one(tables.addresses, uprn=FLAT_1)
    filled = {name: value for name, value in found.items() if value is not None}
    assert filled == {
        "uprn": FLAT_1,
        "key": "9910L000000007",
        "origin": "lpi",
        "status": 1,
        "language": "ENG",
        "start": dt.date(2001, 5, 10),
        "sao_start": 1,
        "sao_text": "FLAT",
        "pao_start": 14,
        "usrn": 14200002,
        "street": "KING STREET",
        "town": "BARCHESTER",
        "postcode": "ZQ1 1AB",
        "official": "Y",
    }


def test_a_welsh_address_takes_the_welsh_name_of_its_street(tables: Tables) -> None:
    assert one(tables.addresses, language="CYM")["street"] == "STRYD Y BRENIN"


def test_an_address_takes_the_street_in_any_language_where_its_own_has_none(tmp_path: Path) -> None:
    text = (FIXTURES / "barchester_dtf.csv").read_text(encoding="utf-8").replace('"ENG",1,', '"GAE",1,')
    path = tmp_path / "llpg.csv"
    path.write_text(text, encoding="utf-8")
    gaelic = read_tables(path).addresses.filter(language="GAE")
    assert gaelic.filter(usrn=14200001)["street"].unique().to_list() == ["FERN ROAD"]


def test_ranges_suffixes_levels_and_commas_arrive(tables: Tables) -> None:
    ranged = one(tables.addresses, uprn=10000007)
    assert [ranged[f"pao_{part}"] for part in ("start", "start_suffix", "end", "end_suffix")] == [12, "A", 12, "C"]
    assert one(tables.addresses, uprn=10000005)["level"] == "2"
    assert one(tables.addresses, uprn=10000006)["pao_text"] == "THE RED LION, AND ANNEXE"


def test_the_organisation_of_a_blpu_stands_on_its_addresses(tables: Tables) -> None:
    assert tables.addresses.drop_nulls("organisation")["uprn", "organisation"].rows() == [(10000006, "THE RED LION")]


def test_cross_references_and_successors_arrive(tables: Tables) -> None:
    assert tables.cross_references.rows()[0] == (10000001, "CT", "BAR0001", dt.date(2001, 5, 10), None)
    assert tables.successors.rows() == [(10000008, 10000001, dt.date(2005, 1, 31), None)]


def test_the_dates_of_an_lpi_are_not_taken_for_those_of_its_updates(tables: Tables) -> None:
    historic = one(tables.addresses, key="9910L000000004")
    assert (historic["status"], historic["start"], historic["end"]) == (8, dt.date(2001, 5, 10), dt.date(2005, 1, 31))


def test_a_streets_dates_are_read_in_dtf_order(tables: Tables) -> None:
    assert one(tables.streets, usrn=14200001)["start"] == dt.date(1990, 1, 1)


def test_tables_are_sorted(tables: Tables) -> None:
    assert tables.properties["uprn"].is_sorted()
    assert tables.addresses.equals(tables.addresses.sort("uprn", "key"))
    assert tables.streets.equals(tables.streets.sort("usrn", "language"))


def test_the_order_of_lines_does_not_matter(tables: Tables, tmp_path: Path) -> None:
    header, *lines = (FIXTURES / "barchester_dtf.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "llpg.csv"
    path.write_text("\n".join([header, *reversed(lines)]), encoding="utf-8")
    turned = read_tables(path)
    assert turned.properties.equals(tables.properties)
    assert turned.addresses.equals(tables.addresses)
    assert turned.streets.equals(tables.streets)


def test_unknown_records_are_counted_and_a_strange_header_is_borne(tmp_path: Path) -> None:
    text = (FIXTURES / "barchester_dtf.csv").read_text(encoding="utf-8")
    text = text.replace('2026-11-01,1,2026-11-01,02:00:00,"7.3","F"', "20261101") + '41,"I",1,"new"\n41,"I",2,"new"\n'
    path = tmp_path / "llpg.csv"
    path.write_text(text, encoding="utf-8")
    supply = read_tables(path).supply
    assert supply.counts["41"] == 2
    assert supply.date == dt.date(2019, 8, 29)  # the latest update, for the header gives no date


def test_a_parent_of_nought_is_no_parent(tmp_path: Path) -> None:
    text = (FIXTURES / "barchester_dtf.csv").read_text(encoding="utf-8").replace('"RD06",10000003', '"RD06",0')
    path = tmp_path / "llpg.csv"
    path.write_text(text, encoding="utf-8")
    assert read_tables(path).properties["parent_uprn"].null_count() == 8


def test_a_supply_without_its_trailer_is_not_complete(tmp_path: Path) -> None:
    lines = (FIXTURES / "barchester_dtf.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "llpg.csv"
    for kept, complete in ((lines[:-1], False), ([*lines[:20], lines[-1]], False), (lines[1:], None)):
        path.write_text("\n".join(kept), encoding="utf-8")
        assert read_tables(path).supply.complete is complete
