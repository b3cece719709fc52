"""Write what a purpose may read as files that other systems take: members, persons, households, cases, placements."""

from collections.abc import Callable
from functools import partial
from io import BufferedWriter
from pathlib import Path

import polars as pl

from svoc.protecting import OPEN, Shield
from svoc.store.store import Store
from svoc.whole_files import write_whole
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS
from svoc.words.purposes import Lane, Purpose

__all__ = ["FORMATS", "export", "exported"]

FORMATS = ("csv", "parquet")
WRITERS: dict[str, Callable[[pl.DataFrame, BufferedWriter], None]] = {
    "csv": lambda frame, file: harmless(frame).write_csv(file),
    "parquet": lambda frame, file: frame.write_parquet(file),
}

FORMULA_SIGNS = r"^[=+\-@\t\r]"
"""A text that begins with one of these is a formula to a spreadsheet."""


def exported(store: Store, lane: Lane, purpose: Purpose) -> dict[str, pl.DataFrame]:
    """Give the frames that an export writes, by name.

    `members`: source, record, party, person_id, uprn, outcome, rung, one row for each person mention, `party` counting
    the parties that the record names from 1; `persons`: the golden records; `households`: household_id, person_id,
    uprn, one row for each person who lives in one; `cases`: what waits for a steward;
    `placements`: every record that the lane admits, people or not, and where it was placed. Unless the purpose sees the
    protected, all is as if their records said nothing of a place (`svoc.protecting.Shield`).
    """
    shield = OPEN if purpose.sees_protected else Shield.of(store, lane.name)
    yesterday = store.yesterday()
    state = yesterday.lane(lane.name)
    mentions = yesterday.mentions.filter(lane.admits() & (pl.col("source") != EVENTS_SOURCE))
    by_record = ["source", "record", "party"]
    members = (
        mentions.filter(pl.col("kind") == "person")
        .join(state.members, on="mention", how="left")
        .select("source", "record", "party", pl.col("person").alias("person_id"), "uprn", "outcome", "rung", "mention")
        .sort(by_record)
    )
    placements = mentions.select(
        "mention",
        *by_record,
        "kind",
        "address",
        "postcode",
        "supplied_uprn",
        "outcome",
        "uprn",
        "rung",
        "certainty",
        "reason",
    ).sort(by_record)
    hidden = [] if purpose.fields is None else [fact for fact in FACTS if fact not in purpose.fields]
    if hidden:
        placements = placements.drop([c for c in ("address", "postcode") if c in hidden])
    cases = state.cases.with_columns(pl.col("mentions").list.join(" "))
    persons = state.persons.rename({"person": "person_id"}).drop([*hidden, *(["provenance"] if hidden else [])])
    households = state.households.select(household_id="household", person_id="person", uprn="place")
    frames = {
        "members": members,
        "persons": persons,
        "households": households.drop([c for c in ("uprn",) if c in hidden]).sort("household_id", "person_id"),
        "cases": cases,
        "placements": placements,
    }
    return shield.exported(frames)


def export(frames: dict[str, pl.DataFrame], folder: Path, *, form: str = "csv") -> list[Path]:
    """Write frames into a folder, each file whole or not at all and readable by its owner only; give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / f"{name}.{form}": frame for name, frame in frames.items()}
    for file, frame in files.items():
        write_whole(file, partial(WRITERS[form], frame))
    return list(files)


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run as a formula."""
    text = pl.col(pl.String)
    return frame.with_columns(
        pl.when(text.str.contains(FORMULA_SIGNS)).then(pl.lit("'") + text).otherwise(text).name.keep()
    )
