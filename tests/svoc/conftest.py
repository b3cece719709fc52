"""Small towns, made once for all tests, and the command line in a process of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

from svoc.rehearsal.town import rehearse

DWELLINGS, SEED, NIGHTS = 90, 5, 3

CANARY = "Zyx"
"""Stands in every name and every address of the canary town, and nowhere else."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def figures(self) -> dict[str, Any]:
        """Give the JSON that it answered with."""
        answered = json.loads(self.out)
        assert isinstance(answered, dict)
        return answered


class Svoc(Protocol):
    """Runs a command line and says how it ended."""

    def __call__(self, *args: str | Path, env: Mapping[str, str] | None = None) -> Ran: ...


def clean_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give this environment without svoc's own variables, with others laid over it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SVOC_")}
    return {**kept, "PYTHONUTF8": "1", **(env or {})}


def run_svoc(*args: str | Path, env: Mapping[str, str] | None = None, **more: Any) -> Ran:
    """Run `python -m svoc` once, as a shell does."""
    command = [sys.executable, "-m", "svoc", *map(str, args)]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=clean_environment(env), timeout=300, check=False, **more
    )
    return judged(Ran(done.returncode, done.stdout, done.stderr))


def judged(ran: Ran) -> Ran:
    """Hold every command to this: no traceback, no unexpected end, and nobody's name on standard error."""
    assert "Traceback" not in ran.err, ran.err
    assert "unexpected" not in ran.err, ran.err
    assert CANARY.casefold() not in ran.err.casefold(), ran.err
    return ran


SHELL = """
import json, os, sys
from svoc.cli import main
answers = os.fdopen(os.dup(1), "w")
for line in sys.stdin:
    job = json.loads(line)
    os.environ.update(job["env"])
    for name in (1, 2):
        file = os.open(job["files"][name - 1], os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(file, name)
        os.close(file)
    sys.argv, code = ["svoc", *job["args"]], 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback
        traceback.print_exc()
        code = 1
    sys.stdout.flush(), sys.stderr.flush()
    for name in job["env"]:
        del os.environ[name]
    print(code, file=answers, flush=True)
"""
"""Runs the command line's `main` for each job: starting Python once for each would take most of the time."""


@pytest.fixture(scope="session")
def svoc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Svoc]:
    """Give the command line, run in a process that is not this one."""
    files = [str(tmp_path_factory.mktemp("shell") / name) for name in ("out", "err")]
    shell = subprocess.Popen(
        [sys.executable, "-c", SHELL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=clean_environment(),
    )
    assert shell.stdin
    assert shell.stdout
    asked, answered = shell.stdin, shell.stdout

    def run(*args: str | Path, env: Mapping[str, str] | None = None) -> Ran:
        asked.write(json.dumps({"args": list(map(str, args)), "env": dict(env or {}), "files": files}) + "\n")
        asked.flush()
        code = int(answered.readline())
        out, err = (Path(file).read_text(encoding="utf-8") for file in files)
        return judged(Ran(code, out, err))

    yield run
    shell.stdin.close()
    shell.wait()
    shell.stdout.close()


@pytest.fixture(scope="session")
def master_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a town of three nights, to be copied and left alone."""
    return rehearse(tmp_path_factory.mktemp("master") / "town", dwellings=DWELLINGS, seed=SEED, nights=NIGHTS).folder


@pytest.fixture
def town(master_town: Path, tmp_path: Path) -> Path:
    """Give a town of one's own that has seen no night."""
    return Path(shutil.copytree(master_town, tmp_path / "town"))


@pytest.fixture(scope="session")
def canary_master(master_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the town with a mark in every name and address, to be copied and left alone."""
    folder = Path(shutil.copytree(master_town, tmp_path_factory.mktemp("canary") / "town"))
    for file in [*folder.glob("extracts/*.csv"), *folder.glob("life_events/*")]:
        head, _, body = file.read_text(encoding="utf-8").partition("\n")
        marked = _marked(body) if file.suffix == ".csv" else _marked_values(body)
        file.write_text(f"{head}\n{marked}", encoding="utf-8")
    for file in folder.glob("llpg*.csv"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(_marked(e) if e[:2] in {"15", "24", "28"} else e for e in lines), encoding="utf-8")
    return folder


def _marked(text: str) -> str:
    """Put the mark before every word that is neither a code nor a title."""
    kept = {"Move", "Death", "Change", "address", "name", "Birth", "Correction", "MISS", "Miss"}
    return re.sub(r"\b[^\W\d_]{4,}\b", lambda word: word[0] if word[0] in kept else f"{CANARY}{word[0]}", text)


def _marked_values(text: str) -> str:
    """Put the mark before the words of names and addresses in XML and JSON."""
    named = r"(?i)((?:name|surname|forename|address|line|street|town|locality)[^<>:{}\[\]]*(?:>|\": \"))([^<\"]+)"
    return re.sub(named, lambda found: found[1] + _marked(found[2]), text)


@pytest.fixture
def canary_town(canary_master: Path, tmp_path: Path) -> Path:
    """Give a marked town of one's own that has seen no night."""
    return Path(shutil.copytree(canary_master, tmp_path / "town"))


@dataclass(frozen=True, slots=True)
class Lived:
    """A town whose nights were run from the command line; `nights`, `exports` say what came of each."""

    folder: Path
    nights: list[Ran] = field(default_factory=list)
    exports: list[Path] = field(default_factory=list)

    @property
    def settings(self) -> Path:
        """Give its council.toml."""
        return self.folder / "council.toml"


@pytest.fixture(scope="session")
def lived_town(master_town: Path, tmp_path_factory: pytest.TempPathFactory, svoc: Svoc) -> Lived:
    """Give a town that has lived through its three nights, to be copied and left alone."""
    lived = Lived(Path(shutil.copytree(master_town, tmp_path_factory.mktemp("lived") / "town")))
    for night in range(1, NIGHTS + 1):
        lived.nights.append(svoc("night", lived.settings, "--json"))
        folder = lived.folder / f"export_{night}"
        assert svoc("export", lived.settings, "--to", folder).code == 0
        lived.exports.append(folder)
    return lived
