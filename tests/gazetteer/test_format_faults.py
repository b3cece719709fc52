import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from gazetteer.errors import Fault, FormatError, GazetteerError, MissingInput, UnknownFormat
from gazetteer.formats import read_tables

FIXTURES = Path(__file__).parent / "fixtures"
CASES = Path(__file__).parents[1] / "cases" / "gazetteer_faults.csv"


def good(name: str) -> str:
    return (FIXTURES / f"barchester_{name}.csv").read_text(encoding="utf-8")


def faults_of(path: Path) -> Sequence[Fault]:
    with pytest.raises(FormatError) as raised:
        read_tables(path)
    assert raised.value.file == path.name
    return raised.value.faults


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['file']}: {case['what']}")
def test_a_fault_is_told_with_its_line_and_column(case: dict[str, str], tmp_path: Path) -> None:
    text = good(case["file"])
    assert case["find"] in text, "the case no longer fits the fixture"
    path = tmp_path / "bad.csv"
    path.write_text(text.replace(case["find"], case["replace"], 1), encoding="utf-8")
    faults = faults_of(path)
    told = [fault for fault in faults if fault.line == int(case["line"])]
    assert [fault.column for fault in told] == [case["column"] or None]
    assert case["says"] in str(told[0])


def test_all_faults_of_a_file_are_told_together_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = good("dtf").replace("2019-08-29", "2019-08-32").replace('15,"I"', '15,"Q"').replace('"PP"', '"PP')
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    faults = faults_of(path)
    assert {fault.column for fault in faults} == {"LAST_UPDATE_DATE", "CHANGE_TYPE", None}
    assert [fault.line for fault in faults] == sorted(fault.line or 0 for fault in faults)


def test_a_file_wrong_on_every_line_shows_fifty_faults_and_counts_all(tmp_path: Path) -> None:
    lines = [f"{uprn},1 FERN ROAD,ZQ1 1AA" for uprn in range(1, 5001)]
    path = tmp_path / "bad.csv"
    path.write_text("\n".join(["UPRN,ADDRESS,POSTCODE,STATUS", *lines]), encoding="utf-8")
    with pytest.raises(FormatError) as raised:
        read_tables(path)
    text = str(raised.value)
    assert raised.value.total == 5000
    assert "5000 faults" in text
    assert "and 4950 more" in text
    assert text.count("3 columns") == 50


def test_a_message_quotes_no_address(tmp_path: Path) -> None:
    spoilt = good("dtf").replace('"FERN ROAD"', '"SECRET LANE').replace("10000001,1,", "SECRET,1,")
    path = tmp_path / "bad.csv"
    path.write_text(spoilt, encoding="utf-8")
    with pytest.raises(FormatError) as raised:
        read_tables(path)
    assert "SECRET" not in str(raised.value)


def test_the_faults_of_several_files_each_name_their_file(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        text = good("dtf").replace('21,"I"', '21,"Z"')
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FormatError) as raised:
        read_tables(tmp_path)
    assert {fault.file for fault in raised.value.faults} == {"one.csv", "two.csv"}
    assert str(raised.value).startswith("2 files: 16 faults")


def test_a_property_in_two_full_files_is_a_fault_of_the_second(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(good("dtf"), encoding="utf-8")
    faults = faults_of_folder(tmp_path)
    assert {fault.file or "two.csv" for fault in faults} == {"two.csv"}
    # Streets are given again in every volume and are no fault.
    assert {fault.column for fault in faults} == {"UPRN", "LPI_KEY"}


def faults_of_folder(folder: Path) -> Sequence[Fault]:
    with pytest.raises(FormatError) as raised:
        read_tables(folder)
    return raised.value.faults


def test_a_missing_file_names_the_nearest_that_there_is(tmp_path: Path) -> None:
    (tmp_path / "llpg.csv").write_text(good("dtf"), encoding="utf-8")
    with pytest.raises(MissingInput, match=r"there is no such file; did you mean llpg\.csv\?"):
        read_tables(tmp_path / "lpg.csv")


def test_a_missing_folder_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="there is no such file"):
        read_tables(tmp_path / "nowhere" / "llpg.csv")


def test_an_empty_folder_holds_no_gazetteer(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"no \.csv or \.txt file"):
        read_tables(tmp_path)


def test_no_files_at_all_is_refused() -> None:
    with pytest.raises(MissingInput, match="no gazetteer file was named"):
        read_tables([])


@pytest.mark.parametrize("data", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", b"\x1a"], ids=["bytes", "lines", "mark", "end"])
def test_an_empty_file_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(data)
    assert [fault.message for fault in faults_of(path)] == ["the file is empty"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04\x14\x00", "a spreadsheet or a zip archive"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"PAR1\x15\x04", "a parquet file"),
        (b"dear sir,\nplease find attached", "no row begins with a record identifier"),
        (b"name,colour\na,b\n", "the first names no column UPRN"),
        (b"UPNR,ADDRESS\n1,1 FERN ROAD\n", "did you mean UPNR?"),
        (bytes(range(1, 256)) * 5, "bad.csv"),
        (b"x" * 300_000, "bad.csv"),
    ],
    ids=["zip", "gzip", "parquet", "letter", "other table", "misspelt", "binary", "one long line"],
)
def test_what_is_no_gazetteer_is_an_unknown_format(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    with pytest.raises(UnknownFormat) as raised:
        read_tables(path)
    assert says in str(raised.value)


def test_a_nul_byte_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(good("dtf").encode().replace(b'"FERN ROAD"', b'"FERN\x00 ROAD"'))
    assert [(fault.line, fault.message) for fault in faults_of(path)] == [(3, "a NUL byte")]


def test_a_byte_of_no_alphabet_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(good("dtf").encode().replace(b'"FERN ROAD"', b'"FERN\x81ROAD"'))
    assert [fault.line for fault in faults_of(path)] == [3]


def test_lines_of_no_known_width_are_faults_and_not_an_unknown_format(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text('21,"I",1,10000001,1\n24,"I",2\n', encoding="utf-8")
    assert [fault.line for fault in faults_of(path)] == [1, 2]


def test_every_error_is_a_gazetteer_error() -> None:
    for error in (MissingInput, FormatError, UnknownFormat):
        assert issubclass(error, GazetteerError)
    assert issubclass(UnknownFormat, FormatError)
