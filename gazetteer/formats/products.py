"""Reads tables as they are published: one row a property, known by its header row or by a width that is certain.

AddressBase Plus, Core and Standard are such tables, and so is each file of the NGD's addresses. Their columns have
published names, so that a header in any order, with columns of one's own beside them, is understood.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from gazetteer.formats.base import Columns, Supply, Tables
from gazetteer.formats.changes import in_order
from gazetteer.formats.faults import Faults, raise_all
from gazetteer.formats.headings import fold, further, header, rows_below, rows_of
from gazetteer.formats.layouts import Layout
from gazetteer.formats.lines import Lines, fields, table
from gazetteer.formats.records import Records, last_update
from gazetteer.formats.values import CHANGE, KINDS, Kind, typed

SAMPLE = 20
# Other names by which published columns go, without case, spaces and underscores.
ALIASES = {
    "x": "xcoordinate",
    "y": "ycoordinate",
    "lat": "latitude",
    "long": "longitude",
    "lon": "longitude",
    "dbldependentlocality": "doubledependentlocality",
    "pobox": "poboxnumber",
}
INSERT = "I"
CUSTODIANS = ("local_custodian_code", "localcustodiancode")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A published table: its layout, which column says insert, update or delete, and what other columns hold.

    `headless` says how a file without a header row is known: by its "width" alone, or by the "values" of its first
    rows as well, where another table is as wide; None says that it is not. `change` makes the column change_type
    where the table has codes of its own.
    """

    layout: Layout
    code: str = "change_type"
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    headless: Literal["width", "values"] | None = "width"
    change: Callable[[pl.DataFrame], pl.DataFrame] | None = None

    def places(self, file: Lines) -> dict[str, int] | None:
        """Says at which place of the file's header each column stands, or None where the file is no such table."""
        wanted = {fold(name): name for name in self.layout.columns}
        found: dict[str, int] = {}
        for place, name in enumerate(map(fold, header(file)[0])):
            own = wanted.get(name) or wanted.get(ALIASES.get(name, ""))
            if own:
                found.setdefault(own, place)
        return found if len(found) == len(wanted) else None

    def fits(self, file: Lines) -> bool:
        """Says whether a file without a header row holds this table, by its first 20 rows."""
        rows = file.frame.head(SAMPLE)
        if rows.is_empty() or not self.headless or rows["width"][0] != len(self.layout.columns):
            return False
        if self.headless == "width":
            return fields(rows["text"][0])[0].isdigit()
        if (rows["width"] != len(self.layout.columns)).any() or rows["misquoted"].any():
            return False
        faults = Faults(file.name)
        self.typed(table(rows["text"], self.layout.columns).with_columns(rows["line"]), faults)
        return not faults.total

    def understands(self, file: Lines) -> bool:
        """Says whether a file is this table, with a header row or without."""
        return self.places(file) is not None or self.fits(file)

    def rows(self, file: Lines, name: str, faults: Faults) -> pl.DataFrame:
        """Reads a file's rows: the columns of the layout, typed, change_type, line, and further columns as text."""
        faults.extend(file.faults)
        places = self.places(file)
        if places is None:
            width = len(self.layout.columns)
            raw = rows_of(file.frame, width, ",", faults, expected=f"{width} in {name}")
            return self.typed(raw.rename({str(i): own for i, own in enumerate(self.layout.columns)}), faults)
        names, separator = header(file)
        raw = rows_below(file, names, separator, faults)
        if raw.is_empty() and not faults.total:
            faults.add(pl.Series([None]), None, "there is no row below the header", expected="one row a property")
        columns = further(names, places) | {name: str(place) for name, place in places.items()}
        return self.typed(raw.select("line", **{name: pl.col(place) for name, place in columns.items()}), faults)

    def typed(self, raw: pl.DataFrame, faults: Faults) -> pl.DataFrame:
        """Gives a table's columns their types, and a change of I where the file says nothing."""
        kinds = {**KINDS, self.code: CHANGE, **self.kinds}
        read = typed(raw, kinds, faults, required=self.layout.key)
        if self.change:
            read = self.change(read)
        else:
            read = read.with_columns(pl.col(self.code).fill_null(INSERT).alias("change_type"))
        # A delete need say no more than what goes.
        stays = raw.filter(read["change_type"] != "D")
        for name in {*self.layout.required} - {*self.layout.key}:
            empty = stays[name].str.strip_chars().fill_null("") == ""
            expected = kinds[name].expected if name in kinds else None
            faults.add(stays["line"].filter(empty), name.upper(), "is empty", expected=expected)
        return read


