"""What the two sides of a pair bring to be weighed: the columns of an address and those of a gazetteer's variant.

In flow the index's own frames, once, when it is built, to which these expressions add what is the same for every
address; out flow the names and dtypes by which the two sides meet.
"""

from typing import Final

import polars as pl

_TEXT, _FLAG, _WHOLE = pl.String(), pl.Boolean(), pl.Int32()
# What both sides of a candidate pair bring, the address (m_) and the gazetteer (v_); several names or places are parted
# by "|".
_BOTH: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("unit", "floor", "door", "kind", "relation", "number"), _TEXT),
    "paired": _FLAG,
    "low": _WHOLE,
    "low_letter": _TEXT,
    "high": _WHOLE,
    "high_letter": _TEXT,
    **dict.fromkeys(("names", "street", "postcode", "area", "district", "sector"), _TEXT),
}
# `beside` tells that the door is a side of the house, or nothing; `part` is a barn or cottage named before the house;
# `first` and `second` are the numbers of a pair that may be a flat and its house, either of which may stand first.
OURS: Final[dict[str, pl.DataType]] = {
    **_BOTH,
    "places": _TEXT,
    "known_street": _FLAG,
    "beside": _FLAG,
} | dict.fromkeys(("part", "first", "second"), _TEXT)
# `short` is FLAT 1 as F1, `dashed` 2/1 as 2-1, `glued` ROOM 12 of BLOCK J as J12 or ROOM B of FLAT 3 as 3B, `sort` what
# a part with a name is ("BLOCK "); each "" where it is not.
WRITTEN: Final = ("short", "dashed", "glued", "sort")
# The gazetteer's side brings the two pieces of evidence that are its alone, and what deciding takes.
THEIRS: Final = (
    *_BOTH,
    *WRITTEN,
    *("ranged", "uprn", "rank", "sao_name", "organisation", "class_code", "locality", "town", "parent_uprn"),
)
ALONE: Final = ("standing", "purpose")


def postcode_parts() -> list[pl.Expr]:
    """Adds the area, district and sector of a column `postcode`: EX, EX1 and EX1 1."""
    forms = {"area": r"^([A-Z]+)", "district": r"^(\S+)", "sector": r"^(\S+ \d)"}
    return [pl.col("postcode").str.extract(form).alias(name) for name, form in forms.items()]


def other_forms() -> list[pl.Expr]:
    """Adds the columns of WRITTEN, from `unit`, `kind` and `sao_name`: other ways in which people write a part."""
    unit = pl.col("unit")
    short = pl.when((pl.col("kind") != "") & (unit != "")).then(pl.col("kind").str.slice(0, 1) + unit)
    dashed = pl.when(unit.str.contains("/", literal=True)).then(unit.str.replace("/", "-", literal=True))
    block = pl.col("sao_name").str.extract(r"^BLOCK ([A-Z])$")
    in_flat = unit.str.extract(r"^(\d+)\+ROOM:[A-Z]$") + unit.str.extract(r"\+ROOM:([A-Z])$")
    glued = pl.coalesce(block + unit.str.extract(r"^(?:[A-Z]+:)?(\d+)$"), in_flat)
    sort = pl.col("sao_name").str.extract(r"^(\S+ )")
    named = zip(WRITTEN, (short, dashed, glued, sort), strict=True)
    return [form.fill_null("").alias(name) for name, form in named]


def standing() -> pl.Expr:
    """Levels a variant by whether it still stands, from `status` (its own) and `live` (its property's)."""
    former = pl.when(pl.col("status") == 8).then(pl.lit("former_address")).otherwise(pl.lit("current"))
    return pl.when(pl.col("live") == 8).then(pl.lit("former_property")).otherwise(former).alias("standing")


def purpose() -> pl.Expr:
    """Levels a variant by whether anybody can live there, from `class_code` and `parts`: land and shells do not."""
    shell = pl.col("class_code").fill_null("").str.contains(r"^[PLOZ]") & (pl.col("parts") == 0)
    return pl.when(shell).then(pl.lit("shell")).otherwise(pl.lit("ordinary")).alias("purpose")


def among(names: pl.Expr, one: pl.Expr) -> pl.Expr:
    """Tells whether one of several names, parted by "|", is this one."""
    return ("|" + names + "|").str.contains("|" + one + "|", literal=True).fill_null(False) & (one != "")
