"""Reads what stands in a run: the rows that it sees, and the ledger of decisions and life events, which no run owns."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from sqlalchemy import BindParameter, Connection, and_, func, not_, or_, select

from svoc.errors import SettingsError
from svoc.store import tables
from svoc.store.bulk import read_rows
from svoc.store.frames import decoded, encoded
from svoc.store.lineage import spans, within
from svoc.store.remembered import Remembered
from svoc.words.decisions import CASES, DECISIONS
from svoc.words.events import LIFE_EVENTS
from svoc.words.households import HOUSEHOLDS, HOUSEHOLDS_FOUNDED
from svoc.words.mentions import KNOWN, PLACED, TONIGHTS
from svoc.words.persons import FORWARDS, MEMBERS, PERSONS
from svoc.words.plan import DOUBTS, FORMER, FOUNDED, LINKS, TAKEN, LaneState, Yesterday
from svoc.words.protection import PROTECTION

__all__ = [
    "MENTION",
    "OF_A_LANE",
    "Schema",
    "all_decisions",
    "all_events",
    "all_protection",
    "aside_by",
    "ledger_length",
    "of_table",
    "oldest_kept",
    "published_run",
    "refuse_forgotten",
    "seen_by",
    "standing_in",
    "taken_by",
    "token_of",
    "visible",
]

Schema = dict[str, pl.DataType]

PORTION = 500
"""So many keys are looked up by one question."""
LOOKED_UP = 20_000
"""Of more keys than these the whole table is read, which is sooner done."""

MENTION: Schema = {n: t for n, t in PLACED.items() if n not in TONIGHTS}

OF_A_LANE: Mapping[str, tuple[type[tables.Versioned], Schema]] = {
    "members": (tables.MemberRow, MEMBERS),
    "persons": (tables.PersonRow, PERSONS),
    "founded": (tables.FoundedRow, FOUNDED),
    "forwards": (tables.ForwardRow, FORWARDS),
    "cases": (tables.CaseRow, CASES),
    "links": (tables.LinkRow, LINKS),
    "households": (tables.HouseholdRow, HOUSEHOLDS),
    "households_founded": (tables.HouseholdFoundedRow, HOUSEHOLDS_FOUNDED),
    "households_forwards": (tables.HouseholdForwardRow, FORWARDS),
}
"""The parts of a lane's state, the table and the columns of each."""


def of_table(table: type[Any]) -> Any:
    """Give the table behind a class of rows, which SQLModel does not type."""
    return table.__table__


def published_run(connection: Connection) -> int:
    """Give the run that readers see; 0 before the first night."""
    return int(connection.scalar(select(func.max(of_table(tables.Published).c.run))) or 0)


def oldest_kept(connection: Connection) -> int:
    """Give the oldest run that can still be shown whole, or gone back to; 0 where nothing was forgotten yet."""
    return int(connection.scalar(select(func.max(of_table(tables.Horizon).c.run))) or 0)


def refuse_forgotten(connection: Connection, run: int) -> None:
    """Raise `SettingsError` for a run of which the rows are not all kept any more (`[retention] history_days`)."""
    oldest, columns = oldest_kept(connection), of_table(tables.Run).c
    if 0 < run < oldest:
        day = connection.scalar(select(columns.as_of).where(columns.run == oldest))
        raise SettingsError(
            f"night {run} is no longer kept ([retention] history_days): the oldest that can be shown, or gone back to, "
            f"is night {oldest}" + (f", as of {day.isoformat()}" if day else "")
        )


def seen_by(table: type[tables.Versioned], run: int | BindParameter[Any]) -> Any:
    """Say which rows a run sees."""
    columns = of_table(table).c
    return and_(columns.from_run <= run, or_(columns.to_run.is_(None), columns.to_run > run))


def token_of(connection: Connection, run: int) -> str | None:
    """Give what the files that were kept of a run are known by (`svoc.store.remembered`)."""
    return _manifest(connection, run)[0].get("token")


