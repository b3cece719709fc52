"""Whoever was told of a move, a name, a birth or a telephone hears that it was none, or otherwise; nobody else does."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.amending import amended
from svoc.errors import StalePlan
from svoc.sources.base import Extract
from svoc.store.outbox import told
from svoc.store.store import Store
from svoc.words.plan import Plan
from tests.worlds import event, extract, night

TAX, CARD, EVENT = "council_tax/A1/1", "library/L1/1", "life_events/registrar:D1/1"
LIVES = extract("council_tax", "A1 | MRS ANN SMITH | 3 | 2015-04-01..", "A9 | MISS RUTH HILL | 5 | 2015-04-01..")
CARDS = extract("library", "L1 | ANN SMITH | 3", "L9 | RUTH HILL | 5")
CLOSED = extract("library", "L9 | RUTH HILL | 5")
LATER = extract("library", "L1 | ANN SMITH | 3", "L2 | ANN SMITH | 3", "L9 | RUTH HILL | 5")
NEW: dict[str, dict[str, Any]] = {
    "death": {},
    "move": {"new_address": "7 KING STREET", "new_postcode": "BA1 1AA"},
    "name": {"new_surname": "MOORE"},
    "contact": {"new_phone": "01392000001", "consents": ["council_tax", "library"]},
    "birth": {"new_forename": "IDA", "new_surname": "SMITH", "consents": ["council_tax", "library"]},
}
TELLS = {"death": "death", "move": "address", "name": "name", "contact": "contact", "birth": "birth"}


def said(kind: str, action: str = "asserted", **new: Any) -> pl.DataFrame:
    told = event(
        "D1", "MRS ANN SMITH", house=3, on=date(2026, 10, 20), kind=kind, action=action, **{**NEW[kind], **new}
    )
    return told.with_columns(event=pl.lit(f"D1:{action}:{'.'.join(new)}"))


def commit(store: Store, plan: Plan, *, send: bool = True) -> None:
    store.commit(plan, summary=plan.figures())
    for row in store.outbox() if send else ():
        store.sent(row["notice"])


def planned(store: Store, *extracts: Extract) -> Plan:
    yesterday = store.yesterday()
    return amended(night(yesterday, *extracts), yesterday, store)


def fall(store: Store, *extracts: Extract, send: bool = True) -> list[tuple[str, str, str | None]]:
    plan = planned(store, *extracts)
    commit(store, plan, send=send)
    notices = pl.concat([lane.notices for lane in plan.lanes.values()])
    return sorted(notices.select("kind", "recipient", "reference").unique().iter_rows())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open("sqlite:///council.db", tmp_path)
    commit(store, night(store.yesterday(), LIVES, CARDS))
    yield store
    store.close()


def told_of(store: Store, kind: str, *, send: bool = True) -> list[tuple[str, str, str | None]]:
    """Let systems be told of an event; give what they were told."""
    store.tell(said(kind), by="registrar")
    for record in (TAX, CARD):
        store.decide("confirmed", EVENT, record, steward="j.okafor", because="seen")
    heard = fall(store, send=send)
    assert heard, "somebody is told"
    assert {what for what, *_ in heard} <= {TELLS[kind], "contact"}
    return heard


def retracted(heard: list[tuple[str, str, str | None]]) -> list[tuple[str, str, str | None]]:
    return sorted((f"{kind}-retracted", recipient, reference) for kind, recipient, reference in heard)


@pytest.mark.parametrize("kind", [kind for kind in NEW if kind != "death"])
def test_who_was_told_hears_once_that_it_was_none_and_nobody_else_does(store: Store, kind: str) -> None:
    heard = told_of(store, kind)
    fall(store, LATER)  # a card that nobody was told about
    fall(store, CLOSED)  # and the other's is closed
    store.tell(said(kind, "retracted"), by="registrar")
    assert fall(store) == retracted(heard)
    assert fall(store) == []


@pytest.mark.parametrize("kind", ["death", "move", "name"])
def test_what_still_waits_is_withdrawn_and_neither_goes(store: Store, kind: str) -> None:
    told_of(store, kind, send=False)
    store.tell(said(kind, "retracted"), by="registrar")
    assert fall(store, send=False) == []
    assert store.outbox() == []
    assert set(told(store)["state"]) == {"withdrawn"}


def test_what_was_sent_to_one_and_waits_for_another_is_taken_back_from_the_one(store: Store) -> None:
    told_of(store, "death", send=False)
    (first,) = [row["notice"] for row in store.outbox() if row["recipient"] == "council_tax"]
    store.sent(first)
    store.tell(said("death", "retracted"), by="registrar")
    assert fall(store) == [("death-retracted", "council_tax", "A1")]


def test_what_was_sent_while_the_night_was_planned_is_not_withdrawn_behind_its_back(store: Store) -> None:
    told_of(store, "move", send=False)
    store.tell(said("move", "retracted"), by="registrar")
    plan = planned(store)
    for row in store.outbox():
        store.sent(row["notice"])
    with pytest.raises(StalePlan, match="sent while the night was planned"):
        commit(store, plan)
    assert all(kind.endswith("-retracted") for kind, *_ in fall(store))


def test_a_move_put_right_reaches_whoever_was_told_though_their_record_is_closed(store: Store) -> None:
    heard = told_of(store, "move")
    fall(store, CLOSED)
    store.tell(said("move", "corrected", new_address="8 KING STREET"), by="registrar")
    found = fall(store)
    assert {told[1:] for told in found} == {told[1:] for told in heard}
    assert ("address-corrected", "library", "L1") in found
    assert fall(store) == []


def test_a_move_confirmed_of_the_wrong_person_is_taken_back_from_those_who_were_told(store: Store) -> None:
    heard = told_of(store, "move")
    for record in (TAX, CARD):
        store.decide("rejected", EVENT, record, steward="j.okafor", because="not hers")
    for record in ("council_tax/A9/1", "library/L9/1"):
        store.decide("confirmed", EVENT, record, steward="j.okafor", because="Ruth's")
    found = fall(store)
    assert [row for row in found if row[2] in {"A1", "L1"}] == retracted(heard)
    assert {kind for kind, _, reference in found if reference in {"A9", "L9"}} == {"address"}
    assert fall(store) == []


def test_a_place_goes_only_to_a_record_that_lies_there(store: Store) -> None:
    told_of(store, "move")
    store.tell(said("move", "retracted"), by="registrar")
    fall(store)
    payloads = told(store).filter(pl.col("kind") == "address-retracted")["payload"].to_list()
    assert {json.loads(payload)["uprn"] for payload in payloads} == {103}
