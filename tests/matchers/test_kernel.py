"""The kernel: symmetric, pure, row by row, and its sums exact."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers import ColumnFault, Model, PairFault, Same, block_on, candidates, score, score_pairs
from matchers.kernel import laid_out


@pytest.fixture(scope="module")
def pairs(people: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Pairs of neighbours in the list: many at one place, many not."""
    ids = people["id"].sort()
    near = [pl.DataFrame({"left": ids[:-gap], "right": ids[gap:]}) for gap in (1, 2, 3)]
    return laid_out(people, pl.concat(near), model)


def exchanged(pairs: pl.DataFrame) -> pl.DataFrame:
    other = {"left": "right", "right": "left"}
    return pairs.rename(lambda c: other[c] if c in other else other[c.split("_", 1)[0]] + "_" + c.split("_", 1)[1])


def test_score_gives_grades_context_and_weight(pairs: pl.DataFrame, model: Model) -> None:
    scored = score(pairs, model)
    assert scored.columns == ["left", "right", "context", *(f"grade_{c.name}" for c in model.comparisons), "weight"]
    assert scored.schema["weight"] == pl.Int32
    assert all(scored.schema[f"grade_{c.name}"] == pl.Int8 for c in model.comparisons)
    here = (pairs["left_place"] == pairs["right_place"]).to_list()
    assert [context == "together" for context in scored["context"]] == here
    assert any(here)
    assert not all(here)


def test_score_is_symmetric(pairs: pl.DataFrame, model: Model) -> None:
    there, back = score(pairs, model), score(exchanged(pairs), model)
    assert there.drop("left", "right").equals(back.select(there.columns).drop("left", "right"))


WORDS = st.none() | st.sampled_from(["John", "JON", "J", "Mary", "Smith", "Smyth", "O'Neil-Reid", "", " "])
ANYBODY = st.fixed_dictionaries(
    {
        "place": st.none() | st.integers(1, 2),
        "title": st.none() | st.sampled_from(["Mr", "Mrs", "Dr"]),
        "forename": WORDS,
        "middle_names": WORDS,
        "surname": WORDS,
        "dob": st.none() | st.sampled_from(["1980-03-04", "1980-04-03", "1900-01-01"]),
        "phone": st.none() | st.sampled_from(["01752 555012", "01752 555021"]),
        "since": st.none() | st.dates(date(2020, 1, 1), date(2020, 3, 1)),
        "until": st.none() | st.dates(date(2020, 2, 1), date(2020, 4, 1)),
    }
)


def as_people(people: pl.DataFrame, *rows: dict[str, object]) -> pl.DataFrame:
    """Lay invented records out as the town's records are."""
    kept = {name: dtype for name, dtype in people.schema.items() if name not in {"person", "source"}}
    return pl.DataFrame([{"id": str(number), **row} for number, row in enumerate(rows)], schema=kept)


def weighed(records: pl.DataFrame, model: Model) -> dict[str, Any]:
    pair = pl.DataFrame({"left": ["0"], "right": ["1"]})
    return score_pairs(records, pair, model, bits=True).row(0, named=True)


@settings(deadline=None, max_examples=30)
@given(one=ANYBODY, other=ANYBODY)
def test_any_two_records_score_the_same_from_either_side(
    people: pl.DataFrame, model: Model, one: dict[str, object], other: dict[str, object]
) -> None:
    there, back = weighed(as_people(people, one, other), model), weighed(as_people(people, other, one), model)
    assert there == back


@settings(deadline=None, max_examples=30)
@given(one=ANYBODY, other=ANYBODY, which=st.integers(0, 4))
def test_what_is_missing_is_neutral(
    people: pl.DataFrame, model: Model, one: dict[str, object], other: dict[str, object], which: int
) -> None:
    """Without a value on one side, its comparison weighs nothing and every other weighs what it did."""
    gone = model.comparisons[which]
    before = weighed(as_people(people, one, other), model)
    after = weighed(as_people(people, one | dict.fromkeys(gone.columns), other), model)
    parts = {part: before[part] for part in before if part.startswith(("bits_", "rarity_")) or part == "prior"}
    own = {f"bits_{gone.name}", f"rarity_{gone.name}"}
    also = {c.name for c in model.comparisons if c is not gone and set(c.columns) & set(gone.columns)}
    assert not also
    assert {part: after[part] for part in parts} == {part: 0 if part in own else parts[part] for part in parts}
    assert after["weight"] == sum(after[part] for part in parts)


