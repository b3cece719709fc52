"""The electoral register: full registers and monthly updates of every supplier layout that is known.

A record is one entry; its reference is the elector number, polling district, number and suffix (AB-12/1), which is
allotted anew with each revised register and so is no key of a person. Anonymous entries and children under 16 end
here, at the door: they are counted, and nothing of them goes further.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

import polars as pl

from svoc.errors import Fault, InputFaults, SettingsError, nearest
from svoc.settings import SourceSettings
from svoc.sources.base import Extract, Layout, Source
from svoc.sources.elector_numbers import normal_key
from svoc.sources.finish import content_date, date_faults, empty_fault, finished, key_faults
from svoc.sources.property_lists import recognise_property_list
from svoc.sources.register_layouts import LAYOUTS, REGISTER_COLUMNS, RegisterLayout
from svoc.sources.register_markers import OPEN, OPTED_OUT, marker_map
from svoc.sources.register_rows import electors
from svoc.sources.register_updates import OPERATIONS, operated, settled
from svoc.sources.tables import Table, pick, read_table, recognised
from svoc.words.records import EMPTY_RECORDS

__all__ = ["ELECTORAL_REGISTER", "read_register"]

DATES = ("dob", "attainment", "since", "until")
ELECTOR_FORM = "an elector number as AB-12 or AB-12/1"


@dataclass(frozen=True, slots=True)
class _Read:
    """Rows as supplied, by svoc's names, and which heading of the file stands for which name."""

    rows: pl.DataFrame
    headings: Mapping[str, str]


def read_register(layout: RegisterLayout, settings: SourceSettings, path: Path) -> Extract:
    """Read one register, or one update of it, as an extract with one record for each elector.

    Counts: rows, persons, anonymous (entries without name and address), anonymous_refused (entries that carried
    either), under_16, nameless, overseas, attainers, opted_out; of an update also added, amended, deleted, ignored.
    Raises `InputFaults` with every fault at once (a list of properties among them), `SettingsError` for a column
    that is not there.
    """
    _refuse_properties(path)
    read = _read(layout, settings, path)
    update = settings.mode == "update" or layout.name.endswith("_update")
    settings = settings.model_copy(update={"mode": "update" if update else "full"})
    on = content_date(settings, path, EMPTY_RECORDS)
    rows = electors(read.rows, layout, marker_map(settings.markers), on)
    if update:
        rows = operated(rows, layout)
    faults = _faults(rows, read, path, update=update)
    if faults:
        raise InputFaults(sorted(faults))
    final = settled(rows) if update else rows
    shown = _shows_opt_outs(rows, read, layout, settings)
    kept = _opened(_kept(final, update=update), settings, shown=shown)
    return finished(
        settings.model_copy(update={"content_date": on}),
        path,
        kept,
        withdrawn=_withdrawn(final, kept) if update else None,
        counts={**_counts(rows, kept), **(_operations(rows) if update else {})},
        warnings=_warnings(rows, path),
    )


def _refuse_properties(path: Path) -> None:
    found = recognise_property_list(path)
    if found is not None:
        told = f"electors; this file holds properties, not electors: an export of {found.supplier}, for svoc place"
        raise InputFaults([Fault(path.name, expected=told)])


# --- from the file to named columns


def _read(layout: RegisterLayout, settings: SourceSettings, path: Path) -> _Read:
    own = _own_columns(settings)
    if layout.name == "columns" and own:
        table = read_table(path, known=[*own.values(), *layout.known])
        return _taken(table, own)
    try:
        table = read_table(path, known=[*own.values(), *layout.known], banner=layout.banner)
    except InputFaults:
        headless = _headless(layout, path)
        if headless is None:
            raise
        return headless
    mapping = {**_unaided(table, layout), **own}
    missing = [name for name in _required(layout, mapping) if name not in mapping]
    if not missing:
        return _taken(table, mapping)
    headless = _headless(layout, path)
    if headless is None:
        raise SettingsError(_unlike(layout, table, missing))
    return headless


def _own_columns(settings: SourceSettings) -> dict[str, str]:
    """Check svoc's side of the mapping; number the columns of a list."""
    mapping: dict[str, str] = {}
    for name, headings in settings.columns.items():
        if name not in REGISTER_COLUMNS and name != "address":
            hint = nearest(name, [*REGISTER_COLUMNS, "address"])
            told = f"; did you mean {hint}?" if hint else f"; expected one of {', '.join(REGISTER_COLUMNS)}"
            raise SettingsError(f"[sources.columns] {settings.name}: a register has no column {name}{told}")
        each = [headings] if isinstance(headings, str) else list(headings)
        if len(each) > 1 and name != "address":
            raise SettingsError(f"[sources.columns] {settings.name}: {name} takes one column")
        mapping |= {f"address_{n}" if name == "address" else name: heading for n, heading in enumerate(each, 1)}
    return mapping


def _unaided(table: Table, layout: RegisterLayout) -> dict[str, str]:
    """Recognise a layout's columns by their headings, each column of the file once."""
    found = recognised(table, layout.headings)
    if {"prefix", "number"} <= set(found):
        found.pop("elector", None)
    taken: dict[str, str] = {}
    for name, heading in found.items():
        if heading not in taken.values():
            taken[name] = heading
    return {**taken, **_after_postcode(table, layout, taken)}


