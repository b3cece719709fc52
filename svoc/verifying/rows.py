"""What must hold of the rows, whatever they say: intervals, runs, what is staged, hashes, notices."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, text

from svoc.store import tables
from svoc.store.standing import OF_A_LANE, of_table

__all__ = ["ROW_LAWS", "Found"]

Found = tuple[int, list[str]]
"""How much was looked at, and what is wrong, told by keys and numbers alone."""

HASH = re.compile(r"[0-9a-f]{64}")
HASHES = ("person_model", "policy", "settings")
"""What of a manifest is a SHA-256."""

KEYS = {"cases": ("case",), "links": ("left", "right"), "forwards": ("retired",), "households_forwards": ("retired",)}
"""By what a row of a part is known within its lane, where that is not its first column."""

RUN, NOTICE, TAKEN, CHANGE = map(of_table, (tables.Run, tables.NoticeRow, tables.Taken, tables.ChangeRow))


def _versioned() -> Iterator[tuple[Any, tuple[str, ...]]]:
    yield of_table(tables.MentionRow), ("mention",)
    for part, (table, schema) in OF_A_LANE.items():
        yield of_table(table), ("lane", *KEYS.get(part, (next(iter(schema)),)))


def intervals_run_forward(connection: Connection, run: int, oldest: int) -> Found:
    """Every row ends after it begins."""
    looked, wrong = 0, []
    for table, _ in _versioned():
        looked += connection.scalar(select(func.count()).select_from(table)) or 0
        backward = or_(table.c.to_run <= table.c.from_run, table.c.from_run < 1)
        wrong += [f"{table.name} row {number}" for number in connection.scalars(select(table.c.id).where(backward))]
    return looked, wrong


def nothing_is_there_twice(connection: Connection, run: int, oldest: int) -> Found:
    """No two rows of one key are seen by one run."""
    looked, wrong = 0, []
    for table, names in _versioned():
        key = [table.c[name] for name in names]
        ended, before = (
            func.lag(table.c[name]).over(partition_by=key, order_by=[table.c.from_run, table.c.id])
            for name in ("to_run", "id")
        )
        columns = (table.c.id, *key, table.c.from_run, ended.label("ended"), before.label("before"))
        rows = select(*columns).subquery()
        both = and_(rows.c.before.is_not(None), or_(rows.c.ended.is_(None), rows.c.ended > rows.c.from_run))
        looked += connection.scalar(select(func.count()).select_from(table)) or 0
        wrong += [
            f"{table.name} {' '.join(row[n] for n in names)}: rows {row['before']} and {row['id']}"
            for row in connection.execute(select(rows).where(both)).mappings()
        ]
    return looked, wrong


def nothing_is_staged(connection: Connection, run: int, oldest: int) -> Found:
    """Nothing is of a run that was never published."""
    wrong = [f"run {n} is staged" for n in connection.scalars(select(RUN.c.run).where(RUN.c.run > run))]
    for table, _ in _versioned():
        later = or_(table.c.from_run > run, table.c.to_run > run)
        wrong += [f"{table.name} row {number}" for number in connection.scalars(select(table.c.id).where(later))]
    for table in (CHANGE, TAKEN):
        count = connection.scalar(select(func.count()).select_from(table).where(table.c.run > run))
        wrong += [f"{table.name}: {count} rows of runs after {run}"] if count else []
    return run, wrong


def runs_have_no_gap(connection: Connection, run: int, oldest: int) -> Found:
    """One pointer shows the last run, and every run that is kept is there and published."""
    pointers = connection.scalar(select(func.count()).select_from(of_table(tables.Published))) or 0
    kept = connection.execute(select(RUN.c.run, RUN.c.state).where(RUN.c.run <= run))
    states: dict[int, str] = {int(row[0]): str(row[1]) for row in kept}
    wrong = [] if pointers == bool(run) else [f"{pointers} pointers to the published run"]
    wrong += [f"run {n} is missing" for n in range(max(oldest, 1), run + 1) if n not in states]
    wrong += [f"run {n} is {state}" for n, state in sorted(states.items()) if state != "published"]
    restored = select(RUN.c.run).where(RUN.c.restores >= RUN.c.run)
    return run, wrong + [f"run {n} restores a later one" for n in connection.scalars(restored)]


def hashes_are_hashes(connection: Connection, run: int, oldest: int) -> Found:
    """Every extract and every run is known by whole hashes, and a run's own agree."""
    taken = connection.execute(select(TAKEN.c.taken, TAKEN.c.sha256)).all()
    wrong = [f"taken row {number}: sha256" for number, sha256 in taken if not HASH.fullmatch(sha256)]
    rows = connection.execute(select(RUN.c.run, RUN.c.manifest).where(RUN.c.run <= run)).all()
    for number, manifest in rows:
        wrong += [f"run {number}: {n}" for n in HASHES if n in manifest and not HASH.fullmatch(str(manifest[n]))]
        if "policy" in manifest and manifest["policy"] != manifest.get("model"):
            wrong.append(f"run {number}: policy and model")
    return len(taken) + len(rows), wrong


def notices_are_of_published_runs(connection: Connection, run: int, oldest: int) -> Found:
    """Every notice is of a published run and there once, sent or withdrawn but not both, and takes back a real one."""
    wrong = [f"notice {n}: of a run after {run}" for n in _notices(connection, NOTICE.c.run > run)]
    again = select(NOTICE.c.notice).group_by(NOTICE.c.notice).having(func.count() > 1)
    wrong += [f"notice {n}: is there twice" for n in connection.scalars(again)]
    both = and_(NOTICE.c.withdrawn_by.is_not(None), NOTICE.c.sent.is_not(None))
    wrong += [f"notice {n}: sent and withdrawn" for n in _notices(connection, both)]
    unsent = and_(NOTICE.c.acknowledged.is_not(None), NOTICE.c.sent.is_(None))
    wrong += [f"notice {n}: acknowledged and never sent" for n in _notices(connection, unsent)]
    strange = and_(NOTICE.c.retracts.is_not(None), NOTICE.c.retracts.not_in(select(NOTICE.c.notice)))
    wrong += [f"notice {n}: takes back none that there is" for n in _notices(connection, strange)]
    return connection.scalar(select(func.count()).select_from(NOTICE)) or 0, wrong


def _notices(connection: Connection, where: Any) -> list[str]:
    return list(connection.scalars(select(NOTICE.c.notice).where(where)))


def database_is_sound(connection: Connection, run: int, oldest: int) -> Found:
    """The database itself finds nothing wrong: SQLite with its pages and indexes, PostgreSQL with its indexes."""
    if connection.dialect.name == "sqlite":
        said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        return 1, [] if said == ["ok"] else [f"SQLite: {line}" for line in said]
    broken = "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid"
    return 1, [f"PostgreSQL: the index {name} is not valid" for name in connection.scalars(text(broken))]


ROW_LAWS = (
    database_is_sound,
    runs_have_no_gap,
    nothing_is_staged,
    intervals_run_forward,
    nothing_is_there_twice,
    hashes_are_hashes,
    notices_are_of_published_runs,
)
"""The laws of rows, in the order in which they are told; the first sentence of each is what it is called."""
