"""Levels a pair by where it says to be: the postcode, and the town and locality.

In flow the columns of a pair and the level of its street; out flow the levels `postcode` and `place`.
"""

from functools import cache

import polars as pl

from gazetteer.evidence.columns import among


@cache
def postcode_level() -> pl.Expr:
    """Levels the postcodes by how much of them is the same: all, the sector, the district, the area, or nothing."""
    same = {name: pl.col(f"m_{name}") == pl.col(f"v_{name}") for name in ("postcode", "sector", "district", "area")}
    return (
        pl.when(same["postcode"].is_null())
        .then(pl.lit("missing"))
        .when(same["postcode"])
        .then(pl.lit("equal"))
        .when(same["sector"])
        .then(pl.lit("sector"))
        .when(same["district"])
        .then(pl.lit("district"))
        .when(same["area"])
        .then(pl.lit("area"))
        .otherwise(pl.lit("foreign"))
    )


@cache
def postcode_beyond() -> pl.Expr:
    """Takes a foreign postcode for a wrong one where street and town are ours: boundary streets have such postcodes."""
    town = among(pl.col("m_places"), pl.col("v_town")) & pl.col("street").is_in(["equal", "close"])
    return pl.when((pl.col("postcode") == "foreign") & town).then(pl.lit("area")).otherwise("postcode")


@cache
def place_level() -> pl.Expr:
    """Levels the town and locality; other ones are worse where the postcode does not hold the two sides together."""
    town = among(pl.col("m_places"), pl.col("v_town"))
    locality = among(pl.col("m_places"), pl.col("v_locality"))
    near = pl.col("postcode").is_in(["equal", "sector", "district"])
    return (
        pl.when(pl.col("m_places") == "")
        .then(pl.lit("missing"))
        .when(town & locality & (pl.col("v_town") != pl.col("v_locality")))
        .then(pl.lit("both"))
        .when(town | locality)
        .then(pl.lit("match"))
        .when((pl.col("v_town") == "") & (pl.col("v_locality") == ""))
        .then(pl.lit("missing"))
        .when(near)
        .then(pl.lit("different"))
        .otherwise(pl.lit("contrary"))
    )
