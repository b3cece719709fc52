"""A night that is killed leaves yesterday or today, whole, and the night after works.

SVOC_KILLS says how often a commit is killed: 100 times unless it is set. Half the kills come at a statement, so that
each stretch of a commit is hit, and half at a moment of the clock, so that the middle of a statement is hit too. A
tenth as many meet the whole command, from the reading of its files to its last word.
"""

import os
import pickle
import random
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from svoc.council import Council
from svoc.rehearsal.town import rehearse
from svoc.words.plan import Plan
from tests.svoc.left import State, left_in, state_of
from tests.svoc.nursery import COMMIT, Nursery, nursery

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")

KILLS = int(os.environ.get("SVOC_KILLS", "100"))


@dataclass(frozen=True)
class Prepared:
    """A town after its first night, the plan of its second, and what the store holds before and after it.

    `third`: the plan of the night after. `commit`, `command`: statements and seconds of a commit with its delivery, and
    of the command.
    """

    folder: Path
    plan: Path
    third: Plan
    yesterday: State
    today: State
    notices: list[str]
    commit: tuple[int, float]
    command: tuple[int, float]
    run: Nursery


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    base = tmp_path_factory.mktemp("killed")
    folder, plan = rehearse(base / "yesterday", dwellings=30, seed=5, nights=3).folder, base / "plan"
    with Council.open(folder / "council.toml") as council:
        council.commit(council.plan())
        yesterday = state_of(council.store)
        plan.write_bytes(pickle.dumps(council.plan()))
    with nursery() as run:
        one, other = (Path(shutil.copytree(folder, base / name)) for name in ("commit", "command"))
        commit = run(one / "council.toml", plan, does=COMMIT)
        command = run("night", other / "council.toml")
        assert (commit.code, command.code) == (0, 0), commit.err + command.err
        with Council.open(one / "council.toml") as council:
            today, third = state_of(council.store), council.plan()
        assert left_in(other)[:2] == (today, "ok")
        assert today["run"] == 2
        assert today["notice"], "a night without a notice would prove too little"
        seconds = (commit.statements, commit.seconds), (command.statements, command.seconds)
        yield Prepared(folder, plan, third, yesterday, today, left_in(one)[2], *seconds, run)


def kills(number: int) -> list[tuple[str, float]]:
    """Spread kills over the whole of a run, each at a place of its own: a share of its statements or of its time."""
    chance, half = random.Random(2026), (number + 1) // 2
    by_statement = [("statement", (n + chance.random()) / half) for n in range(half)]
    by_moment = [("moment", (n + chance.random()) / (number - half)) for n in range(number - half)]
    return [*by_statement, *by_moment]


def place_of(by: str, share: float, whole: tuple[int, float]) -> dict[str, Any]:
    statements, seconds = whole
    return {"at": 1 + int(share * statements)} if by == "statement" else {"after": share * seconds}


@pytest.mark.parametrize(("by", "share"), kills(KILLS), ids=lambda value: f"{value}"[:9])
def test_a_killed_commit_leaves_yesterday_or_today(prepared: Prepared, tmp_path: Path, by: str, share: float) -> None:
    folder = Path(shutil.copytree(prepared.folder, tmp_path / "town"))
    met = prepared.run(folder / "council.toml", prepared.plan, does=COMMIT, **place_of(by, share, prepared.commit))
    assert met.code == -signal.SIGKILL or by == "moment", met.err
    state, sound, carried = left_in(folder)
    assert sound == "ok"
    assert state in (prepared.yesterday, prepared.today), "neither yesterday nor today"
    assert set(carried) <= set(prepared.notices if state == prepared.today else ()), "a notice of what never was"
    with Council.open(folder / "council.toml") as council, council.night():
        if state == prepared.yesterday:
            council.commit(pickle.loads(prepared.plan.read_bytes()))
        council.deliver()
        assert not council.store.outbox()
        assert left_in(folder) == (prepared.today, "ok", prepared.notices), "not each notice once"
        council.commit(prepared.third)
        assert council.store.published() == 3


@pytest.mark.parametrize(("by", "share"), kills(max(KILLS // 10, 2)), ids=lambda value: f"{value}"[:9])
def test_a_killed_command_leaves_yesterday_or_today_and_the_next_one_makes_it_good(
    prepared: Prepared, tmp_path: Path, by: str, share: float
) -> None:
    folder = Path(shutil.copytree(prepared.folder, tmp_path / "town"))
    met = prepared.run("night", folder / "council.toml", **place_of(by, share, prepared.command))
    assert met.code == -signal.SIGKILL or by == "moment", met.err
    state, sound, _ = left_in(folder)
    assert sound == "ok"
    assert state in (prepared.yesterday, prepared.today), "neither yesterday nor today"
    if state == prepared.yesterday:
        made_good = prepared.run("night", folder / "council.toml")
        assert made_good.code == 0, made_good.err
    else:
        with Council.open(folder / "council.toml") as council:
            council.deliver()
    assert left_in(folder) == (prepared.today, "ok", prepared.notices)
