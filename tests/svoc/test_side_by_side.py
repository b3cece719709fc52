"""Work that is done side by side gives what it would give one piece after the other."""

import os
import threading
import time

import pytest

from svoc.side_by_side import meanwhile, side_by_side


def test_pieces_meet_each_other() -> None:
    if (os.cpu_count() or 1) < 2:
        pytest.skip("this machine has one core")
    met = threading.Barrier(2, timeout=20)
    assert sorted(side_by_side(met.wait, met.wait)) == [0, 1], "each waits for the other to come"


def test_answers_come_in_the_order_of_the_questions() -> None:
    def slowly() -> str:
        time.sleep(0.05)
        return "first"

    assert side_by_side(slowly, lambda: "second", lambda: "third") == ["first", "second", "third"]
    assert side_by_side() == []


def test_the_first_in_order_that_fails_is_told_of() -> None:
    def slowly() -> None:
        time.sleep(0.05)
        raise KeyError("one")

    def at_once() -> None:
        raise ValueError("two")

    with pytest.raises(KeyError, match="one"):
        side_by_side(slowly, at_once)


def test_what_is_done_meanwhile_has_ended_when_the_block_has() -> None:
    ended = threading.Event()

    def work() -> int:
        time.sleep(0.05)
        ended.set()
        return 7

    with pytest.raises(RuntimeError, match="of the block"), meanwhile(work):
        raise RuntimeError("of the block")
    assert ended.is_set()
    with meanwhile(work) as done:
        assert done() == done() == 7


def test_what_fails_meanwhile_is_raised_where_it_is_waited_for() -> None:
    def work() -> None:
        raise OSError("the disk")

    with meanwhile(work) as done:
        with pytest.raises(OSError, match="the disk"):
            done()
        with pytest.raises(OSError, match="the disk"):
            done()
