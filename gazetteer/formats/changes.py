"""Puts supplies together: full ones side by side, then the change-only ones over them, by date.

Files that no header dates are taken in the order in which they are named.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from gazetteer.formats.base import Supply
from gazetteer.formats.faults import Faults, raise_all
from gazetteer.formats.layouts import Layout
from gazetteer.formats.records import Records

BLPU = "21"
# Streets are given again in every volume that touches them.
STREETS = ("11", "15")
# What still speaks of a property once it is gone.
OUTLIVING = ("11", "15", "30")


def combine(layouts: Mapping[str, Layout], files: Sequence[Records]) -> Records:
    """Makes one set of records of several files: all full supplies, and over them the changes.

    Raises FormatError where two lines of the full supplies hold the same property, street or address.
    """
    full: list[Records] = []
    changes: list[Records] = []
    for records in files:
        # Without a header, inserts that follow a full supply and changes to it are changes as well.
        later = bool(full and changes) and not records.dated
        (changes if records.supply.change_only or later else full).append(records)
    if full:
        return apply_changes(layouts, _side_by_side(layouts, full), changes)
    nothing = {record: frame.clear() for record, frame in changes[0].frames.items()}
    supply = Supply(changes[0].supply.dialect, change_only=True)
    return apply_changes(layouts, Records(nothing, supply, changes[0].faults), changes)


def apply_changes(layouts: Mapping[str, Layout], full: Records, changes: Sequence[Records]) -> Records:
    """Applies change-only supplies to a full one, by date, and within each by PRO_ORDER.

    An insert or update takes the place of the record with the same key, a delete removes it. Changes dated before
    the full supply are in it already and are left out. What belongs to a deleted property goes with it, but for
    the property's successors.
    """
    since = full.supply.date or dt.date.min
    later = [change for change in changes if not change.dated or (change.supply.date or dt.date.max) >= since]
    if all(change.dated for change in later):
        later.sort(key=lambda change: change.supply.date or dt.date.max)
    frames = {
        record: _changed(frame, [change.frames[record] for change in later], layouts[record].key)
        for record, frame in full.frames.items()
    }
    removed = _removed([full, *later], frames[BLPU])
    for record in frames.keys() - set(OUTLIVING):
        frames[record] = frames[record].join(removed, on="uprn", how="anti", maintain_order="left")
    return Records(frames, together([full.supply, *(change.supply for change in changes)]), full.faults)


def in_order(layouts: Mapping[str, Layout], files: Sequence[Records]) -> Records:
    """Puts files without headers of their own together, in the order in which they are named.

    The files before the first with an update or a delete are volumes of a full supply; from it on, each is a change
    to what stands before it: an insert or update takes the place of the row with the same key, a delete removes it,
    and a delete of what is not there does nothing. Raises FormatError where two rows of the full supply have one key.
    """
    faults = [records.faults for records in files]
    codes = [pl.concat([frame["change_type"] for frame in one.frames.values()]) for one in files]
    begins = first_change(codes, faults)
    frames = {}
    for kind, shape in layouts.items():
        parts = (f.frames[kind].with_columns(file=pl.lit(i), step=step_of(i, begins)) for i, f in enumerate(files))
        union = pl.concat(parts, how="diagonal")
        _refuse_repeats(union.filter(pl.col("step") == 0), shape, faults)
        last = union.sort("step", "line", maintain_order=True).unique(list(shape.key), keep="last", maintain_order=True)
        frames[kind] = last.filter(pl.col("change_type") != "D").drop("file", "step")
    raise_all(faults)
    supply = together([records.supply for records in files])
    return Records(frames, replace(supply, change_only=begins == 0), faults[0])


def first_change(codes: Sequence[pl.Series], faults: Sequence[Faults]) -> int:
    """Says which file is the first to hold an update or a delete; the number of files where none does.

    `codes` are the change codes of each file. A file of inserts alone after nothing but changes is a fault: it may
    well be the full supply that they belong to.
    """
    begins = next((i for i, one in enumerate(codes) if (one != "I").any()), len(codes))
    for one, each in zip(codes[1:], faults[1:], strict=True):
        if begins == 0 and len(one) and (one == "I").all():
            message = "a file of inserts alone stands after a file of changes"
            each.add(pl.Series([None]), None, message, expected="the full supply first, then its changes in order")
    return begins


def step_of(file: int, begins: int) -> pl.Expr:
    """Numbers the steps: 0 for the volumes of the full supply, then one for each file of changes."""
    return pl.lit(max(0, file - begins + 1), pl.Int32)


def _changed(full: pl.DataFrame, changes: Sequence[pl.DataFrame], key: Sequence[str]) -> pl.DataFrame:
    # A full supply that holds updates and deletes of its own is its own first change.
    pure = (full["change_type"] == "I").all()
    stands, steps = (full, changes) if pure else (full.clear(), [full, *changes])
    if not any(step.height for step in steps):
        return stands
    ordered = pl.concat(step.sort("pro_order", "line", nulls_last=True) for step in steps)
    last = ordered.unique(list(key), keep="last", maintain_order=True)
    kept = stands.join(last.select(key), on=list(key), how="anti", maintain_order="left")
    return pl.concat([kept, last.filter(pl.col("change_type") != "D")])


def _removed(steps: Sequence[Records], left: pl.DataFrame) -> pl.DataFrame:
    blpus = pl.concat(step.frames[BLPU].select("uprn", "change_type") for step in steps)
    gone = blpus.filter(pl.col("change_type") == "D").select("uprn").unique()
    return gone.join(left, on="uprn", how="anti")


def _side_by_side(layouts: Mapping[str, Layout], files: Sequence[Records]) -> Records:
    faults = [Faults(records.faults.file) for records in files]
    frames = {}
    for record in files[0].frames:
        parts = [f.frames[record].with_columns(pl.lit(i).alias("file")) for i, f in enumerate(files)]
        union = pl.concat(parts)
        if record in STREETS and len(files) > 1:
            union = union.unique(set(union.columns) - {"line", "file", "pro_order"}, keep="first", maintain_order=True)
        _refuse_repeats(union, layouts[record], faults)
        frames[record] = union.drop("file")
    raise_all(faults)
    return Records(frames, together([records.supply for records in files]), faults[0])


def _refuse_repeats(frame: pl.DataFrame, shape: Layout, faults: Sequence[Faults]) -> None:
    # A supply with updates of its own names a record as often as it changes.
    if not shape.unique or (frame["change_type"] != "I").any():
        return
    first = frame.unique(list(shape.unique), keep="first", maintain_order=True)
    if first.height == frame.height:
        return
    repeats = frame.join(first, on=["file", "line"], how="anti", maintain_order="left")
    column = shape.unique[0].upper()
    message = f"was given before, in another {shape.name} record"
    for i, each in enumerate(faults):
        each.add(repeats["line"].filter(repeats["file"] == i), column, message, expected="each once")


def together(supplies: Sequence[Supply]) -> Supply:
    """Says of several supplies what they are as one."""
    told = [supply.complete for supply in supplies if supply.complete is not None]
    counts: Counter[str] = Counter()
    for supply in supplies:
        counts.update(supply.counts)
    return Supply(
        supplies[0].dialect,
        next((supply.custodian for supply in supplies if supply.custodian is not None), None),
        max((supply.date for supply in supplies if supply.date is not None), default=None),
        dict(sorted(counts.items())),
        change_only=all(supply.change_only for supply in supplies),
        complete=all(told) if told else None,
        encodings=tuple(sorted({encoding for supply in supplies for encoding in supply.encodings})),
    )
