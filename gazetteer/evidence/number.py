"""Levels a pair by its house numbers: the same, one within the other's range, missing, or in conflict.

In flow the columns of a pair; out flows `number`, of which "block?" is a question that `street_as_name` answers.
"""

from functools import cache

import polars as pl

from gazetteer.evidence.crossings import flat_above, flat_and_house, letter_is_flat

# A writer's range of houses is no longer.
_LONGEST_RANGE = 10


@cache
def number_level() -> pl.Expr:
    """Levels the house numbers; "block?" where the address has the number of what is a unit in the gazetteer."""
    mine, yours = pl.col("m_number") != "", pl.col("v_number") != ""
    same = pl.col("m_number") == pl.col("v_number")
    unit_is_house = (
        ~mine & yours & (pl.col("m_kind") == "") & (pl.col("m_unit") == pl.col("v_number")) & (pl.col("v_unit") == "")
    )
    house_is_unit = mine & (pl.col("m_unit") == "") & (pl.col("m_number") == pl.col("v_unit"))
    return (
        pl.when(pl.col("m_relation") != pl.col("v_relation"))
        .then(pl.lit("conflict"))
        .when(mine & yours & same)
        .then(pl.lit("equal"))
        .when(unit_is_house)
        .then(pl.lit("swapped"))
        .when(mine & yours & letter_is_flat())
        .then(pl.when(pl.col("v_low") == pl.col("v_high")).then(pl.lit("equal")).otherwise(pl.lit("range")))
        .when(mine & yours & flat_and_house())
        .then(pl.when(pl.col("v_low") == pl.col("v_high")).then(pl.lit("equal")).otherwise(pl.lit("range")))
        .when(mine & yours & (_within() | flat_above()))
        .then(pl.lit("range"))
        .when(house_is_unit)
        .then(pl.lit("block?"))
        .when(mine & yours)
        .then(pl.lit("conflict"))
        .when(mine | yours)
        .then(pl.lit("missing"))
        .otherwise(pl.lit("none"))
    )


@cache
def _within() -> pl.Expr:
    """Tells whether one side's number lies in the other's range: 14 in 12-16, 12B in 12A-12C, or 12-14 around 14."""
    same = pl.col("m_number") == pl.col("v_number")
    one = pl.col("m_low") == pl.col("m_high")
    many = pl.col("v_high") > pl.col("v_low")
    plain = (pl.col("m_low_letter") == "") & (pl.col("m_high_letter") == "")
    parity = ((pl.col("v_high") - pl.col("v_low")) % 2 == 1) | ((pl.col("m_low") - pl.col("v_low")) % 2 == 0)
    inside = one & many & plain & pl.col("m_low").is_between(pl.col("v_low"), pl.col("v_high")) & parity
    lettered_end = (
        one
        & ~same
        & pl.col("v_ranged")
        & (
            ((pl.col("m_low") == pl.col("v_low")) & (pl.col("m_low_letter") == pl.col("v_low_letter")))
            | ((pl.col("m_low") == pl.col("v_high")) & (pl.col("m_low_letter") == pl.col("v_high_letter")))
        )
    )
    letters = (
        (pl.col("m_low") == pl.col("v_low"))
        & one
        & (pl.col("v_low") == pl.col("v_high"))
        & ((pl.col("m_low_letter") <= pl.col("v_high_letter")) & (pl.col("m_low_letter") >= pl.col("v_low_letter")))
        & pl.col("v_ranged")
    )
    around = (
        ~one
        & (pl.col("v_low") == pl.col("v_high"))
        & plain
        & (pl.col("v_low_letter") == "")
        & ((pl.col("v_low") == pl.col("m_low")) | (pl.col("v_low") == pl.col("m_high")))
        & (pl.col("m_high") - pl.col("m_low")).is_between(0, _LONGEST_RANGE)
    )
    overlap = ~one & many & ((pl.col("m_low") == pl.col("v_low")) | (pl.col("m_high") == pl.col("v_high")))
    return inside | lettered_end | letters | around | overlap
