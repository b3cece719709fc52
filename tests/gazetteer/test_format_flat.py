import datetime as dt
from pathlib import Path

import pytest

from gazetteer.errors import FormatError, MissingInput
from gazetteer.formats import Tables, read_tables

FIXTURE = Path(__file__).parent / "fixtures" / "barchester_flat.csv"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables(FIXTURE)


def read(folder: Path, text: str, **columns: str | list[str]) -> Tables:
    path = folder / "view.csv"
    path.write_text(text, encoding="utf-8")
    return read_tables(path, columns=columns or None)


def test_a_well_known_header_needs_no_mapping(tables: Tables) -> None:
    assert tables.supply.dialect == "flat view"
    assert tables.supply.counts == {"rows": 6}
    assert tables.properties["uprn", "status", "class_code", "postcode", "x"].rows() == [
        (10000001, 1, "RD04", "ZQ1 1AA", 293000.12),
        (10000002, 1, "RD04", "ZQ1 1AA", 293010.0),
        (10000003, 1, "PP", "ZQ1 1AB", 293100.0),
        (10000004, 1, "RD06", "ZQ1 1AB", 293100.0),
        (10000008, 8, "RD02", "ZQ1 1AA", 293000.0),
    ]


def test_every_row_is_an_address_in_one_line(tables: Tables) -> None:
    ours = tables.addresses.filter(uprn=10000001)["status", "text", "usrn", "origin"].rows()
    assert ours == [
        (1, "1 FERN ROAD, LITTLE BARSET, BARCHESTER", 14200001, "flat"),
        (3, "IVY COTTAGE, FERN ROAD, LITTLE BARSET, BARCHESTER", 14200001, "flat"),
    ]
    assert tables.addresses["key"].n_unique() == 6


def test_a_postcode_at_the_end_of_an_address_is_found(tables: Tables) -> None:
    assert tables.addresses.filter(uprn=10000002)["postcode"].to_list() == ["ZQ1 1AA"]


HEADERS = [
    "UPRN,ADDRESS,POSTCODE",
    "uprn,full_address,post_code",
    "Uprn,Single Line Address,Postal Code",
    '"UPRN","Address","PostCode"',
    "\ufeffUPRN,ADDRESS,POSTCODE",
    "sep=,\nUPRN,ADDRESS,POSTCODE",
]


