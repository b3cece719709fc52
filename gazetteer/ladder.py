"""Climbs the ladder: exact keys for all, candidates for what they leave, and a reason for what is left then."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import polars as pl

from gazetteer.alone import candidates_alone
from gazetteer.candidates import Candidate, candidates, exact_hits, good_candidates
from gazetteer.decide import Decision, decide_exact, decide_only_flat, decide_rest, decide_weighed
from gazetteer.index import Gazetteer
from gazetteer.lexicon import Lexicon
from gazetteer.parse import take_apart
from gazetteer.parsing import Parsed
from gazetteer.tuning import Tuning


class Readings(Mapping[int, Parsed]):
    """Holds addresses, by their place in a frame of address and postcode; each is taken apart when first asked for."""

    def __init__(self, asked: pl.DataFrame, lexicon: Lexicon) -> None:
        self._texts = asked.select("address", "postcode").rows()
        self._lexicon = lexicon
        self._read: dict[int, Parsed] = {}

    def __getitem__(self, row: int) -> Parsed:
        if row not in self._read:
            text, postcode = self._texts[row]
            self._read[row] = take_apart(text, self._lexicon, postcode)
        return self._read[row]

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._texts)))

    def __len__(self) -> int:
        return len(self._texts)

    def some(self, rows: Iterable[int]) -> dict[int, Parsed]:
        """Gives the addresses of some rows."""
        return {row: self[row] for row in rows}


def climb(parsed: Mapping[int, Parsed], gazetteer: Gazetteer, tuning: Tuning) -> dict[int, Decision]:
    """Decides about each of many addresses."""
    able = {row: one for row, one in parsed.items() if not one.trouble}
    done = {row: decide_exact(hit, gazetteer) for row, hit in exact_hits(able, gazetteer).items()}
    weak: set[int] = set()
    for pairs in candidates({row: one for row, one in able.items() if row not in done}, gazetteer, tuning):
        weak.update(pairs["row"].unique())
        for row, good in good_candidates(pairs, tuning):
            if decided := decide_weighed(good, gazetteer, tuning):
                done[row] = decide_only_flat(decided, able[row], gazetteer)
    villages = {row: other for row, one in able.items() if row not in done and (other := _in_village(one, gazetteer))}
    if villages:
        again = climb(villages, gazetteer, tuning)
        done |= {row: decided for row, decided in again.items() if decided.uprn is not None}
    return {row: done.get(row) or decide_rest(one, gazetteer, weak=row in weak) for row, one in parsed.items()}


def climb_alone(parsed: Parsed, gazetteer: Gazetteer, tuning: Tuning) -> tuple[Decision, list[Candidate]]:
    """Decides about one address as `climb` does; gives its weighed candidates too, whatever decided."""
    if parsed.trouble:
        return decide_rest(parsed, gazetteer, weak=False), []
    hits = exact_hits({0: parsed}, gazetteer)
    weighed = candidates_alone(parsed, gazetteer, tuning)
    if hits:
        return decide_exact(hits[0], gazetteer), weighed
    good = [one for one in weighed if one.bits >= tuning.fair]
    decided = decide_weighed(good, gazetteer, tuning) if good else None
    if decided:
        return decide_only_flat(decided, parsed, gazetteer), weighed
    if village := _in_village(parsed, gazetteer):
        again, others = climb_alone(village, gazetteer, tuning)
        if again.uprn is not None:
            return again, others
    return decide_rest(parsed, gazetteer, weak=bool(weighed)), weighed


def _in_village(parsed: Parsed, gazetteer: Gazetteer) -> Parsed | None:
    """Reads the street as the village of that name: 28, WESTHAM at a postcode, where no street WESTHAM has a 28."""
    if not (parsed.number and parsed.postcode and parsed.street in gazetteer.lexicon.places):
        return None
    return replace(parsed, street="", known_street=False, places=[parsed.street, *parsed.places])
