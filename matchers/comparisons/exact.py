"""Comparisons for columns of any meaning: equal, or nearly equal as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from matchers.comparisons.base import MISSING, OfOneColumn
from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.likeness import Words, similarity
from matchers.comparisons.values import Codes, Grades, plain, value_pairs

NEARLY = 0.92
SOMEWHAT = 0.80


@dataclass(frozen=True, slots=True)
class Same(OfOneColumn, ByRecord):
    """Two values are equal or they differ.

    Any dtype. With `by_rarity=True` an agreement on a rare value counts for more than on a common one.

    >>> Same("uprn").grade(pl.DataFrame({"uprn": [1, 1, None]}), pl.DataFrame({"uprn": [1, 2, 3]})).to_list()
    [1, 0, -1]
    """

    column: str
    by_rarity: bool = False

    levels: ClassVar[tuple[str, ...]] = ("differs", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.05, 0.95)
    chance: ClassVar[tuple[float, ...]] = (0.99, 0.01)
    ladder: ClassVar[tuple[int, ...]] = (0, 1)

    def read(self, records: Columns) -> Codes:
        """Number the values."""
        return records.coded(self.column).codes[0]

    def between(self, read: Codes, left: Rows, right: Rows) -> Grades:
        """Grade 1 where both sides hold the same value."""
        one, other = read[left], read[right]
        return np.where((one < 0) | (other < 0), MISSING, one == other).astype(np.int8)

    @property
    def rarity(self) -> Mapping[int, tuple[str, ...]]:
        """The column's values count where they agree, if asked for."""
        return {1: self.columns} if self.by_rarity else {}


@dataclass(frozen=True, slots=True)
class Trait(Same):
    """A trait that many share, such as sex or occupation: compared like `Same`, but training tells no match by it.

    Two people called Mary are women both; taken for independent evidence, that would make namesakes one person.

    >>> Trait("sex").grade(pl.DataFrame({"sex": ["f", "f"]}), pl.DataFrame({"sex": ["f", "m"]})).to_list()
    [1, 0]
    """

    leads: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Close(OfOneColumn, ByRecord):
    """Two words are equal, very alike, somewhat alike or different.

    String columns; accents, capitals and punctuation do not count. Very alike is a Jaro-Winkler similarity of
    0.92 or more, somewhat alike 0.80 or more. Rare words count for more unless `by_rarity=False`.

    >>> left, right = pl.DataFrame({"surname": ["Smith", "Smith", "Smith"]}), pl.DataFrame({"surname": ["SMITH", "Smyth", "Jones"]})
    >>> Close("surname").grade(left, right).to_list()
    [3, 1, 0]
    """  # noqa: E501 (the example is one line)

    column: str
    by_rarity: bool = True

    levels: ClassVar[tuple[str, ...]] = ("differs", "somewhat alike", "very alike", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.06, 0.03, 0.06, 0.85)
    chance: ClassVar[tuple[float, ...]] = (0.95, 0.035, 0.005, 0.01)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2, 3)

    def read(self, records: Columns) -> tuple[Words, Codes]:
        """Read the words in plain capitals."""
        words = records.plain(self.column)
        return Words(words.values), words.codes[0]

    def between(self, read: tuple[Words, Codes], left: Rows, right: Rows) -> Grades:
        """Grade each distinct pair of words once."""
        words, codes = read
        pairs = value_pairs(len(words.values), codes[left], codes[right])
        alike = similarity(words, pairs.one, pairs.other, SOMEWHAT)
        rules = [pairs.one == pairs.other, alike >= NEARLY, alike >= SOMEWHAT]
        return pairs.spread(np.select(rules, [3, 2, 1], default=0))

    @property
    def rarity(self) -> Mapping[int, tuple[str, ...]]:
        """Equal and very alike words count by their rarity."""
        return {2: self.columns, 3: self.columns} if self.by_rarity else {}

    def rarity_key(self, column: str, values: pl.Series) -> pl.Series:
        """Words in plain capitals."""
        return plain(values)
