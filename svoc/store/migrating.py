"""Brings a database to the tables of this release, from any released version."""

from importlib.resources import as_file, files

from sqlalchemy import Connection, Engine, inspect, text

from svoc.errors import StoreUnavailable
from svoc.store.opening import writing
from svoc.store.refusals import OTHER_RELEASE

__all__ = ["HEAD", "is_made", "migrate"]

HEAD = "0017"
"""The version of this release's tables: the last file in `migrations/versions`."""

LETTERS = "the database cannot hold all letters ({}): make it anew with ENCODING 'UTF8' TEMPLATE template0"


def is_made(engine: Engine) -> bool:
    """Tell whether any release of svoc has made its tables here."""
    with engine.connect() as connection:
        return _version(connection) is not None


def migrate(engine: Engine) -> None:
    """Run every migration that the database has not seen, all of them or none.

    A database that is up to date is only read, so that nobody who opens it waits for a night that writes. Raises
    `StoreUnavailable` where the database is of a release that this one does not know.
    """
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    with writing(engine) as connection:
        if (
            connection.dialect.name == "postgresql"
            and (found := connection.scalar(text("SHOW server_encoding"))) != "UTF8"
        ):
            raise StoreUnavailable(LETTERS.format(found))
        if _version(connection) != HEAD:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # alembic is slow to import and needed once in a database's life
    from alembic.config import Config
    from alembic.util.exc import CommandError

    with as_file(files("svoc.store").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise StoreUnavailable(OTHER_RELEASE) from None
