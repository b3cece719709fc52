"""A database that cannot be used says so in one sentence, and nothing is written."""

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from svoc.errors import SettingsError, StoreUnavailable
from svoc.store.opening import told_plainly
from svoc.store.store import Store


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    was = os.umask(0)
    try:
        store = Store.open("sqlite:///council.db", tmp_path)
        with store.night(), store.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO published (only, run) VALUES (1, 0)")
            made = sorted(p for p in tmp_path.iterdir())
            assert [p.name for p in made] == ["council.db", "council.db-shm", "council.db-wal", "council.db.lock"]
            assert {stat.S_IMODE(p.stat().st_mode) for p in made} == {0o600}
        store.close()
    finally:
        os.umask(was)


def test_a_database_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    Store.open("sqlite:///council.db", tmp_path).close()
    (tmp_path / "council.db").chmod(0o640)
    Store.open("sqlite:///council.db", tmp_path).close()
    assert stat.S_IMODE((tmp_path / "council.db").stat().st_mode) == 0o640


def test_a_relative_path_counts_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    Store.open("sqlite:///council.db", tmp_path).close()
    assert (tmp_path / "council.db").is_file()


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "nowhere").close()
    assert (tmp_path / "other.db").is_file()


@pytest.mark.parametrize("url", ["", "council.db", "nosuch:///council.db", "oracle://u:hidden@h/x", "sqlite+nosuch://"])
def test_an_address_that_is_none_is_a_setting_to_mend(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="expected sqlite:///") as refused:
        Store.open(url, tmp_path)
    assert "hidden" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"council.db: the database cannot be made here \(No such file"):
        Store.open("sqlite:///nowhere/council.db", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "council.db").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        Store.open("sqlite:///council.db", tmp_path)


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "council.db").write_bytes(content)
    with pytest.raises(StoreUnavailable, match=r"damaged|not a database"):
        Store.open("sqlite:///council.db", tmp_path)
    assert (tmp_path / "council.db").read_bytes() == content


def test_a_damaged_page_is_told_as_damage(tmp_path: Path) -> None:
    store = Store.open("sqlite:///council.db", tmp_path)
    store.close()
    file = tmp_path / "council.db"
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="damaged"):
        Store.open("sqlite:///council.db", tmp_path).yesterday()


def test_a_read_only_database_cannot_be_written(tmp_path: Path) -> None:
    store = Store.open("sqlite:///council.db", tmp_path)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="read-only"):
        store.decide("same", "a/1/1", "b/1/1", steward="s", because="b")
    store.close()


def test_what_is_a_mistake_of_ours_is_not_told_as_the_databases(tmp_path: Path) -> None:
    store = Store.open("sqlite:///council.db", tmp_path)
    twice = "INSERT INTO published (only, run) VALUES (1, 0)"
    with store.engine.begin() as connection:
        connection.exec_driver_sql(twice)
        with pytest.raises(IntegrityError), told_plainly():
            connection.exec_driver_sql(twice)
    store.close()


def test_another_writer_is_told_as_busy_once_it_took_too_long(tmp_path: Path) -> None:
    holder, other = (Store.open("sqlite:///council.db", tmp_path) for _ in range(2))
    with other.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    with holder.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO published (only, run) VALUES (1, 0)")
        with pytest.raises(StoreUnavailable, match="busy"):
            other.decide("same", "a/1/1", "b/1/1", steward="s", because="b")
        assert other.published() == 0
    holder.close()
    other.close()


def test_opening_does_not_wait_for_a_night_that_writes(tmp_path: Path) -> None:
    holder = Store.open("sqlite:///council.db", tmp_path)
    with holder.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO published (only, run) VALUES (1, 0)")
        reader = Store.open("sqlite:///council.db", tmp_path)
        assert reader.yesterday().run == 0
        reader.close()
    holder.close()


def test_a_connection_that_breaks_leaves_no_traceback_beside_what_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The pool that takes a broken connection back would write one of its own; the store has told of the fault."""
    store = Store.open("sqlite:///council.db", tmp_path)
    connection = store.engine.raw_connection()
    assert connection.driver_connection
    connection.driver_connection.close()
    connection.close()
    store.close()
    assert not caplog.records
