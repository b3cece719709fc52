"""What goes wrong around a night: a database lost, replaced or damaged, a second night, no room, a clock set back.

Each is really done to the real command, in a process of its own. Afterwards the store holds yesterday or today, and
the next night ends as if nothing had been.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from svoc.rehearsal.town import rehearse
from tests.svoc.left import State, left_in
from tests.svoc.nursery import Met, Nursery, nursery

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no fork on Windows")


@dataclass(frozen=True)
class Before:
    """A town after its first night; what its second leaves, and how many statements that takes."""

    folder: Path
    yesterday: State
    today: tuple[State, str, list[str]]
    statements: int


@pytest.fixture(scope="module")
def run() -> Iterator[Nursery]:
    with nursery() as opened:
        yield opened


@pytest.fixture(scope="module")
def before(run: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Before:
    base = tmp_path_factory.mktemp("faults")
    folder = rehearse(base / "before", dwellings=30, seed=5, nights=3).folder
    assert run("night", folder / "council.toml").code == 0
    after = Path(shutil.copytree(folder, base / "after"))
    met = run("night", after / "council.toml")
    today = left_in(after)
    assert today[2], "a night without a notice would prove too little"
    return Before(folder, left_in(folder)[0], today, met.statements)


@pytest.fixture
def town(before: Before, tmp_path: Path) -> Path:
    return Path(shutil.copytree(before.folder, tmp_path / "town"))


def told_once(met: Met, *words: str, code: int = 5) -> None:
    """Hold an end to one sentence with these words, and nothing else but log lines."""
    assert met.code == code, met.err
    assert len(met.told) == 1, met.err
    assert all(word in met.told[0] for word in words), met.told
    assert met.out == ""


def made_good(run: Nursery, town: Path, before: Before) -> None:
    """Let the next night be run, and hold it to end as if nothing had been."""
    if left_in(town)[0] == before.yesterday:
        met = run("night", town / "council.toml")
    else:
        assert left_in(town)[0] == before.today[0], "neither yesterday nor today"
        met = run(town / "council.toml", does=DELIVER)
    assert met.code == 0, met.err
    assert left_in(town) == before.today


DELIVER = """
from svoc.council import Council
with Council.open(args[0]) as council:
    council.deliver()
"""


# --- the database gone in the middle


@pytest.mark.parametrize(
    ("what", "share"),
    [("deleted", 0.1), ("deleted", 0.8), ("deleted", 0.95), ("put elsewhere", 0.5), ("put elsewhere", 0.95),
     ("replaced by its backup", 0.1), ("replaced by its backup", 0.8)],
)  # fmt: skip
def test_a_database_gone_in_the_middle(run: Nursery, town: Path, before: Before, what: str, share: float) -> None:
    file, elsewhere = town / "barchester.db", town / "elsewhere.db"
    backup = sqlite3.connect(elsewhere.with_suffix(".backup"))
    sqlite3.connect(file).backup(backup)
    backup.close()
    away = f"file.rename({str(elsewhere)!r})" if what == "put elsewhere" else "file.unlink()"
    more = f"; shutil.copy({str(elsewhere.with_suffix('.backup'))!r}, file)" if what.startswith("replaced") else ""
    then = f"import shutil; from pathlib import Path; file = Path({str(file)!r}); {away}{more}"
    lost = run("night", town / "council.toml", at=int(share * before.statements), then=then)
    told_once(lost, "barchester.db: the database was taken away or replaced")
    if not more:
        told_once(run("night", town / "council.toml"), "barchester.db: the database was here and is gone")
        assert not file.exists(), "an empty database in its place would give everybody another identifier"
        shutil.move(elsewhere if what == "put elsewhere" else elsewhere.with_suffix(".backup"), file)
    made_good(run, town, before)


def test_whoever_takes_the_lock_away_too_begins_anew(run: Nursery, town: Path) -> None:
    (town / "barchester.db").unlink()
    told_once(run("check", town / "council.toml"), "restore a backup", "delete barchester.db.lock")
    (town / "barchester.db.lock").unlink()
    assert run("night", town / "council.toml").code == 0


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_folder_moved_in_the_middle(run: Nursery, town: Path, before: Before, share: float) -> None:
    elsewhere = town.with_name("elsewhere")
    then = f"import os; os.rename({str(town)!r}, {str(elsewhere)!r})"
    lost = run("night", town / "council.toml", at=int(share * before.statements), then=then)
    told_once(lost, "the database was taken away or replaced")
    if town.exists():  # it may have gone before the night made its work room or wrote its report: no more lies there
        assert {p.name for p in town.iterdir()} <= {"cache", "reports"}
        shutil.rmtree(town)
    elsewhere.rename(town)
    made_good(run, town, before)


NO_ROOT = "import ctypes; [ctypes.CDLL(None).prctl(24, power, 0, 0, 0) for power in (1, 2)]"
"""Linux: root may write everywhere until it drops CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""


