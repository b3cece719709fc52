"""A night that is killed leaves yesterday or today, whole, and the night after works.

SVOC_KILLS says how often to kill: 20 unless it is set. Half the kills come at a statement, so that each stretch of a
commit is hit, and half at a moment of the clock, so that the middle of a statement is hit too.
"""

import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from svoc.council import Council
from svoc.store.store import Store
from svoc.words.plan import LaneState, Plan

KILLS = int(os.environ.get("SVOC_KILLS", "20"))
PARTS = LaneState.__slots__

NIGHT = """
import os, pickle, signal, sys
from pathlib import Path
from sqlalchemy import event
from svoc.council import Council
from svoc.store.store import Store

council, plan = Council.open(sys.argv[1]), pickle.loads(Path(sys.argv[2]).read_bytes())
last, seen = int(sys.argv[3]), 0

def count(*_):
    global seen
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(council.store.engine, "before_cursor_execute", count)
event.listen(council.store.engine, "commit", count)
print("begin", flush=True)
sys.stdin.readline()
with council.night():
    council.commit(plan)
    council.deliver()
print(seen, flush=True)
"""

State = dict[str, Any]


def state_of(store: Store) -> State:
    """Give all that the store holds, the moments of its writing apart."""
    seen = store.yesterday()
    frames: dict[str, Any] = {n: getattr(seen, n) for n in ("known", "mentions", "decisions", "events", "taken")}
    for lane, state in seen.lanes.items():
        frames |= {f"{lane}.{part}": getattr(state, part) for part in PARTS}
    with store.engine.connect() as connection:
        tables = {
            name: [tuple(row) for row in connection.exec_driver_sql(query)]
            for name, query in {
                "change": f"SELECT * FROM change WHERE run <= {seen.run} ORDER BY id",
                "notice": f"SELECT notice, run, payload FROM notice WHERE run <= {seen.run} ORDER BY id",
            }.items()
        }
    head = {"run": seen.run, "as_of": str(seen.as_of), "summary": dict(seen.summary), "model": seen.model}
    return {**head, **tables, **{name: frame.write_json() for name, frame in frames.items()}}


@dataclass(frozen=True)
class Prepared:
    """A town after its first night, the plan of its second, and what the store holds before and after it."""

    folder: Path
    plan: Path
    third: Plan
    yesterday: State
    today: State
    notices: list[str]
    statements: int
    seconds: float


def begin(folder: Path, plan: Path, *, last: int = 0) -> subprocess.Popen[str]:
    """Start a process that commits a plan, and wait until it is about to."""
    child = subprocess.Popen(
        [sys.executable, "-c", NIGHT, str(folder / "council.toml"), str(plan), str(last)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    assert child.stdout.readline() == "begin\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin
    child.stdin.write("\n")
    child.stdin.flush()


def ended(child: subprocess.Popen[str]) -> tuple[str, int]:
    out, _ = child.communicate(timeout=120)
    return out, child.returncode


@pytest.fixture(scope="module")
def prepared(master_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    base = tmp_path_factory.mktemp("killed")
    folder, plan = Path(shutil.copytree(master_town, base / "yesterday")), base / "plan"
    with Council.open(folder / "council.toml") as council:
        council.commit(council.plan())
        yesterday = state_of(council.store)
        plan.write_bytes(pickle.dumps(council.plan()))
    after = Path(shutil.copytree(folder, base / "today"))
    child = begin(after, plan)
    began = time.perf_counter()
    go(child)
    out, code = ended(child)
    seconds = time.perf_counter() - began
    assert code == 0
    with Council.open(after / "council.toml") as council:
        today, third = state_of(council.store), council.plan()
    assert today["run"] == 2
    assert today["notice"], "a night without a notice would prove too little"
    notices = sorted(p.stem for p in (after / "outbox").rglob("*.json"))
    return Prepared(folder, plan, third, yesterday, today, notices, int(out), seconds)


def killed_at_a_statement(prepared: Prepared, folder: Path, share: float) -> None:
    child = begin(folder, prepared.plan, last=1 + int(share * prepared.statements))
    go(child)
    assert ended(child)[1] == -signal.SIGKILL


def killed_at_a_moment(prepared: Prepared, folder: Path, share: float) -> None:
    child = begin(folder, prepared.plan)
    go(child)
    time.sleep(share * prepared.seconds)
    child.kill()
    ended(child)


def kills() -> list[tuple[Callable[[Prepared, Path, float], None], float]]:
    """Spread the kills over the whole of a commit and its delivery, each at a place of its own."""
    chance, half = random.Random(2026), (KILLS + 1) // 2
    by_statement = [(killed_at_a_statement, (n + chance.random()) / half) for n in range(half)]
    by_moment = [(killed_at_a_moment, (n + chance.random()) / (KILLS - half)) for n in range(KILLS - half)]
    return [*by_statement, *by_moment]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
@pytest.mark.parametrize(("kill", "share"), kills(), ids=lambda value: getattr(value, "__name__", f"{value}"[:5]))
def test_a_killed_night_leaves_yesterday_or_today(
    prepared: Prepared, tmp_path: Path, kill: Callable[[Prepared, Path, float], None], share: float
) -> None:
    folder = Path(shutil.copytree(prepared.folder, tmp_path / "town"))
    kill(prepared, folder, share)
    with Council.open(folder / "council.toml") as council:
        assert state_of(council.store) in (prepared.yesterday, prepared.today)
        with council.night():
            if council.store.published() == 1:
                council.commit(pickle.loads(prepared.plan.read_bytes()))
            assert state_of(council.store) == prepared.today
            council.deliver()
            left = list((folder / "outbox").rglob("*.json"))
            assert sorted(p.stem for p in left) == prepared.notices, "each notice once, and none lost"
            assert all(json.loads(p.read_text())["id"] == p.stem for p in left), "no half notice"
            council.commit(prepared.third)
        assert council.store.published() == 3


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("share", [0.4, 0.7, 0.9])
def test_a_killed_command_leaves_yesterday_or_today(prepared: Prepared, tmp_path: Path, share: float) -> None:
    """The command itself, killed in the midst of its reading, planning and reporting."""
    folder = Path(shutil.copytree(prepared.folder, tmp_path / "town"))
    child = subprocess.Popen(
        [sys.executable, "-m", "svoc", "night", str(folder / "council.toml")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(share * 4)
    child.kill()
    child.wait()
    with Council.open(folder / "council.toml") as council, council.night():
        found = state_of(council.store)
        if found["run"] == 1:
            assert found == prepared.yesterday
            council.commit(council.plan())
            found = state_of(council.store)
        assert found == prepared.today
