"""Turns exact hits and weighed candidates into one answer: a property, a building, a street, a tie, or none."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

import polars as pl

from gazetteer.candidates import Candidate, Hit
from gazetteer.feedback import Label
from gazetteer.index import Gazetteer
from gazetteer.parsing import Parsed
from gazetteer.rungs import SAME_UNIT, WHOLE
from gazetteer.tidy import street_core
from gazetteer.tuning import Tuning

_AREA = re.compile(r"\d.*")
# The most rivals that an answer names.
_RIVALS = 10
# Places that say more for a property than another's place does for that.
_NEARER = {"match": ("both",), "different": ("match", "both"), "contrary": ("match", "both")}
_COMMON_WORDS = frozenset({"THE", "OF", "ST", "Y", "UPPER", "LOWER", "GREAT", "LITTLE", "OLD", "NEW"})
_COMMON_WORDS |= {"NORTH", "SOUTH", "EAST", "WEST"}
_EXACT_RUNGS = {0: "exact", 1: "exact", 2: "name_at_postcode", 3: "without_postcode", 4: "without_postcode"}


class Decision(NamedTuple):
    """The answer to one address. `variant` is the winner's; `bits` and `gap` are None where an exact key decided."""

    outcome: str
    uprn: int | None
    rung: str
    variant: int | None = None
    bits: float | None = None
    gap: float | None = None
    rivals: tuple[int, ...] = ()


DECISIONS: Final[dict[str, pl.DataType]] = {
    "outcome": pl.String(),
    "uprn": pl.Int64(),
    "rung": pl.String(),
    "variant": pl.Int64(),
    "bits": pl.Float64(),
    "gap": pl.Float64(),
    "rivals": pl.List(pl.Int64()),
}


def decide_exact(hit: Hit, gazetteer: Gazetteer) -> Decision:
    """Answers for an address that an exact key settled."""
    return _answered(Decision("exact", None, _EXACT_RUNGS[hit.order], hit.variant), gazetteer, named=hit.named)


def decide_confirmed(label: Label, gazetteer: Gazetteer) -> Decision | None:
    """Answers for an address whose placement a person confirmed; None where its property is on the gazetteer no more.

    The property of a confirmed one may be historical since: that answer then leads on to its successors.
    """
    if label.uprn is None:
        return Decision("none", None, "confirmed_absent")
    if not gazetteer.knows(label.uprn):
        return None
    variant = gazetteer.first_variant(label.uprn)
    if variant is None:
        return Decision(label.outcome or "exact", label.uprn, "confirmed")
    found = _answered(Decision("exact", None, "confirmed", variant), gazetteer, named=True)
    said = found.outcome if found.outcome == "historic" else label.outcome or found.outcome
    return found._replace(outcome=said, rung="confirmed")


def decide_weighed(good: list[Candidate], gazetteer: Gazetteer, tuning: Tuning) -> Decision | None:
    """Answers for an address by its good candidates, the best first; None where none of them is good enough."""
    strong = [one for one in good if one.bits >= tuning.enough]
    alike = _ranked(one for one in strong if one.unit in SAME_UNIT)
    shells = _ranked(one for one in strong if one.unit in WHOLE)
    if alike and not (shells and shells[0].bits >= alike[0].bits + tuning.clear):
        return _contested(alike[0], good, gazetteer) or _best(alike, gazetteer, tuning)
    if shells:
        return _contested(shells[0], good, gazetteer) or _best(shells, gazetteer, tuning)
    parts = _ranked(one for one in good if one.unit not in SAME_UNIT and one.unit not in WHOLE)
    return _by_parts(parts, gazetteer, tuning) if parts else None


def _contested(first: Candidate, good: list[Candidate], gazetteer: Gazetteer) -> Decision | None:
    """Refuses a winner at another postcode than the written one where a rival stands at that very postcode.

    And a winner at that postcode where the written locality has the same number of a street of the same name.

    The rival shares the building's name, or the house number and a word of the street; the number alone will do where
    the winner's street is spelt otherwise or may be a village. Which of the two was meant, only a person can tell.
    """
    if first.postcode == "equal":
        rivals = [one for one in _ranked(good) if _in_its_locality(first, one)]
        return _between(first, rivals) if rivals else None
    if first.postcode not in ("sector", "district", "area"):
        return None
    there = (one for one in _ranked(good) if one.postcode == "equal" and one.unit in SAME_UNIT)
    family = (first.uprn, first.parent)
    strangers = [one for one in there if one.uprn not in family and one.parent != first.uprn]
    words = _street_words(first, gazetteer)
    # A village may be a street as well: 6, WESTHAM need not be number 6 of a street of that name.
    sure = first.street == "equal" and gazetteer.known[first.variant].street not in gazetteer.lexicon.places
    rivals = [
        one
        for one in strangers
        if one.name in ("equal", "close")
        or (one.number == "equal" and (not sure or words & _street_words(one, gazetteer)))
    ]
    return _between(first, rivals) if rivals else None


