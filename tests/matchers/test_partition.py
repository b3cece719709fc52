"""Every partition written out, and every size of household scored as if it were alone."""

from itertools import combinations

import numpy as np
import pytest

from matchers.partition import FORBIDDEN, LARGEST, clear_margins, exact_margins, pair_positions, partitions, together

BELL = [1, 2, 5, 15, 52, 203, 877, 4140, 21147]


@pytest.mark.parametrize(("size", "count"), list(enumerate(BELL, start=1)))
def test_there_are_as_many_partitions_as_bell_says_and_none_twice(size: int, count: int) -> None:
    rows = partitions(size)
    assert rows.shape == (count, size)
    assert len(np.unique(rows, axis=0)) == count


def test_parts_are_numbered_in_order_of_their_first_mention() -> None:
    assert partitions(3).tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [0, 1, 2]]


def test_pairs_are_listed_in_order() -> None:
    left, right = pair_positions(4)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == list(combinations(range(4), 2))
    assert together(4)[0].all()
    assert not together(4)[-1].any()


def test_a_pair_alone_is_worth_its_weight() -> None:
    assert exact_margins(np.array([[7_000.0], [-3_000.0], [FORBIDDEN]]), 2).tolist() == [
        [7_000.0],
        [-3_000.0],
        [FORBIDDEN],
    ]


def test_households_solved_together_are_as_if_alone() -> None:
    weights = np.random.default_rng(4).integers(-9_000, 9_000, (700, 21)).astype(np.float64)
    whole = exact_margins(weights, 7)
    alone = np.vstack([exact_margins(weights[row : row + 1], 7) for row in (0, 350, 699)])
    assert np.array_equal(whole[[0, 350, 699]], alone)


def test_the_price_of_a_forbidden_pair_keeps_sums_exact() -> None:
    pairs = LARGEST * (LARGEST - 1) // 2
    assert pairs * -FORBIDDEN < 2**53
    assert pairs * 2**31 < -FORBIDDEN


def test_a_clear_household_is_answered_as_trying_everything_would() -> None:
    generator = np.random.default_rng(6)
    left, right = pair_positions(7)
    person = generator.integers(0, 3, (400, 7))
    weights = np.where(person[:, left] == person[:, right], 8_000.0, -8_000.0)
    weights += generator.normal(0, generator.uniform(500, 5_000, (400, 1)), weights.shape).round()
    weights[generator.random(weights.shape) < 0.02] = FORBIDDEN
    margins, clear = clear_margins(weights, 7, 5_000)
    exact = exact_margins(weights, 7)
    assert 40 < clear.sum() < 360
    assert ((margins >= 5_000) == (exact >= 5_000))[clear].all()
    assert ((margins <= -5_000) == (exact <= -5_000))[clear].all()
    assert (np.abs(margins) <= np.abs(exact))[clear].all()
