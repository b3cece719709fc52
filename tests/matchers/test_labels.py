"""Labels move weights as far as they carry: twenty hardly, thousands to where the truth is; ladders never break."""

from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest

from matchers import Model, PairFault, learned_from, link, score_pairs
from matchers.labels import labelled


@pytest.fixture(scope="module")
def pairs(people: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Every candidate pair, scored."""
    return link(people, model)


@pytest.fixture(scope="module")
def truth(people: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """For every candidate pair, whether it is one person; in the order of a hash."""
    who = people.select("id", "person")
    told = (
        pairs.select("left", "right").join(who, left_on="left", right_on="id").join(who, left_on="right", right_on="id")
    )
    return told.select("left", "right", same=pl.col("person") == pl.col("person_right")).sort(
        pl.concat_str("left", "right").hash(seed=5)
    )


@pytest.fixture(scope="module")
def mistaken(model: Model) -> Model:
    """The model with priors four bits too high."""
    known = model.knowledge
    return replace(model, learned=replace(known, prior={c: bits + 4_000 for c, bits in known.prior.items()}))


def test_twenty_labels_change_little_even_when_they_are_odd(
    pairs: pl.DataFrame, truth: pl.DataFrame, model: Model
) -> None:
    odd = truth.head(20).with_columns(same=pl.int_range(20) % 2 == 0)
    moved = learned_from(pairs, odd, model).changes.with_columns(by=(pl.col("after") - pl.col("before")).abs())
    assert moved["by"].max() < 1_500  # type: ignore[operator]
    assert moved["by"].mean() < 150  # type: ignore[operator]


def test_labels_that_the_model_expects_hardly_move_it(pairs: pl.DataFrame, truth: pl.DataFrame, model: Model) -> None:
    sure = pairs.filter(pl.col("weight").abs() > 6_000).select("left", "right", same=pl.col("weight") > 0)
    lesson = learned_from(pairs, sure.sample(200, seed=1), model)
    assert (lesson.changes["after"] - lesson.changes["before"]).abs().max() < 250  # type: ignore[operator]


def test_many_labels_mend_a_prior_that_was_wrong(
    people: pl.DataFrame, truth: pl.DataFrame, model: Model, mistaken: Model
) -> None:
    pairs = link(people, mistaken)
    lesson = learned_from(pairs, truth.head(3_000), mistaken, give=2.0)
    assert lesson.better
    before, after = lesson.report.filter(measure="surprise").select("before", "after").row(0)
    assert after < 0.8 * before
    right = link(people, lesson.model).join(truth, on=["left", "right"])
    wrong = pairs.join(truth, on=["left", "right"])
    errors = [((frame["weight"] >= 0) != frame["same"]).mean() for frame in (right, wrong)]
    assert errors[0] < errors[1]  # type: ignore[operator]


def test_more_labels_move_further(people: pl.DataFrame, truth: pl.DataFrame, mistaken: Model) -> None:
    pairs = link(people, mistaken)
    moved = []
    for count in (50, 500, 3_000):
        changes = learned_from(pairs, truth.head(count), mistaken).changes.filter(comparison="prior", context="apart")
        moved.append((changes["before"] - changes["after"]).item())
    assert moved == sorted(moved)
    assert moved[-1] > 2 * max(moved[0], 1)


def test_a_better_agreement_never_counts_for_less(pairs: pl.DataFrame, truth: pl.DataFrame, model: Model) -> None:
    turned = truth.head(2_000).with_columns(~pl.col("same"))
    adjusted = learned_from(pairs, turned, model, give=3.0).model
    for comparison in model.comparisons:
        for context, levels in adjusted.knowledge.levels[comparison.name].items():
            bits = [levels.bits[rung] for rung in comparison.ladder]
            assert all(low <= high + 1 for low, high in pairwise(bits)), (comparison.name, context)


def test_the_proposed_model_scores_as_the_changes_say(
    people: pl.DataFrame, pairs: pl.DataFrame, truth: pl.DataFrame, model: Model
) -> None:
    lesson = learned_from(pairs, truth.head(500), model)
    some = pairs.head(300)
    after = score_pairs(people, some.select("left", "right"), lesson.model)
    changed = {
        (row["comparison"], row["context"], row["level"]): row["after"] - row["before"]
        for row in lesson.changes.to_dicts()
    }
    for row, weight in zip(some.to_dicts(), after["weight"], strict=True):
        context = row["context"]
        move = changed["prior", context, ""]
        for c in model.comparisons:
            grade = row[f"grade_{c.name}"]
            move += changed[c.name, context, c.levels[grade]] if grade >= 0 else 0
        assert weight - row["weight"] == move
    assert Model.from_json(lesson.model.to_json()) == lesson.model


def test_shares_still_sum_to_one_and_what_is_neutral_stays_so(
    pairs: pl.DataFrame, truth: pl.DataFrame, model: Model
) -> None:
    known = model.knowledge
    stays = known.levels["stay"]["together"]
    neutral = {**known.levels, "stay": {**known.levels["stay"], "together": replace(stays, m=stays.u)}}
    quiet = replace(model, learned=replace(known, levels=neutral))
    after = learned_from(pairs, truth.head(1_000), quiet).model.knowledge.levels
    assert after["stay"]["together"] == neutral["stay"]["together"]
    for of_context in after.values():
        for levels in of_context.values():
            assert sum(levels.m) == pytest.approx(1, abs=1e-4)
            assert sum(levels.u) == pytest.approx(1, abs=1e-4)


def test_neither_the_order_of_labels_nor_of_ends_matters(
    pairs: pl.DataFrame, truth: pl.DataFrame, model: Model
) -> None:
    some = truth.head(400)
    turned = some.select(left="right", right="left", same="same").reverse()
    one, other = learned_from(pairs, some, model), learned_from(pairs.reverse(), turned, model)
    assert one.model.to_json() == other.model.to_json()
    assert one.report.equals(other.report)


def test_a_lesson_says_itself(pairs: pl.DataFrame, truth: pl.DataFrame, model: Model) -> None:
    told = str(learned_from(pairs, truth.head(400), model))
    assert told.startswith("400 labels move")
    assert "surprise" in told


def test_what_teaches_nothing_is_refused(pairs: pl.DataFrame, truth: pl.DataFrame, model: Model) -> None:
    with pytest.raises(PairFault, match="at least 10 labels"):
        learned_from(pairs, truth.head(9), model)
    with pytest.raises(PairFault, match="some of either kind"):
        learned_from(pairs, truth.filter("same").head(50), model)
    both = pl.concat([truth.head(3), truth.head(3).with_columns(~pl.col("same"))])
    with pytest.raises(PairFault, match="3 pairs are labelled both"):
        labelled(pairs, both)
