"""Puts persons in the order in which they may be meant."""

import re

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from matchers.comparisons.values import plain
from svoc.finding.said import Said
from svoc.words.persons import Person

__all__ = ["found", "ranked"]

LEAST = 70.0
"""Score out of 100 below which a name is not worth showing."""
ALL_OF_IT = 100.0
"""Score where all that was said is in the name: a forename alone is worth showing beside the longest surname."""
OTHER_FORM = 5.0
"""Points that a name loses where another form of it was said: Bill for William."""


def found(persons: pl.DataFrame, text: str, *, near: str | None = None, most: int = 10) -> list[Person]:
    """Give the likeliest persons of a frame of `PERSONS`, best first; a postcode in the text narrows the search.

    A name counts whole, in any order of its parts, whatever its spelling and in any of its forms; agreement of the
    postcode or of the address raises a person above namesakes elsewhere.
    """
    return [Person.of(row) for row in ranked(persons, Said.of(text, near), most=most).iter_rows(named=True)]


def ranked(persons: pl.DataFrame, said: Said, *, most: int) -> pl.DataFrame:
    """Give the likeliest rows of a frame with the names, address and postcode of `PERSONS`, best first."""
    if persons.is_empty() or not said.words:
        return persons.clear()
    return (
        persons.with_columns(score=_likeness(persons, said))
        .filter(pl.col("score") >= LEAST)
        .with_columns(score=pl.col("score") + _nearness(said.near))
        .sort("score", "person", descending=[True, False])
        .head(most)
        .drop("score")
    )


def _likeness(persons: pl.DataFrame, said: Said) -> pl.Series:
    """Score each name, with its middle names or without, by the form of what was said that is likest to it."""
    names = pl.concat([_named(persons, "forename", "middle_names", "surname"), _named(persons, "forename", "surname")])
    spelt = plain(names)
    different = spelt.drop_nulls().unique()
    known = dict(zip(different, _scores(said, different.to_list()), strict=True))
    scores = np.array([known.get(name, 0.0) for name in spelt]).reshape(2, -1)
    return pl.Series("score", scores.max(axis=0), dtype=pl.Float64)


def _named(persons: pl.DataFrame, *parts: str) -> pl.Series:
    return persons.select(pl.concat_str(*parts, separator=" ", ignore_nulls=True).alias("name")).to_series()


def _scores(said: Said, names: list[str]) -> list[float]:
    spellings = (*said.spellings, *said.other_forms)
    whole, partly = (
        process.cdist(spellings, names, scorer=scorer) for scorer in (fuzz.token_sort_ratio, fuzz.token_set_ratio)
    )
    scores = np.maximum(whole * 0.6 + partly * 0.4, np.where(partly == ALL_OF_IT, LEAST, 0.0))
    scores[len(said.spellings) :] -= OTHER_FORM
    found: list[float] = scores.max(axis=0).tolist()
    return found


def _nearness(near: str | None) -> pl.Expr:
    """Add points where postcode, sector or address agree with what was said."""
    if not near:
        return pl.lit(0.0)
    tight = re.sub(r"[^A-Z0-9]", "", near.upper())
    postcode = pl.col("postcode").str.replace_all(" ", "").fill_null("")
    address = pl.col("address").str.to_uppercase().fill_null("")
    return (
        pl.when(postcode == tight)
        .then(30.0)
        .when(address.str.contains(near.upper(), literal=True))
        .then(25.0)
        .when((postcode != "") & (postcode.str.head(-2) == tight[:-2]))
        .then(15.0)
        .otherwise(0.0)
    )