@dataclass(frozen=True, slots=True)
class Product:
    """A published product: its sheets by name, and how their rows become tables."""

    name: str
    sheets: Mapping[str, Sheet]
    tables: Callable[[Records], Tables]
    together: Callable[[Mapping[str, Layout], Sequence[Records]], Records] = in_order

    @property
    def width(self) -> int | None:
        """How many columns a file without a header row has; None where it must have one."""
        return next((len(sheet.layout.columns) for sheet in self.sheets.values() if sheet.headless), None)

    def understands(self, files: Sequence[Lines], columns: Columns | None) -> int:
        """Counts the lines of the files that are sheets of this product."""
        if columns:
            return 0
        return sum(file.frame.height for file in files if self._sheet(file))

    def _sheet(self, file: Lines) -> str | None:
        return next((name for name, sheet in self.sheets.items() if sheet.understands(file)), None)

    def read(self, files: Sequence[Lines], columns: Columns | None) -> Tables:
        """Reads the sheets as one gazetteer, and applies the changes among them in the order of the files."""
        del columns  # for flat files only
        read = [self._records(file) for file in files]
        raise_all(records.faults for records in read)
        layouts = {name: sheet.layout for name, sheet in self.sheets.items()}
        return self.tables(self.together(layouts, read))

    def _records(self, file: Lines) -> Records:
        faults, name = Faults(file.name), self._sheet(file)
        frames = {other: _none(sheet) for other, sheet in self.sheets.items()}
        if name is None:
            expected = f"{self.name}, as the other files are"
            faults.add(pl.Series([1]), None, "this file is in another format", expected=expected)
        else:
            frames[name] = self.sheets[name].rows(file, self.name, faults)
        return Records(frames, self._supply(frames, file), faults)

    def _supply(self, frames: Mapping[str, pl.DataFrame], file: Lines) -> Supply:
        told = [frame[name] for frame in frames.values() for name in CUSTODIANS if name in frame.columns]
        codes = pl.concat([pl.Series(dtype=pl.Int32), *told]).drop_nulls().mode().sort()
        return Supply(
            self.name,
            int(codes[0]) if len(codes) else None,
            last_update(frames),
            {name: frame.height for name, frame in frames.items() if frame.height},
            encodings=(file.encoding,),
        )


def _none(sheet: Sheet) -> pl.DataFrame:
    nothing = pl.DataFrame(schema=dict.fromkeys(sheet.layout.columns, pl.String()) | {"line": pl.UInt32()})
    return sheet.typed(nothing, Faults(""))


def sheet_of(name: str, columns: str, *, key: str = "uprn", required: str = "uprn") -> Layout:
    """Writes the layout of a published table as words."""
    keys = tuple(key.split())
    return Layout(name, tuple(columns.split()), tuple(required.split()), keys, keys)


def more_of(rows: pl.DataFrame, layout: Layout, unread: str) -> pl.DataFrame:
    """Keeps the columns that no table holds: those named, and those that the layout does not know."""
    own = {*layout.columns, "line", "change_type", "file", "step"}
    others = [name for name in rows.columns if name not in own]
    asked = [*unread.split(), *others]
    filled = [name for name in asked if rows[name].null_count() < rows.height]
    return rows.select("uprn", *(pl.col(name).cast(pl.String) for name in filled)).sort("uprn", maintain_order=True)
