"""Opens a database, SQLite or PostgreSQL, and puts its refusals into words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal, overload

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InternalError, NoSuchModuleError, OperationalError

from svoc.errors import SettingsError, StoreUnavailable

__all__ = ["open_engine", "told_plainly", "writing"]

BUSY_SECONDS = 30

WRITES = "svoc_writes"

OTHER_RELEASE = "the database is of another release of svoc than this: use that release, or restore a backup"

REFUSALS = {
    "unable to open database file": "the database file cannot be opened: see that its folder is there and writable",
    "readonly database": "the database cannot be written: it is read-only for this user",
    "disk is full": "the disk is full: make room and run the same command again",
    "disk i/o error": "the disk does not take or give (an input/output error, or no room left)",
    "database is locked": "the database is busy: something else has been writing to it for too long",
    "malformed": "the database file is damaged: restore it from a backup",
    "not a database": "the file is not a database of svoc, or it is damaged: restore it from a backup",
    "no such table": OTHER_RELEASE,
    "no such column": OTHER_RELEASE,
    "has no column named": OTHER_RELEASE,
    "already exists": "the database holds tables that are not svoc's: give svoc a database of its own",
}
"""What a database says, in lower case, and what it means for who runs the night."""


@overload
def open_engine(url: str, folder: Path) -> Engine: ...
@overload
def open_engine(url: str, folder: Path, *, make: Literal[False]) -> Engine | None: ...
def open_engine(url: str, folder: Path, *, make: bool = True) -> Engine | None:
    """Open the database that council.toml names; a relative SQLite path counts from `folder`.

    Unless it may `make` a SQLite file that is not there, it gives nothing for one.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
            file = folder / str(address.database)
            if not (make or file.exists()):
                return None
            _keep_to_its_owner(file)
            address = address.set(database=str(file))
        engine = create_engine(address)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as fault:
        raise SettingsError(
            f"[council.database] is not the address of a database that can be opened ({type(fault).__name__}); "
            "expected sqlite:///svoc.db or postgresql+psycopg://user@host/name"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def writing(engine: Engine) -> AbstractContextManager[Connection]:
    """Begin a transaction that will write.

    SQLite is told so at once: a transaction that read first, and then finds that another has written meanwhile, could
    not go on, however long it waited.
    """
    return engine.execution_options(**{WRITES: True}).begin()


def _keep_to_its_owner(file: Path) -> None:
    """Make a new database file that only its owner can read; leave one that is there as it is."""
    if file.exists():
        return
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as fault:
        raise StoreUnavailable(f"{file.name}: the database cannot be made here ({fault.strerror})") from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what a database says into one sentence that an operator can act on."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as fault:
        said = str(getattr(fault, "orig", fault)).casefold()
        for sign, words in REFUSALS.items():
            if sign in said:
                raise StoreUnavailable(words) from None
        if isinstance(fault, OperationalError | InternalError | sqlite3.OperationalError):
            raise StoreUnavailable("the database is away or does not answer") from None
        raise
    except OSError as fault:
        raise StoreUnavailable(f"the disk does not take or give: {fault.strerror}") from None
