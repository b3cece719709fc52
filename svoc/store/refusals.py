"""What SQLite and PostgreSQL say when they refuse, and what it means for whoever runs the night."""

import sqlite3
import sys

from sqlalchemy.exc import DBAPIError

from svoc.errors import SettingsError, StoreUnavailable, SvocError

__all__ = ["OTHER_RELEASE", "driver_errors", "understood"]

OTHER_RELEASE = "the database is of another release of svoc than this: use that release, or restore a backup"
NOT_OURS = "the database holds tables that are not svoc's: give svoc a database of its own"
AWAY = "the database is away or does not answer"
BUSY = "the database is busy: something else has been writing to it for too long"
DAMAGED = "the database is damaged: restore it from a backup"
NO_LOGIN = "[council.database] the server does not let this user in: see its user, its password and pg_hba.conf"
NO_DATABASE = "[council.database] the server has no database of this name: make it, with this user as its owner"
FULL = "the database takes no more connections: run the same command again, or raise its max_connections"

SAID = {
    "unable to open database file": "the database file cannot be opened: see that its folder is there and writable",
    "readonly database": "the database cannot be written: it is read-only for this user",
    "disk is full": "the disk is full: make room and run the same command again",
    "disk i/o error": "the disk does not take or give (an input/output error, or no room left)",
    "database is locked": BUSY,
    "malformed": "the database file is damaged: restore it from a backup",
    "not a database": "the file is not a database of svoc, or it is damaged: restore it from a backup",
    "no such table": OTHER_RELEASE,
    "no such column": OTHER_RELEASE,
    "has no column named": OTHER_RELEASE,
    "already exists": NOT_OURS,
}
"""What SQLite says, in lower case."""

STATES = {
    "08": AWAY,
    "22021": "the database cannot hold all letters: make it anew with ENCODING 'UTF8' TEMPLATE template0",
    "22P05": "the database cannot hold all letters: make it anew with ENCODING 'UTF8' TEMPLATE template0",
    "25006": "the database cannot be written: it is read-only, a standby perhaps",
    "40": BUSY,
    "42501": "the database refuses this user: make it the owner of the database, for it has to make tables there",
    "3F000": "the database refuses this user: make it the owner of the database, for it has to make tables there",
    "42P01": OTHER_RELEASE,
    "42703": OTHER_RELEASE,
    "42P07": NOT_OURS,
    "53": "the database server is out of memory or of another resource: run the same command again later",
    "53100": "the disk of the database server is full: make room and run the same command again",
    "53300": FULL,
    "55P03": BUSY,
    "57014": "the database cut the work short: see its statement_timeout for this user",
    "57P": AWAY,
    "58": "the disk of the database server does not take or give (an input/output error)",
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""PostgreSQL's states, or how they begin; the longest that fits speaks."""

AT_THE_DOOR = {
    "password authentication failed": SettingsError(NO_LOGIN),
    "no password supplied": SettingsError(NO_LOGIN),
    "authentication failed": SettingsError(NO_LOGIN),
    "no pg_hba.conf entry": SettingsError(NO_LOGIN),
    "permission denied for database": SettingsError(NO_LOGIN),
    "too many connections": StoreUnavailable(FULL),
    "too many clients": StoreUnavailable(FULL),
    "connection slots are reserved": StoreUnavailable(FULL),
}
"""What PostgreSQL says while it lets nobody in, which comes without a state; a server may say it in another tongue."""

PASSING = {"OperationalError", "InternalError"}
"""What drivers call a fault that is not ours."""


def driver_errors() -> tuple[type[BaseException], ...]:
    """Give what is raised by the drivers that are in use, whether SQLAlchemy stood between or not."""
    psycopg = sys.modules.get("psycopg")
    return (DBAPIError, sqlite3.Error, *([psycopg.Error] if psycopg else []))


def understood(fault: BaseException) -> SvocError | None:
    """Give what a database's refusal means, or nothing where the fault is a mistake of ours.

    >>> print(understood(sqlite3.OperationalError("database is locked")))
    the database is busy: something else has been writing to it for too long
    """
    said = getattr(fault, "orig", None) or fault
    if state := getattr(said, "sqlstate", None):
        for length in (5, 3, 2):
            if words := STATES.get(state[:length]):
                return StoreUnavailable(words)
    elif found := _by_words(str(said).casefold(), sqlite=isinstance(said, sqlite3.Error)):
        return found
    passing = PASSING & {kind.__name__ for kind in type(said).__mro__}
    return StoreUnavailable(AWAY) if passing else None


def _by_words(said: str, *, sqlite: bool) -> SvocError | None:
    if sqlite:
        return next((StoreUnavailable(words) for sign, words in SAID.items() if sign in said), None)
    if 'fatal:  database "' in said and "does not exist" in said:
        return SettingsError(NO_DATABASE)
    if 'fatal:  role "' in said and "does not exist" in said:
        return SettingsError(NO_LOGIN)
    found = next((error for sign, error in AT_THE_DOOR.items() if sign in said), None)
    return None if found is None else type(found)(*found.args)
