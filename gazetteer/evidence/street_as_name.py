"""Takes what looked like a street for the name of a building or block, where that fits.

In flow the columns of a pair and the level of its number; out flow first the texts to be compared with the gazetteer's
names, and, when those are graded, which pairs may stay and their levels `number`, `street` and `name`.
"""

from functools import cache

import polars as pl


@cache
def street_as_name() -> dict[str, pl.Expr]:
    """The written street, where it may be the name of the building (`called`) or of the block (`block`); else ""."""
    nameless = (pl.col("m_number") == "") & (pl.col("m_street") != "") & ~pl.col("m_known_street")
    conditions = {"m_called": nameless, "m_block": pl.col("number") == "block?"}
    return {name: pl.when(one).then("m_street").otherwise(pl.lit("")) for name, one in conditions.items()}


@cache
def name_for_street() -> tuple[pl.Expr, dict[str, pl.Expr]]:
    """Takes what looked like a street for the building's name where that fits: which pairs may stay, and their levels.

    So it is in an address without a number, and in "9 CHALTON COURT" against flat 9 of a block of that name.
    """
    called, block = (pl.col(name).is_in(["equal", "close"]) for name in ("called", "block"))
    doubtful = pl.col("number") == "block?"
    blocked = doubtful & block
    return ~doubtful | block | (pl.col("v_number") == ""), {
        "number": pl.when(blocked).then(pl.lit("block")).when(doubtful).then(pl.lit("missing")).otherwise("number"),
        "street": pl.when(blocked | called).then(pl.lit("missing")).otherwise("street"),
        "name": pl.when(blocked).then("block").when(called).then("called").otherwise("name"),
    }
