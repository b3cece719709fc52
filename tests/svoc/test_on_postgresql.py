"""A town whose store is on PostgreSQL: it lives as on SQLite, and its nights outlive a server that stops and a kill -9.

SVOC_KILLS says how often a commit is killed, ten times as often as here: 100 unless it is set, hence 10.
"""

import os
import pickle
import random
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from svoc.council import Council
from svoc.rehearsal.town import rehearse
from svoc.store.store import Store
from tests.postgres import Server, database_on, server_here, why_there_is_none
from tests.svoc.conftest import Svoc
from tests.svoc.left import State, state_of
from tests.svoc.nursery import COMMIT, Met, Nursery, nursery

KILLS = max(int(os.environ.get("SVOC_KILLS", "100")) // 10, 2)
SQLITE = "sqlite:///barchester.db"
STOP = "import os; os.kill({process}, {signal})"


def kept_at(folder: Path, address: str) -> Path:
    """Let the settings of a town name another database."""
    settings = folder / "council.toml"
    text = settings.read_text(encoding="utf-8")
    before = next(line for line in text.splitlines() if line.startswith("database"))
    settings.write_text(text.replace(before, f'database = "{address}"'), encoding="utf-8")
    return settings


def test_a_town_on_postgresql_lives_as_on_sqlite(town: Path, tmp_path: Path, svoc: Svoc, postgres_url: str) -> None:
    other = kept_at(Path(shutil.copytree(town, tmp_path / "other")), postgres_url)
    answers = []
    for settings in (town / "council.toml", other):
        for _ in range(3):
            done = svoc("night", settings, "--json")
            assert done.code == 0, done.err
        out = settings.parent / "out"
        exported = svoc("export", settings, "--to", out)
        assert exported.code == 0, exported.err
        files = {file.name: file.read_bytes() for file in out.iterdir()}
        notices = {file.name: file.read_bytes() for file in (settings.parent / "outbox").rglob("*.json")}
        answers.append((files, sorted(notices)))
    assert answers[0] == answers[1]
    assert answers[0][1], "a town without a notice would prove too little"


# ---------------------------------------------------------------- faults


@dataclass(frozen=True)
class Prepared:
    """A town after its first night, with its database to be copied, the plan of its second, and what each leaves."""

    server: Server
    folder: Path
    plan: Path
    template: str
    yesterday: State
    today: State
    notices: list[str]
    whole: tuple[int, float]
    run: Nursery


def left_at(settings: Path, address: str) -> tuple[State, list[str]]:
    """Give what the store holds, but for numbers that a killed night left out, and the notices that were sent."""
    store = Store.open(address, settings.parent)
    state: dict[str, Any] = state_of(store)
    store.close()
    state["change"] = [row[1:] for row in state["change"]]
    return state, sorted(file.stem for file in (settings.parent / "outbox").rglob("*.json"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    if missing := why_there_is_none(own=True):
        pytest.skip(missing)
    base = tmp_path_factory.mktemp("postgresql")
    folder, plan = rehearse(base / "yesterday", dwellings=30, seed=5, nights=3).folder, base / "plan"
    with server_here() as server, database_on(server.address) as address, nursery() as run:
        with Council.open(kept_at(folder, address)) as council:
            council.commit(council.plan())
            plan.write_bytes(pickle.dumps(council.plan()))
        template = address.split("?")[0].rsplit("/", 1)[1]
        yesterday, _ = left_at(folder / "council.toml", address)
        with database_on(server.address, like=template) as copy:
            settings = kept_at(Path(shutil.copytree(folder, base / "today")), copy)
            met = run(settings, plan, does=COMMIT)
            assert met.code == 0, met.err
            today, notices = left_at(settings, copy)
        assert today["run"] == 2
        assert notices
        yield Prepared(server, folder, plan, template, yesterday, today, notices, (met.statements, met.seconds), run)


def made_good(prepared: Prepared, settings: Path, address: str) -> None:
    """Hold what is left to yesterday or today, commit again what did not come to be, and look for all of it once."""
    state, carried = left_at(settings, address)
    assert state in (prepared.yesterday, prepared.today), "neither yesterday nor today"
    assert set(carried) <= set(prepared.notices if state == prepared.today else ()), "a notice of what never was"
    with Council.open(settings) as council, council.night():
        if state == prepared.yesterday:
            council.commit(pickle.loads(prepared.plan.read_bytes()))
        council.deliver()
        assert not council.store.outbox()
    assert left_at(settings, address) == (prepared.today, prepared.notices), "not each thing once"


def shares(number: int) -> list[float]:
    chance = random.Random(2026)
    return [(n + chance.random()) / number for n in range(number)]


@pytest.mark.parametrize("share", shares(KILLS))
@pytest.mark.parametrize("by", ["statement", "moment"])
def test_a_killed_commit_leaves_yesterday_or_today(prepared: Prepared, tmp_path: Path, by: str, share: float) -> None:
    statements, seconds = prepared.whole
    with database_on(prepared.server.address, like=prepared.template) as address:
        settings = kept_at(Path(shutil.copytree(prepared.folder, tmp_path / "town")), address)
        place: dict[str, Any] = {"at": 1 + int(share * statements)} if by == "statement" else {"after": share * seconds}
        met = prepared.run(settings, prepared.plan, does=COMMIT, **place)
        assert met.code == -signal.SIGKILL or by == "moment", met.err
        until_nobody_is_there(prepared.server, address)
        made_good(prepared, settings, address)


@pytest.mark.parametrize("share", shares(4))
def test_a_server_that_stops_in_the_midst_of_a_night_loses_nothing(
    prepared: Prepared, tmp_path: Path, share: float
) -> None:
    server = prepared.server
    server.stop()
    server.start(fsync="on", full_page_writes="on", synchronous_commit="on")
    with database_on(server.address, like=prepared.template) as address:
        settings = kept_at(Path(shutil.copytree(prepared.folder, tmp_path / "town")), address)
        assert server.process
        stop = STOP.format(process=server.process.pid, signal=int(signal.SIGQUIT))
        met: Met = prepared.run("night", settings, at=1 + int(share * prepared.whole[0]), then=stop)
        server.stop(at_once=True)
        server.start()
        assert met.code == 5, met.err
        assert len(met.told) == 1
        assert "database is away" in met.told[0] or "lock broke" in met.told[0]
        made_good(prepared, settings, address)


def until_nobody_is_there(server: Server, address: str) -> None:
    """Wait until the server has seen that a process died, and has taken its lock back."""
    name = address.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
    while server.ask(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'") != "0":
        pass
