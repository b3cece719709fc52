"""Comparisons for where somebody lives, and for where they said they were going."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from matchers.comparisons.base import MISSING, Comparison, OfOneColumn
from matchers.comparisons.values import Codes, coded, graded, recoded

INWARD_LENGTH = 3


def postcode_key(values: pl.Series) -> pl.Series:
    """Write postcodes in capitals without spaces; what is too short to be one is null.

    >>> postcode_key(pl.Series(["pl4 8aa", "PL48AA", "n/k"])).to_list()
    ['PL48AA', 'PL48AA', None]
    """
    bare = pl.lit(values.cast(pl.String)).str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    return pl.select(pl.when(bare.str.len_chars() >= 5).then(bare)).to_series()


@dataclass(frozen=True, slots=True)
class Postcode(OfOneColumn):
    """Two postcodes are the same, in the same sector (PL4 8), or different.

    >>> left, right = pl.DataFrame({"postcode": ["PL4 8AA", "PL4 8AA"]}), pl.DataFrame({"postcode": ["pl48aa", "PL4 8ZZ"]})
    >>> Postcode("postcode").grade(left, right).to_list()
    [2, 1]
    """  # noqa: E501 (the example is one line)

    column: str = "postcode"

    levels: ClassVar[tuple[str, ...]] = ("differs", "the same sector", "the same")
    expected: ClassVar[tuple[float, ...]] = (0.45, 0.1, 0.45)
    chance: ClassVar[tuple[float, ...]] = (0.989, 0.01, 0.001)
    leads: ClassVar[bool] = False
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2)

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade by the whole postcode, then by all but its last two letters."""
        raw = coded(left[self.column], right[self.column])
        whole = recoded(raw, postcode_key(raw.values))
        sector = recoded(whole, whole.values.str.head(-(INWARD_LENGTH - 1)))
        (one, other), (near, far) = whole.codes, sector.codes
        grades = np.select([_either_missing(one, other), one == other, near == far], [MISSING, 2, 1], default=0)
        return graded(self.name, grades)


@dataclass(frozen=True, slots=True)
class Forwarding(Comparison):
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

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade 1 where either side's forwarding postcode is the other's own, 2 where both forward to one."""
        raw = coded(left[self.postcode], left[self.forwarding], right[self.postcode], right[self.forwarding])
        home, onward, other_home, other_onward = recoded(raw, postcode_key(raw.values)).codes
        there, back = _either_missing(onward, other_home), _either_missing(other_onward, home)
        arrived = (~there & (onward == other_home)) | (~back & (other_onward == home))
        together = ~_either_missing(onward, other_onward) & (onward == other_onward)
        return graded(self.name, np.select([there & back, arrived, together], [MISSING, 1, 2], default=0))


def _either_missing(one: Codes, other: Codes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return (one < 0) | (other < 0)
