"""Which value of a fact a steward may choose for a person: those that the person's own records say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from svoc.desk.desk import Desk
from svoc.desk.parting import Whole
from svoc.words.protection import WHERE

__all__ = ["CHOSEN", "Value", "may_be_chosen", "values_of"]

CHOSEN: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "forename": ("forename",),
    "middle_names": ("middle_names",),
    "surname": ("surname",),
    "dob": ("dob",),
    "address": ("address", "postcode"),
    "phone": ("phone",),
    "email": ("email",),
}
"""The facts of which a value may be chosen, each with what of its record goes with it.

Whether somebody has died is told as a life event, and a UPRN is put right by whoever keeps the gazetteer.
"""


@dataclass(frozen=True, slots=True)
class Value:
    """What records say: `facts`: as text, `value`: as it is shown, `at`: the places of the records that say it."""

    facts: Mapping[str, str]
    value: Any
    at: tuple[int, ...]


def may_be_chosen(desk: Desk, whole: Whole, field: str) -> bool:
    """Say whether the purpose may see a fact of a person of which a value may be chosen."""
    facts = CHOSEN.get(field, ())
    hidden = bool(set(facts) & set(WHERE)) and desk.hides_any(whole.mentions)
    return bool(facts) and desk.reader().purpose.sees(*facts) and not hidden


def values_of(whole: Whole, field: str) -> tuple[Value, ...]:
    """Give each value that the records of a person say, in their order."""
    found: dict[tuple[str, ...], list[int]] = {}
    for at, record in enumerate(whole.records):
        said = tuple(_text(record.get(fact)) for fact in CHOSEN[field])
        if said[0]:
            found.setdefault(said, []).append(at)
    return tuple(_value(whole, field, said, at) for said, at in found.items())


def _value(whole: Whole, field: str, said: tuple[str, ...], at: list[int]) -> Value:
    facts = {fact: text for fact, text in zip(CHOSEN[field], said, strict=True) if text}
    first = whole.records[at[0]].get(field)
    return Value(facts, first if isinstance(first, date) else ", ".join(facts.values()), tuple(at))


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
