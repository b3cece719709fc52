"""Plots: what is drawn stays within the drawing, in proportion, and nothing that is there is invisible."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.reports.charts import LEAST, columns

SERIES = ("same", "ask", "possible")
COUNTS = st.tuples(*[st.integers(0, 2_000_000)] * 3)


def bins(counts: list[tuple[int, ...]]) -> list[dict[str, Any]]:
    return [
        {"from": 2 * n, "words": f"{2 * n}", **dict(zip(SERIES, three, strict=True))} for n, three in enumerate(counts)
    ]


@given(st.lists(COUNTS, max_size=22))
def test_every_count_is_drawn_once_and_inside(counts: list[tuple[int, ...]]) -> None:
    drawn = columns(bins(counts), SERIES)
    assert len(drawn["parts"]) == sum(count > 0 for three in counts for count in three)
    for part in drawn["parts"]:
        assert part["height"] >= LEAST
        assert drawn["left"] <= part["x"] < part["x"] + part["width"] <= drawn["right"] + 0.02
        assert -2 * LEAST <= part["y"] <= drawn["base"]
    assert len(drawn["labels"]) <= 7


@given(st.lists(COUNTS, min_size=1, max_size=22))
def test_the_ticks_begin_at_nothing_and_reach_the_tallest(counts: list[tuple[int, ...]]) -> None:
    ticks = columns(bins(counts), SERIES)["ticks"]
    none, half, top = (tick["value"] for tick in ticks)
    assert (none, 2 * half) == (0, top)
    assert top >= max(sum(three) for three in counts)
    assert ticks[0]["y"] > ticks[1]["y"] > ticks[2]["y"]


def test_heights_are_in_proportion_and_stand_on_each_other() -> None:
    drawn = columns(bins([(100, 50, 0), (200, 0, 0)]), SERIES)
    same, ask, twice = drawn["parts"]
    assert twice["height"] == pytest.approx(2 * same["height"], abs=0.02)
    assert ask["height"] == pytest.approx(same["height"] / 2, abs=0.02)
    assert ask["y"] + ask["height"] == pytest.approx(same["y"], abs=0.02)
    assert same["y"] + same["height"] == pytest.approx(drawn["base"], abs=0.02)
    assert drawn["ticks"][-1] == {"y": pytest.approx(twice["y"], abs=0.02), "value": 200}
