"""Reads what systems were told, and what their records said in each night since."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, and_, func, select

from svoc.store import tables
from svoc.store.bulk import read_rows
from svoc.store.frames import decoded
from svoc.store.lineage import in_spans, spans
from svoc.store.opening import told_plainly
from svoc.store.standing import MENTION, PORTION, of_table, published_run, seen_by
from svoc.store.store import Store
from svoc.words.arrivals import as_written, written
from svoc.words.notices import OF_A_RIGHT

__all__ = ["VERSIONS", "Heard", "heard_of", "told_of"]

NOTICE, RUN, TAKEN, MEMBER, MENTION_ROW, FORWARD = map(
    of_table,
    (tables.NoticeRow, tables.Run, tables.Taken, tables.MemberRow, tables.MentionRow, tables.ForwardRow),
)

SENT = ("notice", "run", "person", "kind", "recipient", "reference", "payload", "sent")

VERSIONS: dict[str, pl.DataType] = {"from_run": pl.Int64(), "to_run": pl.Int64(), **MENTION}
"""A record as it stood from one run to before another."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one lane told, and what the systems that it told have said since; only nights that hold count.

    `notices`: those that were sent, rows of `SENT`; `nights`: run -> the day it spoke of and when it began; `taken`:
    source -> the runs that took an extract of it, in order; `current`: a retired person -> who bears it today;
    `members`: `person`, `mention`, `from_run`, `to_run` of everybody who was told of; `versions`: of their records with
    the systems that were told, and of what those systems have written since under a reference or at a place that was
    told, frame of `VERSIONS`, the oldest first.
    """

    notices: list[dict[str, Any]]
    nights: Mapping[int, tuple[date, datetime]]
    taken: Mapping[str, list[int]]
    current: Mapping[str, str | None]
    members: pl.DataFrame
    versions: pl.DataFrame


NOTHING_HEARD = Heard([], {}, {}, {}, pl.DataFrame(), pl.DataFrame())


def heard_of(store: Store, lane: str, *, since: date | None = None) -> Heard:
    """Read what a lane told, all of it or what it told since a day, and what was heard of it."""
    with told_plainly(), store.engine.connect() as connection:
        ever = _sent(connection, lane, since)
        if not ever:
            return NOTHING_HEARD
        run = published_run(connection)
        nights = _nights(connection, run)
        notices = [n for n in ever if n["run"] in nights and (since is None or nights[n["run"]][0] >= since)]
        persons = {row["person"] for row in notices}
        current = _current(connection, lane, persons, run)
        members = _members(connection, lane, persons | {p for p in current.values() if p})
        recipients = sorted({row["recipient"] for row in notices})
        versions = [
            _versions(connection, members["mention"].unique().to_list(), recipients),
            _written_since(connection, notices, recipients),
        ]
        return Heard(
            notices=notices,
            nights=nights,
            taken=_taken(connection, nights),
            current=current,
            members=members,
            versions=pl.concat(versions).unique(["mention", "from_run"]).sort("mention", "from_run"),
        )


def _sent(connection: Connection, lane: str, since: date | None) -> list[dict[str, Any]]:
    went = and_(NOTICE.c.lane == lane, NOTICE.c.sent.is_not(None), NOTICE.c.withdrawn_by.is_(None))
    went = and_(went, NOTICE.c.kind.not_in(OF_A_RIGHT))
    if since is not None:
        went = and_(went, NOTICE.c.run >= select(func.min(RUN.c.run)).where(RUN.c.as_of >= since).scalar_subquery())
    rows = connection.execute(select(*(NOTICE.c[name] for name in SENT)).where(went).order_by(NOTICE.c.id))
    return [dict(row) for row in rows.mappings()]


def _nights(connection: Connection, run: int) -> dict[int, tuple[date, datetime]]:
    """Give the nights that hold, each with its day and when it began."""
    holds = spans(connection, run)
    rows = connection.execute(select(RUN.c.run, RUN.c.as_of, RUN.c.started).order_by(RUN.c.run))
    return {row.run: (row.as_of, row.started) for row in rows if in_spans(row.run, holds) and row.as_of}


def _taken(connection: Connection, nights: Collection[int]) -> dict[str, list[int]]:
    rows = connection.execute(select(TAKEN.c.source, TAKEN.c.run).distinct().order_by(TAKEN.c.run))
    taken: dict[str, list[int]] = {}
    for source, run in rows:
        if run in nights:
            taken.setdefault(source, []).append(run)
    return taken


def _current(connection: Connection, lane: str, persons: Collection[str], run: int) -> dict[str, str | None]:
    its = and_(seen_by(tables.ForwardRow, run), FORWARD.c.lane == lane)
    rows = connection.execute(select(FORWARD.c.retired, FORWARD.c.current).where(its))
    return {retired: current for retired, current in rows if retired in persons}


def _members(connection: Connection, lane: str, persons: Collection[str]) -> pl.DataFrame:
    """Give whose records whose were, in every night; rows that a rollback ended count as ended."""
    names = ("person", "mention", "from_run", "to_run")
    wanted = sorted(persons)
    found = [
        read_rows(connection, MEMBER, names, and_(MEMBER.c.lane == lane, MEMBER.c.person.in_(portion)))
        for portion in _portions(wanted)
    ]
    return pl.concat(found)


def _versions(connection: Connection, mentions: list[str], sources: Collection[str]) -> pl.DataFrame:
    among = MENTION_ROW.c.source.in_(sources)
    found = [
        read_rows(connection, MENTION_ROW, list(VERSIONS), and_(among, MENTION_ROW.c.mention.in_(portion)))
        for portion in _portions(sorted(mentions))
    ]
    return decoded(pl.concat(found), VERSIONS)


def _written_since(connection: Connection, notices: list[dict[str, Any]], sources: Collection[str]) -> pl.DataFrame:
    """Give what systems wrote after they were first told, under a reference or at a place that was told.

    Of each such record as it ever stood: what was only amended since is not mistaken for one that was begun.
    """
    after = min((row["run"] for row in notices), default=0)
    fresh = and_(MENTION_ROW.c.source.in_(sources), MENTION_ROW.c.from_run > after)
    seen = read_rows(connection, MENTION_ROW, ["mention", "record", "uprn", "address", "postcode"], fresh)
    return _versions(connection, seen.filter(told_of(notices))["mention"].unique().to_list(), sources)


def told_of(notices: list[dict[str, Any]]) -> pl.Expr:
    """Say of records whether they lie under a reference or at a place that was told, which may be in no gazetteer."""
    references = {row["reference"] for row in notices if row["reference"]}
    payloads = [json.loads(row["payload"]) for row in notices]
    places = {said.get("uprn") for said in payloads} - {None}
    addresses = {as_written(said.get("address"), said.get("postcode")) for said in payloads} - {""}
    there = pl.col("uprn").is_in(sorted(places)) | written().is_in(sorted(addresses))
    return pl.col("record").is_in(sorted(references)) | there


def _portions(keys: list[Any]) -> list[list[Any]]:
    return [keys[at : at + PORTION] for at in range(0, len(keys), PORTION)] or [[]]
