"""Comparisons for where somebody lives, and for where they said they were going."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from matchers.comparisons.base import MISSING, OfOneColumn
from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.likeness import Words, alike
from matchers.comparisons.values import Codes, Flags, Grades, recoded

INWARD_LENGTH = 3
DIFFERENT, ALIKE, SAME = range(3)
ALIKE_FROM = 0.95
SHORTEST_TO_MISSPELL = 4


def postcode_key(values: pl.Series) -> pl.Series:
    """Write postcodes in capitals without spaces; what is too short to be one is null.

    >>> postcode_key(pl.Series(["pl4 8aa", "PL48AA", "n/k"])).to_list()
    ['PL48AA', 'PL48AA', None]
    """
    bare = pl.lit(values.cast(pl.String)).str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    return pl.select(pl.when(bare.str.len_chars() >= 5).then(bare)).to_series()


@dataclass(frozen=True, slots=True)
class Postcode(OfOneColumn, ByRecord):
    """Two postcodes are the same, in the same sector (PL4 8), or different.

    With `place`, a column of known places: missing where both places are known. Two homes in one street are two homes,
    and that they share a postcode is no sign of one person; where one place is not known, it may be the other.

    >>> left, right = pl.DataFrame({"postcode": ["PL4 8AA", "PL4 8AA"]}), pl.DataFrame({"postcode": ["pl48aa", "PL4 8ZZ"]})
    >>> Postcode("postcode").grade(left, right).to_list()
    [2, 1]
    """  # noqa: E501 (the example is one line)

    column: str = "postcode"
    place: str | None = None

    levels: ClassVar[tuple[str, ...]] = ("differs", "the same sector", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.45, 0.1, 0.45)
    chance: ClassVar[tuple[float, ...]] = (0.989, 0.01, 0.001)
    leads: ClassVar[bool] = False
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2)

    @property
    def columns(self) -> tuple[str, ...]:
        """The postcode, and the place where one is given."""
        return (self.column, self.place) if self.place else (self.column,)

    def read(self, records: Columns) -> tuple[Codes, Codes, Flags]:
        """Read the whole postcode, all but its last two letters, and whether the place is known."""
        raw = records.coded(self.column)
        whole = recoded(raw, postcode_key(raw.values))
        sector = recoded(whole, whole.values.str.head(-(INWARD_LENGTH - 1)))
        known = records.frame[self.place].is_not_null().to_numpy() if self.place else np.zeros(len(raw.codes[0]), bool)
        return whole.codes[0], sector.codes[0], known

    def between(self, read: tuple[Codes, Codes, Flags], left: Rows, right: Rows) -> Grades:
        """Grade by the whole postcode, then by the sector."""
        whole, sector, known = read
        one, other = whole[left], whole[right]
        silent = _either_missing(one, other) | (known[left] & known[right])
        rules = [silent, one == other, sector[left] == sector[right]]
        return np.select(rules, [MISSING, 2, 1], default=0).astype(np.int8)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an address: its distinct values and every record's code."""

    words: Words
    codes: Codes


@dataclass(frozen=True, slots=True)
class Home(ByRecord):
    """Where two records live, postcode, address and town weighed as one, because they stand and fall together.

    String columns; `town` may be left out. Alike means one slip of the pen. Missing where no part is on both sides.

    >>> left = pl.DataFrame({"postcode": ["PL4 8AA"] * 3, "address": ["1 Mill Lane"] * 3, "town": ["Barchester"] * 3})
    >>> right = left.with_columns(postcode=pl.Series(["PL4 8AA", "PL4 8AB", "EX1 1AA"]))
    >>> right = right.with_columns(address=pl.Series(["1 Mill Lane", "1 Mill Lane", None]))
    >>> [Home.levels[grade] for grade in Home("postcode", "address", "town").grade(left, right)]
    ['the same postcode and address', 'one the same, the other alike', 'the same town']
    """

    postcode: str = "postcode"
    address: str = "address"
    town: str | None = None

    levels: ClassVar[tuple[str, ...]] = (
        "elsewhere", "the same town", "the same postcode or address, the other differs",
        "the same postcode or address, the other missing", "both alike", "one the same, the other alike",
        "the same postcode and address",
    )  # fmt: skip
    expected: ClassVar[tuple[float, ...]] = (0.18, 0.04, 0.04, 0.14, 0.02, 0.13, 0.45)
    chance: ClassVar[tuple[float, ...]] = (0.96, 0.037, 0.001, 0.001, 0.0003, 0.0003, 0.0004)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2, 3, 5, 6)

    @property
    def name(self) -> str:
        """Always `home`."""
        return "home"

    @property
    def columns(self) -> tuple[str, ...]:
        """Postcode, address and, if given, town."""
        return (self.postcode, self.address, *([self.town] if self.town else []))

    def read(self, records: Columns) -> tuple[Part, ...]:
        """Read each part in plain capitals."""
        return tuple(Part(Words(part.values), part.codes[0]) for part in map(records.plain, self.columns))

    def between(self, read: tuple[Part, ...], left: Rows, right: Rows) -> Grades:
        """Grade by how many of the parts are the same or alike."""
        postcode, address = (_stand(part, left, right) for part in read[:2])
        town = _stand(read[2], left, right, slips=False) if self.town else np.full(len(left), MISSING, dtype=np.int8)
        states = np.indices((4, 4, 4), dtype=np.int8).reshape(3, -1) + np.int8(MISSING)
        graded: Grades = _judged(*states)[(postcode - MISSING) * 16 + (address - MISSING) * 4 + (town - MISSING)]
        return graded


