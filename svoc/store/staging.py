"""Writes a plan's rows under the coming run, where nobody sees them, and marks the rows that they replace.

Of a night that solved only what a change touches, only what was touched is read and compared.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, Engine

from svoc.store import tables
from svoc.store.bulk import close_rows, insert_rows
from svoc.store.frames import encoded
from svoc.store.standing import MENTION, OF_A_LANE, Schema, of_table, visible
from svoc.words.plan import LanePlan, Plan, Touched

__all__ = ["stage"]

Writing = Callable[[], AbstractContextManager[Connection]]

ONCE_GIVEN = ("founded", "households_founded")
"""Parts of a lane to which a night adds, and of which it changes nothing."""
AMONG: dict[str, tuple[str, str]] = {
    "members": ("mention", "mentions"),
    "persons": ("person", "persons"),
    "cases": ("case", "cases"),
    "links": ("left", "links"),
    "forwards": ("retired", "forwards"),
    "households": ("person", "housed"),
    "households_forwards": ("retired", "forwards"),
}
"""By which column each part of a lane is looked up, and which of the touched keys (`Touched`) stand in it."""


AT_ONCE = 20_000
"""So many rows are waited for before they are written. A transaction is to be short, for stewards wait for it; but to
bring one to the disk for each table takes longer than all rows of a usual night."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What of a table a plan may change: its rows as they shall be, of which lanes, and the keys that alone count."""

    table: type[tables.Versioned]
    schema: Schema
    frame: pl.DataFrame
    lanes: tuple[str, ...] | None = None
    among: tuple[str, pl.Series] | None = None

    @property
    def nobody(self) -> bool:
        """Say whether nothing of the table can change: no key counts, and no row is to come."""
        return self.among is not None and self.among[1].is_empty() and self.frame.is_empty()


@dataclass(frozen=True, slots=True)
class Changed:
    """What of a table changes: the ids of the rows that end, and the rows that begin, encoded."""

    table: type[tables.Versioned]
    gone: pl.Series
    come: pl.DataFrame

    @property
    def height(self) -> int:
        """Count the rows to be written."""
        return len(self.gone) + self.come.height


def stage(plan: Plan, engine: Engine, writing: Writing) -> None:
    """Stage all of a plan; `writing` begins a transaction that writes for the night.

    The night's lock keeps what is read here as it is, so that others may write until the rows themselves are.
    """
    waiting: list[Changed] = []
    for rows in _rows_of(plan):
        if rows.nobody:
            continue
        waiting.append(_changed(rows, engine, plan.run))
        if sum(changed.height for changed in waiting) >= AT_ONCE:
            _write(waiting, writing, plan.run)
            waiting.clear()
    _write(waiting, writing, plan.run)


def _changed(rows: Rows, engine: Engine, run: int) -> Changed:
    today, names = encoded(rows.frame), list(rows.schema)
    with engine.connect() as connection:
        before = visible(connection, rows.table, rows.schema, run - 1, lanes=rows.lanes, among=rows.among)
    gone = before.join(today, on=names, how="anti", nulls_equal=True)
    come = today.join(before, on=names, how="anti", nulls_equal=True)
    return Changed(rows.table, gone["id"], come)


def _write(changes: Iterable[Changed], writing: Writing, run: int) -> None:
    changes = [changed for changed in changes if changed.height]
    if not changes:
        return
    with writing() as connection:
        for changed in changes:
            table = of_table(changed.table)
            close_rows(connection, table, changed.gone, run)
            insert_rows(connection, table, changed.come.with_columns(from_run=pl.lit(run)))


def _rows_of(plan: Plan) -> Iterator[Rows]:
    mentions = plan.mentions.select(MENTION.keys())
    if plan.changed is None:
        yield Rows(tables.MentionRow, MENTION, mentions)
    else:
        changed = mentions.filter(pl.col("mention").is_in(plan.changed.implode()))
        yield Rows(tables.MentionRow, MENTION, changed, among=("mention", plan.changed))
    whole = {lane: planned for lane, planned in plan.lanes.items() if planned.touched is None}
    if whole:
        yield from (_of_lanes(part, whole) for part in OF_A_LANE)
    for lane, planned in plan.lanes.items():
        if planned.touched is not None:
            yield from (_of_touched(part, lane, planned, planned.touched, plan.run) for part in OF_A_LANE)


def _of_lanes(part: str, lanes: dict[str, LanePlan]) -> Rows:
    table, schema = OF_A_LANE[part]
    frames = [_of_lane(part, lane, planned) for lane, planned in lanes.items()]
    return Rows(table, {**schema, "lane": pl.String()}, pl.concat(frames), tuple(lanes))


def _of_touched(part: str, lane: str, planned: LanePlan, touched: Touched, run: int) -> Rows:
    table, schema = OF_A_LANE[part]
    frame, lanes = _of_lane(part, lane, planned), (lane,)
    whole = {**schema, "lane": pl.String()}
    if part in ONCE_GIVEN:
        nothing = pl.Series(next(iter(schema)), [], dtype=pl.String)
        return Rows(table, whole, frame.filter(pl.col("run") == run), lanes, (nothing.name, nothing))
    column, kind = AMONG[part]
    keys: pl.Series = getattr(touched, kind)
    return Rows(table, whole, frame.filter(pl.col(column).is_in(keys.implode())), lanes, (column, keys))


def _of_lane(part: str, lane: str, planned: LanePlan) -> pl.DataFrame:
    frame: pl.DataFrame = getattr(planned.state, part)
    return frame.select(OF_A_LANE[part][1].keys()).with_columns(lane=pl.lit(lane))
