"""The names in use in a lane, and which of them somebody may have meant by a word.

There are some tens of thousands of surnames among a million people: to compare a word with each takes a millisecond or
two, to compare it with each person a second.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from matchers.comparisons.values import plain
from matchers.sounds import sound_key
from svoc.store.moment import Kept
from svoc.store.sought import words_in_use
from svoc.store.store import Store

__all__ = ["Vocabulary", "vocabulary_of"]

SHORTEST = 2
"""Letters of a word that says something by itself, beside its likes; a single letter is an initial."""

KNOWN = 20_000
"""Words of which it is kept what they may mean: people are asked for by the names that many bear."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The values of one column, by each of their words and by how those sound.

    >>> names = Vocabulary.of(["SMITH", "SMYTHE", "VAN DER BERG", "OAK"])
    >>> names.near("SMYTH", most=3), names.near("BERG", most=3)
    (['SMITH', 'SMYTHE'], ['VAN DER BERG'])
    """

    words: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    sounds: Mapping[str, tuple[str, ...]]
    heard: Mapping[str, str]
    known: dict[tuple[str, int, bool], list[str]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, values: Iterable[str]) -> "Vocabulary":
        """Make one of a column's different values."""
        given = pl.Series("value", list(values), dtype=pl.String)
        spelt = pl.DataFrame([given, plain(given).alias("plain")]).drop_nulls()
        joined = spelt.with_columns(word=pl.col("plain").str.replace_all(" ", "", literal=True))
        parted = spelt.with_columns(word=pl.col("plain").str.split(" ")).explode("word")
        both = pl.concat([joined, parted]).filter(pl.col("word").str.len_chars() >= SHORTEST).unique(["word", "value"])
        grouped = both.group_by("word").agg(pl.col("value").sort()).sort("word")
        words = grouped["word"].to_list()
        sounds: dict[str, list[str]] = defaultdict(list)
        heard = dict(zip(words, sound_key(grouped["word"]), strict=True))
        for word, sound in heard.items():
            sounds[sound].append(word)
        meant = dict(zip(words, map(tuple, grouped["value"]), strict=True))
        return cls(tuple(words), meant, {sound: tuple(found) for sound, found in sounds.items()}, heard)

    def near(self, word: str, *, most: int, heard: bool = True) -> list[str]:
        """Name the values that may be meant by a word in plain capitals, likeliest first, at most so many.

        They have a word that is this one, is spelt nearly so (a letter in five may be another, missing, too many or
        exchanged with its neighbour) or sounds so. Where a word was not `heard` as one, but made of two, and nothing is
        spelt nearly so, nothing is looked for that sounds so: it takes milliseconds, and two words seldom are one.
        """
        if len(word) < SHORTEST or not self.words:
            return []
        asked = (word, most, heard)
        found = self.known.get(asked)
        if found is None:
            found = self._near(*asked)
            if len(self.known) >= KNOWN:
                self.known.clear()
            self.known[asked] = found
        return list(found)

    def _near(self, word: str, most: int, heard: bool) -> list[str]:
        allowed = 0 if len(word) < 3 else 1 + len(word) // 6
        away = process.cdist([word], self.words, scorer=OSA.distance, score_cutoff=allowed)[0]
        alike = {self.words[at]: int(away[at]) for at in (away <= allowed).nonzero()[0]}
        # A word that nobody bears sounds like the ones that it was written for; to work that out takes milliseconds.
        sounds = {self.heard[each] for each in ([word] if word in self.heard else alike)}
        if heard and not sounds:
            sounds = {_sound(word)}
        for other in (other for sound in sounds for other in self.sounds.get(sound, ())):
            alike.setdefault(other, OSA.distance(word, other))
        nearest = sorted(alike, key=lambda each: (alike[each], abs(len(each) - len(word)), each))
        return list(dict.fromkeys(value for each in nearest[:most] for value in self.values[each]))[:most]


@lru_cache(maxsize=10_000)
def _sound(word: str) -> str:
    return str(sound_key(pl.Series([word])).item())


_KEPT = Kept[Vocabulary]()


def vocabulary_of(store: Store, lane: str, column: str, run: int) -> Vocabulary:
    """Give the names in use in a lane, `surname` or `forename`; read once for each published run by each process."""
    return _KEPT.given(store.engine, (lane, column), run, lambda: Vocabulary.of(words_in_use(store, lane, column)))
