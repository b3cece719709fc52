"""Expectation and maximisation over counted agreement patterns: the cost follows the distinct patterns, not the
pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import MISSING

Shares = NDArray[np.float64]
ROUNDS = 500
SETTLED = 1e-6
LEAST = 1e-9
SMOOTHING = 0.5


@dataclass(frozen=True, slots=True)
class Patterns:
    """The distinct rows of grades (one column per comparison) and how many pairs show each, in a fixed order."""

    grades: NDArray[np.int8]
    counts: Shares

    @classmethod
    def of(cls, graded: pl.DataFrame) -> "Patterns":
        """Count the patterns in a frame of grades."""
        counted = graded.group_by(graded.columns).agg(pl.len().alias("pairs")).sort(graded.columns)
        return cls(counted.select(graded.columns).to_numpy(), counted["pairs"].to_numpy().astype(np.float64))

    def showing(self, columns: Sequence[int]) -> "Patterns":
        """Keep the patterns that show anything at all in these columns."""
        seen = (self.grades[:, list(columns)] != MISSING).any(axis=1)
        return Patterns(self.grades[seen], self.counts[seen])

    def reached(self, column: int, levels: int, weights: Shares) -> Shares:
        """Sum the weight that reaches each level of one comparison; missing ones do not count."""
        found = self.grades[:, column].astype(np.int64) - MISSING
        return np.bincount(found, weights=weights, minlength=levels + 1)[1:].astype(np.float64)

    def likelihood(self, columns: Sequence[int], shares: Sequence[Shares]) -> Shares:
        """The log chance of each pattern under these shares, missing values aside."""
        alone: Shares = self.likelihoods(columns, [shares])[0]
        return alone

    def likelihoods(self, columns: Sequence[int], kinds: Sequence[Sequence[Shares]]) -> Shares:
        """The same for several kinds of pairs, each with shares of its own: a row for each kind."""
        total = np.zeros((len(kinds), len(self.counts)))
        for place, column in enumerate(columns):
            table = np.zeros((len(kinds), len(kinds[0][place]) + 1))
            table[:, :-1] = np.log([kind[place] for kind in kinds])
            total += table[:, self.grades[:, column]]
        return total


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of one comparison's m before the pairs are seen, worth so many pairs, and the bounds that hold
    after, too.
    """

    m: Shares
    pairs: float
    at_most: Mapping[int, float] = field(default_factory=dict)
    at_least: Mapping[int, float] = field(default_factory=dict)

    def updated(self, reached: Shares) -> Shares:
        """Return m after matches were seen to reach the levels."""
        return within(normal(reached + self.pairs * self.m), self.at_most, self.at_least)


@dataclass(frozen=True, slots=True)
class Others:
    """A kind of pairs that are not matches (strangers, kin): their u in the leading comparisons, and whether it is
    known.
    """

    u: tuple[Shares, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What the search ends with: for each pattern the probability of a match, and the share of matches among the
    pairs.

    `course` tells, before each round, how well the pairs and what was believed beforehand were explained: a log
    likelihood, in nats, which never falls.
    """

    matched: Shares
    share: float
    course: tuple[float, ...]


def expectation_maximisation(
    patterns: Patterns, leading: Sequence[int], beliefs: Sequence[Belief], others: Sequence[Others], *, share: float
) -> Found:
    """Find which patterns are matches, by the leading comparisons alone.

    Pairs are matches or one of the kinds of others; m (one belief per leading comparison), the share of each kind,
    and u where it is not known are found by turns.
    """
    m = [belief.m for belief in beliefs]
    kinds, shares = list(others), np.array([share, *[(1 - share) / len(others)] * len(others)])
    members = np.zeros((1 + len(kinds), len(patterns.counts)))
    course: list[float] = []
    for _ in range(ROUNDS):
        members, explained = _memberships(patterns, leading, m, kinds, shares)
        course.append(explained + _believed(beliefs, m, kinds))
        weights = members * patterns.counts
        fresh = [
            belief.updated(patterns.reached(column, len(belief.m), weights[0]))
            for column, belief in zip(leading, beliefs, strict=True)
        ]  # fmt: skip
        kinds = [_relearned(patterns, leading, kind, weight) for kind, weight in zip(kinds, weights[1:], strict=True)]
        now = normal(weights.sum(axis=1))
        moved = max(float(np.abs(new - old).max()) for new, old in zip([now, *fresh], [shares, *m], strict=True))
        m, shares = fresh, now
        if moved < SETTLED:
            break
    return Found(members[0], float(shares[0]), tuple(course))


def _memberships(
    patterns: Patterns, leading: Sequence[int], m: Sequence[Shares], kinds: Sequence[Others], shares: Shares
) -> tuple[NDArray[np.float64], float]:
    """The probability of each pattern being a match (row 0) or of each kind of others; the log likelihood of all."""
    logs = patterns.likelihoods(leading, [m, *(kind.u for kind in kinds)]) + np.log(shares)[:, None]
    highest = logs.max(axis=0)
    chances = np.exp(logs - highest)
    total = chances.sum(axis=0)
    return chances / total, float(patterns.counts @ (highest + np.log(total)))


def _believed(beliefs: Sequence[Belief], m: Sequence[Shares], kinds: Sequence[Others]) -> float:
    """How well m and u fit what was believed of them before: the log of the prior, constants aside."""
    of_m = sum(belief.pairs * float(belief.m @ np.log(now)) for belief, now in zip(beliefs, m, strict=True))
    return of_m + sum(SMOOTHING * float(np.log(u).sum()) for kind in kinds if not kind.known for u in kind.u)


def _relearned(patterns: Patterns, leading: Sequence[int], kind: Others, weights: Shares) -> Others:
    if kind.known:
        return kind
    return Others(tuple(
        normal(patterns.reached(column, len(u), weights) + SMOOTHING) for column, u in zip(leading, kind.u, strict=True)
    ), known=False)  # fmt: skip


def normal(counts: Shares) -> Shares:
    """Turn counts into shares that sum to 1, none of them nothing."""
    floored = np.maximum(counts, LEAST)
    result: Shares = floored / floored.sum()
    return result


def within(shares: Shares, at_most: Mapping[int, float], at_least: Mapping[int, float]) -> Shares:
    """Hold some shares within their bounds; the others take up the rest in proportion."""
    held = shares.copy()
    bound = sorted({*at_most, *at_least})
    for level in bound:
        held[level] = min(max(held[level], at_least.get(level, 0.0)), at_most.get(level, 1.0))
    free = [level for level in range(len(held)) if level not in bound]
    held[free] *= (1 - held[bound].sum()) / held[free].sum()
    return held
