"""What two records must share to be compared: columns, and the forms in which they are read.

>>> first_letters("surname").read(pl.Series(["O'Brien", "Smith"])).to_list()
['O', 'S']
"""

from dataclasses import dataclass

import polars as pl

from matchers.comparisons.values import plain
from matchers.sounds import sound_key

WHOLE = ("as it is", "any of")
FORMS = (*WHOLE, "sounds like", "first letters", "last letters")


@dataclass(frozen=True, slots=True)
class Key:
    """What two records must share: one or more columns and the form in which they are read."""

    columns: tuple[str, ...]
    form: str = "as it is"
    letters: int = 0

    def __str__(self) -> str:
        named = " or ".join(self.columns)
        return {
            "as it is": named,
            "any of": named,
            "sounds like": f"sound of {named}",
            "first letters": f"first {self.letters} of {named}",
            "last letters": f"last {self.letters} of {named}",
        }[self.form]

    def read(self, texts: pl.Series) -> pl.Series:
        """Write distinct texts in this form: plain capitals, their sound or some of their letters; null for nothing."""
        words = plain(texts)
        if self.form == "sounds like":
            return sound_key(words)
        if self.form == "first letters":
            return words.str.replace_all(" ", "").str.head(self.letters)
        if self.form == "last letters":
            return words.str.replace_all(" ", "").str.tail(self.letters)
        return words


def sounds_like(column: str) -> Key:
    """Make a key of how a surname sounds, so that Reid meets Reed and McDonald MacDonald."""
    return Key((column,), "sounds like")


def first_letters(column: str, letters: int = 1) -> Key:
    """Make a key of a word's first letters."""
    return Key((column,), "first letters", letters)


def last_letters(column: str, letters: int = 1) -> Key:
    """Make a key of a word's last letters or digits: of a date written YYYY-MM-DD the last four are its day."""
    return Key((column,), "last letters", letters)


def any_of(*columns: str) -> Key:
    """Make a key that two records share when any of these columns of one equals any of the other.

    So `any_of("postcode", "forwarding_postcode")` meets a mover at the new address, `any_of("surname",
    "previous_surname")` a bride.
    """
    return Key(columns, "any of")
