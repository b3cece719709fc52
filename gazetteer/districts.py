"""Makes one gazetteer of several districts', as where councils become one; what stands in both is settled and told.

Each district's files are read by themselves, so that each may have a format of its own, and changes of one are never
applied to another. Then:

- A UPRN in two of them is one property where one address is the same or the two pins lie within 25 metres of each
  other (`boundary`): the record that stands is the one in use, then that of the property's own custodian, then the one
  updated last; the other's addresses are kept as alternatives. Otherwise it is a `clash`: one of the two was allotted
  wrongly, and the other property is left out, with all that hangs on it, until somebody mends it.
- A USRN under which two districts have streets of no common name is a clash too; there the street of the district
  named later loses its other names, and its addresses keep what is written in them.
- How many UPRNs are which is in `supply.counts`, as `boundary` and `clash`.
- Cross references keep apart: their source is `district/code` (see `of_district`), so that one district's account
  number is never looked up among another's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from gazetteer.formats import read_tables
from gazetteer.formats.base import ADDRESSES, Schema, Supply, Tables
from gazetteer.formats.changes import together
from gazetteer.saved import is_saved, read_frames

__all__ = ["SHARED", "STREETS_SHARED", "Joined", "join_districts", "of_district", "read_district"]

SHARED: Schema = {
    "uprn": pl.Int64(),
    "kind": pl.String(),  # boundary or clash
    "kept": pl.String(),  # the district whose record stands
    "other": pl.String(),
    "custodian": pl.Int32(),
    "custodian_other": pl.Int32(),
    "status": pl.Int16(),
    "status_other": pl.Int16(),
    "postcode": pl.String(),
    "postcode_other": pl.String(),
}
"""A UPRN in the gazetteers of two districts."""

STREETS_SHARED: Schema = {
    "usrn": pl.Int64(),
    "kind": pl.String(),
    "kept": pl.String(),
    "other": pl.String(),
    "names": pl.String(),
    "names_other": pl.String(),
}
"""A USRN in the gazetteers of two districts."""

_NEAR = 25.0  # metres; a pin is set by hand, and no two front doors that share a UPRN by mistake lie so near
_LIVE = (1, 6)
_TABLES = ("properties", "addresses", "streets", "cross_references", "successors", "more")
_WRITTEN = (
    "organisation", "sao_start", "sao_start_suffix", "sao_end", "sao_end_suffix", "sao_text", "pao_start",
    "pao_start_suffix", "pao_end", "pao_end_suffix", "pao_text", "street", "locality", "town", "text",
)  # fmt: skip
_HOUSE = ("sao_start", "sao_start_suffix", "sao_text", "pao_start", "pao_start_suffix", "pao_text", "street", "text")


@dataclass(frozen=True, slots=True)
class Joined:
    """Several districts' records as one; `shared`: frame of `SHARED`; `streets`: frame of `STREETS_SHARED`."""

    tables: Tables
    shared: pl.DataFrame
    streets: pl.DataFrame


def of_district(district: str, code: str) -> str:
    """Gives the cross-reference source under which a district's references stand in the joined gazetteer.

    >>> of_district("north", "CT")
    'north/CT'
    """
    return f"{district}/{code}"


def read_district(paths: list[Path], columns: Mapping[str, str] | None = None) -> Tables:
    """Reads one district's records: a supplier's files, or a folder that `Gazetteer.save` wrote."""
    if len(paths) == 1 and is_saved(paths[0]):
        frames, supply = read_frames(paths[0], _TABLES)
        return Tables(**frames, supply=supply)
    return read_tables(paths, columns)


def join_districts(districts: Mapping[str, Tables]) -> Joined:
    """Makes one gazetteer of several, by the name of the district; see this module's first words.

    >>> from gazetteer.examples import barchester
    >>> here = barchester().tables
    >>> joined = join_districts({"north": here, "south": here})
    >>> joined.tables.properties.height == here.properties.height, joined.shared["kind"].unique().to_list()
    (True, ['boundary'])
    """
    properties = _stacked(districts, "properties").with_columns(_own(districts))
    addresses = _stacked(districts, "addresses")
    shared = _shared(properties, addresses)
    streets = _streets_shared(_stacked(districts, "streets"))
    lost = shared.filter(pl.col("kind") == "clash").select("uprn", district="other")
    tables = Tables(
        properties=_properties(properties, shared, lost, districts),
        addresses=_addresses(addresses, shared, lost, streets),
        streets=_streets(_stacked(districts, "streets"), streets),
        cross_references=_references(_without(_stacked(districts, "cross_references"), lost), districts),
        successors=_successors(_stacked(districts, "successors"), lost),
        supply=_supply(districts, shared),
        more=_without(_stacked(districts, "more"), lost).drop("district").sort("uprn", maintain_order=True),
    )
    return Joined(tables, shared, streets)


