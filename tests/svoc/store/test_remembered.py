"""What is kept of a night beside the database: it saves time, and is never believed before the database."""

import shutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest

from svoc.council import Council
from svoc.rehearsal.town import rehearse
from svoc.store.store import Store
from svoc.words.plan import LaneState, Plan, Yesterday

NIGHTS = 4
PARTS = [part.name for part in fields(LaneState)]
FRAMES = ("known", "mentions", "former", "decisions", "events")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("town")
    rehearse(folder, dwellings=150, seed=17, nights=NIGHTS, library=True)
    return folder


@pytest.fixture
def council(town: Path, tmp_path: Path) -> Iterator[Council]:
    with _opened(town, tmp_path / "kept", cache="cache") as found:
        yield found


def _opened(town: Path, folder: Path, *, cache: str) -> Council:
    shutil.copytree(town, folder)
    settings = folder / "council.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[council]", f'[council]\ncache = "{cache}"'), encoding="utf-8")
    return Council.open(settings)


def _night(council: Council) -> Plan:
    with council.night():
        plan = council.plan()
        council.commit(plan)
    return plan


def _from_the_database(council: Council) -> Yesterday:
    return Store(council.store.engine).yesterday()


def alike(one: Yesterday, other: Yesterday) -> None:
    for name in FRAMES:
        assert getattr(one, name).equals(getattr(other, name)), name
    assert one.lanes.keys() == other.lanes.keys()
    for lane, state in one.lanes.items():
        for part in PARTS:
            assert getattr(state, part).equals(getattr(other.lanes[lane], part)), (lane, part)


def test_what_is_kept_is_what_the_database_holds(council: Council) -> None:
    for _ in range(NIGHTS):
        _night(council)
        kept = council.store.yesterday()
        assert kept.workings is not None
        alike(kept, _from_the_database(council))


def test_nights_end_in_the_same_with_and_without_what_is_kept(council: Council, town: Path, tmp_path: Path) -> None:
    with _opened(town, tmp_path / "bare", cache="") as bare:
        for number in range(NIGHTS):
            kept, whole = _night(council), _night(bare)
            assert (kept.changed is None) == (number == 0)
            assert whole.changed is None
            assert kept.figures() == whole.figures()
            for lane, planned in whole.lanes.items():
                assert kept.lanes[lane].changes.equals(planned.changes)
                assert kept.lanes[lane].notices.equals(planned.notices)
            alike(_from_the_database(council), _from_the_database(bare))


def test_only_what_was_touched_is_written(council: Council) -> None:
    _night(council)
    first = council.store.yesterday().mentions.height
    plan = _night(council)

    assert plan.changed is not None
    assert plan.mentions.height > first / 2 > 2 * len(plan.changed)
    with council.store.engine.connect() as connection:
        written = connection.exec_driver_sql("SELECT count(*) FROM mention WHERE from_run = 2").scalar()
    assert 0 < (written or 0) <= len(plan.changed)


@pytest.mark.parametrize("name", ["index.json", "mentions.arrow", "people.arrow", "lane-0-pairs.arrow"])
@pytest.mark.parametrize("how", ["gone", "cut", "rubbish"])
def test_what_is_damaged_is_read_anew(council: Council, name: str, how: str) -> None:
    _night(council)
    (file,) = council.settings.at("cache").glob(f"night-*/{name}")
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:40] if how == "cut" else b"not what it was")

    assert council.store.yesterday().workings is None
    alike(council.store.yesterday(), _from_the_database(council))
    assert _night(council).changed is None
    assert council.store.yesterday().workings is not None


def test_what_was_kept_of_another_night_does_not_serve(council: Council, tmp_path: Path) -> None:
    """A backup is restored: the numbers of its runs are those of the nights that were lost, their truth is not."""
    _night(council)
    database = Path(council.store.engine.url.database or "")
    council.close()
    shutil.copy(database, tmp_path / "backup.db")
    with Council.open(council.settings.folder / "council.toml") as lost:
        _night(lost)
    for beside in database.parent.glob(f"{database.name}*"):
        beside.unlink()
    shutil.copy(tmp_path / "backup.db", database)

    with Council.open(council.settings.folder / "council.toml") as restored:
        yesterday = restored.store.yesterday()
        assert yesterday.run == 1
        assert yesterday.workings is None


def test_a_folder_that_cannot_be_written_is_done_without(council: Council) -> None:
    council.settings.at("cache").write_text("a file, where a folder was wanted")

    _night(council)
    assert council.store.yesterday().workings is None
    assert council.store.yesterday().run == 1


def test_one_night_alone_is_kept_and_nobody_else_may_read_it(council: Council) -> None:
    for _ in range(2):
        _night(council)
    kept = list(council.settings.at("cache").glob("*night-*"))

    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o077 == 0
    assert isinstance(pl.read_ipc(kept[0] / "mentions.arrow"), pl.DataFrame)
