"""Give every address of a file its UPRN, or a reason why not."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl
from rich.console import Console
from rich.progress import Progress

from gazetteer import OUTCOMES, RUNGS, Gazetteer, GazetteerError, resolve
from gazetteer.errors import FormatError
from svoc.binding import as_faults, equipped
from svoc.by_file.files import (
    POSTCODES,
    UPRNS,
    check_writable,
    first_known,
    named_column,
    table_of,
    write_frame,
)
from svoc.errors import InputFaults, SettingsError, nearest
from svoc.reports.custodian import custodian_lists, uses_of_file, write_lists
from svoc.sources.clean import address as joined_lines
from svoc.sources.clean import by_value, postcode_in, tidied
from svoc.sources.clean import postcode as as_postcode
from svoc.sources.clean import uprn as as_uprn
from svoc.sources.property_lists import PropertyList, recognise_property_list
from svoc.sources.tables import Table, fold_heading, read_table, told_headings

__all__ = ["place_file"]

ANSWERS = ("outcome", "uprn", "rung", "certainty", "reason", "matched", "rivals")
"""What `place_file` adds; a column of the input that is called so keeps its place as supplied_outcome and so on."""

BATCH = 20_000
"""Addresses placed between two steps of the progress bar."""

LINE = re.compile(r"^(?:property|site|full)?(?:addressline|address|addrline|addr|add)(\d)$")
WHOLE = ("full address", "address full", "single line address", "whole address", "property address", "address text")
FIRST = ("address", "addr")
AFTER = ("locality", "town", "post town", "city")


def place_file(
    gazetteer: Path,
    addresses: Path,
    out: Path,
    *,
    address: list[str],
    postcode: str | None,
    uprn: str | None,
    tuning: Path | None = None,
    feedback: Path | None = None,
    wanted: float | None = None,
    lists: Path | None = None,
) -> dict[str, Any]:
    """Give every address of a file its UPRN, or a reason why not.

    `gazetteer`: a file or folder in any format of `gazetteer.formats`, or one saved; `addresses`: CSV, TSV or Parquet;
    `out`: CSV or Parquet by its ending, with all columns and rows of `addresses` in their order and `ANSWERS`. The
    address's columns are found by their headings unless they are named. `tuning` and `feedback` are files for
    `gazetteer.Tuning.load` and `gazetteer.read_feedback`, `wanted` is as in `gazetteer.resolve`. With `lists`, a
    folder, those of the address custodian's lists that need no council are written there (`svoc.reports.custodian`).
    Gives how many there are of each outcome and rung, which columns were read, and the seconds that all of it and the
    placing took: `svoc.by_file.summary` writes that for people. Raises `SettingsError` for a path
    or column that is not there, `InputFaults` with every fault of a file.
    """
    began = perf_counter()
    check_writable(out, addresses, gazetteer, *filter(None, (tuning, feedback)))
    supplied, asked, told = _questions(addresses, address, postcode, uprn)
    answers, read, placing = _placed(asked, lambda: gazetteer_of(gazetteer, tuning, feedback, wanted))
    write_frame(pl.concat([_making_room(supplied), answers], how="horizontal"), out)
    told |= _listed(asked, answers, read, lists, addresses.stem) if lists else {}
    counts = {f"outcome_{name}": answers.filter(pl.col("outcome") == name).height for name in OUTCOMES}
    rungs = {f"rung_{each.name}": answers.filter(pl.col("rung") == each.name).height for each in RUNGS}
    took = {"seconds": round(perf_counter() - began, 3), "seconds_placing": round(placing, 3)}
    found = {name: n for name, n in rungs.items() if n}
    return {"addresses": answers.height, **counts, **found, "outcomes": _by_rung(answers), **took, **told}


def _by_rung(answers: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Count the rungs of each outcome, in the order of `OUTCOMES` and `RUNGS`."""
    counted = {(outcome, rung): n for outcome, rung, n in answers.group_by("outcome", "rung").len().iter_rows()}
    every = {name: {r.name: counted[name, r.name] for r in RUNGS if (name, r.name) in counted} for name in OUTCOMES}
    return {outcome: rungs for outcome, rungs in every.items() if rungs}


def _listed(
    asked: pl.DataFrame, answers: pl.DataFrame, gazetteer: Gazetteer, folder: Path, name: str
) -> dict[str, str]:
    """Write the custodian's lists of a file; give how long each is."""
    made = custodian_lists(uses_of_file(asked, answers, name), gazetteer)
    write_lists(made, folder, whose=name)
    return {f"list {each}": str(rows) for each, rows in made.figures().items()}


