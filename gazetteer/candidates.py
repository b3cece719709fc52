"""Gathers, for each parsed address, the variants that deserve a look."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from gazetteer.evidence import OURS, weighed
from gazetteer.index import Gazetteer, Known
from gazetteer.keys import IN_LOCALITY, own_block_keys, own_exact_keys, spans
from gazetteer.likeness import nearest_streets
from gazetteer.parsing import Parsed
from gazetteer.texts import own_text_keys
from gazetteer.tuning import Tuning
from gazetteer.units import unit_parts

# A key with more variants than this says too little to be worth following; a word must be rarer still.
_CAP = 1500
_RARE = 60
# Candidates are weighed this many addresses at a time, so that memory stays bounded; more are no quicker.
_BATCH = 2_000

# The order of the exact key that says nothing of the street.
_BY_NAME = 2
# The doors that are sides of a house.
_SIDES = ("", "L", "R", "F", "B", "M")
MINE = tuple(f"m_{name}" for name in OURS)
# What a candidate is made of after its row, by the columns of a weighed pair.
DECIDING = (
    *("bits", "v_rank", "v_uprn", "variant", "unit", "name", "rung", "v_parent_uprn"),
    *("number", "street", "postcode", "place"),
)

Reading = Mapping[int, Parsed]


class Hit(NamedTuple):
    """A variant that alone answers to an exact key of an address; `order` is the key's, `named` tells of a name."""

    order: int
    variant: int
    named: bool


class Candidate(NamedTuple):
    """A weighed variant: what deciding about it takes."""

    row: int
    bits: float
    rank: int
    uprn: int
    variant: int
    unit: str
    name: str
    rung: str
    parent: int | None
    number: str
    street: str
    postcode: str
    place: str


def text_hits(asked: pl.DataFrame, gazetteer: Gazetteer) -> dict[int, Hit]:
    """Finds the addresses of a frame (address, postcode) that are one property's own text, by their place in it."""
    rows, variants = gazetteer.texts.find(own_text_keys(asked))
    found: dict[int, list[Hit]] = {}
    for row, variant in zip(rows.tolist(), variants.tolist(), strict=True):
        found.setdefault(row, []).append(Hit(0, variant, bool(gazetteer.known[variant].names)))
    return _alone(found, gazetteer)


def exact_hits(parsed: Reading, gazetteer: Gazetteer) -> dict[int, Hit]:
    """Finds the addresses that one property alone answers to by exact key."""
    asked = [(row, order, key) for row, one in parsed.items() for order, key in own_exact_keys(one)]
    places, variants = gazetteer.exact.find([key for _, _, key in asked])
    found: dict[int, list[Hit]] = {}
    elsewhere: dict[int, set[int]] = {}
    for place, variant in zip(places.tolist(), variants.tolist(), strict=True):
        row, order, _ = asked[place]
        if order == IN_LOCALITY:
            elsewhere.setdefault(row, set()).add(gazetteer.known[variant].uprn)
        elif _bears(parsed[row], order, gazetteer.known[variant]):
            found.setdefault(row, []).append(Hit(order, variant, bool(parsed[row].names)))
    hits = _alone(found, gazetteer)
    # The postcode says one property, the locality another of the same number and street: that wants weighing.
    return {
        row: hit
        for row, hit in hits.items()
        if row not in elsewhere or gazetteer.known[hit.variant].uprn in elsewhere[row]
    }


def _alone(found: Mapping[int, list[Hit]], gazetteer: Gazetteer) -> dict[int, Hit]:
    """Keeps the surest hit of each address, where all that are as sure belong to one property.

    Where a property's approved address and another's historic one share a key, the approved one stands.
    """
    hits = {}
    for row, several in found.items():
        if len(several) == 1:
            hits[row] = several[0]
            continue
        ranked = sorted((hit.order, gazetteer.known[hit.variant].rank, hit.variant, hit.named) for hit in several)
        order, rank, variant, named = ranked[0]
        rivals = (gazetteer.known[one[2]].uprn for one in ranked if one[:2] == (order, rank))
        if all(uprn == gazetteer.known[variant].uprn for uprn in rivals):
            hits[row] = Hit(order, variant, named)
    return hits


