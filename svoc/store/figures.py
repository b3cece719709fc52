"""Counts what stands, for whoever watches over the nights: one question a figure, and nothing of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, and_, func, select, text

from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.outbox import STATE, unanswered
from svoc.store.standing import of_table, published_run, seen_by
from svoc.store.store import Store
from svoc.words.notices import State

__all__ = ["Standing", "standing_of"]

RUN, MENTION, PERSON, CASE, NOTICE, TAKEN = map(
    of_table,
    (tables.Run, tables.MentionRow, tables.PersonRow, tables.CaseRow, tables.NoticeRow, tables.Taken),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands after the last night that was published.

    `run`: its number, 0 before the first; `finished`: when it was published; `mentions`: live records' parties;
    `persons`: by lane; `cases`: by lane and kind; `waiting`: notices not yet sent; `dead`: those that are tried no
    more, and `overdue`: those sent whose acknowledgement was wanted by today, both by recipient; `dated`: the day of
    which each source last spoke; `size`: bytes that the database takes, None where it does not tell; `audited`: the
    last event of the audit trail when it was published.
    """

    run: int
    finished: datetime | None
    mentions: int
    persons: Mapping[str, int]
    cases: Mapping[tuple[str, str], int]
    waiting: int
    dead: Mapping[str, int]
    overdue: Mapping[str, int]
    dated: Mapping[str, date]
    size: int | None
    audited: int | None = None


def standing_of(store: Store, *, on: date | None = None) -> Standing:
    """Count what stands on a day, today's unless given; raise `StoreUnavailable`."""
    with told_plainly(), store.engine.connect() as connection:
        run = published_run(connection)
        finished = connection.scalar(select(RUN.c.finished).where(RUN.c.run == run))
        manifest = connection.scalar(select(RUN.c.manifest).where(RUN.c.run == run)) or {}
        persons, cases = seen_by(tables.PersonRow, run), seen_by(tables.CaseRow, run)
        by_kind = select(CASE.c.lane, CASE.c.kind, func.count()).where(cases).group_by(CASE.c.lane, CASE.c.kind)
        dated = select(TAKEN.c.source, func.max(TAKEN.c.content_date)).where(TAKEN.c.run <= run)
        return Standing(
            run=run,
            finished=finished.replace(tzinfo=UTC) if finished and finished.tzinfo is None else finished,
            mentions=_count(connection, MENTION, seen_by(tables.MentionRow, run)),
            persons=_pairs(connection, select(PERSON.c.lane, func.count()).where(persons).group_by(PERSON.c.lane)),
            cases={(lane, kind): count for lane, kind, count in connection.execute(by_kind)},
            waiting=_count(connection, NOTICE, _waiting(run)),
            dead=_by_recipient(connection, and_(State.DEAD.value == STATE, NOTICE.c.run <= run)),
            overdue=_by_recipient(connection, unanswered(on or datetime.now(UTC).date())),
            dated={s: on for s, on in connection.execute(dated.group_by(TAKEN.c.source)) if on},
            size=_size(store.engine, connection),
            audited=manifest.get("audit", {}).get("seq"),
        )


def _waiting(run: int) -> object:
    return and_(NOTICE.c.sent.is_(None), NOTICE.c.withdrawn_by.is_(None), NOTICE.c.run <= run)


def _count(connection: Connection, table: object, where: object) -> int:
    query = select(func.count()).select_from(table).where(where)  # type: ignore[arg-type]
    return int(connection.scalar(query) or 0)


def _by_recipient(connection: Connection, where: object) -> dict[str, int]:
    query = select(NOTICE.c.recipient, func.count()).where(where).group_by(NOTICE.c.recipient)  # type: ignore[arg-type]
    return _pairs(connection, query)


def _pairs(connection: Connection, query: object) -> dict[str, int]:
    return {name: int(count) for name, count in connection.execute(query)}  # type: ignore[call-overload]


def _size(engine: Engine, connection: Connection) -> int | None:
    """Give the bytes of the database: of SQLite's file and the log beside it, or as PostgreSQL says."""
    if engine.dialect.name == "postgresql":
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    name = engine.url.database
    files = [Path(f"{name}{suffix}") for suffix in ("", "-wal")] if name and name != ":memory:" else []
    return sum(file.stat().st_size for file in files if file.is_file()) if files else None