def _after_postcode(table: Table, layout: RegisterLayout, mapping: Mapping[str, str]) -> dict[str, str]:
    """Take Eros's last column, whatever it is called: some councils' holds UPRNs, others' an opt-out flag."""
    if layout.name != "eros" or "postcode" not in mapping:
        return {}
    at = table.headings.index(mapping["postcode"]) + 1
    last = table.headings[at] if at < len(table.headings) else None
    return {"flag_or_uprn": last} if last and last not in mapping.values() else {}


def _required(layout: RegisterLayout, mapping: Mapping[str, str]) -> tuple[str, ...]:
    if layout.required:
        named = ("name",) if "name" in mapping else ("surname",)
        return (*(r for r in layout.required if r != "surname"), *named)
    return ("elector",) if "number" not in mapping else ("prefix", "number")


def _taken(table: Table, mapping: Mapping[str, str]) -> _Read:
    if not ({"elector"} <= set(mapping) or {"prefix", "number"} <= set(mapping)):
        raise SettingsError(f"{table.path.name}: [sources.columns] expected elector, or prefix and number")
    rows = pick(table, {name: heading for name, heading in mapping.items() if not name.startswith("_")})
    return _Read(rows, mapping)


def _headless(layout: RegisterLayout, path: Path) -> _Read | None:
    """Read a file without a header by the positions of its columns, where its width is one of the layout's."""
    for order in layout.orders:
        try:
            table = read_table(path, headless=order, banner=layout.banner)
        except InputFaults:
            continue
        rows = pick(table, {name: name for name in order if not name.startswith("_")})
        numbered = pl.col("number").str.contains(r"\d")
        return _Read(rows.filter((pl.col("line") > rows["line"].min()) | numbered), {name: name for name in order})
    return None


def _unlike(layout: RegisterLayout, table: Table, missing: list[str]) -> str:
    """Say what a file lacks to be of its layout, and of which it seems to be.

    Only headings that svoc knows are named: the first row of a file without a header is an elector.
    """
    likely = [
        other.name
        for other in LAYOUTS
        if other.required and set(_required(other, found := _unaided(table, other))) <= set(found)
    ]
    known = recognised(table, REGISTER_COLUMNS).values()
    has = f"of the headings that svoc knows it has {', '.join(known)}" if known else "it has no heading that svoc knows"
    hint = f"it looks like layout {' or '.join(likely)}" if likely else has
    return f"{table.path.name}: is not of layout {layout.name}, which needs {', '.join(missing)}; {hint}"


# --- faults, counts and what is kept


def _faults(rows: pl.DataFrame, read: _Read, path: Path, *, update: bool) -> list[Fault]:
    heading = read.headings.get("elector") or read.headings.get("number", "elector")
    unnumbered = rows.filter(pl.col("record").is_null())["line"]
    faults = [Fault(path.name, line, heading, ELECTOR_FORM) for line in unnumbered]
    dates = {name: read.headings[name] for name in DATES if name in read.headings}
    faults += date_faults(read.rows, path, dates)
    if update:
        unread = rows.filter(pl.col("operation").is_null())["line"]
        return faults + [Fault(path.name, line, "status", "an addition, amendment or deletion") for line in unread]
    return faults + empty_fault(rows, path, "full") + _repeated(rows, path, heading)


def _repeated(rows: pl.DataFrame, path: Path, heading: str) -> list[Fault]:
    plain = normal_key(pl.when(pl.col("record").str.contains(r"[-/]0")).then("record"))
    return key_faults(rows.with_columns(pl.coalesce(plain, "record").alias("record")), ["record"], path, heading)


def _kept(rows: pl.DataFrame, *, update: bool) -> pl.DataFrame:
    """Leave at the door whoever is anonymous, under 16 or nameless."""
    barred = pl.col("anonymous") | pl.col("under_16") | pl.col("nameless")
    return rows.filter(~barred & (pl.col("operation") != "deleted") if update else ~barred)


def _withdrawn(final: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Take away whoever was deleted, and whoever may no longer be held: an elector who became anonymous above all."""
    return final.join(kept, on="record", how="anti").select("record").sort("record")


def _shows_opt_outs(rows: pl.DataFrame, read: _Read, layout: RegisterLayout, settings: SourceSettings) -> bool:
    """Tell whether a file says who has opted out of the open register: then whoever it does not name has not.

    A full register in which nobody has is not believed: its supplier leaves the flag out. An update may well have none.
    """
    if {OPTED_OUT, OPEN} & set(settings.markers.values()):
        return True
    if (rows["open_register"] == False).any():  # noqa: E712
        return True
    column = read.rows["opt_out"].str.contains(r"^\d{2,}$").any() if "opt_out" in read.rows.columns else True
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
        "rows": rows.height,
        "anonymous": int((rows["anonymous"] & rows["bare"]).sum()),
        "anonymous_refused": int((rows["anonymous"] & ~rows["bare"]).sum()),
        "under_16": int(known["under_16"].sum()),
        "nameless": int((known["nameless"] & ~known["under_16"]).sum()),
        "opted_out": int((known["open_register"] == False).sum()),  # noqa: E712
        "overseas": marked["overseas"],
        "attainers": marked["attainer"],
    }


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
        {each.name: Layout(each.name, each.words, partial(read_register, each)) for each in LAYOUTS}
    ),
    lists_once=True,
    renumbered=True,
    reference_codes=("ER",),
)
