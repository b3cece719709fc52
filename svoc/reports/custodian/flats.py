"""Flats that the gazetteer lists as a house, houses that it lists as flats, and dwellings crowded onto one UPRN."""

import polars as pl

from svoc.reports.custodian.standing import APART, Standing, shaped, used
from svoc.reports.custodian.written import units_of

__all__ = ["DIVIDED", "at_doubtful_buildings", "divided"]

DIVIDED: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "uprn": pl.Int64(),
    "text": pl.String(),
    "class_code": pl.String(),
    "units_written": pl.String(),
    "units_listed": pl.Int64(),
    "records": pl.Int64(),
    "systems": pl.Int64(),
    "accounts": pl.Int64(),
    "used_by": pl.String(),
    "since": pl.Date(),
    "references": pl.String(),
}
"""Columns and dtypes of the list of buildings that are divided otherwise than the gazetteer says."""

LEAST = 2
"""So many units written, or systems that write one, make a house doubtful; one writing of one system does not."""
LIVED_IN_AS_ONE = "^C|^RH|^RI"
"""Shops below flats, shared houses and institutions are not houses that were listed as flats."""


def at_doubtful_buildings(uses: pl.DataFrame) -> pl.DataFrame:
    """Give all uses of properties for which some record writes a unit that is not there; `at` is the property."""
    at = pl.when(pl.col("rung") == "disagreement").then("supplied_uprn").otherwise(pl.coalesce("uprn", "supplied_uprn"))
    placed = uses.with_columns(at=at).filter(pl.col("at").is_not_null())
    doubtful = placed.filter(pl.col("rung").is_in(["unit_absent", "disagreement"]))["at"].unique()
    return placed.filter(pl.col("at").is_in(doubtful.implode()))


def divided(uses: pl.DataFrame, read: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """List buildings divided otherwise than they are listed, the most used first; a frame of `DIVIDED`.

    Kinds: flats_as_house (a property with no parent and no unit where records write flats), flats_as_shell (the same
    where the gazetteer has the shell but no unit), several_on_one (different units at the UPRN of one), house_as_flats
    (units listed, and one record in the whole building that writes none).
    """
    at = units_of(at_doubtful_buildings(uses), read)
    units = at.filter(pl.col("unit") != "")
    words = pl.col("unit_words").sort_by(pl.col("unit_words").str.len_chars(), "unit_words").unique(maintain_order=True)
    told = units.group_by("at").agg(
        codes=pl.col("unit").n_unique(), units_written=words.str.join(APART), n=pl.col("source").n_unique()
    )
    listed = standing.properties.select("uprn", "text", "class_code", "unit", "parent_uprn", "parts", "status")
    rows = told.join(listed, left_on="at", right_on="uprn").filter(pl.col("status").is_in([1, 6]))
    house = (pl.col("parts") == 0) & (pl.col("unit") == "") & pl.col("parent_uprn").is_null()
    many = (pl.col("codes") >= LEAST) | (pl.col("n") >= LEAST)
    kind = (
        pl.when(house & many & pl.col("class_code").str.starts_with("P").fill_null(value=False))
        .then(pl.lit("flats_as_shell"))
        .when(house & many)
        .then(pl.lit("flats_as_house"))
        .when((pl.col("unit") != "") & (pl.col("codes") >= LEAST))
        .then(pl.lit("several_on_one"))
    )
    rows = rows.with_columns(kind=kind).filter(pl.col("kind").is_not_null())
    use = used(at, "at")
    both = [rows.join(use, on="at").rename({"at": "uprn"}), _houses_as_flats(uses, standing)]
    told = pl.concat([part.rename({"parts": "units_listed"}).select(shaped(DIVIDED)) for part in both])
    return told.sort("records", "systems", "uprn", descending=[True, True, False])


def _houses_as_flats(uses: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """Find buildings with units listed where all live in one: one account at most, and nobody writes a unit."""
    shells = standing.properties.filter(
        pl.col("parts") >= LEAST,
        pl.col("status") == 1,
        ~pl.col("class_code").str.contains(LIVED_IN_AS_ONE).fill_null(value=False),
    )
    parts = standing.gazetteer.parts.join(shells, on="uprn", how="semi")
    lived = parts.join(uses.filter(pl.col("uprn").is_not_null()), left_on="part", right_on="uprn", how="semi")
    named = uses.filter(pl.col("rung").is_in(["unit_absent", "tie", "disagreement"]))
    doubted = pl.concat([named["uprn"], named["rivals"].explode(), named["supplied_uprn"]]).drop_nulls().unique()
    touched = parts.filter(pl.col("part").is_in(doubted.implode()) | pl.col("uprn").is_in(doubted.implode()))
    whole = shells.join(lived, on="uprn", how="anti").join(touched, on="uprn", how="anti")
    use = used(uses.filter(pl.col("rung") == "unit_missing"), "uprn")
    most = 1 if uses["bills"].any() else 0
    rows = whole.join(use, on="uprn").filter(pl.col("accounts") == most)
    return rows.with_columns(kind=pl.lit("house_as_flats"), units_written=pl.lit(None, dtype=pl.String))