@pytest.mark.skipif(sys.platform != "linux", reason="root may write everything")
@pytest.mark.parametrize("share", [0.1, 0.7, 0.95])
def test_a_folder_made_read_only_in_the_middle(run: Nursery, town: Path, before: Before, share: float) -> None:
    outbox = [town / "outbox", *(town / "outbox").rglob("*")]
    folders = [town, town / "reports", *[folder for folder in outbox if folder.is_dir()]]
    then = (
        f"import os; [os.chmod(folder, 0o555) for folder in {[str(folder) for folder in folders if folder.exists()]}]"
    )
    met = run("night", town / "council.toml", first=NO_ROOT, at=int(share * before.statements), then=then)
    for folder in (folder for folder in folders if folder.exists()):
        folder.chmod(0o755)
    if met.code:
        told_once(met, "Permission denied", code=2)
    made_good(run, town, before)


# --- a damaged database


def pages(file: Path) -> dict[str, int]:
    """Name the first page of each table and index, and the header's."""
    connection = sqlite3.connect(file)
    roots = dict(connection.execute("SELECT type || ' ' || name, rootpage FROM sqlite_master WHERE rootpage > 0"))
    last = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()
    return {"the header": 1, "the last page": last, **roots}


DAMAGED = (
    "the header", "the last page", "table mention", "table person", "table member", "table published", "table notice",
    "table decision", "index ix_mention_mention", "index ix_decision_left", "index ix_notice_notice", "table run",
)  # fmt: skip


@pytest.mark.parametrize("where", DAMAGED)
@pytest.mark.parametrize("how", ["noise", "zeros"])
def test_a_damaged_page_stops_the_night_before_it_writes(run: Nursery, town: Path, where: str, how: str) -> None:
    file = town / "barchester.db"
    page, size = pages(file)[where], 4096
    damaged = bytearray(file.read_bytes())
    damaged[(page - 1) * size : page * size] = random.Random(page).randbytes(size) if how == "noise" else bytes(size)
    file.write_bytes(damaged)
    carried = sorted((town / "outbox").rglob("*"))
    told_once(run("night", town / "council.toml"), "damaged", "restore it from a backup")
    assert file.read_bytes() == damaged, "something was written over the damage"
    assert sorted((town / "outbox").rglob("*")) == carried


def test_a_dry_run_says_too_that_the_database_is_damaged(run: Nursery, town: Path) -> None:
    file = town / "barchester.db"
    damaged = bytearray(file.read_bytes())
    page = pages(file)["index ix_notice_notice"]  # which planning a night does not read
    damaged[(page - 1) * 4096 : page * 4096] = bytes(4096)
    file.write_bytes(damaged)
    told_once(run("night", town / "council.toml", "--dry-run"), "damaged", "restore it from a backup")


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9])
def test_a_damaged_journal_costs_no_more_than_the_night_that_was_killed(
    run: Nursery, town: Path, before: Before, share: float
) -> None:
    """A journal that survives a killed night is believed up to its first damaged page."""
    met = run("night", town / "council.toml", at=int(0.98 * before.statements))
    assert met.code == -signal.SIGKILL
    journal = town / "barchester.db-wal"
    damaged = bytearray(journal.read_bytes())
    middle = int(share * len(damaged))
    damaged[middle : middle + 4096] = random.Random(1).randbytes(len(damaged[middle : middle + 4096]))
    journal.write_bytes(damaged)
    made_good(run, town, before)


# --- a second night


@pytest.mark.parametrize("share", [0.1, 0.8])
def test_a_second_night_gives_way_and_a_killed_first_leaves_no_lock(
    run: Nursery, town: Path, before: Before, share: float
) -> None:
    marker = town.with_name("marker")
    halt = (
        "import os, signal; from pathlib import Path; half = Path(f'{marker}.part'); "
        "half.write_text(str(os.getpid())); half.rename(marker); signal.pause()"
    )
    ends: list[Met] = []
    with nursery() as other:
        halting = f"marker = {str(marker)!r}; {halt}"
        at = int(share * before.statements)
        first = threading.Thread(
            target=lambda: ends.append(other("night", town / "council.toml", at=at, then=halting)), daemon=True
        )
        first.start()
        while not marker.exists():
            assert first.is_alive(), "the first night ended without halting"
            time.sleep(0.01)
        told_once(run("night", town / "council.toml"), "another night is at work")
        assert run("find", town / "council.toml", "smith", "--purpose", "council-tax").code == 0, "readers never wait"
        os.kill(int(marker.read_text()), signal.SIGKILL)
        first.join()
    assert ends[0].code == -signal.SIGKILL
    made_good(run, town, before)


# --- no room, for what is not the database

NO_MORE = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "


