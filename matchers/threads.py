"""Independent work on all cores: polars, numpy and rapidfuzz let other threads run while they work."""

from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

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


@dataclass(frozen=True, slots=True)
class Once:
    """Work done the first time that somebody asks; threads that ask meanwhile wait for it instead of repeating it."""

    _found: dict[Hashable, Any] = field(default_factory=dict)
    _locks: dict[Hashable, Lock] = field(default_factory=dict)

    def of(self, asked: Hashable, work: Callable[[], R]) -> R:
        """What the work gave under this key; the work may ask under other keys, never under its own.

        >>> once = Once()
        >>> once.of("a", lambda: 1), once.of("a", lambda: 2)
        (1, 1)
        """
        if asked not in self._found:
            with self._locks.setdefault(asked, Lock()):
                if asked not in self._found:
                    self._found[asked] = work()
        found: R = self._found[asked]
        return found
