"""Write the lists: one CSV each, and one page that says of each what it means and what to do."""

from pathlib import Path
from typing import Any

import polars as pl

from svoc.reports.beside import write_beside
from svoc.reports.custodian.lists import LISTS, Lists
from svoc.reports.custodian.uses import PURPOSE
from svoc.reports.night_report import environment

__all__ = ["SHOWN", "page", "shown", "write_lists"]

SHOWN = 100
"""So many rows of each list stand on the page, those most used; the CSV has all."""

NUMBERS = (pl.Int64, pl.Int16)


def write_lists(lists: Lists, folder: Path, *, whose: str, as_of: str | None = None) -> Path:
    """Write missing.csv and the others, and custodian.html; give the path of the page.

    `whose`: the council or the file that the lists are of. Each file appears whole or not at all, is readable by its
    owner only, and replaces that of an earlier run. Texts that a spreadsheet would run as a formula are made harmless.
    Raises `SettingsError` where the folder cannot be used, `StoreUnavailable` where the disk is full.
    """
    final = folder / "custodian.html"
    return write_beside(lists.frames, final, page(lists, whose=whose, as_of=as_of), called="lists")


def page(lists: Lists, *, whose: str, as_of: str | None = None) -> str:
    """Lay the lists out as one HTML page that needs no other file, no network and no script."""
    told = [
        {"kind": kind, "rows": frame.height, "kinds": _kinds(frame), **shown(frame)}
        for kind in LISTS
        if (frame := lists.frames.get(kind.name)) is not None
    ]
    return (
        environment()
        .get_template("custodian.html")
        .render(
            whose=whose,
            as_of=as_of,
            purpose=PURPOSE,
            lists=told,
            left_out=lists.left_out,
            counts=lists.counts,
            shown=SHOWN,
        )
    )


def _kinds(frame: pl.DataFrame) -> dict[str, int]:
    by = "kind" if "kind" in frame.columns else "rung"
    counts = frame.group_by(by).len("n").sort("n", by, descending=[True, False])
    return {str(name): int(n) for name, n in counts.iter_rows()}


def shown(frame: pl.DataFrame) -> dict[str, Any]:
    """Give the columns that say anything, and the first rows as text."""
    head = frame.head(SHOWN)
    names = [name for name in head.columns if head[name].null_count() < head.height]
    numbers = {name for name in names if head.schema[name] in NUMBERS and "uprn" not in name}
    return {"names": names, "numbers": numbers, "cells": head.select(pl.col(names).cast(pl.String)).rows()}
