"""Suggests properties for an address that is still being typed, its last word or its postcode not yet whole."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from gazetteer.alone import candidates_alone
from gazetteer.candidates import Candidate
from gazetteer.index import Gazetteer
from gazetteer.keys import spans
from gazetteer.parse import take_apart
from gazetteer.parsing import Parsed
from gazetteer.tidy import tidy
from gazetteer.tuning import Tuning

# So many streets that begin as typed are looked at for the number; so many of those that have it are weighed.
_LOOKED_AT = 300
_WEIGHED = 3
_HALF_POSTCODE = re.compile(r"(?:^|[ ,])([A-Z]{1,2}\d[A-Z\d]?)(?: ?(\d[A-Z]{0,2}))?$")


def completions(text: str, parsed: Parsed, gazetteer: Gazetteer, tuning: Tuning, limit: int) -> list[Candidate]:
    """Gives candidates for what the last word or the postcode of a typed address may become, the likeliest first.

    Numbers are taken at their word: 1 does not become 12. `parsed` is the text taken apart.

    >>> from gazetteer.examples import barchester
    >>> small = barchester()
    >>> for typed in ("12 kin", "flat 2 14 k", "ros", "12 king st ba1 1"):
    ...     parsed = take_apart(typed, small.lexicon)
    ...     completions(typed, parsed, small, Tuning.shipped(), 1)[0].uprn
    12000
    14002
    16000
    12000
    """
    tidied = tidy(text)
    if found := _HALF_POSTCODE.search(tidied):
        outward, inward = found[1], found[2] or ""
        # BA11 is the district, or BA1 and the 1 of the sector.
        for opening in (f"{outward} {inward}".rstrip(), f"{outward[:-1]} {outward[-1]}{inward}"):
            if starting(gazetteer.postcodes, opening, 1):
                return _at_postcodes(tidied[: found.start()].rstrip(" ,"), opening, gazetteer, tuning, limit)
    if parsed.known_street or parsed.trouble:
        return []
    return _ranked(one for whole in _wholes(parsed, gazetteer) for one in candidates_alone(whole, gazetteer, tuning))


def starting(words: Sequence[str], opening: str, most: int) -> Sequence[str]:
    """Gives the words, of a sorted sequence, that begin with an opening, up to so many.

    >>> starting(["KING STREET", "KINGS ROAD", "MILL LANE"], "KING", 9)
    ['KING STREET', 'KINGS ROAD']
    """
    first = bisect_left(words, opening)
    last = bisect_left(words, opening + "\uffff", lo=first)
    return words[first : min(last, first + most)]


def _wholes(parsed: Parsed, gazetteer: Gazetteer) -> Iterator[Parsed]:
    """Gives what was typed with its street, or else its building's name, made whole."""
    low, *_ = spans(parsed.number)
    if parsed.street and low is not None:
        streets = starting(gazetteer.streets, parsed.street, _LOOKED_AT)
        places, _ = gazetteer.blocks.find([f"2|{street}|{low}" for street in streets])
        for place in list(dict.fromkeys(places.tolist()))[:_WEIGHED]:
            yield replace(parsed, street=streets[place], known_street=True)
    name = parsed.street or (parsed.names[-1] if parsed.names else "")
    if name and low is None:
        before = parsed.names[:-1] if not parsed.street else parsed.names
        for building in starting(gazetteer.buildings, name, _WEIGHED):
            yield replace(parsed, street="", names=[*before, building])


def _at_postcodes(rest: str, opening: str, gazetteer: Gazetteer, tuning: Tuning, limit: int) -> list[Candidate]:
    """Gives candidates at the postcodes that begin so: those of the address before it, or else the first ones."""
    if rest:
        parsed = take_apart(rest, gazetteer.lexicon)
        found = [] if parsed.trouble else candidates_alone(parsed, gazetteer, tuning)
        found += completions(rest, parsed, gazetteer, tuning, limit)
        codes = gazetteer.variants["postcode"]
        return _ranked(one for one in found if (codes[one.variant] or "").startswith(opening))
    here = gazetteer.variants.filter(pl.col("postcode").str.starts_with(opening) & (pl.col("rank") == 0))
    rows = here.unique("uprn", keep="first", maintain_order=True).head(limit)
    bits = tuning.weights["postcode"]["equal"]
    nothing_else = Candidate(
        row=0,
        bits=bits,
        rank=0,
        uprn=0,
        variant=0,
        unit="none",
        name="missing",
        rung="postcode_only",
        parent=None,
        number="none",
        street="missing",
        postcode="equal",
        place="missing",
    )
    named = rows.select("uprn", "variant").rows()
    return [nothing_else._replace(uprn=uprn, variant=variant) for uprn, variant in named]


def _ranked(several: Iterator[Candidate]) -> list[Candidate]:
    return sorted(several, key=lambda one: (-one.bits, one.uprn, one.variant))
