"""One night at a time: a lock that a dead process gives back by dying."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from svoc.errors import AnotherNight, StoreUnavailable
from svoc.store.opening import told_plainly
from svoc.store.refusals import driver_errors
from svoc.store.watching import known_by

__all__ = ["StillHeld", "night_lock"]

StillHeld = Callable[[], None]

ADVISORY = 7_379_830_011
"""The number under which PostgreSQL knows this lock; any number will do, as long as it is always this one."""

HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid() AND objsubid = 1 "
    "AND (classid::bigint << 32) + objid::bigint = :number "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

TAKEN_AWAY = "the night's lock file was taken away: nothing was published, run the same command again"

LOST = "the connection that held the night's lock broke: nothing was published, run the same command again"

BUSY = "another night is at work on this database; wait for it to end, or see what holds its lock"


@contextmanager
def night_lock(engine: Engine) -> Iterator[StillHeld]:
    """Hold the lock of this database while a night plans and commits; raise `AnotherNight` where it is held.

    SQLite: a lock file beside the database, which the operating system frees when its holder dies. PostgreSQL: an
    advisory lock of a session, which the server frees when the connection breaks; a holder that lives on does not
    notice, and asks what it is given here before it writes: that raises `StoreUnavailable` where the lock is lost.
    """
    if engine.dialect.name == "sqlite":
        with _file_lock(engine) as still_held:
            yield still_held
    else:
        with _server_lock(engine) as still_held:
            yield still_held


@contextmanager
def _server_lock(engine: Engine) -> Iterator[StillHeld]:
    # Outside any transaction, for one that is open all night would keep the server from tidying up.
    with told_plainly():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connection:
        with told_plainly():
            held = connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": ADVISORY})
        if not held:
            raise AnotherNight(BUSY)
        try:
            yield lambda: _held_by(connection)
        finally:
            with suppress(
                SQLAlchemyError, *driver_errors()
            ):  # where the connection broke, the server has taken the lock back
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": ADVISORY})


def _held_by(connection: Connection) -> None:
    with told_plainly():
        if connection.invalidated or not connection.scalar(HELD, {"number": ADVISORY}):
            raise StoreUnavailable(LOST)


@contextmanager
def _file_lock(engine: Engine) -> Iterator[StillHeld]:
    database = engine.url.database
    if not database or database == ":memory:":
        yield lambda: None
        return
    file = Path(f"{database}.lock")
    lock = FileLock(file, timeout=0, mode=0o600)
    with told_plainly():
        try:
            lock.acquire()
        except Timeout:
            raise AnotherNight(BUSY) from None
    held = known_by(file)

    def still_held() -> None:
        if known_by(file) != held:  # another night could hold the lock of a file in its place
            raise StoreUnavailable(TAKEN_AWAY)

    try:
        yield still_held
    finally:
        lock.release()
