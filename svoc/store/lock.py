"""One night at a time: a lock that a dead process gives back by dying."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from svoc.errors import AnotherNight

__all__ = ["night_lock"]

ADVISORY = 7_379_830_011
"""The number under which PostgreSQL knows this lock; any number will do, as long as it is always this one."""

BUSY = "another night is at work on this database; wait for it to end, or see what holds its lock"


@contextmanager
def night_lock(engine: Engine) -> Iterator[None]:
    """Hold the lock of this database while a night plans and commits; raise `AnotherNight` where it is held.

    SQLite: a lock file beside the database, which the operating system frees when its holder dies. PostgreSQL: an
    advisory lock of a session, which the server frees when the connection breaks.
    """
    if engine.dialect.name == "sqlite":
        with _file_lock(engine):
            yield
    else:
        with engine.connect() as connection:
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": ADVISORY}):
                raise AnotherNight(BUSY)
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": ADVISORY})


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    lock = FileLock(Path(f"{database}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AnotherNight(BUSY) from None
    try:
        yield
    finally:
        lock.release()
