"""Samples are drawn by a hash, graded once, and told apart again."""

import numpy as np
import polars as pl
import pytest

from matchers import Model, samples
from matchers.em import Patterns
from matchers.evidence import grades
from matchers.prepared import as_it_stands
from matchers.samples import Gradebook, random_rows, restyled, sampled, scrambled


def test_what_a_sample_shows_does_not_hang_on_its_company_or_the_batch(
    people: pl.DataFrame, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = [random_rows(people.height, 300, seed) for seed in (1, 2, 3)]
    records = as_it_stands(people)
    together = Gradebook.of(records, model.comparisons, [*drawn, drawn[0]])
    monkeypatch.setattr(samples, "BATCH", 77)
    in_batches = Gradebook.of(records, model.comparisons, drawn)
    for sample in drawn:
        alone = Patterns.of(grades(records, sample, model.comparisons))
        for book in (together, in_batches):
            shown = book.patterns(sample)
            assert shown.grades.tolist() == alone.grades.tolist()
            assert shown.counts.tolist() == alone.counts.tolist()


def test_a_sample_is_a_matter_of_the_pairs_and_the_seed_alone() -> None:
    rows = random_rows(1000, 5000, 1)
    kept = sampled(rows, 100, 9)
    assert len(kept[0]) == 100
    back = rows[0][::-1], rows[1][::-1]
    assert set(zip(*(end.tolist() for end in sampled(back, 100, 9)), strict=True)) == set(
        zip(*(end.tolist() for end in kept), strict=True)
    )
    assert sampled(rows, 5000, 9) is rows


def test_random_pairs_are_pairs_of_two_and_all_there_are_when_few() -> None:
    left, right = random_rows(1000, 5000, 1)
    assert (left < right).all()
    assert right.max() < 1000
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) > 4900
    assert list(zip(*random_rows(4, 100, 1), strict=True)) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def test_the_hash_never_changes() -> None:
    assert scrambled(np.arange(3, dtype=np.uint64), 1).tolist() == scrambled(np.arange(3, dtype=np.uint64), 1).tolist()
    assert scrambled(np.array([7], dtype=np.uint64), 1)[0] != scrambled(np.array([7], dtype=np.uint64), 2)[0]
    spread = scrambled(np.arange(10_000, dtype=np.uint64), 5) % np.uint64(10)
    assert np.bincount(spread.astype(np.int64)).min() > 900


def test_different_people_are_rewritten_as_the_judged_are_written() -> None:
    different = pl.DataFrame({"left_name": ["John"], "right_name": ["Mary"], "left_n": [1], "right_n": [2]})
    judged = pl.DataFrame({"left_name": ["J"], "right_name": [None], "left_n": [9], "right_n": [None]}).cast(
        different.schema
    )
    assert restyled(different, judged, 3, 1).unique().rows() == [("J", None, 1, None)]


def test_who_has_no_middle_name_does_not_lose_it_as_well() -> None:
    """Three in ten of the judged show a middle name, and half of the people have one: three in five of those stay."""
    schema = {"left_middle": pl.String}
    different = pl.DataFrame({"left_middle": ["Rose", None] * 2_500}, schema=schema)
    judged = pl.DataFrame({"left_middle": (["Ann"] * 3 + ["A"] * 3 + [None] * 14) * 250}, schema=schema)
    written = restyled(different, judged, 20_000, 1)["left_middle"].value_counts(normalize=True)
    shares = dict(written.iter_rows())
    assert shares[None] == pytest.approx(0.7, abs=0.02)
    assert shares["R"] == pytest.approx(shares["Rose"], abs=0.02)
