"""What a heading may mean, by its words alone: `svoc/defaults/headings.csv` and `svoc/defaults/heading_words.csv`."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["UNREAD", "Heading", "Meaning", "heading_of", "known_headings", "meanings"]

UNREAD = "-"
"""What a heading means that is known and that nothing here reads: a ward, a balance, a landlord."""

PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
ORDINALS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
SHORTEST = 2
"""Letters of a word that may stand within a glued heading, as in ACCOUNTREF."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a heading may mean, how much of it says so (1 is all), and the kind of list that it points to.

    `place` orders what is one address in several columns; 0 where it is of no such thing.
    """

    name: str
    share: float
    kind: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading taken apart: its words without those that say nothing, its number, the kinds that it points to."""

    written: str
    words: frozenset[str]
    ordinal: int
    kinds: frozenset[str]

    @property
    def of_others(self) -> bool:
        """Tell whether it speaks of somebody or something else: a landlord, next of kin, an amount."""
        return UNREAD in self.kinds


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: frozenset[str]
    name: str
    kind: str
    place: int


def heading_of(written: str) -> Heading:
    """Take a heading apart.

    >>> sorted(heading_of("PropAddr_2").words), heading_of("PropAddr_2").ordinal
    (['address', 'property'], 2)
    >>> sorted(heading_of("ACCTREF").words)
    ['account', 'reference']
    """
    written = written.replace("(s)", "").replace("(S)", "")
    whole = written.strip().casefold()
    pieces = [whole] if whole in _means() else [piece.casefold() for piece in PIECES.findall(written)]
    raw = [word for piece in pieces for word in _parted(piece)]
    numbers = [n for word in raw if (n := _number(word))]
    rest = [word for word in raw if not _number(word)]
    means = _means()
    full = [each for word in rest for each in means.get(word, (word, ""))[0].split() if each != "of"]
    bare = [word for word in rest if word not in ("of", "the")]
    kinds = {kind for word in rest if (kind := means.get(word, ("", ""))[1])}
    return Heading(written, frozenset(full or bare), numbers[0] if numbers else 0, frozenset(kinds))


def meanings(heading: Heading) -> list[Meaning]:
    """Give what a heading may mean, the likeliest first; nothing where no word of it is known.

    >>> [(m.name, m.share) for m in meanings(heading_of("Keeper Surname"))][0]
    ('surname', 0.5)
    """
    found: dict[tuple[str, str], Meaning] = {}
    for phrase in _phrases():
        if phrase.words <= heading.words:
            share = round(len(phrase.words) / len(heading.words), 2)
            if share < 1 and heading.of_others and phrase.name != UNREAD:
                continue
            key = (phrase.name, phrase.kind)
            if key not in found or found[key].share < share:
                found[key] = Meaning(phrase.name, share, phrase.kind, phrase.place)
    return sorted(found.values(), key=lambda m: (-m.share, m.name == UNREAD, m.name))


def known_headings() -> list[str]:
    """List spellings by which the row of headings of a file is told from what stands above it."""
    numbered = [f"{spelling} {n}" for spelling in ("address", "address line", "line") for n in range(1, 7)]
    return [*_spellings(), *numbered]


# --- the lists


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    yield from csv.DictReader(files("svoc.defaults").joinpath(name).read_text(encoding="utf-8").splitlines())


@cache
def _means() -> dict[str, tuple[str, str]]:
    return {row["written"]: (row["means"], row["points_to"]) for row in _rows("heading_words.csv")}


@cache
def _spellings() -> tuple[str, ...]:
    return tuple(phrase.strip() for row in _rows("headings.csv") for phrase in row["phrases"].split(";"))


@cache
def _phrases() -> tuple[_Phrase, ...]:
    """Give every phrase under the words that its own words stand for, as a heading of it would be read."""
    return tuple(
        _Phrase(words, row["meaning"], row["points_to"], int(row["place"] or 0))
        for row in _rows("headings.csv")
        for phrase in row["phrases"].split(";")
        if (words := heading_of(phrase).words)
    )


@cache
def _vocabulary() -> frozenset[str]:
    spelt = {word for phrase in _spellings() for word in phrase.split()}
    return frozenset(word for word in {*spelt, *_means()} if len(word) >= SHORTEST)


def _number(word: str) -> int:
    found = ORDINAL.fullmatch(word)
    return int(found[1]) if found else ORDINALS.get(word, 0)


@cache
def _parted(word: str) -> tuple[str, ...]:
    """Part a glued word into the fewest known words; leave it whole where it does not come out even."""
    if word in _vocabulary() or word.isdigit():
        return (word,)
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(word) + 1):
        ways = [
            (*before, word[start:end])
            for start in range(end)
            if word[start:end] in _vocabulary() and (before := best[start]) is not None
        ]
        best.append(min(ways, key=lambda way: (len(way), -max(map(len, way))), default=None))
    return best[-1] or (word,)
