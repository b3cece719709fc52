"""Estimates without truth, against worlds in which the truth is known."""

import numpy as np
import polars as pl
import pytest

from matchers.errors import ColumnFault, PairFault
from matchers.estimate import precision_by_review, recall_by_recapture, recall_by_review

PASSES = ["name", "dob", "phone"]


def strata(*rows: tuple[int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["links", "reviewed", "right"], orient="row")


def test_strata_count_by_their_links() -> None:
    found = precision_by_review(strata((9_000, 90, 90), (1_000, 200, 100)))
    assert found.value == pytest.approx(0.95)
    assert found.low < 0.95 < found.high


def test_a_stratum_without_a_fault_is_not_faultless() -> None:
    assert precision_by_review(strata((9_000, 50, 50))).low < 0.98


def test_what_was_reviewed_whole_leaves_nothing_uncertain() -> None:
    found = precision_by_review(strata((40, 40, 39), (0, 0, 0)))
    assert (found.low, found.value, found.high) == (0.975, 0.975, 0.975)


def test_the_interval_of_a_review_covers_the_truth_nearly_always() -> None:
    generator = np.random.default_rng(11)
    links, shares = np.array([20_000, 3_000, 500]), np.array([0.999, 0.95, 0.6])
    truth = float(links @ shares / links.sum())
    covered = 0
    for _ in range(300):
        right = generator.binomial([100, 150, 100], shares)
        found = precision_by_review(strata(*zip(links, [100, 150, 100], right, strict=True)))
        covered += found.low <= truth <= found.high
    assert covered >= 276


@pytest.mark.parametrize("row", [(10, 11, 5), (10, 5, 6), (10, 0, 0)])
def test_counts_that_cannot_be_are_refused(row: tuple[int, int, int]) -> None:
    with pytest.raises(PairFault, match="every stratum"):
        precision_by_review(strata(row))


def both_kinds(joined: tuple[int, int, int], apart: tuple[int, int, int]) -> pl.DataFrame:
    return strata(joined, apart).with_columns(joined=pl.Series([True, False]))


def test_the_recall_of_a_review_weighs_either_kind_by_its_pairs() -> None:
    found = recall_by_review(both_kinds((900, 90, 81), (400, 40, 10)))
    assert found.value == pytest.approx(810 / 910)
    assert found.low < found.value < found.high


def test_the_interval_of_a_reviewed_recall_covers_the_truth_nearly_always() -> None:
    generator = np.random.default_rng(5)
    truth, covered = 20_000 * 0.99 / (20_000 * 0.99 + 3_000 * 0.4), 0
    for _ in range(300):
        right = generator.binomial([100, 150], [0.99, 0.4])
        found = recall_by_review(both_kinds((20_000, 100, int(right[0])), (3_000, 150, int(right[1]))))
        covered += found.low <= truth <= found.high
    assert covered >= 276


def test_a_recall_without_a_right_pair_is_refused() -> None:
    with pytest.raises(PairFault, match="nothing to find"):
        recall_by_review(both_kinds((10, 5, 0), (10, 5, 0)))


def links(generator: np.random.Generator, chances: list[float], *, count: int = 3_000) -> pl.DataFrame:
    seen = generator.random((count, 3)) < np.array(chances)
    return pl.DataFrame(seen[seen.any(axis=1)], schema=PASSES)


def test_recapture_finds_the_recall_of_independent_passes() -> None:
    generator = np.random.default_rng(7)
    covered = 0
    for _ in range(100):
        found = recall_by_recapture(links(generator, [0.6, 0.5, 0.6]), PASSES)
        truth = 1 - 0.4 * 0.5 * 0.4
        assert found.value == pytest.approx(truth, abs=0.02)
        covered += found.low <= truth <= found.high
    assert covered >= 85


def test_links_that_are_hard_for_every_pass_make_recall_look_better_never_worse() -> None:
    generator = np.random.default_rng(7)
    easy, hard = links(generator, [0.9, 0.9, 0.9]), links(generator, [0.2, 0.2, 0.2])
    both = pl.concat([easy, hard])
    assert recall_by_recapture(both, PASSES).value > both.height / 6_000


def test_when_every_pass_found_everything_recall_is_whole_but_not_certain() -> None:
    found = recall_by_recapture(pl.DataFrame([[True] * 3] * 50, schema=PASSES, orient="row"), PASSES)
    assert found.value == 1.0
    assert 0.95 < found.low < 1.0


def test_too_little_to_go_on_is_refused() -> None:
    frame = pl.DataFrame([[True] * 3], schema=PASSES, orient="row")
    with pytest.raises(PairFault, match="three passes"):
        recall_by_recapture(frame, PASSES[:2])
    with pytest.raises(PairFault, match="links that they found"):
        recall_by_recapture(frame.clear(), PASSES)
    with pytest.raises(ColumnFault, match="'post'"):
        recall_by_recapture(frame, [*PASSES, "post"])
