"""A person's name in lists that are badly garbled: where names conflict, how many letters they still share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from matchers.comparisons.by_record import Rows
from matchers.comparisons.forenames import both_listed
from matchers.comparisons.likeness import Words
from matchers.comparisons.name_relations import NameRead
from matchers.comparisons.names import PersonName
from matchers.comparisons.values import Codes, Flags, Grades, value_pairs

NAMES_DIFFER, FORENAMES_CONFLICT, SURNAMES_DIFFER = 0, 1, 3
BOTH_GARBLED, FORENAME_GARBLED, SURNAME_GARBLED = 16, 17, 18
HALF = 0.5


@dataclass(frozen=True, slots=True)
class GarbledName(PersonName):
    """A name as `PersonName` weighs it, and where that finds a conflict, whether a bad hand may have made it.

    For lists typed in haste, read by a scanner or spoilt on purpose, in which one name may have several faults, or both
    names one, or be exchanged and misspelt. Names that share half their letters in order are
    garbled; two forenames that are both well known are two people's.

    >>> left = pl.DataFrame({"forename": ["Chloe", "Angus", "Anna"], "middle_names": [None] * 3, "surname": ["Ryan", "Barber", "Reid"]})
    >>> right = pl.DataFrame({"forename": ["Ryna", "Nnguh", "Emma"], "middle_names": [None] * 3, "surname": ["Chloe", "Barber", "Reid"]})
    >>> [GarbledName.levels[grade] for grade in GarbledName().grade(left, right)]
    ['names differ, yet share most letters', 'surname agrees, forename garbled', 'surname agrees, forenames conflict']
    """  # noqa: E501 (the example is one line)

    unlike: float = 0.05

    levels: ClassVar[tuple[str, ...]] = (
        *PersonName.levels,
        "names differ, yet share most letters",
        "surname agrees, forename garbled",
        "forename agrees, surname garbled",
    )
    expected: ClassVar[tuple[float, ...]] = (
        *(0.96 * share for share in PersonName.expected), 0.02, 0.01, 0.01,
    )  # fmt: skip
    chance: ClassVar[tuple[float, ...]] = (
        PersonName.chance[0] - 0.0012, *PersonName.chance[1:], 0.001, 0.0001, 0.0001,
    )  # fmt: skip

    @property
    def at_most(self) -> Mapping[int, float]:  # type: ignore[override]
        """How often one person's names may conflict at the most, none of their letters to show for it."""
        return MappingProxyType({NAMES_DIFFER: self.unlike, FORENAMES_CONFLICT: 0.03})

    @property
    def rarity(self) -> Mapping[int, tuple[str, ...]]:
        """As for `PersonName`; what agrees beside a garbled name counts by its rarity."""
        return {**super(GarbledName, self).rarity, FORENAME_GARBLED: (self.surname,), SURNAME_GARBLED: (self.forename,)}

    def between(self, read: NameRead, left: Rows, right: Rows) -> Grades:
        """Grade as `PersonName` does, then look once more at the names in conflict."""
        grades = super(GarbledName, self).between(read, left, right).copy()
        forename, surname = read.parts[0], read.parts[2]
        for conflict, garbled, part in (
            (FORENAMES_CONFLICT, FORENAME_GARBLED, forename), (SURNAMES_DIFFER, SURNAME_GARBLED, surname)
        ):  # fmt: skip
            rows = np.flatnonzero(grades == conflict)
            pairs = value_pairs(len(read.names.words.values), part[left[rows]], part[right[rows]])
            found = _share_half(read.names.words.pairs(pairs.one, pairs.other))
            if conflict == FORENAMES_CONFLICT:
                found &= ~both_listed(read.names, pairs.one, pairs.other)
            grades[rows[pairs.spread(found, missing=0) > 0]] = garbled
        rows = np.flatnonzero(grades == NAMES_DIFFER)
        ends = forename[left[rows]], surname[left[rows]], forename[right[rows]], surname[right[rows]]
        near = np.flatnonzero(_may_share_half(read.names.words, ends))
        whole = _whole_names(read.names.words.values, [end[near] for end in ends])
        grades[rows[near[np.any([_share_half(way) for way in whole], axis=0)]]] = BOTH_GARBLED
        return grades


def _share_half(pairs: tuple[list[str], list[str]]) -> Flags:
    """Tell which pairs of texts share half their letters in order."""
    shared = cpdist(*pairs, scorer=OSA.normalized_similarity, dtype=np.float32, score_cutoff=HALF)
    return np.asarray(shared >= HALF, dtype=np.bool_)


def _whole_names(values: pl.Series, ends: Sequence[Codes]) -> Iterator[tuple[list[str], list[str]]]:
    """Write whole names side by side, as they stand and exchanged on either side."""
    texts = pl.concat([values, pl.Series([""], dtype=pl.String)])
    forename, surname, other_forename, other_surname = (texts.gather(np.where(e < 0, len(values), e)) for e in ends)
    there = (other_forename + other_surname).to_list()
    yield (forename + surname).to_list(), there
    yield (forename + surname).to_list(), (other_surname + other_forename).to_list()
    yield (surname + forename).to_list(), there


def _may_share_half(words: Words, ends: Sequence[Codes]) -> Flags:
    """Tell which whole names might: every kind of letter that the other name lacks costs one at the least."""
    letters, lengths = np.append(words.letters, np.uint64(0)), np.append(words.lengths, 0)
    one, other = letters[ends[0]] | letters[ends[1]], letters[ends[2]] | letters[ends[3]]
    lacking = np.maximum(np.bitwise_count(one & ~other), np.bitwise_count(other & ~one))
    longest = np.maximum(lengths[ends[0]] + lengths[ends[1]], lengths[ends[2]] + lengths[ends[3]])
    unknown = np.any([(letters[end] == 0) & (end >= 0) for end in ends], axis=0)
    return np.asarray(unknown | (lacking <= (1 - HALF) * longest), dtype=np.bool_)
