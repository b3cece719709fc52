"""Lists of properties that electoral management systems export: addresses and UPRNs, but no people."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import polars as pl

from svoc.errors import SettingsError, nearest
from svoc.sources.clean import address, postcode, postcode_in, tidied, uprn
from svoc.sources.tables import DELIMITERS, fold_heading

__all__ = ["PROPERTY_LISTS", "PropertyLayout", "PropertyList", "recognise_property_list"]

LONGEST = 100_000
"""Bytes of a first line that are looked at."""

PERSONAL = (
    "surname",
    "forename",
    "electorname",
    "electorsurname",
    "electornumber",
    "firstname",
    "lastname",
    "fullname",
    "rollno",
    "eno",
)
"""Headings, folded, of which one is enough to show that a file lists people."""


NUMBER_ALONE = r"((?:^|, )\d+[A-Za-z]?), "
"""A house number with a line of its own belongs before its street."""


@dataclass(frozen=True, slots=True)
class PropertyLayout:
    """How one supplier lists properties: what headings tell it, and which columns make each line of the address."""

    supplier: str
    signs: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    postcode: str
    uprn: str


PROPERTY_LISTS: tuple[PropertyLayout, ...] = (
    PropertyLayout(
        "Civica Xpress (polling district lookup)",
        ("AuthorityCode", "PropertyNumber", "PollingDistrictReference"),
        (("PropertyNumber",), ("StreetName",)),
        "PostCode",
        "UPRN",
    ),
    PropertyLayout(
        "Civica Xpress (polling stations by property)",
        ("Property_URN", "AddressLine1", "Polling_Place_Id"),
        (
            ("AddressLine1",),
            ("AddressLine2",),
            ("AddressLine3",),
            ("AddressLine4",),
            ("AddressLine5",),
            ("Addressline6",),
        ),
        "Post_Code",
        "Property_URN",
    ),
    PropertyLayout(
        "Idox Eros",
        ("HouseID", "HousePostCode", "StreetName"),
        (
            ("HouseName",),
            ("HouseNumber", "SubStreetName"),
            ("StreetNumber", "StreetName"),
            ("Locality",),
            ("Town",),
            ("AdminArea",),
        ),
        "HousePostCode",
        "UPRN",
    ),
    PropertyLayout(
        "Halarose",
        ("HouseID", "AddressLine1", "PollingVenueID"),
        (("AddressLine1",), ("AddressLine2",), ("AddressLine3",), ("AddressLine4",), ("AddressLine5",)),
        "Postcode",
        "UPRN",
    ),
    PropertyLayout(
        "Democracy Counts",
        ("Add1", "Add2", "StationCode"),
        (("Add1",), ("Add2",), ("Add3",), ("Add4",), ("Add5",), ("Add6",)),
        "PostCode",
        "UPRN",
    ),
)
"""The exports that are known, each by a sample of its own; cells of one group share a line of the address."""


@dataclass(frozen=True, slots=True)
class PropertyList:
    """A file that lists properties, found out."""

    path: Path
    layout: PropertyLayout
    headings: tuple[str, ...]
    delimiter: str = ","

    @property
    def supplier(self) -> str:
        """Name the supplier whose export this is."""
        return self.layout.supplier

    def read(self) -> pl.DataFrame:
        """Give the addresses in the file's order: `address`, `postcode` (String), `supplied_uprn`, `line` (Int64)."""
        wanted = [*(cell for group in self.layout.lines for cell in group), self.layout.postcode, self.layout.uprn]
        at = {name: self._position(name) for name in wanted}
        rows = [
            [n, *(_cell(row, p) for p in at.values())] for n, row in _rows(_text(self.path), self.delimiter) if any(row)
        ]
        raw = pl.DataFrame(rows[1:], schema={"line": pl.Int64, **dict.fromkeys(at, pl.String)}, orient="row")
        return _addressed(tidied(raw), self.layout)

    def _position(self, name: str) -> int:
        """Find a column; where a heading stands twice, the first is the property's, the second the polling place's."""
        folded = [fold_heading(h) for h in self.headings]
        return folded.index(fold_heading(name)) if fold_heading(name) in folded else -1


def recognise_property_list(path: Path | str) -> PropertyList | None:
    """Tell whether a file is one of the known lists of properties, and whose.

    Gives nothing for a file of people, or of anything else. Raises `SettingsError` where there is no such file.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "stations.csv"
    ...     _ = file.write_text("Add1,Add2,PostCode,StationCode,UPRN\\n3 Mill Lane,Ely,ZZ1 1AA,A1,100000000001\\n")
    ...     found = recognise_property_list(file)
    ...     found.read().select("address", "supplied_uprn").row(0)
    ('3 Mill Lane, Ely', 100000000001)
    """
    file = Path(path)
    top = _top(file)
    for delimiter in DELIMITERS:
        headings = next((row for _, row in _rows(top, delimiter)), [])
        folded = {fold_heading(h) for h in headings}
        if folded & set(PERSONAL):
            return None
        for layout in PROPERTY_LISTS:
            if {fold_heading(sign) for sign in layout.signs} <= folded:
                return PropertyList(file, layout, tuple(headings), delimiter)
    return None


def _top(path: Path) -> str:
    """Read the first line alone, of however large a file."""
    try:
        with path.open("rb") as opened:
            raw = opened.readline(LONGEST)
    except FileNotFoundError:
        raise SettingsError(_no_file(path)) from None
    except OSError as fault:
        raise SettingsError(f"{path.name}: cannot be read ({type(fault).__name__})") from None
    return raw.decode("utf-8-sig", "replace").replace("\0", "").split("\r")[0].rstrip("\n")


def _no_file(path: Path) -> str:
    there = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    hint = nearest(path.name, there)
    return f"{path.name}: no such file" + (f"; did you mean {hint}?" if hint else "")


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the line on which it begins."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader, line = csv.reader(StringIO(text, newline=""), delimiter=delimiter), 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


def _text(path: Path) -> str:
    """Read a file whole; suppliers write these in UTF-8 or windows-1252."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _cell(row: Sequence[str], position: int) -> str | None:
    return row[position] if 0 <= position < len(row) else None


def _addressed(raw: pl.DataFrame, layout: PropertyLayout) -> pl.DataFrame:
    code = postcode(pl.col(layout.postcode))
    lines = [_blank(pl.concat_str(*group, separator=" ", ignore_nulls=True)) for group in layout.lines]
    joined = raw.select(
        address(lines, code).alias("address"),
        code.alias("code"),
        uprn(pl.col(layout.uprn)).alias("supplied_uprn"),
        "line",
    )
    whole = pl.coalesce("code", postcode_in(pl.col("address"))).alias("postcode")
    return joined.select(pl.col("address").str.replace(NUMBER_ALONE, "$1 "), whole, "supplied_uprn", "line")


def _blank(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)
