"""Score every pair of mentions that might be one person, or only those that tonight's changes touch."""

import numpy as np
import polars as pl

from matchers import LocalEngine, Model, company
from matchers.engines.base import Engine
from matchers.evidence import APART, TOGETHER, level_bits
from matchers.keyed import partners
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["FEATURES", "besides", "features", "pair", "pair_again", "pair_people"]

FEATURES = (
    "source", "place", "forwarding_place", "title", "forename", "middle_names", "surname", "previous_surname",
    "alternative_surname", "dob", "phone", "email", "postcode", "forwarding_postcode", "since", "until",
)  # fmt: skip
"""What the person model may read of a mention, beside its key: its columns, and the surname that it may share with
the one other party of its account."""
NAMES = {"title", "forename", "surname"}
"""What says who somebody is called, and nothing besides."""


def features(mentions: pl.DataFrame) -> pl.DataFrame:
    """Give what the matchers see of the mentions that may be people: their key as `id`, and `FEATURES`.

    What it gives of a mention rests on the mentions of the same record and on no others.
    """
    people = mentions.filter((pl.col("kind") == "person") | (pl.col("source") == EVENTS_SOURCE))
    account = ("source", "record")
    other = (
        pl.when(pl.col("party") == pl.col("party").min())
        .then(pl.col("surname").last())
        .otherwise(pl.col("surname").first())
    )
    shared = pl.when((pl.len() == 2) & (other != pl.col("surname"))).then(other).over(account, order_by="party")
    people = people.with_columns(alternative_surname=shared)
    return people.select(pl.col("mention").alias("id"), *FEATURES).sort("id")


def pair(mentions: pl.DataFrame, model: Model, engine: Engine, *, touching: pl.Series | None = None) -> pl.DataFrame:
    """Give the scored pairs: `left`, `right`, `context` String, the grades, `company`, `besides` and `weight` Int32.

    `mentions`: frame of `PLACED`. Only people and life events are paired, never companies, executors or voids; with
    `touching` (mention keys) only pairs that have one of these at an end. All three are in millibits: the weight of a
    pair at two places holds what the rest of the household says, `company` (`matchers.company`); `besides` is the most
    that anything but names and titles, their own and their household's, says for it.
    """
    return pair_people(features(mentions), model, engine, touching=touching)


def pair_people(
    people: pl.DataFrame, model: Model, engine: Engine, *, touching: pl.Series | None = None
) -> pl.DataFrame:
    """Give the same for `people`, from `features`."""
    return _weighed(engine.scored(people, model, touching=touching), people, model)


def pair_again(
    people: pl.DataFrame,
    before: pl.DataFrame,
    model: Model,
    *,
    keys: pl.DataFrame,
    touching: pl.Series,
    gone: pl.Series,
) -> pl.DataFrame:
    """Give the same as `pair`, scoring only the pairs that have a touched mention at an end.

    `people`: from `features`; `before`: yesterday's pairs; `keys`: from `matchers.keyed`, of the same people;
    `touching`: keys of all mentions at every place where anything changed, and of all that changed elsewhere;
    `gone`: of those that are here no more.
    """
    kept = before.filter(~(_ends_in("left", touching, gone) | _ends_in("right", touching, gone)))
    proposed = partners(keys, model.blocks, touching)
    ends = pl.concat([proposed["left"], proposed["right"]]).unique()
    met = people.filter(pl.col("id").is_in(ends.implode()))
    fresh = LocalEngine().scored_pairs(met, proposed, model)  # so few that another machine would only take longer
    # What a household says of a pair, it says by who is known to be somebody else at either end.
    beside = kept.filter((pl.col("context") == TOGETHER) & _ends_in("left", ends) & _ends_in("right", ends))
    weighed = _weighed(pl.concat([fresh, beside.select(fresh.columns)]), met, model).head(fresh.height)
    return pl.concat([kept, weighed.select(before.columns)]).sort("left", "right")


def _ends_in(end: str, *keys: pl.Series) -> pl.Expr:
    return pl.col(end).is_in(pl.concat(keys).implode())


def _weighed(pairs: pl.DataFrame, people: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Add what the household says, and what something besides the name says."""
    # A life event is nobody's company: told or not, it must leave the records as they are.
    resident = pl.when(pl.col("source") != EVENTS_SOURCE).then("place")
    added = company(pairs, people.with_columns(place=resident), model)
    return pairs.with_columns(added, besides(pairs, model), weight=pl.col("weight") + added)


def besides(pairs: pl.DataFrame, model: Model) -> pl.Series:
    """Give the most bits that a comparison which reads neither name nor title gives; 0 for a pair at one place."""
    most = np.zeros(pairs.height, dtype=np.int64)
    for comparison in model.comparisons:
        if not NAMES & set(comparison.columns):
            levels = model.knowledge.levels[comparison.name][APART]
            most = np.maximum(most, level_bits(levels, pairs[f"grade_{comparison.name}"].to_numpy()))
    most[(pairs["context"] != APART).to_numpy()] = 0
    return pl.Series("besides", most).cast(pl.Int32)
