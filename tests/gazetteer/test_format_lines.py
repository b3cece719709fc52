from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer.errors import GazetteerError
from gazetteer.formats import FORMATS, Tables, read_tables
from gazetteer.formats.lines import read_lines, table

FIXTURES = Path(__file__).parent / "fixtures"
GOOD = (FIXTURES / "barchester_dtf.csv").read_bytes()
WELSH = GOOD.decode().replace("STRYD Y BRENIN", "STRYD Y TŶ GŴYN")


def street(tables: Tables) -> str:
    return str(tables.streets.filter(language="CYM")["description"].item())


def write(folder: Path, data: bytes) -> Path:
    path = folder / "llpg.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_a_byte_order_mark_and_without(encoding: str, tmp_path: Path) -> None:
    assert street(read_tables(write(tmp_path, WELSH.encode(encoding)))) == "STRYD Y TŶ GŴYN"


def test_windows_1252_is_read_and_said(tmp_path: Path) -> None:
    text = GOOD.decode().replace("FERN ROAD", "CAFÉ ROAD – EAST")
    tables = read_tables(write(tmp_path, text.encode("cp1252")))
    assert tables.streets["description"][0] == "CAFÉ ROAD – EAST"
    assert tables.supply.encodings == ("cp1252",)


def test_one_line_of_windows_1252_does_not_garble_the_others(tmp_path: Path) -> None:
    data = WELSH.encode().replace(b"FERN ROAD", b"CAF\xc9 ROAD")
    tables = read_tables(write(tmp_path, data))
    assert (tables.streets["description"][0], street(tables)) == ("CAFÉ ROAD", "STRYD Y TŶ GŴYN")


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n\n", b"  \r\n"], ids=["dos", "mac", "blank", "spaces"])
def test_line_ends_of_every_system_are_read(end: bytes, tmp_path: Path) -> None:
    tables = read_tables(write(tmp_path, GOOD.replace(b"\n", end) + b"\x1a"))
    assert tables.addresses.equals(read_tables(FIXTURES / "barchester_dtf.csv").addresses)


def test_blank_lines_count_as_lines(tmp_path: Path) -> None:
    lines = read_lines(write(tmp_path, b"a\n\n\nb\n"))
    assert lines.frame["line", "text"].rows() == [(1, "a"), (4, "b")]


def test_a_line_broken_within_quotes_is_one_row(tmp_path: Path) -> None:
    tables = read_tables(write(tmp_path, GOOD.replace(b"FERN ROAD", b"FERN\nROAD")))
    assert tables.streets["description"][0] == "FERN ROAD"
    assert tables.supply.counts["15"] == 4


def test_the_shape_of_a_line_is_its_record_and_its_width(tmp_path: Path) -> None:
    data = b'21,"a, b",c\n"24",,\nUPRN,"say ""hi, there""",x\n15,a "b, c" d\n'
    shapes = read_lines(write(tmp_path, data)).frame["record", "width", "misquoted"].rows()
    assert shapes == [("21", 3, False), ("24", 3, False), (None, 3, False), ("15", 2, True)]


def test_doubled_quotes_are_one_quote(tmp_path: Path) -> None:
    tables = read_tables(write(tmp_path, GOOD.replace(b'"FERN ROAD"', b'"THE ""FERN"", ROAD"')))
    assert tables.streets["description"][0] == 'THE "FERN", ROAD'


@pytest.mark.parametrize("format_", FORMATS, ids=lambda each: each.name)
def test_every_format_understands_its_own_and_yields_tables(format_: object) -> None:
    names = {
        "AddressBase Premium v2": "abp_v2",
        "AddressBase Premium v1": "abp_v1",
        "DTF 7.3": "dtf",
        "AddressBase Plus": "plus",
        "AddressBase Core": "core",
        "AddressBase": "standard",
        "NGD addresses": "ngd",
    }
    [own] = [each for each in FORMATS if each is format_]
    files = [read_lines(FIXTURES / f"barchester_{names.get(own.name, 'flat')}.csv")]
    assert own.understands(files, None) == max(each.understands(files, None) for each in FORMATS) > 0
    tables = own.read(files, None)
    assert tables.properties["uprn"].is_sorted()
    assert tables.properties["uprn"].is_unique().all()
    assert set(tables.addresses["uprn"]) <= set(tables.properties["uprn"])


SUPPLIES = sorted(FIXTURES.glob("*.csv"))
JUNK = [b'"', b",", b"\n", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"D", b"99", b"10,", b"-1", b"1e5", b";", b"\t"]
EDITS = st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 300), st.sampled_from([b"", *JUNK])), max_size=4)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


def read_or_refusal(path: Path) -> Tables | GazetteerError:
    try:
        return read_tables(path)
    except GazetteerError as error:
        return error


@settings(deadline=None, max_examples=60)
@given(which=st.sampled_from(SUPPLIES), edits=EDITS)
def test_a_damaged_file_is_read_or_refused_in_words(
    which: Path, edits: list[tuple[int, int, bytes]], scratch: Path
) -> None:
    data = which.read_bytes()
    for place, cut, junk in edits:
        data = data[:place] + junk + data[place + cut :]
    answer = read_or_refusal(write(scratch, data))
    if isinstance(answer, Tables):
        assert answer.properties["uprn"].is_unique().all()
    else:
        assert "llpg.csv" in str(answer)


@settings(deadline=None, max_examples=60)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data: bytes, scratch: Path) -> None:
    answer = read_or_refusal(write(scratch, data))
    assert isinstance(answer, Tables) or "llpg.csv" in str(answer)


def test_a_line_that_is_too_long_is_a_fault_of_its_line(tmp_path: Path) -> None:
    lines = read_lines(write(tmp_path, b"a\n" + b"b" * 100_001 + b"\n" + b"c" * 100_000 + b"\n"))
    assert [(f.line, f.expected) for f in lines.faults] == [(2, "at most 100,000")]
    assert lines.frame["line"].to_list() == [1, 3]


def test_a_line_that_begins_as_an_archive_does_is_a_line(tmp_path: Path) -> None:
    """Polars would unpack it, and a small file become a large one."""
    lines = read_lines(write(tmp_path, b"x\x011,a\n2,b\n"))
    assert table(lines.frame["text"], ["one", "other"]).rows() == [("x\x011", "a"), ("2", "b")]
