"""Makes what stood in an earlier run stand again, in a new run: rows that it saw are seen again, later ones no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, and_, func, insert, literal, or_, select, update

from svoc.errors import StalePlan
from svoc.store import tables
from svoc.store.bulk import close_rows, insert_rows, read_rows
from svoc.store.frames import encoded
from svoc.store.opening import LEDGER, ROWS, told_plainly, writing
from svoc.store.outbox import told
from svoc.store.standing import OF_A_LANE, of_table, published_run, visible
from svoc.store.store import STALE, Store
from svoc.words.changes import CHANGES
from svoc.words.notices import NOTICES, OF_A_RIGHT, Retracted
from svoc.words.persons import FORWARDS

__all__ = [
    "Return",
    "decided_since",
    "finished_at",
    "give_back",
    "notices_since",
    "rows_since",
    "withdraw",
]

NOTICE, RUN = map(of_table, (tables.NoticeRow, tables.Run))

LEADING = ("forwards", "households_forwards")
"""Parts of a lane that say where retired identifiers lead; what they lead to has to be worked out."""

KEPT = {"founded", "households_founded", *LEADING}
"""Parts of a lane that do not go back: an identifier once given stays given, and leads where its person is now."""


@dataclass(frozen=True, slots=True)
class Return:
    """All that a rollback writes: run `run` restores run `restores`.

    `forwards`: frames of `FORWARDS` by part of a lane (`LEADING`) and lane; `changes`: frames of `CHANGES` by lane;
    `retracted`: what becomes of notices; `manifest`: what to keep beside what the restored run had kept.
    """

    run: int
    restores: int
    as_of: date | None
    forwards: Mapping[str, Mapping[str, pl.DataFrame]]
    changes: Mapping[str, pl.DataFrame]
    retracted: Retracted
    manifest: Mapping[str, Any]


def give_back(store: Store, back: Return) -> None:
    """Write a rollback: all of it in one transaction, or nothing. Raises `StalePlan` where a run came between."""
    with store.night(), told_plainly(), store.working(LEDGER, ROWS) as connection:
        if back.run != published_run(connection) + 1:
            raise StalePlan(STALE)
        _write_run(connection, back)
        parts: list[type[tables.Versioned]] = [tables.MentionRow]
        parts += [table for part, (table, _) in OF_A_LANE.items() if part not in KEPT]
        for table in parts:
            _turn_back(connection, table, back)
        _lead(connection, back)
        run = pl.lit(back.run).alias("run")
        for lane, changes in back.changes.items():
            rows = encoded(changes.select(CHANGES.keys())).with_columns(run, lane=pl.lit(lane))
            insert_rows(connection, of_table(tables.ChangeRow), rows)
        kept = [*NOTICES, "lane", "run", "retracts"]
        insert_rows(connection, NOTICE, encoded(back.retracted.notices.select(kept)))
        for names, value in ((back.retracted.withdrawn, back.run), (back.retracted.waiting, None)):
            for name in names:
                unsent = and_(NOTICE.c.notice == name, NOTICE.c.sent.is_(None))
                connection.execute(update(NOTICE).where(unsent).values(withdrawn_by=value))
        connection.execute(update(of_table(tables.Published)).values(run=back.run))


def _write_run(connection: Connection, back: Return) -> None:
    restored = connection.execute(select(RUN.c.summary, RUN.c.manifest).where(RUN.c.run == back.restores)).first()
    summary, manifest = (dict(part) for part in restored) if restored else ({}, {})
    manifest.pop("token", None)  # what is kept of a night beside the database is of that night alone
    now = datetime.now(UTC)
    connection.execute(
        insert(RUN).values(
            run=back.run, state="published", as_of=back.as_of, started=now, finished=now, summary=summary,
            manifest={**manifest, "rollback": dict(back.manifest)}, restores=back.restores,
        )
    )  # fmt: skip


def _turn_back(connection: Connection, table: type[tables.Versioned], back: Return) -> None:
    """Close what came since, and write anew what was closed since."""
    rows = of_table(table)
    carried = [column for column in rows.c if column.name not in {"id", "from_run", "to_run"}]
    came = and_(rows.c.from_run > back.restores, rows.c.to_run.is_(None))
    connection.execute(update(rows).where(came).values(to_run=back.run))
    went = and_(rows.c.from_run <= back.restores, rows.c.to_run > back.restores, rows.c.to_run < back.run)
    again = select(literal(back.run), *carried).where(went).order_by(rows.c.id)
    connection.execute(insert(rows).from_select(["from_run", *(column.name for column in carried)], again))


def _lead(connection: Connection, back: Return) -> None:
    """Write where retired identifiers lead, as far as that differs."""
    schema = {**FORWARDS, "lane": pl.String()}
    for part, by_lane in back.forwards.items():
        table = OF_A_LANE[part][0]
        of_lanes = [forwards.with_columns(lane=pl.lit(lane)) for lane, forwards in by_lane.items()]
        wanted = encoded(pl.concat([pl.DataFrame(schema=schema), *of_lanes]))
        before = visible(connection, table, schema, back.run - 1)
        gone = before.join(wanted, on=list(schema), how="anti", nulls_equal=True)
        come = wanted.join(before, on=list(schema), how="anti", nulls_equal=True)
        close_rows(connection, of_table(table), gone["id"], back.run)
        insert_rows(connection, of_table(table), come.with_columns(from_run=pl.lit(back.run)))


def withdraw(store: Store, notice: str) -> None:
    """Withdraw a notice that was not sent, so that it never is."""
    with told_plainly(), writing(store.engine) as connection:
        unsent = and_(NOTICE.c.notice == notice, NOTICE.c.sent.is_(None))
        connection.execute(update(NOTICE).where(unsent).values(withdrawn_by=published_run(connection)))


# ---------------------------------------------------------------- what a rollback asks first


def rows_since(store: Store, part: str, run: int) -> pl.DataFrame:
    """Give what a part of the lanes held in the runs after one: `lane`, and the part's own columns."""
    table, schema = OF_A_LANE[part]
    with told_plainly(), store.engine.connect() as connection:
        later = of_table(table).c.from_run > run
        return read_rows(connection, of_table(table), ["lane", *schema], later).unique(maintain_order=True)


