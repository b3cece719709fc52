"""Turns a file into numbered lines of text, whatever its encoding and line ends, and takes their shape."""

import csv
import difflib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gazetteer.errors import Fault, FormatError, MissingInput, UnknownFormat

# First bytes by which files that are not text give themselves away.
NOT_TEXT = {
    b"PK\x03\x04": "a spreadsheet or a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a parquet file",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"%PDF": "a PDF",
    b"SQLite format 3": "a database",
}
UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# A line that begins so is a record of its own, even after a quote that was never closed.
# Stands for a quoted field while commas are counted.
QUOTED = "\x02"
LONGEST = 100_000
"""Letters in a line; the longest record of any format has some hundreds."""
MISQUOTED = "a quote stands within a field"
RECORD_START = r'^\s*"?\d\d"?\s*,'


@dataclass(frozen=True, slots=True)
class Lines:
    """A file as text: its name, its lines with their shapes, its encoding, and what is known to be wrong.

    `frame` has line UInt32 (from 1), text String, record String (the two digits that begin a mixed-record
    line, else null), width UInt32 (fields between commas, those in quotes not counted) and misquoted Boolean
    (a quote stands elsewhere than around a field); blank lines are left out.
    """

    name: str
    frame: pl.DataFrame
    encoding: str = "utf-8"
    faults: tuple[Fault, ...] = ()


def read_lines(path: Path) -> Lines:
    """Reads a file's lines, with a byte order mark or without, as UTF-8, UTF-16 or, by the line, Windows-1252.

    Raises MissingInput where there is no such file, FormatError where it is empty, UnknownFormat where it is
    not text.
    """
    name, data = path.name, _bytes(path)
    for start, what in NOT_TEXT.items():
        if data.startswith(start):
            raise UnknownFormat(name, [Fault(None, None, f"this is {what}", expected="comma-separated text")])
    data, encoding, faults = _as_utf_8(data)
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    data = data.rstrip(b"\x1a")  # Ctrl-Z, which old DOS exports end with
    if b"\x00" in data:
        faults += _nul_faults(data)
        data = data.replace(b"\x00", b"")
    packed = data.startswith(b"x\x01")  # polars would unpack it, and a small file become a large one
    frame = _shaped(pl.read_lines(io.BytesIO(b"\n" + data if packed else data), name="text").slice(int(packed)))
    if frame.is_empty() and not faults:
        raise FormatError(name, [Fault(None, None, "the file is empty", expected="a gazetteer's records")])
    unclosed = frame.filter(pl.col("open"))["line"].to_list()
    faults += [Fault(line, None, "a quote is opened and not closed", expected='" in pairs') for line in unclosed]
    long = pl.col("text").str.len_bytes() > LONGEST
    most = f"at most {LONGEST:,}"
    faults += [Fault(at, None, "a line of very many letters", expected=most) for at in frame.filter(long)["line"]]
    frame = frame.filter(~pl.col("open"), ~long).drop("open")
    return Lines(name, frame, encoding, tuple(faults))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        like = difflib.get_close_matches(path.name, beside, n=1)
        hint = f"; did you mean {like[0]}?" if like else ""
        raise MissingInput(f"{path}: there is no such file{hint}") from None
    except OSError as error:
        raise MissingInput(f"{path}: cannot be read: {error.strerror}") from None


def _as_utf_8(data: bytes) -> tuple[bytes, str, list[Fault]]:
    if data[:2] in UTF_16:
        return _from_utf_16(data)
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode()
    except UnicodeDecodeError:
        return _from_cp1252(data)
    return data, "utf-8", []


def _from_utf_16(data: bytes) -> tuple[bytes, str, list[Fault]]:
    encoding = UTF_16[data[:2]]
    text = data[2:].decode(encoding, errors="replace")
    broken = [i for i, line in enumerate(text.split("\n"), start=1) if "�" in line] if "�" in text else []
    faults = [Fault(i, None, "not valid UTF-16", expected="UTF-8, UTF-16 or Windows-1252") for i in broken]
    return text.encode(), encoding, faults


def _from_cp1252(data: bytes) -> tuple[bytes, str, list[Fault]]:
    # Line by line, so that one pasted Windows-1252 name does not garble the UTF-8 of all the others.
    lines, faults = data.split(b"\n"), []
    for i, line in enumerate(lines):
        try:
            line.decode()
        except UnicodeDecodeError:
            lines[i] = line.decode("cp1252", errors="replace").encode()
            if b"\xef\xbf\xbd" in lines[i]:
                expected = "UTF-8 or Windows-1252"
                faults.append(Fault(i + 1, None, "a byte that is no letter in any known encoding", expected=expected))
    return b"\n".join(lines), "cp1252", faults


def _nul_faults(data: bytes) -> list[Fault]:
    lines = data.split(b"\n")
    return [
        Fault(number, None, "a NUL byte", expected="text") for number, line in enumerate(lines, 1) if b"\x00" in line
    ]


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    # ', "' becomes ',"' because suppliers write a space after some commas, and the quote then opens no field.
    frame = frame.with_row_index("line", offset=1).with_columns(
        pl.col("text").str.strip_chars(" \r").str.replace_all(', "', ',"', literal=True)
    )
    frame = frame.filter(pl.col("text") != "").with_columns(_odd_quotes().alias("open"))
    if frame["open"].any():
        frame = _rejoined(frame)
    record = pl.col("text").str.extract(r'^"?(\d\d)"?(?:,|$)').alias("record")
    return shaped(frame.with_columns(record), ",")


def shaped(frame: pl.DataFrame, separator: str) -> pl.DataFrame:
    """Adds to lines their width and whether a quote stands where none may, for fields so separated."""
    residue = frame["text"].str.replace_all(r'"(?:[^"]|"")*"', QUOTED)
    end = re.escape(separator)
    return frame.with_columns(
        (residue.str.count_matches(separator, literal=True) + 1).alias("width"),
        residue.str.contains(f"{QUOTED}[^{end}]|[^{end}]{QUOTED}").alias("misquoted"),
    )


def fields(text: str, separator: str = ",") -> list[str]:
    """Splits one line into its fields, white space at their ends gone."""
    return [part.strip() for part in next(csv.reader([text[:LONGEST]], delimiter=separator), [])]


def table(text: pl.Series, columns: Sequence[str], separator: str = ",") -> pl.DataFrame:
    """Splits lines that are all as wide as the columns, and well quoted, into a frame of text."""
    if text.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    # A header of our own comes first, for polars unpacks whatever begins as an archive does, and a line may begin so.
    header = separator.join(map(str, range(len(columns))))
    joined = text.str.join("\n")[0]
    source = io.BytesIO(f"{header}\n{joined}".encode())
    frame = pl.read_csv(source, infer_schema=False, separator=separator)
    frame.columns = list(columns)
    return frame


def _odd_quotes() -> pl.Expr:
    return pl.col("text").str.count_matches('"', literal=True) % 2 == 1


def _rejoined(frame: pl.DataFrame) -> pl.DataFrame:
    """Joins a line that leaves a quote open with the lines that follow, up to the one that closes it."""
    open_before = (pl.col("open").cum_sum() - pl.col("open").cast(pl.UInt32)) % 2 == 1
    follows = ~pl.col("text").str.contains(RECORD_START) & open_before
    joined = (
        frame.with_columns((~follows).cum_sum().alias("group"))
        .group_by("group", maintain_order=True)
        .agg(pl.col("line").first(), pl.col("text").str.join(" "))
    )
    return joined.select("line", "text", _odd_quotes().alias("open"))
