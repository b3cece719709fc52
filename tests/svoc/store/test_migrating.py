"""The migrations make exactly the tables that this release knows, once."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect, text

from svoc.errors import StoreUnavailable
from svoc.store.migrating import HEAD, migrate
from svoc.store.opening import open_engine, told_plainly
from svoc.store.store import Store
from svoc.store.tables import METADATA


def test_migrations_and_tables_say_the_same(store: Store) -> None:
    with store.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA)
    assert found == []


def test_migrating_twice_is_migrating_once(store: Store) -> None:
    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        written.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    migrate(store.engine)
    event.remove(store.engine, "before_cursor_execute", note)
    verbs = {statement.split()[0] for statement in written}
    assert not verbs & {"CREATE", "INSERT", "UPDATE", "ALTER", "DROP"}
    assert "BEGIN IMMEDIATE" not in written


def test_the_head_is_that_of_the_last_migration() -> None:
    with as_file(files("svoc.store").joinpath("migrations")) as folder:
        assert ScriptDirectory(str(folder)).get_current_head() == HEAD


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    engine = open_engine("sqlite:///council.db", tmp_path)

    def stop(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "CREATE TABLE run" in statement:
            raise OSError(28, "No space left on device")

    event.listen(engine, "before_cursor_execute", stop)
    with pytest.raises(StoreUnavailable, match="No space left"), told_plainly():
        migrate(engine)
    event.remove(engine, "before_cursor_execute", stop)
    assert inspect(engine).get_table_names() == []
    migrate(engine)
    assert "person" in inspect(engine).get_table_names()
    engine.dispose()


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (("UPDATE alembic_version SET version_num = '9999'",), "another release"),
        (("DROP TABLE mention",), "another release"),
        (("ALTER TABLE mention DROP COLUMN reason",), "another release"),
        (("DELETE FROM alembic_version",), "not svoc's"),
    ],
)
def test_a_database_of_another_release_is_refused_in_a_sentence(
    file_store: Store, tmp_path: Path, statements: tuple[str, ...], words: str
) -> None:
    _execute(file_store.engine, *statements)
    file_store.close()
    before = _dump(tmp_path / "council.db")
    with pytest.raises(StoreUnavailable, match=words) as refused:
        Store.open("sqlite:///council.db", tmp_path).yesterday()
    assert "\n" not in str(refused.value)
    assert _dump(tmp_path / "council.db") == before


def _execute(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _dump(path: Path) -> list[str]:
    import sqlite3

    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
