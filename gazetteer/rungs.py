"""The ladder: every rule by which an address is placed, or is not, with its name and how far it can be trusted."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl


@dataclass(frozen=True, slots=True)
class Rung:
    """One rule of the ladder: its name, the certainty that a placement by it deserves, and what it means in words.

    `certainty` is a probability assumed until a gazetteer's own confirmed placements are at hand.
    """

    name: str
    certainty: float
    meaning: str


# From the surest to the least; where several apply to one placement, the last of them names it.
RUNGS: Final = (
    Rung("supplied_uprn", 0.9995, "the supplied UPRN agrees with the written address"),
    Rung("cross_reference", 0.9995, "the property reference is the gazetteer's, and agrees with the written address"),
    Rung("exact", 0.9995, "unit, number or name, street and postcode are the gazetteer's own"),
    Rung("name_at_postcode", 0.999, "the building's name is the only such at the postcode"),
    Rung("without_postcode", 0.998, "no postcode was given; number or name, street and town are the gazetteer's own"),
    Rung("structure", 0.998, "the same parts in another order"),
    Rung("organisation", 0.995, "the organisation or the building's name stands for the number"),
    Rung("unit_form", 0.995, "another way of writing the same flat, floor or unit"),
    Rung("suffix_as_unit", 0.99, "a number's letter is the flat, or the flat is the number's letter"),
    Rung("only_flat", 0.985, "the only flat of the building"),
    Rung("range", 0.985, "the number lies within a range of numbers"),
    Rung("spelling", 0.985, "a street or building spelt otherwise"),
    Rung("other_postcode", 0.98, "the postcode differs from the gazetteer's"),
    Rung("street_kind", 0.95, "ROAD for STREET or the like, at the same postcode"),
    Rung("number_and_postcode", 0.97, "number and postcode, with no street"),
    Rung("unchecked_reference", 0.98, "a supplied reference with no written address that could confirm it"),
    Rung("unit_missing", 0.9, "the building has several units and the address names none"),
    Rung("unit_absent", 0.9, "the building is there, the unit is not"),
    Rung("tie", 0.0, "several properties fit equally well"),
    Rung("disagreement", 0.0, "the supplied reference and the written address name different properties"),
    Rung("number_absent", 0.0, "the street is there, the number is not"),
    Rung("street_only", 0.0, "the address gives a street but no number or name"),
    Rung("weak", 0.0, "the best candidate is not good enough"),
    Rung("street_unknown", 0.0, "the gazetteer has no such street"),
    Rung("out_of_area", 0.0, "the postcode lies outside the gazetteer"),
    Rung("no_match", 0.0, "nothing on the gazetteer is like it"),
    Rung("overseas", 0.0, "the address is abroad"),
    Rung("no_fixed_abode", 0.0, "the person has no fixed address"),
    Rung("forces", 0.0, "a British Forces post office"),
    Rung("po_box", 0.0, "a post office box"),
    Rung("postcode_only", 0.0, "a postcode and nothing else"),
    Rung("place_only", 0.0, "a town and nothing else"),
    Rung("junk", 0.0, "no address was written there"),
    Rung("empty", 0.0, "nothing was written there"),
)
BY_NAME: Final = {rung.name: rung for rung in RUNGS}
ORDER: Final = {rung.name: place for place, rung in enumerate(RUNGS)}
OUTCOMES: Final = ("exact", "building", "street", "ambiguous", "historic", "none")

# A placement needs this many bits, and this many more than the next property.
ENOUGH: Final = 8.0
CLEAR: Final = 1.0

# Bits for each level of each piece of evidence. They add up; each fact is counted once.
WEIGHTS: Final[dict[str, dict[str, float]]] = {
    "number": {"equal": 6.0, "range": 4.0, "swapped": 4.0, "block": 6.0, "missing": -2.0, "none": 0.0},
    "unit": {
        "none": 0.0,
        "equal": 6.0,
        "named": 6.0,
        "floor": 3.0,
        "bare": 3.0,
        "swapped": 2.0,
        "block": 0.0,
        "as_number": 0.0,
        "outer": 3.0,
        "repeated": -1.0,
        "missing_in_gazetteer": -4.0,
        "missing_in_text": -4.0,
        "conflict": -10.0,
    },
    "street": {"equal": 8.0, "close": 6.0, "slight": -2.0, "kind": -2.0, "missing": 0.0, "different": -6.0},
    "name": {"equal": 7.0, "close": 5.0, "part": 3.0, "missing": 0.0, "different": -1.0},
    "postcode": {"equal": 5.0, "sector": 2.5, "district": 1.0, "area": -3.0, "foreign": -12.0, "missing": 0.0},
    "place": {"both": 2.4, "match": 1.2, "missing": 0.0, "different": -0.5, "contrary": -8.0},
    "kind": {"same": 1.0, "missing": 0.0, "different": -1.0},
    "standing": {"current": 0.0, "former_address": -1.5, "former_property": -2.5},
    "purpose": {"ordinary": 0.0, "shell": -1.5},
}
# Levels at which the building is there but the unit is not.
WHOLE: Final = ("missing_in_gazetteer", "outer")
# Levels at which a unit counts as accounted for.
SAME_UNIT: Final = ("none", "equal", "named", "floor", "bare", "swapped", "block", "as_number", "repeated")


@cache
def bits() -> pl.Expr:
    """Adds up the weights of a frame of candidates that has one column of levels for each piece of evidence."""
    return pl.sum_horizontal(
        pl.col(name).replace_strict(levels, default=0.0, return_dtype=pl.Float64) for name, levels in WEIGHTS.items()
    )


@cache
def rung_of() -> pl.Expr:
    """Names the rung of a candidate: the last in the ladder that any of its levels calls for."""
    bare = (pl.col("street") == "missing") & (pl.col("number") == "none")
    calls = {
        "name_at_postcode": bare & (pl.col("name") == "equal"),
        "structure": pl.col("number").is_in(["block"]) | pl.col("unit").is_in(["as_number", "block"]),
        "organisation": (pl.col("number") == "missing") & pl.col("name").is_in(["equal", "part"]),
        "unit_form": pl.col("unit").is_in(["floor", "repeated"]),
        "without_postcode": pl.col("postcode") == "missing",
        "suffix_as_unit": pl.col("unit") == "swapped",
        "only_flat": pl.col("unit") == "bare",
        "range": pl.col("number") == "range",
        "spelling": pl.col("street").is_in(["close", "slight"]) | (pl.col("name") == "close"),
        "other_postcode": pl.col("postcode").is_in(["sector", "district", "area"]),
        "street_kind": pl.col("street") == "kind",
        "number_and_postcode": (pl.col("street") == "missing") & pl.col("number").is_in(["equal", "range"]),
        "unit_absent": pl.col("unit").is_in(["missing_in_gazetteer", "outer", "conflict"]),
        "unit_missing": pl.col("unit") == "missing_in_text",
    }
    named = pl.lit("exact")
    for name in sorted(calls, key=lambda name: ORDER[name]):
        named = pl.when(calls[name]).then(pl.lit(name)).otherwise(named)
    return named