def standing_in(connection: Connection, run: int, kept: Remembered | None = None) -> Yesterday:
    """Give all that stands in a run, with the whole ledger; what is `kept` of it is not read again."""
    if kept is None:
        mentions = visible(connection, tables.MentionRow, MENTION, run).sort("mention")
    else:
        mentions = encoded(kept.mentions.select(n for n in KNOWN if n != "live"))
    manifest, as_of, summary = _manifest(connection, run)
    return Yesterday(
        run=run,
        as_of=as_of,
        known=_known(connection, mentions, run),
        mentions=kept.mentions if kept else decoded(mentions, PLACED),
        lanes=kept.lanes if kept else _lanes(connection, run),
        former=_former(connection, run),
        doubts=_doubts(connection, run),
        decisions=all_decisions(connection),
        events=all_events(connection),
        protection=all_protection(connection),
        taken=taken_by(connection, run),
        aside=aside_by(connection, run),
        gazetteer=manifest.get("gazetteer", ""),
        model=manifest.get("model", ""),
        summary=summary,
        workings=kept.workings if kept else None,
    )


def visible(
    connection: Connection,
    table: type[tables.Versioned],
    schema: Schema,
    run: int,
    *,
    lanes: tuple[str, ...] | None = None,
    among: tuple[str, pl.Series] | None = None,
) -> pl.DataFrame:
    """Read, encoded and with their row ids, the rows that a run sees, of all lanes or of some.

    `among`: a column and the keys in it that alone are looked up.
    """
    seen, columns = seen_by(table, run), of_table(table).c
    where = seen if lanes is None else and_(seen, columns.lane.in_(lanes))
    names = ["id", *schema]
    if among is None or len(among[1]) > LOOKED_UP:
        rows = read_rows(connection, of_table(table), names, where)
        return rows if among is None else rows.filter(pl.col(among[0]).is_in(among[1].implode()))
    portions = [among[1][at : at + PORTION].to_list() for at in range(0, len(among[1]), PORTION)] or [[]]
    found = [read_rows(connection, of_table(table), names, and_(where, columns[among[0]].in_(p))) for p in portions]
    return pl.concat(found)


def taken_by(connection: Connection, run: int) -> pl.DataFrame:
    """Give the extracts that were taken, in the order of the nights that took them, but for nights that were undone."""
    return _taken(connection, within(of_table(tables.Taken).c.run, spans(connection, run)))


def aside_by(connection: Connection, run: int) -> pl.DataFrame:
    """Give the extracts of nights that were undone, as far as no night that holds has taken the same content."""
    taken = of_table(tables.Taken).c.run
    undone = _taken(connection, and_(taken <= run, not_(within(taken, spans(connection, run)))))
    return undone.join(taken_by(connection, run), on=["source", "sha256"], how="anti", maintain_order="left")


def _taken(connection: Connection, where: Any) -> pl.DataFrame:
    return decoded(read_rows(connection, of_table(tables.Taken), ["taken", *TAKEN], where).sort("taken"), TAKEN)


def _manifest(connection: Connection, run: int) -> tuple[dict[str, str], date | None, dict[str, Any]]:
    columns = of_table(tables.Run).c
    row = connection.execute(select(columns.manifest, columns.as_of, columns.summary).where(columns.run == run)).first()
    return (dict(row[0]), row[1], dict(row[2])) if row else ({}, None, {})


def _known(connection: Connection, live: pl.DataFrame, run: int) -> pl.DataFrame:
    """Give every mention that ever was, as last seen; of those that were forgotten, the key and what stands in it."""
    columns = of_table(tables.MentionRow).c
    names = [n for n in KNOWN if n != "live"]
    ended = read_rows(connection, of_table(tables.MentionRow), ["id", *names], columns.to_run <= run)
    last = ended.sort("id").unique("mention", keep="last").join(live.select("mention"), on="mention", how="anti")
    kept = pl.concat(
        [
            live.select(names).with_columns(live=pl.lit(value=True)),
            last.select(names).with_columns(live=pl.lit(value=False)),
        ]
    )
    gone = _forgotten(connection).join(kept.select("mention"), on="mention", how="anti")
    return decoded(pl.concat([kept, gone], how="diagonal"), KNOWN).sort("mention")


def _forgotten(connection: Connection) -> pl.DataFrame:
    """Give the mentions of which only the key is kept: nothing is carried over by them, and none is given again."""
    keys = read_rows(connection, of_table(tables.Forgotten), ["mention"])
    parts = pl.col("mention").str.extract_groups(r"^(?<source>[^/]*)/(?<record>.*)/\d+$")
    return keys.with_columns(parts.alias("parts")).unnest("parts").with_columns(live=pl.lit(value=False))


def _lanes(connection: Connection, run: int) -> dict[str, LaneState]:
    """Give the state of every lane of which anything is known, if only a question about somebody who is on no list."""
    parts = {part: _by_lane(connection, table, schema, run) for part, (table, schema) in OF_A_LANE.items()}
    empty = {part: pl.DataFrame(schema=schema) for part, (_, schema) in OF_A_LANE.items()}
    names = sorted({lane for lanes in parts.values() for lane in lanes})
    return {lane: LaneState(**{part: parts[part].get(lane, empty[part]) for part in OF_A_LANE}) for lane in names}