def _judged(postcode: Grades, address: Grades, town: Grades) -> Grades:
    same, low = np.maximum(postcode, address), np.minimum(postcode, address)
    # An address without its street's town says little: there is a 1 Mill Lane in many of them.
    lone = (postcode == SAME) | ((address == SAME) & (town == SAME))
    rules = [
        (same == SAME) & (low == SAME), (same == SAME) & (low == ALIKE), low == ALIKE, lone & (low == MISSING),
        same == SAME, (town == SAME), (same == MISSING) & (town == MISSING),
    ]  # fmt: skip
    return np.select(rules, [6, 5, 4, 3, 2, 1, MISSING], default=0).astype(np.int8)


def _stand(part: Part, left: Rows, right: Rows, *, slips: bool = True) -> Grades:
    """Say how the parts of two records stand row by row: MISSING, DIFFERENT, ALIKE or SAME."""
    one, other = part.codes[left], part.codes[right]
    stand = np.where(one == other, SAME, DIFFERENT).astype(np.int8)
    stand[_either_missing(one, other)] = MISSING
    if slips:
        unlike = np.flatnonzero(stand == DIFFERENT)
        stand[unlike[alike(part.words, one[unlike], other[unlike], ALIKE_FROM, SHORTEST_TO_MISSPELL)]] = ALIKE
    return stand


@dataclass(frozen=True, slots=True)
class Forwarding(ByRecord):
    """Somebody who left, or never lived there, said where to write: to the other record's postcode, to the
    same postcode as the other's, or to neither.

    Reads the postcode a record is at and the one its mail is forwarded to; missing unless one side gives a
    forwarding postcode and the other either of the two.

    >>> gone = pl.DataFrame({"postcode": ["PL4 8AA"], "forwarding_postcode": ["EX1 1AA"]})
    >>> come = pl.DataFrame({"postcode": ["EX1 1AA"], "forwarding_postcode": [None]})
    >>> Forwarding("postcode", "forwarding_postcode").grade(gone, come).to_list()
    [1]
    """

    postcode: str = "postcode"
    forwarding: str = "forwarding_postcode"

    levels: ClassVar[tuple[str, ...]] = (
        "forwarded elsewhere", "forwarded to the other's postcode", "both forwarded to one postcode",
    )  # fmt: skip
    expected: ClassVar[tuple[float, ...]] = (0.3, 0.5, 0.2)
    leads: ClassVar[bool] = False
    chance: ClassVar[tuple[float, ...]] = (0.998, 0.001, 0.001)
    ladder: ClassVar[tuple[int, ...]] = (0, 1)

    @property
    def name(self) -> str:
        """Always `forwarding`."""
        return "forwarding"

    @property
    def columns(self) -> tuple[str, ...]:
        """The postcode lived at and the postcode forwarded to."""
        return (self.postcode, self.forwarding)

    def read(self, records: Columns) -> tuple[Codes, Codes]:
        """Read both postcodes."""
        raw = records.together(self.postcode, self.forwarding)
        home, onward = recoded(raw, postcode_key(raw.values)).codes
        return home, onward

    def between(self, read: tuple[Codes, Codes], left: Rows, right: Rows) -> Grades:
        """Grade 1 where either side's forwarding postcode is the other's own, 2 where both forward to one."""
        (home, other_home), (onward, other_onward) = ((each[left], each[right]) for each in read)
        there, back = _either_missing(onward, other_home), _either_missing(other_onward, home)
        arrived = (~there & (onward == other_home)) | (~back & (other_onward == home))
        together = ~_either_missing(onward, other_onward) & (onward == other_onward)
        return np.select([there & back, arrived, together], [MISSING, 1, 2], default=0).astype(np.int8)


def _either_missing(one: Codes, other: Codes) -> Flags:
    missing: Flags = (one < 0) | (other < 0)
    return missing
