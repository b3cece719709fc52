"""Addresses without the people in them: recipients and names are taken out before anything is shown.

What goes: all behind C/O, FAO and the like up to the next number; a line that begins with a title; a line of nothing
but names of the record's own people; and, wherever it stands, a forename beside a surname that some record bears
together. What the gazetteer itself knows as a street, place or building stays. A line that looks like a name by the
lists of common names goes too: a lost house name is found again by its number, a name that is shown is not unshown.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from gazetteer.lexicon import EMPTY, Lexicon
from gazetteer.tidy import is_street_type, name_of, tidy
from svoc.sources.name_words import words

__all__ = ["Nameless"]

_CARE = re.compile(
    r"(?:^|\b)(?:C/O|CARE OF|F ?A ?O|FOR THE ATTENTION OF|ATTN|ATTENTION|EXORS?|EXECUTORS? OF|EXECUTORS?|PERS REPS?"
    r"|PERSONAL REPRESENTATIVES?(?: OF)?|REPS? OF|(?:THE )?ESTATE OF(?: THE LATE)?|THE LATE)\b[^\d]*"
)
_BESIDES = frozenset(("THE", "AND", "FAMILY", "HOUSEHOLD", "LATE", "OF", "OCCUPIER", "RESIDENT"))
_BUILDINGS = frozenset(
    (
        *("HOUSE", "COTTAGE", "COTTAGES", "COURT", "LODGE", "HALL", "FARM", "BARN", "VILLA", "VILLAS", "MANOR", "MILL"),
        *("MEWS", "PARK", "GRANGE", "HOTEL", "INN", "TOWER", "FLAT", "FLATS", "APARTMENT", "BUNGALOW", "CROFT"),
        *("CHAPEL", "SCHOOL", "CHURCH", "CENTRE", "BUILDING", "BUILDINGS", "WHARF", "STABLES"),
    )
)


@dataclass(frozen=True, slots=True)
class Nameless:
    """Takes people out of addresses.

    `lexicon`: what the gazetteer knows, and so is no person; `pairs`: forename and surname of everybody on record, in
    either order; `surnames`: theirs.

    >>> Nameless.of(["JOHN SMITH"])("Mr J Smith, 5 King Street, Barchester", ["JOHN SMITH"])
    '5 KING STREET, BARCHESTER'
    >>> Nameless.of(["JOHN SMITH"])("John Smith c/o Rose Cottage 7 King St")
    '7 KING ST'
    """

    lexicon: Lexicon
    pairs: frozenset[tuple[str, str]]
    surnames: frozenset[str]

    @classmethod
    def of(cls, people: Iterable[str], lexicon: Lexicon = EMPTY) -> "Nameless":
        """Learn the people of all records: forename first, surname last."""
        names = [_plain(name) for name in people]
        ends = {(name[0], name[-1]) for name in names if len(name) > 1}
        return cls(lexicon, frozenset(ends | {(b, a) for a, b in ends}), frozenset(n[-1] for n in names if n))

    @classmethod
    def of_uses(cls, uses: pl.DataFrame, lexicon: Lexicon) -> "Nameless":
        """Learn the people of a frame of `USES`, those under protection among them."""
        return cls.of(uses["people"].explode().drop_nulls().unique(), lexicon)

    def __call__(self, address: str | None, people: Iterable[str] = ()) -> str:
        """Give an address, tidied, without people; `people` are those of its own record."""
        own = frozenset(word for name in people for word in _plain(name) if len(word) > 1)
        lines = tidy(re.sub(r"[()\[\]]", ", ", address or "")).split(", ")
        pieces = [self._line(line, own) for line in lines]
        return ", ".join(piece for piece in pieces if piece)

    def _line(self, line: str, own: frozenset[str]) -> str:
        line = _CARE.sub(" ", line).strip()
        found = re.search(r"\d", line)
        at = found.start() if found else len(line)
        lead, rest = line[:at].strip(), line[at:]
        if lead and not self._known(lead) and self._is_name(lead.split(), own):
            lead = ""
        return self._without_pairs(f"{lead} {rest}".strip(), own)

    def _known(self, text: str) -> bool:
        name = name_of(text)
        return name in self.lexicon.streets or name in self.lexicon.places or name in self.lexicon.buildings

    def _is_name(self, lead: list[str], own: frozenset[str]) -> bool:
        lists = words()
        said = [word for word in map(_letters, lead) if word]
        names = [word for word in said if word not in lists.titles and word not in _BESIDES]
        if not said or _is_place_word(said[-1]):
            return False
        if said[0] in lists.titles and len(said) > 1:
            return True
        whole = [word for word in names if len(word) > 1]
        if whole and all(word in own for word in whole):
            return True
        surname = whole[-1:] and (whole[-1] in self.surnames or whole[-1] in lists.surnames)
        given = len(names) in (2, 3) and (names[0] in lists.forenames or len(names[0]) == 1)
        return bool(surname and given)

    def _without_pairs(self, line: str, own: frozenset[str]) -> str:
        """Take a forename beside a surname out of the middle of a line, and whatever of the own names is around it."""
        said = line.split()
        plain = [_letters(word) for word in said]
        gone: set[int] = set()
        for at in range(len(said) - 1):
            both = (plain[at], plain[at + 1])
            follows = plain[at + 2] if at + 2 < len(said) else ""
            named = both in self.pairs or (both[0] != both[1] and set(both) <= own)
            if named and not _is_place_word(both[1]) and not (follows and _is_place_word(follows)):
                gone |= {at, at + 1}
        return " ".join(word for at, word in enumerate(said) if at not in gone)


def _is_place_word(word: str) -> bool:
    return word in _BUILDINGS or is_street_type(word)


def _plain(name: str) -> list[str]:
    return [word for word in map(_letters, tidy(name).replace(",", " ").split()) if word]


def _letters(word: str) -> str:
    return re.sub(r"[^A-Z]", "", word) if not any(sign.isdigit() for sign in word) else ""
