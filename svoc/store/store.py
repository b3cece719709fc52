"""Gives yesterday, and commits a plan: staged where nobody sees it, published by moving one pointer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

import polars as pl
from sqlalchemy import Connection, Engine, and_, delete, func, insert, select, update

from svoc.errors import SettingsError, StalePlan
from svoc.store import ledger, tables
from svoc.store.bulk import insert_rows
from svoc.store.flags import lay_tonight
from svoc.store.frames import decoded, encoded
from svoc.store.lock import StillHeld, night_lock
from svoc.store.migrating import is_made, migrate
from svoc.store.opening import LEDGER, ROWS, open_engine, told_plainly, writing
from svoc.store.remembered import new_token, recall, remembering
from svoc.store.staging import stage
from svoc.store.standing import (
    OF_A_LANE,
    all_decisions,
    ledger_length,
    of_table,
    published_run,
    refuse_forgotten,
    seen_by,
    standing_in,
    taken_by,
    token_of,
    visible,
)
from svoc.store.watching import looked_through
from svoc.store.withdrawing import withdraw
from svoc.words.persons import PERSONS
from svoc.words.plan import Plan, Yesterday

__all__ = ["Store"]

STALE = "the plan was made on another night's truth: plan again"
SENT = "a notice that proved wrong was sent while the night was planned: plan again"
MOVED = "somebody decided a case or told of a life while the night was planned: plan again"


class Store:
    """The database of one council.

    >>> store = Store.open("sqlite://", Path())
    >>> store.yesterday().run
    0
    """

    def __init__(self, engine: Engine, cache: Path | None = None) -> None:
        self.engine = engine
        self.cache = cache
        self._still_held: StillHeld | None = None
        self._refuse_damage: StillHeld | None = None

    @classmethod
    def open(cls, url: str, folder: Path, *, cache: Path | None = None) -> Self:
        """Open the database, bring its tables up to date; raise `StoreUnavailable` or `SettingsError`.

        `cache`: the folder where a night is kept for the next, if it is (`svoc.store.remembered`).
        """
        engine = open_engine(url, folder)
        with told_plainly():
            migrate(engine)
        return cls(engine, cache)

    @classmethod
    def there(cls, url: str, folder: Path) -> Self | None:
        """Open a database that is there, and make or change nothing; give nothing where there is none."""
        engine = open_engine(url, folder, make=False)
        if engine is None:
            return None
        with told_plainly():
            return cls(engine) if is_made(engine) else None

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    @contextmanager
    def night(self) -> Iterator[None]:
        """Hold the night's lock, after clearing away what a night that died had staged; one within it is the same.

        The database is looked through for damage meanwhile, and nothing is written before that has ended well.
        """
        if self._still_held:
            yield
            return
        with night_lock(self.engine) as still_held, looked_through(self.engine) as refuse_damage:
            self._still_held, self._refuse_damage = still_held, refuse_damage
            try:
                with told_plainly():
                    self._clear_staged()
                yield
            except Exception:
                refuse_damage()  # for what failed may have failed because of that
                raise
            else:
                refuse_damage()
            finally:
                self._still_held = self._refuse_damage = None

    @contextmanager
    def working(self, *locks: int) -> Iterator[Connection]:
        """Write for the night, unless another has taken its lock since, or the database is damaged."""
        if self._refuse_damage:
            self._refuse_damage()
        with writing(self.engine, *locks) as connection:
            if self._still_held:
                self._still_held()
            yield connection

    # ---------------------------------------------------------------- reading

    def published(self) -> int:
        """Give the number of the published run; 0 before the first night."""
        with told_plainly(), self.engine.connect() as connection:
            return published_run(connection)

    def yesterday(self, *, run: int | None = None) -> Yesterday:
        """Give all that stands in the published run, or that stood in an earlier one.

        Decisions and life events are told whole in either case: they are a ledger and belong to no run.
        """
        with told_plainly(), self.engine.connect() as connection:
            last = published_run(connection)
            run = last if run is None else run
            if not 0 <= run <= last:
                raise SettingsError(f"there is no run {run}; the last that was published is {last}")
            refuse_forgotten(connection, run)
            kept = recall(self.cache, token_of(connection, run)) if run == last else None
            return standing_in(connection, run, kept)

    def taken(self) -> pl.DataFrame:
        """Give the extracts that published nights have taken, in their order, as a frame of `TAKEN`."""
        with told_plainly(), self.engine.connect() as connection:
            return taken_by(connection, published_run(connection))

    def persons(self, lane: str) -> pl.DataFrame:
        """Give the golden persons of a lane, as a frame of `PERSONS`."""
        with told_plainly(), self.engine.connect() as connection:
            run = published_run(connection)
            return decoded(visible(connection, tables.PersonRow, PERSONS, run, lanes=(lane,)), PERSONS).sort("person")

    def mentions_of(self, person: str, lane: str) -> list[str]:
        """Give the keys of the mentions that stand behind a person of a lane, in order."""
        with told_plainly(), self.engine.connect() as connection:
            member = of_table(tables.MemberRow).c
            mine = and_(
                seen_by(tables.MemberRow, published_run(connection)), member.lane == lane, member.person == person
            )
            return sorted(connection.scalars(select(member.mention).where(mine)))

    def person_of(self, mention: str, lane: str) -> str | None:
        """Give the person of a lane behind whom a mention stands, if there is one."""
        with told_plainly(), self.engine.connect() as connection:
            member = of_table(tables.MemberRow).c
            its = and_(
                seen_by(tables.MemberRow, published_run(connection)), member.lane == lane, member.mention == mention
            )
            return connection.scalar(select(member.person).where(its))

    # ---------------------------------------------------------------- the night

    def commit(
        self, plan: Plan, *, summary: Mapping[str, Any], by: str = "", manifest: Mapping[str, Any] | None = None
    ) -> None:
        """Make a plan tonight's truth: all of it, or, whatever happens, nothing of it.

        `summary`: figures to keep with the run; `by`: who told the life events that the plan brings; `manifest`: what
        else the night was made of. Raises `StalePlan` where the plan was made on another truth than that which stands.
        """
        with self.night(), told_plainly():
            if plan.run != self.published() + 1:
                raise StalePlan(STALE)
            self._clear_staged()
            token = new_token()
            with remembering(self.cache, token, plan):
                self._stage_run(plan, summary, {**(manifest or {}), "token": token})
                stage(plan, self.engine, lambda: self.working(ROWS))
                self._publish(plan, by)

    def _stage_run(self, plan: Plan, summary: Mapping[str, Any], more: Mapping[str, Any]) -> None:
        manifest = {**more, "gazetteer": plan.gazetteer, "model": plan.model, "lane": plan.lane}
        with self.working(ROWS) as connection:
            connection.execute(
                insert(tables.Run).values(
                    run=plan.run,
                    state="staged",
                    as_of=plan.as_of,
                    started=plan.started,
                    summary=dict(summary),
                    manifest=manifest,
                )
            )

    def _publish(self, plan: Plan, by: str) -> None:
        """Move the pointer: the one moment at which yesterday becomes today, notices and changes with it."""
        with self.working(LEDGER, ROWS) as connection:
            if plan.ledger not in {None, ledger_length(connection)}:
                raise StalePlan(MOVED)
            if not withdraw(connection, plan.withdrawn_notices, plan.run):
                raise StalePlan(SENT)
            run = pl.lit(plan.run).alias("run")
            insert_rows(connection, of_table(tables.Taken), encoded(plan.taken).with_columns(run))
            insert_rows(connection, of_table(tables.DoubtRow), encoded(plan.doubts).with_columns(run))
            _append(connection, plan.events, by)
            lay_tonight(connection, plan.protection)
            for lane, lane_plan in plan.lanes.items():
                of_lane = pl.lit(lane).alias("lane")
                insert_rows(
                    connection, of_table(tables.ChangeRow), encoded(lane_plan.changes).with_columns(run, of_lane)
                )
                unsent = _unsent(connection, lane_plan.notices)
                insert_rows(connection, of_table(tables.NoticeRow), encoded(unsent).with_columns(run, of_lane))
            connection.execute(
                update(tables.Run)
                .where(of_table(tables.Run).c.run == plan.run)
                .values(state="published", finished=datetime.now(UTC))
            )
            connection.execute(delete(tables.Published))
            connection.execute(insert(tables.Published).values(only=1, run=plan.run))

    def _clear_staged(self) -> None:
        """Undo what a night that never published left behind; the run's own row is the first that it wrote."""
        with self.engine.connect() as connection:
            last = connection.scalar(select(func.max(of_table(tables.Run).c.run))) or 0
            if last <= published_run(connection):
                return
        with self.working(ROWS) as connection:
            run = published_run(connection)
            versioned: list[type[tables.Versioned]] = [tables.MentionRow, *(t for t, _ in OF_A_LANE.values())]
            for table in versioned:
                columns = of_table(table).c
                connection.execute(delete(table).where(columns.from_run > run))
                connection.execute(update(table).where(columns.to_run > run).values(to_run=None))
            connection.execute(delete(tables.Run).where(of_table(tables.Run).c.run > run))

    # ---------------------------------------------------------------- decisions, events, notices

    def decide(
        self,
        verdict: str,
        left: str,
        right: str,
        *,
        steward: str,
        because: str,
        case: str | None = None,
        expires: date | None = None,
        **seen: Any,
    ) -> int:
        """Append a decision about two mentions (`svoc.store.ledger.append`) and give its number."""
        return ledger.append(
            self.engine, verdict, left, right, steward=steward, because=because, case=case, expires=expires, **seen
        )

    def decide_all(self, said: Sequence[tuple[str, str, str]], *, steward: str, because: str, **more: Any) -> list[int]:
        """Append decisions that are one act, all or none (`svoc.store.ledger.append_all`); give their numbers."""
        return ledger.append_all(self.engine, said, steward=steward, because=because, **more)

    def undo(self, number: int, *, steward: str, because: str) -> bool:
        """Take a decision back, and say whether it held (`svoc.store.ledger.take_back`)."""
        return bool(self.undo_all([number], steward=steward, because=because))

    def undo_all(self, numbers: Sequence[int], *, steward: str, because: str) -> list[int]:
        """Take decisions back, all or none, and name those that held (`svoc.store.ledger.take_back`)."""
        return ledger.take_back(self.engine, numbers, steward=steward, because=because)

    def decisions(self) -> pl.DataFrame:
        """Give the whole ledger, as a frame of `DECISIONS`."""
        with told_plainly(), self.engine.connect() as connection:
            return all_decisions(connection)

    def answered_cases(self, *, since: datetime | None = None, by: str | None = None) -> set[str]:
        """Name the cases that a decision answers (`svoc.store.ledger.answered_cases`)."""
        return ledger.answered_cases(self.engine, since=since, by=by)

    def tell(self, events: pl.DataFrame, *, by: str) -> int:
        """Append life events (frame of `LIFE_EVENTS`); those told before are not told again. Give how many were new."""
        with told_plainly(), self.working(LEDGER) as connection:
            return _append(connection, events, by)

    def outbox(self) -> list[dict[str, Any]]:
        """Give the published notices that have not been sent, oldest first."""
        notice = of_table(tables.NoticeRow)
        with told_plainly(), self.engine.connect() as connection:
            unsent = and_(notice.c.sent.is_(None), notice.c.withdrawn_by.is_(None))
            waiting = and_(unsent, notice.c.run <= published_run(connection))
            rows = connection.execute(select(notice).where(waiting).order_by(notice.c.run, notice.c.notice))
            return [dict(row) for row in rows.mappings()]

    def sent(self, notice: str) -> None:
        """Note that a notice has been sent."""
        row = of_table(tables.NoticeRow)
        with told_plainly(), writing(self.engine) as connection:
            connection.execute(
                update(row).where(row.c.notice == notice, row.c.sent.is_(None)).values(sent=datetime.now(UTC))
            )

    def runs(self) -> list[dict[str, Any]]:
        """List the published runs, the last first."""
        run = of_table(tables.Run)
        with told_plainly(), self.engine.connect() as connection:
            rows = connection.execute(select(run).where(run.c.state == "published").order_by(run.c.run.desc()))
            return [dict(row) for row in rows.mappings()]


def _append(connection: Connection, events: pl.DataFrame, by: str) -> int:
    """Append the life events that were not told before; give how many they are."""
    table = of_table(tables.EventRow)
    known = list(connection.scalars(select(table.c.event)))
    fresh = events.filter(~pl.col("event").is_in(known)).unique("event", keep="first", maintain_order=True)
    statements = fresh.select(pl.struct(pl.all()).struct.json_encode()).to_series().to_list()
    now = datetime.now(UTC)
    rows = [
        {"event": event, "told": now, "by": by, "statement": statement}
        for event, statement in zip(fresh["event"], statements, strict=True)
    ]
    if rows:
        connection.execute(insert(tables.EventRow), rows)
    return len(rows)


def _unsent(connection: Connection, notices: pl.DataFrame) -> pl.DataFrame:
    """Leave out notices that are in the outbox already: the same change is told once."""
    known = list(connection.scalars(select(of_table(tables.NoticeRow).c.notice)))
    return notices.filter(~pl.col("notice").is_in(known))
