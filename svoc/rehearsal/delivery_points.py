"""Writes the town's delivery points, the Royal Mail's own address of a property, which is not the council's."""

import numpy as np
import polars as pl

from svoc.rehearsal.place_schema import generator
from svoc.rehearsal.places import World
from svoc.rehearsal.written_addresses import letter_is_free

UNKNOWN = 0.03  # share of homes and shops that the Royal Mail does not know
GLUED = 0.15  # of FLAT A, 12: written 12A
SHORTENED = 0.1  # of ranges: the first number only
UNPLACED = 0.3  # of those in a locality: written without it
_ABSENT = ("annexe", "bedsit", "shell", "land", "garage", "street_record", "planned", "demolished")
_FIRST_UDPRN = 50_000_000


def delivery_points(world: World) -> pl.DataFrame:
    """Write the delivery points of all the town's nights.

    Gives one row per property that has one, sorted by uprn: uprn, udprn Int64, row UInt32 (the property's place
    in `world.properties`), opens, closes Int8, start Date, and the parts of the address (String): organisation,
    sub_building, building_name, building_number, thoroughfare, dependent_locality, post_town, postcode, suffix.
    """
    rng = generator(world.seed, "delivery points")
    rows = world.properties.with_row_index("row")
    glued, shortened, unplaced, known = (
        pl.Series(rng.random(rows.height) < rate) for rate in (GLUED, SHORTENED, UNPLACED, 1 - UNKNOWN)
    )
    free = letter_is_free(rows, world.properties)
    rows = rows.with_columns(glued=glued & free, shortened=shortened, unplaced=unplaced)
    rows = rows.filter(known & ~pl.col("kind").is_in(list(_ABSENT)))
    return _in_parts(rows).with_columns(suffix=_suffixes()).sort("uprn")


def _in_parts(rows: pl.DataFrame) -> pl.DataFrame:
    """Divide as the Postcode Address File does: a number that is not plain goes with the building's name."""
    glue = pl.col("glued") & pl.col("sao_text").str.contains(r"^FLAT [A-Z]$") & pl.col("pao_text").is_null()
    suffix = pl.when(glue).then(pl.col("sao_text").str.slice(5)).otherwise("pao_start_suffix").fill_null("")
    whole = pl.col("pao_end").is_null() | pl.col("shortened")
    last = pl.when(whole).then(pl.lit("")).otherwise(pl.format("-{}", "pao_end"))
    number = pl.concat_str(pl.col("pao_start").cast(pl.String), suffix, last)
    plain = number.str.contains(r"^\d+$")
    bare = pl.col("sao_start").is_not_null() & pl.col("pao_start").is_null()
    name = pl.when(bare).then(pl.format("{} {}", "sao_start", "pao_text")).otherwise("pao_text")
    unit = pl.coalesce("sao_text", pl.when(~bare).then(pl.format("FLAT {}", "sao_start")))
    return rows.select(
        "row",
        "uprn",
        "opens",
        "closes",
        "start",
        "organisation",
        "postcode",
        udprn=_FIRST_UDPRN + pl.col("row").cast(pl.Int64),
        sub_building=pl.when(glue).then(None).otherwise(unit),
        building_name=pl.when(plain.fill_null(value=True)).then(name).otherwise(_joined(name, number)),
        building_number=pl.when(plain).then(number),
        thoroughfare="street",
        dependent_locality=pl.when("unplaced").then(None).otherwise("locality"),
        post_town="town",
    )


def _joined(name: pl.Expr, number: pl.Expr) -> pl.Expr:
    return pl.concat_str(name, number, separator=" ", ignore_nulls=True)


def _suffixes() -> pl.Expr:
    """Number the delivery points of a postcode 1A, 1B, ... as the Royal Mail does."""
    place = pl.int_range(pl.len()).over("postcode", order_by="uprn")
    letters = dict(enumerate(np.array(list("ABDEFGHJLNPQRSTUWXYZ")).tolist()))
    letter = (place % 20).replace_strict(letters, return_dtype=pl.String)
    return pl.format("{}{}", place // 20 % 9 + 1, letter)