def _questions(
    path: Path, address: list[str], postcode: str | None, uprn: str | None
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, str]]:
    """Give the rows as supplied, what is asked of each (address, postcode, supplied_uprn), and what was read."""
    listed = None if address or postcode or uprn or path.suffix.lower() == ".parquet" else recognise_property_list(path)
    if listed:
        return *_of_list(listed), {"read as": listed.supplier}
    table = table_of(path, known=[*WHOLE, *FIRST, *POSTCODES, *UPRNS, *(f"address {n}" for n in range(1, 7))])
    lines = [named_column(table, each, "--address") for each in address] or _address_lines(table)
    if not lines:
        told = told_headings(table)
        raise SettingsError(f"{path.name}: no column is known to hold an address; name it with --address; {told}")
    code = named_column(table, postcode, "--postcode") if postcode else first_known(table, POSTCODES)
    known = named_column(table, uprn, "--uprn") if uprn else first_known(table, UPRNS)
    used = {"address from": ", ".join(lines), "postcode from": code, "uprn from": known}
    return table.frame, _asked(table.frame, lines, code, known), {name: str(v) for name, v in used.items() if v}


def _of_list(listed: PropertyList) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read an electoral system's list of properties: its columns as supplied, a heading that stands twice numbered."""
    headings: list[str] = []
    for at, heading in enumerate(listed.headings, 1):
        free = heading.strip() or f"column_{at}"
        headings.append(f"{free}_{at}" if free in headings else free)
    table = read_table(listed.path, headless=headings)
    below = table.lines > 1
    lines = table.lines.filter(below).to_frame()
    asked = lines.join(listed.read(), on="line", how="left", maintain_order="left").drop("line")
    return table.frame.filter(below), asked


def _address_lines(table: Table) -> list[str]:
    """Find the columns of an address: numbered lines with town or locality behind them, else one column with all."""
    numbered: dict[str, str] = {}
    for heading in table.headings:
        if line := LINE.match(fold_heading(heading)):
            numbered.setdefault(line[1], heading)
    whole, first = first_known(table, WHOLE), first_known(table, FIRST)
    if whole or not (numbered or first):
        return [whole] if whole else []
    if first and "1" not in numbered:
        numbered["0"] = first
    after = [found for each in AFTER if (found := table.find(each))] if len(numbered) > 1 or not first else []
    return [*(numbered[n] for n in sorted(numbered)), *after]


def _asked(frame: pl.DataFrame, lines: Sequence[str], code: str | None, known: str | None) -> pl.DataFrame:
    wanted = {**{f"line_{n}": name for n, name in enumerate(lines)}, "code": code, "known": known}
    texts = tidied(
        frame.select(
            (pl.col(name).cast(pl.String) if name else pl.lit(None, pl.String)).alias(ours)
            for ours, name in wanted.items()
        )
    )
    texts = texts.with_columns(by_value(texts["code"], as_postcode).alias("code"))
    whole = texts.select(
        "code", "known", address=joined_lines([pl.col(f"line_{n}") for n in range(len(lines))], pl.col("code"))
    )
    found = whole.with_columns(found=pl.when(pl.col("code").is_null()).then(postcode_in(pl.col("address"))))
    return found.select("address", postcode=pl.coalesce("code", "found"), supplied_uprn=as_uprn(pl.col("known")))


def gazetteer_of(
    path: Path, tuning: Path | None = None, feedback: Path | None = None, wanted: float | None = None
) -> Gazetteer:
    """Read a gazetteer with what is to be used beside it; raise `SettingsError` or `InputFaults`."""
    try:
        return equipped(Gazetteer.read(path), tuning, feedback, wanted)
    except FormatError as fault:
        raise InputFaults(as_faults(fault)) from None
    except GazetteerError as fault:
        there = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = None if path.exists() else nearest(path.name, there)
        raise SettingsError(f"{fault}" + (f"; did you mean {hint}?" if hint else "")) from None


def _placed(asked: pl.DataFrame, read: Callable[[], Gazetteer]) -> tuple[pl.DataFrame, Gazetteer, float]:
    """Place the addresses batch by batch, with a bar where somebody is watching.

    Gives the gazetteer as well, and the seconds that placing took without reading it.
    """
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("reading the gazetteer", total=None)
        gazetteer = read()
        bar.update(task, description="placing addresses", total=asked.height)
        began, answers = perf_counter(), []
        for batch in _batches(asked):
            answers.append(resolve(batch, gazetteer).select(ANSWERS).with_columns(pl.col("certainty").round(6)))
            bar.advance(task, batch.height)
        return pl.concat(answers), gazetteer, perf_counter() - began


def _batches(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from (frame.slice(start, BATCH) for start in range(0, max(frame.height, 1), BATCH))


def _making_room(supplied: pl.DataFrame) -> pl.DataFrame:
    """Rename the input's own columns that are called as an answer is."""
    new: dict[str, str] = {}
    for name in set(ANSWERS) & set(supplied.columns):
        free = f"supplied_{name}"
        while free in supplied.columns:
            free += "_"
        new[name] = free
    return supplied.rename(new)