def _between(first: Candidate, rivals: list[Candidate]) -> Decision:
    both = tuple(one.uprn for one in (first, *rivals)[:_RIVALS])
    return Decision("ambiguous", None, "other_place", bits=first.bits, gap=first.bits - rivals[0].bits, rivals=both)


def _in_its_locality(first: Candidate, one: Candidate) -> bool:
    """Tells whether a rival fits as well as the winner, and has the written locality, which the winner has not."""
    alike = (one.number, one.street, one.unit) == (first.number, first.street, first.unit)
    nearer = _NEARER.get(first.place, ())
    return alike and one.place in nearer and one.number == "equal" and one.uprn != first.uprn


def _street_words(one: Candidate, gazetteer: Gazetteer) -> set[str]:
    """The words of a candidate's street that tell it from others."""
    return set(street_core(gazetteer.known[one.variant].street)[0].split()) - _COMMON_WORDS


def _ranked(several: Iterable[Candidate]) -> list[Candidate]:
    """Keeps each property's best variant, in the order given."""
    best: dict[int, Candidate] = {}
    for one in several:
        best.setdefault(one.uprn, one)
    return list(best.values())


def _best(ranked: list[Candidate], gazetteer: Gazetteer, tuning: Tuning) -> Decision:
    """Answers with the best property where it stands clear of the next; else with the tie."""
    first = ranked[0]
    gap = first.bits - ranked[1].bits if len(ranked) > 1 else None
    if gap is not None and gap < tuning.clear:
        near = tuple(one.uprn for one in ranked[:_RIVALS] if first.bits - one.bits < tuning.clear)
        return Decision("ambiguous", None, "tie", bits=first.bits, gap=gap, rivals=near)
    won = Decision("exact", None, first.rung, first.variant, first.bits, gap)
    return _answered(won, gazetteer, named=first.name in ("equal", "close", "part"))


def _by_parts(parts: list[Candidate], gazetteer: Gazetteer, tuning: Tuning) -> Decision:
    """Answers with the building whose parts alone are listed, if they name one parent; else with the tie."""
    near = [one for one in parts if one.bits >= parts[0].bits - tuning.clear]
    parents = {one.parent for one in near}
    parent = parents.pop()
    if parents or parent is None or not gazetteer.knows(parent):
        rivals = tuple(one.uprn for one in near[:_RIVALS])
        return Decision("ambiguous", None, "tie", bits=near[0].bits, gap=0.0, rivals=rivals)
    return Decision("building", parent, near[0].rung, gazetteer.first_variant(parent), near[0].bits)


def _answered(won: Decision, gazetteer: Gazetteer, *, named: bool) -> Decision:
    """Names the outcome of a winner: a former address or property is historic, a divided building is a building."""
    known = gazetteer.known[won.variant or 0]
    absent = won.rung == "unit_absent"
    klass = (known.class_code or "")[:1]
    # A house with one flat below it is still a house; a shell of class P, or of unknown class, is not.
    # Nobody lives in a shop: its bare number may well mean the flat above.
    lone = known.parts == 1 and (klass in ("", "P") or (klass == "C" and not named))
    # A former property's parts are its successors, not its flats.
    divided = known.unit == "" and (known.parts > 1 or lone) and known.live != 8
    missing = divided and won.rung not in ("unit_absent", "only_flat")
    if absent or missing:
        return won._replace(outcome="building", uprn=known.uprn, rung="unit_missing" if missing else won.rung)
    return won._replace(outcome="historic" if 8 in (known.live, known.status) else "exact", uprn=known.uprn)


def decide_only_flat(decided: Decision, parsed: Parsed, gazetteer: Gazetteer) -> Decision:
    """Moves an answer on from the building to its only flat, where the address asks for "the flat" of it."""
    asked = parsed.unit == "*" and parsed.units[-1].kind == "FLAT"
    flats = gazetteer.flats.get(decided.uprn, ()) if asked and decided.rung == "unit_absent" and decided.uprn else ()
    if len(flats) != 1:
        return decided
    return decided._replace(outcome="exact", uprn=flats[0], rung="only_flat", variant=gazetteer.first_variant(flats[0]))


def decide_rest(parsed: Parsed, gazetteer: Gazetteer, *, weak: bool) -> Decision:
    """Says of an address why it has no property; `weak` tells that it had some candidate."""
    rung = parsed.trouble or _reason(parsed, gazetteer, weak=weak)
    return Decision("street" if rung in ("number_absent", "street_only") else "none", None, rung)


def _reason(parsed: Parsed, gazetteer: Gazetteer, *, weak: bool) -> str:
    district = (parsed.postcode or "").partition(" ")[0]
    if parsed.postcode and _AREA.sub("", district) not in gazetteer.outward:
        return "out_of_area"
    if parsed.known_street and (not parsed.postcode or district in gazetteer.outward):
        return "number_absent" if parsed.number or parsed.names or parsed.units else "street_only"
    if parsed.street and not parsed.known_street:
        return "street_unknown"
    return "weak" if weak else "no_match"
