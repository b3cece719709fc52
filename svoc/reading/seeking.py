"""Looks for who may be meant, for one purpose, among so few that it takes no longer in a city than in a village.

Who is found by where they live is found only by what the purpose may see of that: somebody under protection is neither
nearer nor farther for a postcode, or whoever tried postcode after postcode would learn theirs.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

import polars as pl

from svoc.finding import Said, vocabulary_of
from svoc.finding.meant import alone, in_part, together
from svoc.finding.ranking import ranked
from svoc.protecting import Shield
from svoc.reading.masking import masked, masked_persons
from svoc.store.drawn import drawn_in
from svoc.store.sought import BRIEF, Called, Lookup, of_the_lane
from svoc.store.store import Store
from svoc.words.persons import Person
from svoc.words.purposes import Lane, Purpose

__all__ = ["sought"]

MOST = 400
"""Persons who are read by name, and again by place: more are found only where little but a common name was said."""


def sought(store: Store, lane: Lane, purpose: Purpose, shield: Shield, said: Said, *, most: int) -> list[Person]:
    """Give the persons who are likeliest meant, best first, as the purpose may see them.

    Whoever bears about the words that were said, one as a surname and another as a forename, is looked for first; where
    there is nobody, whoever bears one of them.
    """
    run = store.published()
    redrawn = drawn_in(store, run).get(lane.name) != lane.drawn
    seeking = _Seeking(Lookup(store, lane.name, run, MOST), lane, redrawn, purpose, shield, said)
    surnames, forenames = (vocabulary_of(store, lane.name, column, run) for column in ("surname", "forename"))
    ways = (
        partial(together, said, surnames, forenames),
        partial(in_part, said, surnames),
        partial(alone, said, forenames),
    )
    return seeking.persons(ways, most)


@dataclass(frozen=True, slots=True)
class _Seeking:
    """One search, by ever wider ways."""

    lookup: Lookup
    lane: Lane
    redrawn: bool
    purpose: Purpose
    shield: Shield
    said: Said

    def persons(self, ways: Collection[Callable[[], list[Called]]], most: int) -> list[Person]:
        seen = pl.DataFrame(schema=BRIEF)
        likeliest = seen
        if self.said.words:
            seen = self._by_postcode()
            for way in ways:
                seen = pl.concat([seen, self._by(way())]).unique("person", maintain_order=True)
                likeliest = ranked(self._shown(seen), self.said, most=most)
                if likeliest.height:
                    break
        whole = self.lookup.persons(likeliest["person"].to_list())
        return [masked(self.shield.person(person), self.purpose) for person in whole]

    def _by(self, names: list[Called]) -> pl.DataFrame:
        """Give who bears one of these names; those nearest to what was said of the place are among them, if seen."""
        if not names:
            return pl.DataFrame(schema=BRIEF)
        near, postcode = self.said.near, self.said.postcode
        found = [self.lookup.by_name(names)]
        if postcode and self.purpose.sees("postcode"):
            found.append(self._placed(self.lookup.by_name_in_sector(names, postcode)))
        if near and not postcode and self.purpose.sees("address"):
            found.append(self._placed(self.lookup.by_name_at(names, near)))
        return pl.concat(found)

    def _by_postcode(self) -> pl.DataFrame:
        """Give who lives at the postcode that was said."""
        postcode = self.said.postcode if self.purpose.sees("postcode") else None
        return self._placed(self.lookup.at(postcode)) if postcode else pl.DataFrame(schema=BRIEF)

    def _placed(self, found: pl.DataFrame) -> pl.DataFrame:
        """Leave out of whom the purpose may not see where they live."""
        return found.filter(~pl.col("person").is_in(sorted(self.shield.persons)))

    def _shown(self, found: pl.DataFrame) -> pl.DataFrame:
        """Give those who are the lane's as it is drawn now, masked."""
        if self.redrawn:
            store, run = self.lookup.store, self.lookup.run
            theirs = of_the_lane(store, self.lane.name, run, found["person"].to_list(), self.lane.admits())
            found = found.filter(pl.col("person").is_in(theirs))
        return masked_persons(self.shield.people(found), self.purpose)
