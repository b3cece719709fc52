"""Reads mixed-record files: every line says by its first two digits which record it holds.

DTF 7.3 and AddressBase Premium share these identifiers but not the columns behind them, which layouts hold.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import polars as pl

from gazetteer.formats.base import Supply
from gazetteer.formats.faults import Faults
from gazetteer.formats.layouts import Layout
from gazetteer.formats.lines import MISQUOTED, Lines, fields, table
from gazetteer.formats.values import KINDS, typed

HEADER, METADATA, TRAILER = "10", "29", "99"
UPDATES = ("last_update_date", "versiondate")
HEADINGS = r'(?i)^"?RECORD_IDENTIFIER'
Layouts = Mapping[str, Layout]


@dataclass(frozen=True, slots=True)
class Records:
    """What one file holds: a typed frame for each kind of record that is read, and what the supply is.

    Each frame has the columns of its layout but the record identifier, and line UInt32. `dated` tells whether the
    supply's date is its header's or metadata's; the latest update of its rows may be long before.
    """

    frames: Mapping[str, pl.DataFrame]
    supply: Supply
    faults: Faults
    dated: bool = False


def read_records(name: str, layouts: Layouts, loose: Set[str], file: Lines) -> Records:
    """Reads one file in the dialect of that name; its faults come with it and are for the caller to raise.

    `loose` are the records that may have any width.
    """
    faults = Faults(file.name)
    faults.extend(file.faults)
    lines = file.frame.filter(~pl.col("text").str.contains(HEADINGS))
    counts = dict(lines.drop_nulls("record").group_by("record").len().sort("record").iter_rows())
    _refuse_nameless(lines, layouts, faults)
    lines = _without_misquoted(lines, loose, faults)
    for record in layouts.keys() - loose:
        _refuse_odd_widths(lines, name, record, layouts[record], faults)
    frames = {record: _typed(lines, record, shape, faults) for record, shape in layouts.items() if shape.key}
    told = _date_in(_envelope(lines, HEADER)) or _date_in(_envelope(lines, METADATA)[::-1])
    return Records(frames, _supply(name, lines, frames, counts, file.encoding, told), faults, told is not None)


def _refuse_nameless(lines: pl.DataFrame, layouts: Layouts, faults: Faults) -> None:
    nameless = lines["line"].filter(lines["record"].is_null())
    if len(nameless):
        expected = f"one of {', '.join(layouts)}"
        faults.add(nameless, "RECORD_IDENTIFIER", "not a record identifier", expected=expected)


def _without_misquoted(lines: pl.DataFrame, loose: Set[str], faults: Faults) -> pl.DataFrame:
    wrong = pl.col("misquoted") & ~pl.col("record").is_in(list(loose)).fill_null(value=True)
    faults.add(lines.filter(wrong)["line"], None, MISQUOTED, expected="quotes around whole fields, doubled within")
    return lines.filter(~wrong)


def _refuse_odd_widths(lines: pl.DataFrame, name: str, record: str, shape: Layout, faults: Faults) -> None:
    odd = lines.filter((pl.col("record") == record) & (pl.col("width") != len(shape.columns)))
    for width in sorted(odd["width"].unique()):
        message = f"{width} columns in a {shape.name} record ({record})"
        at = odd["line"].filter(odd["width"] == width)
        faults.add(at, None, message, expected=f"{len(shape.columns)} in {name}")


def _typed(lines: pl.DataFrame, record: str, shape: Layout, faults: Faults) -> pl.DataFrame:
    ours = lines.filter((pl.col("record") == record) & (pl.col("width") == len(shape.columns)))
    raw = table(ours["text"], shape.columns).with_columns(ours["line"]).drop("record_identifier")
    return typed(raw, KINDS, faults, required=shape.required)


def _supply(
    name: str,
    lines: pl.DataFrame,
    frames: Mapping[str, pl.DataFrame],
    counts: dict[str, int],
    encoding: str,
    told: dt.date | None,
) -> Supply:
    header, trailer = _envelope(lines, HEADER), _envelope(lines, TRAILER)
    changes = any((frame["change_type"] != "I").any() for frame in frames.values())
    return Supply(
        name,
        _custodian(frames, header),
        told or last_update(frames),
        counts,
        change_only=header[-1].upper() == "C" or (changes and header[-1].upper() != "F") if header else changes,
        complete=_complete(trailer, lines.height) if header else None,
        encodings=(encoding,),
    )


def _envelope(lines: pl.DataFrame, record: str) -> list[str]:
    return fields(next(iter(lines["text"].filter(lines["record"] == record).head(1)), ""))


def _complete(trailer: list[str], height: int) -> bool:
    return len(trailer) > 2 and trailer[2].isdigit() and int(trailer[2]) <= height


def _date_in(parts: Sequence[str]) -> dt.date | None:
    for part in parts:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", part):
            try:
                return dt.date.fromisoformat(part)
            except ValueError:
                continue
    return None


def _custodian(frames: Mapping[str, pl.DataFrame], header: Sequence[str]) -> int | None:
    codes = frames["21"]["local_custodian_code"].drop_nulls()
    if len(codes):
        return int(codes.mode().sort()[0])
    return int(header[2]) if len(header) > 2 and header[2].isdigit() else None


def last_update(frames: Mapping[str, pl.DataFrame]) -> dt.date | None:
    """Finds the latest update among rows."""
    dates = [frame[name].max() for frame in frames.values() for name in UPDATES if name in frame.columns]
    found = [date for date in dates if isinstance(date, dt.date)]
    return max(found, default=None)
