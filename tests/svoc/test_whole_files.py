"""A file is there whole or not at all, whatever stops the writing."""

import os
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from svoc.whole_files import write_whole


@pytest.fixture
def final(tmp_path: Path) -> Path:
    file = tmp_path / "answer.csv"
    file.write_bytes(b"before")
    return file


@contextmanager
def heeding_interrupts() -> Iterator[None]:
    """Heed SIGINT even where whoever began this process had it ignored, as a shell does of what it runs behind."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def untouched(final: Path) -> bool:
    return final.read_bytes() == b"before" and list(final.parent.iterdir()) == [final]


def test_what_was_written_replaces_what_was_there_and_is_its_owners(final: Path) -> None:
    write_whole(final, lambda file: file.write(b"after"))
    assert final.read_bytes() == b"after"
    assert list(final.parent.iterdir()) == [final]
    if sys.platform != "win32":
        assert stat.S_IMODE(final.stat().st_mode) == 0o600


def test_a_fault_while_writing_leaves_what_was_there(final: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_whole(final, lambda file: file.write(b"half") // 0)
    assert untouched(final)


@pytest.mark.parametrize("moment", ["open", "fsync"])
def test_an_interrupt_at_any_moment_leaves_what_was_there(
    final: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The moment after each call to the system, where the file is on the disk and the line is not yet done."""
    real = getattr(os, moment)

    def interrupted(*given: object) -> object:
        made = real(*given)
        signal.raise_signal(signal.SIGINT)
        return made

    monkeypatch.setattr(os, moment, interrupted)
    with heeding_interrupts(), pytest.raises(KeyboardInterrupt):
        write_whole(final, lambda file: file.write(b"half"))
    assert untouched(final)


def test_a_draft_that_a_killed_run_left_is_no_hindrance(final: Path) -> None:
    final.with_name(f".{final.name}.{os.getpid()}.part").write_bytes(b"half")
    write_whole(final, lambda file: file.write(b"after"))
    assert final.read_bytes() == b"after"
    assert list(final.parent.iterdir()) == [final]
