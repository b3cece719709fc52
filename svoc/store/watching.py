"""Watches over the file of a database: that it is not lost, not damaged, and stays the one that was opened."""

from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from svoc.errors import StoreUnavailable

__all__ = ["known_by", "refuse_a_lost_file", "refuse_damage", "watch"]


def refuse_a_lost_file(file: Path) -> None:
    """Raise `StoreUnavailable` where a database was and is no more.

    A night leaves its lock file beside the database. An empty database in the place of one that was lost would give
    every resident another identifier, so nobody makes one there but whoever takes the lock away too.
    """
    if not file.exists() and Path(f"{file}.lock").exists():
        raise StoreUnavailable(
            f"{file.name}: the database was here and is gone: put it back, or restore a backup; "
            f"to begin anew with other identifiers, delete {file.name}.lock"
        )


def refuse_damage(engine: Engine) -> None:
    """Raise `StoreUnavailable` where a page of a SQLite file is damaged; every page is looked at, nothing is written.

    A night reads no index and not every table, and would carry damage that it does not meet into every backup. It
    takes less than two seconds of a gigabyte.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        try:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        except OperationalError:
            raise
        except DatabaseError:
            found = None
    if found != "ok":
        name = Path(engine.url.database or "").name
        raise StoreUnavailable(f"{name}: the database file is damaged: restore it from a backup; nothing was written")


def watch(engine: Engine, file: Path) -> None:
    """Let no transaction begin, and none be committed, once the file is gone or another stands in its place.

    A file that was taken away stays open to who had it open: everything would seem to be written, and would be lost.
    """
    opened = known_by(file)

    def stays(*_: object) -> None:
        if known_by(file) != opened:
            raise StoreUnavailable(
                f"{file.name}: the database was taken away or replaced while svoc was at work; "
                "put it back, or restore a backup, and run the same command again"
            )

    event.listen(engine, "begin", stays)
    event.listen(engine, "commit", stays)


def known_by(file: Path) -> tuple[int, int] | None:
    """Give the numbers by which the system knows a file, whatever its name; nothing where it is not there."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
