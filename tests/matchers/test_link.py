"""The developer's one call."""

import polars as pl
import pytest

from matchers import Close, Model, Same, SameDate, block_on, explain, link
from matchers.link import probability


def test_link_gives_what_the_engine_scores_and_a_probability(people: pl.DataFrame, model: Model) -> None:
    pairs = link(people, model)
    assert pairs.columns[:3] == ["left", "right", "context"]
    assert pairs.columns[-2:] == ["weight", "probability"]
    assert pairs["probability"].is_between(0, 1).all()
    strongest = pairs.sort("weight")
    assert strongest["probability"].is_sorted()


def test_at_least_drops_weaker_pairs(people: pl.DataFrame, model: Model) -> None:
    every, strong = link(people, model), link(people, model, at_least=5000)
    assert strong.equals(every.filter(pl.col("weight") >= 5000))
    assert 0 < strong.height < every.height


@pytest.mark.parametrize(("weight", "chance"), [(0, 0.5), (9966, 0.999), (-9966, 0.001)])
def test_a_weight_is_log_odds(weight: int, chance: float) -> None:
    found = pl.DataFrame({"weight": [weight]}, schema={"weight": pl.Int32}).select(probability()).item()
    assert found == pytest.approx(chance, abs=1e-5)


def test_the_readme_example_runs(people: pl.DataFrame) -> None:
    people = people.rename({"place": "uprn"})
    model = Model(
        comparisons=[Close("forename"), Close("surname"), SameDate("dob"), Same("uprn")],
        blocks=[block_on("uprn"), block_on("surname", "dob")],
    ).trained_on(people)
    pairs = link(people, model, id="id")
    assert "one person" in explain(pairs.sort("weight").tail(1), model)


def test_whole_numbers_serve_as_ids(people: pl.DataFrame, model: Model) -> None:
    numbered = people.sort("id").with_row_index("number").cast({"number": pl.Int64})
    pairs = link(numbered, model, id="number")
    assert pairs.schema["left"] == pl.Int64
    assert pairs["weight"].equals(link(people, model)["weight"])
