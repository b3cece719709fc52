"""What is kept of an extract's rows, so that the next extract of its source is read only where it says something new.

A row's mark is two 64-bit hashes (polars' row hash, xxh3 over each text, under two seeds) of all its mapped columns as
supplied. Two rows of one record that differ share a mark by chance once in 2**128; even then that record alone would
stay as it was until its row changes again. Marks hold within one version of polars, which the layout's name covers.

What was refused at the door leaves nothing here. It is read, and counted, every night.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Self

import polars as pl

from svoc.settings import SourceSettings
from svoc.sources.tables import Table

__all__ = ["MARKED", "Rows", "layout_mark", "marked"]

MARKED: dict[str, pl.DataType] = {"record": pl.String(), "first": pl.UInt64(), "second": pl.UInt64()}
SEEDS = {"first": 0x5F0C, "second": 0xA11CE}
READERS = ("svoc.sources", "svoc.words", "svoc.defaults", "svoc.defaults.names")
TEXTS = (".py", ".txt", ".csv", ".toml")
A_YEAR = timedelta(days=365)
"""How long marks hold where what a row says follows from the day as well (`Rows.on`)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an extract, as marks.

    `frame`: a row for each row of the file that was not refused: the columns of `MARKED`, marks null where the row
    must be read again whatever it says (it was warned of, or its meaning changes with the day), and a UInt16 column
    for each count that the record adds to, on the first row of the record. `layout`: by what the rows were read
    (settings, headings, readers, word lists, polars); `on`: the day they were read for, where that matters; `fact`:
    what the whole file told that each row was read by.
    """

    frame: pl.DataFrame
    layout: str
    on: date | None = None
    fact: str = ""

    def told(self) -> dict[str, str]:
        """Give all but the frame as text, to be kept beside it; `of` takes it back."""
        return {"layout": self.layout, "on": self.on.isoformat() if self.on else "", "fact": self.fact}

    @classmethod
    def of(cls, frame: pl.DataFrame, told: Mapping[str, str]) -> Self:
        """Make rows of what was kept of them.

        >>> rows = Rows(pl.DataFrame(schema=MARKED), "columns", date(2026, 11, 2))
        >>> Rows.of(rows.frame, rows.told()).on
        datetime.date(2026, 11, 2)
        """
        return cls(frame, told["layout"], date.fromisoformat(told["on"]) if told["on"] else None, told["fact"])

    def serve(self, layout: str, on: date | None) -> bool:
        """Tell whether an extract read by `layout` for a day may rest on these rows."""
        if self.layout != layout or (self.on is None) != (on is None):
            return False
        return on is None or self.on is None or self.on <= on <= self.on + A_YEAR

    def changed(self, now: pl.DataFrame) -> pl.Series:
        """Give the records (String) of which a row is new, changed, gone or to be read again; `now`: `MARKED`."""
        marks = list(SEEDS)
        new, gone = now.join(self.frame, on=marks, how="anti"), self.frame.join(now, on=marks, how="anti")
        return pl.concat([new["record"], gone["record"]]).unique()


def marked(table: Table, columns: Mapping[str, str | list[str]], records: pl.Series, *, several: bool) -> pl.DataFrame:
    """Mark each row of a table: frame of `MARKED`, in the table's order.

    `columns`: those that are read; `records`: the reference that each row bears; `several`: a record may have several
    rows, whose order then matters.
    """
    headings = [h for each in columns.values() for h in ([each] if isinstance(each, str) else each)]
    taken = table.frame.select(sorted({table.find(h) or h for h in headings}))
    if several:
        taken = taken.with_columns(records.alias("\x00record")).with_columns(
            pl.int_range(pl.len()).over("\x00record").alias("\x00record")
        )
    return pl.DataFrame(
        {"record": records, **{name: taken.hash_rows(seed) for name, seed in SEEDS.items()}}, schema=MARKED
    )


def layout_mark(settings: SourceSettings, table: Table, columns: Mapping[str, str | list[str]]) -> str:
    """Give one hash of all that a row's reading follows from, but for the row: SHA-256 as text."""
    told = settings.model_dump_json(exclude={"path", "content_date", "lists_once", "withdrawn_days"})
    parts = (_readers(), told, "\x1f".join(table.headings), repr(sorted(columns.items(), key=lambda each: each[0])))
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()


@cache
def _readers() -> str:
    """Give a hash of the readers' own text and word lists, and of what hashes rows: none of them asks for a version."""
    digest = hashlib.sha256(pl.__version__.encode())
    for file in sorted((each for package in READERS for each in files(package).iterdir()), key=lambda each: each.name):
        if file.name.endswith(TEXTS):
            digest.update(file.read_bytes())
    return digest.hexdigest()
