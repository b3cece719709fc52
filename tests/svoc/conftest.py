"""Small towns, made once for all tests, and the command line as a user's shell runs it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from svoc.rehearsal.town import rehearse

DWELLINGS, SEED, NIGHTS = 90, 5, 3


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


Svoc = Callable[..., Ran]


def run_svoc(*args: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None, **more: Any) -> Ran:
    """Run `python -m svoc` in a process of its own; a traceback is never what a user is shown."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SVOC_")}
    done = subprocess.run(
        [sys.executable, "-m", "svoc", *map(str, args)],
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env={**clean, "PYTHONUTF8": "1", **(env or {})},
        timeout=300,
        check=False,
        **more,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def svoc() -> Svoc:
    """Give the command line."""
    return run_svoc


@pytest.fixture(scope="session")
def master_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a town of three nights, to be copied and left alone."""
    return rehearse(tmp_path_factory.mktemp("town"), dwellings=DWELLINGS, seed=SEED, nights=NIGHTS).folder


@pytest.fixture
def town(master_town: Path, tmp_path: Path) -> Path:
    """Give a town of one's own that has seen no night."""
    return Path(shutil.copytree(master_town, tmp_path / "town"))


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
def lived_town(master_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Give a town that has lived through its three nights, to be copied and left alone."""
    lived = Lived(Path(shutil.copytree(master_town, tmp_path_factory.mktemp("lived") / "town")))
    for night in range(1, NIGHTS + 1):
        lived.nights.append(run_svoc("night", lived.settings, "--json"))
        folder = lived.folder / f"export_{night}"
        assert run_svoc("export", lived.settings, "--to", folder).code == 0
        lived.exports.append(folder)
    return lived
