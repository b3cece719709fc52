"""Weighs an address against a candidate, piece by piece; every piece has a level with a name.

In flow pairs of an address and a variant of the gazetteer; out flow those that something holds together, with a level
for each piece of evidence, their bits and a rung. Each piece has a room of its own; the order of judging is here.
"""

from functools import cache

import polars as pl

from gazetteer.evidence.columns import among
from gazetteer.evidence.number import number_level
from gazetteer.evidence.place import place_level, postcode_beyond, postcode_level
from gazetteer.evidence.street_as_name import name_for_street, street_as_name
from gazetteer.evidence.unit import kind_level, unit_level
from gazetteer.likeness import graded, name_level, street_level
from gazetteer.row_wise import Add, Grade, Keep, Step
from gazetteer.rungs import rung_of
from gazetteer.tuning import Tuning


@cache
def steps() -> tuple[Step, ...]:
    """The order in which a pair is judged: each step builds on the columns of those before it.

    Pairs whose house numbers contradict each other are dropped first: a number is right or wrong, never nearly right.
    """
    may_stay, levels = name_for_street()
    return (
        Add({"number": number_level()}),
        Keep(pl.col("number") != "conflict"),
        Add(street_as_name()),
        Grade("street", street_level, ("m_street", "v_street", "m_known_street")),
        Grade("name", name_level, ("m_names", "v_names")),
        Grade("called", name_level, ("m_called", "v_names")),
        Grade("block", name_level, ("m_block", "v_names")),
        Keep(may_stay),
        Add(levels),
        Add({"unit": unit_level(), "postcode": postcode_level()}),
        Add({"place": place_level(), "kind": kind_level()}),
        Add({"postcode": postcode_beyond()}),
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
    place = among(pl.col("m_names"), pl.col("v_town")) | among(pl.col("m_names"), pl.col("v_locality"))
    other = pl.col("name").is_in(["missing", "different"]) & ~((pl.col("postcode") == "equal") & place)
    strange = (pl.col("number") == "swapped") & (pl.col("m_names") != "") & other
    nowhere = strange | ((pl.col("number") == "missing") & (pl.col("name") == "different"))
    return anchored & ~nowhere
