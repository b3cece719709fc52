"""Delimited files, as councils get them: read whole as text, or refused with every fault at once.

What it finds out by itself: UTF-8 (with or without a mark), UTF-16 with a mark, else windows-1252; comma, tab,
semicolon or pipe; banner rows above the header; rows that use another delimiter than the rest. A good file goes
through polars in one piece; only a file with odd rows is read row by row, to name each fault's line.
"""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from svoc.errors import Fault, InputFaults, SettingsError, nearest
from svoc.sources.clean import tidied

__all__ = [
    "DELIMITERS",
    "LONGEST_FIELD",
    "Columns",
    "Table",
    "fold_heading",
    "pick",
    "read_table",
    "recognised",
    "require",
    "showable",
    "told_headings",
]

DELIMITERS = ",\t;|"
LOOKED_AT = 40
"""Rows at the top of a file in which the header is sought."""

LONGEST_FIELD = 10_000
"""Letters in a field: what is longer is no field, but a quote that swallowed others, or somebody who means harm."""

HEADING_WORDS = frozenset(
    word
    for words in (
        "account address birth class code council county date day death dob elector email end entry event first",
        "forename forenames from full id key last liability liable line locality maiden marker markers middle mobile",
        "name names number of party person phone post postcode previous property record ref reference start status",
        "street surname tax telephone time title to town type uprn usrn",
    )
    for word in words.split()
)
"""Words of which headings are made, and hardly a person's name or address."""

Columns = Mapping[str, str | Sequence[str]]
Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file as read: `frame` has all columns as String by the file's own headings, as supplied; `lines`
    (Int64) tells on which line of the file each row begins."""

    path: Path
    frame: pl.DataFrame
    lines: pl.Series

    @property
    def headings(self) -> list[str]:
        """Give the file's own column names, in order."""
        return self.frame.columns

    def find(self, heading: str) -> str | None:
        """Give the file's heading that is `heading` but for case, spaces and punctuation, else nothing."""
        if heading in self.headings:
            return heading
        wanted = fold_heading(heading)
        return next((h for h in self.headings if fold_heading(h) == wanted), None)


def fold_heading(heading: str) -> str:
    """Give what two spellings of one heading have in common.

    >>> fold_heading("Post Code") == fold_heading("POSTCODE")
    True
    """
    return re.sub(r"[\W_]", "", heading.casefold())


