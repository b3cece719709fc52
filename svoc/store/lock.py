"""One night at a time: a lock that a dead process gives back by dying."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from svoc.errors import AnotherNight
from svoc.store.opening import told_plainly

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
        with _server_lock(engine):
            yield


@contextmanager
def _server_lock(engine: Engine) -> Iterator[None]:
    # Outside any transaction, for one that is open all night would keep the server from tidying up.
    with told_plainly():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connection:
        with told_plainly():
            held = connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": ADVISORY})
        if not held:
            raise AnotherNight(BUSY)
        try:
            yield
        finally:
            with told_plainly():
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": ADVISORY})


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    lock = FileLock(Path(f"{database}.lock"), timeout=0, mode=0o600)
    with told_plainly():
        try:
            lock.acquire()
        except Timeout:
            raise AnotherNight(BUSY) from None
    try:
        yield
    finally:
        lock.release()
