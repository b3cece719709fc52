"""Large households: proof agrees with trying everything, and search comes close and says so."""

import numpy as np
import pytest

from matchers.crowded import Limits, crowded_margins, improved, total
from matchers.graph import Ints
from matchers.partition import FORBIDDEN, Floats

LIMITS = Limits(margin=5_000, doubt=5_000, exact_up_to=9)
PROOF = Limits(margin=5_000, doubt=5_000, exact_up_to=2)


def household(seed: int, size: int, *, noise: float, clear: float = 9_000.0) -> Floats:
    """Draw people, a weight for each pair of their mentions, and some pairs that may not be."""
    generator = np.random.default_rng(seed)
    person = generator.integers(0, 3, size)
    weights = (
        np.where(person[:, None] == person[None, :], clear, -clear) + generator.normal(0, noise, (size, size)).round()
    )
    weights[(generator.random((size, size)) < 0.2) & (person[:, None] != person[None, :])] = FORBIDDEN
    upper = np.triu(weights, k=1)
    whole = upper + upper.T
    return np.where(whole < FORBIDDEN / 2, FORBIDDEN, whole)


def answered(values: Floats, limits: Limits) -> Ints:
    """Say what each margin means: 1 the same, 0 cannot tell, -1 different."""
    told = (values >= limits.margin).astype(np.int64) - (values <= -limits.doubt).astype(np.int64)
    np.fill_diagonal(told, 0)
    return told


@pytest.mark.parametrize("seed", range(40))
def test_what_is_proved_is_what_trying_everything_says(seed: int) -> None:
    weights = household(seed, 8, noise=2_000.0 + 200 * seed)
    whole, proved = crowded_margins(weights, LIMITS), crowded_margins(weights, PROOF)
    different = (answered(whole.values, LIMITS) != answered(proved.values, PROOF)) & proved.exact
    assert not different.any()
    close = proved.exact & (np.abs(whole.values) < LIMITS.margin)
    assert np.array_equal(whole.values[close], proved.values[close])


def test_clear_households_of_forty_are_proved() -> None:
    found = crowded_margins(household(1, 40, noise=2_500.0), LIMITS)
    assert found.exact.all()
    assert set(np.unique(answered(found.values, LIMITS))) == {-1, 0, 1}


def test_search_errs_seldom_and_never_claims_to_be_exact() -> None:
    wrong = 0
    for seed in range(60):
        weights = household(seed, 8, noise=9_000.0, clear=4_000.0)
        whole, found = crowded_margins(weights, LIMITS), crowded_margins(weights, PROOF)
        wrong += int((answered(whole.values, LIMITS) != answered(found.values, PROOF)).any())
    assert wrong <= 6


def test_margins_are_symmetric_and_follow_the_numbering() -> None:
    weights = household(3, 14, noise=7_000.0)
    order = np.random.default_rng(3).permutation(14)
    straight, mixed = (crowded_margins(given, LIMITS).values for given in (weights, weights[np.ix_(order, order)]))
    assert np.array_equal(straight, straight.T)
    assert np.array_equal(answered(straight, LIMITS)[np.ix_(order, order)], answered(mixed, LIMITS))


def test_a_hostel_where_all_look_alike_is_answered_at_all() -> None:
    generator = np.random.default_rng(2)
    upper = np.triu(generator.normal(0, 6_000, (60, 60)).round(), k=1)
    found = crowded_margins(upper + upper.T, LIMITS)
    assert not found.exact.all()
    assert np.array_equal(found.values, found.values.T)


def test_improving_never_loses() -> None:
    weights = household(5, 12, noise=6_000.0)
    apart, one = np.arange(12), np.zeros(12, dtype=np.int64)
    assert total(weights, improved(weights, apart)) >= max(0.0, total(weights, apart))
    assert total(weights, improved(weights, one)) >= total(weights, one)
