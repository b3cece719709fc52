"""The ladder: every rule by which an address is placed, or is not, with its name and its meaning."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl


@dataclass(frozen=True, slots=True)
class Rung:
    """One rule of the ladder: its name, what it means in words, and whether an answer by it names a property.

    How far a placement by it can be trusted stands in a tuning (`tuning.Tuning`).
    """

    name: str
    meaning: str
    places: bool = True


# From the surest to the least; where several apply to one placement, the last of them names it.
RUNGS: Final = (
    Rung("confirmed", "a person confirmed this property for exactly this written address"),
    Rung("supplied_uprn", "the supplied UPRN agrees with the written address"),
    Rung("cross_reference", "the property reference is the gazetteer's, and agrees with the written address"),
    Rung("exact", "unit, number or name, street and postcode are the gazetteer's own"),
    Rung("name_at_postcode", "the building's name is the only such at the postcode"),
    Rung("without_postcode", "no postcode was given; number or name, street and town are the gazetteer's own"),
    Rung("structure", "the same parts in another order"),
    Rung("organisation", "the organisation or the building's name stands for the number"),
    Rung("unit_form", "another way of writing the same flat, floor or unit"),
    Rung("suffix_as_unit", "a number's letter is the flat, or the flat is the number's letter"),
    Rung("only_flat", "the only flat of the building"),
    Rung("range", "the number lies within a range of numbers"),
    Rung("spelling", "a street or building spelt otherwise"),
    Rung("other_postcode", "the postcode differs from the gazetteer's"),
    Rung("street_kind", "ROAD for STREET or the like, at the same postcode"),
    Rung("number_and_postcode", "number and postcode, with no street"),
    Rung("unchecked_reference", "a supplied reference with no written address that could confirm it"),
    Rung("unit_missing", "the building has several units and the address names none"),
    Rung("unit_absent", "the building is there, the unit is not"),
    Rung("tie", "several properties fit equally well", places=False),
    Rung(
        "other_place",
        "one property has the number or name on this street, another has it at this postcode",
        places=False,
    ),
    Rung("disagreement", "the supplied reference and the written address name different properties", places=False),
    Rung("number_absent", "the street is there, the number is not", places=False),
    Rung("street_only", "the address gives a street but no number or name", places=False),
    Rung("weak", "the best candidate is not good enough", places=False),
    Rung("street_unknown", "the gazetteer has no such street", places=False),
    Rung("out_of_area", "the postcode lies outside the gazetteer", places=False),
    Rung("confirmed_absent", "a person confirmed that the gazetteer does not have it", places=False),
    Rung("no_match", "nothing on the gazetteer is like it", places=False),
    Rung("overseas", "the address is abroad", places=False),
    Rung("no_fixed_abode", "the person has no fixed address", places=False),
    Rung("forces", "a British Forces post office", places=False),
    Rung("po_box", "a post office box", places=False),
    Rung("postcode_only", "a postcode and nothing else", places=False),
    Rung("place_only", "a town and nothing else", places=False),
    Rung("junk", "no address was written there", places=False),
    Rung("empty", "nothing was written there", places=False),
)
BY_NAME: Final = {rung.name: rung for rung in RUNGS}
ORDER: Final = {rung.name: place for place, rung in enumerate(RUNGS)}
OUTCOMES: Final = ("exact", "building", "street", "ambiguous", "historic", "none")

# The levels of each piece of evidence; a tuning gives each its bits.
LEVELS: Final[dict[str, tuple[str, ...]]] = {
    "number": ("equal", "range", "swapped", "block", "missing", "none"),
    "unit": (
        "none",
        "equal",
        "named",
        "floor",
        "bare",
        "swapped",
        "block",
        "as_number",
        "outer",
        "repeated",
        "missing_in_gazetteer",
        "missing_in_text",
        "conflict",
    ),
    "street": ("equal", "close", "slight", "kind", "missing", "different"),
    "name": ("equal", "close", "part", "missing", "different"),
    "postcode": ("equal", "sector", "district", "area", "foreign", "missing"),
    "place": ("both", "match", "missing", "different", "contrary"),
    "kind": ("same", "missing", "different"),
    "standing": ("current", "former_address", "former_property"),
    "purpose": ("ordinary", "shell"),
}
# Levels that can only fall in worth from left to right, whatever labels may say.
FALLING: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "number": (("equal", "range"), ("equal", "swapped"), ("equal", "missing")),
    "unit": (("equal", "floor", "conflict"), ("equal", "bare", "conflict"), ("equal", "swapped", "conflict")),
    "street": (("equal", "close", "slight", "different"), ("close", "kind", "different"), ("equal", "missing")),
    "name": (("equal", "close", "part", "different"), ("part", "missing", "different")),
    "postcode": (("equal", "sector", "district", "area", "foreign"), ("equal", "missing")),
    "place": (("both", "match", "missing", "different", "contrary"),),
    "kind": (("same", "missing", "different"),),
    "standing": (("current", "former_address", "former_property"),),
    "purpose": (("ordinary", "shell"),),
}
# Contradictions that weigh at least so much against a candidate, whatever labels may say: numbers and units are right
# or wrong, never nearly right. A house number that contradicts has no weight at all: such a pair is no candidate.
VETOES: Final = {("unit", "conflict"): -10.0, ("postcode", "foreign"): -12.0, ("place", "contrary"): -8.0}
# Levels at which the building is there but the unit is not.
WHOLE: Final = ("missing_in_gazetteer", "outer")
# Levels at which a unit counts as accounted for.
SAME_UNIT: Final = ("none", "equal", "named", "floor", "bare", "swapped", "block", "as_number", "repeated")


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
