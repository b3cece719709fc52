"""Addresses in use that the gazetteer lacks."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from gazetteer import find
from svoc.reports.custodian.neighbours import Neighbours
from svoc.reports.custodian.standing import APART, Standing, shaped, used
from svoc.reports.custodian.written import units_of

__all__ = ["LACKING", "MISSING", "left_out", "missing"]

LACKING: Mapping[str, str] = MappingProxyType(
    {
        "confirmed_absent": "a person confirmed that the gazetteer does not have it",
        "number_absent": "the street is there, this number or name is not",
        "unit_absent": "the building is there, this unit is not",
        "street_unknown": "the gazetteer has no such street",
        "weak": "nothing on the gazetteer is near enough",
        "no_match": "nothing on the gazetteer is like it",
    }
)
"""Rungs of addresses that the gazetteer may lack, and what they mean here."""

MISSING: dict[str, pl.DataType] = {
    "address": pl.String(),
    "postcode": pl.String(),
    "records": pl.Int64(),
    "systems": pl.Int64(),
    "used_by": pl.String(),
    "since": pl.Date(),
    "references": pl.String(),
    "rung": pl.String(),
    "meaning": pl.String(),
    "street": pl.String(),
    "street_known": pl.Boolean(),
    "building_uprn": pl.Int64(),
    "before": pl.String(),
    "after": pl.String(),
    "candidates": pl.String(),
    "uprns_given": pl.String(),
}
"""Columns and dtypes of the list of addresses that the gazetteer lacks."""

KEY = ["unit", "name", "number", "street", "relation"]
SUGGESTED = 3


def missing(uses: pl.DataFrame, read: pl.DataFrame, standing: Standing, neighbours: Neighbours) -> pl.DataFrame:
    """List the addresses in use that the gazetteer lacks, the most used first; a frame of `MISSING`.

    One row for an address, however it is written: in one building, in one street at one postcode, or, where no
    postcode tells, in one town. A street or a town alone is no address.
    """
    lacking = units_of(uses.filter(pl.col("rung").is_in(list(LACKING))), read)
    lacking = lacking.filter(pl.any_horizontal(pl.col("unit", "name", "number") != ""))
    building = pl.when(pl.col("rung") == "unit_absent").then("uprn")
    lacking = lacking.with_columns(building_uprn=building, code=pl.col("code").replace("", None))
    codes = pl.col("code").drop_nulls()
    one = pl.when(codes.n_unique().over(KEY) == 1).then(codes.first().over(KEY))
    place = pl.when(pl.col("building_uprn").is_null()).then(pl.coalesce("code", one, "town"))
    keyed = lacking.with_columns(
        place=place,
        words=pl.when(pl.col("building_uprn").is_null()).then(pl.concat_str(KEY, separator="|")).otherwise("unit"),
    ).with_columns(group=pl.struct("building_uprn", "words", "place").rank("dense"))
    first = keyed.sort(
        "group", "rung", pl.col("shown").str.len_chars(), "shown", descending=[False, False, True, False]
    )
    given = pl.col("supplied_uprn").drop_nulls().unique().sort().cast(pl.String).str.join(APART)
    told = first.group_by("group", maintain_order=True).agg(
        pl.col("shown", "unit", "number", "street", "street_known", "rung", "building_uprn").first(),
        postcode=pl.col("code").drop_nulls().first(),
        uprns_given=pl.when(pl.col("supplied_uprn").is_not_null().any()).then(given),
    )
    rows = told.join(used(keyed, "group"), on="group")
    return _with_neighbours(rows, standing, neighbours).select(shaped(MISSING))


def _with_neighbours(rows: pl.DataFrame, standing: Standing, neighbours: Neighbours) -> pl.DataFrame:
    beside: list[tuple[str | None, str | None]] = []
    candidates: list[str | None] = []
    for row in rows.select("shown", "unit", "number", "street", "postcode", "building_uprn").iter_rows(named=True):
        if row["building_uprn"] is not None:
            beside.append(neighbours.in_building(row["building_uprn"], row["unit"]))
            candidates.append(standing.shown([row["building_uprn"]]))
            continue
        beside.append(neighbours.in_street(row["street"], row["number"], row["postcode"] or ""))
        found = find(row["shown"], standing.gazetteer, limit=SUGGESTED).suggestions
        candidates.append(standing.shown(s.uprn for s in found if s.bits > 0))
    return rows.with_columns(
        pl.Series("before", [b for b, _ in beside], pl.String),
        pl.Series("after", [a for _, a in beside], pl.String),
        pl.Series("candidates", candidates, pl.String),
        address=pl.col("shown"),
        meaning=pl.col("rung").replace_strict(dict(LACKING), return_dtype=pl.String),
        street=pl.col("street").replace("", None),
    ).sort("records", "systems", "address", descending=[True, True, False])


def left_out(uses: pl.DataFrame) -> dict[str, int]:
    """Count the records that name no place which could be on the gazetteer, by rung: abroad, PO boxes, junk."""
    bare = uses.filter(pl.col("outcome").is_in(["none", "street"]) & ~pl.col("rung").is_in(list(LACKING)))
    counts = bare.unique(["source", "record"]).group_by("rung").len().sort("rung")
    return {rung: int(n) for rung, n in counts.iter_rows()}
