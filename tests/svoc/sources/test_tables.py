"""Delimited files as councils get them, good and bad."""

import bz2
import csv
import gzip
import lzma
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.errors import InputFaults, SettingsError
from svoc.sources.tables import LONGEST_FIELD, Table, fold_heading, pick, read_table, recognised


def written(folder: Path, content: bytes | str, name: str = "extract.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(table: Table) -> list[tuple[str | None, ...]]:
    return pick(table, {h: h for h in table.headings}).drop("line").rows()


def faults(path: Path, **settings: object) -> list[str]:
    with pytest.raises(InputFaults) as found:
        read_table(path, **settings)  # type: ignore[arg-type]
    return [str(fault) for fault in found.value.faults]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiter_line_ends_and_encoding_are_found_out(
    tmp_path: Path, delimiter: str, end: str, encoding: str
) -> None:
    lines = ["account ref|liable party", "1|KOVÁŘ" if encoding != "cp1252" else "1|ZOË", "2|", "3|O'NEILL"]
    path = written(tmp_path, end.join(lines).replace("|", delimiter).encode(encoding))

    table = read_table(path)

    assert table.headings == ["account ref", "liable party"]
    assert rows(table) == [("1", lines[1][2:]), ("2", None), ("3", "O'NEILL")]
    assert table.lines.to_list() == [2, 3, 4]


def test_quoted_delimiters_and_line_breaks_belong_to_the_field(tmp_path: Path) -> None:
    path = written(tmp_path, 'ref,name\n1,"SMITH,MR J"\n2,"1 HIGH ST\nBARCHESTER"\n3,"THE ""OLD"" HOUSE"\n')

    table = read_table(path)

    assert rows(table) == [("1", "SMITH,MR J"), ("2", "1 HIGH ST BARCHESTER"), ("3", 'THE "OLD" HOUSE')]
    assert table.lines.to_list() == [2, 3, 5]


def test_a_stray_quote_is_a_letter(tmp_path: Path) -> None:
    assert rows(read_table(written(tmp_path, 'ref,name\n1,12" PIPE\n2,x\n'))) == [("1", '12" PIPE'), ("2", "x")]


def test_banner_rows_above_a_known_header_are_skipped(tmp_path: Path) -> None:
    path = written(tmp_path, "sep=,\nCouncil Tax extract, November\n\nref,post code\n1,ZQ1 1AA\n")

    table = read_table(path, known=["ref", "Postcode"])

    assert table.headings == ["ref", "post code"]
    assert table.lines.to_list() == [5]


def test_banner_rows_in_the_midst_are_skipped_where_told(tmp_path: Path) -> None:
    path = written(tmp_path, "ref,name\nRef: additions\n1,A\nMonthly Additions, May\n2,B\n")

    table = read_table(path, banner=r"^(Ref:|Monthly)")

    assert rows(table) == [("1", "A"), ("2", "B")]
    assert table.lines.to_list() == [3, 5]


def test_rows_of_another_delimiter_are_read_with_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path, "ref,name,town\n1,A,B\n2\tC\tD\n")

    assert rows(read_table(path)) == [("1", "A", "B"), ("2", "C", "D")]


def test_empty_rows_and_empty_cells_beyond_the_header_say_nothing(tmp_path: Path) -> None:
    assert rows(read_table(written(tmp_path, "ref,name\n1,A,,\n,\n\n2,B\n\n"))) == [("1", "A"), ("2", "B")]


def test_a_file_without_a_header_takes_its_names_from_the_layout(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "1\tA\n2\tB\n"), headless=["ref", "name"])

    assert table.headings == ["ref", "name"]
    assert table.lines.to_list() == [1, 2]


def test_a_header_alone_is_a_table_of_no_rows(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "ref,name\n"))

    assert table.frame.schema == {"ref": pl.String(), "name": pl.String()}
    assert table.frame.height == table.lines.len() == 0


def test_every_row_of_the_wrong_width_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "ref,name\n1\n2,B\n3,C,D\n4,E\n")

    assert faults(path) == [
        "extract.csv, line 2: expected 2 columns, found 1",
        "extract.csv, line 4: expected 2 columns, found 3",
    ]


def test_a_short_row_before_a_long_field_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    file = written(tmp_path, 'a,b\n"x,1\ny,2\n')
    with pytest.raises(InputFaults):
        read_table(file)


def test_a_quote_never_closed_is_told_with_its_line(tmp_path: Path) -> None:
    assert faults(written(tmp_path, 'ref,name\n1,A\n2,"B\n3,C\n4,D')) == [
        "extract.csv, line 3: expected a closing quote before the end of the file"
    ]
    assert faults(written(tmp_path, 'ref,name\n1,A\n"2,B\n3,C\n4,D')) == [
        "extract.csv, line 3: expected 2 columns, found 1"
    ]


