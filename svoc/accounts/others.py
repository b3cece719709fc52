"""What is said of somebody else in what is held of a person: it is left out of what the person is given."""

import re
from dataclasses import dataclass
from typing import Any, Self

import polars as pl

__all__ = ["Others"]

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
CARE_OF = re.compile(r"^\s*(?:c/o|c\.o\.|care of)\b", re.IGNORECASE)
SIGNS = frozenset(" ,.'’()`-")
"""What stands between the words of one person's name; anything else may stand between two persons'."""

PARTS = ("title", "forename", "middle_names", "surname", "previous_surname")


@dataclass(frozen=True, slots=True)
class Others:
    """Everybody who is not the person: what they are called.

    `own`: the words of the person's own names; `names`: forename and surname of everybody else; `words`: each word of
    these that is not one of the person's own.
    """

    own: frozenset[str]
    names: dict[str, frozenset[str]]
    words: frozenset[str]

    @classmethod
    def of(cls, mentions: pl.DataFrame, mine: pl.DataFrame) -> Self:
        """Tell the person's records (frame of `PLACED`) from all others (`mentions`: the same)."""
        own = frozenset(word for part in PARTS for text in mine[part].drop_nulls() for word in _words(text))
        people = mentions.join(mine.select("mention"), on="mention", how="anti").select("forename", "surname").unique()
        names: dict[str, set[str]] = {}
        for forename, surname in people.drop_nulls().iter_rows():
            for word in _words(surname):
                names.setdefault(word, set()).update(w for w in _words(forename) if len(w) > 1)
        said = {*names, *(word for forenames in names.values() for word in forenames)}
        return cls(own, {s: frozenset(f) for s, f in names.items()}, frozenset(said) - own)

    def name(self, row: dict[str, Any]) -> str | None:
        """Give a name as supplied, or, where the field names or may name another, the person's own part of it."""
        supplied = row["name"]
        own = " ".join(row[part] for part in PARTS[:-1] if row[part]) or None
        if not supplied or own is None:
            return supplied if supplied and self._is_own(supplied) else own
        return supplied if self._is_own(supplied) else own

    def _is_own(self, text: str) -> bool:
        words = _words(text)
        plain = SIGNS.issuperset(WORD.sub("", text))
        return plain and "AND" not in words and len(words) == len(set(words)) and self.own.issuperset(words)

    def address(self, text: str | None) -> str | None:
        """Give an address without the lines that name somebody else, or say in whose care it is."""
        if text is None:
            return None
        kept = [line for line in text.split(", ") if not CARE_OF.match(line) and not self.named_in(line)]
        return ", ".join(kept) or None

    def text(self, text: str | None) -> str | None:
        """Give what people wrote where no word of it is a name of somebody else, else nothing."""
        return None if text is None or self.words.intersection(_words(text)) else text

    def named_in(self, text: str) -> bool:
        """Say whether somebody else is named in full."""
        words = set(_words(text))
        return any(self.names[word] & (words - {word}) for word in words & self.names.keys()) and not words <= self.own


def _words(text: str) -> list[str]:
    return [word.upper() for word in WORD.findall(text)]
