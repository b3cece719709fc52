"""Reads the claims of life events: every statement with when it was told and by whom, and what is asked about one."""

from datetime import UTC, datetime

import polars as pl
from sqlalchemy import Engine, and_, select

from svoc.store import tables
from svoc.store.frames import decoded
from svoc.store.opening import told_plainly
from svoc.store.standing import all_events, of_table, published_run, seen_by, visible
from svoc.words.decisions import CASES, SEEN, CaseKind
from svoc.words.events import TOLD_EVENTS
from svoc.words.records import RECORDS

__all__ = ["case_about", "records_saying", "told_events"]


def told_events(engine: Engine) -> pl.DataFrame:
    """Give every statement of a life event in the order in which it was told, as a frame of `TOLD_EVENTS`."""
    table = of_table(tables.EventRow)
    with told_plainly(), engine.connect() as connection:
        events = all_events(connection)
        rows = connection.execute(select(table.c.told, table.c.by).order_by(table.c.id)).all()
    told = pl.Series("told", [_in_utc(row[0]) for row in rows], dtype=pl.Datetime("us", "UTC"))
    by = pl.Series("by", [row[1] for row in rows], dtype=pl.String)
    return events.with_columns(told, by).select(TOLD_EVENTS.keys())


def _in_utc(moment: datetime) -> datetime:
    """Give a moment its time zone; SQLite keeps none."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def records_saying(engine: Engine, mentions: list[str]) -> pl.DataFrame:
    """Give what records say in the published run: `mention` and the columns of `SEEN`, sorted by mention."""
    schema = {"mention": pl.String(), **{name: RECORDS[name] for name in SEEN}}
    among = ("mention", pl.Series("mention", sorted(mentions), dtype=pl.String))
    with told_plainly(), engine.connect() as connection:
        rows = visible(connection, tables.MentionRow, schema, published_run(connection), among=among)
    return decoded(rows, schema).sort("mention")


def case_about(engine: Engine, lane: str, event: str) -> tuple[str, list[str]] | None:
    """Give the reason and the mentions of the open case about a life event in a lane, if the last night left one."""
    case, schema = of_table(tables.CaseRow).c, {name: CASES[name] for name in ("reason", "mentions")}
    with told_plainly(), engine.connect() as connection:
        seen = seen_by(tables.CaseRow, published_run(connection))
        its = and_(seen, case.lane == lane, case.kind == CaseKind.LIFE_EVENT.value)
        rows = [tuple(row) for row in connection.execute(select(case.reason, case.mentions).where(its))]
    found = pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")
    cases = decoded(found, schema).iter_rows()
    return next(((reason, mentions) for reason, mentions in cases if mentions[0] == event), None)
