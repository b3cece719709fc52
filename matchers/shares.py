"""Between counted pairs and a model's figures: what is believed beforehand, and how counts become m and u."""

from collections.abc import Sequence

import numpy as np

from matchers.comparisons.base import Comparison
from matchers.em import Belief, Shares, normal
from matchers.evidence import Levels

ENOUGH_CHANCES = 1000.0
BELIEF_IN_EXPECTED = 20.0
FIGURES = 6


def smoothed(comparison: Comparison, counts: Shares, *, together: bool = False) -> Shares:
    """Turn counts of pairs that are not matches into u; few counts lean on what the comparison holds for chance,
    `together` for two people of one place.
    """
    held = (comparison.chance_together if together else None) or comparison.chance
    chance, seen = np.array(held), float(counts.sum())
    if seen < ENOUGH_CHANCES:
        shares = normal(counts + ENOUGH_CHANCES * chance)
    else:
        shares = normal(counts + np.minimum(0.5, chance * seen))
    for grade, least in comparison.least_chance.items():
        shares[grade] = max(shares[grade], least)
    return normal(shares)


def expected(comparison: Comparison) -> Belief:
    """What is believed of a comparison's m before any pair is seen."""
    return Belief(np.array(comparison.expected), BELIEF_IN_EXPECTED, comparison.at_most, comparison.at_least)


def levels_of(comparison: Comparison, m: Shares, u: Shares) -> Levels:
    """Keep m and u as a model does, m lifted where a better agreement would weigh less than a worse one."""
    return Levels(rounded(_monotone(comparison.ladder, m, u)), rounded(u))


def rounded(shares: Shares) -> tuple[float, ...]:
    """Write shares with as many figures as a model file keeps."""
    return tuple(float(f"{share:.{FIGURES}g}") for share in shares)


def _monotone(ladder: Sequence[int], m: Shares, u: Shares) -> Shares:
    """Pool neighbouring rungs until m/u rises along the ladder: a better agreement must never count for less."""
    pools: list[tuple[list[int], float, float]] = []
    for rung in ladder:
        pools.append(([rung], float(m[rung]), float(u[rung])))
        while len(pools) > 1 and pools[-2][1] * pools[-1][2] > pools[-1][1] * pools[-2][2]:
            upper, lower = pools.pop(), pools.pop()
            pools.append((lower[0] + upper[0], lower[1] + upper[1], lower[2] + upper[2]))
    risen = m.copy()
    for rungs, of_m, of_u in pools:
        for rung in rungs:
            risen[rung] = u[rung] * of_m / of_u
    return risen
