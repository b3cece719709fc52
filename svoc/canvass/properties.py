"""Roll the electors up to their properties and propose the canvass route of each."""

from collections.abc import Sequence

import polars as pl

from svoc.canvass.material import Material
from svoc.canvass.schemas import PROPERTIES

__all__ = ["DEFINED", "properties_of"]

DEFINED = ("RI", "RH", "CH", "CE")
"""What the class of a property begins with where one responsible person can tell who lives there: care homes, houses in
multiple occupation, halls and hostels (RPR 2001, reg 32ZBF, from memory)."""

REASONS = {
    "defined": "a responsible person can answer for all who live here",
    "all": "every elector is borne out by another system and nobody else is known here",
    "joined_by_others": "every elector is borne out, but others are known here who are not on the register",
    "part": "some electors are borne out and some are not",
    "none": "no elector is borne out",
    "no_electors": "nobody is on the register",
}


def properties_of(
    material: Material, electors: pl.DataFrame, new: pl.DataFrame, *, defined: Sequence[str] = DEFINED
) -> pl.DataFrame:
    """Give a frame of `PROPERTIES`: each live dwelling, and each other property with an elector.

    `electors`: frame of `ELECTORS`; `new`: frame of `NEW_RESIDENTS`. Route 1 takes all electors matched and nobody
    else known who is not registered anywhere; route 3 goes by the class of the property; the rest is route 2.
    """
    here = electors.drop_nulls("uprn").group_by("uprn").agg(electors=pl.len(), matched=pl.col("matched").sum())
    fresh = new.filter(~pl.col("registered_elsewhere")).group_by("uprn").agg(not_registered=pl.len())
    homes = material.properties.with_columns(dwelling=pl.col("class_code").str.starts_with("R"))
    every = homes.join(here, on="uprn", how="full", coalesce=True).join(fresh, on="uprn", how="left")
    counts = pl.col("electors", "matched", "not_registered").fill_null(0).cast(pl.Int64)
    rows = every.filter(pl.col("dwelling") | pl.col("electors").is_not_null()).with_columns(counts)
    outcome = (
        pl.when(pl.col("electors") == 0)
        .then(pl.lit("no_electors"))
        .when(pl.col("matched") == pl.col("electors"))
        .then(pl.lit("all"))
        .when(pl.col("matched") > 0)
        .then(pl.lit("part"))
        .otherwise(pl.lit("none"))
    )
    classed = [pl.col("class_code").str.starts_with(each).fill_null(value=False) for each in defined]
    reason = (
        pl.when(pl.any_horizontal(pl.lit(value=False), *classed))
        .then(pl.lit("defined"))
        .when((pl.col("outcome") == "all") & (pl.col("not_registered") > 0))
        .then(pl.lit("joined_by_others"))
        .otherwise("outcome")
    )
    told = rows.with_columns(outcome=outcome).with_columns(reason=reason)
    route = pl.col("reason").replace_strict({"defined": 3, "all": 1}, default=2, return_dtype=pl.Int8)
    why = pl.col("reason").replace_strict(REASONS, return_dtype=pl.String)
    words = pl.concat_str(
        pl.lit("Route "), "route", pl.lit(": "), why, pl.lit(" ("), "matched", pl.lit(" of "), "electors",
        pl.lit(" electors matched)."),
    )  # fmt: skip
    return told.with_columns(route=route).with_columns(words=words).select(PROPERTIES.keys()).sort("uprn")
