"""Where a house's number and a flat change places: 12A for FLAT A, 12; 3/14 for FLAT 3, 14; 20A for THE FLAT at 20.

In flow the columns of a pair; out flow conditions, by which the number and the unit are levelled alike.
"""

from functools import cache

import polars as pl


@cache
def letter_is_flat() -> pl.Expr:
    """Tells whether 12A and FLAT A, 12 (or FLAT A, 12-14) stand against each other."""
    one = pl.col("m_low") == pl.col("m_high")
    end = (pl.col("m_low") == pl.col("v_low")) | (pl.col("m_low") == pl.col("v_high"))
    bare = pl.col("m_unit").is_in(["", "*"])
    mine = bare & (pl.col("m_low_letter") == pl.col("v_unit")) & (pl.col("v_low_letter") == "")
    yours = (pl.col("v_unit") == "") & (pl.col("v_low_letter") == pl.col("m_unit")) & (pl.col("m_low_letter") == "")
    lettered = pl.col("m_low_letter") + pl.col("v_low_letter") != ""
    return (one & end & (mine | (yours & (pl.col("v_low") == pl.col("v_high")))) & lettered).fill_null(False)


@cache
def flat_and_house() -> pl.Expr:
    """Tells whether 3/14, or 14/3, stands against FLAT 3, 14; 2-3 is the house itself where the house is 2-3."""
    first = (pl.col("v_unit") == pl.col("m_first")) & pl.col("m_high").is_between(pl.col("v_low"), pl.col("v_high"))
    second = (pl.col("v_unit") == pl.col("m_second")) & pl.col("m_low").is_between(pl.col("v_low"), pl.col("v_high"))
    another = pl.col("m_number") != pl.col("v_number")
    return ((pl.col("m_first") != "") & another & (first | second)).fill_null(False)


@cache
def flat_above() -> pl.Expr:
    """Tells whether 20A, a dwelling, stands against THE FLAT at 20, as the flat above a shop is often numbered."""
    lettered = (pl.col("v_low") == pl.col("m_low")) & (pl.col("v_low_letter") != "") & ~pl.col("v_ranged")
    plain = (pl.col("m_low_letter") == "") & (pl.col("m_low") == pl.col("m_high"))
    dwelling = pl.col("v_class_code").str.starts_with("RD") & (pl.col("v_unit") == "")
    return ((pl.col("m_unit") == "*") & lettered & plain & dwelling).fill_null(False)
