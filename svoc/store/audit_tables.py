"""The tables of the audit trail, which has a database of its own, or on PostgreSQL a schema of its own."""

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
)

from svoc.errors import StoreUnavailable
from svoc.store.opening import writing
from svoc.store.refusals import OTHER_RELEASE

__all__ = ["AUDIT", "EVENT", "PERSON_KEY", "REASON", "SCHEMA", "make_tables", "tables_are_there"]

SCHEMA = "svoc_audit"
"""Where the tables lie on PostgreSQL."""

AUDIT = 7_379_830_015
"""The number of PostgreSQL's lock for who appends to the trail."""

VERSION = 1
"""The version of these tables; a later release that changes them raises it and brings older ones up to it."""

METADATA = MetaData()

EVENT = Table(
    "audit_event",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", String, nullable=False),
    Index("ix_audit_event_at", "at"),
)
"""The chain: `body` is what happened, as canonical JSON; `hash` that of the event before, a line feed, and `body`.

`at`, `kind` and `actor` stand in the body too, and here for whoever looks for them.
"""

PERSON_KEY = Table(
    "audit_person_key",
    METADATA,
    Column("person", String, primary_key=True),
    Column("key", LargeBinary, nullable=False),
)
"""A random key per person: without it nobody can tell of whom an event speaks."""

REASON = Table(
    "audit_reason",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
    Column("because", Text, nullable=False),
)
"""What people wrote as their reason, apart from the chain, which holds its keyed hash: it can be erased."""

MADE = Table("audit_version", METADATA, Column("version", Integer, primary_key=True))


def tables_are_there(engine: Engine) -> bool:
    """Say whether the tables of this release are there; raise `StoreUnavailable` where those of a later one are."""
    with engine.connect() as connection:
        return _version(connection) == VERSION


def make_tables(engine: Engine) -> None:
    """Make the tables, unless somebody else just has."""
    with writing(engine, AUDIT) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        if _version(connection) is None:
            METADATA.create_all(connection, checkfirst=False)
            connection.execute(insert(MADE).values(version=VERSION))


def _version(connection: Connection) -> int | None:
    schema = SCHEMA if connection.dialect.name == "postgresql" else None
    if not inspect(connection).has_table(MADE.name, schema=schema):
        return None
    found = connection.scalar(select(MADE.c.version))
    if found != VERSION:
        raise StoreUnavailable(f"the audit trail: {OTHER_RELEASE}")
    return VERSION
