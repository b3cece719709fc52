"""Reads a file of one row an entry: whole the first time, after that only the records of which a row has changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from svoc.errors import Fault
from svoc.settings import SourceSettings
from svoc.sources.base import Extract
from svoc.sources.finish import COUNTED, content_date, empty_fault, extract_day, finished, kinds_counted
from svoc.sources.people_rows import row_date_faults, row_key_faults, stayed
from svoc.sources.rows import MARKED, Rows, layout_mark, marked
from svoc.sources.tables import Columns, Table, pick, require

__all__ = ["NO_TALLIES", "Entries", "Reading", "opened", "row_wise"]

NO_TALLIES = pl.DataFrame(schema={"record": pl.String()})


@dataclass(frozen=True, slots=True)
class Entries:
    """A file as opened: its rows as supplied, and all that can only be told of them together.

    `columns`: svoc's names and the file's headings; `keys`: `record` and `line` of each row, in the table's order;
    `several`: a record may have several rows; `faults`: those that no row has by itself; `told`: the latest of a column
    of extract dates; `stay`: the columns of a stay's first day and of the first day after it; `on`: the day that a
    row's meaning follows from, where it does; `unmarked`: columns that a row's meaning does not follow from.
    """

    table: Table
    columns: Mapping[str, str | list[str]]
    keys: pl.DataFrame
    several: bool = False
    faults: list[Fault] = field(default_factory=list)
    told: date | None = None
    stay: tuple[str, str] | None = None
    on: date | None = None
    unmarked: tuple[str, ...] = ("extract_date",)

    def picked(self) -> pl.DataFrame:
        """Take the mapped columns, tidied, with `record` and `line`."""
        columns = {name: h for name, h in self.columns.items() if name not in self.unmarked}
        return pick(self.table, columns).with_columns(self.keys["record"])

    def only(self, records: pl.Series) -> "Entries":
        """Give the rows of some records."""
        kept = self.keys["record"].is_in(records.implode())
        table = Table(self.table.path, self.table.frame.filter(kept), self.table.lines.filter(kept))
        return replace(self, table=table, keys=self.keys.filter(kept))

    def marks(self) -> pl.DataFrame:
        """Mark each row: frame of `MARKED`."""
        columns = {name: h for name, h in self.columns.items() if name not in self.unmarked}
        return marked(self.table, columns, self.keys["record"], several=self.several)

    def days(self) -> pl.DataFrame:
        """Give since and until of every row, as far as the file has them."""
        columns: Columns = {name: self.columns[name] for name in self.stay or () if name in self.columns}
        return stayed(pick(self.table, columns), *self.stay) if columns and self.stay else pl.DataFrame()


@dataclass(frozen=True, slots=True)
class Reading:
    """What some rows say.

    `records`: any of the columns of `RECORDS`; `counts`: what else was counted among these rows; `tallies`: of which of
    those counts each record is part (`record`, and UInt16 columns); `again`: records that must be read every night
    (String); `fact`: what the whole file tells that each row is read by.
    """

    records: pl.DataFrame
    faults: list[Fault]
    warnings: list[Fault] = field(default_factory=list)
    counts: Mapping[str, int] = field(default_factory=dict)
    tallies: pl.DataFrame = field(default_factory=NO_TALLIES.clone)
    again: pl.Series = field(default_factory=lambda: pl.Series("record", [], dtype=pl.String))
    fact: str = ""


def opened(
    settings: SourceSettings,
    table: Table,
    columns: Mapping[str, str | list[str]],
    *,
    stay: tuple[str, str] | None = None,
) -> Entries:
    """Open a file of people whose columns are mapped to svoc's names, `record` among them."""
    require(table, columns)
    path, parties = table.path, "party_reference" in columns
    keys = pick(table, {name: columns[name] for name in ("record", *(["party_reference"] if parties else []))})
    days = pick(table, {"extract_date": columns["extract_date"]}) if "extract_date" in columns else None
    faults = empty_fault(keys, path, settings.mode) + row_key_faults(keys, path, columns)
    if days is not None:
        faults += row_date_faults(days, path, columns, dates=("extract_date",))
    told = extract_day(days["extract_date"]) if days is not None else None
    return Entries(table, columns, keys, parties, faults, told, stay)


Reader = Callable[[Entries, Mapping[str, int]], Reading]
"""Reads some entries; also told what was counted among those that it need not read."""


def row_wise(settings: SourceSettings, entries: Entries, reader: Reader, before: Rows | None = None) -> Extract:
    """Read a file, or what is new in it since `before`; its counts are always those of the whole.

    Raises `InputFaults` with every fault at once: a row that was read before had none, as no such file is taken.
    """
    path, layout = entries.table.path, layout_mark(settings, entries.table, entries.columns)
    marks = entries.marks()
    if before is None or settings.mode == "update" or entries.faults or not before.serve(layout, entries.on):
        before, part, standing, changed = None, entries, marks.clear(), marks["record"].clear()
    else:
        changed = before.changed(marks)
        part, standing = entries.only(changed), before.frame.filter(~pl.col("record").is_in(changed.implode()))
    elsewhere = _summed(standing)
    read = reader(part, elsewhere)
    if before is not None and read.fact != before.fact:
        return row_wise(settings, entries, reader)
    faults = [*entries.faults, *read.faults]
    extract = finished(settings, path, read.records, faults=faults, told=entries.told, warnings=read.warnings)
    kinds = {words: extract.counts[words] for words in COUNTED.values()}
    rows = pl.concat([standing, _fresh(marks, extract.records, read)], how="diagonal")
    return replace(
        extract,
        content_date=extract.content_date if extract.stated else content_date(settings, path, entries.days()),
        counts={
            "rows": entries.keys.height,
            **{name: elsewhere.get(name, 0) + count for name, count in (kinds | dict(read.counts)).items()},
        },
        withdrawn=_withdrawn(before, changed, extract.records) if before else extract.withdrawn,
        rows=None if settings.mode == "update" else Rows(rows, layout, entries.on, read.fact),
        partial=before is not None,
    )


def _summed(standing: pl.DataFrame) -> dict[str, int]:
    counts = standing.select(pl.exclude(*MARKED).cast(pl.Int64).sum())
    return dict(zip(counts.columns, counts.row(0), strict=True)) if counts.width else {}


def _withdrawn(before: Rows, changed: pl.Series, records: pl.DataFrame) -> pl.DataFrame:
    """Give the records that the extract before had and this one has no more, or may no longer hold."""
    known = before.frame.filter(pl.col("record").is_in(changed.implode())).select("record").unique()
    return known.join(records, on="record", how="anti").sort("record")


def _fresh(marks: pl.DataFrame, records: pl.DataFrame, read: Reading) -> pl.DataFrame:
    """Give the marks and tallies of the rows just read, but for what was refused at the door."""
    tallies = kinds_counted(records).join(read.tallies, on="record", how="left", maintain_order="left")
    names = [name for name in tallies.columns if name != "record"]
    first, again = pl.col("record").is_first_distinct(), pl.col("record").is_in(read.again.implode())
    rows = marks.join(tallies, on="record", how="inner", maintain_order="left")
    return rows.with_columns(
        *(pl.when(~again).then(mark).alias(mark) for mark in MARKED if mark != "record"),
        *(pl.when(first).then(name).otherwise(0).fill_null(0).cast(pl.UInt16).alias(name) for name in names),
    )
