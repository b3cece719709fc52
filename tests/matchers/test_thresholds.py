"""Thresholds follow labels as far as these carry, and tell what was seen at them."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from matchers import Model, PairFault, Thresholds, thresholds_from


def spread(count: int, right_from: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs at every weight from -10 to 20 bits, right from a given weight on."""
    weights = np.linspace(-10_000, 20_000, count).astype(int)
    pairs = pl.DataFrame({"left": range(count), "right": range(count, 2 * count), "weight": weights})
    pairs = pairs.with_columns(context=pl.lit("apart"))
    return pairs, pairs.select("left", "right", same=pl.col("weight") >= right_from)


def test_thresholds_go_to_where_the_labels_say_as_far_as_these_carry(model: Model) -> None:
    moved = []
    for count in (20, 200, 20_000):
        pairs, labels = spread(count, 12_000)
        found = thresholds_from(pairs, labels, replace(model, thresholds=Thresholds(5_000, 0)), precision=0.95)
        assert found.thresholds.ask <= found.thresholds.same
        moved.append(found.thresholds.same)
    assert moved == sorted(moved)
    assert moved[0] < 6_500
    assert moved[-1] == pytest.approx(12_000, abs=200)


def test_thresholds_tell_what_was_seen_at_them(model: Model) -> None:
    pairs, labels = spread(2_000, 3_000)
    found = thresholds_from(pairs, labels, model, precision=0.9)
    assert found.precision == 1.0
    assert found.low is not None
    assert 0.99 < found.low < 1.0
    assert found.labels == 2_000
    assert not found.calibration.assumed


def test_a_precision_that_no_label_shows_leaves_the_model_s_threshold(model: Model) -> None:
    pairs, labels = spread(40, 3_000)
    assert thresholds_from(pairs, labels, model, precision=0.9999).thresholds.same == model.thresholds.same


def test_few_labels_are_refused(model: Model) -> None:
    with pytest.raises(PairFault, match="thresholds need"):
        thresholds_from(*spread(9, 0), model)
