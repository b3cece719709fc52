"""Independent work on all cores: polars, numpy and rapidfuzz let other threads run while they work."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do the work for each item, some at a time, and give the results in the order of the items.

    As many threads as polars uses (`POLARS_MAX_THREADS`). No item may hang on another: the answers are then the same
    whatever the number of threads.

    >>> each(str.upper, ["a", "b"])
    ['A', 'B']
    """
    waiting = list(items)
    threads = min(len(waiting), pl.thread_pool_size())
    if threads < 2:
        return [work(item) for item in waiting]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, waiting))
