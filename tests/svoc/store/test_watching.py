"""A database in a file that is lost, replaced or damaged is not written to."""

import shutil
from pathlib import Path

import pytest

from svoc.errors import StoreUnavailable
from svoc.store.store import Store
from tests.svoc.store.conftest import MakePlan


def test_a_file_that_is_taken_away_is_not_read(file_store: Store, tmp_path: Path) -> None:
    (tmp_path / "council.db").rename(tmp_path / "away.db")
    for attempt in (file_store.published, file_store.outbox, file_store.decisions):
        with pytest.raises(StoreUnavailable, match=r"council.db: the database was taken away or replaced"):
            attempt()
    (tmp_path / "away.db").rename(tmp_path / "council.db")
    assert file_store.published() == 0


def test_another_file_in_its_place_is_not_taken_for_it(file_store: Store, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "council.db", tmp_path / "copy.db")
    (tmp_path / "copy.db").replace(tmp_path / "council.db")
    with pytest.raises(StoreUnavailable, match="replaced"):
        file_store.decide("same", "a/1/1", "a/2/1", steward="j.okafor", because="seen")


def test_what_is_being_written_when_the_file_goes_is_not_committed(
    file_store: Store, make_plan: MakePlan, tmp_path: Path
) -> None:
    plan = make_plan(1, {"council_tax/A/1": "P"})

    def lose_it_in_the_middle() -> None:
        with file_store.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO published (only, run) VALUES (1, 7)")
            (tmp_path / "council.db").rename(tmp_path / "away.db")

    with pytest.raises(StoreUnavailable, match="taken away"):
        lose_it_in_the_middle()
    (tmp_path / "away.db").rename(tmp_path / "council.db")
    assert file_store.published() == 0
    file_store.commit(plan, summary={})
    assert file_store.published() == 1


def test_a_lost_database_is_not_made_anew_beside_its_lock(tmp_path: Path) -> None:
    store = Store.open("sqlite:///council.db", tmp_path)
    with store.night():
        pass
    store.close()
    (tmp_path / "council.db").unlink()
    for opened in (Store.open, Store.there):
        with pytest.raises(StoreUnavailable, match=r"council.db: the database was here and is gone"):
            opened("sqlite:///council.db", tmp_path)
    assert not (tmp_path / "council.db").exists()
    (tmp_path / "council.db.lock").unlink()
    assert Store.there("sqlite:///council.db", tmp_path) is None


@pytest.mark.parametrize("writes", [True, False])
def test_a_damaged_page_that_a_night_would_not_read_is_found(
    file_store: Store, make_plan: MakePlan, tmp_path: Path, *, writes: bool
) -> None:
    with file_store.engine.connect() as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_decision_left'"
        page = int(connection.exec_driver_sql(query).scalar() or 0)
    file_store.close()
    file = tmp_path / "council.db"
    whole = bytearray(file.read_bytes())
    whole[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    file.write_bytes(whole)

    def night() -> None:
        with file_store.night():
            if writes:
                file_store.commit(make_plan(1, {"council_tax/A/1": "P"}), summary={})

    with pytest.raises(StoreUnavailable, match=r"council.db: the database file is damaged"):
        night()
    assert file.read_bytes() == bytes(whole)


def test_a_night_whose_lock_is_taken_away_publishes_nothing(
    file_store: Store, make_plan: MakePlan, tmp_path: Path
) -> None:
    with file_store.night():
        (tmp_path / "council.db.lock").unlink()
        second = Store.open("sqlite:///council.db", tmp_path)
        with second.night(), pytest.raises(StoreUnavailable, match="lock file was taken away"):
            file_store.commit(make_plan(1, {"council_tax/A/1": "P"}), summary={})
        second.close()
    assert file_store.published() == 0
