"""Write what a purpose may read as files that other systems take: members, persons, cases, placements."""

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl

from svoc.store.store import Store
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS
from svoc.words.purposes import Lane, Purpose

__all__ = ["FORMATS", "export", "exported"]

FORMATS = ("csv", "parquet")

FORMULA_SIGNS = r"^[=+\-@\t\r]"
"""A text that begins with one of these is a formula to a spreadsheet."""


def exported(store: Store, lane: Lane, purpose: Purpose) -> dict[str, pl.DataFrame]:
    """Give the frames that an export writes, by name.

    `members`: source, record, party, person_id, uprn, outcome, rung, one row for each person mention, `party` counting
    the parties that the record names from 1; `persons`: the golden records; `cases`: what waits for a steward;
    `placements`: every record that the lane admits, people or not, and where it was placed.
    """
    yesterday = store.yesterday()
    state = yesterday.lane(lane.name)
    mentions = yesterday.mentions.filter(lane.admits() & (pl.col("source") != EVENTS_SOURCE))
    by_record = ["source", "record", "party"]
    members = (
        mentions.filter(pl.col("kind") == "person")
        .join(state.members, on="mention", how="left")
        .select("source", "record", "party", pl.col("person").alias("person_id"), "uprn", "outcome", "rung")
        .sort(by_record)
    )
    placements = mentions.select(
        *by_record, "kind", "address", "postcode", "supplied_uprn", "outcome", "uprn", "rung", "certainty", "reason"
    ).sort(by_record)
    hidden = [] if purpose.fields is None else [fact for fact in FACTS if fact not in purpose.fields]
    if hidden:
        placements = placements.drop([c for c in ("address", "postcode") if c in hidden])
    cases = state.cases.with_columns(pl.col("mentions").list.join(" "))
    persons = state.persons.rename({"person": "person_id"}).drop([*hidden, *(["provenance"] if hidden else [])])
    return {"members": members, "persons": persons, "cases": cases, "placements": placements}


def export(frames: dict[str, pl.DataFrame], folder: Path, *, form: str = "csv") -> list[Path]:
    """Write frames into a folder, each file whole or not at all and readable by its owner only; give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    write: dict[str, Callable[[pl.DataFrame, Path], None]] = {
        "csv": lambda frame, path: harmless(frame).write_csv(path),
        "parquet": lambda frame, path: frame.write_parquet(path),
    }
    written = []
    for name, frame in frames.items():
        final = folder / f"{name}.{form}"
        draft = folder / f".{name}.{os.getpid()}.part"
        os.close(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600))
        try:
            write[form](frame, draft)
            draft.replace(final)
        finally:
            draft.unlink(missing_ok=True)
        written.append(final)
    return written


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run as a formula."""
    text = pl.col(pl.String)
    return frame.with_columns(
        pl.when(text.str.contains(FORMULA_SIGNS)).then(pl.lit("'") + text).otherwise(text).name.keep()
    )
