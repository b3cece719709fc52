"""The developer's one call: records in, scored pairs out."""

import polars as pl

from matchers.blocking import LinkType
from matchers.engines.base import Engine
from matchers.engines.local import LocalEngine
from matchers.kernel import laid_out, score
from matchers.model import Model
from matchers.prepared import Records


def link(
    records: Records,
    model: Model,
    *,
    id: str = "id",  # noqa: A002
    source: str | None = None,
    link_type: LinkType = "both",
    engine: Engine | None = None,
    at_least: int | None = None,
) -> pl.DataFrame:
    """Find the pairs of records that may be one person, each with its weight and probability.

    Returns left, right (ids, left < right), context, grade_<comparison> Int8, weight Int32 (thousandths of a bit,
    prior included) and probability Float64 (assumed until the model is calibrated), sorted by left and right.
    `at_least` drops pairs of less weight.
    """
    pairs = (engine or LocalEngine()).scored(records, model, id=id, source=source, link_type=link_type)
    if at_least is not None:
        pairs = pairs.filter(pl.col("weight") >= at_least)
    return pairs.with_columns(probability())


def score_pairs(
    records: pl.DataFrame,
    pairs: pl.DataFrame,
    model: Model,
    *,
    id: str = "id",  # noqa: A002
    bits: bool = False,
) -> pl.DataFrame:
    """Score given pairs of ids (`left`, `right`), in their order, whether or not a block would have found them."""
    return score(laid_out(records, pairs, model, id=id), model, bits=bits)


def probability(weight: str = "weight") -> pl.Expr:
    """The expression that turns a weight in millibits into the probability that two records are one person."""
    return (1 / (1 + 2.0 ** (-pl.col(weight).cast(pl.Float64) / 1000))).alias("probability")
