"""Puts a fact right (UK GDPR, Article 16): a steward's word is a record of its own, beside those that say otherwise.

It is told as a life event is, by the sender `steward`, and rests on the keys of the person's records, that of the wrong
fact first: it founds nobody and joins nobody, stays through nights and merges, and where the person is taken apart goes
with that record. Of what it says no other record is heard. Whoever was sent the wrong fact is told of the right one
(Article 19), with the fields of then and nothing more. It is taken back by another word, and never erased by that.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from svoc.accounts.corrections import settle_correction
from svoc.accounts.settling import refuse_what_waits
from svoc.accounts.subject import Subject, subject_of
from svoc.council import Council
from svoc.errors import SettingsError, nearest
from svoc.store import tables
from svoc.store.acts import act, acts_of, end
from svoc.store.standing import of_table
from svoc.survivorship.policy import GROUPS
from svoc.words.audit import Kind
from svoc.words.decisions import Verdict
from svoc.words.events import ALIVE, DECEASED, EMPTY_LIFE_EVENTS, LIFE_EVENTS, STEWARD, EventAction, EventKind, Evidence
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.rights import ActKind

__all__ = ["RECTIFIABLE", "mention_of", "rectify", "statement_of", "take_back", "what_is_right"]

NOTICE = of_table(tables.NoticeRow)

RECTIFIABLE = ("title", "forename", "middle_names", "surname", "dob", "address", "postcode", "phone", "email",
               "deceased", "died")  # fmt: skip
"""The facts that can be put right here; what else is wrong is for its source to mend."""

IN_CAPITALS = frozenset({"title", "forename", "middle_names", "surname", "postcode"})
DAYS = frozenset({"dob", "died"})

COLUMNS: Mapping[str, str] = {"phone": "new_phone", "email": "new_email", "died": "happened"}
"""Where a statement says a fact, where that is not its own name."""

NOT_A_DEATH = (
    "deceased: expected no. That somebody has died is told as a life event, on evidence and confirmed (svoc tell); "
    "here a wrong death is put right, or the day of one"
)


def rectify(
    council: Council, person: str, facts: Mapping[str, str], *, actor: str, because: str, purpose: str
) -> tuple[int, int]:
    """Put facts of a person right, as text (a date of birth as 1971-04-24); give the act's number and who was told.

    What goes with a fact in one record (an address and its postcode, forename and middle names) stays as it stands
    unless it is given too. `deceased` can be put right to "no" alone, and `died` of whom a death is held. Raises
    `SettingsError` for a fact that cannot be put right here, a date that is none, or where there is no such person or
    reason.
    """
    if not because.strip():
        raise SettingsError("say why: the reason is kept")
    with council.night():
        subject, whole, anchors = what_is_right(council, person, facts, actor=actor, because=because, purpose=purpose)
        refuse_what_waits(council, actor=actor, purpose=purpose)
        with council.audit.acting(
            Kind.RECTIFY,
            actor=actor,
            purpose=purpose,
            because=because,
            persons=[subject.person],
            fields=sorted(_read(facts)),
        ):
            number = act(
                council.store, ActKind.RECTIFY, actor=actor, because=because, person=subject.person,
                lane=subject.lane, mentions=subject.standing,
            )  # fmt: skip
            council.store.tell(statement_of(number, whole, EventAction.ASSERTED), by=actor)
            for mention in anchors:
                council.store.decide(
                    Verdict.CONFIRMED.value, mention_of(number), mention, steward=actor, because=because
                )
            return number, settle_correction(council, mention_of(number), whole)


def take_back(council: Council, number: int, *, actor: str, because: str) -> None:
    """Take back that a fact was put right: what its sources say is heard again. Raises `SettingsError` for no such."""
    if not because.strip():
        raise SettingsError("say why: the reason is kept")
    with council.night():
        found = acts_of(council.store, kind=ActKind.RECTIFY).filter(pl.col("act") == number)
        if found.is_empty():
            raise SettingsError(f"there is no rectification {number} that holds")
        refuse_what_waits(council, actor=actor, purpose=None)
        with council.audit.acting(Kind.RECTIFY, actor=actor, because=because, persons=found["person"].drop_nulls()):
            end(council.store, number, actor=actor, because=because)
            council.store.tell(statement_of(number, {}, EventAction.RETRACTED), by=actor)
            settle_correction(council, mention_of(number), {})


def what_is_right(
    council: Council, person: str, facts: Mapping[str, str], *, actor: str, because: str, purpose: str
) -> tuple[Subject, dict[str, Any], list[str]]:
    """Read what is to be put right of whom: whole, and on which records it rests, that of the wrong fact first."""
    said = _read(facts)
    subject = subject_of(council, person, purpose=purpose, actor=actor, because=because)
    persons = council.store.persons(subject.lane).filter(pl.col("person") == subject.person)
    if persons.is_empty():
        raise SettingsError(f"{person} does not stand, so nothing of them can be put right")
    row = persons.row(0, named=True)
    wrong = _anchors(row, said)
    own = [m for m in subject.standing if not m.startswith(f"{EVENTS_SOURCE}/")]
    return subject, _whole(said, row), sorted(own, key=lambda m: (m not in wrong, m))


def _read(facts: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for fact, text in facts.items():
        if fact not in RECTIFIABLE:
            hint = nearest(fact, RECTIFIABLE) or ", ".join(RECTIFIABLE)
            raise SettingsError(f"{fact} is no fact that can be put right here; did you mean {hint}?")
        said[fact] = _value(fact, " ".join(text.split()))
    if not said or "" in said.values():
        raise SettingsError("say which fact, and what is right: as surname=SMITH")
    if said.keys() >= {"deceased", "died"}:
        raise SettingsError("deceased=no and a day of death: expected one of the two")
    return said


def _value(fact: str, text: str) -> Any:
    """Read what is right, as a record would hold it."""
    if fact == "deceased" and text:
        if text.casefold() not in {"no", "false"}:
            raise SettingsError(NOT_A_DEATH)
        return False
    if fact in DAYS and text:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise SettingsError(f"{fact}: expected a date, the year first: 2026-11-02") from None
    return text.upper() if fact in IN_CAPITALS else text


def _whole(said: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Give the facts with those that go with them in one record; raise `SettingsError` for the day of no death."""
    if "died" in said and not row["deceased"]:
        raise SettingsError("died: no death of this person is held; it is told as a life event (svoc tell)")
    whole = {f: said.get(f, row[f]) for g in GROUPS.values() if set(g) & said.keys() for f in g if f in RECTIFIABLE}
    return {**whole, "died": None} if said.get("deceased") is False else whole