def _bears(parsed: Parsed, order: int, known: Known) -> bool:
    """Tells whether nothing else contradicts a key.

    A name that the property does not bear, another number, or another street wants weighing, not a key.
    """
    if order in (0, 3):
        return not parsed.names or parsed.names[-1] == known.names
    elsewhere = order == _BY_NAME and parsed.street not in ("", known.street)
    return parsed.number in ("", known.number) and not elsewhere


def candidates(parsed: Reading, gazetteer: Gazetteer, tuning: Tuning) -> Iterator[pl.DataFrame]:
    """Weighs every candidate of every address, two thousand addresses at a time: see `evidence.weighed`."""
    unknown = sorted({one.street for one in parsed.values() if one.street and not one.known_street})
    near = nearest_streets(unknown, gazetteer.lexicon)
    rows = list(parsed)
    for start in range(0, len(rows), _BATCH):
        some = {row: parsed[row] for row in rows[start : start + _BATCH]}
        owners: list[int] = []
        keys: list[str] = []
        for row, one in some.items():
            own = own_block_keys(one, () if one.known_street else near.get(one.street, ()))
            owners += [row] * len(own)
            keys += own
        places, variants = gazetteer.blocks.find(keys, caps=caps(keys))
        yield weighed(pairs_for(np.array(owners, dtype=np.int64)[places], variants, some, gazetteer), tuning)


def caps(keys: Sequence[str]) -> npt.NDArray[np.int64]:
    """Gives the most variants that each block key may have and still be followed."""
    return np.array([_RARE if key[0] == "5" else _CAP for key in keys], dtype=np.int64)


def good_candidates(pairs: pl.DataFrame, tuning: Tuning) -> Iterator[tuple[int, list[Candidate]]]:
    """Gives each address that has candidates good enough, with those, the best first."""
    good = pairs.filter(pl.col("bits") >= tuning.fair).select("row", *DECIDING)
    good = good.sort(["row", "bits", "v_rank", "v_uprn", "variant"], descending=[False, True, False, False, False])
    for row, several in groupby(map(Candidate._make, good.iter_rows()), key=lambda one: one.row):
        yield row, list(several)


def pairs_for(
    rows: npt.NDArray[np.int64], variants: npt.NDArray[np.int64], parsed: Reading, gazetteer: Gazetteer
) -> pl.DataFrame:
    """Sets the facts of both sides (m_ the address, v_ the variant) beside pairs of row and variant, each pair once."""
    both = np.unique(np.stack([rows, variants]), axis=1)
    mine = parsed_frame(parsed)
    pairs: pl.DataFrame = mine[np.searchsorted(mine["row"].to_numpy(), both[0])]
    return pairs.hstack(gazetteer.judged[both[1]])


def parsed_frame(parsed: Reading) -> pl.DataFrame:
    """Writes parsed addresses as a frame of `row` Int64 and the columns of `evidence.OURS` with prefix m_, by row."""
    rows = sorted(parsed)
    columns = list(zip(*(own_facts(parsed[row]) for row in rows), strict=True)) or [()] * len(OURS)
    named = zip(MINE, columns, strict=True)
    types = dict(zip(MINE, OURS.values(), strict=True))
    return pl.DataFrame({"row": rows, **dict(named)}, schema={"row": pl.Int64, **types})


def own_facts(one: Parsed) -> tuple[str | int | bool | None, ...]:
    """Gives the facts of one parsed address, in the order of `evidence.OURS`."""
    unit = one.unit
    floor, door = unit_parts(unit)
    kind, paired = (one.units[-1].kind, any(part.paired for part in one.units)) if one.units else ("", False)
    names, places, postcode = "|".join(one.names), "|".join(one.places), one.postcode
    head = (unit, floor, door, kind, one.relation, one.number, paired, *spans(one.number), names, one.street, postcode)
    return (*head, *_postcode_parts(postcode), places, one.known_street, door in _SIDES, one.part, *one.pair)


@lru_cache(maxsize=50_000)
def _postcode_parts(postcode: str | None) -> tuple[str | None, str | None, str | None]:
    """Gives the area, district and sector of a postcode, as `evidence.postcode_parts` does those of a column."""
    if not postcode:
        return None, None, None
    district, _, inward = postcode.partition(" ")
    return district[: 2 if district[1].isalpha() else 1], district, f"{district} {inward[0]}"