def test_parts_add_up_to_the_weight(pairs: pl.DataFrame, model: Model) -> None:
    scored = score(pairs, model, bits=True)
    parts = [pl.col(c) for c in scored.columns if c == "prior" or c.startswith(("bits_", "rarity_"))]
    assert scored.select(total=pl.sum_horizontal(parts) - pl.col("weight"))["total"].unique().to_list() == [0]
    assert scored.filter(context="together").select(pl.col("^rarity_.*$").abs().max()).row(0) == (0,) * len(
        model.comparisons
    )
    assert scored.filter(context="apart")["rarity_name"].n_unique() > 5
    assert scored.drop([c for c in scored.columns if c.startswith(("bits_", "rarity_")) or c == "prior"]).equals(
        score(pairs, model)
    )


@settings(deadline=None, max_examples=6)
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=8))
def test_a_pair_scores_the_same_in_any_company(pairs: pl.DataFrame, model: Model, rows: list[int]) -> None:
    some = pairs[rows]
    assert score(some, model).equals(pl.concat([score(pairs[row], model) for row in rows]))


def test_missing_values_weigh_nothing(model: Model, pairs: pl.DataFrame) -> None:
    values = [c for c in pairs.columns if c.startswith(("left_", "right_"))]
    nothing = pairs[:3].with_columns(pl.lit(None).cast(pairs.schema[c]).alias(c) for c in values)
    scored = score(nothing, model)
    assert scored["weight"].unique().to_list() == [model.knowledge.prior["apart"]]
    assert scored["context"].unique().to_list() == ["apart"]


def test_no_pairs_give_no_rows(pairs: pl.DataFrame, model: Model) -> None:
    assert score(pairs.clear(), model).schema == score(pairs[:1], model).schema


def test_a_commoner_name_weighs_less_apart_and_the_same_at_one_place(model: Model, pairs: pl.DataFrame) -> None:
    common = model.knowledge.rarity["name"]["surname"].common
    often = min(common, key=lambda name: common[name])
    one = pairs[:1].with_columns(pl.lit("Zebedee").alias(c) for c in ("left_forename", "right_forename"))
    one = one.with_columns(pl.lit(None, dtype=pl.String).alias(f"{end}_middle_names") for end in ("left", "right"))
    for places, rarer_wins in (((1, 2), True), ((1, 1), False)):
        here = one.with_columns(left_place=pl.lit(places[0], pl.Int64), right_place=pl.lit(places[1], pl.Int64))
        weights = [
            score(here.with_columns(left_surname=pl.lit(name), right_surname=pl.lit(name)), model)["weight"].item()
            for name in (often.title(), "Featherstonehaugh")
        ]
        assert (weights[1] > weights[0]) is rarer_wins
        assert weights[1] >= weights[0]


def test_weights_are_the_levels_own_bits(pairs: pl.DataFrame, model: Model) -> None:
    scored = score(pairs, model, bits=True)
    for comparison in model.comparisons:
        for context in ("apart", "together"):
            bits = np.array([*model.knowledge.levels[comparison.name][context].bits, 0])
            rows = scored.filter(context=context)
            assert (
                rows[f"bits_{comparison.name}"].to_list() == bits[rows[f"grade_{comparison.name}"].to_numpy()].tolist()
            )


def test_faults_are_told(people: pl.DataFrame, model: Model, pairs: pl.DataFrame) -> None:
    with pytest.raises(ColumnFault, match="'left_surname'"):
        score(pairs.drop("left_surname"), model)
    with pytest.raises(PairFault, match="1 ends of the pairs name no record"):
        score_pairs(people, pl.DataFrame({"left": ["roll-00001"], "right": ["nobody"]}), model)


def test_where_a_household_is_shared_the_better_rival_explanation_counts(people: pl.DataFrame, model: Model) -> None:
    compared = [*model.comparisons, Same("place")]
    shared = replace(model, comparisons=compared, place=None, household=("place",), learned=None).trained_on(people)
    assert Model.from_json(shared.to_json()) == shared
    pairs = candidates(people, [block_on("place"), block_on("surname", "forename")]).pairs
    scored = score_pairs(people, pairs, shared, bits=True)
    assert set(scored["context"].unique()) == {"apart", "kin"}
    parts = [pl.col(c) for c in scored.columns if c == "prior" or c.startswith(("bits_", "rarity_"))]
    assert scored.select(total=pl.sum_horizontal(parts) - pl.col("weight"))["total"].unique().to_list() == [0]
    blind = score_pairs(people, pairs, replace(shared, household=()))
    assert (scored["weight"] <= blind["weight"]).all()
    whose = people.select("id", "person")
    true = scored.join(whose, left_on="left", right_on="id").join(whose, left_on="right", right_on="id")
    wrong = true.filter(pl.col("person") != pl.col("person_right"))
    before = blind.join(wrong, on=["left", "right"]).filter(pl.col("weight") >= 0).height
    assert wrong.filter(pl.col("weight") >= 0).height < before / 2
