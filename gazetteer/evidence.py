"""Weighs an address against a candidate, piece by piece; every piece has a level with a name."""

from functools import cache
from typing import Final

import polars as pl

from gazetteer.likeness import graded, name_level, street_level
from gazetteer.row_wise import Add, Grade, Keep, Step
from gazetteer.rungs import rung_of
from gazetteer.tuning import Tuning

# A writer's range of houses is no longer.
_LONGEST_RANGE = 10
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
# The gazetteer's side brings the two pieces of evidence that are its alone, and what deciding takes.
# `short` is FLAT 1 as F1, `dashed` 2/1 as 2-1, `glued` ROOM 12 of BLOCK J as J12 or ROOM B of FLAT 3 as 3B, `sort` what
# a part with a name is ("BLOCK "); each "" where it is not.
WRITTEN: Final = ("short", "dashed", "glued", "sort")
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


@cache
def steps() -> tuple[Step, ...]:
    """The order in which a pair is judged: each step builds on the columns of those before it.

    Pairs whose house numbers contradict each other are dropped first: a number is right or wrong, never nearly right.
    """
    may_stay, levels = _name_for_street()
    return (
        Add({"number": _number_level()}),
        Keep(pl.col("number") != "conflict"),
        Add(_street_as_name()),
        Grade("street", street_level, ("m_street", "v_street", "m_known_street")),
        Grade("name", name_level, ("m_names", "v_names")),
        Grade("called", name_level, ("m_called", "v_names")),
        Grade("block", name_level, ("m_block", "v_names")),
        Keep(may_stay),
        Add(levels),
        Add({"unit": _unit_level(), "postcode": _postcode_level()}),
        Add({"place": _place_level(), "kind": _kind_level()}),
        Add({"postcode": _postcode_beyond()}),
        Keep(_anchored()),
        Add({"rung": rung_of()}),
    )


def weighed(pairs: pl.DataFrame, tuning: Tuning) -> pl.DataFrame:
    """Adds a level for each piece of evidence, `bits` Float64 (their sum) and `rung` String.

    `pairs` has row, variant, the columns of OURS with prefix m_, of THEIRS with prefix v_, and those of ALONE. Pairs
    that nothing holds together are dropped.
    """
    for step in steps():
        match step:
            case Add(columns):
                pairs = pairs.with_columns(**columns)
            case Keep(condition):
                pairs = pairs.filter(condition)
            case Grade(column, grade, of):
                pairs = pairs.with_columns(graded(pairs, grade, *of).alias(column))
    return pairs.with_columns(bits=tuning.bits)


@cache
def _anchored() -> pl.Expr:
    """Tells whether a pair has something that holds it: a number, a name, or a unit on the street itself."""
    on_street = (pl.col("unit") == "equal") & (pl.col("number") == "none") & (pl.col("name") == "missing")
    anchored = (
        pl.col("number").is_in(["equal", "range", "swapped", "block"])
        | pl.col("name").is_in(["equal", "close", "part"])
        | (on_street & pl.col("street").is_in(["equal", "close"]))
    )
    # 3 ORCHARD COTTAGES is not number 3 of the street; 3, OAKBY may be.
    place = _among(pl.col("m_names"), pl.col("v_town")) | _among(pl.col("m_names"), pl.col("v_locality"))
    other = pl.col("name").is_in(["missing", "different"]) & ~((pl.col("postcode") == "equal") & place)
    strange = (pl.col("number") == "swapped") & (pl.col("m_names") != "") & other
    nowhere = strange | ((pl.col("number") == "missing") & (pl.col("name") == "different"))
    return anchored & ~nowhere


@cache
def _number_level() -> pl.Expr:
    mine, yours = pl.col("m_number") != "", pl.col("v_number") != ""
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
        .when(mine & yours & _letter_is_flat())
        .then(pl.when(pl.col("v_low") == pl.col("v_high")).then(pl.lit("equal")).otherwise(pl.lit("range")))
        .when(mine & yours & _flat_and_house())
        .then(pl.when(pl.col("v_low") == pl.col("v_high")).then(pl.lit("equal")).otherwise(pl.lit("range")))
        .when(mine & yours & (inside | lettered_end | letters | around | overlap | _flat_above()))
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
def _name_for_street() -> tuple[pl.Expr, dict[str, pl.Expr]]:
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


@cache
def _street_as_name() -> dict[str, pl.Expr]:
    """The written street, where it may be the name of the building (`called`) or of the block (`block`); else ""."""
    nameless = (pl.col("m_number") == "") & (pl.col("m_street") != "") & ~pl.col("m_known_street")
    conditions = {"m_called": nameless, "m_block": pl.col("number") == "block?"}
    return {name: pl.when(one).then("m_street").otherwise(pl.lit("")) for name, one in conditions.items()}


@cache
def _flat_and_house() -> pl.Expr:
    """Tells whether 3/14, or 14/3, stands against FLAT 3, 14."""
    first = (pl.col("v_unit") == pl.col("m_first")) & pl.col("m_high").is_between(pl.col("v_low"), pl.col("v_high"))
    second = (pl.col("v_unit") == pl.col("m_second")) & pl.col("m_low").is_between(pl.col("v_low"), pl.col("v_high"))
    return ((pl.col("m_first") != "") & (first | second)).fill_null(False)


