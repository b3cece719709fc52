"""Records side by side, a row for each thing they say: how far they agree, in a word, and what differs in the text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from svoc.reading.masking import TOLD_BY
from svoc.words.protection import WHERE
from svoc.words.purposes import Purpose

__all__ = ["Agreement", "Cell", "Row", "side_by_side"]


class Agreement(StrEnum):
    """How far records agree in one thing."""

    SAME = "same"
    CLOSE = "close"  # told apart by a slip of the pen: a letter or two, an initial, day and month exchanged
    DIFFERENT = "different"
    MISSING = "missing"  # fewer than two records say it


@dataclass(frozen=True, slots=True)
class Cell:
    """What one record says: `supplied` in parts, each with whether it differs from the other.

    `normal`: the same in a normal form, where that is another; `value`: of a date, for whoever writes it in words.
    """

    supplied: tuple[tuple[str, bool], ...] = ()
    normal: str = ""
    value: date | None = None

    @property
    def text(self) -> str:
        """Give what the record says, whole."""
        return "".join(part for part, _ in self.supplied)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that records say: `field` names it, `note` says what is close about it, a cell for each record."""

    field: str
    agreement: Agreement
    cells: tuple[Cell, ...]
    note: str = ""


FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("title", "forename", "middle_names", "surname"),
    "previous_surname": (),
    "dob": (),
    "phone": (),
    "email": (),
    "address": ("postcode",),
    "uprn": ("outcome",),
    "supplied_uprn": (),
    "since": (),
    "until": (),
    "forwarding_address": ("forwarding_postcode",),
    "died": (),
}
"""What is compared, in this order, and the columns that say the same in a normal form."""
NEVER_COMPARED = frozenset({"since", "until"})
"""What two records of one person need not agree in."""
NUMBERS = frozenset({"uprn", "supplied_uprn"})
"""What is the same or another, and nothing between."""
CLOSE_LETTERS = 2
TOKEN = re.compile(r"\w+|\W+")


def side_by_side(records: Sequence[Mapping[str, Any]], purpose: Purpose, *, hides: bool) -> list[Row]:
    """Lay records (rows of `PLACED`, masked already) side by side, as far as a purpose may see.

    What no record says is left out. `hides`: nothing that tells where somebody is may be shown.

    >>> smith = {"name": "MR J SMITH", "forename": "J", "surname": "SMITH"}
    >>> john = {"name": "John Smyth", "forename": "JOHN", "surname": "SMYTH"}
    >>> from svoc.words.purposes import Purpose
    >>> [row] = side_by_side([smith, john], Purpose("x", "", "service", ""), hides=False)
    >>> row.agreement.value, row.note
    ('close', 'initial')
    """
    rows = []
    for field, normal in FIELDS.items():
        facts = TOLD_BY.get(field, ())
        if not purpose.sees(*facts) or (hides and set(facts) & set(WHERE)):
            continue
        said = [_plain(record.get(field)) for record in records]
        if not any(said):
            continue
        agreement, note = _agreement(field, records)
        cells = tuple(_cell(n, field, records, said, normal) for n in range(len(records)))
        rows.append(Row(field, agreement, cells, note))
    return rows


def _cell(
    at: int, field: str, records: Sequence[Mapping[str, Any]], said: Sequence[str], normal: tuple[str, ...]
) -> Cell:
    other = next((text for n, text in enumerate(said) if n != at and text), "")
    parts = tuple(marked(said[at], other)) if said[at] else ()
    value = records[at].get(field)
    joined = " ".join(_plain(records[at].get(name)) for name in normal if records[at].get(name))
    return Cell(parts, joined if joined.casefold() != said[at].casefold() else "", value if _is_date(value) else None)


