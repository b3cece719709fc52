"""How often one person or system may ask: so many times a minute, and as many at once."""

import threading
import time
from collections.abc import Callable

__all__ = ["Limits"]

MOST = 10_000
"""So many askers are remembered; the one that asked longest ago is forgotten first, and may begin anew."""


class Limits:
    """Counts who asks, in memory: a bucket for each, that fills again evenly.

    >>> now = [0.0]
    >>> limits = Limits(2, clock=lambda: now[0])
    >>> [limits.wait("crm") for _ in range(3)]
    [0, 0, 30]
    >>> now[0] = 30.0
    >>> limits.wait("crm")
    0
    """

    def __init__(self, a_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = float(a_minute), clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, who: str) -> int:
        """Say for how many seconds somebody has to wait: 0 where they may ask, which then counts."""
        now, each = self._clock(), 60.0 / self._most
        with self._lock:
            left, then = self._left.pop(who, (self._most, now))
            left = min(self._most, left + (now - then) / each)
            may = left >= 1.0
            self._left[who] = (left - 1.0 if may else left, now)
            while len(self._left) > MOST:
                self._left.pop(next(iter(self._left)))
        return 0 if may else max(1, int((1.0 - left) * each + 0.999))
