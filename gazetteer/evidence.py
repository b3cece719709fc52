"""Weighs an address against a candidate, piece by piece; every piece has a level with a name."""

import polars as pl

from gazetteer.likeness import graded, graded_streets
from gazetteer.rungs import bits, rung_of
from gazetteer.units import unit_parts

# What a candidate pair brings from the address (m_) and from the gazetteer (v_).
OURS = (
    *("unit", "kind", "paired", "relation", "number", "low", "low_letter", "high", "high_letter"),
    *("names", "street", "known_street", "places", "postcode"),
)
THEIRS = (
    *("uprn", "status", "rank", "unit", "kind", "paired", "relation"),
    *("number", "low", "low_letter", "high", "high_letter"),
    *("names", "sao_name", "street", "locality", "town", "postcode", "class_code", "live", "parts", "parent_uprn"),
)


def weighed(pairs: pl.DataFrame) -> pl.DataFrame:
    """Adds a level for each piece of evidence, `bits` Float64 (their sum) and `rung` String.

    `pairs` has row, variant and the columns of OURS with prefix m_ and of THEIRS with prefix v_. Pairs whose house
    numbers contradict each other are dropped: a number is right or wrong, never nearly right.
    """
    pairs = pairs.with_columns(number=_number_level()).filter(pl.col("number") != "conflict")
    pairs = graded_streets(pairs, "m_street", "v_street", "m_known_street", "street")
    pairs = graded(pairs, "m_names", "v_names", "name")
    pairs = _as_block(_name_for_street(pairs))
    pairs = _with_unit_parts(pairs)
    pairs = pairs.with_columns(unit=_unit_level(), postcode=_postcode_level())
    pairs = pairs.with_columns(
        place=_place_level(),
        kind=_kind_level(),
        standing=pl.when(pl.col("v_live") == 8)
        .then(pl.lit("former_property"))
        .when(pl.col("v_status") == 8)
        .then(pl.lit("former_address"))
        .otherwise(pl.lit("current")),
        purpose=pl.when(pl.col("v_class_code").fill_null("").str.contains(r"^[PLOZ]") & (pl.col("v_parts") == 0))
        .then(pl.lit("shell"))
        .otherwise(pl.lit("ordinary")),
    )
    on_street = (pl.col("unit") == "equal") & (pl.col("number") == "none") & (pl.col("name") == "missing")
    anchored = (
        pl.col("number").is_in(["equal", "range", "swapped", "block"])
        | pl.col("name").is_in(["equal", "close", "part"])
        | (on_street & pl.col("street").is_in(["equal", "close"]))
    )
    elsewhere = pl.col("name").is_in(["missing", "different"]) & (pl.col("postcode") != "equal")
    strange = (pl.col("number") == "swapped") & (pl.col("m_names") != "") & elsewhere
    nowhere = strange | (pl.col("number") == "missing") & (pl.col("name") == "different")
    return pairs.filter(anchored & ~nowhere).with_columns(bits=bits(), rung=rung_of())


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
        & (pl.col("v_number").str.contains("-", literal=True))
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
        & pl.col("v_number").str.contains("-", literal=True)
    )
    around = (
        ~one
        & (pl.col("v_low") == pl.col("v_high"))
        & plain
        & (pl.col("v_low_letter") == "")
        & ((pl.col("v_low") == pl.col("m_low")) | (pl.col("v_low") == pl.col("m_high")))
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
        .when(mine & yours & (inside | lettered_end | letters | around | overlap))
        .then(pl.lit("range"))
        .when(house_is_unit)
        .then(pl.lit("block?"))
        .when(mine & yours)
        .then(pl.lit("conflict"))
        .when(mine | yours)
        .then(pl.lit("missing"))
        .otherwise(pl.lit("none"))
    )


def _name_for_street(pairs: pl.DataFrame) -> pl.DataFrame:
    """Takes what looked like a street for the building's name where the address has no number and the name fits."""
    pairs = graded(pairs.with_columns(m_called=_if(_nameless_street(), "m_street")), "m_called", "v_names", "called")
    fits = pl.col("called").is_in(["equal", "close"])
    return pairs.with_columns(
        name=pl.when(fits).then("called").otherwise("name"),
        street=pl.when(fits).then(pl.lit("missing")).otherwise("street"),
    )


def _nameless_street() -> pl.Expr:
    return (pl.col("m_number") == "") & (pl.col("m_street") != "") & ~pl.col("m_known_street")


def _if(condition: pl.Expr, column: str) -> pl.Expr:
    return pl.when(condition).then(column).otherwise(pl.lit(""))


