"""Finds the smallest changes to an address that would have changed its answer: one part put otherwise, or left out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from gazetteer.decide import Decision
from gazetteer.index import Gazetteer
from gazetteer.ladder import climb
from gazetteer.parse import take_apart
from gazetteer.parsing import Parsed
from gazetteer.resolve import decisions
from gazetteer.rungs import ORDER
from gazetteer.tuning import Tuning
from gazetteer.wording import in_words

# `part` is the part changed, `written` what stands there (null where nothing does), `instead` what might have stood
# there (null where the part is left out); the rest is the answer that this would have brought.
CHANGES: dict[str, pl.DataType] = {
    **dict.fromkeys(("part", "written", "instead", "outcome"), pl.String()),
    "uprn": pl.Int64(),
    **dict.fromkeys(("rung", "matched"), pl.String()),
}
# What may be put otherwise, the slightest first.
_PARTS = ("postcode", "unit", "number", "street", "name", "place")
_MAY_GO = ("unit", "name", "postcode")
# How many of a building's parts, and of the likeliest properties, lend their parts.
_LENDERS = 6


def changes(
    parsed: Parsed, answer: Decision, near: Sequence[int], gazetteer: Gazetteer, tuning: Tuning
) -> pl.DataFrame:
    """Lists what one changed part would have made of an address, as a frame with the columns of CHANGES.

    `near` has the likeliest properties; their parts, and those of the building that was found, are tried one by one.
    Only what changes the outcome or the property, or makes the rung surer, is listed: what makes it exact first, then
    by how slight it is.
    """
    if parsed.trouble:
        return pl.DataFrame(schema=CHANGES)
    tried = list(_tried(parsed, _lenders(answer, near, gazetteer)))
    decided = climb({at: one for at, (_, _, one) in enumerate(tried)}, gazetteer, tuning)
    frame = decisions([answer, *(decided[at] for at in range(len(tried)))])
    frame = frame.with_columns(remark=pl.lit(None, pl.String), country=pl.lit(None, pl.String))
    answers = in_words(frame, gazetteer, tuning).select("outcome", "uprn", "rung", "matched")
    told = pl.DataFrame(
        [(part, _told(parsed, part), instead) for part, instead, _ in tried],
        schema={name: CHANGES[name] for name in ("part", "written", "instead")},
        orient="row",
    ).hstack(answers[1:])
    outcome, uprn, rung, _ = answers.row(0)
    other = (pl.col("outcome") != outcome) | pl.col("uprn").ne_missing(pl.lit(uprn, pl.Int64))
    surer = pl.col("rung").replace_strict(ORDER, return_dtype=pl.Int64) < ORDER[rung]
    worth = pl.col("uprn").is_not_null() | pl.lit(uprn is not None)
    slight = pl.col("part").replace_strict({part: size for size, part in enumerate(_PARTS)})
    ranked = told.filter((other | surer) & worth).sort(pl.col("outcome") != "exact", slight, maintain_order=True)
    return ranked.select(*CHANGES)


def _lenders(answer: Decision, near: Sequence[int], gazetteer: Gazetteer) -> Iterator[Parsed]:
    """Reads the gazetteer's own text of the properties that may lend a part."""
    own = [] if answer.uprn is None else [answer.uprn]
    parts = gazetteer.parts.filter(pl.col("uprn").is_in(own))["part"].head(_LENDERS).to_list()
    for uprn in dict.fromkeys([*own, *answer.rivals[:_LENDERS], *near[:_LENDERS], *parts]):
        variant = gazetteer.first_variant(uprn)
        if variant is not None:
            text, postcode = gazetteer.variants.select("text", "postcode").row(variant)
            yield take_apart(text, gazetteer.lexicon, postcode)


def _tried(parsed: Parsed, lenders: Iterator[Parsed]) -> Iterator[tuple[str, str | None, Parsed]]:
    """Makes the addresses that differ in one part: the part, what stands there instead, and the address."""
    seen: set[tuple[str, str | None]] = {(part, _told(parsed, part)) for part in _PARTS}
    for part in _MAY_GO:
        if (part, None) not in seen:
            yield part, None, _without(parsed, part)
    for other in lenders:
        for part in _PARTS:
            lent = _told(other, part)
            if lent is None or (part, lent) in seen:
                continue
            seen.add((part, lent))
            yield part, lent, _with(parsed, part, other)


def _told(parsed: Parsed, part: str) -> str | None:
    several = {"unit": [*map(str, parsed.units)], "name": parsed.names, "place": parsed.places}
    one = {"postcode": parsed.postcode, "number": parsed.number, "street": parsed.street}
    return (one[part] if part in one else ", ".join(several[part])) or None


def _with(parsed: Parsed, part: str, other: Parsed) -> Parsed:
    match part:
        case "unit":
            return replace(parsed, units=other.units)
        case "name":
            return replace(parsed, names=other.names)
        case "place":
            return replace(parsed, places=other.places)
        case "number":
            return replace(parsed, number=other.number)
        case "street":
            return replace(parsed, street=other.street, known_street=other.known_street)
    return replace(parsed, postcode=other.postcode)


def _without(parsed: Parsed, part: str) -> Parsed:
    return _with(parsed, part, Parsed([], [], "", "", [], None))