def _stacked(districts: Mapping[str, Tables], name: str) -> pl.DataFrame:
    """Lays a table of all districts under one another, with the name of each row's `district`."""
    frames: list[pl.DataFrame] = [getattr(tables, name) for tables in districts.values()]
    named = [frame.with_columns(district=pl.lit(name)) for name, frame in zip(districts, frames, strict=True)]
    return pl.concat(named, how="diagonal")


def _own(districts: Mapping[str, Tables]) -> pl.Expr:
    codes = {name: tables.supply.custodian for name, tables in districts.items()}
    own = pl.col("district").replace_strict(codes, return_dtype=pl.Int32)
    return (pl.col("custodian") == own).fill_null(value=False).alias("own")


def _without(frame: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    return frame.join(lost, on=["uprn", "district"], how="anti", maintain_order="left")


# --- which stand in both


def _ranked(properties: pl.DataFrame) -> pl.DataFrame:
    """Puts the record of each UPRN that stands first."""
    order = pl.int_range(pl.len()).alias("order")
    live = pl.col("status").is_in(_LIVE).fill_null(value=True).alias("live")
    ranked = properties.with_columns(order, live)
    return ranked.sort(
        ["uprn", "live", "own", "updated", "order"], descending=[False, True, True, True, False], nulls_last=True
    )


def _shared(properties: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    several = _ranked(properties).filter(pl.len().over("uprn") > 1)
    first = several.unique("uprn", keep="first", maintain_order=True)
    rest = several.join(first, on=["uprn", "district"], how="anti")
    pairs = rest.join(first, on="uprn", suffix="_kept")
    near = ((pl.col("x") - pl.col("x_kept")) ** 2 + (pl.col("y") - pl.col("y_kept")) ** 2).sqrt() <= _NEAR
    pairs = pairs.with_columns(near=near.fill_null(value=False))
    alike = _alike(pairs.select("uprn", "district", "district_kept"), addresses)
    same = pairs.join(alike, on=["uprn", "district"], how="left").with_columns(
        kind=pl.when(pl.col("near") | pl.col("alike")).then(pl.lit("boundary")).otherwise(pl.lit("clash"))
    )
    named = {"kept": "district_kept", "other": "district"}
    told = {f"{each}_other": each for each in ("custodian", "status", "postcode")}
    stands = {each: f"{each}_kept" for each in ("custodian", "status", "postcode")}
    return same.select("uprn", "kind", **named, **told, **stands).select(SHARED.keys()).sort("uprn", "other")


def _alike(pairs: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """Says of which pairs one address is written alike in both: the unit, the house and the street, or the line."""
    parts = [pl.col(name).cast(pl.String).fill_null("").str.to_uppercase() for name in _HOUSE]
    house = pl.concat_str(parts, separator="|").str.replace_all(r"[^A-Z0-9|]", "")
    asked = addresses.join(pairs.select("uprn").unique(), on="uprn", how="semi")
    written = asked.select("uprn", "district", house=house)
    written = written.filter(pl.col("house").str.contains("[A-Z0-9]")).unique()
    both = pairs.join(written, on=["uprn", "district"]).join(
        written, left_on=["uprn", "district_kept", "house"], right_on=["uprn", "district", "house"]
    )
    return both.select("uprn", "district", alike=pl.lit(value=True)).unique()


def _streets_shared(streets: pl.DataFrame) -> pl.DataFrame:
    tidy = pl.col("description").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    names = streets.group_by("usrn", "district", maintain_order=True).agg(
        tidy=tidy.unique(), names=pl.col("description").unique().sort().str.join("; ")
    )
    first = names.unique("usrn", keep="first", maintain_order=True)
    rest = names.join(first, on=["usrn", "district"], how="anti").join(first, on="usrn", suffix="_kept")
    common = pl.col("tidy").list.set_intersection("tidy_kept").list.len() > 0
    return rest.select(
        "usrn",
        kind=pl.when(common).then(pl.lit("boundary")).otherwise(pl.lit("clash")),
        kept="district_kept",
        other="district",
        names="names_kept",
        names_other="names",
    ).sort("usrn", "other")


# --- one table of each kind


def _properties(
    properties: pl.DataFrame, shared: pl.DataFrame, lost: pl.DataFrame, districts: Mapping[str, Tables]
) -> pl.DataFrame:
    others = shared.select("uprn", district="other")
    stand = properties.join(others, on=["uprn", "district"], how="anti", maintain_order="left")
    # A flat of the district whose building was left out does not belong to the building that stands.
    orphaned = lost.rename({"uprn": "parent_uprn"}).with_columns(orphaned=pl.lit(value=True))
    stand = stand.join(orphaned, on=["parent_uprn", "district"], how="left", maintain_order="left")
    columns = next(iter(districts.values())).properties.columns
    parent = pl.when(pl.col("orphaned").is_null()).then("parent_uprn").alias("parent_uprn")
    return stand.with_columns(parent).select(columns).sort("uprn")


def _addresses(
    addresses: pl.DataFrame, shared: pl.DataFrame, lost: pl.DataFrame, streets: pl.DataFrame
) -> pl.DataFrame:
    second = shared.select("uprn", district="other", second=pl.lit(value=True))
    kept = _without(addresses, lost).join(second, on=["uprn", "district"], how="left", maintain_order="left")
    kept = kept.sort("uprn", pl.col("second").fill_null(value=False), maintain_order=True)
    # What both write is told once; what only the other writes is an alternative.
    repeated = pl.col("second").is_not_null() & ~pl.struct("uprn", "status", *_WRITTEN).is_first_distinct()
    alternative = pl.col("second").is_not_null() & pl.col("status").fill_null(1).is_in(_LIVE)
    clashing = streets.filter(pl.col("kind") == "clash").select("usrn", district="other", elsewhere=pl.lit(value=True))
    kept = kept.filter(~repeated).join(clashing, on=["usrn", "district"], how="left", maintain_order="left")
    return (
        kept.with_columns(
            status=pl.when(alternative).then(pl.lit(3, pl.Int16)).otherwise("status"),
            usrn=pl.when(pl.col("elsewhere").is_null()).then("usrn"),
            key=pl.when(pl.col("second").is_null())
            .then("key")
            .otherwise(pl.concat_str("district", "key", separator="/")),
        )
        .select(ADDRESSES.keys())
        .sort("uprn", "key")
    )


def _streets(streets: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    clashing = shared.filter(pl.col("kind") == "clash").select("usrn", district="other")
    stand = streets.join(clashing, on=["usrn", "district"], how="anti", maintain_order="left").drop("district")
    return stand.unique(["usrn", "language", "description"], keep="first", maintain_order=True).sort("usrn", "language")


def _references(references: pl.DataFrame, districts: Mapping[str, Tables]) -> pl.DataFrame:
    columns = next(iter(districts.values())).cross_references.columns
    source = pl.concat_str("district", pl.col("source").fill_null(""), separator="/")
    return references.with_columns(source=source).select(columns).sort("uprn", "source", "reference")


def _successors(successors: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    to = lost.rename({"uprn": "successor"})
    stand = _without(successors, lost).join(to, on=["successor", "district"], how="anti", maintain_order="left")
    return stand.drop("district").unique(maintain_order=True).sort("uprn", "successor")


def _supply(districts: Mapping[str, Tables], shared: pl.DataFrame) -> Supply:
    supplies = [tables.supply for tables in districts.values()]
    dialects = dict.fromkeys(supply.dialect for supply in supplies)
    sources = tuple(source for supply in supplies for source in supply.sources)
    whole = together(supplies)
    both = {kind: shared.filter(kind=kind)["uprn"].n_unique() for kind in ("boundary", "clash")}
    return replace(
        whole, dialect=" and ".join(dialects), custodian=None, sources=sources, counts={**whole.counts, **both}
    )
