"""The electoral register: full registers and monthly updates of every supplier layout that is known.

A record is one entry; its reference is the elector number, polling district, number and suffix (AB-12/1), which is
allotted anew with each revised register and so is no key of a person. Anonymous entries and children under 16 end
here, at the door: they are counted, and nothing of them goes further, but for children whom the registration officer's
own register keeps (`keeps_under_16`).
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType

import polars as pl

from svoc.errors import Fault, InputFaults
from svoc.settings import SourceSettings
from svoc.sources.base import Extract, Layout, Source
from svoc.sources.elector_numbers import normal_key
from svoc.sources.finish import content_date, empty_fault, finished, key_faults
from svoc.sources.people_rows import row_date_faults
from svoc.sources.property_lists import recognise_property_list
from svoc.sources.register_layouts import LAYOUTS, RegisterLayout
from svoc.sources.register_markers import OPEN, OPTED_OUT, marker_map
from svoc.sources.register_opening import open_register
from svoc.sources.register_rows import electors, of_the_day, references
from svoc.sources.register_updates import OPERATIONS, operated, settled
from svoc.sources.row_wise import Entries, Reading, row_wise
from svoc.sources.rows import Rows
from svoc.words.records import EMPTY_RECORDS, UNDER_16

__all__ = ["ELECTORAL_REGISTER", "read_register"]

DATES = ("dob", "attainment", "since", "until")
ELECTOR_FORM = "an elector number as AB-12 or AB-12/1"


def read_register(layout: RegisterLayout, settings: SourceSettings, path: Path, before: Rows | None = None) -> Extract:
    """Read one register, or one update of it, as an extract with one record for each elector.

    Counts: rows, persons, anonymous (entries without name and address), anonymous_refused (entries that carried
    either), under_16, nameless, overseas, attainers, opted_out; of an update also added, amended, deleted, ignored.
    Raises `InputFaults` with every fault at once (a list of properties among them), `SettingsError` for a column
    that is not there.
    """
    _refuse_properties(path)
    read = open_register(layout, settings, path)
    update = settings.mode == "update" or layout.name.endswith("_update")
    on = content_date(settings, path, EMPTY_RECORDS)
    settings = settings.model_copy(update={"mode": "update" if update else "full", "content_date": on})
    keys = references(read.table, read.columns, layout)
    heading = read.columns.get("elector") or read.columns.get("number", "elector")
    unnumbered = keys.filter(pl.col("record").is_null())["line"]
    faults = [Fault(path.name, line, heading, ELECTOR_FORM) for line in unnumbered]
    if not update:
        faults += empty_fault(keys, path, "full") + _repeated(keys, path, heading)
    entries = Entries(read.table, read.columns, keys, faults=faults, on=on, unmarked=())
    if update:
        return _updated(layout, settings, entries)
    return row_wise(settings, entries, partial(_listed, layout, settings), before)


def _listed(
    layout: RegisterLayout, settings: SourceSettings, entries: Entries, elsewhere: Mapping[str, int]
) -> Reading:
    """Read entries of a full register; whether it shows opt-outs is seen by all its entries together."""
    picked, rows = _electors(settings, entries)
    shown = elsewhere.get("opted_out", 0) > 0 or _shows_opt_outs(rows, picked, layout, settings)
    kept = _opened(_kept(rows, settings, update=False), settings, shown=shown)
    return Reading(
        kept,
        _date_faults(picked, entries),
        _warnings(rows, entries.table.path),
        _counts(rows, kept),
        _tallies(kept),
        of_the_day(kept, settings.content_date or date.min),
        "shows who opted out" if shown else "",
    )


def _updated(layout: RegisterLayout, settings: SourceSettings, entries: Entries) -> Extract:
    path = entries.table.path
    picked, rows = _electors(settings, entries)
    rows = operated(rows, layout)
    unread = rows.filter(pl.col("operation").is_null())["line"]
    faults = [*entries.faults, *_date_faults(picked, entries)]
    faults += [Fault(path.name, line, "status", "an addition, amendment or deletion") for line in unread]
    if faults:
        raise InputFaults(sorted(faults))
    final = settled(rows)
    shown = _shows_opt_outs(rows, picked, layout, settings)
    kept = _opened(_kept(final, settings, update=True), settings, shown=shown)
    return finished(
        settings,
        path,
        kept,
        withdrawn=_withdrawn(final, kept),
        counts={"rows": rows.height, **_counts(rows, kept), **_operations(rows)},
        warnings=_warnings(rows, path),
    )


def _electors(settings: SourceSettings, entries: Entries) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the rows as picked, and what they say of electors."""
    picked = entries.picked()
    return picked, electors(picked, marker_map(settings.markers), entries.on or date.min)


def _refuse_properties(path: Path) -> None:
    found = recognise_property_list(path)
    if found is not None:
        told = f"electors; this file holds properties, not electors: an export of {found.supplier}, for svoc place"
        raise InputFaults([Fault(path.name, expected=told)])


# --- from the file to named columns


# --- faults, counts and what is kept


