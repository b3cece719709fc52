import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer import FormatError, Gazetteer, UnknownFormat, find
from gazetteer.formats import Tables, read_tables
from tests.gazetteer.products import LAYOUTS, row_of, text_of, write

CASES = Path(__file__).parents[1] / "cases" / "gazetteer_products.csv"
NAMES = {"plus": "AddressBase Plus", "core": "AddressBase Core", "standard": "AddressBase"}


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def first(product: str) -> dict[str, str]:
    return row_of(next(case["row"] for case in cases() if case["product"] == product))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['product']}: {case['what']}")
@pytest.mark.parametrize("header", [True, False], ids=["header", "no header"])
def test_a_row_is_found_by_what_one_types(case: dict[str, str], header: bool, tmp_path: Path) -> None:
    row = row_of(case["row"])
    path = write(tmp_path / "addresses.csv", case["product"], row, header=header)
    gazetteer = Gazetteer.read(path)
    assert gazetteer.supply.dialect == NAMES[case["product"]]
    found = find(case["finds"], gazetteer)
    assert (found.outcome, found.uprn) == ("exact", int(row.get("UPRN") or row["uprn"]))
    told = gazetteer.property(found.uprn or 0)
    assert told is not None
    assert told.text == case["text"]


@pytest.mark.parametrize(("product", "width"), [("plus", 77), ("core", 27), ("standard", 27)])
def test_layouts_have_the_widths_that_are_published(product: str, width: int) -> None:
    assert len(LAYOUTS[product]) == width


PLUS = row_of(
    "UPRN=10000004;UDPRN=51000004;STATE=2;CLASS=RD06;PARENT_UPRN=10000003;X_COORDINATE=293100.00;"
    "Y_COORDINATE=93100.00;LATITUDE=50.72;LONGITUDE=-3.53;LOCAL_CUSTODIAN_CODE=9910;SAO_START_NUMBER=1;SAO_TEXT=FLAT;"
    "PAO_START_NUMBER=14;USRN=14200002;STREET_DESCRIPTION=KING STREET;LOCALITY=BARSET;TOWN_NAME=BARCHESTER;"
    "ADMINISTRATIVE_AREA=BARSETSHIRE;POSTCODE_LOCATOR=ZQ1 1AB;SUB_BUILDING_NAME=FLAT 1;BUILDING_NUMBER=14;"
    "THOROUGHFARE=KING STREET;WELSH_THOROUGHFARE=STRYD Y BRENIN;POST_TOWN=BARCHESTER;POSTCODE=ZQ1 1AB;"
    "ADDRESSBASE_POSTAL=D;WARD_CODE=E05009999;PARISH_CODE=E04009999;VOA_CT_RECORD=700001;VOA_NDR_RECORD=800001;"
    "LEVEL=2;OFFICIAL_FLAG=Y;OS_TOPO_TOID=osgb1000000000000009;MULTI_OCC_COUNT=0"
)


@pytest.fixture
def plus(tmp_path: Path) -> Tables:
    return read_tables(write(tmp_path / "plus.csv", "plus", PLUS))


def test_plus_tells_the_facts_of_a_property(plus: Tables) -> None:
    assert plus.properties.to_dicts() == [
        {
            "uprn": 10000004,
            "status": 1,
            "state": 2,
            "class_code": "RD06",
            "parent_uprn": 10000003,
            "postcode": "ZQ1 1AB",
            "x": 293100.0,
            "y": 93100.0,
            "latitude": 50.72,
            "longitude": -3.53,
            "postal": "D",
            "custodian": 9910,
            "start": dt.date(2001, 5, 10),
            "end": None,
            "updated": dt.date(2026, 10, 1),
            "ward": "E05009999",
            "parish": "E04009999",
        }
    ]
    assert (plus.supply.custodian, plus.supply.date, plus.supply.counts) == (9910, dt.date(2026, 10, 1), {"rows": 1})


def test_plus_gives_the_councils_address_and_royal_mails_in_both_languages(plus: Tables) -> None:
    told = plus.addresses["origin", "language", "sao_text", "sao_start", "pao_start", "street", "key"].rows()
    assert sorted(told) == [
        ("dpa", "CYM", "FLAT 1", None, 14, "STRYD Y BRENIN", "51000004"),
        ("dpa", "ENG", "FLAT 1", None, 14, "KING STREET", "51000004"),
        ("lpi", "ENG", "FLAT", 1, 14, "KING STREET", "10000004"),
    ]


def test_valuation_records_are_cross_references(plus: Tables) -> None:
    told = plus.cross_references["uprn", "source", "reference"].rows()
    assert told == [(10000004, "7666VC", "700001"), (10000004, "7666VN", "800001")]