def notices_since(store: Store, run: int) -> pl.DataFrame:
    """Give each notice that a run after one wrote, or wrote of, with all that was said of it; frame of `OUTBOX`.

    What tells of a right is not among them: no going back takes that back. `holds` says whether the night that wrote it
    holds where that run stands again.
    """
    touched = or_(NOTICE.c.run > run, NOTICE.c.withdrawn_by > run)
    later = select(func.coalesce(NOTICE.c.retracts, NOTICE.c.notice)).where(touched)
    about = or_(NOTICE.c.notice.in_(later), NOTICE.c.retracts.in_(later))
    return told(store, and_(about, NOTICE.c.kind.not_in(OF_A_RIGHT)), run=run)


def finished_at(store: Store, run: int) -> datetime | None:
    """Say when the night ended that worked out what stood in a run: of a rollback, that of the run that it restored."""
    with told_plainly(), store.engine.connect() as connection:
        while run:
            row = connection.execute(select(RUN.c.finished, RUN.c.restores).where(RUN.c.run == run)).first()
            if row is None or row[1] is None:
                return _utc(row[0]) if row else None
            run = row[1]
    return None


def _utc(moment: datetime | None) -> datetime | None:
    """SQLite keeps no time zone."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def decided_since(store: Store, moment: datetime | None) -> tuple[list[int], int]:
    """Name the decisions made since a moment, all where it is None, and count the life events told since."""
    decision, event = of_table(tables.Decision), of_table(tables.EventRow)
    with told_plainly(), store.engine.connect() as connection:
        made = connection.execute(select(decision.c.decision, decision.c.at).order_by(decision.c.decision)).all()
        told = list(connection.scalars(select(event.c.told)))
    after = [number for number, at in made if moment is None or (_utc(at) or moment) > moment]
    return after, sum(moment is None or (_utc(at) or moment) > moment for at in told)
