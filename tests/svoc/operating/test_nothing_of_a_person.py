"""A night over a town full of marked names leaves the mark in no log line, metric, manifest, file name or crash."""

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
import structlog
from typer.testing import CliRunner

from svoc.cli import app

MARK = "zyx"


class Ran(Protocol):
    code: int
    out: str
    err: str


Svoc = Callable[..., Ran]


def told(town: Path, level: str, form: str = "auto") -> Path:
    settings = town / "council.toml"
    more = f'[logging]\nlevel = "{level}"\nformat = "{form}"\n[metrics]\npath = "svoc.prom"\n[life_events]'
    settings.write_text(settings.read_text(encoding="utf-8").replace("[life_events]", more), encoding="utf-8")
    return settings


def unmarked(folder: Path, *texts: str) -> None:
    """Hold everything that is for others' eyes to bearing no mark; only what is the owner's alone may hold names."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    shown = [*texts, *names, (folder / "svoc.prom").read_text(encoding="utf-8"), *kept_with_runs(folder)]
    assert not [text for text in shown if MARK in text.casefold()]


def kept_with_runs(folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / "barchester.db")
    try:
        return [json.dumps(row) for row in connection.execute("SELECT * FROM run")]
    finally:
        connection.close()


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_nights_leave_nobodys_name(svoc: Svoc, canary_town: Path, level: str) -> None:
    settings = told(canary_town, level)
    assert MARK in (canary_town / "extracts" / "council_tax_2026-11-02.csv").read_text(encoding="utf-8").casefold()
    nights = [svoc("night", settings, "--json", "--log", "json") for _ in range(2)]
    refuse(canary_town)
    nights.append(svoc("night", settings))
    assert [night.code for night in nights] == [0, 0, 4]
    lines = [json.loads(line) for night in nights[:2] for line in night.err.splitlines()]
    assert bool(lines) == (level in {"debug", "info"})
    runs = svoc("runs", settings, "2")
    unmarked(canary_town, runs.out, *(text for night in nights for text in (night.out, night.err)))


def refuse(town: Path) -> None:
    """Let half a file come."""
    extracts = town / "extracts"
    lines = (extracts / "council_tax_2026-11-03.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (extracts / "council_tax_2026-11-04.csv").write_text("".join(lines[:20]), encoding="utf-8")


def test_each_step_has_a_line_with_its_seconds_and_counts(svoc: Svoc, canary_town: Path) -> None:
    lines = [json.loads(line) for line in svoc("night", told(canary_town, "info")).err.splitlines()]
    steps = {line["step"]: line for line in lines if line["event"] == "step"}
    assert list(steps)[:3] == ["recall", "read", "delta"]
    assert {"place", "pair", "group", "identify", "merge", "announce", "report", "commit", "deliver"} <= set(steps)
    assert all(line["seconds"] >= 0 for line in steps.values())
    assert steps["delta"]["new"] > 0
    assert steps["merge"]["persons"] > 0
    assert steps["deliver"]["notices"] == 0
    assert {line["actor"] for line in lines} == {"nightly"}
    assert len({line["attempt"] for line in lines}) == 1
    assert {line["run"] for line in lines[1:]} == {1}, "every line bears the run from the moment it is known"


def test_lines_are_plain_where_that_is_wanted(svoc: Svoc, canary_town: Path) -> None:
    first = svoc("night", told(canary_town, "info", "plain")).err.splitlines()[0]
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z \[info *\] step +", first)
    asked = svoc("night", canary_town / "council.toml", "--log", "jsn")
    assert (asked.code, asked.err) == (2, "--log jsn: did you mean json?\n")


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Give logs back to whoever had them."""
    yield
    structlog.reset_defaults()


class Panic(BaseException):
    """Stands for what a library in another language throws: no `Exception`, and its message holds values."""


@pytest.mark.usefixtures("quiet_logs")
@pytest.mark.parametrize("kind", [ValueError, KeyError, Panic, RecursionError])
@pytest.mark.parametrize("place", ["svoc.council.reconcile", "svoc.council.Council.carry"])
def test_a_crash_says_where_and_not_on_whom(
    canary_town: Path, monkeypatch: pytest.MonkeyPatch, place: str, kind: type[BaseException]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        surname = "Zyxmarlow"
        raise kind(f"no such value: {surname}")

    monkeypatch.setattr(place, fail)
    done = CliRunner().invoke(app, ["night", str(told(canary_town, "debug", "plain"))])
    assert done.exit_code == 1
    assert f"unexpected {kind.__name__} at" in done.stderr
    assert "Traceback" not in done.output
    committed = place.endswith("carry")
    assert ("nothing was committed" in done.stderr) != committed
    unmarked(canary_town, done.output)


@pytest.mark.usefixtures("quiet_logs")
def test_a_traceback_that_somebody_logs_is_reduced_to_its_place(
    canary_town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from svoc.cli.logs import log_to_stderr

    log_to_stderr(told(canary_town, "debug", "plain"))
    try:
        raise ValueError("Zyxmarlow")
    except ValueError:
        structlog.get_logger("svoc").exception("failed", stack_info=True)
    said = capsys.readouterr().err
    assert "unexpected ValueError at" in said
    assert MARK not in said.casefold()


def test_a_thread_that_dies_names_nobody(svoc: Svoc, capfd: pytest.CaptureFixture[str]) -> None:
    from svoc.cli.verbs import say_little_of_crashes

    before = threading.excepthook
    try:
        say_little_of_crashes()

        def fail() -> None:
            raise ValueError("Zyxmarlow")

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    finally:
        threading.excepthook = before
    said = capfd.readouterr().err
    assert "unexpected ValueError at" in said
    assert MARK not in said.casefold()