def recognised(table: Table, synonyms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Map each name of `synonyms` to the file's heading that is the first of its known spellings to be there."""
    found = {name: next(filter(None, map(table.find, each)), None) for name, each in synonyms.items()}
    return {name: heading for name, heading in found.items() if heading is not None}


def pick(table: Table, columns: Columns, *, setting: str = "sources.columns") -> pl.DataFrame:
    """Take the mapped columns of a file, tidied, with svoc's names; a list becomes name_1, name_2 and so on.

    Gives String columns and `line` (Int64). Raises `SettingsError` naming the file, each column that it does not
    have and the heading nearest to it.
    """
    wanted = require(table, columns, setting=setting)
    taken = table.frame.select(pl.col(table.find(heading) or heading).alias(name) for name, heading in wanted)
    return tidied(taken).with_columns(table.lines.alias("line"))


def require(table: Table, columns: Columns, *, setting: str = "sources.columns") -> list[tuple[str, str]]:
    """Give svoc's name and the heading of each mapped column, or raise `SettingsError` as `pick` does."""
    wanted = [(name, heading) for name, headings in columns.items() for name, heading in _numbered(name, headings)]
    missing = [(name, heading) for name, heading in wanted if not table.find(heading)]
    if missing and len(missing) == len(wanted):
        raise SettingsError(_no_header(table, [heading for _, heading in wanted], setting))
    if missing:
        raise SettingsError("\n".join(_missing(table, name, heading, setting) for name, heading in missing))
    return wanted


def _numbered(name: str, headings: str | Sequence[str]) -> list[tuple[str, str]]:
    if isinstance(headings, str):
        return [(name, headings)]
    return [(f"{name}_{at}", heading) for at, heading in enumerate(headings, 1)]


def _missing(table: Table, name: str, heading: str, setting: str) -> str:
    hint = nearest(heading, table.headings)
    told = f"did you mean {hint}?" if hint else f"it has {', '.join(table.headings[:30])}"
    return f"{table.path.name}: has no column {heading} ([{setting}] {name}); {told}"


def _no_header(table: Table, wanted: Sequence[str], setting: str) -> str:
    return f"{table.path.name}: has no column {', '.join(wanted[:30])} ([{setting}]); {told_headings(table)}"


def told_headings(table: Table) -> str:
    """Say which headings a file has, as far as `showable` lets them be shown."""
    shown = showable(table)
    return f"it has {', '.join(shown[:30])}" if shown else "its first row does not look like headings"


def showable(table: Table) -> list[str]:
    """Give the headings that a message may show: the first row of a file without a header is a person.

    All of them, where a third are made of `HEADING_WORDS`; else those alone.
    """
    plain = [heading for heading in table.headings if _is_plain(heading)]
    return table.headings if len(plain) * 3 >= len(table.headings) else plain


def _is_plain(heading: str) -> bool:
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+", heading)
    return bool(words) and all(word.casefold() in HEADING_WORDS for word in words)


def read_table(
    path: Path, *, known: Collection[str] = (), headless: Sequence[str] | None = None, banner: str | None = None
) -> Table:
    """Read a delimited file as text.

    `known`: headings that help to recognise the header; `headless`: names of the columns of a file without one;
    `banner`: regular expression of rows in the midst that say nothing. Raises `SettingsError` where there is no such
    file, `InputFaults` with every fault of the file otherwise: NUL bytes, no header, a heading twice, rows too short
    or too long, a field of more than `LONGEST_FIELD` letters, each with its line.
    """
    data = _decoded(path)
    top = _Top.of(path, data, known, headless)
    faults = _heading_faults(path, top)
    swift = _swiftly(data, top) if banner is None else None
    frame, lines = swift or _row_by_row(path, data, top, banner, faults)
    faults += _long_fields(path, top.headings, frame, lines)
    if faults:
        raise InputFaults(faults)
    full = ~frame.select(pl.all_horizontal(pl.all().is_null() | (pl.all() == ""))).to_series()
    return Table(path, frame.filter(full), lines.filter(full).alias("line"))


# --- bytes to text


def _decoded(path: Path) -> bytes:
    """Give the file as UTF-8 with plain line ends, without a mark."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(_no_file(path)) from None
    except OSError as fault:
        raise SettingsError(f"{path.name}: cannot be read ({type(fault).__name__})") from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raw = raw.decode("utf-16", "replace").encode()
    if b"\0" in raw:
        lines = sorted({raw.count(b"\n", 0, found.start()) + 1 for found in re.finditer(b"\0+", raw)})
        raise InputFaults(Fault(path.name, line, expected="text, found NUL bytes") for line in lines[:1000])
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.isascii():
        try:
            raw.decode()
        except UnicodeDecodeError:
            raw = raw.decode("cp1252", "replace").encode()
    if raw.count(b"\r") != raw.count(b"\r\n"):
        raw = re.sub(b"\r(?!\n)", b" " if b"\n" in raw else b"\n", raw)
    if not raw.strip():
        raise InputFaults([Fault(path.name, expected="a header and rows, found an empty file")])
    return raw.rstrip(b"\r\n") + b"\n"


def _no_file(path: Path) -> str:
    there = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    hint = nearest(path.name, there)
    return f"{path.name}: no such file" + (f"; did you mean {hint}?" if hint else "")


# --- the top of the file: delimiter and header


@dataclass(frozen=True, slots=True)
class _Top:
    delimiter: str
    header_line: int  # 0 where there is no header
    headings: list[str]

    @classmethod
    def of(cls, path: Path, data: bytes, known: Collection[str], headless: Sequence[str] | None) -> "_Top":
        rows = {d: list(_rows("\n".join(_first_lines(data)), d, limit=LOOKED_AT)) for d in DELIMITERS}
        if headless is not None:
            return cls(_commonest(rows)[0], 0, list(headless))
        wanted = {fold_heading(k) for k in known}
        hits = [
            (len(wanted & {fold_heading(c) for c in cells}), d, line, cells)
            for d, found in rows.items()
            for line, cells in found
        ]
        best = max(hits, key=lambda hit: hit[0], default=(0, ",", 1, []))
        if best[0] >= 2:
            return cls(best[1], best[2], _named(best[3]))
        delimiter, width = _commonest(rows)
        plausible = (r for r in rows[delimiter] if len(r[1]) == width and sum(map(bool, r[1])) * 2 >= width)
        header = next(plausible, rows[delimiter][0] if rows[delimiter] else None)
        if header is None:
            raise InputFaults([Fault(path.name, expected="a header, found none")])
        return cls(delimiter, header[0], _named(header[1]))


def _first_lines(data: bytes) -> list[str]:
    return [line.decode(errors="replace") for line in data[:400_000].splitlines()[: LOOKED_AT + 1]]


def _commonest(rows: Mapping[str, list[Row]]) -> tuple[str, int]:
    """Give the delimiter that parts the rows most evenly, and into how many cells."""
    widths = {d: Counter(len(cells) for _, cells in found).most_common(1) for d, found in rows.items()}
    shares = {d: (w[0][0] > 1, w[0][1], w[0][0]) for d, w in widths.items() if w}
    delimiter = max(shares, key=lambda d: shares[d], default=",")
    return delimiter, shares.get(delimiter, (False, 0, 1))[2]


def _named(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()) or f"column_{at}" for at, cell in enumerate(cells, 1)]


def _heading_faults(path: Path, top: _Top) -> list[Fault]:
    twice = [name for name, count in Counter(top.headings).items() if count > 1]
    return [Fault(path.name, top.header_line or None, name, "each column once, found it twice") for name in twice]


def _long_fields(path: Path, headings: Sequence[str], frame: pl.DataFrame, lines: pl.Series) -> list[Fault]:
    found = [
        Fault(path.name, line, name, f"at most {LONGEST_FIELD:,} letters, found {length:,}")
        for name, cells in zip(headings, frame, strict=True)
        if (cells.str.len_bytes().max() or 0) > LONGEST_FIELD  # type: ignore[operator]
        for line, length in zip(lines, cells.str.len_chars(), strict=True)
        if (length or 0) > LONGEST_FIELD
    ]
    return sorted(found)


# --- the rows, in one piece


def _swiftly(data: bytes, top: _Top) -> tuple[pl.DataFrame, pl.Series] | None:
    """Read all rows at once where every row has the width of the header; give nothing where one has not."""
    starts, widths = _shape(data, ord(top.delimiter))
    lines = np.cumsum(np.concatenate([[1], _newlines_between(data, starts)]))
    below = lines > top.header_line
    even = len(starts) > 0 and bool((widths[below] == len(top.headings)).all())
    if not even or len(set(top.headings)) < len(top.headings):
        return None
    if not below.any():
        return pl.DataFrame(schema=dict.fromkeys(top.headings, pl.String)), pl.Series("line", [], dtype=pl.Int64)
    # A header of our own comes first, for polars unpacks whatever begins as an archive does, and a row may begin so.
    header = top.delimiter.join(map(str, range(len(top.headings)))).encode()
    body = b"\n".join([header, memoryview(data)[int(starts[below][0]) :]])
    try:
        frame = pl.read_csv(body, separator=top.delimiter, infer_schema=False)
    except pl.exceptions.PolarsError:
        return None
    if frame.shape != (int(below.sum()), len(top.headings)):
        return None
    frame.columns = top.headings
    return frame, pl.Series("line", lines[below], dtype=pl.Int64)


def _shape(data: bytes, delimiter: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give where each record begins and how many cells it has; empty where quotes do not pair."""
    letters = np.frombuffer(data, dtype=np.uint8)
    ends, cuts = np.flatnonzero(letters == 10), np.flatnonzero(letters == delimiter)
    if 34 in data:
        inside = np.bitwise_xor.accumulate(letters == 34)
        if inside[-1]:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        ends, cuts = ends[~inside[ends]], cuts[~inside[cuts]]
    widths = np.diff(np.searchsorted(cuts, ends), prepend=0) + 1
    return np.concatenate([[0], ends[:-1] + 1]), widths


def _newlines_between(data: bytes, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == 10)
    return np.diff(np.searchsorted(ends, starts))


# --- the rows, one by one


def _row_by_row(
    path: Path, data: bytes, top: _Top, banner: str | None, faults: list[Fault]
) -> tuple[pl.DataFrame, pl.Series]:
    """Read row by row, adding a fault for each row that is too short or too long."""
    idle = re.compile(banner) if banner else None
    width, rows, lines = len(top.headings), [], []
    text = data.decode(errors="replace")
    for line, found in _rows(text, top.delimiter):
        if line <= top.header_line or not any(found) or (idle and idle.search(top.delimiter.join(found))):
            continue
        cells = _fitted(found, top.delimiter, width)
        if cells is None:
            faults.append(Fault(path.name, line, expected=f"{width} columns, found {len(found)}"))
            continue
        rows.append(cells)
        lines.append(line)
    if rows and any("\n" in cell for cell in rows[-1]) and _unclosed(text, lines[-1], top.delimiter):
        faults.append(Fault(path.name, lines[-1], expected="a closing quote before the end of the file"))
    names = top.headings if not faults else [f"column_{at}" for at in range(width)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame, pl.Series("line", lines, dtype=pl.Int64)


def _unclosed(text: str, line: int, delimiter: str) -> bool:
    """Tell whether the last record's quote has swallowed the rest of the file."""
    tail = text.split("\n")[line - 1 :]
    try:
        list(csv.reader((f"{each}\n" for each in tail), delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def _fitted(cells: list[str], delimiter: str, width: int) -> list[str] | None:
    """Give the row with the header's width: empty cells too many go, another delimiter is tried."""
    if len(cells) == width:
        return cells
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    whole = delimiter.join(cells).replace("\n", " ")
    others = (cells for d in DELIMITERS if d != delimiter for _, cells in _rows(whole, d, limit=1))
    return next((other for other in others if len(other) == width), None)


def _rows(text: str, delimiter: str, *, limit: int | None = None) -> Iterator[Row]:
    """Give each record with the line on which it begins."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for at, cells in enumerate(reader):
        if limit is not None and at >= limit:
            return
        yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1
