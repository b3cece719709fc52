"""What a weight means, learnt from pairs whose truth is known."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.calibrate import Calibration, as_bits, calibrate
from matchers.errors import ColumnFault, ModelFault, PairFault


def known(*groups: tuple[int, int, int]) -> pl.DataFrame:
    """Give so many right and so many wrong pairs of each weight."""
    rows = [(weight, same) for weight, right, wrong in groups for same in [True] * right + [False] * wrong]
    return pl.DataFrame(rows, schema={"weight": pl.Int32, "same": pl.Boolean}, orient="row")


def test_each_weight_means_the_share_that_was_right() -> None:
    found = calibrate(known((0, 0, 99), (5_000, 60, 40), (9_000, 999, 1), (12_000, 1999, 0)))
    read = found.probability(pl.Series([5_000, 9_000])).to_list()
    assert read == pytest.approx([0.6, 0.999])


def test_neighbours_that_fall_are_pooled() -> None:
    found = calibrate(known((0, 0, 50), (4_000, 80, 20), (5_000, 20, 80), (9_000, 50, 0)))
    assert found.probability(pl.Series([4_000, 4_500, 5_000])).to_list() == pytest.approx([0.5] * 3)


def test_nothing_is_certain_or_impossible() -> None:
    found = calibrate(known((-9_000, 0, 10), (9_000, 10, 0)))
    assert found.probability(pl.Series([-20_000, 20_000])).to_list() == pytest.approx([0.5 / 10.5, 10 / 10.5])
    alone = calibrate(known((3_000, 4, 0)))
    assert alone.probability(pl.Series([3_000])).to_list() == pytest.approx([0.9])


def test_a_missing_weight_has_no_probability() -> None:
    assert as_bits().probability(pl.Series([None, 0], dtype=pl.Int32)).to_list() == [None, 0.5]


def test_the_threshold_holds_for_every_pair_or_on_average() -> None:
    found = calibrate(known((0, 0, 99), (5_000, 90, 10), (9_000, 9_990, 10), (12_000, 9_999, 0)))
    each, average = found.threshold_for(0.999), found.threshold_for(0.9992, on_average=True)
    assert each == 9_000
    assert average == 9_000
    assert found.threshold_for(0.998, on_average=True) == 5_000
    assert 5_000 < (found.threshold_for(0.99) or 0) < 9_000
    assert found.threshold_for(0.0) == 0


def test_a_precision_out_of_reach_has_no_threshold() -> None:
    found = calibrate(known((0, 0, 10), (9_000, 10, 0)))
    assert found.threshold_for(0.999) is None
    assert found.threshold_for(0.999, on_average=True) is None


def test_bits_taken_at_their_word_are_assumed() -> None:
    bits = as_bits()
    assert bits.assumed
    assert bits.probability(pl.Series([1_000, -1_000])).to_list() == pytest.approx([2 / 3, 1 / 3])
    assert bits.threshold_for(0.5, on_average=True) == 0


def test_it_survives_being_written_down() -> None:
    found = calibrate(known((0, 1, 9), (5_000, 8, 2)), assumed=True)
    assert Calibration.from_dict(json.loads(json.dumps(found.to_dict()))) == found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pairs": [1]}, "one count for each weight"),
        ({"weights": [2, 1]}, "must not fall"),
        ({"probabilities": [0.9, 0.1]}, "must not fall"),
    ],
)
def test_what_is_no_calibration_is_refused(change: dict[str, list[float]], message: str) -> None:
    good = {"weights": [1, 2], "probabilities": [0.1, 0.9], "pairs": [5, 5], "assumed": False}
    with pytest.raises(ModelFault, match=message):
        Calibration.from_dict({**good, **change})
    with pytest.raises(ModelFault, match="lacks weights"):
        Calibration.from_dict({"pairs": [1]})


def test_faults_are_named() -> None:
    with pytest.raises(PairFault, match="needs pairs"):
        calibrate(known())
    with pytest.raises(ColumnFault, match="'same'"):
        calibrate(known((1, 1, 1)).drop("same"))


some = st.lists(st.tuples(st.integers(-20, 20), st.booleans()), min_size=1, max_size=60)


@settings(deadline=None, max_examples=40)
@given(some, st.floats(0.05, 0.99))
def test_more_evidence_never_means_less_certainty(rows: list[tuple[int, bool]], precision: float) -> None:
    frame = pl.DataFrame(rows, schema={"weight": pl.Int32, "same": pl.Boolean}, orient="row")
    found = calibrate(frame)
    read = found.probability(pl.Series(range(-25, 26)))
    assert read.is_sorted()
    assert read.is_between(0, 1, closed="none").all()
    assert sum(found.pairs) == len(rows)
    threshold = found.threshold_for(precision)
    if threshold is None:
        assert read.max() < precision  # type: ignore[operator]
    else:
        above = found.probability(pl.Series([threshold, threshold - 1]))
        assert above[0] >= precision - 1e-9
        assert threshold <= min(found.weights) or above[1] < precision


@settings(deadline=None, max_examples=60)
@given(some)
def test_no_rising_line_fits_better(rows: list[tuple[int, bool]]) -> None:
    """Isotonic regression is the rising sequence nearest to the shares: compare it with the min-max formula."""
    frame = pl.DataFrame(rows, schema={"weight": pl.Int32, "same": pl.Boolean}, orient="row")
    weights = sorted({weight for weight, _ in rows})
    right = [float(sum(same for at, same in rows if at == weight)) for weight in weights]
    seen = [float(sum(at == weight for at, _ in rows)) for weight in weights]
    right[0] += 0.5
    seen[0] += 0.5
    seen[-1] += 0.5

    def share(first: int, last: int) -> float:
        return sum(right[first : last + 1]) / sum(seen[first : last + 1])

    last = len(weights)
    wanted = [max(min(share(low, high) for high in range(at, last)) for low in range(at + 1)) for at in range(last)]
    assert calibrate(frame).probability(pl.Series(weights)).to_list() == pytest.approx(wanted)
