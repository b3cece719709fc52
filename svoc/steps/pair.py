"""Score every pair of mentions that might be one person."""

import polars as pl

from matchers import Model
from matchers.engines.base import Engine
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["FEATURES", "features", "pair"]

FEATURES = (
    "source", "place", "forwarding_place", "title", "forename", "middle_names", "surname", "previous_surname", "dob",
    "phone", "email", "postcode", "forwarding_postcode", "since",
    "until",
)  # fmt: skip
"""The columns of a mention that the person model may read, beside its key."""


def features(mentions: pl.DataFrame) -> pl.DataFrame:
    """Give what the matchers see of the mentions that may be people: their key as `id`, and `FEATURES`."""
    people = mentions.filter((pl.col("kind") == "person") | (pl.col("source") == EVENTS_SOURCE))
    return people.select(pl.col("mention").alias("id"), *FEATURES).sort("id")


def pair(mentions: pl.DataFrame, model: Model, engine: Engine, *, touching: pl.Series | None = None) -> pl.DataFrame:
    """Give the scored pairs: `left`, `right`, `context` String, the grades, and `weight` Int32 in millibits.

    `mentions`: frame of `PLACED`. Only people and life events are paired, never companies, executors or voids;
    with `touching` (mention keys) only pairs that have one of these at an end.
    """
    return engine.scored(features(mentions), model, touching=touching)
