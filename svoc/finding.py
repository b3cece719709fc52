"""Find persons by what somebody says on the telephone: a name, and where."""

import re

import polars as pl
from rapidfuzz import fuzz, process

from svoc.words.persons import Person

__all__ = ["found"]

POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b")
LEAST = 70.0
"""Score out of 100 below which a name is not worth showing."""


def found(persons: pl.DataFrame, text: str, *, near: str | None = None, most: int = 10) -> list[Person]:
    """Give the likeliest persons of a frame of `PERSONS`, best first; a postcode in the text narrows the search.

    A name counts whole, in any order of its parts and whatever its spelling; agreement of the postcode or of the
    address raises a person above namesakes elsewhere.
    """
    said = text.upper()
    code = POSTCODE.search(said)
    if code and near is None:
        near, said = f"{code[1]} {code[2]}", POSTCODE.sub(" ", said)
    if persons.is_empty() or not said.strip():
        return []
    names = persons.select(
        pl.concat_str("forename", "middle_names", "surname", separator=" ", ignore_nulls=True)
    ).to_series()
    scores = process.cdist([" ".join(said.split())], names.to_list(), scorer=fuzz.token_sort_ratio)[0]
    partly = process.cdist([" ".join(said.split())], names.to_list(), scorer=fuzz.token_set_ratio)[0]
    ranked = (
        persons.with_columns(score=pl.Series(scores) * 0.6 + pl.Series(partly) * 0.4)
        .filter(pl.col("score") >= LEAST)
        .with_columns(score=pl.col("score") + _nearness(near))
        .sort("score", "person", descending=[True, False])
        .head(most)
    )
    return [Person.of(row) for row in ranked.iter_rows(named=True)]


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
