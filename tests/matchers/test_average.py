"""Clusters by average linkage: several that agree outweigh one link, and the answer is that of joining one by one."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers import PairFault, by_average

Weights = dict[tuple[int, int], int]


def frame(weights: Weights) -> pl.DataFrame:
    rows = [(f"r{a}", f"r{b}", weight) for (a, b), weight in weights.items()]
    return pl.DataFrame(rows, schema={"left": pl.String, "right": pl.String, "weight": pl.Int32}, orient="row")


def one_by_one(count: int, weights: Weights, absent: int) -> set[frozenset[int]]:
    """Join the best two clusters for as long as their average is above nothing."""
    clusters = [frozenset([i]) for i in range(count)]

    def average(one: frozenset[int], other: frozenset[int]) -> float:
        between = [weights.get((min(a, b), max(a, b)), absent) for a in one for b in other]
        return sum(between) / len(between)

    while True:
        scores = [(average(a, b), a, b) for i, a in enumerate(clusters) for b in clusters[i + 1 :]]
        best = max(scores, key=lambda score: score[0], default=(0.0, None, None))
        if best[0] <= 0 or best[1] is None or best[2] is None:
            return set(clusters)
        clusters = [c for c in clusters if c not in best[1:]] + [best[1] | best[2]]


def test_one_strong_link_does_not_join_two_families() -> None:
    within = {(a, b): 9_000 for group in ((0, 1, 2), (3, 4, 5)) for a in group for b in group if a < b}
    found = by_average(pl.Series([f"r{i}" for i in range(6)]), frame({**within, (2, 3): 9_000}))
    assert found["cluster"].to_list() == ["r0"] * 3 + ["r3"] * 3


def test_a_record_joins_by_several_that_agree() -> None:
    weights = {(0, 1): 9_000, (0, 2): 3_000, (1, 2): 2_000}
    assert by_average(pl.Series(["r0", "r1", "r2"]), frame(weights))["cluster"].n_unique() == 1


def test_two_that_went_wrong_in_different_ways_are_one_through_the_third() -> None:
    weights = {(0, 1): 9_000, (0, 2): 4_000, (1, 2): -11_000}
    assert by_average(pl.Series(["r0", "r1", "r2"]), frame(weights))["cluster"].n_unique() == 1
    assert by_average(pl.Series(["r0", "r1", "r2"]), frame(weights), least=-12_000)["cluster"].n_unique() == 2


def test_a_pair_of_strangers_is_a_fault() -> None:
    with pytest.raises(PairFault):
        by_average(pl.Series(["r0"]), frame({(0, 1): 1}))


@given(st.permutations(range(1, 16)), st.sets(st.integers(0, 14)), st.integers(-9, -1))
def test_the_answer_is_that_of_joining_one_by_one(order: list[int], negative: set[int], absent: int) -> None:
    # Powers of two, so that no two averages tie.
    ends = [(a, b) for a in range(6) for b in range(a + 1, 6)]
    weights = {pair: (-1 if i in negative else 1) * (2 ** order[i] // 8 + order[i]) for i, pair in enumerate(ends[:15])}
    found = by_average(
        pl.Series([f"r{i}" for i in range(6)]), frame(weights), absent=absent * 100, least=-(10**6), most=10**6
    )
    groups = found.group_by("cluster").agg("id")["id"].to_list()
    assert {frozenset(int(name[1:]) for name in group) for group in groups} == one_by_one(6, weights, absent * 100)
