"""What the rest of a household adds to a pair at two places."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers import Model, company, explain
from matchers.kernel import laid_out, score

MOVED = date(2026, 3, 14)


def home(place: int, *who: str, since: date | None = None, until: date | None = None) -> list[dict[str, object]]:
    """Write those who stayed at a place: TITLE FORENAME SURNAME each."""
    rows = []
    for name in who:
        title, forename, surname = name.split()
        given = {"id": f"{place}/{forename}", "place": place, "title": title, "forename": forename, "surname": surname}
        rows.append({**given, "since": since, "until": until})
    return rows


def people(*homes: list[dict[str, object]], model: Model) -> pl.DataFrame:
    text = [c for c in model.columns if c not in {"place", "since", "until"}]
    schema = {"id": pl.String, "place": pl.Int64, "since": pl.Date, "until": pl.Date, **dict.fromkeys(text, pl.String)}
    return pl.DataFrame([row for each in homes for row in each], schema=schema)


def scored(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Score every pair there is."""
    both = pl.DataFrame(list(combinations(sorted(frame["id"]), 2)), schema=["left", "right"], orient="row")
    return score(laid_out(frame, both, model), model)


def added(frame: pl.DataFrame, model: Model) -> dict[tuple[str, str], int]:
    pairs = scored(frame, model)
    extra = company(pairs, frame, model)
    return {(left, right): bits for left, right, bits in zip(pairs["left"], pairs["right"], extra, strict=True) if bits}


def moved(model: Model, *, second: str = "MRS SUSAN OKAFOR", since: date = MOVED) -> pl.DataFrame:
    before = home(1, "MR DAVID OKAFOR", "MRS SUSAN OKAFOR", until=MOVED)
    return people(before, home(2, "MR DAVID OKAFOR", second, since=since), model=model)


def test_a_couple_who_moved_speak_for_each_other(model: Model) -> None:
    assert set(added(moved(model), model)) == {("1/DAVID", "2/DAVID"), ("1/SUSAN", "2/SUSAN")}
    assert all(3_000 < bits <= 10_000 for bits in added(moved(model), model).values())


def test_somebody_else_who_came_along_says_nothing(model: Model) -> None:
    assert ("1/DAVID", "2/DAVID") not in added(moved(model, second="MISS CHLOE REID"), model)


def test_who_moves_alone_has_no_company(model: Model) -> None:
    alone = people(home(1, "MR DAVID OKAFOR"), home(2, "MR DAVID OKAFOR"), model=model)
    assert added(alone, model) == {}


def test_a_second_record_of_the_same_man_is_no_company(model: Model) -> None:
    twice = [*home(1, "MR DAVID OKAFOR"), {**home(1, "MR DAVID OKAFOR")[0], "id": "1/DAVID again"}]
    there = [*home(2, "MR DAVID OKAFOR"), {**home(2, "MR DAVID OKAFOR")[0], "id": "2/DAVID again"}]
    assert added(people(twice, there, model=model), model) == {}


def test_who_lived_there_at_another_time_is_no_company(model: Model) -> None:
    years = {"since": date(2001, 1, 1), "until": date(2004, 1, 1)}
    before = [*home(1, "MR DAVID OKAFOR", since=date(2015, 1, 1), until=MOVED), *home(1, "MRS SUSAN OKAFOR", **years)]
    after = home(2, "MR DAVID OKAFOR", "MRS SUSAN OKAFOR", since=MOVED)
    assert added(people(before, after, model=model), model) == {}


@pytest.mark.parametrize(("others", "speaks"), [(5, True), (7, False)])
def test_where_nine_and_more_share_a_place_nobody_speaks_for_another(model: Model, others: int, speaks: bool) -> None:
    """Eight by eight pairs are a large family, nine by nine a hall."""
    family = ("MR DAVID OKAFOR", "MRS SUSAN OKAFOR")
    here, there = (tuple(f"MR {end}{chr(65 + n)}NNE ZAMAN" for n in range(others)) for end in "KW")
    hall = people(home(1, *family, *here), home(2, *family, *there), model=model)
    assert (("1/DAVID", "2/DAVID") in added(hall, model)) is speaks


def test_one_move_is_one_fact_however_rare_the_names(model: Model) -> None:
    born = pl.when(pl.col("forename") == "DAVID").then(pl.lit("1961-05-17")).otherwise(pl.lit("1984-11-02"))
    frame = moved(model).with_columns(middle_names=pl.lit("THEODORA PHILIPPA"), dob=born)
    assert set(added(frame, model).values()) == {10_000}


@given(order=st.permutations(range(6)), turn=st.lists(st.booleans(), min_size=6, max_size=6))
def test_neither_the_order_of_rows_nor_of_the_two_ends_matters(
    model: Model, order: list[int], turn: list[bool]
) -> None:
    frame = moved(model)
    pairs = scored(frame, model)
    usual = dict(zip(pairs.select("left", "right").rows(), company(pairs, frame, model), strict=True))
    flip = pl.Series(turn)
    turned = pairs.with_columns(
        left=pl.when(flip).then("right").otherwise("left"), right=pl.when(flip).then("left").otherwise("right")
    )[order]
    again = company(turned, frame.reverse(), model)
    ends = [tuple(sorted(row)) for row in turned.select("left", "right").rows()]
    assert dict(zip(ends, again, strict=True)) == usual


def test_places_that_are_not_known_give_nothing(model: Model) -> None:
    nowhere = moved(model).with_columns(place=pl.lit(None, dtype=pl.Int64))
    pairs = scored(nowhere, model)
    assert company(pairs, nowhere, model).to_list() == [0] * pairs.height


def test_a_model_without_places_knows_no_company(model: Model) -> None:
    blind = replace(model, place=None)
    frame = moved(model)
    pairs = scored(frame, blind)
    assert pairs.height > 0
    assert company(pairs, frame, blind).to_list() == [0] * pairs.height


def test_the_waterfall_names_the_household(model: Model) -> None:
    frame = moved(model)
    pairs = scored(frame, model)
    told = pairs.with_columns(extra := company(pairs, frame, model), weight=pl.col("weight") + extra)
    text = explain(told.filter(pl.col("company") > 0).head(1), model)
    assert "the rest of the household" in text
    assert "rare" not in text.split("the rest of the household")[1].splitlines()[0]
