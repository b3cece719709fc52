"""The words that a gazetteer itself knows: its streets, places, and named buildings."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gazetteer.tidy import name_of


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Holds the names of a gazetteer's streets, places (towns and localities) and buildings, as `name_of` writes them.

    `openings` are the first words of the streets and `place_ends` the last words of the places, so that most words of
    an address need no further look.
    """

    streets: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    buildings: frozenset[str] = frozenset()
    openings: frozenset[str] = field(default=frozenset())
    longest: int = 1
    place_ends: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, streets: Iterable[str], places: Iterable[str], buildings: Iterable[str]) -> "Lexicon":
        """Builds a lexicon from names as they are written; empty ones are left out.

        >>> Lexicon.of(["King's Rd"], ["Barchester"], []).streets
        frozenset({'KINGS ROAD'})
        """
        known = frozenset(filter(None, map(name_of, streets)))
        towns = frozenset(filter(None, map(name_of, places)))
        return cls(
            streets=known,
            places=towns,
            place_ends=frozenset(name.rpartition(" ")[2] for name in towns),
            buildings=frozenset(filter(None, map(name_of, buildings))),
            openings=frozenset(name.partition(" ")[0] for name in known),
            longest=max((name.count(" ") + 1 for name in known), default=1),
        )


EMPTY = Lexicon()