def mention_of(number: int) -> str:
    """Give the key of the record that a rectification is."""
    return f"{EVENTS_SOURCE}/{STEWARD}:{number}/1"


def _anchors(row: Mapping[str, Any], said: Mapping[str, Any]) -> set[str]:
    """Give the records from which the wrong facts come."""
    why = json.loads(row["provenance"] or "{}")
    return {told["mention"] for group, told in why.items() if set(GROUPS[group]) & said.keys()}


def statement_of(number: int, facts: Mapping[str, Any], action: EventAction) -> pl.DataFrame:
    """Write down what is right, or that it is taken back, as a frame of `LIFE_EVENTS`."""
    lives = {"True": DECEASED, "False": ALIVE}.get(str(facts.get("deceased")))
    said = {COLUMNS.get(fact, fact): value for fact, value in facts.items() if fact != "deceased"}
    told = {
        "event": f"{STEWARD}:{number}:{action.value}", "kind": EventKind.CORRECTION.value, "action": action.value,
        "sender": STEWARD, "reference": str(number), "evidence": Evidence.SELF.value, "verification": 0,
        "update_reason": lives, **said,
    }  # fmt: skip
    return pl.concat([EMPTY_LIFE_EVENTS, pl.DataFrame([told], schema=LIFE_EVENTS, orient="row")])
