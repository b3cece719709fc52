"""What training finds in a town whose truth is known."""

import itertools
import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers import Close, ColumnFault, Model, PairFault, Same, block_on, link
from matchers.comparisons.catalogue import CATALOGUE
from matchers.em import normal
from matchers.shares import levels_of


def test_the_same_records_and_seed_give_the_same_bytes_in_any_order(
    people: pl.DataFrame, blank: Model, model: Model
) -> None:
    shuffled = people.sample(fraction=1, shuffle=True, seed=11)
    again = blank.trained_on(shuffled, source="source", lists_once=["register"], stay=("since", "until"))
    assert again.to_json() == model.to_json()


def bits(model: Model, level: str, context: str) -> int:
    names = model.comparisons[0]
    return model.knowledge.levels["name"][context].bits[names.levels.index(level)]


def test_at_one_place_the_surname_says_little_and_the_forename_much(model: Model) -> None:
    assert bits(model, "surname agrees, forenames conflict", "together") < -3000
    assert bits(model, "forename and surname agree", "together") > 4000
    assert bits(model, "surname agrees, forenames conflict", "apart") > bits(
        model, "surname agrees, forenames conflict", "together"
    )


def test_an_initial_is_worth_less_than_a_forename_at_one_place(model: Model) -> None:
    """Register entries alone never show an initial: the other source's way of writing must be reckoned with."""
    initial = bits(model, "surname and initial agree", "together")
    assert 0 < initial < bits(model, "forename and surname agree", "together")


def test_kin_are_not_taken_for_matches_without_known_pairs_either(people: pl.DataFrame, blank: Model) -> None:
    alone = blank.trained_on(people)
    assert bits(alone, "surname agrees, forenames conflict", "together") < 0
    assert bits(alone, "forename and surname agree", "together") > 0


def test_the_prior_at_one_place_is_about_how_often_a_record_has_its_counterpart_there(
    people: pl.DataFrame, model: Model
) -> None:
    by_place = people.join(people, on="place").filter(pl.col("id") != pl.col("id_right"))
    judged = by_place.filter((pl.col("source") != "register") | (pl.col("source_right") != "register"))
    records = judged.group_by("id").agg(pairs=pl.len(), matched=(pl.col("person") == pl.col("person_right")).any())
    matched, pairs = records["matched"].mean(), records["pairs"].mean()
    assert isinstance(matched, float)
    assert isinstance(pairs, float)
    truth = np.log2(matched / pairs / (1 - matched))
    assert model.knowledge.prior["together"] / 1000 == pytest.approx(truth, abs=1)


def test_without_sources_that_list_once_the_prior_is_the_share_of_matches(people: pl.DataFrame, blank: Model) -> None:
    by_place = people.join(people, on="place").filter(pl.col("id") < pl.col("id_right"))
    share = (by_place["person"] == by_place["person_right"]).mean()
    assert isinstance(share, float)
    learned = blank.trained_on(people, source="source", stay=("since", "until"))
    assert learned.knowledge.prior["together"] / 1000 == pytest.approx(np.log2(share / (1 - share)), abs=1.5)


def test_links_at_one_place_are_mostly_right(people: pl.DataFrame, model: Model) -> None:
    pairs = link(people, model, source="source", link_type="between").filter(context="together")
    person = dict(people.select("id", "person").iter_rows())
    right = pairs.with_columns(
        pl.Series("right_one", [person[a] == person[b] for a, b in pairs.select("left", "right").rows()])
    )
    above = right.filter(pl.col("weight") > 0)
    found, every = int(above["right_one"].sum()), int(right["right_one"].sum())
    assert found / above.height > 0.93
    assert found / every > 0.93


def test_told_pairs_of_different_people_serve_like_known_sources(people: pl.DataFrame, blank: Model) -> None:
    register = people.filter(source="register")
    pairs = register.join(register, on="place").filter(pl.col("id") < pl.col("id_right"))
    told = blank.trained_on(people, different=pairs.select(left="id", right="id_right"))
    assert bits(told, "surname agrees, forenames conflict", "together") < -3000
    with pytest.raises(PairFault, match="name no record"):
        blank.trained_on(people, different=pl.DataFrame({"left": ["nobody"], "right": ["no one"]}))


def test_a_certain_rule_sets_the_prior(people: pl.DataFrame, blank: Model) -> None:
    anywhere = replace(blank, place=None)
    rule, pairs = [block_on("dob", "surname", "place")], people.height * (people.height - 1) / 2
    caught = people.drop_nulls("dob").group_by("dob", "surname", "place").len()["len"]
    expected = np.log2(int((caught * (caught - 1) // 2).sum()) / 0.5 / pairs)
    trained = anywhere.trained_on(people, certain=rule, recall=0.5)
    assert trained.knowledge.prior["apart"] / 1000 == pytest.approx(expected, abs=0.01)


def test_chance_agreement_is_counted_from_random_pairs() -> None:
    records = pl.DataFrame(
        {"id": range(400), "colour": ["red", "blue"] * 200, "name": [f"N{i:03d}" for i in range(400)]}
    )
    trained = Model([Same("colour"), Close("name")], [block_on("name"), block_on("colour", cap=10)]).trained_on(records)
    assert trained.knowledge.levels["colour"]["apart"].u[1] == pytest.approx(199 / 399, abs=0.001)


def test_a_handful_of_records_trains_without_complaint(people: pl.DataFrame, blank: Model) -> None:
    for height in (0, 1, 2):
        trained = blank.trained_on(people.head(height), source="source", lists_once=["register"])
        assert Model.from_json(trained.to_json()) == trained


def test_missing_columns_are_told_at_once(people: pl.DataFrame, blank: Model) -> None:
    with pytest.raises(ColumnFault, match=r"missing from the records: 'title'.*'phone'"):
        blank.trained_on(people.drop("title", "phone"))


@pytest.mark.parametrize("kind", CATALOGUE)
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), few=st.booleans())
def test_a_better_agreement_never_weighs_less_whatever_the_pairs_showed(kind: str, seed: int, *, few: bool) -> None:
    required = [field.name for field in fields(CATALOGUE[kind]) if field.name == "column"]  # type: ignore[arg-type]
    comparison = CATALOGUE[kind](**dict.fromkeys(required, "value"))
    rng, size = np.random.default_rng(seed), len(comparison.levels)
    m, u = (normal(rng.dirichlet(np.full(size, 0.2 if few else 2.0))) for _ in "mu")
    found = levels_of(comparison, m, u)
    bits = [found.bits[rung] for rung in comparison.ladder]
    # Shares are written with six figures, which is a hundredth of a millibit.
    assert all(better >= worse - 1 for worse, better in itertools.pairwise(bits))


def test_between_two_lists_there_are_fewer_pairs_than_in_one_so_that_each_is_likelier() -> None:
    people = pl.DataFrame({
        "id": [f"{list_}{i}" for list_ in "ab" for i in range(100)],
        "file": ["a"] * 100 + ["b"] * 100,
        "name": [f"name {i}" for _ in "ab" for i in range(100)],
    })  # fmt: skip
    model = Model([Same("name")], [block_on("name")])
    told: dict[str, Any] = {"source": "file", "certain": [block_on("name")], "recall": 1.0}
    between = model.trained_on(people, link_type="between", **told).knowledge.prior["apart"]
    both = model.trained_on(people, **told).knowledge.prior["apart"]
    assert between == round(1000 * math.log2(100 / (100 * 100 - 100)))
    assert both == round(1000 * math.log2(100 / (200 * 199 / 2 - 100)))