def _former(connection: Connection, run: int) -> pl.DataFrame:
    """Give whose the mentions were last that are nobody's now, as far as that person leads to nobody (`FORMER`)."""
    member, forward = of_table(tables.MemberRow), of_table(tables.ForwardRow)
    tombs = and_(seen_by(tables.ForwardRow, run), forward.c.current.is_(None))
    dead = read_rows(connection, forward, ["lane", "retired"], tombs)
    if dead.is_empty():
        return pl.DataFrame(schema=FORMER)
    ended = read_rows(connection, member, ["id", *FORMER], member.c.to_run <= run)
    last = ended.sort("id").unique(["lane", "mention"], keep="last")
    theirs = last.join(dead, left_on=["lane", "person"], right_on=["lane", "retired"], how="semi")
    return decoded(theirs, FORMER).sort("lane", "mention")


def _doubts(connection: Connection, run: int) -> pl.DataFrame:
    """Give the entries of new registers that may be one of several of the old (`DOUBTS`), those of no undone night."""
    doubt = of_table(tables.DoubtRow)
    held = within(doubt.c.run, spans(connection, run))
    return decoded(read_rows(connection, doubt, list(DOUBTS), held), DOUBTS).sort("mention", "may_be")


def _by_lane(
    connection: Connection, table: type[tables.Versioned], schema: Schema, run: int
) -> dict[str, pl.DataFrame]:
    whole = visible(connection, table, {**schema, "lane": pl.String()}, run)
    first_two = list(schema)[:2]
    return {
        str(lane): decoded(rows, schema).sort(first_two)
        for (lane,), rows in whole.group_by("lane", maintain_order=True)
    }


def all_decisions(connection: Connection) -> pl.DataFrame:
    """Give every decision that was ever made, in its order, as a frame of `DECISIONS`."""
    return _written(connection, of_table(tables.Decision), DECISIONS, "decision")


def all_protection(connection: Connection) -> pl.DataFrame:
    """Give all that was ever said of protection, in its order, as a frame of `PROTECTION`."""
    return _written(connection, of_table(tables.ProtectionRow), PROTECTION, "id")


def _written(connection: Connection, table: Any, schema: Schema, key: str) -> pl.DataFrame:
    """Give a ledger whole, in the order of its key."""
    moments = [name for name, dtype in schema.items() if isinstance(dtype, pl.Datetime)]
    frame = read_rows(connection, table, [n for n in schema if n not in moments]).sort(key)
    rows = connection.execute(select(*(table.c[n] for n in moments)).order_by(table.c[key])).all()
    told = [pl.Series(n, [_in_utc(row[at]) for row in rows], dtype=schema[n]) for at, n in enumerate(moments)]
    return decoded(frame.with_columns(told), schema)


def _in_utc(moment: datetime | None) -> datetime | None:
    """Give a moment its time zone; SQLite keeps none."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def all_events(connection: Connection) -> pl.DataFrame:
    """Give the life events in the order in which they were told."""
    table = of_table(tables.EventRow)
    statements = connection.scalars(select(table.c.statement).order_by(table.c.id))
    as_written: Schema = {n: pl.String() if t.is_temporal() else t for n, t in LIFE_EVENTS.items()}
    told = pl.DataFrame([json.loads(s) for s in statements], schema=as_written, orient="row")
    days = [pl.col(n).str.to_date("%Y-%m-%d") for n, t in LIFE_EVENTS.items() if t == pl.Date]
    moments = [pl.col(n).str.to_datetime(time_unit="us") for n, t in LIFE_EVENTS.items() if t == pl.Datetime]
    return told.with_columns(*days, *moments)


def ledger_length(connection: Connection) -> tuple[int, int, int, int, int]:
    """Count as `Yesterday.ledger` does."""
    decided = of_table(tables.Decision).c
    decisions, superseded, undone = connection.execute(
        select(func.count(decided.decision), func.count(decided.superseded_by), func.count(decided.undone_at))
    ).one()
    told = connection.scalar(select(func.count(of_table(tables.EventRow).c.id))) or 0
    flags = connection.scalar(select(func.count(of_table(tables.ProtectionRow).c.id))) or 0
    return int(decisions), int(superseded), int(undone), int(told), int(flags)