def _letter_is_flat() -> pl.Expr:
    """Tells whether 12A and FLAT A, 12 (or FLAT A, 12-14) stand against each other."""
    one = pl.col("m_low") == pl.col("m_high")
    end = (pl.col("m_low") == pl.col("v_low")) | (pl.col("m_low") == pl.col("v_high"))
    mine = (pl.col("m_unit") == "") & (pl.col("m_low_letter") == pl.col("v_unit")) & (pl.col("v_low_letter") == "")
    yours = (pl.col("v_unit") == "") & (pl.col("v_low_letter") == pl.col("m_unit")) & (pl.col("m_low_letter") == "")
    lettered = pl.col("m_low_letter") + pl.col("v_low_letter") != ""
    return (one & end & (mine | (yours & (pl.col("v_low") == pl.col("v_high")))) & lettered).fill_null(False)


def _as_block(pairs: pl.DataFrame) -> pl.DataFrame:
    """Settles "9 CHALTON COURT" against flat 9 of a block of that name: the written street is then the block's name."""
    pairs = graded(
        pairs.with_columns(m_block=_if(pl.col("number") == "block?", "m_street")),
        "m_block",
        "v_names",
        "block",
    )
    fits = pl.col("block").is_in(["equal", "close"])
    doubtful = pl.col("number") == "block?"
    contrary = doubtful & ~fits & (pl.col("v_number") != "")
    return pairs.filter(~contrary).with_columns(
        number=pl.when(doubtful & fits)
        .then(pl.lit("block"))
        .when(doubtful)
        .then(pl.lit("missing"))
        .otherwise("number"),
        street=pl.when(doubtful & fits).then(pl.lit("missing")).otherwise("street"),
        name=pl.when(doubtful & fits).then("block").otherwise("name"),
    )


def _with_unit_parts(pairs: pl.DataFrame) -> pl.DataFrame:
    for side in ("m", "v"):
        codes = pairs[f"{side}_unit"].unique()
        parts = [unit_parts(code) for code in codes]
        table = pl.DataFrame(
            {
                f"{side}_unit": codes,
                f"{side}_floor": pl.Series([floor for floor, _ in parts], dtype=pl.String),
                f"{side}_door": pl.Series([door for _, door in parts], dtype=pl.String),
            }
        )
        pairs = pairs.join(table, on=f"{side}_unit", how="left", maintain_order="left")
    return pairs


def _unit_level() -> pl.Expr:
    mine, yours = pl.col("m_unit"), pl.col("v_unit")
    named = yours.str.starts_with("N:") & (pl.col("m_sao_named") | (mine == ""))
    side = pl.col("m_door").str.contains(r"^[LRFBM]?$")
    your_side = pl.col("v_door").str.contains(r"^[LRFBM]?$")
    same_floor = (pl.col("m_floor") != "") & (pl.col("m_floor") == pl.col("v_floor"))
    floor = (
        same_floor
        & (((pl.col("m_door") == "") & (pl.col("v_door") != "")) | (side & your_side & (pl.col("v_door") == "")))
    ) | (
        (pl.col("m_door") != "")
        & (pl.col("m_door") == pl.col("v_door"))
        & ((pl.col("m_floor") == "") != (pl.col("v_floor") == ""))
        & ~(pl.col("m_paired") | pl.col("v_paired"))
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
        .when((mine == "") & (yours == ""))
        .then(pl.lit("none"))
        .when(mine == yours)
        .then(pl.lit("equal"))
        .when(named & pl.col("m_sao_named"))
        .then(pl.lit("named"))
        .when(floor)
        .then(pl.lit("floor"))
        .when((mine == "*") & flat_like)
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


def _postcode_level() -> pl.Expr:
    mine, yours = pl.col("m_postcode"), pl.col("v_postcode")
    outward = [one.str.extract(r"^(\S+)") for one in (mine, yours)]
    area = [one.str.extract(r"^([A-Z]+)") for one in (mine, yours)]
    sector = [one.str.extract(r"^(\S+ \d)") for one in (mine, yours)]
    return (
        pl.when(mine.is_null() | yours.is_null())
        .then(pl.lit("missing"))
        .when(mine == yours)
        .then(pl.lit("equal"))
        .when(sector[0] == sector[1])
        .then(pl.lit("sector"))
        .when(outward[0] == outward[1])
        .then(pl.lit("district"))
        .when(area[0] == area[1])
        .then(pl.lit("area"))
        .otherwise(pl.lit("foreign"))
    )


def _place_level() -> pl.Expr:
    places = pl.col("m_places")
    town = ((pl.col("v_town") != "") & places.list.contains(pl.col("v_town"))).fill_null(False)
    locality = ((pl.col("v_locality") != "") & places.list.contains(pl.col("v_locality"))).fill_null(False)
    near = pl.col("postcode").is_in(["equal", "sector", "district"])
    return (
        pl.when(places.list.len() == 0)
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


def _kind_level() -> pl.Expr:
    mine, yours = pl.col("m_kind"), pl.col("v_kind")
    return (
        pl.when((mine == "") | (yours == ""))
        .then(pl.lit("missing"))
        .when(mine == yours)
        .then(pl.lit("same"))
        .otherwise(pl.lit("different"))
    )
