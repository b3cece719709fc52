"""DOOR: a survivorship rule is one short function that ranks candidate facts; the highest rank survives.

Each rule returns a polars expression over a person's member records (the columns of `svoc.words.mentions.PLACED`;
`trust` Int32, the place of the record's source in the policy, higher is more trusted; `lasting` Boolean, whether the
stay lasts on the day of the night). It gives a whole number, never null. Add a function here and its name in
`RULES`; `survivorship.toml` may then name it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

__all__ = ["RULES", "Rule"]

Rule = Callable[[str], pl.Expr]
"""Takes the name of a fact and ranks the records that hold it."""


def freshest(fact: str) -> pl.Expr:
    """Prefer the record whose stay began last; one that has ended or not yet begun comes after all that last."""
    lasts = pl.col("lasting").cast(pl.Int64) * 10_000_000
    return lasts + pl.coalesce("since", "until").cast(pl.Int32).cast(pl.Int64).fill_null(0)


def fullest(fact: str) -> pl.Expr:
    """Prefer the longest text: JOHN before J, SMITH-JONES before SMITH."""
    return pl.col(fact).cast(pl.String).str.len_chars().cast(pl.Int64).fill_null(0)


def most_trusted(fact: str) -> pl.Expr:
    """Prefer the source that the policy puts first."""
    return pl.col("trust").cast(pl.Int64)


def commonest(fact: str) -> pl.Expr:
    """Prefer the value that most of the person's records hold."""
    return pl.len().over("person", fact).cast(pl.Int64)


def surest_placed(fact: str) -> pl.Expr:
    """Prefer a record that is placed on one property over one that is not."""
    return pl.col("place").is_not_null().cast(pl.Int64)


RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.__name__: rule for rule in (freshest, fullest, most_trusted, commonest, surest_placed)}
)
"""The rules that a policy may name."""
