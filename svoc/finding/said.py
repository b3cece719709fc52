"""What somebody said on the telephone: a name in any order of its words, and perhaps where."""

import re
from dataclasses import dataclass
from typing import Self

import polars as pl

from matchers import forms_of
from matchers.comparisons.values import plain

__all__ = ["Said"]

POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b")
TITLES = frozenset({"MR", "MRS", "MISS", "MS", "MX", "DR", "SIR", "DAME", "LADY", "LORD", "REV", "PROF"})
MOST_WORDS = 6
"""Words of a name that are looked at: more is not a name, and each would be looked up beside each other."""
MOST_FORMS = 8
"""Other forms of the forenames that are tried, as William for Bill."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said: `near` what place, and the `words` of the name in plain capitals, without a title before them.

    >>> Said.of("Mrs Zoë O'Brien pl48aa")
    Said(near='PL4 8AA', words=('ZOE', 'OBRIEN'))
    """

    near: str | None
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str, near: str | None = None) -> Self:
        """Take a text apart; a postcode in it says where, unless `near` does."""
        said = text.upper()
        code = POSTCODE.search(said)
        if code and near is None:
            near, said = f"{code[1]} {code[2]}", POSTCODE.sub(" ", said)
        words = (plain(pl.Series([said], dtype=pl.String)).item() or "").split()
        while len(words) > 1 and words[0] in TITLES:
            words = words[1:]
        return cls(near.strip() or None if near else None, tuple(words[:MOST_WORDS]))

    @property
    def postcode(self) -> str | None:
        """Give the postcode that `near` is, without its space, if it is one."""
        code = POSTCODE.fullmatch(self.near.strip().upper()) if self.near else None
        return code[1] + code[2] if code else None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Give the name as it was said, and with two neighbouring words as one.

        >>> Said.of("maeve o brien").spellings
        ('MAEVE O BRIEN', 'MAEVEO BRIEN', 'MAEVE OBRIEN')
        """
        joined = [
            " ".join((*self.words[:at], self.words[at] + self.words[at + 1], *self.words[at + 2 :]))
            for at in range(len(self.words) - 1)
            if len(self.words) > 2
        ]
        return (" ".join(self.words), *joined)

    @property
    def other_forms(self) -> tuple[str, ...]:
        """Give the name with other forms of its words, as William for Bill.

        >>> Said.of("bill oak").other_forms[0]
        'WILLIAM OAK'
        """
        others = [
            " ".join((*self.words[:at], form, *self.words[at + 1 :]))
            for at, word in enumerate(self.words)
            for form in forms_of(word)
        ]
        return tuple(others[:MOST_FORMS])
