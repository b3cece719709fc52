"""Opens a database, SQLite or PostgreSQL, and puts its refusals into words."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, overload
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from svoc.errors import SettingsError, StoreUnavailable
from svoc.store.refusals import driver_errors, understood
from svoc.store.watching import refuse_a_lost_file, watch

__all__ = ["LEASES", "LEDGER", "ROWS", "open_engine", "told_plainly", "writing"]

BUSY_SECONDS = 30

_TURNS: WeakKeyDictionary[Engine, threading.RLock] = WeakKeyDictionary()
_TURNS_LOCK = threading.Lock()

WRITES = "svoc_writes"

LEDGER, ROWS, LEASES = 7_379_830_013, 7_379_830_014, 7_379_830_015
"""The numbers of PostgreSQL's locks for who writes to the ledger and the pointer, who stages rows, who takes cases."""

TAKE = text("SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:number)")

PATIENCE = {"connect_timeout": 10, "keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 6}
"""Seconds, and how often, after which a server that fell silent counts as gone; the address may say otherwise."""

SAME_EVERYWHERE = "SET datestyle TO 'ISO'; SET timezone TO 'UTC'; SET extra_float_digits TO 1"
"""PostgreSQL writes dates, moments and numbers as its owner likes them, unless it is asked."""


@overload
def open_engine(url: str, folder: Path) -> Engine: ...
@overload
def open_engine(url: str, folder: Path, *, make: Literal[False]) -> Engine | None: ...
def open_engine(url: str, folder: Path, *, make: bool = True) -> Engine | None:
    """Open the database that council.toml names; a relative SQLite path counts from `folder`.

    Unless it may `make` a SQLite file that is not there, it gives nothing for one.
    """
    # A pool that takes a broken connection back writes a traceback of its own, beside what the store tells of it.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    file: Path | None = None
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
            file = folder / str(address.database)
            refuse_a_lost_file(file)
            if not (make or file.exists()):
                return None
            _keep_to_its_owner(file)
            address = address.set(database=str(file))
        engine = (
            _postgres(address)
            if address.get_backend_name() == "postgresql"
            else create_engine(address, hide_parameters=True)
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as fault:
        raise SettingsError(
            f"[council.database] is not the address of a database that can be opened ({type(fault).__name__}); "
            "expected sqlite:///svoc.db or postgresql+psycopg://user@host/name"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    if file:
        watch(engine, file)
    return engine


def _postgres(address: URL) -> Engine:
    """Reach a server by psycopg, whichever driver the address names, for bulk goes by psycopg's own road.

    A reader sees one moment in all that it reads (REPEATABLE READ), as it does on SQLite.
    """
    if find_spec("psycopg") is None:
        raise SettingsError("[council.database] PostgreSQL needs its driver: pip install 'svoc[postgres]'")
    patience = {name: value for name, value in PATIENCE.items() if name not in address.query}
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        isolation_level="REPEATABLE READ",
        pool_pre_ping=True,
        connect_args=patience,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_postgres)
    return engine


@contextmanager
def writing(engine: Engine, *locks: int) -> Iterator[Connection]:
    """Begin a transaction that will write, and wait for others who do.

    SQLite has one writer at a time, and is told so at once: a transaction that read first, and then finds that another
    has written meanwhile, could not go on, however long it waited. On PostgreSQL a writer takes `locks`, that of the
    ledger unless it says otherwise, and reads what others committed before it got them. So a steward who decides waits
    for another, and for the moment of publishing, and never for rows that are staged.
    """
    if engine.dialect.name == "sqlite":
        with _turn(engine), engine.execution_options(**{WRITES: True}).begin() as connection:
            yield connection
        return
    with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
        for number in locks or (LEDGER,):
            connection.execute(TAKE, {"wait": f"{BUSY_SECONDS}s", "number": number})
        yield connection


def _turn(engine: Engine) -> threading.RLock:
    """Give the lock by which the threads of a process take turns.

    SQLite sleeps, ever longer, where it finds another writing. A thread that writes while it writes is left to be
    refused, which tells of the fault, and is not locked out by itself for ever.
    """
    with _TURNS_LOCK:
        return _TURNS.setdefault(engine, threading.RLock())


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


def _prepare_postgres(connection: Any, _record: Any) -> None:
    connection.execute(SAME_EVERYWHERE)
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what a database says into one sentence that an operator can act on."""
    try:
        yield
    except driver_errors() as fault:
        if meant := understood(fault):
            raise meant from None
        raise
    except OSError as fault:
        raise StoreUnavailable(f"the disk does not take or give: {fault.strerror}") from None
