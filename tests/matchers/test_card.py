"""A model's card tells every weight, what the thresholds are expected to do, and no value of any record."""

from dataclasses import replace

import polars as pl
import pytest

from matchers import Model, NotTrained, Thresholds, card, link
from matchers.calibrate import Calibration
from matchers.card import expected


@pytest.fixture(scope="module")
def pairs(people: pl.DataFrame, model: Model) -> pl.DataFrame:
    return link(people, model)


def test_every_level_is_there_with_its_bits(model: Model, pairs: pl.DataFrame) -> None:
    text = card(model, pairs)
    for comparison in model.comparisons:
        assert f"### {comparison.name}\n" in text
        for levels in model.knowledge.levels[comparison.name].values():
            if not any(levels.bits):
                assert "It counts for nothing here." in text
                continue
            for level, m, bits in zip(comparison.levels, levels.m, levels.bits, strict=True):
                assert f"| {level} | {m:.3g} | " in text
                assert f" | {bits / 1000:+.2f}" in text
    for block in model.blocks:
        assert f"- {block}\n" in text
    assert f"- records: {model.knowledge.facts['records']:,}\n" in text
    for bits in model.knowledge.prior.values():
        assert f"{bits / 1000:+.2f}" in text


def test_it_holds_no_value_of_any_record(model: Model, pairs: pl.DataFrame, people: pl.DataFrame) -> None:
    text = card(model, pairs)
    common = model.knowledge.rarity["name"]["surname"].common
    assert common
    assert not [name for name in common if name in text.upper().replace(",", " ").split()]
    assert not [dob for dob in people["dob"].drop_nulls().unique() if dob in text]


def test_tables_have_as_many_cells_as_their_heads(model: Model, pairs: pl.DataFrame) -> None:
    width = 0
    for line in card(model, pairs).splitlines():
        cells = line.count("|") - 1
        if line.startswith("|"):
            width = width or cells
            assert cells == width, line
        else:
            width = 0


def test_the_same_model_and_pairs_give_the_same_card(model: Model, pairs: pl.DataFrame) -> None:
    read = Model.from_json(model.to_json())
    assert card(read, pairs.reverse()) == card(model, pairs)


def test_expectations_are_near_the_truth(people: pl.DataFrame, model: Model, pairs: pl.DataFrame) -> None:
    who = people.select("id", "person")
    told = pairs.join(who, left_on="left", right_on="id").join(who, left_on="right", right_on="id")
    same = told["person"] == told["person_right"]
    joined = told["weight"] >= model.thresholds.same
    found = expected(model, pairs)
    assert found["joined"] == int(joined.sum())
    assert found["precision"] == pytest.approx(float((same & joined).sum()) / float(joined.sum()), abs=0.02)
    assert found["recall"] == pytest.approx(float((same & joined).sum()) / float(same.sum()), abs=0.15)


def test_expectations_are_what_one_reckons_by_hand(model: Model) -> None:
    told = replace(model, thresholds=Thresholds(2_000, 0))
    weights = pl.DataFrame({"weight": [3_000, 1_000, -1_000]})  # probabilities 8/9, 2/3, 1/3
    found = expected(told, weights)
    assert (found["joined"], found["cases"]) == (1, 1)
    assert found["precision"] == pytest.approx(8 / 9, abs=1e-4)
    assert found["recall"] == pytest.approx((8 / 9) / (17 / 9), abs=1e-4)
    assert found["recall_with_cases"] == pytest.approx((14 / 9) / (17 / 9), abs=1e-4)
    assert expected(told, weights.clear())["precision"] is None


def test_a_calibration_of_ones_own_is_said_and_used(model: Model, pairs: pl.DataFrame) -> None:
    own = Calibration((-20_000.0, 20_000.0), (0.25, 0.75), (10, 10))
    assert "are calibrated" in card(model, pairs, calibration=own)
    assert "**assumed**" in card(model, pairs)
    assert expected(model, pairs, own)["precision"] != expected(model, pairs)["precision"]


def test_without_pairs_nothing_is_expected(model: Model) -> None:
    assert "written without scored pairs" in card(model)


def test_a_model_that_learned_nothing_has_no_card(blank: Model) -> None:
    with pytest.raises(NotTrained):
        card(blank)
