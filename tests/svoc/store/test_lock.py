"""One night at a time; a night that dies leaves no lock behind."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from svoc.errors import AnotherNight, StoreUnavailable, TryAgain
from svoc.store.store import Store

HOLD = """
import sys
from pathlib import Path
from svoc.store.store import Store
with Store.open(sys.argv[1], Path(sys.argv[2])).night():
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(url: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the night's lock."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, url, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        yield other
    finally:
        other.kill()
        other.communicate()


def test_a_second_night_is_told_that_another_is_at_work(url: str, tmp_path: Path) -> None:
    with held_elsewhere(url, tmp_path) as other:
        store = Store.open(url, tmp_path)
        with pytest.raises(AnotherNight, match="another night") as refused, store.night():
            pytest.fail("two nights at once")
        assert isinstance(refused.value, TryAgain)
        assert refused.value.exit_code == 5
        assert store.yesterday().run == 0, "a reader does not wait for a night"
        other.kill()
        other.wait()
        until_it_is_given_back(store)
        store.close()


def until_it_is_given_back(store: Store) -> None:
    """A server notices that a process died a moment after it did."""
    until = time.monotonic() + 20
    while True:
        try:
            with store.night():
                assert store.published() == 0
        except AnotherNight:
            assert time.monotonic() < until
            time.sleep(0.02)
        else:
            return


def test_within_one_process_too(store: Store, url: str, tmp_path: Path) -> None:
    second = Store.open(url, tmp_path)
    with store.night():
        with pytest.raises(AnotherNight), second.night():
            pytest.fail("two nights at once")
        with store.night():
            assert store.published() == 0
        with pytest.raises(AnotherNight), second.night():
            pytest.fail("the inner night gave the lock away")
    with second.night():
        assert second.published() == 0
    second.close()


def test_a_night_that_fails_gives_its_lock_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.night():
        _ = 1 // 0
    with store.night():
        assert store.published() == 0


def test_nights_of_two_databases_do_not_meet(tmp_path: Path) -> None:
    first, second = (Store.open(f"sqlite:///{name}.db", tmp_path) for name in ("one", "two"))
    with first.night(), second.night():
        assert first.published() == second.published() == 0
    first.close()
    second.close()


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    store = Store.open("sqlite:///council.db", tmp_path)
    (tmp_path / "council.db.lock").mkdir()
    with pytest.raises(StoreUnavailable, match="disk does not take or give"), store.night():
        pytest.fail("there is no lock")
    store.close()


def test_a_database_in_memory_needs_no_lock() -> None:
    store = Store.open("sqlite://", Path())
    with store.night():
        assert store.published() == 0
    store.close()
