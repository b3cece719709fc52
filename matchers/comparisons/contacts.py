"""Comparisons for telephone numbers and email addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import polars as pl

from matchers.comparisons.base import OfOneColumn
from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.likeness import Words, one_edit
from matchers.comparisons.values import Codes, Grades, coded, recoded, value_pairs


def phone_key(values: pl.Series) -> pl.Series:
    """Reduce telephone numbers to their national digits; fewer than nine, or one digit repeated, is null.

    >>> phone_key(pl.Series(["+44 (0)1752 555 012", "01752 555012", "00000000000"])).to_list()
    ['1752555012', '1752555012', None]
    """
    digits = (
        pl.lit(values.cast(pl.String))
        .str.replace_all(r"\D", "")
        .str.replace(r"^(00)?44", "")
        .str.strip_chars_start("0")
    )
    repeated = digits.str.strip_chars(digits.str.head(1)) == ""
    return pl.select(pl.when((digits.str.len_chars() >= 9) & ~repeated).then(digits)).to_series()


def email_key(values: pl.Series) -> pl.Series:
    """Write email addresses in small letters without spaces; what has no name and no domain is null.

    >>> email_key(pl.Series([" J.Okafor@Example.org", "none"])).to_list()
    ['j.okafor@example.org', None]
    """
    bare = pl.lit(values.cast(pl.String)).str.to_lowercase().str.replace_all(r"\s", "")
    return pl.select(pl.when(bare.str.contains(r"^[^@]+@[^@]+\.[^@]+$")).then(bare)).to_series()


@dataclass(frozen=True, slots=True)
class Phone(OfOneColumn, ByRecord):
    """Two telephone numbers are the same, one digit apart, or different; a number that many share counts for
    little.

    Of two people in one home nearly half are assumed to give one number, for it is the landline or a parent's, and one
    in fifty numbers one digit apart, for telephones are bought together. Of people at two places, one pair in five
    thousand of those that are looked at does: old numbers pass to others, and children go on giving their parents'.

    >>> left, right = pl.DataFrame({"phone": ["01752 555012"]}), pl.DataFrame({"phone": ["+441752555012"]})
    >>> Phone("phone").grade(left, right).to_list()
    [2]
    """

    column: str = "phone"

    levels: ClassVar[tuple[str, ...]] = ("differs", "one digit apart", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.4, 0.02, 0.58)
    chance: ClassVar[tuple[float, ...]] = (0.9997, 0.0001, 0.0002)
    chance_together: ClassVar[tuple[float, ...] | None] = (0.53, 0.02, 0.45)
    least_chance: ClassVar[Mapping[int, float]] = MappingProxyType({1: 0.0001, 2: 0.0002})
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2)

    def read(self, records: Columns) -> tuple[Words, Codes]:
        """Read the national digits."""
        raw = records.coded(self.column)
        numbers = recoded(raw, phone_key(raw.values))
        return Words(numbers.values), numbers.codes[0]

    def between(self, read: tuple[Words, Codes], left: Rows, right: Rows) -> Grades:
        """Grade by the national digits."""
        words, codes = read
        pairs = value_pairs(len(words.values), codes[left], codes[right])
        same, slip = pairs.one == pairs.other, one_edit(words, pairs.one, pairs.other)
        return pairs.spread(np.select([same, slip], [2, 1], default=0))

    @property
    def rarity(self) -> Mapping[int, tuple[str, ...]]:
        """A shared number counts by how many share it."""
        return {2: self.columns}

    def rarity_key(self, column: str, values: pl.Series) -> pl.Series:
        """The national digits."""
        return phone_key(values)


@dataclass(frozen=True, slots=True)
class Email(OfOneColumn, ByRecord):
    """Two email addresses are the same, alike (the same name elsewhere, or one slip), or different; shared ones
    count for little.

    Of two people in one home one pair in four is assumed to give one address: couples have one, and a child has its
    parent's. Whoever shares the telephone mostly shares the address too, so that neither may be worth much there.

    >>> left, right = pl.DataFrame({"email": ["a.khan@example.org"]}), pl.DataFrame({"email": ["A.Khan@example.net"]})
    >>> Email("email").grade(left, right).to_list()
    [1]
    """

    column: str = "email"

    levels: ClassVar[tuple[str, ...]] = ("differs", "alike", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.4, 0.05, 0.55)
    chance: ClassVar[tuple[float, ...]] = (0.9993, 0.0005, 0.0002)
    chance_together: ClassVar[tuple[float, ...] | None] = (0.71, 0.04, 0.25)
    least_chance: ClassVar[Mapping[int, float]] = MappingProxyType({1: 0.0005, 2: 0.0002})
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2)

    def read(self, records: Columns) -> tuple[Words, Codes, Codes]:
        """Read the addresses, and of each the part before the @."""
        raw = records.coded(self.column)
        addresses = recoded(raw, email_key(raw.values))
        named = coded(addresses.values.str.replace(r"@.*", ""))
        return Words(addresses.values), addresses.codes[0], named.codes[0]

    def between(self, read: tuple[Words, Codes, Codes], left: Rows, right: Rows) -> Grades:
        """Grade by the whole address, then by the part before the @."""
        words, codes, named = read
        pairs = value_pairs(len(words.values), codes[left], codes[right])
        near = (named[pairs.one] == named[pairs.other]) | one_edit(words, pairs.one, pairs.other)
        return pairs.spread(np.select([pairs.one == pairs.other, near], [2, 1], default=0))

    @property
    def rarity(self) -> Mapping[int, tuple[str, ...]]:
        """A shared address counts by how many share it."""
        return {2: self.columns}

    def rarity_key(self, column: str, values: pl.Series) -> pl.Series:
        """The address in small letters."""
        return email_key(values)
