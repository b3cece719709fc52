"""Leaves nothing of erased rows behind: not in free pages, nor in the write-ahead log, nor in what is kept beside."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from svoc.store.opening import told_plainly

__all__ = ["cut_log", "erasing", "scrub", "scrub_cache"]


def erasing(connection: Connection) -> None:
    """Let SQLite write zeros over what is deleted in this transaction's connection."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def scrub(engine: Engine, tables: Iterable[str]) -> bool:
    """Write the database anew without what was deleted; say whether its log is empty of it too.

    SQLite: the whole file (`VACUUM`), then the write-ahead log is cut to nothing, which waits until nobody reads an
    older state: it is false where somebody does. PostgreSQL: the tables named (`VACUUM FULL`), and their statistics,
    which hold samples of what they describe; its own log and backups it keeps as it is set up to.
    """
    with told_plainly():
        if engine.dialect.name == "sqlite":
            return _scrub_sqlite(engine)
        quote = engine.dialect.identifier_preparer.quote
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in sorted(set(tables)):
                connection.execute(text(f"VACUUM (FULL, ANALYZE) {quote(table)}"))
        return True


def _scrub_sqlite(engine: Engine) -> bool:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        connection.close()


def cut_log(engine: Engine, tables: Iterable[str]) -> bool:
    """Leave nothing of what was overwritten (`erasing`) in SQLite's log; on PostgreSQL write the tables anew.

    It is false where somebody reads an older state: whatever writes next does it then.
    """
    if engine.dialect.name != "sqlite":
        return scrub(engine, tables)
    with told_plainly(), engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()


def scrub_cache(cache: Path | None) -> int:
    """Throw away what nights keep beside the database; give how many folders went."""
    found = [*cache.glob("night-*"), *cache.glob(".night-*.part")] if cache else []
    for folder in found:
        shutil.rmtree(folder)
    return len(found)
