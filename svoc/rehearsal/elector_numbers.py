"""Elector numbers of the rehearsal town: in street order within a polling district, allotted anew by each register."""

import polars as pl

from svoc.rehearsal.places import World

STREETS_A_DISTRICT = 25

ORDER = (
    "district",
    "within",
    "pao_start",
    "pao_text",
    "sao_start",
    "sao_text",
    "dwelling",
    "surname",
    "forename",
    "person",
)
"""The order of a register: street by street, house by house, then by name."""


def _letters(index: int) -> str:
    return chr(ord("A") + index // 26 % 26) + chr(ord("A") + index % 26)


def _published(entries: pl.DataFrame, world: World, *, edition: int) -> pl.DataFrame:
    """Number the electors of a register on the day it is published.

    The walk of a second edition begins half-way round each district, so that hardly a number stays with its elector and
    almost every one is given to another.
    """
    places = world.dwellings.select("dwelling", "ward", "usrn", "pao_start", "pao_text", "sao_start", "sao_text")
    placed = entries.join(places, on="dwelling", how="left", maintain_order="left")
    streets = places.select("ward", "usrn").unique()
    streets = pl.concat([streets, pl.DataFrame({"ward": [None], "usrn": [None]}, schema=streets.schema)]).unique()
    streets = streets.sort("ward", "usrn", nulls_last=True)
    wards = streets["ward"].unique().sort(nulls_last=True).to_list()
    letters = {ward: _letters(index) for index, ward in enumerate(wards)}
    part = pl.int_range(pl.len()).over("ward")
    streets = streets.with_columns(within=part).with_columns(
        district=pl.col("ward").replace_strict(letters, return_dtype=pl.String)
        + (pl.col("within") // STREETS_A_DISTRICT + 1).cast(pl.String)
    )
    placed = placed.join(streets, on=["ward", "usrn"], how="left", nulls_equal=True, maintain_order="left")
    placed = placed.sort(ORDER, nulls_last=True)
    begins = (pl.len() // 2) * (edition - 1)
    number = ((pl.int_range(pl.len()) + begins) % pl.len() + 1).over("district").cast(pl.Int32)
    return placed.with_columns(number=number, suffix=pl.lit(0, pl.Int32))


def _added(later: pl.DataFrame, register: pl.DataFrame, world: World) -> pl.DataFrame:
    """Number those added since: the last number of their street, and a suffix."""
    streets = world.dwellings.select("dwelling", "usrn", "ward")
    last = register.group_by("usrn", "ward").agg(pl.col("district").max(), pl.col("number").max())
    later = later.join(streets, on="dwelling", how="left").join(last, on=["usrn", "ward"], how="left")
    later = later.with_columns(pl.col("district").fill_null("ZZ1"), pl.col("number").fill_null(1))
    later = later.sort("entry", "district", "number", "person", "dwelling")
    suffix = (pl.int_range(pl.len()) + 1).over("district", "number").cast(pl.Int32)
    return later.with_columns(suffix=suffix)


def number_electors(entries: pl.DataFrame, world: World, *, revised: int | None = None) -> pl.DataFrame:
    """Number every entry; gives the entries with district, number, suffix, record and edition.

    Needs dwelling, person, surname, forename, entry (its first night) and to_night. On the night `revised` a revised
    register is published: whoever is on it then has a second entry with a new number, edition 2, and the old one ends.
    So a number of the first edition may be another elector's in the second.
    """
    first = _edition(entries if revised is None else entries.filter(pl.col("entry") < revised), world, edition=1)
    if revised is None:
        return first
    lasting = pl.col("to_night").is_null() | (pl.col("to_night") > revised)
    at_revision = pl.max_horizontal("entry", pl.lit(revised, pl.Int8))
    again = entries.filter(lasting).with_columns(entry=at_revision)
    ended = first.with_columns(to_night=pl.when(lasting).then(pl.lit(revised, pl.Int8)).otherwise("to_night"))
    return pl.concat([ended, _edition(again, world, edition=2, opens=revised)], how="diagonal_relaxed")


def _edition(entries: pl.DataFrame, world: World, *, edition: int, opens: int = 0) -> pl.DataFrame:
    register = _published(entries.filter(pl.col("entry") <= opens), world, edition=edition)
    added = _added(entries.filter(pl.col("entry") > opens), register, world)
    numbered = pl.concat([register, added], how="diagonal_relaxed")
    tail = pl.when(pl.col("suffix") > 0).then(pl.concat_str(pl.lit("/"), "suffix")).otherwise(pl.lit(""))
    key = pl.concat_str("district", pl.lit("-"), "number", tail)
    return numbered.with_columns(record=key, edition=pl.lit(edition, pl.Int16))
