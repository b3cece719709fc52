"""Tells counts in whole tens, rounded down, such that no sum of others narrows a count within its ten.

Rounding each figure by itself is not enough: ten cells of 9 told as 0 beside their total of 90 are each known. A total
is therefore told only as far as it leaves each of its parts free to be anything within its ten. Take a part for which
somebody tries the value p + v, v from 0 to 9: as the total's L = P - sum(p) is at most 9 (n - 1), the n - 1 others can
hold L between them, the total is then P + v, and all that is told is the same. The total is itself such a part of
whatever it is a part of, so the argument climbs to the root. Where a total is split in several ways, each other way can
hold its own L + v, if none tells more than the total: its largest parts are lowered until it does not. A town that
holds just what is told then is told alike, so whoever sees it cannot leave that town out.
"""

from collections.abc import Iterable, Sequence

__all__ = ["STEP", "at_least", "lowered", "whole_at_least"]

STEP = 10
"""Counts under this are never told."""


def at_least(count: int) -> int:
    """Give a count rounded down to whole tens: it is that or up to nine more.

    Example:
        >>> at_least(9), at_least(10), at_least(128)
        (0, 10, 120)
    """
    return count // STEP * STEP


def whole_at_least(count: int, ways: Iterable[Sequence[int]]) -> int:
    """Give what may be told of a total whose parts are told; `ways`: what is told of its parts, one for each split.

    Example:
        >>> whole_at_least(90, [[0] * 10])  # 90 would tell that each is 9
        80
        >>> whole_at_least(128, [[60, 50], [120, 0]])
        110
    """
    room = (sum(told) + (STEP - 1) * (len(told) - 1) for told in ways)
    return at_least(min([count, *room]))


def lowered(told: Sequence[int], most: int) -> list[int]:
    """Give what is told of parts, the largest ten less again and again until together they are no more than `most`.

    Example:
        >>> lowered([40, 30, 0], 50)
        [20, 30, 0]
    """
    given = list(told)
    while sum(given) > most:
        given[given.index(max(given))] -= STEP
    return given