def test_a_valuation_record_of_nought_is_none(tmp_path: Path) -> None:
    row = {**PLUS, "VOA_CT_RECORD": "0", "VOA_NDR_RECORD": ""}
    assert read_tables(write(tmp_path / "plus.csv", "plus", row)).cross_references.is_empty()


@pytest.mark.parametrize(("state", "status"), [("", 1), ("1", 1), ("2", 1), ("3", 1), ("4", 8), ("6", 6)])
def test_plus_takes_the_status_from_the_state(state: str, status: int, tmp_path: Path) -> None:
    tables = read_tables(write(tmp_path / "plus.csv", "plus", {**PLUS, "STATE": state}))
    assert tables.properties["status"].to_list() == [status]
    assert tables.addresses.filter(origin="lpi")["status"].to_list() == [status]


def test_what_no_table_holds_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "plus.csv", "plus", {**PLUS, "OUR REF": "A7"}, more=["OUR REF", "EMPTY"])
    more = read_tables(path).more
    assert more["uprn", "os_topo_toid", "multi_occ_count", "OUR REF", "country"].rows() == [
        (10000004, "osgb1000000000000009", "0", "A7", "E")
    ]
    assert "EMPTY" not in more.columns


def test_a_header_may_come_in_any_order_and_case(tmp_path: Path) -> None:
    text = text_of("core", [first("core")]).splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join(",".join(reversed(line.split(","))) for line in text), encoding="utf-8")
    (tmp_path / "upper.csv").write_text("\n".join([text[0].upper(), text[1]]), encoding="utf-8")
    wanted = read_tables(write(tmp_path / "core.csv", "core", first("core")))
    for name in ("turned.csv", "upper.csv"):
        again = read_tables(tmp_path / name)
        assert again.supply.dialect == "AddressBase Core"
        assert again.addresses.equals(wanted.addresses)


def test_standard_may_shorten_the_names_of_its_coordinates(tmp_path: Path) -> None:
    text = text_of("standard", [{**first("standard"), "X_COORDINATE": "293000"}])
    for long, short in (("X_COORDINATE", "X"), ("Y_COORDINATE", "Y"), ("LATITUDE", "LAT"), ("LONGITUDE", "LONG")):
        text = text.replace(long, short, 1)
    path = tmp_path / "standard.csv"
    path.write_text(text, encoding="utf-8")
    tables = read_tables(path)
    assert tables.supply.dialect == "AddressBase"
    assert tables.properties["x"].to_list() == [293000.0]


def test_rows_without_a_header_that_fit_two_products_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("10000001,,51000001,,,U" + "," * 21 + "U\n", encoding="utf-8")
    with pytest.raises(UnknownFormat, match=r"fit AddressBase Core and AddressBase alike; expected a header row"):
        read_tables(path)


def test_rows_of_27_columns_that_fit_neither_product_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(",".join(["10000001", *["NO SUCH THING"] * 26]) + "\n", encoding="utf-8")
    with pytest.raises(UnknownFormat, match=r"line 1: 27 columns and no header row, and the first rows hold what"):
        read_tables(path)