@cache
def _letter_is_flat() -> pl.Expr:
    """Tells whether 12A and FLAT A, 12 (or FLAT A, 12-14) stand against each other."""
    one = pl.col("m_low") == pl.col("m_high")
    end = (pl.col("m_low") == pl.col("v_low")) | (pl.col("m_low") == pl.col("v_high"))
    bare = pl.col("m_unit").is_in(["", "*"])
    mine = bare & (pl.col("m_low_letter") == pl.col("v_unit")) & (pl.col("v_low_letter") == "")
    yours = (pl.col("v_unit") == "") & (pl.col("v_low_letter") == pl.col("m_unit")) & (pl.col("m_low_letter") == "")
    lettered = pl.col("m_low_letter") + pl.col("v_low_letter") != ""
    return (one & end & (mine | (yours & (pl.col("v_low") == pl.col("v_high")))) & lettered).fill_null(False)


@cache
def _flat_above() -> pl.Expr:
    """Tells whether 20A, a dwelling, stands against THE FLAT at 20, as the flat above a shop is often numbered."""
    lettered = (pl.col("v_low") == pl.col("m_low")) & (pl.col("v_low_letter") != "") & ~pl.col("v_ranged")
    plain = (pl.col("m_low_letter") == "") & (pl.col("m_low") == pl.col("m_high"))
    dwelling = pl.col("v_class_code").str.starts_with("RD") & (pl.col("v_unit") == "")
    return ((pl.col("m_unit") == "*") & lettered & plain & dwelling).fill_null(False)


@cache
def _unit_level() -> pl.Expr:
    mine, yours = pl.col("m_unit"), pl.col("v_unit")
    named = yours.str.starts_with("N:") & _among(
        pl.col("m_names").str.replace_all(r"(^|\|)THE ", "${1}"), pl.col("v_sao_name").str.strip_prefix("THE ")
    )
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
    outbuilding = (pl.col("m_part") != "") & (yours == "") & ~_among(pl.col("v_names"), pl.col("m_part"))
    a_shop = (mine == "*") & (pl.col("m_kind") == "UNIT")
    business = pl.col("v_class_code").str.starts_with("C").fill_null(False)
    by_organisation = (mine == "") & (yours != "") & _among(pl.col("m_names"), pl.col("v_organisation"))
    other_block = (
        (pl.col("v_sao_name") != "")
        & ~_among(pl.col("m_names"), pl.col("v_sao_name"))
        & (pl.col("v_sort") != "")
        & ("|" + pl.col("m_names")).str.contains("|" + pl.col("v_sort"), literal=True).fill_null(False)
    )
    flat_like = pl.col("v_kind").is_in(["FLAT", ""]) & (yours != "")
    letter_flat = _letter_is_flat() & pl.col("number").is_in(["equal", "range"])
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
        .when((mine == yours) & other_block)
        .then(pl.lit("conflict"))
        .when(mine == yours)
        .then(pl.lit("equal"))
        .when(named)
        .then(pl.lit("named"))
        .when(by_organisation)
        .then(pl.lit("named"))
        .when(floor | short | dashed | glued | berth | _flat_and_house())
        .then(pl.lit("floor"))
        .when(a_shop & (yours == "") & business)
        .then(pl.lit("repeated"))
        .when(a_shop & (pl.col("v_kind") != "UNIT") & (yours != ""))
        .then(pl.lit("conflict"))
        .when(((mine == "*") & flat_like) | (a_shop & (pl.col("v_kind") == "UNIT")) | _flat_above())
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


def _among(names: pl.Expr, one: pl.Expr) -> pl.Expr:
    """Tells whether one of several names, parted by "|", is this one."""
    return ("|" + names + "|").str.contains("|" + one + "|", literal=True).fill_null(False) & (one != "")


@cache
def _postcode_level() -> pl.Expr:
    same = {name: pl.col(f"m_{name}") == pl.col(f"v_{name}") for name in ("postcode", "sector", "district", "area")}
    return (
        pl.when(same["postcode"].is_null())
        .then(pl.lit("missing"))
        .when(same["postcode"])
        .then(pl.lit("equal"))
        .when(same["sector"])
        .then(pl.lit("sector"))
        .when(same["district"])
        .then(pl.lit("district"))
        .when(same["area"])
        .then(pl.lit("area"))
        .otherwise(pl.lit("foreign"))
    )


@cache
def _postcode_beyond() -> pl.Expr:
    """Takes a foreign postcode for a wrong one where street and town are ours: boundary streets have such postcodes."""
    town = _among(pl.col("m_places"), pl.col("v_town")) & pl.col("street").is_in(["equal", "close"])
    return pl.when((pl.col("postcode") == "foreign") & town).then(pl.lit("area")).otherwise("postcode")


@cache
def _place_level() -> pl.Expr:
    town = _among(pl.col("m_places"), pl.col("v_town"))
    locality = _among(pl.col("m_places"), pl.col("v_locality"))
    near = pl.col("postcode").is_in(["equal", "sector", "district"])
    return (
        pl.when(pl.col("m_places") == "")
        .then(pl.lit("missing"))
        .when(town & locality & (pl.col("v_town") != pl.col("v_locality")))
        .then(pl.lit("both"))
        .when(town | locality)
        .then(pl.lit("match"))
        .when((pl.col("v_town") == "") & (pl.col("v_locality") == ""))
        .then(pl.lit("missing"))
        .when(near)
        .then(pl.lit("different"))
        .otherwise(pl.lit("contrary"))
    )


@cache
def _kind_level() -> pl.Expr:
    mine, yours = pl.col("m_kind"), pl.col("v_kind")
    return (
        pl.when((mine == "") | (yours == ""))
        .then(pl.lit("missing"))
        .when(mine == yours)
        .then(pl.lit("same"))
        .otherwise(pl.lit("different"))
    )
