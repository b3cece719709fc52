"""Every way to part a small household into people, written out once and scored for all households of a size together.

There are 15 ways to part four mentions, 21,147 to part nine (the Bell numbers). One matrix product scores them
all, so that no household needs a search of its own and no answer rests on the order in which a search looks.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int8]

# What a forbidden pair costs, in millibits. Far above the sum of any household's weights, and low enough for float64,
# in which whole numbers up to 2**53 are exact, to hold the sum of every pair of ten mentions.
FORBIDDEN = -float(2**40)
LARGEST = 10
_CELLS = 2_000_000


def pair_positions(size: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """List the pairs of `size` mentions in the order used throughout: (0, 1), (0, 2), ..., (1, 2), ..."""
    left, right = np.triu_indices(size, k=1)
    return left, right


@lru_cache(maxsize=LARGEST)
def partitions(size: int) -> Labels:
    """Write out every partition of `size` mentions, a row each: the number of the part that each mention is in."""
    rows = np.zeros((1, 1), dtype=np.int8)
    for _ in range(size - 1):
        choices = rows.max(axis=1).astype(np.int64) + 2
        longer = np.repeat(rows, choices, axis=0)
        starts = np.repeat(np.cumsum(choices) - choices, choices)
        newest = (np.arange(len(longer)) - starts).astype(np.int8)
        rows = np.column_stack([longer, newest])
    return rows


@lru_cache(maxsize=LARGEST)
def together(size: int) -> Bools:
    """Say for every partition (rows) which pairs (columns) share a part."""
    labels = partitions(size)
    left, right = pair_positions(size)
    return np.asarray(labels[:, left] == labels[:, right])


def exact_margins(weights: Floats, size: int) -> Floats:
    """Say by how much the best partition with a pair together beats the best with it apart, in millibits.

    `weights` has a row for each household of `size` mentions and a column for each pair; a forbidden pair weighs
    `FORBIDDEN`. Same shape back: positive where the pair belongs together, negative where it does not, 0 for a tie.
    """
    joined = together(size)
    scoring = joined.astype(np.float64)
    margins = np.empty_like(weights)
    step = max(1, _CELLS // len(joined))
    for start in range(0, len(weights), step):
        totals = scoring @ weights[start : start + step].T
        for pair in range(weights.shape[1]):
            with_it = totals[joined[:, pair]].max(axis=0)
            margins[start : start + step, pair] = with_it - totals[~joined[:, pair]].max(axis=0)
    return margins


def clear_margins(weights: Floats, size: int, bar: int) -> tuple[Floats, Bools]:
    """Find the households that need no trying, because one partition is beyond doubt for every pair of them.

    The partition is that of the pairs above `bar` and what they connect; its total is a floor for the best. A ceiling,
    with any pair parted or joined, is all that speaks for pairs less what contradictions must cost (see `crowded`).
    Where floor and ceiling leave every pair at least `bar`, the household is clear. Gives margins as `exact_margins`
    does, as lower bounds, and which households (rows) are clear; the margins of the others mean nothing.
    """
    margins, clear = np.empty_like(weights), np.empty(len(weights), dtype=np.bool_)
    step = max(1, _CELLS // size**2)
    for start in range(0, len(weights), step):
        some = slice(start, start + step)
        margins[some], clear[some] = _clear_some(weights[some], size, bar)
    return margins, clear


def _clear_some(weights: Floats, size: int, bar: int) -> tuple[Floats, Bools]:
    left, right = pair_positions(size)
    square = np.zeros((len(weights), size, size))
    square[:, left, right] = square[:, right, left] = weights
    joined = _connected(square > bar)[:, left, right]
    agree, differ = np.maximum(square, 0.0), np.maximum(-square, 0.0)
    ceiling = agree.sum(axis=(1, 2)) / 2 - _contradictions(agree, differ)
    if_apart, if_together = agree[:, left, right], differ[:, left, right]
    for third in range(size):
        one, other = agree[:, left, third], agree[:, right, third]
        if_apart += np.minimum(one, other)
        if_together += np.minimum(one, differ[:, right, third]) + np.minimum(other, differ[:, left, third])
    floor = (weights * joined).sum(axis=1)
    lost = (floor - ceiling)[:, None] + np.where(joined, if_apart, if_together)
    return np.where(joined, lost, np.maximum(-lost, FORBIDDEN)), np.asarray((lost >= bar).all(axis=1))


def _connected(links: Bools) -> Bools:
    """Follow links within each household, doubling the length of the ways with each step."""
    reach = links | np.eye(links.shape[1], dtype=np.bool_)
    for _ in range(links.shape[1].bit_length()):
        steps = reach.astype(np.float64)
        reach = (steps @ steps) > 0
    return np.asarray(reach)


def _contradictions(agree: Floats, differ: Floats) -> Floats:
    """Take out of both, in every household, triangles in which a is b, a is c and b is not c; what they cost it."""
    cost = np.zeros(len(agree))
    for one, other in zip(*pair_positions(agree.shape[1]), strict=True):
        through = np.minimum(agree[:, one], agree[:, other])
        taken = np.diff(np.minimum(np.cumsum(through, axis=1), differ[:, one, other, None]), prepend=0.0)
        for end in (one, other):
            agree[:, end] -= taken
            agree[:, :, end] -= taken
        differ[:, one, other] -= taken.sum(axis=1)
        differ[:, other, one] = differ[:, one, other]
        cost += taken.sum(axis=1)
    return cost
