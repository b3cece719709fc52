"""Levels a pair by its units: the flat, floor or room, and of what kind it is said to be.

In flow the columns of a pair, and the level of its number; out flow the levels `unit` and `kind`. The gazetteer's other
forms of a part (`columns.WRITTEN`) are written beforehand; here they only meet what the address has.
"""

from functools import cache

import polars as pl

from gazetteer.evidence.columns import among
from gazetteer.evidence.crossings import flat_above, flat_and_house, letter_is_flat


@cache
def unit_level() -> pl.Expr:
    """Levels the units, from the same one to a contradiction; the first condition that holds decides."""
    mine, yours = pl.col("m_unit"), pl.col("v_unit")
    named = yours.str.starts_with("N:") & among(
        pl.col("m_names").str.replace_all(r"(^|\|)THE ", "${1}"), pl.col("v_sao_name").str.strip_prefix("THE ")
    )
    outbuilding = (pl.col("m_part") != "") & (yours == "") & ~among(pl.col("v_names"), pl.col("m_part"))
    a_shop = (mine == "*") & (pl.col("m_kind") == "UNIT")
    business = pl.col("v_class_code").str.starts_with("C").fill_null(False)
    by_organisation = (mine == "") & (yours != "") & among(pl.col("m_names"), pl.col("v_organisation"))
    flat_like = pl.col("v_kind").is_in(["FLAT", ""]) & (yours != "")
    letter_flat = letter_is_flat() & pl.col("number").is_in(["equal", "range"])
    return (
        pl.when(pl.col("number") == "block")
        .then(pl.lit("block"))
        .when((pl.col("number") == "swapped") & (yours == ""))
        .then(pl.lit("as_number"))
        .when(letter_flat)
        .then(pl.lit("swapped"))
        .when((mine == "") & outbuilding)
        .then(pl.lit("missing_in_gazetteer"))
        .when((mine == "") & (yours == ""))
        .then(pl.lit("none"))
        .when((mine == yours) & _another_block())
        .then(pl.lit("conflict"))
        .when(mine == yours)
        .then(pl.lit("equal"))
        .when(named)
        .then(pl.lit("named"))
        .when(by_organisation)
        .then(pl.lit("named"))
        .when(_another_form() | flat_and_house())
        .then(pl.lit("floor"))
        .when(a_shop & (yours == "") & business)
        .then(pl.lit("repeated"))
        .when(a_shop & (pl.col("v_kind") != "UNIT") & (yours != ""))
        .then(pl.lit("conflict"))
        .when(((mine == "*") & flat_like) | (a_shop & (pl.col("v_kind") == "UNIT")) | flat_above())
        .then(pl.lit("bare"))
        .when((pl.col("m_kind") == "") & (yours == "") & (mine == pl.col("m_number")))
        .then(pl.lit("repeated"))
        .when((yours == "*") & pl.col("m_kind").is_in(["FLAT", "UNIT"]))
        .then(pl.lit("conflict"))
        .when((yours != "") & mine.str.starts_with(yours + "+") & mine.str.contains(r"\+[A-Z]+:"))
        .then(pl.lit("outer"))
        .when(yours == "")
        .then(pl.lit("missing_in_gazetteer"))
        .when(mine == "")
        .then(pl.lit("missing_in_text"))
        .otherwise(pl.lit("conflict"))
    )


@cache
def _another_form() -> pl.Expr:
    """Tells whether the address may well write the gazetteer's part in another form, or tells less of its floor."""
    mine, yours = pl.col("m_unit"), pl.col("v_unit")
    same_floor = (pl.col("m_floor") != "") & (pl.col("m_floor") == pl.col("v_floor"))
    floor = (
        same_floor
        & (((pl.col("m_door") == "") & (pl.col("v_door") != "")) | (pl.col("m_beside") & (pl.col("v_door") == "")))
    ) | (
        (pl.col("m_door") != "")
        & (pl.col("m_door") == pl.col("v_door"))
        & ((pl.col("m_floor") == "") != (pl.col("v_floor") == ""))
        & ~(pl.col("m_paired") | pl.col("v_paired"))
    )
    # F1 for FLAT 1, U7 for UNIT 7, and FLAT 3-2 for FLAT 3/2; where a part is called that itself, it is equal instead.
    short = (pl.col("m_kind") == "") & (pl.col("v_short") != "") & (mine == pl.col("v_short"))
    dashed = (pl.col("v_dashed") != "") & (mine == pl.col("v_dashed"))
    # J12 for ROOM 12, BLOCK J, and 1, THE MARINA for its BERTH 1.
    glued = (pl.col("v_glued") != "") & (mine.str.strip_prefix("ROOM:") == pl.col("v_glued"))
    berth = (mine != "") & (pl.col("m_kind") == "") & (yours == "BERTH:" + mine)
    return floor | short | dashed | glued | berth


@cache
def _another_block() -> pl.Expr:
    """Tells whether a part that has a name, such as BLOCK A, stands against another of its sort, such as BLOCK B."""
    return (
        (pl.col("v_sao_name") != "")
        & ~among(pl.col("m_names"), pl.col("v_sao_name"))
        & (pl.col("v_sort") != "")
        & ("|" + pl.col("m_names")).str.contains("|" + pl.col("v_sort"), literal=True).fill_null(False)
    )


@cache
def kind_level() -> pl.Expr:
    """Levels what sort of unit both sides call it: a flat here and a unit there may be the same one."""
    mine, yours = pl.col("m_kind"), pl.col("v_kind")
    return (
        pl.when((mine == "") | (yours == ""))
        .then(pl.lit("missing"))
        .when(mine == yours)
        .then(pl.lit("same"))
        .otherwise(pl.lit("different"))
    )
