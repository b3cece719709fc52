"""Says of one notice what the recipient's records show of it on one day."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum, auto
from typing import Any

import polars as pl

from matchers import PersonName
from svoc.words.arrivals import Arrival, as_written

__all__ = ["bears", "verdict"]

Row = Mapping[str, Any]

PLAIN = ("title", "forename", "middle_names", "surname", "dob", "phone", "email")
"""Facts that a record holds as they are told."""


NAME = dict.fromkeys(("forename", "middle_names", "surname"), pl.String())
OF_ONE_NAME = frozenset(PersonName.levels[PersonName.levels.index("forename and surname exchanged") :]) - {
    "forename and surname agree, middle names conflict"
}
"""Levels of `PersonName` at which a record that was begun since a notice is taken for that of whom it told."""
WHERE = {"address", "postcode", "uprn"}


class Shows(Enum):
    """What one record shows of one fact."""

    TOLD = auto()
    BEFORE = auto()
    OTHER = auto()
    NOTHING = auto()


def verdict(kind: str, payload: Row, before: Row | None, own: Row | None, others: Sequence[Row], on: date) -> Arrival:
    """Say what a recipient's records show of what it was told.

    `kind`: of the notice, without how it ends; `payload`: the facts that it told; `before`: the record that it named as
    it stood then, a row of `PLACED`; `own`: the same today, None where it is gone; `others`: the recipient's other
    records of that person today; `on`: the day. Where a move ends one account and begins another, both are looked at.

    >>> then, now = {"surname": "NEVE"}, {"surname": "NEVE-DUNN"}
    >>> verdict("name", {"surname": "NEVE-DUNN", "title": "MRS"}, then, now, (), date(2026, 11, 2)).value
    'arrived'
    >>> verdict("name", {"surname": "DUNN"}, then, now, (), date(2026, 11, 2)).value
    'contradicted'
    """
    own = own if own is not None and _lasts(own, on) else None
    if kind == "death":
        return _of_a_death(payload, own)
    if not payload:  # retention has let go of what was told
        return Arrival.NOT_VISIBLE
    others = [row for row in others if _lasts(row, on)]
    if kind == "address":
        return _of_a_move(payload, before, own, others)
    looked_at = own or next(iter(others), None)
    return Arrival.NOT_VISIBLE if looked_at is None else _of_facts(payload, before or {}, looked_at)


def bears(row: Row, payload: Row) -> bool:
    """Say whether a record bears the name that was told, or one like it: an initial, a short form or a slip of the pen.

    >>> told = {"surname": "BOSBY", "forename": "JOANNE"}
    >>> [bears({"surname": "Bosby", "forename": forename}, told) for forename in ("Jo", "J", "Joanna", "John")]
    [True, True, False, False]
    >>> [bears({"surname": surname, "forename": "Joanne"}, told) for surname in ("Bosbyy", "Oakham")]
    [True, False]
    """
    names = (pl.DataFrame({part: [said.get(part)] for part in NAME}, schema=NAME) for said in (payload, row))
    grade: int = PersonName().grade(*names).item()
    return grade >= 0 and PersonName.levels[grade] in OF_ONE_NAME


def _lasts(row: Row, on: date) -> bool:
    return row["until"] is None or row["until"] > on if "until" in row else True


def _of_a_death(payload: Row, own: Row | None) -> Arrival:
    """A record that is closed or gone has heard of the death; and of one that was taken back, one that lives on."""
    alive = not payload.get("died") and payload.get("deceased") is False
    if own is None:
        return Arrival.NOT if alive else Arrival.ARRIVED
    if alive:
        return Arrival.NOT if own["deceased"] else Arrival.ARRIVED
    if not own["deceased"]:
        return Arrival.NOT
    another_day = own["died"] and payload.get("died") and str(own["died"]) != payload["died"]
    return Arrival.PARTLY if another_day else Arrival.ARRIVED


def _of_a_move(payload: Row, before: Row | None, own: Row | None, others: Iterable[Row]) -> Arrival:
    if not payload.keys() & WHERE:
        return _of_a_leaving(before, own)
    elsewhere = any(_lies(row, payload) for row in others)
    if own is None:
        return Arrival.ARRIVED if elsewhere else Arrival.PARTLY
    if _lies(own, payload):
        return Arrival.ARRIVED
    if not own["address"] and own["uprn"] is None:
        return Arrival.NOT_VISIBLE
    if before is not None and _same_place(own, before):
        return Arrival.PARTLY if elsewhere else Arrival.NOT
    return Arrival.CONTRADICTED


def _of_a_leaving(before: Row | None, own: Row | None) -> Arrival:
    """A record that others share is told that somebody has left, and not whither."""
    stays = own is not None and (before is None or _same_place(own, before))
    return Arrival.NOT if stays else Arrival.ARRIVED


def _lies(row: Row, payload: Row) -> bool:
    return _same_place(row, {**dict.fromkeys(("uprn", "address", "postcode")), **payload})


def _same_place(one: Row, other: Row) -> bool:
    """Say whether two addresses are one: by their UPRN, or as they are written where one of them has none."""
    if one["uprn"] is not None and other["uprn"] is not None:
        return bool(one["uprn"] == other["uprn"])
    told = [as_written(row["address"], row["postcode"]) for row in (one, other)]
    return bool(told[0]) and told[0] == told[1]


def _of_facts(payload: Row, before: Row, now: Row) -> Arrival:
    """Look at the facts that were news to the record; where it knew all of them, at all."""
    told = [fact for fact in PLAIN if payload.get(fact)]
    news = [f for f in told if not (before.get(f) and _agrees(f, payload[f], before[f]))]
    shows = {_shown_in(now, fact, payload[fact], before) for fact in news}
    shows = (shows or {_shown_in(now, fact, payload[fact], before) for fact in told}) - {Shows.NOTHING}
    if not shows:
        return Arrival.NOT_VISIBLE
    if Shows.OTHER in shows:
        return Arrival.CONTRADICTED
    if shows == {Shows.TOLD}:
        return Arrival.ARRIVED
    return Arrival.NOT if shows == {Shows.BEFORE} else Arrival.PARTLY


def _shown_in(now: Row, fact: str, told: Any, before: Row) -> Shows:
    """Look at one fact; of a surname of two words a name written in one piece may have been given the last alone."""
    if fact == "surname" and now.get("surname"):
        surname, last = _plain(fact, told), _plain(fact, now["surname"])
        if surname.endswith(f" {last}") and f" {surname}" in _plain("name", now.get("name") or ""):
            return Shows.TOLD
    return _shown(fact, told, before.get(fact), now.get(fact))


def _shown(fact: str, told: Any, before: Any, now: Any) -> Shows:
    if now is None:
        return Shows.NOTHING if before is None else Shows.OTHER
    if _agrees(fact, told, now):
        return Shows.TOLD
    return Shows.BEFORE if before is not None and _plain(fact, now) == _plain(fact, before) else Shows.OTHER


def _agrees(fact: str, told: Any, now: Any) -> bool:
    """A system that keeps initials shows a name by its initial."""
    said, shown = _plain(fact, told), _plain(fact, now)
    initials = fact in {"forename", "middle_names"} and len(shown) == 1
    return said.startswith(shown) if initials else said == shown


def _plain(fact: str, value: Any) -> str:
    return re.sub(r"\D", "", str(value)) if fact == "phone" else str(value).casefold()
