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
    """Find the households that need no trying: groups that all agree inside and nowhere outside, far beyond doubt.

    In such a household everything in its favour is won at once. To part two of a group loses their own weight and, for
    every third of it, the weaker of its two; to join two of different groups loses likewise. Where that is at least
    `bar` for every pair, the household is clear. Gives margins as `exact_margins` does, as lower bounds, and which
    households (rows) are clear; the margins of the others mean nothing.
    """
    left, right = pair_positions(size)
    square = np.zeros((len(weights), size, size))
    square[:, left, right] = square[:, right, left] = weights
    agree, differ = np.maximum(square, 0.0), np.maximum(-square, 0.0)
    positive = (agree > 0).astype(np.float64)
    torn = ((positive @ positive)[:, left, right] > 0) & (weights <= 0)
    apart, joined = agree[:, left, right], differ[:, left, right]
    for third in range(size):
        one, other = agree[:, left, third], agree[:, right, third]
        apart += np.minimum(one, other)
        joined += np.minimum(one, differ[:, right, third]) + np.minimum(other, differ[:, left, third])
    margins = np.where(weights > 0, apart, np.maximum(-joined, FORBIDDEN))
    return margins, np.asarray(~torn.any(axis=1) & (np.abs(margins) >= bar).all(axis=1))
