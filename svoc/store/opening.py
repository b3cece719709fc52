"""Opens a database, SQLite or PostgreSQL, and puts its refusals into words."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from svoc.errors import SettingsError, StoreUnavailable

__all__ = ["open_engine", "told_plainly"]

BUSY_SECONDS = 30

REFUSALS = {
    "unable to open database file": "the database file cannot be opened: is its folder there, and may this user write in it?",
    "readonly database": "the database cannot be written: it is read-only for this user",
    "disk is full": "the disk is full: make room and run the same command again",
    "disk i/o error": "the disk does not take or give (an input/output error, or no room left)",
    "database is locked": "the database is busy: something else has been writing to it for too long",
    "malformed": "the database file is damaged: restore it from a backup",
    "no such table": "the tables are of another release of svoc than this",
    "no such column": "the tables are of another release of svoc than this",
    "not a database": "the file is not a database of svoc",
}


def open_engine(url: str, folder: Path) -> Engine:
    """Open the database that council.toml names; a relative SQLite path counts from `folder`."""
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
            file = folder / str(address.database)
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


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what a database says into one sentence that an operator can act on."""
    try:
        yield
    except DatabaseError as fault:
        said = str(fault.orig).casefold()
        for sign, words in REFUSALS.items():
            if sign in said:
                raise StoreUnavailable(words) from None
        if isinstance(fault, OperationalError):
            raise StoreUnavailable("the database is away or does not answer") from None
        raise
    except OSError as fault:
        raise StoreUnavailable(f"the disk does not take or give: {fault.strerror}") from None
