"""The model as a value and as a file."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from matchers import Close, ColumnFault, Model, ModelFault, NotTrained, Same, Thresholds, block_on, score
from matchers.evidence import APART, KIN, TOGETHER


def test_a_trained_model_survives_its_file_byte_for_byte(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    model.write(path)
    again = Model.read(path)
    assert again == model
    assert again.to_json().encode() == path.read_bytes()


def test_an_untrained_model_survives_its_file(blank: Model) -> None:
    assert Model.from_json(blank.to_json()) == blank


def test_the_file_reads_like_a_table_of_levels(model: Model) -> None:
    names = json.loads(model.to_json())["comparisons"][0]
    assert names["kind"] == "PersonName"
    levels = {row["level"]: row for row in names["levels"]["together"]}
    assert (
        levels["forename and surname agree"]["millibits"]
        > 0
        > levels["surname agrees, forenames conflict"]["millibits"]
    )


def test_no_rare_value_can_be_read_from_a_model(model: Model, people: object) -> None:
    text = model.to_json()
    assert "01752" not in text
    assert model.knowledge.rarity["phone"]["phone"].common == {}
    assert "SMITH" in model.knowledge.rarity["name"]["surname"].common


def test_a_short_list_leans_on_what_is_known_of_a_wider_population(blank: Model, people: pl.DataFrame) -> None:
    """In thirty records each surname is about as common as the next; in the country Smith is not Vosper."""
    few = people.head(30)
    wider = pl.DataFrame({"value": ["Smith", "smith ", "Vosper"], "share": [0.01, 0.002, 0.00001]})
    alone = blank.trained_on(few).knowledge.rarity["name"]["surname"]
    leaning = blank.trained_on(few, outside={"surname": wider}).knowledge.rarity["name"]["surname"]

    assert alone.common == {}
    assert set(leaning.common) == {"SMITH"}
    assert leaning.common["SMITH"] < leaning.floor
    with pytest.raises(ColumnFault, match="the outside list for surname"):
        blank.trained_on(few, outside={"surname": wider.drop("share")})


def test_a_long_list_hardly_leans_on_any_other(blank: Model, people: pl.DataFrame) -> None:
    many = pl.concat([people.with_columns(id=pl.format("{}-{}", pl.lit(n), "id")) for n in range(40)])
    wider = pl.DataFrame({"value": ["Smith"], "share": [0.01]})
    alone = blank.trained_on(many).knowledge.rarity["name"]["surname"].common["SMITH"]
    leaning = blank.trained_on(many, outside={"surname": wider}).knowledge.rarity["name"]["surname"].common["SMITH"]
    assert abs(alone - leaning) < 500


def test_levels_are_chances_in_every_context(model: Model) -> None:
    for comparison in model.comparisons:
        learned = model.knowledge.levels[comparison.name]
        assert set(learned) == {APART, TOGETHER, KIN}
        for levels in learned.values():
            assert sum(levels.m) == pytest.approx(1, abs=1e-4)
            assert sum(levels.u) == pytest.approx(1, abs=1e-4)
            rungs = [levels.bits[grade] for grade in comparison.ladder]
            assert all(upper >= lower - 2 for lower, upper in pairwise(rungs))


def test_what_makes_no_model_is_refused() -> None:
    with pytest.raises(ModelFault, match="at least one comparison"):
        Model([], [block_on("a")])
    with pytest.raises(ModelFault, match="two comparisons are called a"):
        Model([Same("a"), Close("a")], [block_on("a")])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("not json", "not JSON: line 1"),
        ("[]", "not a 'matchers model' of version 1"),
        ('{"format": "matchers model", "version": 2}', "of version 1"),
        ('{"format": "matchers model", "version": 1}', "incomplete"),
    ],
)
def test_what_is_no_model_file_is_told(text: str, told: str) -> None:
    with pytest.raises(ModelFault, match=told):
        Model.from_json(text)


def test_a_file_with_too_few_levels_is_refused(model: Model) -> None:
    contents = json.loads(model.to_json())
    contents["comparisons"][1]["levels"]["apart"].pop()
    with pytest.raises(ModelFault, match="title"):
        Model.from_json(json.dumps(contents))


def test_an_untrained_model_does_not_score(blank: Model, people: object) -> None:
    import polars as pl

    with pytest.raises(NotTrained, match="trained_on"):
        score(pl.DataFrame(), blank)


def test_thresholds_are_the_users_to_set(model: Model) -> None:
    stricter = replace(model, thresholds=Thresholds(same=15_000, ask=2_000))
    assert Model.from_json(stricter.to_json()).thresholds == Thresholds(15_000, 2_000)
