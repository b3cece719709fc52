"""Puts a fact right (UK GDPR, Article 16): a steward's word is a record of its own, beside those that say otherwise.

It is told as a life event is, by the sender `steward`, and rests on the keys of the person's records, that of the wrong
fact first: it founds nobody and joins nobody, stays through nights and merges, and where the person is taken apart goes
with that record. Of what it says no other record is heard. Whoever was sent the wrong fact is told of the right one
(Article 19), with the fields of then and nothing more. It is taken back by another word, and never erased by that.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import and_, select

from svoc.accounts.settling import measured, refuse_what_waits
from svoc.accounts.subject import subject_of
from svoc.council import Council
from svoc.errors import SettingsError, nearest
from svoc.notices.routes import CORRECTED, TAKEN_BACK, first_told
from svoc.store import tables
from svoc.store.acts import act, acts_of, end
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table
from svoc.survivorship.policy import GROUPS
from svoc.words.audit import Kind
from svoc.words.decisions import Verdict
from svoc.words.events import EMPTY_LIFE_EVENTS, LIFE_EVENTS, STEWARD, EventAction, EventKind, Evidence
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.notices import AS_IT_WENT, NOTICES
from svoc.words.persons import FACTS
from svoc.words.plan import Plan
from svoc.words.rights import ActKind

__all__ = ["RECTIFIABLE", "rectify", "take_back"]

NOTICE = of_table(tables.NoticeRow)

RECTIFIABLE = ("title", "forename", "middle_names", "surname", "dob", "address", "postcode")
"""The facts that can be put right here; what else is wrong is for its source to mend."""


def rectify(
    council: Council, person: str, facts: Mapping[str, str], *, actor: str, because: str, purpose: str
) -> tuple[int, int]:
    """Put facts of a person right, as text (a date of birth as 1971-04-24); give the act's number and who was told.

    What goes with a fact in one record (an address and its postcode, forename and middle names) stays as it stands
    unless it is given too. Raises `SettingsError` for a fact that cannot be put right here, a date that is none, or
    where there is no such person or reason.
    """
    if not because.strip():
        raise SettingsError("say why: the reason is kept")
    said = _read(facts)
    with council.night():
        subject = subject_of(council, person, purpose=purpose, actor=actor, because=because)
        persons = council.store.persons(subject.lane).filter(pl.col("person") == subject.person)
        if persons.is_empty():
            raise SettingsError(f"{person} does not stand, so nothing of them can be put right")
        row = persons.row(0, named=True)
        refuse_what_waits(council, actor=actor, purpose=purpose)
        whole = {f: said.get(f, row[f]) for g in GROUPS.values() if set(g) & said.keys() for f in g if f in RECTIFIABLE}
        with council.audit.acting(
            Kind.RECTIFY, actor=actor, purpose=purpose, because=because, persons=[subject.person], fields=sorted(said)
        ):
            number = act(
                council.store, ActKind.RECTIFY, actor=actor, because=because, person=subject.person,
                lane=subject.lane, mentions=subject.standing,
            )  # fmt: skip
            council.store.tell(_statement(number, whole, EventAction.ASSERTED), by=actor)
            own = [m for m in subject.standing if not m.startswith(f"{EVENTS_SOURCE}/")]
            for mention in sorted(own, key=lambda m: (m not in _anchors(row, said), m)):
                council.store.decide(Verdict.CONFIRMED.value, _mention(number), mention, steward=actor, because=because)
            return number, _settle(council, number, said)


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
            council.store.tell(_statement(number, {}, EventAction.RETRACTED), by=actor)
            _settle(council, number, {})


def _read(facts: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for fact, text in facts.items():
        if fact not in RECTIFIABLE:
            hint = nearest(fact, RECTIFIABLE) or ", ".join(RECTIFIABLE)
            raise SettingsError(f"{fact} is no fact that can be put right here; did you mean {hint}?")
        try:
            said[fact] = date.fromisoformat(text.strip()) if fact == "dob" else " ".join(text.split())
        except ValueError:
            raise SettingsError("dob: expected a date as 1971-04-24") from None
        if fact in {"title", "forename", "middle_names", "surname", "postcode"}:
            said[fact] = said[fact].upper()
    if not said or not all(said.values()):
        raise SettingsError("say which fact, and what is right: as surname=SMITH")
    return said


def _mention(number: int) -> str:
    return f"{EVENTS_SOURCE}/{STEWARD}:{number}/1"


def _anchors(row: Mapping[str, Any], said: Mapping[str, Any]) -> set[str]:
    """Give the records from which the wrong facts come."""
    why = json.loads(row["provenance"] or "{}")
    return {told["mention"] for group, told in why.items() if set(GROUPS[group]) & said.keys()}


def _statement(number: int, facts: Mapping[str, Any], action: EventAction) -> pl.DataFrame:
    told = {
        "event": f"{STEWARD}:{number}:{action.value}", "kind": EventKind.CORRECTION.value, "action": action.value,
        "sender": STEWARD, "reference": str(number), "evidence": Evidence.SELF.value, "verification": 0, **facts,
    }  # fmt: skip
    return pl.concat([EMPTY_LIFE_EVENTS, pl.DataFrame([told], schema=LIFE_EVENTS, orient="row")])


# ---------------------------------------------------------------- who is told


def _settle(council: Council, number: int, said: Mapping[str, Any]) -> int:
    """Settle what was said, and tell whoever was sent the wrong fact; give how many notices that makes."""
    yesterday = council.store.yesterday()
    plan = council.settle(yesterday)
    mention, told = _mention(number), 0
    lanes = {}
    for name, lane in plan.lanes.items():
        members = lane.state.members.filter(pl.col("mention") == mention)["person"].to_list()
        before = yesterday.lane(name).members.filter(pl.col("mention") == mention)["person"].to_list()
        theirs = pl.col("person").is_in([*members, *before])
        notices = [lane.notices.filter(~theirs)]
        if members and said:
            row = lane.state.persons.row(by_predicate=pl.col("person") == members[0], named=True)
            notices.append(_corrections(council, plan, name, row, said))
            told += notices[-1].height
        lanes[name] = replace(lane, notices=pl.concat(notices).sort("notice"))
    council.commit(measured(council, replace(plan, lanes=lanes), yesterday))
    return told


def _corrections(
    council: Council, plan: Plan, lane: str, row: Mapping[str, Any], said: Mapping[str, Any]
) -> pl.DataFrame:
    """Write a notice to each system that was sent a wrong fact: with the very fields that it was sent."""
    forwards = plan.lanes[lane].state.forwards.filter(pl.col("current") == row["person"])["retired"].to_list()
    its = and_(NOTICE.c.lane == lane, NOTICE.c.person.in_([row["person"], *forwards]), NOTICE.c.sent.is_not(None))
    with told_plainly(), council.store.engine.connect() as connection:
        sent = connection.execute(select(NOTICE).where(its).order_by(NOTICE.c.id)).mappings().all()
    last = {(first_told(n["kind"]), n["recipient"], n["reference"]): n for n in sent}
    rows = []
    for notice in (n for n in last.values() if not n["kind"].endswith(TAKEN_BACK)):
        payload = json.loads(notice["payload"])
        wrong = [f for f in payload.keys() & said.keys() if payload[f] is not None and payload[f] != _plain(said[f])]
        if wrong:
            right = json.dumps({f: _plain(row[f]) for f in payload if f in FACTS}, ensure_ascii=False, sort_keys=True)
            seed = f"{plan.run}\x1f{notice['notice']}\x1f{right}"
            kept = {name: notice[name] for name in AS_IT_WENT}
            told = {"notice": hashlib.blake2b(seed.encode(), digest_size=10).hexdigest(), "payload": right}
            kind = notice["kind"].removesuffix(CORRECTED) + CORRECTED
            rows.append({**kept, **told, "person": row["person"], "kind": kind, "because": _mention_of(said)})
    return pl.DataFrame(rows, schema=NOTICES, orient="row")


def _mention_of(said: Mapping[str, Any]) -> str:
    return f"put right: {', '.join(sorted(said))}"


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
