"""Watches over the file of a database: that it is not lost, not damaged, and stays the one that was opened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from svoc.errors import StoreUnavailable
from svoc.side_by_side import meanwhile

__all__ = ["known_by", "looked_through", "refuse_a_lost_file", "watch"]


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


@contextmanager
def looked_through(engine: Engine) -> Iterator[Callable[[], None]]:
    """Look at every page of a SQLite file while something else is done; what is given waits for that.

    It raises `StoreUnavailable` where a page is damaged. A night reads no index and not every table, and would carry
    damage that it does not meet into every backup. It takes less than two seconds of a gigabyte.
    """
    if engine.dialect.name != "sqlite" or engine.url.database in {None, "", ":memory:"}:
        yield lambda: None
        return
    with meanwhile(partial(_refuse_damage, engine)) as done:
        yield done


def _refuse_damage(engine: Engine) -> None:
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
