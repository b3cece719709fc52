"""Expectation and maximisation over counted agreement patterns: the cost follows the distinct patterns, not the pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import MISSING

Shares = NDArray[np.float64]
ROUNDS = 500
SETTLED = 1e-6
LEAST = 1e-9


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

    def shares(self, column: int, levels: int, weights: Shares | None = None) -> Shares:
        """Count how many pairs (or how much weight) reach each level of one comparison; missing ones do not count."""
        found = self.grades[:, column].astype(np.int64) - MISSING
        return np.bincount(found, weights=self.counts if weights is None else weights, minlength=levels + 1)[1:]


@dataclass(frozen=True, slots=True)
class Start:
    """Where the search begins for one comparison: m and u, how many pairs each belief is worth, and whether u is already known."""

    m: Shares
    u: Shares
    m_pairs: float
    u_known: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What the search ends with: expected matches per level, m and u for each comparison, and the share of matches."""

    reached: tuple[Shares, ...]
    m: tuple[Shares, ...]
    u: tuple[Shares, ...]
    matched: float
    share: float


def expectation_maximisation(patterns: Patterns, starts: Sequence[Start], *, share: float) -> Found:
    """Find m (and u where it is not known) and the share of matches that best explain the patterns."""
    m, u = [start.m for start in starts], [start.u for start in starts]
    total = float(patterns.counts.sum())
    reached: list[Shares] = [np.zeros_like(start.m) for start in starts]
    for _ in range(ROUNDS):
        matched = patterns.counts * posterior(patterns, m, u, share)
        reached = [patterns.shares(i, len(start.m), matched) for i, start in enumerate(starts)]
        fresh = [normal(found + start.m_pairs * start.m) for found, start in zip(reached, starts, strict=True)]
        u = [_others(patterns, i, start, matched) for i, start in enumerate(starts)]
        moved = max((float(np.abs(new - old).max()) for new, old in zip(fresh, m, strict=True)), default=0.0)
        now = min(max(float(matched.sum()) / total, LEAST), 1 - LEAST) if total else share
        settled = moved < SETTLED and abs(now - share) < SETTLED
        m, share = fresh, now
        if settled:
            break
    return Found(tuple(reached), tuple(m), tuple(u), share * total, share)


def posterior(patterns: Patterns, m: Sequence[Shares], u: Sequence[Shares], share: float) -> Shares:
    """The probability that a pair with each pattern is a match."""
    odds = np.full(len(patterns.counts), np.log(share / (1 - share)))
    for i, (mine, others) in enumerate(zip(m, u, strict=True)):
        odds += np.append(np.log(mine / others), 0.0)[patterns.grades[:, i]]
    return 1 / (1 + np.exp(-np.clip(odds, -60, 60)))


def normal(counts: Shares) -> Shares:
    """Turn counts into shares that sum to 1, none of them nothing."""
    floored = np.maximum(counts, LEAST)
    return floored / floored.sum()


def _others(patterns: Patterns, column: int, start: Start, matched: Shares) -> Shares:
    if start.u_known:
        return start.u
    return normal(patterns.shares(column, len(start.u), patterns.counts - matched) + start.u)
