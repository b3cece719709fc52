"""Names the homes in a building, each building by a custom of its own: FLAT 3, FLAT C, 2/1, 2F1, BASEMENT FLAT."""

from collections.abc import Sequence

import polars as pl

FLOORS: dict[int, Sequence[str]] = {
    2: ("GROUND FLOOR FLAT", "FIRST FLOOR FLAT"),
    3: ("GROUND FLOOR FLAT", "FIRST FLOOR FLAT", "TOP FLOOR FLAT"),
    4: ("BASEMENT FLAT", "GROUND FLOOR FLAT", "FIRST FLOOR FLAT", "SECOND FLOOR FLAT"),
    5: ("BASEMENT FLAT", "GROUND FLOOR FLAT", "FIRST FLOOR FLAT", "SECOND FLOOR FLAT", "TOP FLOOR FLAT"),
}

_BLANK = pl.lit(None, dtype=pl.String)


def lettered() -> pl.Expr:
    """Letter the units of a building A, B, C, ..."""
    place = pl.col("unit") - 1
    return place.replace_strict(dict(enumerate("ABCDEFGHIJ")), default="K", return_dtype=pl.String)


def unit_text() -> pl.Expr:
    """Write the unit as this building's own custom has it; null where the unit is a bare number or none."""
    built, style, unit = pl.col("built"), pl.col("style"), pl.col("unit")
    named = pl.col("name").is_not_null()
    flat, by_letter = pl.format("FLAT {}", unit), pl.format("FLAT {}", lettered())
    block = pl.when(named & (style < 8)).then(_BLANK).when(style == 11).then(pl.format("APARTMENT {}", unit))
    over = pl.when(style < 5).then(pl.lit("FLAT ABOVE")).when(style < 7).then(pl.lit("FIRST FLOOR FLAT"))
    alone = over.when(style < 9).then(pl.lit("FLAT")).otherwise(pl.lit("FLAT 1"))
    conversion = pl.when(style < 4).then(by_letter).when(style < 7).then(flat).when(style < 10).then(_floor_words())
    return (
        pl.when(pl.col("kind") == "annexe")
        .then(pl.lit("ANNEXE"))
        .when(built == "block")
        .then(block.otherwise(flat))
        .when(built == "conversion")
        .then(conversion.otherwise(_BLANK))
        .when(built == "tenement")
        .then(_tenement())
        .when(built == "over_shop")
        .then(pl.when(pl.col("homes") == 1).then(alone).when(style < 5).then(by_letter).otherwise(flat))
        .when(built == "pub")
        .then(pl.when(style < 6).then(pl.lit("LIVING ACCOMMODATION")).otherwise(pl.lit("FIRST FLOOR FLAT")))
        .when(built == "bedsits")
        .then(pl.format("ROOM {}", unit))
        .when(built == "hall")
        .then(flat)
        .when((built == "site") & (style >= 6))
        .then(pl.format("PLOT {}", unit))
        .otherwise(_BLANK)
        .alias("sao_text")
    )


def _floor_words() -> pl.Expr:
    words = _BLANK
    for homes, floors in FLOORS.items():
        named = (pl.col("unit") - 1).replace_strict(dict(enumerate(floors)), default=None, return_dtype=pl.String)
        words = pl.when(pl.col("homes") == homes).then(named).otherwise(words)
    return words.fill_null(pl.lit("GROUND FLOOR FLAT"))


def _tenement() -> pl.Expr:
    """Write floor and door: 2/1, 2F1, FLAT 2/1, or a plain FLAT 5."""
    doors = pl.when(pl.col("homes") == 9).then(3).otherwise(2)
    floor, door = (pl.col("unit") - 1) // doors, (pl.col("unit") - 1) % doors + 1
    storey = pl.when(floor == 0).then(pl.lit("G")).otherwise(floor.cast(pl.String))
    style = pl.col("style")
    return (
        pl.when(style < 4)
        .then(pl.format("{}/{}", floor, door))
        .when(style < 7)
        .then(pl.format("{}F{}", storey, door))
        .when(style < 9)
        .then(pl.format("FLAT {}/{}", floor, door))
        .otherwise(pl.format("FLAT {}", pl.col("unit")))
    )


def unit_number() -> pl.Expr:
    """Number the unit without a word, as in most named blocks: 3, ALDERHOLME COURT."""
    block = (pl.col("built") == "block") & pl.col("name").is_not_null() & (pl.col("style") < 8)
    return pl.when(block | ((pl.col("built") == "site") & (pl.col("style") < 6))).then("unit").alias("sao_start")
