"""Explanations: they add up, they name no values, and the change they name really turns the answer."""

import polars as pl
import pytest

from matchers import (
    ColumnFault,
    Model,
    PairFault,
    Same,
    Title,
    block_on,
    changes,
    explain,
    flip,
    link,
    score_pairs,
    waterfall,
)


@pytest.fixture(scope="module")
def some(people: pl.DataFrame, model: Model) -> pl.DataFrame:
    """The strongest, the weakest and some between."""
    return link(people, model).sort("weight", "left", "right").gather_every(300)


def test_the_waterfall_ends_at_the_weight(some: pl.DataFrame, model: Model) -> None:
    steps = waterfall(some, model)
    assert steps.group_by("pair", maintain_order=True).last()["running"].to_list() == some["weight"].to_list()
    assert steps.group_by("pair").agg(pl.col("bits").sum()).sort("pair")["bits"].to_list() == some["weight"].to_list()


def test_no_change_makes_a_comparison_speak_that_has_nothing_to_speak_beside() -> None:
    """Two written-out forenames: no title could be weighed beside an initial."""
    frame = pl.DataFrame({"id": ["a", "b"], "forename": ["Joan", "Kevin"], "title": [None, None]}).cast(pl.String)
    compared = [Title("title", "forename", "initial"), Same("forename")]
    people = Model(comparisons=compared, blocks=[block_on("forename")]).trained_on(frame)
    pair = {"context": "apart", "grade_title_beside_initial": -1, "grade_forename": 0, "weight": 0}
    assert {name for name, _, _ in changes(pair, people)} == {"forename"}
    assert {name for name, _, _ in changes({**pair, "grade_title_beside_initial": 2}, people)} == {
        "forename",
        "title_beside_initial",
    }


def test_with_bits_the_waterfall_tells_rarity_by_comparison(
    people: pl.DataFrame, some: pl.DataFrame, model: Model
) -> None:
    apart = some.filter(context="apart")
    detailed = waterfall(score_pairs(people, apart, model, bits=True), model)
    assert "how rare the values are" not in set(detailed["comparison"])
    rare = detailed.filter(pl.col("level").is_in(["rarer than most", "commoner than most"]))
    assert set(rare["comparison"]) == {"name"}
    plain = waterfall(apart, model)
    assert (
        plain.group_by("pair")
        .last()
        .sort("pair")["running"]
        .equals(detailed.group_by("pair").last().sort("pair")["running"])
    )


def test_the_text_names_levels_but_no_values(people: pl.DataFrame, some: pl.DataFrame, model: Model) -> None:
    text = explain(some, model)
    assert "forename and surname agree" in text
    assert "to begin with" in text
    values = {
        value
        for column in ("surname", "forename", "phone", "dob")
        for value in people[column].drop_nulls()
        if len(value) > 3
    }
    assert not [value for value in values if f" {value} " in text]


def test_each_answer_has_its_words(some: pl.DataFrame, model: Model) -> None:
    ordered = some.sort("weight")
    assert ": two people (" in explain(ordered.head(1), model).replace("bits, two", "bits: two")
    assert "one person (probability" in explain(ordered.tail(1), model)
    doubtful = ordered.filter(pl.col("weight").is_between(0, model.thresholds.same - 1)).head(1)
    assert "to be asked" in explain(doubtful, model)


def test_the_change_named_turns_the_answer_and_no_smaller_one_does(some: pl.DataFrame, model: Model) -> None:
    for pair in some.to_dicts():
        named = flip(pair, model)
        changes = {}
        for comparison in model.comparisons:
            levels = model.knowledge.levels[comparison.name][pair["context"]].bits
            grade = pair[f"grade_{comparison.name}"]
            now = levels[grade] if grade >= 0 else 0
            for level, bits in zip(comparison.levels, levels, strict=True):
                if (pair["weight"] - now + bits >= 0) != (pair["weight"] >= 0):
                    changes[comparison.name, level] = abs(bits - now)
        assert (named is None) == (not changes)
        if named:
            assert changes[named] == min(changes.values())


def test_every_level_but_the_present_one_is_a_change_and_the_smallest_comes_first(
    some: pl.DataFrame, model: Model
) -> None:
    for pair in some.to_dicts():
        listed = changes(pair, model)
        gains = [abs(gain) for _, _, gain in listed]
        assert gains == sorted(gains)
        there = {(name, level) for name, level, _ in listed}
        for comparison in model.comparisons:
            grade = pair[f"grade_{comparison.name}"]
            present = {comparison.levels[grade]} if grade >= 0 else set()
            assert {level for name, level in there if name == comparison.name} == set(comparison.levels) - present


def test_faults_are_told(some: pl.DataFrame, model: Model) -> None:
    with pytest.raises(ColumnFault, match="grade_title"):
        explain(some.drop("grade_title"), model)
    with pytest.raises(PairFault, match="whole number"):
        flip(some.with_columns(pl.col("weight").cast(pl.Float64)).to_dicts()[0], model)
