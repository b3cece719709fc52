"""Brings a database to the tables of this release, from any released version."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

__all__ = ["migrate"]


def migrate(engine: Engine) -> None:
    """Run every migration that the database has not seen; each in a transaction of its own."""
    with as_file(files("svoc.store").joinpath("migrations")) as folder, engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
