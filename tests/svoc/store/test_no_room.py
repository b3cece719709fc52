"""Out of room, or not allowed to write: one sentence, exit code 5, and the store as it was."""

import contextlib
import ctypes
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from svoc.store.store import Store

DROP, POWERS = 24, (1, 2)
"""Linux: PR_CAPBSET_DROP, and the powers CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
MEGABYTE = 1024 * 1024


def svoc(*args: str | Path, preexec_fn: Callable[[], object] | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "svoc", *map(str, args)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, preexec_fn=preexec_fn)


def published(folder: Path) -> int:
    store = Store.open("sqlite:///barchester.db", folder)
    try:
        return store.published()
    finally:
        store.close()


def refused(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """Hold a refusal to one sentence and nothing else but log lines."""
    assert done.returncode == 5, done.stderr
    told = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(told) == 1, done.stderr
    assert any(word in told[0] for word in words), told[0]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a real disk of one megabyte."""
    folder = tmp_path_factory.mktemp("tight")
    mounted = ROOT and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False)
    if not mounted or mounted.returncode:
        pytest.skip("no disk can be mounted here: RLIMIT_FSIZE tests the same in the next test")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_told_and_once_there_is_room_the_night_works(town: Path, tight: Path) -> None:
    settings = town / "council.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("sqlite:///barchester.db", f"sqlite:///{tight / 'barchester.db'}"))
    ballast = tight / "ballast"
    ballast.write_bytes(b"x" * (MEGABYTE // 2))
    refused(svoc("night", settings), "disk is full", "no room left")
    assert published(tight) == 0
    ballast.unlink()
    for file in tight.glob("*"):
        if not file.name.endswith(".lock"):
            shutil.copy(file, town)
    settings.write_text(text)
    done = svoc("night", settings)
    assert done.returncode == 0, done.stderr
    assert published(town) == 1


@pytest.mark.parametrize("kilobytes", [64, 256])
def test_a_file_that_may_not_grow_is_told(town: Path, kilobytes: int) -> None:
    """RLIMIT_FSIZE makes every file refuse to grow, the database's journal first of all."""

    def limit() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    done = svoc("night", town / "council.toml", preexec_fn=limit)
    refused(done, "disk is full", "no room left", "cannot be read or written", "disk does not take")
    assert published(town) == 0
    assert svoc("night", town / "council.toml").returncode == 0
    assert published(town) == 1


def bound_by_rights() -> Callable[[], object] | None:
    """Bind a process by file rights: root may write everything until that power is taken away."""
    if not ROOT:
        return None
    if sys.platform != "linux":
        pytest.skip("root may write everything")
    prctl = ctypes.CDLL(None).prctl
    return lambda: [prctl(DROP, power, 0, 0, 0) for power in POWERS]


@contextlib.contextmanager
def rights(mode: int, *paths: Path) -> Iterator[None]:
    before = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(mode | (0o111 if path.is_dir() else 0))
    try:
        yield
    finally:
        for path, was in zip(paths, before, strict=True):
            path.chmod(was)


@pytest.mark.parametrize("command", ["night", "find smith --purpose council-tax", "check"])
def test_a_database_that_may_not_be_written(lived_copy: Path, command: str) -> None:
    verb, *rest = command.split()
    with rights(0o444, lived_copy / "barchester.db", lived_copy):
        done = svoc(verb, lived_copy / "council.toml", *rest, preexec_fn=bound_by_rights())
    refused(done, "read-only", "cannot be opened", "disk does not take")
    assert published(lived_copy) == 1


@pytest.fixture(scope="module")
def lived_once(master_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(master_town, tmp_path_factory.mktemp("once") / "town"))
    assert svoc("night", folder / "council.toml").returncode == 0
    return folder


@pytest.fixture
def lived_copy(lived_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived_once, tmp_path / "town"))


@pytest.mark.parametrize("verb", ["night", "check"])
def test_a_damaged_database(lived_copy: Path, verb: str) -> None:
    database = lived_copy / "barchester.db"
    damaged = bytearray(database.read_bytes())
    damaged[1024:] = b"\xa5" * (len(damaged) - 1024)
    database.write_bytes(damaged)
    refused(svoc(verb, lived_copy / "council.toml"), "damaged")
    assert database.read_bytes() == damaged


def test_a_database_in_a_folder_that_is_not_there(town: Path) -> None:
    settings = town / "council.toml"
    settings.write_text(settings.read_text().replace("sqlite:///barch", "sqlite:///nowhere/barch"))
    before = sorted(town.rglob("*"))
    refused(svoc("night", settings), "barchester.db: the database cannot be made here")
    assert sorted(town.rglob("*")) == before
