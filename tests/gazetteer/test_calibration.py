"""Certainty as a probability: what labels make of it, and what a table of it says."""

from collections.abc import Sequence
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import Tuning
from gazetteer.calibration import by_wanted, calibrated, judged, reliability, wilson
from gazetteer.tuning import PLACING, SUREST

SHIPPED = Tuning.shipped()
SCHEMA = {"rung": pl.String, "gap": pl.Float64, "certainty": pl.Float64, "right": pl.Boolean}


def answers(rows: Sequence[tuple[str, float | None, bool]]) -> pl.DataFrame:
    return pl.DataFrame([(rung, gap, 0.99, right) for rung, gap, right in rows], schema=SCHEMA, orient="row")


SOME = st.lists(st.tuples(st.sampled_from(PLACING), st.none() | st.floats(0, 40), st.booleans()), max_size=60)


@given(SOME, st.randoms(use_true_random=False))
def test_certainty_stays_a_probability_rises_with_the_gap_and_knows_no_order(
    rows: list[tuple[str, float | None, bool]], random: Random
) -> None:
    figures = calibrated(answers(rows), SHIPPED)
    assert all(0 <= one <= SUREST for several in figures.values() for one in several)
    assert all(list(several) == sorted(several) for several in figures.values())
    random.shuffle(rows)
    assert calibrated(answers(rows), SHIPPED) == figures


def test_without_answers_it_is_what_it_was() -> None:
    assert calibrated(answers([]), SHIPPED) == dict(SHIPPED.certainty)


def test_few_answers_change_little_and_many_much() -> None:
    before = SHIPPED.certainty["spelling"][-1]
    few = calibrated(answers([("spelling", None, at % 2 == 0) for at in range(6)]), SHIPPED)["spelling"][-1]
    many = calibrated(answers([("spelling", None, at % 2 == 0) for at in range(6000)]), SHIPPED)["spelling"][-1]
    assert before - 0.05 < few < before
    assert many == pytest.approx(0.5, abs=0.04)


def test_however_many_are_right_none_is_surer_than_the_surest() -> None:
    assert calibrated(answers([("exact", None, True)] * 100_000), SHIPPED)["exact"][-1] == SUREST


def test_a_wider_gap_is_never_less_sure_however_the_labels_fall() -> None:
    rows = [("range", 1.5, True)] * 4000 + [("range", 3.0, False)] * 500
    first, second, third, fourth = calibrated(answers(rows), SHIPPED)["range"]
    assert first == second <= third <= fourth


def test_a_reliability_table_sets_what_was_said_beside_what_was_true() -> None:
    rows = answers([("exact", None, at > 0) for at in range(50)])
    (row,) = reliability(rows)
    assert (row["from"], row["below"], row["answers"], row["right"]) == (0.99, 0.995, 50, 0.98)
    assert row["stated"] == pytest.approx(0.99)
    assert row["right_least"] < 0.98 < row["right_most"]


def test_more_certainty_wanted_means_fewer_answers() -> None:
    told = by_wanted(answers([("exact", None, True)] * 9 + [("exact", None, False)]), 20, (0.9, 0.995))
    assert [(row["answers"], row["precision"], row["recall"]) for row in told] == [(10, 0.9, 0.45), (0, 0.0, 0.0)]


def test_only_answers_that_name_a_property_are_judged() -> None:
    frame = pl.DataFrame({"uprn": [1, None, 2], "rung": ["exact", "tie", "exact"]}).with_columns(
        gap=pl.lit(None, pl.Float64), certainty=pl.lit(0.9)
    )
    assert judged(frame, pl.Series("truth", [1, 2, None]))["right"].to_list() == [True, False]


def test_bounds_of_a_share_are_wilsons() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == pytest.approx(1.0)
    assert [round(bound, 4) for bound in wilson(95, 100)] == [0.8882, 0.9785]
