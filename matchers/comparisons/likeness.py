"""Words a slip of the pen apart. Most pairs of words share too few letters to be alike, and counting these is far
cheaper than comparing the words: rapidfuzz is asked only about the rest.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matchers.comparisons.values import Codes, Flags

ONE_EDIT_FROM = 0.8
PREFIX, OF_PREFIX = 4, 0.1
"""Jaro-Winkler makes up a tenth of what Jaro lacks for each of the first four letters in common."""
ROUNDING = 1e-5
Gap = tuple[NDArray[np.uint8], NDArray[np.uint8]]
AT_ONCE = 100_000
FEW_PAIRS = 5_000


@dataclass(frozen=True)
class Words:
    """Distinct words, and what is known of each before it is compared with any other."""

    values: pl.Series

    @cached_property
    def lengths(self) -> Codes:
        """How many letters each has."""
        return self.values.str.len_chars().cast(pl.Int32).to_numpy()

    @cached_property
    def letters(self) -> NDArray[np.uint64]:
        """Which letters and digits each holds, a bit for each; 0 for a word with letters longer than a byte."""
        batches = [_letters(self.values[start : start + AT_ONCE]) for start in range(0, len(self.values), AT_ONCE)]
        return np.concatenate([np.empty(0, dtype=np.uint64), *batches])

    @cached_property
    def beginnings(self) -> NDArray[np.uint32]:
        """The first four bytes of each, the first of them lowest."""
        text, starts, lengths = _bytes(self.values.str.head(PREFIX))
        found = np.zeros(len(starts), dtype=np.uint32)
        for place in range(PREFIX):
            reach = np.flatnonzero(lengths > place)
            found[reach] |= text[starts[reach] + place].astype(np.uint32) << np.uint32(8 * place)
        return found

    def pairs(self, one: Codes, other: Codes) -> tuple[list[str], list[str]]:
        """Write pairs of words out; Jaro-Winkler is not symmetric in every corner, so the lower always comes first."""
        ends = pl.DataFrame({"one": self.values.gather(one), "other": self.values.gather(other)})
        read = ends.select(low=pl.min_horizontal("one", "other"), high=pl.max_horizontal("one", "other"))
        return read["low"].to_list(), read["high"].to_list()


def alike(words: Words, one: Codes, other: Codes, similar_from: float, shortest: int) -> Flags:
    """Tell which pairs of words are a slip of the pen apart: Jaro-Winkler from a figure on, or one edit, in words
    long enough.
    """
    found = np.zeros(len(one), dtype=np.bool_)
    if not len(one):
        return found
    near = np.minimum(words.lengths[one], words.lengths[other]) >= shortest
    if _many(words, one):
        apart = _apart(words, one, other)
        near &= _may_reach(words, one, other, apart, similar_from) | _may_be_one_edit(words, one, other, apart)
    asked = np.flatnonzero(near)
    low, high = words.pairs(one[asked], other[asked])
    similar = cpdist(low, high, scorer=JaroWinkler.similarity, dtype=np.float32)
    answers = similar >= similar_from
    # In words of four letters and more one edit leaves a similarity above 0.8: few need the second measure.
    unsure = np.flatnonzero(~answers & (similar >= ONE_EDIT_FROM))
    edits = cpdist([low[i] for i in unsure], [high[i] for i in unsure], scorer=OSA.distance, dtype=np.int32)
    answers[unsure] = edits <= 1
    found[asked] = answers
    return found


def similarity(words: Words, one: Codes, other: Codes, least: float) -> NDArray[np.float32]:
    """The Jaro-Winkler similarity of pairs of words, 0 where it is sure to be less than the least that matters."""
    answers = np.zeros(len(one), dtype=np.float32)
    if not len(one):
        return answers
    asked = np.flatnonzero(_may_reach(words, one, other, _apart(words, one, other), least))
    answers[asked] = cpdist(*words.pairs(one[asked], other[asked]), scorer=JaroWinkler.similarity, dtype=np.float32)
    return answers


def one_edit(words: Words, one: Codes, other: Codes) -> Flags:
    """Tell which pairs are at most one letter put in, left out, changed or exchanged with its neighbour apart."""
    answers = np.zeros(len(one), dtype=np.bool_)
    if not len(one):
        return answers
    asked = np.flatnonzero(_may_be_one_edit(words, one, other, _apart(words, one, other)))
    answers[asked] = cpdist(*words.pairs(one[asked], other[asked]), scorer=OSA.distance, dtype=np.int32) <= 1
    return answers


def _many(words: Words, one: Codes) -> bool:
    """Whether there are so many pairs that it pays to look at every word's letters first."""
    return len(one) > len(words.values) + FEW_PAIRS


def _apart(words: Words, one: Codes, other: Codes) -> Gap:
    """How many kinds of letters each word of a pair has that the other lacks, as far as is known."""
    first, second = words.letters[one], words.letters[other]
    known = (first != 0) & (second != 0)
    return np.bitwise_count(first & ~second) * known, np.bitwise_count(second & ~first) * known


def _may_be_one_edit(words: Words, one: Codes, other: Codes, apart: Gap) -> Flags:
    near: Flags = np.abs(words.lengths[one] - words.lengths[other]) <= 1
    return near & (apart[0] <= 1) & (apart[1] <= 1)


def _may_reach(words: Words, one: Codes, other: Codes, apart: Gap, least: float) -> Flags:
    """Tell which pairs might be so similar: a letter that the other word lacks cannot be matched."""
    first, second = words.lengths[one].astype(np.float32), words.lengths[other].astype(np.float32)
    matched = np.minimum(first - apart[0], second - apart[1])
    jaro = (matched / np.maximum(first, 1) + matched / np.maximum(second, 1) + 1) / 3
    unlike = words.beginnings[one] ^ words.beginnings[other]
    # The lowest bit that differs tells in which of the first four bytes the words part.
    begun = (np.bitwise_count((unlike & -unlike) - np.uint32(1)) >> 3).astype(np.float32)
    reached: Flags = jaro + OF_PREFIX * begun * (1 - jaro) >= least - ROUNDING
    return reached


def _letters(values: pl.Series) -> NDArray[np.uint64]:
    text, starts, lengths = _bytes(values)
    bits, found = np.uint64(1) << (text & 63).astype(np.uint64), np.zeros(len(values), dtype=np.uint64)
    filled = np.flatnonzero(lengths)
    if len(filled):
        found[filled] = np.bitwise_or.reduceat(bits, starts[filled])
    return np.where(lengths == values.str.len_chars().to_numpy(), found, np.uint64(0))


def _bytes(values: pl.Series) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """All texts in one, where each begins, and how many bytes it has."""
    lengths = values.str.len_bytes().cast(pl.Int64).to_numpy()
    text = np.frombuffer("".join(values.to_list()).encode(), dtype=np.uint8)
    return text, np.cumsum(lengths) - lengths, lengths
