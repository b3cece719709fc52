"""Looks back: what happened to a person, on which night, and how the person stood on any day."""

from collections.abc import Collection
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import and_, func, select

from svoc.store import tables
from svoc.store.bulk import read_rows
from svoc.store.frames import decoded
from svoc.store.opening import told_plainly
from svoc.store.standing import MENTION, of_table, oldest_kept, refuse_forgotten, seen_by
from svoc.store.store import Store
from svoc.words.changes import CHANGES
from svoc.words.changes import ChangeKind as Kind
from svoc.words.mentions import PLACED
from svoc.words.persons import PERSONS

__all__ = ["PAST", "forgotten_of", "last_seen", "leads_to", "members_on", "past_of", "person_on", "run_on"]

PAST: dict[str, pl.DataType] = {"run": pl.Int64(), "as_of": pl.Date(), **CHANGES}
"""What happened to a person: a change, the run that made it, and the day of which that run speaks."""

ORDER = [kind.value for kind in (Kind.NEW, Kind.SPLIT, Kind.MEMBERS, Kind.CHANGED, Kind.MERGED, Kind.GONE)]
"""The order in which what happened in one night is told: how a person began, what changed, how it ended."""

RUN, CHANGE, PERSON, FORWARD, FOUNDED = map(
    of_table, (tables.Run, tables.ChangeRow, tables.PersonRow, tables.ForwardRow, tables.FoundedRow)
)
MENTION_ROW, MEMBER = of_table(tables.MentionRow), of_table(tables.MemberRow)


def past_of(store: Store, person: str, lane: str) -> pl.DataFrame:
    """Give all that published nights changed of a person of a lane, the oldest first, as a frame of `PAST`."""
    last = store.published()
    mine = and_(CHANGE.c.person == person, CHANGE.c.lane == lane, CHANGE.c.run <= last)
    with told_plainly(), store.engine.connect() as connection:
        changes = read_rows(connection, CHANGE, ["id", "run", *CHANGES], mine)
        nights = read_rows(connection, RUN, ["run", "as_of"], RUN.c.run <= last)
    told = pl.col("kind").replace_strict({kind: place for place, kind in enumerate(ORDER)}, return_dtype=pl.Int8)
    ordered = changes.sort("run", told, "id")
    return decoded(ordered.join(nights, on="run", how="left", maintain_order="left"), PAST)


def run_on(store: Store, day: date) -> int:
    """Give the last published run that speaks of a day or of one before it; 0 where there is none.

    Raises `SettingsError` where that night is no longer kept.
    """
    before = and_(RUN.c.state == "published", RUN.c.run <= store.published(), RUN.c.as_of <= day)
    with told_plainly(), store.engine.connect() as connection:
        run = int(connection.scalar(select(func.max(RUN.c.run)).where(before)) or 0)
        refuse_forgotten(connection, run)
        return run


def forgotten_of(store: Store, person: str, lane: str) -> str | None:
    """Say from which night on a person's past is kept, if some of it was forgotten."""
    its = and_(seen_by(tables.FoundedRow, store.published()), FOUNDED.c.person == person, FOUNDED.c.lane == lane)
    with told_plainly(), store.engine.connect() as connection:
        first, oldest = connection.scalar(select(FOUNDED.c.run).where(its)), oldest_kept(connection)
        day = connection.scalar(select(RUN.c.as_of).where(RUN.c.run == oldest))
    if first is None or first >= oldest:
        return None
    return f"what happened to {person} before night {oldest}, as of {day}, is no longer kept"


def person_on(store: Store, person: str, lane: str, run: int) -> dict[str, Any] | None:
    """Give the row of `PERSONS` that a person had in a run, if the person was there."""
    its = and_(seen_by(tables.PersonRow, run), PERSON.c.person == person, PERSON.c.lane == lane)
    with told_plainly(), store.engine.connect() as connection:
        rows = decoded(read_rows(connection, PERSON, list(PERSONS), its), PERSONS)
    return rows.row(0, named=True) if rows.height else None


def members_on(store: Store, person: str, lane: str, run: int) -> pl.DataFrame:
    """Give the records that stood behind a person of a lane in a run, as a frame of `PLACED`, sorted by mention."""
    its = and_(seen_by(tables.MemberRow, run), MEMBER.c.person == person, MEMBER.c.lane == lane)
    with told_plainly(), store.engine.connect() as connection:
        mentions = read_rows(connection, MEMBER, ["mention"], its)["mention"].to_list()
        theirs = and_(seen_by(tables.MentionRow, run), MENTION_ROW.c.mention.in_(mentions))
        return decoded(read_rows(connection, MENTION_ROW, list(MENTION), theirs), PLACED).sort("mention")


def last_seen(store: Store, mentions: Collection[str]) -> pl.DataFrame:
    """Give mentions that are not there any more as they were last seen, as a frame of `PLACED`, sorted by mention."""
    gone = and_(MENTION_ROW.c.mention.in_(sorted(mentions)), MENTION_ROW.c.to_run <= store.published())
    with told_plainly(), store.engine.connect() as connection:
        rows = read_rows(connection, MENTION_ROW, ["id", *MENTION], gone)
    return decoded(rows.sort("id").unique("mention", keep="last"), PLACED).sort("mention")


def leads_to(store: Store, person: str, lane: str) -> str | None:
    """Give the person that a retired identifier leads to today, if it leads to anybody."""
    its = and_(seen_by(tables.ForwardRow, store.published()), FORWARD.c.retired == person, FORWARD.c.lane == lane)
    with told_plainly(), store.engine.connect() as connection:
        return connection.scalar(select(FORWARD.c.current).where(its))