@pytest.mark.parametrize(("most", "share"), [(0, 0.1), (0, 0.5), (0, 0.8), (0, 0.97), (8192, 0.1), (8192, 0.9)])
def test_no_room_from_some_moment_on(run: Nursery, town: Path, before: Before, most: int, share: float) -> None:
    """From a moment on no file may grow beyond some bytes: the journal, the report or a notice is what meets it."""
    then = f"{NO_MORE}resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))"
    met = run("night", town / "council.toml", at=int(share * before.statements), then=then)
    told_once(met, "full" if share < 0.2 else "")
    assert not list(town.rglob("*.part")), "a draft was left"
    made_good(run, town, before)


@pytest.mark.parametrize(("command", "to"), [("export", "--to"), ("custodian", "--out")])
def test_no_room_for_what_is_read(run: Nursery, town: Path, command: str, to: str) -> None:
    folder = town / "given"
    whole = run(command, town / "council.toml", to, folder)
    assert whole.code == 0
    before = {file: file.read_bytes() for file in folder.iterdir()}
    then = f"{NO_MORE}resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))"
    met = run(command, town / "council.toml", to, folder, at=whole.statements, then=then)
    told_once(met, "written")
    assert {file: file.read_bytes() for file in folder.iterdir()} == before, "half a file, or a draft"


# --- a clock set back

CLOCK = """
import datetime, time
moved = [0.0]
real, real_time = datetime.datetime, time.time

class OfMovedClocks(type(real)):
    def __instancecheck__(cls, value):
        return isinstance(value, real)

class Moved(real, metaclass=OfMovedClocks):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + datetime.timedelta(seconds=moved[0])
    @classmethod
    def utcnow(cls):
        return real.utcnow() + datetime.timedelta(seconds=moved[0])

datetime.datetime, time.time = Moved, lambda: real_time() + moved[0]
time.moved = moved
"""
"""Takes the place of Python's clock before anything else is imported."""

DAY = 86_400


@pytest.fixture(scope="module")
def by_another_clock() -> Iterator[Nursery]:
    with nursery(CLOCK) as opened:
        yield opened


@pytest.mark.parametrize("days", [-4000, -30, -0.04, 30])
def test_a_night_is_the_same_by_whatever_clock(
    by_another_clock: Nursery, town: Path, before: Before, days: float
) -> None:
    met = by_another_clock("night", town / "council.toml", first=f"import time; time.moved[0] = {days * DAY}")
    assert met.code == 0, met.err
    assert left_in(town) == before.today
    began, ended, earlier = nights_by_clock(town)
    assert began <= ended
    assert (began < earlier) == (days < 0), "the clock was not moved"


def nights_by_clock(town: Path) -> tuple[str, str, str]:
    connection = sqlite3.connect(town / "barchester.db")
    (_, earlier), (began, ended) = connection.execute("SELECT started, finished FROM run ORDER BY run")
    connection.close()
    return began, ended, earlier


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Europe/London"])
def test_a_night_is_the_same_in_whatever_zone(run: Nursery, town: Path, before: Before, zone: str) -> None:
    first = f"import os, time; os.environ['TZ'] = {zone!r}; time.tzset()"
    assert run("night", town / "council.toml", first=first).code == 0
    assert left_in(town) == before.today


def test_a_death_told_by_a_later_file_is_taken_though_the_clock_was_set_back(
    by_another_clock: Nursery, town: Path
) -> None:
    told = "person,name,date_of_death,postcode\n1,JOHN SMITH,2026-11-02,BA1 1AA\n"
    (town / "life_events" / "deaths_2026-11-03.csv").write_text(told)
    met = by_another_clock("night", town / "council.toml", first=f"import time; time.moved[0] = {-4000 * DAY}")
    assert met.code == 0, met.err
    report = (town / "reports" / "night_0002.json").read_text(encoding="utf-8")
    assert "deaths_2026-11-03.csv" in report
    assert "future" not in report
    connection = sqlite3.connect(town / "barchester.db")
    assert connection.execute("SELECT count(*) FROM event WHERE statement LIKE '%2026-11-02%'").fetchone()[0] > 0
    connection.close()


def test_a_file_dated_by_a_clock_that_was_set_back_is_set_aside_and_said(run: Nursery, town: Path) -> None:
    settings, file = town / "council.toml", town / "council_tax.csv"
    shutil.copy(town / "extracts" / "council_tax_2026-11-03.csv", file)
    settings.write_text(settings.read_text().replace("extracts/council_tax_*.csv", file.name))
    written = 1_788_000_000.0  # 29 August 2026
    os.utime(file, (written, written))
    met = run("night", settings)
    assert met.code == 0, met.err
    assert "council_tax.csv: expected an extract of council_tax of 2026-11-02 or later" in met.err
    assert left_in(town)[0]["run"] == 2
    os.utime(file, (written + 90 * DAY, written + 90 * DAY))
    assert run("night", settings).code == 0
    assert f'"{file.name}"' in left_in(town)[0]["taken"]
