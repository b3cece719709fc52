"""A comparison for identifiers that belong to one person alone, and stay with them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from matchers.comparisons.base import OfOneColumn
from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.likeness import Words, one_edit
from matchers.comparisons.values import Codes, Grades, recoded, value_pairs

SHORTEST = 5
LONG_ENOUGH_TO_MISWRITE = 7


def identifier_key(values: pl.Series) -> pl.Series:
    """Write identifiers in capitals without spaces and signs; one character repeated, or fewer than five, is null.

    >>> identifier_key(pl.Series(["qq 12-34-56 c", "000000000", "n/a"])).to_list()
    ['QQ123456C', None, None]
    """
    bare = pl.lit(values.cast(pl.String)).str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    repeated = bare.str.strip_chars(bare.str.head(1)) == ""
    return pl.select(pl.when((bare.str.len_chars() >= SHORTEST) & ~repeated).then(bare)).to_series()


@dataclass(frozen=True, slots=True)
class Identifier(OfOneColumn, ByRecord):
    """An identifier that one person has, nobody else, and keeps: a National Insurance, customer or library number.

    The same is all but proof, and two that differ are strong evidence against, for nobody has two; unlike a telephone
    number, which changes and is shared. A slip is one character wrong, left out or exchanged with its neighbour. What
    a source numbers anew for each account or year is no such identifier.

    >>> left = pl.DataFrame({"customer": ["QQ 12 34 56 C"] * 3})
    >>> right = pl.DataFrame({"customer": ["qq123456c", "QQ123465C", "QQ998877A"]})
    >>> Identifier("customer").grade(left, right).to_list()
    [2, 1, 0]
    """

    column: str

    levels: ClassVar[tuple[str, ...]] = ("differs", "one slip apart", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.01, 0.02, 0.97)
    chance: ClassVar[tuple[float, ...]] = (0.9999989, 0.000001, 0.0000001)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2)

    def read(self, records: Columns) -> tuple[Words, Codes]:
        """Read what is written, without its spaces and signs."""
        raw = records.coded(self.column)
        identifiers = recoded(raw, identifier_key(raw.values))
        return Words(identifiers.values), identifiers.codes[0]

    def between(self, read: tuple[Words, Codes], left: Rows, right: Rows) -> Grades:
        """Grade by the whole of it, then by one slip where it is long enough for a slip to be told."""
        words, codes = read
        pairs = value_pairs(len(words.values), codes[left], codes[right])
        long = np.minimum(words.lengths[pairs.one], words.lengths[pairs.other]) >= LONG_ENOUGH_TO_MISWRITE
        slip = long & one_edit(words, pairs.one, pairs.other)
        return pairs.spread(np.select([pairs.one == pairs.other, slip], [2, 1], default=0))
