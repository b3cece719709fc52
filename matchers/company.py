"""Evidence between places: a household moves together, so that its other members speak for each of them."""

import numpy as np
import polars as pl

from matchers.errors import require_columns
from matchers.evidence import APART, TOGETHER, level_bits
from matchers.model import Model

__all__ = ["company"]

COMES_TOO = 0.7
"""Assumed: how often another member of a household is seen at the new place too, where one has moved."""
TELLING = 1_000
"""Thousandths of a bit from which a pair says anything for the pair beside it."""
MOST = 10_000
"""No company adds more than ten bits: that a household moved is one fact, however many of it are seen."""
CROWD = 64
"""Between two places with more pairs than this, care homes and halls, people come and go one by one."""


def company(pairs: pl.DataFrame, people: pl.DataFrame, model: Model) -> pl.Series:
    """Give what the rest of the household adds to each pair at two places, `company` Int32 in thousandths of a bit.

    `pairs`: as `score` gives them (left, right, context, grade_<comparison>, weight), those at one place among them;
    `people`: `id`, the model's place column, `since` and `until` Date. A pair A, B is in company where another pair
    C, D goes between the same two places, where C is certainly not A and D not B, and where C stayed with A and D
    with B. It counts as within a household, where a common surname says nothing: the best of the pair's companies
    adds log2(0.3 + 0.7 * 2^bits), for given that A is B, C comes too in seven cases of ten. Pairs at one place, those
    without company, and all pairs of a model that knows no places have 0.
    """
    place = model.place
    if place is None:
        return pl.repeat(0, pairs.height, dtype=pl.Int32, eager=True).alias("company")
    require_columns(["id", place, "since", "until"], people.columns, where="the people")
    numbered = pairs.select(
        "left", "right", "context", "weight", kin=_within_a_household(pairs, model)
    ).with_row_index()
    moves = _between_places(
        numbered.filter(pl.col("context") == APART), people.select("id", "since", "until", at=place)
    )
    if moves.is_empty():
        return pl.repeat(0, pairs.height, dtype=pl.Int32, eager=True).alias("company")
    known_apart = numbered.filter((pl.col("context") == TOGETHER) & (pl.col("weight") < 0)).select("left", "right")
    strangers = pl.concat([known_apart, known_apart.select(left="right", right="left")])
    beside = (
        moves.join(moves.filter(pl.col("kin") >= TELLING), on=["here", "there"], suffix="_too")
        .filter(pl.col("index") != pl.col("index_too"))
        .filter(_at_once("_a") & _at_once("_b"))
        .join(strangers, left_on=["a", "a_too"], right_on=["left", "right"], how="semi")
        .join(strangers, left_on=["b", "b_too"], right_on=["left", "right"], how="semi")
        .group_by("index")
        .agg(pl.col("kin_too").max())
    )
    odds = 1 - COMES_TOO + COMES_TOO * 2.0 ** (pl.col("kin_too") / 1000)
    added = beside.select("index", company=(odds.log(2) * 1000).round().clip(0, MOST).cast(pl.Int32))
    told = numbered.select("index").join(added, on="index", how="left", maintain_order="left")
    return told["company"].fill_null(0)


def _within_a_household(pairs: pl.DataFrame, model: Model) -> pl.Series:
    """What a pair would weigh at one place by what matches are told by, prior and rarity aside."""
    total = np.zeros(pairs.height, dtype=np.int64)
    for comparison in model.comparisons:
        if comparison.leads and model.place not in comparison.columns:
            levels = model.knowledge.levels[comparison.name][TOGETHER]
            total += level_bits(levels, pairs[f"grade_{comparison.name}"].to_numpy())
    return pl.Series("kin", total)


def _between_places(apart: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Lay the pairs between two places so that A is at the lower: a, b, here, there, their stays, kin and index."""
    sides = apart.join(people, left_on="left", right_on="id").join(people, left_on="right", right_on="id", suffix="_r")
    sides = sides.filter(pl.col("at") != pl.col("at_r"))
    turned = pl.col("at") > pl.col("at_r")

    def first(one: str, other: str) -> pl.Expr:
        return pl.when(turned).then(pl.col(other)).otherwise(pl.col(one))

    return sides.select(
        "index",
        "kin",
        a=first("left", "right"),
        b=first("right", "left"),
        here=first("at", "at_r"),
        there=first("at_r", "at"),
        since_a=first("since", "since_r"),
        until_a=first("until", "until_r"),
        since_b=first("since_r", "since"),
        until_b=first("until_r", "until"),
    ).filter(pl.len().over("here", "there").is_between(2, CROWD))


def _at_once(end: str) -> pl.Expr:
    """Tell whether two stays at one end overlap; what is not known may."""
    before = pl.col(f"since{end}") < pl.col(f"until{end}_too")
    after = pl.col(f"since{end}_too") < pl.col(f"until{end}")
    return before.fill_null(value=True) & after.fill_null(value=True)
