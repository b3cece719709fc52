"""What every reader of extracts does last: faults of keys and dates, the content's own day, hashes, order, counts."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from svoc.errors import Fault, InputFaults
from svoc.settings import SourceSettings
from svoc.sources.base import Extract
from svoc.sources.clean import by_value, content, day, unreadable
from svoc.words.records import SORTED_BY, conform

__all__ = [
    "COUNTED",
    "content_date",
    "date_faults",
    "day_in",
    "empty_fault",
    "extract_day",
    "finished",
    "key_faults",
    "kinds_counted",
    "missing_key_faults",
]

A_DATE = "a date as 2026-11-02 or 02/11/2026"
NAMED_DAYS = (
    (re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)"), (1, 2, 3)),
    (re.compile(r"(?<!\d)(\d{2})[-_.]?(\d{2})[-_.]?(\d{4})(?!\d)"), (3, 2, 1)),
)
COUNTED = {"person": "persons", "organisation": "organisations", "executor": "executors", "void": "voids"}


def content_date(settings: SourceSettings, path: Path, records: pl.DataFrame, told: date | None = None) -> date:
    """Give the day that an extract speaks of.

    In this order: the setting `content_date`; a date in the file's or folder's name; `told`, the latest of a column
    of extract dates; the latest day on which a stay begins or ends that is not after the file's own; the file's own.
    """
    modified = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
    found = settings.content_date or day_in(path.name) or told
    return found or _latest(records, modified) or modified


def day_in(name: str) -> date | None:
    """Give the date that a file's or folder's name holds, null where it holds none."""
    for pattern, (year, month, on) in NAMED_DAYS:
        for found in pattern.finditer(name):
            try:
                return date(int(found[year]), int(found[month]), int(found[on]))
            except ValueError:
                continue
    return None


def _latest(records: pl.DataFrame, modified: date) -> date | None:
    columns = [records[name].drop_nulls() for name in ("since", "until") if name in records.columns]
    days = pl.concat([pl.Series([], dtype=pl.Date), *(each.rename("") for each in columns)])
    past = days.filter(days <= modified).max()
    return past if isinstance(past, date) else None


def extract_day(values: pl.Series) -> date | None:
    """Give the latest day of a column of extract dates, null where it holds none."""
    latest = by_value(values, day).max()
    return latest if isinstance(latest, date) else None


def date_faults(rows: pl.DataFrame, path: Path, headings: Mapping[str, str]) -> list[Fault]:
    """Give a fault for each date that is none: `rows` has String columns and `line`; `headings` maps to the file's."""
    faults: list[Fault] = []
    for name in [n for n in headings if n in rows.columns]:
        wrong = rows.filter(by_value(rows[name], unreadable).fill_null(False))["line"]
        faults += [Fault(path.name, line, headings[name], A_DATE) for line in wrong]
    return faults


def key_faults(rows: pl.DataFrame, key: Sequence[str], path: Path, heading: str) -> list[Fault]:
    """Give a fault for each row after the first with the same key (columns of `rows`, which has `line`)."""
    first = rows.select(*key, "line").with_columns(first=pl.col("line").min().over(key))
    again = first.filter(pl.col("line") > pl.col("first"), *(pl.col(k).is_not_null() for k in key)).sort("line")
    return [
        Fault(path.name, line, heading, f"each reference once; also on line {before}")
        for line, before in again.select("line", "first").iter_rows()
    ]


def kinds_counted(records: pl.DataFrame) -> pl.DataFrame:
    """Count the kinds of each record's parties: `record`, and a UInt16 column for each count of `COUNTED`."""
    kinds = [(pl.col("kind") == kind).sum().cast(pl.UInt16).alias(words) for kind, words in COUNTED.items()]
    return records.group_by("record", maintain_order=True).agg(kinds)


def missing_key_faults(rows: pl.DataFrame, key: str, path: Path, heading: str) -> list[Fault]:
    """Give a fault for each row that has no reference."""
    lines = rows.filter(pl.col(key).is_null())["line"]
    return [Fault(path.name, line, heading, "a reference, found none") for line in lines]


def empty_fault(rows: pl.DataFrame, path: Path, mode: str) -> list[Fault]:
    """Give a fault where a full extract has no row at all: it would take everybody away."""
    empty = mode == "full" and rows.is_empty()
    return [Fault(path.name, expected="at least one row below the header")] if empty else []


def finished(
    settings: SourceSettings,
    path: Path,
    records: pl.DataFrame,
    *,
    faults: Sequence[Fault] = (),
    files: Sequence[Path] = (),
    told: date | None = None,
    withdrawn: pl.DataFrame | None = None,
    counts: Mapping[str, int] | None = None,
    warnings: Sequence[Fault] = (),
) -> Extract:
    """Make an extract of `records` (any of the columns of `RECORDS`; `source` is filled); raise all faults at once."""
    if faults:
        raise InputFaults(sorted(faults, key=lambda f: (f.file, f.line or 0, f.column or "")))
    whole = content(conform(records.with_columns(source=pl.lit(settings.name)))).sort(SORTED_BY)
    kinds = dict(whole["kind"].value_counts().iter_rows())
    told_counts = {words: int(kinds.get(kind, 0)) for kind, words in COUNTED.items()}
    return Extract(
        source=settings.name,
        kind=settings.kind,
        files=tuple(files) or (path,),
        records=whole,
        content_date=content_date(settings, path, whole, told),
        stated=bool(settings.content_date or day_in(path.name) or told),
        mode=settings.mode,
        withdrawn=withdrawn if withdrawn is not None else pl.DataFrame(schema={"record": pl.String()}),
        counts={"rows": whole.height, **told_counts, **(counts or {})},
        warnings=tuple(warnings),
    )
