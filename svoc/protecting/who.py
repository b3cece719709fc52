"""Who is under protection in a lane, by identifiers and by records."""

from datetime import UTC, date, datetime

import polars as pl
from sqlalchemy import Connection, select

from svoc.steps import shield as steps
from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.protections import cases_of, flagged, named_with, places_of, standing_together, whose
from svoc.store.standing import all_decisions, of_table, published_run
from svoc.store.store import Store
from svoc.words.decisions import holding
from svoc.words.protection import HELD

__all__ = [
    "SHIELDED",
    "SHIELDED_MENTIONS",
    "beside",
    "day_of",
    "home_of",
    "homes_of",
    "in_doubt",
    "shielded",
    "shielded_mentions",
]

SHIELDED: dict[str, pl.DataType] = {"person": pl.String(), "kinds": pl.List(pl.String())}
"""Identifiers of persons under protection, and by what (`svoc.words.protection.Protection`), sorted by person."""

SHIELDED_MENTIONS: dict[str, pl.DataType] = {"mention": pl.String(), "kinds": pl.List(pl.String())}
"""Keys of records under protection, and by what, sorted by mention."""


def shielded(store: Store, lane: str, *, ever: bool = False) -> pl.DataFrame:
    """Give who is under protection in a lane, as a frame of `SHIELDED`: by identifiers of today and retired ones.

    Whoever shares a person with a flagged record is, in whatever lane they share one and over any number of records. A
    flag of another lane says no more here than one of this lane would. With `ever` come those who once held a record
    that is under protection now: what is hidden today is hidden in what was shown of every day before.
    """
    with told_plainly(), store.engine.connect() as connection:
        found = found_shielded(connection)
        if found.is_empty():
            return pl.DataFrame(schema=SHIELDED)
        ids = whose(connection, lane, found["mention"].unique(), ever=ever)
    return _by(found.join(ids, on="mention"), "person")


def shielded_mentions(store: Store) -> pl.DataFrame:
    """Give every record under protection, of all lanes and withdrawn ones too, as a frame of `SHIELDED_MENTIONS`."""
    with told_plainly(), store.engine.connect() as connection:
        return _by(found_shielded(connection), "mention")


def beside(store: Store, lane: str, mentions: pl.Series) -> pl.DataFrame:
    """Give whom a record names together with one of these mentions, with all their identifiers: `mention`, `person`.

    Whoever is named in one record lives at one address: who reads that of the one knows that of the other.
    """
    with told_plainly(), store.engine.connect() as connection:
        mates = named_with(connection, mentions)
        return whose(connection, lane, mates, ever=True)


def in_doubt(store: Store, lane: str, mentions: pl.Series) -> pl.DataFrame:
    """Give who may be one with these records, as `mention`, `person`: a steward is asked, or could not tell.

    A life event that is proposed for one of them is among these, and all that is one person with such a record in any
    lane. `person`: all their identifiers of this lane, null where they have none.
    """
    with told_plainly(), store.engine.connect() as connection:
        found = found_in_doubt(connection, mentions)
        return found.to_frame().join(whose(connection, lane, found, ever=True), on="mention", how="left")


def homes_of(store: Store, lane: str) -> frozenset[int]:
    """Give the UPRNs where anybody is who is, or may be, under protection, by a golden fact of a lane or by a record.

    A forwarding address counts too.
    """
    with told_plainly(), store.engine.connect() as connection:
        known = found_shielded(connection)["mention"].unique()
        mentions = pl.concat([known, found_in_doubt(connection, known)])
        persons = whose(connection, lane, mentions, ever=False)["person"].unique()
        return places_of(connection, lane, mentions, persons)


def home_of(store: Store, lane: str, person: str) -> int | None:
    """Give the UPRN of a person's home as it stands, if it is known."""
    nobody = pl.Series("mention", [], dtype=pl.String)
    with told_plainly(), store.engine.connect() as connection:
        return next(iter(places_of(connection, lane, nobody, pl.Series("person", [person]))), None)


def found_shielded(connection: Connection) -> pl.DataFrame:
    """Give all records under protection (`HELD`): flagged ones, and those that share a person with one in any lane."""
    flags = flagged(connection, day_of(connection))
    parts = [flags]
    for (kind,), of in flags.group_by("kind"):
        others = standing_together(connection, of["mention"])
        parts.append(others.select("mention", kind=pl.lit(kind)).cast(pl.Schema(HELD)))
    return pl.concat(parts).unique()


def found_in_doubt(connection: Connection, mentions: pl.Series) -> pl.Series:
    """Name the other records that are, perhaps, one with these, and all that is one with those."""
    decisions = holding(all_decisions(connection), day_of(connection))
    asked = steps.in_doubt(mentions, cases_of(connection, steps.DOUBTFUL), decisions, [])
    together = pl.concat([asked, standing_together(connection, asked)["mention"]]).unique()
    return together.filter(~together.is_in(mentions.implode())).sort()


def day_of(connection: Connection) -> date:
    """Give the day by which flags end: the earlier of the clock's and the extracts', so that neither ends one early."""
    run = of_table(tables.Run).c
    as_of = connection.scalar(select(run.as_of).where(run.run == published_run(connection)))
    today = datetime.now(UTC).date()
    return min(as_of or today, today)


def _by(found: pl.DataFrame, column: str) -> pl.DataFrame:
    return found.group_by(column).agg(pl.col("kind").unique().sort().alias("kinds")).sort(column)