def test_a_heading_twice_and_bad_rows_are_told_together(tmp_path: Path) -> None:
    assert faults(written(tmp_path, "ref,ref\n1\n")) == [
        "extract.csv, line 1, column ref: expected each column once, found it twice",
        "extract.csv, line 2: expected 2 columns, found 1",
    ]


def test_nul_bytes_are_told_with_their_lines(tmp_path: Path) -> None:
    assert faults(written(tmp_path, b"ref,name\n1,\0\n2,B\n3,\0\0\n")) == [
        "extract.csv, line 2: expected text, found NUL bytes",
        "extract.csv, line 4: expected text, found NUL bytes",
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_an_empty_file_is_a_fault(tmp_path: Path, content: bytes) -> None:
    assert faults(written(tmp_path, content)) == ["extract.csv: expected a header and rows, found an empty file"]


def test_a_missing_file_is_told_with_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, "a,b\n", "council_tax.csv")

    with pytest.raises(SettingsError, match=r"^council_tx\.csv: no such file; did you mean council_tax\.csv\?$"):
        read_table(tmp_path / "council_tx.csv")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_table(tmp_path)


def test_columns_that_are_not_there_are_told_all_at_once_with_the_nearest(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "account_ref,Post Code\n1,ZQ1 1AA\n"))

    with pytest.raises(SettingsError) as found:
        pick(table, {"record": "acount_ref", "postcode": "POSTCODE", "address": ["Post Code", "zzz"]})

    assert str(found.value).splitlines() == [
        "extract.csv: has no column acount_ref ([sources.columns] record); did you mean account_ref?",
        "extract.csv: has no column zzz ([sources.columns] address_2); it has account_ref, Post Code",
    ]


def test_pick_names_numbers_and_tidies(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "Account Ref,Line 1,Line 2\n 1 , 3  MILL LANE,\n"))

    found = pick(table, {"record": "account_ref", "address": ["line1", "LINE 2"]})

    assert found.to_dicts() == [{"record": "1", "address_1": "3 MILL LANE", "address_2": None, "line": 2}]


def test_recognised_takes_the_first_spelling_that_is_there(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "PostCode,Address1\nx,y\n"))

    found = recognised(
        table, {"postcode": ("Post Code",), "address_1": ("Registered Address 1", "ADDRESS 1"), "uprn": ("UPRN",)}
    )

    assert found == {"postcode": "PostCode", "address_1": "Address1"}
    assert fold_heading("Middle name/initial") == fold_heading("MIDDLE_NAME_INITIAL")


CELLS = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zs", "Cf", "Co", "Cn"]), min_size=1, max_size=8)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6), st.sampled_from([",", "\t", ";", "|"]))
def test_what_a_csv_writer_writes_is_read_back(table: list[tuple[str, str, str]], delimiter: str) -> None:
    text = StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("ref", "name", "town"), *table])
    with TemporaryDirectory() as folder:
        found = read_table(written(Path(folder), text.getvalue()), known=["ref", "name", "town"])

    assert found.frame.rows() == table
    assert found.lines.to_list() == list(range(2, len(table) + 2))


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.binary(max_size=80), st.text('a,"\n\r;\t| 1', max_size=60).map(str.encode)))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder, suppress(InputFaults):
        found = read_table(written(Path(folder), content))
        assert found.frame.height == found.lines.len()
        assert all(dtype == pl.String for dtype in found.frame.schema.values())


@pytest.mark.parametrize("end", ["", "4\n"], ids=["in one piece", "row by row"])
def test_a_field_that_is_too_long_is_told_with_its_line_and_column(tmp_path: Path, end: str) -> None:
    most = "x" * LONGEST_FIELD
    path = written(tmp_path, f"ref,name\n1,{most}\n2,{most}x\n{most}y,C\n{end}")

    assert faults(path)[-2:] == [
        "extract.csv, line 3, column name: expected at most 10,000 letters, found 10,001",
        "extract.csv, line 4, column ref: expected at most 10,000 letters, found 10,001",
    ]


def test_a_row_that_begins_as_an_archive_does_is_a_row(tmp_path: Path) -> None:
    """Polars would unpack it, and a small file become a large one."""
    table = read_table(written(tmp_path, "ref,name\nx\x011,A\n2,B\n"))
    assert table.frame.rows() == [("x\x011", "A"), ("2", "B")]


@pytest.mark.parametrize(
    "packed", [gzip.compress, bz2.compress, lzma.compress, zlib.compress], ids=["gzip", "bz2", "lzma", "zlib"]
)
def test_a_file_that_is_packed_is_never_unpacked(tmp_path: Path, packed: Callable[[bytes], bytes]) -> None:
    with pytest.raises(InputFaults):
        read_table(written(tmp_path, packed(b"ref,name\n" + b"1,A\n" * 10_000)))