@pytest.mark.parametrize("header", HEADERS)
def test_headers_are_known_in_any_case_and_spacing(header: str, tmp_path: Path) -> None:
    found = read(tmp_path, f'{header}\n00010000001,"1 FERN ROAD, BARCHESTER",zq11aa\n').addresses
    assert found["uprn", "text", "postcode"].rows() == [(10000001, "1 FERN ROAD, BARCHESTER", "ZQ1 1AA")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_other_separators_are_found(separator: str, tmp_path: Path) -> None:
    rows = [["UPRN", "ADDRESS", "POSTCODE", "CLASS"], ["10000001", '"1 FERN ROAD, BARCHESTER"', "ZQ1 1AA", ""]]
    found = read(tmp_path, "\n".join(separator.join(row) for row in rows)).addresses
    assert found["uprn", "text", "postcode"].rows() == [(10000001, "1 FERN ROAD, BARCHESTER", "ZQ1 1AA")]


def test_columns_of_any_name_are_mapped(tmp_path: Path) -> None:
    text = "prop,where,pc,cls\n10000001,1 FERN ROAD,ZQ1 1AA,RD04\n"
    found = read(tmp_path, text, uprn="prop", address="where", postcode="pc", class_code="cls")
    assert found.properties["uprn", "class_code"].rows() == [(10000001, "RD04")]
    assert found.addresses["text", "postcode"].rows() == [("1 FERN ROAD", "ZQ1 1AA")]


def test_a_mapped_address_may_be_several_columns(tmp_path: Path) -> None:
    text = "UPRN,a,b,c\n10000001,FLAT 1,,KING STREET\n10000002,FLAT 2,14,KING STREET\n"
    found = read(tmp_path, text, address=["a", "b", "c"]).addresses["text"].to_list()
    assert found == ["FLAT 1, KING STREET", "FLAT 2, 14, KING STREET"]


def test_numbered_address_columns_are_joined_in_order(tmp_path: Path) -> None:
    text = "UPRN,Address Line 2,Address Line 1\n10000001,KING STREET,FLAT 1\n"
    assert read(tmp_path, text).addresses["text"].to_list() == ["FLAT 1, KING STREET"]


def test_parts_of_an_address_are_kept_as_parts(tmp_path: Path) -> None:
    text = (
        "UPRN,SAO_TEXT,PAO_START_NUMBER,PAO_START_SUFFIX,STREET_DESCRIPTION,USRN,TOWN_NAME,ADDRESS\n"
        "10000001,TOP FLOOR,12,A,KING STREET,14200002,BARCHESTER,TOP FLOOR 12A KING STREET\n"
    )
    tables = read(tmp_path, text)
    parts = tables.addresses["sao_text", "pao_start", "pao_start_suffix", "street", "town", "text"].rows()
    assert parts == [("TOP FLOOR", 12, "A", "KING STREET", "BARCHESTER", None)]
    assert tables.streets["usrn", "description", "town"].rows() == [(14200002, "KING STREET", "BARCHESTER")]


def test_spreadsheets_whole_numbers_and_the_dates_that_councils_write_are_read(tmp_path: Path) -> None:
    text = (
        "UPRN,ADDRESS,USRN,START_DATE,LAST_UPDATE_DATE\n"
        "10000001.0,1 FERN ROAD,14200001.00,02/11/2001,2019/08/29 10:22:33+00\n"
    )
    tables = read(tmp_path, text)
    assert tables.addresses["usrn", "start"].rows() == [(14200001, dt.date(2001, 11, 2))]
    assert tables.supply.date == dt.date(2019, 8, 29)


@pytest.mark.parametrize(
    ("word", "status"),
    [("1", 1), ("Approved", 1), ("LIVE", 1), ("provisional", 6), ("Historic", 8), ("alternative", 3), ("", 1)],
)
def test_statuses_are_codes_or_words(word: str, status: int, tmp_path: Path) -> None:
    found = read(tmp_path, f"UPRN,ADDRESS,STATUS\n10000001,1 FERN ROAD,{word}\n")
    assert found.addresses["status"].to_list() == [status]


def test_a_property_speaks_by_its_approved_address_whatever_the_order_of_rows(tmp_path: Path) -> None:
    text = "UPRN,ADDRESS,POSTCODE,STATUS\n1,OLD,ZQ1 1AA,8\n1,NEW,ZQ1 1AB,1\n1,OTHER,ZQ1 1AC,3\n"
    assert read(tmp_path, text).properties["status", "postcode"].rows() == [(1, "ZQ1 1AB")]


def test_two_approved_addresses_in_two_languages_are_no_fault(tmp_path: Path) -> None:
    text = "UPRN,ADDRESS,LANGUAGE\n1,14 KING STREET,ENG\n1,14 STRYD Y BRENIN,CYM\n"
    assert read(tmp_path, text).addresses.height == 2


def test_columns_that_are_not_there_are_all_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(MissingInput) as raised:
        read(tmp_path, "UPRN,FULL,PCODE\n1,1 FERN ROAD,ZQ1 1AA\n", address="FUL", postcode="PCOD", clas_code="FULL")
    text = str(raised.value)
    assert "view.csv: there is no column FUL (for address); did you mean FULL?" in text
    assert "there is no column PCOD (for postcode); did you mean PCODE?" in text
    assert "clas_code is no column of a gazetteer; did you mean class_code?" in text


def test_a_view_without_addresses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="there is no column ADDRESS; did you mean ADRESS"):
        read(tmp_path, "UPRN,ADRESS\n1,1 FERN ROAD\n")


def test_a_view_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="there is no row below the header"):
        read(tmp_path, "UPRN,ADDRESS\n")


def test_several_flat_files_are_one_gazetteer(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("UPRN,ADDRESS\n1,1 FERN ROAD\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("UPRN,ADDRESS,POSTCODE\n2,2 FERN ROAD,ZQ1 1AA\n", encoding="utf-8")
    assert read_tables(tmp_path).addresses["uprn", "postcode"].rows() == [(1, None), (2, "ZQ1 1AA")]