def _agreement(field: str, records: Sequence[Mapping[str, Any]]) -> tuple[Agreement, str]:
    values = [_compared(field, record) for record in records]
    known = [value for value in values if value]
    if len(known) < 2:
        return Agreement.MISSING, ""
    if field in NEVER_COMPARED:
        return (Agreement.SAME, "") if len(set(known)) == 1 else (Agreement.DIFFERENT, "")
    if field == "address" and len(set(known)) > 1 and _one_property(records):
        return Agreement.CLOSE, "same_property"
    worst, note = Agreement.SAME, ""
    for n, one in enumerate(known):
        for other in known[n + 1 :]:
            found, why = _two(field, one, other)
            if found is Agreement.DIFFERENT:
                return found, ""
            worst, note = (found, why) if found is Agreement.CLOSE else (worst, note)
    return worst, note


def _one_property(records: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the gazetteer has every record at one and the same property."""
    placed = {record.get("uprn") for record in records if record.get("address")}
    return len(placed) == 1 and None not in placed


def _compared(field: str, record: Mapping[str, Any]) -> str:
    if field == "name":
        return " ".join(_plain(record.get(name)) for name in ("forename", "surname") if record.get(name))
    return re.sub(r"[^\w@]+", " ", _plain(record.get(field))).casefold().strip()


def _two(field: str, one: str, other: str) -> tuple[Agreement, str]:
    """Say how far two normal forms agree, and what is close about them."""
    if one == other:
        return Agreement.SAME, ""
    if field == "dob":
        return _dates(one, other)
    if field == "name" and _initial(one, other):
        return Agreement.CLOSE, "initial"
    at_another = field in {"address", "forwarding_address"} and _numbers(one) != _numbers(other)
    if at_another or field in NUMBERS:
        return Agreement.DIFFERENT, ""
    allowed = CLOSE_LETTERS if field == "name" else max(CLOSE_LETTERS, min(len(one), len(other)) // 3)
    if DamerauLevenshtein.distance(one.casefold(), other.casefold()) <= allowed or _within(one, other):
        return Agreement.CLOSE, "spelling"
    return Agreement.DIFFERENT, ""


def _dates(one: str, other: str) -> tuple[Agreement, str]:
    first, second = one.split(), other.split()
    if [first[0], first[2], first[1]] == second:
        return Agreement.CLOSE, "day_month"
    if sum(a != b for a, b in zip(one, other, strict=False)) == 1:
        return Agreement.CLOSE, "digit"
    return Agreement.DIFFERENT, ""


def _initial(one: str, other: str) -> bool:
    (a, _, surname), (b, _, surname_b) = one.partition(" "), other.partition(" ")
    near = DamerauLevenshtein.distance(surname, surname_b) <= CLOSE_LETTERS - 1
    return bool(a and b) and near and min(len(a), len(b)) == 1 and a[0] == b[0]


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+\w*", text)


def _within(one: str, other: str) -> bool:
    """Say whether all words of the shorter stand in the longer, whole or cut short, as where a town is left out."""
    words, more = sorted((one.split(), other.split()), key=len)
    return len(words) > 1 and all(any(a.startswith(b) or b.startswith(a) for b in more) for a in words)


def marked(text: str, other: str) -> list[tuple[str, bool]]:
    """Split a text into parts, each with whether it differs from another text; case is no difference.

    >>> marked("MR JON SMITH", "Mr John Smith")
    [('MR ', False), ('JON', True), (' SMITH', False)]
    >>> marked("MR J SMITH", "")
    [('MR J SMITH', False)]
    """
    if not other:
        return [(text, False)]
    own = TOKEN.findall(text)
    theirs = [token.casefold() for token in TOKEN.findall(other)]
    matcher = SequenceMatcher(None, [token.casefold() for token in own], theirs, autojunk=False)
    same = {n for block in matcher.get_matching_blocks() for n in range(block.a, block.a + block.size)}
    parts: list[tuple[str, bool]] = []
    for n, token in enumerate(own):
        differs = n not in same and any(letter.isalnum() for letter in token)
        if parts and parts[-1][1] == differs:
            parts[-1] = (parts[-1][0] + token, differs)
        else:
            parts.append((token, differs))
    return parts


def _is_date(value: object) -> bool:
    return isinstance(value, date)


def _plain(value: object) -> str:
    return "" if value is None else str(value)
