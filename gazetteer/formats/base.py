"""The door for gazetteer formats: the tables that every supplier's format must yield.

A format is one object with a name, a count of the lines that it understands, and a way to turn them into
`Tables` (see `Format`). It goes into a file of its own beside this one and into the list `FORMATS`; the rows
then choose it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from gazetteer.formats.lines import Lines

Schema = dict[str, pl.DataType]
# Canonical name of a flat file's column -> the file's own; an address may be several columns in order.
Columns = Mapping[str, str | Sequence[str]]

PROPERTIES: Schema = {
    "uprn": pl.Int64(),
    "status": pl.Int16(),
    "state": pl.Int16(),
    "class_code": pl.String(),
    "parent_uprn": pl.Int64(),
    "postcode": pl.String(),
    "x": pl.Float64(),
    "y": pl.Float64(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "postal": pl.String(),
    "custodian": pl.Int32(),
    "start": pl.Date(),
    "end": pl.Date(),
    "updated": pl.Date(),
    "ward": pl.String(),
    "parish": pl.String(),
}
ADDRESSES: Schema = {
    "uprn": pl.Int64(),
    "key": pl.String(),
    "origin": pl.String(),
    "status": pl.Int16(),
    "language": pl.String(),
    "start": pl.Date(),
    "end": pl.Date(),
    "organisation": pl.String(),
    "sao_start": pl.Int32(),
    "sao_start_suffix": pl.String(),
    "sao_end": pl.Int32(),
    "sao_end_suffix": pl.String(),
    "sao_text": pl.String(),
    "pao_start": pl.Int32(),
    "pao_start_suffix": pl.String(),
    "pao_end": pl.Int32(),
    "pao_end_suffix": pl.String(),
    "pao_text": pl.String(),
    "usrn": pl.Int64(),
    "street": pl.String(),
    "dependent_street": pl.String(),
    "locality": pl.String(),
    "town": pl.String(),
    "postcode": pl.String(),
    "level": pl.String(),
    "official": pl.String(),
    "text": pl.String(),
}
STREETS: Schema = {
    "usrn": pl.Int64(),
    "description": pl.String(),
    "locality": pl.String(),
    "town": pl.String(),
    "administrative_area": pl.String(),
    "language": pl.String(),
    "record_type": pl.Int16(),
    "state": pl.Int16(),
    "start": pl.Date(),
    "end": pl.Date(),
}
CROSS_REFERENCES: Schema = {
    "uprn": pl.Int64(),
    "source": pl.String(),
    "reference": pl.String(),
    "start": pl.Date(),
    "end": pl.Date(),
}
SUCCESSORS: Schema = {
    "uprn": pl.Int64(),
    "successor": pl.Int64(),
    "start": pl.Date(),
    "end": pl.Date(),
}


@dataclass(frozen=True, slots=True)
class Supply:
    """Says what was read: whose gazetteer, in which dialect, as of when, and how many records of each kind.

    `counts` is by record identifier ("21" for BLPUs and so on; "rows" for a flat file), unknown ones
    included. `date` is the header's, else the metadata's, else the latest update among the rows. `complete`
    says whether every file ends with a trailer that promises no more records than are there; None where no
    file has a header. `encodings` names what the files were written in, `sources` the files themselves, without
    folders, each with its SHA-256 sum.
    """

    dialect: str
    custodian: int | None = None
    date: dt.date | None = None
    counts: dict[str, int] = field(default_factory=dict)
    change_only: bool = False
    complete: bool | None = None
    encodings: tuple[str, ...] = ("utf-8",)
    sources: tuple[tuple[str, str], ...] = ()


def nothing_more() -> pl.DataFrame:
    """Gives the empty frame of columns that no table holds."""
    return pl.DataFrame(schema={"uprn": pl.Int64()})


@dataclass(frozen=True, slots=True)
class Tables:
    """Holds a gazetteer as five frames, each with the columns of the schema that bears its name.

    `properties` has one row a UPRN; `addresses` one row a written address (an LPI or a delivery point), so
    several a UPRN; `streets` one row a USRN, language and name that it has or had. `more` keeps what a file with a
    header says beyond these: one row a row of the file, uprn Int64 and the file's own columns as text. All are
    sorted by their first columns.
    """

    properties: pl.DataFrame
    addresses: pl.DataFrame
    streets: pl.DataFrame
    cross_references: pl.DataFrame
    successors: pl.DataFrame
    supply: Supply
    more: pl.DataFrame = field(default_factory=nothing_more)


class Format(Protocol):
    """What a supplier's format must offer."""

    @property
    def name(self) -> str:
        """The format's name as users know it."""

    def understands(self, files: Sequence[Lines], columns: Columns | None) -> int:
        """Counts the lines that this format could read; the format that understands most is chosen."""

    def read(self, files: Sequence[Lines], columns: Columns | None) -> Tables:
        """Reads the files as one gazetteer, or raises FormatError with every fault."""


def conform(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Gives a frame exactly the columns of a schema, in its order; what the frame lacks is null.

    >>> conform(pl.DataFrame({"uprn": [7], "more": ["x"]}), SUCCESSORS).columns
    ['uprn', 'successor', 'start', 'end']
    """
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in schema.items()
    )
