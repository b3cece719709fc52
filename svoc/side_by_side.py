"""Does pieces of work side by side that need nothing of each other, in threads of this process."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["meanwhile", "side_by_side"]

T = TypeVar("T")


def side_by_side(*work: Callable[[], T]) -> list[T]:
    """Do each piece of work, and give what they give in their order; the first that fails, in that order, raises.

    It helps where the pieces are reading, writing, hashing or questions to frames, all of which let others run.

    >>> side_by_side(lambda: 1, lambda: 2)
    [1, 2]
    """
    hands = min(len(work), os.cpu_count() or 1)
    if hands < 2:
        return [each() for each in work]
    with ThreadPoolExecutor(hands) as pool:
        return [begun.result() for begun in [pool.submit(each) for each in work]]


@contextmanager
def meanwhile(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Do something meanwhile; what is given waits for it, and gives what it gave or raises what it raised.

    It has ended when this ends, however this ends.

    >>> with meanwhile(lambda: 1 + 1) as done:
    ...     done()
    2
    """
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work).result
