"""Matches are told from others by turns, each turn explaining the pairs no worse than the one before."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matchers.em import Belief, Found, Others, Patterns, expectation_maximisation, within


@st.composite
def searches(draw: st.DrawFn, *, ceilings: bool) -> Found:
    """Any pairs of a few comparisons, any beliefs, one kind of others or two, known or not."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    levels = draw(st.lists(st.integers(2, 4), min_size=1, max_size=4))
    height = draw(st.integers(1, 60))
    graded = pl.DataFrame({f"grade_{i}": rng.integers(-1, n, height).astype(np.int8) for i, n in enumerate(levels)})
    weight = float(draw(st.sampled_from([0.0, 1.0, 20.0])))
    beliefs = [Belief(shares(rng, n), weight, {0: 0.3} if ceilings and n > 2 else {}) for n in levels]
    kinds = [
        Others(tuple(shares(rng, n) for n in levels), known=known)
        for known in draw(st.lists(st.booleans(), min_size=1, max_size=2))
    ]
    patterns = Patterns.of(graded)
    return expectation_maximisation(patterns, range(len(levels)), beliefs, kinds, share=0.3)


def shares(rng: np.random.Generator, levels: int) -> NDArray[np.float64]:
    drawn = rng.dirichlet(np.ones(levels)).clip(0.001)
    result: NDArray[np.float64] = drawn / drawn.sum()
    return result


def never_falls(course: tuple[float, ...]) -> bool:
    """Allow for rounding and for the least share that anything keeps."""
    return all(after >= before - 1e-6 * (1 + abs(before)) for before, after in itertools.pairwise(course))


@settings(deadline=None, max_examples=150)
@given(searches(ceilings=False))
def test_no_round_lowers_the_likelihood(found: Found) -> None:
    assert never_falls(found.course)


@settings(deadline=None, max_examples=60)
@given(searches(ceilings=True))
def test_nor_does_one_that_is_held_under_a_ceiling(found: Found) -> None:
    # The first round may: what was believed to begin with need not lie under the ceiling.
    assert never_falls(found.course[1:])


def test_it_ends_higher_than_it_began_where_there_is_something_to_learn() -> None:
    graded = pl.DataFrame({"grade_0": [1, 0] * 20, "grade_1": [1, 0] * 20}, schema_overrides={"grade_0": pl.Int8})
    even = np.array([0.5, 0.5])
    beliefs = [Belief(np.array([0.4, 0.6]), 1.0, {})] * 2
    others = Others((even, even), known=False)
    found = expectation_maximisation(Patterns.of(graded.cast(pl.Int8)), [0, 1], beliefs, [others], share=0.3)
    assert found.course[-1] > found.course[0] + 1


def test_expectation_maximisation_recovers_a_mixture() -> None:
    rng = np.random.default_rng(4)
    match = rng.random(40_000) < 0.2
    missing = rng.random((3, 40_000)) < 0.05
    agrees = [rng.random(40_000) < np.where(match, m, u) for m, u in ((0.9, 0.1), (0.8, 0.2), (0.95, 0.05))]
    grades = {f"grade_{i}": np.where(missing[i], -1, agree).astype(np.int8) for i, agree in enumerate(agrees)}
    graded = pl.DataFrame(grades)
    beliefs = [Belief(np.array([0.2, 0.8]), 5.0) for _ in range(3)]
    for known in (True, False):
        others = Others(tuple(np.array([1 - u, u]) for u in (0.1, 0.2, 0.05)), known=known)
        found = expectation_maximisation(Patterns.of(graded), [0, 1, 2], beliefs, [others], share=0.5)
        assert found.share == pytest.approx(0.2, abs=0.02)


def test_ceilings_hold_and_shares_still_sum_to_one() -> None:
    held = within(np.array([0.5, 0.2, 0.3]), {0: 0.1}, {})
    assert held.tolist() == pytest.approx([0.1, 0.36, 0.54])


def test_floors_hold_where_nothing_was_seen() -> None:
    belief = Belief(np.array([0.2, 0.8]), 1.0, {0: 0.02}, {0: 0.01})
    assert belief.updated(np.array([0.0, 1e6])).tolist() == pytest.approx([0.01, 0.99])
    assert belief.updated(np.array([15_000.0, 1e6])).tolist() == pytest.approx([0.0148, 0.9852], abs=1e-4)
    assert belief.updated(np.array([1e6, 1e6])).tolist() == pytest.approx([0.02, 0.98])
