"""Suggested blocks cost what was counted, find what was estimated, keep to the budget and know no order of rows."""

import polars as pl
import pytest

from matchers import (
    ColumnFault,
    Model,
    PairFault,
    Suggestion,
    any_of,
    block_on,
    candidates,
    counts_before,
    first_letters,
    sounds_like,
    suggest_blocks,
)
from matchers.blocking import Block

COLUMNS = ["forename", "surname", "dob", "phone"]


def pairs_of_one(people: pl.DataFrame) -> pl.DataFrame:
    """Every pair of records of one person."""
    known = people.select("id", "person")
    both = known.join(known, on="person", suffix="_right").filter(pl.col("id") < pl.col("id_right"))
    return both.select(left="id", right="id_right")


def suggested(people: pl.DataFrame, judge: Model | pl.DataFrame, budget: int = 20_000) -> Suggestion:
    return suggest_blocks(people, COLUMNS, judge=judge, budget=budget, sounds=["surname"])


def recall(people: pl.DataFrame, blocks: tuple[Block, ...]) -> float:
    true = pairs_of_one(people)
    return true.join(candidates(people, blocks).pairs, on=["left", "right"]).height / true.height


def test_every_rule_costs_what_counts_before_says(people: pl.DataFrame) -> None:
    made = suggested(people, pairs_of_one(people))
    told = counts_before(people, made.blocks)
    assert made.rules["rule"].to_list() == told["rule"].to_list()
    assert made.rules["pairs"].to_list() == told["pairs"].to_list()
    assert made.rules["largest"].to_list() == told["largest"].to_list()


def test_keys_of_either_column_and_caps_are_counted_alike() -> None:
    rows = {"id": range(8), "now": list("aabbcccc"), "then": list("baaxyzcc"), "other": list("mmmmnnnn")}
    records = pl.DataFrame(rows)
    made = suggest_blocks(
        records, ["now", "then", "other"], judge=pl.DataFrame({"left": [0], "right": [1]}), budget=100, cap=3
    )
    blocks = {
        str(block): block
        for block in (
            block_on(any_of("now", "then"), cap=3),
            block_on("now", cap=3),
            block_on("now", first_letters("other"), cap=3),
            block_on("other", any_of("now", "then"), cap=3),
            block_on(any_of("now", "then"), "other", cap=3),
        )
    }
    seen = {row["rule"]: (row["pairs"], row["largest"]) for row in made.considered.to_dicts()}
    assert blocks.keys() & seen.keys() >= {"now or then", "now", "now and first 1 of other"}
    for name in blocks.keys() & seen.keys():
        (counted,) = counts_before(records, [blocks[name]]).to_dicts()
        assert seen[name] == (counted["pairs"], counted["largest"]), name


def test_with_the_truth_in_hand_the_recall_is_the_true_one(people: pl.DataFrame) -> None:
    made = suggested(people, pairs_of_one(people))
    assert made.rules["cumulative_recall"].to_list()[-1] == pytest.approx(recall(people, made.blocks))
    for row, block in zip(made.rules.to_dicts(), made.blocks, strict=True):
        assert row["recall"] == pytest.approx(recall(people, (block,)))


def test_a_model_estimates_the_recall_without_any_truth(people: pl.DataFrame, model: Model) -> None:
    made = suggested(people, model)
    assert made.rules["cumulative_recall"].to_list()[-1] == pytest.approx(recall(people, made.blocks), abs=0.05)
    assert made.found > 500


def test_an_untrained_model_is_trained_first(people: pl.DataFrame, blank: Model) -> None:
    some = people.filter(pl.col("person") < 300)
    bare = Model(blank.comparisons, [])
    made = suggest_blocks(some, COLUMNS, judge=bare, budget=10_000, sounds=["surname"])
    assert recall(some, made.blocks) > 0.8
    assert bare.learned is None


@pytest.mark.parametrize("budget", [500, 3_000, 20_000])
def test_the_budget_holds_and_more_budget_finds_no_less(people: pl.DataFrame, budget: int) -> None:
    truth = pairs_of_one(people)
    made = suggested(people, truth, budget)
    assert candidates(people, made.blocks).pairs.height == made.rules["cumulative_pairs"].to_list()[-1] <= budget
    wider = suggested(people, truth, 3 * budget)
    assert wider.rules["cumulative_recall"][-1] >= made.rules["cumulative_recall"][-1]


def test_the_order_of_rows_does_not_matter(people: pl.DataFrame, model: Model) -> None:
    some = people.filter(pl.col("person") < 400)
    one, other = (suggested(frame, model) for frame in (some, some.sample(fraction=1.0, shuffle=True, seed=3)))
    assert one.blocks == other.blocks
    assert one.rules.equals(other.rules)
    assert one.considered.equals(other.considered)


def test_no_rule_that_is_taken_is_needless(people: pl.DataFrame) -> None:
    made = suggested(people, pairs_of_one(people), 50_000)
    for number in range(len(made.blocks)):
        others = made.blocks[:number] + made.blocks[number + 1 :]
        assert not others or recall(people, others) < recall(people, made.blocks)


def test_only_pairs_between_sources_count_where_those_are_linked(people: pl.DataFrame, model: Model) -> None:
    made = suggest_blocks(
        people, COLUMNS, judge=model, budget=20_000, sounds=["surname"], source="source", link_type="between"
    )
    assert recall(people, made.blocks) > 0.9


def test_a_key_may_be_given_as_it_is(people: pl.DataFrame) -> None:
    made = suggest_blocks(people, [sounds_like("surname"), "place"], judge=pairs_of_one(people), budget=10_000)
    assert set(made.considered["rule"]) == {"place", "sound of surname", "place and sound of surname"}


def test_it_says_itself_in_a_line_for_each_rule(people: pl.DataFrame) -> None:
    made = suggested(people, pairs_of_one(people))
    assert len(str(made).splitlines()) == len(made.blocks)
    assert "recall" in str(made)


def test_what_cannot_be_suggested_from_is_refused(people: pl.DataFrame) -> None:
    with pytest.raises(ColumnFault, match="did you mean 'surname'"):
        suggest_blocks(people, ["surnam"], judge=pairs_of_one(people), budget=100)
    with pytest.raises(PairFault, match="no pair of these records"):
        suggest_blocks(people, COLUMNS, judge=pairs_of_one(people).clear(), budget=100)