def _date_faults(picked: pl.DataFrame, entries: Entries) -> list[Fault]:
    return row_date_faults(picked, entries.table.path, entries.columns, dates=DATES)


def _repeated(rows: pl.DataFrame, path: Path, heading: str) -> list[Fault]:
    plain = normal_key(pl.when(pl.col("record").str.contains(r"[-/]0")).then("record"))
    return key_faults(rows.with_columns(pl.coalesce(plain, "record").alias("record")), ["record"], path, heading)


def _kept(rows: pl.DataFrame, settings: SourceSettings, *, update: bool) -> pl.DataFrame:
    """Leave at the door whoever is anonymous, under 16 or nameless; the registration officer may keep the children.

    A child who is kept is marked as one, so that no lane but that of registration has it.
    """
    barred = pl.col("anonymous") | pl.col("nameless")
    if settings.keeps_under_16:
        marked = pl.concat_list("markers", pl.lit(UNDER_16))
        rows = rows.with_columns(markers=pl.when("under_16").then(marked).otherwise("markers"))
    else:
        barred |= pl.col("under_16")
    return rows.filter(~barred & (pl.col("operation") != "deleted") if update else ~barred)


def _withdrawn(final: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Take away whoever was deleted, and whoever may no longer be held: an elector who became anonymous above all."""
    return final.join(kept, on="record", how="anti").select("record").sort("record")


def _shows_opt_outs(rows: pl.DataFrame, picked: pl.DataFrame, layout: RegisterLayout, settings: SourceSettings) -> bool:
    """Tell whether a file says who has opted out of the open register: then whoever it does not name has not.

    A full register in which nobody has is not believed: its supplier leaves the flag out. An update may well have none.
    """
    if {OPTED_OUT, OPEN} & set(settings.markers.values()):
        return True
    if (rows["open_register"] == False).any():  # noqa: E712
        return True
    column = picked["opt_out"].str.contains(r"^\d{2,}$").any() if "opt_out" in picked.columns else True
    return settings.mode == "update" and (layout.shows_opt_out or not column)


def _opened(rows: pl.DataFrame, settings: SourceSettings, *, shown: bool) -> pl.DataFrame:
    """Say who is in the open register: of those not marked, all where the file shows opt-outs, else nobody is known.

    A source that is the open register itself has all in it, and whoever is marked as opted out is left out of it.
    """
    if not (shown or settings.open_register_only):
        return rows
    opened = rows.with_columns(pl.col("open_register").fill_null(value=True))
    return opened.filter("open_register") if settings.open_register_only else opened


def _counts(rows: pl.DataFrame, kept: pl.DataFrame) -> dict[str, int]:
    """Count what came and what was left at the door, each row under one reason."""
    known = rows.filter(~pl.col("anonymous"))
    marked = {name: int(kept["markers"].list.contains(name).sum()) for name in ("overseas", "attainer")}
    return {
        "anonymous": int((rows["anonymous"] & rows["bare"]).sum()),
        "anonymous_refused": int((rows["anonymous"] & ~rows["bare"]).sum()),
        "under_16": int(known["under_16"].sum()),
        "nameless": int((known["nameless"] & ~known["under_16"]).sum()),
        "opted_out": int((known["open_register"] == False).sum()),  # noqa: E712
        "overseas": marked["overseas"],
        "attainers": marked["attainer"],
    }


def _tallies(kept: pl.DataFrame) -> pl.DataFrame:
    """Say of each record that is kept which of the counts it is part of."""
    marked = pl.col("markers").list
    return kept.select(
        "record",
        opted_out=pl.col("open_register").eq_missing(other=False).cast(pl.UInt16),
        overseas=marked.contains("overseas").cast(pl.UInt16),
        attainers=marked.contains("attainer").cast(pl.UInt16),
    )


def _operations(rows: pl.DataFrame) -> dict[str, int]:
    found = dict(rows["operation"].value_counts().iter_rows())
    return {name: int(found.get(name, 0)) for name in OPERATIONS}


def _warnings(rows: pl.DataFrame, path: Path) -> list[Fault]:
    """Warn of what a reader should look into; of anonymous entries only that there are some, never where."""
    refused = int((rows["anonymous"] & ~rows["bare"]).sum())
    told = f"anonymous entries without name and address; {refused} carried either, was refused and is not held"
    warnings = [Fault(path.name, expected=told)] if refused else []
    silent = rows.filter(~pl.col("anonymous") & pl.col("nameless") & ~pl.col("under_16"))
    if "operation" in silent.columns:
        silent = silent.filter(pl.col("operation") != "deleted")
    return warnings + [Fault(path.name, line, "surname", "a name, found none") for line in silent["line"]]


ELECTORAL_REGISTER = Source(
    kind="electoral_register",
    words="the register of electors, full, open or monthly update",
    layouts=MappingProxyType(
        {
            each.name: Layout(each.name, each.words, partial(read_register, each), partial(read_register, each))
            for each in LAYOUTS
        }
    ),
    lists_once=True,
    renumbered=True,
    reference_codes=("ER",),
)