@pytest.mark.parametrize(
    ("width", "like"), [(76, "AddressBase Plus"), (26, "AddressBase Core"), (60, "AddressBase Plus")]
)
def test_an_unknown_width_is_refused_with_the_nearest_layout(width: int, like: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("10000001" + "," * (width - 1) + "\n", encoding="utf-8")
    with pytest.raises(UnknownFormat) as raised:
        read_tables(path)
    said = str(raised.value)
    assert f"rows.csv: 1 fault\n  line 1: {width} columns and no header row" in said
    assert f"did you mean {like}?" in said
    assert "77 in AddressBase Plus" in said


@pytest.mark.parametrize("product", NAMES)
@pytest.mark.parametrize("header", [True, False], ids=["header", "no header"])
def test_a_row_of_another_width_is_told_with_its_line(product: str, header: bool, tmp_path: Path) -> None:
    lines = text_of(product, [first(product)] * 30, header=header).splitlines()
    lines[25] += ",more"
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(FormatError) as raised:
        read_tables(path)
    told = [fault for fault in raised.value.faults if fault.line == 26]
    assert f"{len(LAYOUTS[product]) + 1} columns; expected {len(LAYOUTS[product])}" in str(told[0])


FAULTS = [
    ("plus", "STATE_DATE", "01/02/2020", "a date as 2026-11-02"),
    ("plus", "CHANGE_TYPE", "X", "I, U or D"),
    ("plus", "UPRN", "", "a UPRN"),
    ("plus", "CLASS", "DWELLING", "a class as RD04"),
    ("core", "easting", "east", "a number"),
    ("core", "change_code", "X", "I, U or D"),
    ("standard", "UDPRN", "", "a UDPRN"),
    ("standard", "UDPRN", "ABC", "a UDPRN"),
]


@pytest.mark.parametrize(("product", "column", "value", "expected"), FAULTS)
def test_a_value_that_cannot_be_read_is_told(
    product: str, column: str, value: str, expected: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "rows.csv", product, {**first(product), column: value})
    with pytest.raises(FormatError) as raised:
        read_tables(path)
    assert [(fault.line, fault.column) for fault in raised.value.faults] == [(2, column.upper())]
    assert expected in str(raised.value)


def test_a_file_of_another_product_among_them_is_told(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "plus", PLUS, {**PLUS, "UPRN": "10000005"})
    write(tmp_path / "b.csv", "core", first("core"))
    with pytest.raises(FormatError, match=r"b\.csv.*\n.*another format; expected AddressBase Plus"):
        read_tables(tmp_path)


number = st.integers(1, 999)
street = st.sampled_from(["FERN ROAD", "KING STREET", "MILL LANE", "ST MARY'S CLOSE", "THE GREEN"])
flat = st.one_of(st.none(), st.integers(1, 30))
DAYS = "2001-05-10,,2019-08-29,2001-05-09"


def mixed(folder: Path, number: int, street: str, flat: int | None) -> None:
    """Writes the property as DTF 7.3 and as AddressBase Premium."""
    sao = f'{flat or ""},"",,"","{"FLAT" if flat else ""}"'
    named = f'15,"I",1,14200002,"{street}","","BARCHESTER","","ENG"'
    lpi = f'24,"I",3,7,"L7","ENG",1,{DAYS},{sao},{number},"",,"","",14200002'
    dtf = [
        named,
        f'21,"I",2,7,1,2,,"RD04",,1.0,2.0,1,9910,{DAYS},"","","","","",""',
        f'{lpi},"","Y","ZQ1 1AB","BARCHESTER","Y","","",""',
    ]
    premium = [
        f"{named},{DAYS}",
        f'21,"I",2,7,1,2,,,1.0,2.0,50.7,-3.5,1,9910,"E",{DAYS},"D","ZQ1 1AB",0',
        f'{lpi},1,"","","Y"',
    ]
    (folder / "dtf.csv").write_text("\n".join(dtf), encoding="utf-8")
    (folder / "premium.csv").write_text("\n".join(premium), encoding="utf-8")


def tabled(folder: Path, number: int, street: str, flat: int | None, line: str) -> None:
    """Writes the property in every published table."""
    unit, count = f"FLAT {flat}" if flat else "", str(number)
    council = {"SAO_TEXT": "FLAT" if flat else "", "SAO_START_NUMBER": str(flat or ""), "PAO_START_NUMBER": count}
    there = {"USRN": "14200002", "STREET_DESCRIPTION": street, "TOWN_NAME": "BARCHESTER", "POSTCODE_LOCATOR": "ZQ1 1AB"}
    write(folder / "plus.csv", "plus", {"UPRN": "7", **council, **there})
    core = {"uprn": "7", "classification_code": "RD", "sub_building": unit, "building_number": count}
    core |= {"street_name": street, "town_name": "BARCHESTER", "postcode": "ZQ1 1AB", "single_line_address": line}
    write(folder / "core.csv", "core", core)
    mail = {"UPRN": "7", "UDPRN": "51000001", "SUB_BUILDING_NAME": unit, "BUILDING_NUMBER": count}
    mail |= {"THOROUGHFARE": street, "POST_TOWN": "BARCHESTER", "POSTCODE": "ZQ1 1AB"}
    write(folder / "standard.csv", "standard", mail)
    ngd = {"uprn": "7", "classificationcode": "RD04", "subname": unit, "number": count, "usrn": "14200002"}
    ngd |= {"streetname": street, "townname": "BARCHESTER", "postcode": "ZQ1 1AB", "fulladdress": line}
    write(folder / "ngd.csv", "ngd", ngd)
    (folder / "flat.csv").write_text(f'UPRN,ADDRESS,POSTCODE\n7,"{line}",ZQ1 1AB\n', encoding="utf-8")


@settings(max_examples=8)
@given(number=number, street=street, flat=flat)
def test_one_property_is_found_by_its_own_text_whatever_the_format(
    number: int, street: str, flat: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("formats")
    parts = (f"FLAT {flat}" if flat else "", f"{number} {street}", "BARCHESTER", "ZQ1 1AB")
    line = ", ".join(part for part in parts if part)
    mixed(folder, number, street, flat)
    tabled(folder, number, street, flat, line)
    places = {path.stem: Gazetteer.read(path) for path in folder.iterdir()}
    assert len({place.supply.dialect for place in places.values()}) == 7
    for name, place in places.items():
        own = place.property(7)
        assert own is not None
        for asked in (line, own.text):
            found = find(asked, place)
            assert (found.outcome, found.uprn) == ("exact", 7), name
