"""When a notice that did not arrive is tried again: later each time, and not all at one moment."""

import hashlib
from datetime import datetime, timedelta

__all__ = ["FIRST", "LONGEST", "next_try"]

FIRST, LONGEST = timedelta(minutes=5), timedelta(hours=12)
"""How long is waited after the first failure, twice as long after each that follows, and at the most."""

SPREAD = 0.2


def next_try(notice: str, tries: int, now: datetime, *, most: int, after: float | None = None) -> datetime | None:
    """Say when a notice is tried again that has now failed `tries` times; None where `most` tries have been made.

    The wait is lengthened or shortened by up to a fifth, by the notice's own identifier, so that a recipient that comes
    back is not met by all that waited at once. `after`: so many seconds the recipient asked to be left alone, heeded
    up to `LONGEST`.

    >>> from datetime import UTC
    >>> began = datetime(2026, 11, 23, tzinfo=UTC)
    >>> 4 <= (next_try("a1", 1, began, most=12) - began).total_seconds() / 60 <= 6
    True
    """
    if tries >= most:
        return None
    doubled: int = 2 ** min(tries - 1, 20)
    wait = min(FIRST * doubled, LONGEST)
    drawn = int.from_bytes(hashlib.blake2b(f"{notice}\x1f{tries}".encode(), digest_size=4).digest()) / 2**32
    wait *= 1 - SPREAD + 2 * SPREAD * drawn
    asked = min(timedelta(seconds=max(after or 0, 0)), LONGEST)
    return now + max(wait, asked)
