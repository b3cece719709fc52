"""A confirmation is of the one who was confirmed: it never follows its event to another person.

Every road by which the person behind a record, or behind a claim, may come to be another, one a row: what a system says
anew, who is joined or parted, a sender's number used twice. Each row says what must be so of LOUISE, who was confirmed,
and of whoever came instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.store.outbox import told
from svoc.store.store import Store
from svoc.words.plan import Plan
from tests.svoc.nights import fall
from tests.worlds import event, extract

TAX, CARD, EVENT = "council_tax/A1/1", "library/L1/1", "life_events/registrar:D1/1"
LOUISE = "A1 | MS LOUISE MOSS | 3 | 2015-04-01.. | party_reference=P1"
NEIGHBOUR = "A9 | MISS RUTH HILL | 5 | 2015-04-01.. | party_reference=P9"
HERS, CARD_OF_SON = "L1 | LOUISE MOSS | 3", "L2 | DANIEL MOSS | 3"


def tax(name: str, more: str = "") -> str:
    return f"A1 | {name} | 3 | 2015-04-01.. | party_reference=P1 {more}"


@dataclass(frozen=True)
class Road:
    """One road: what each system held when the event was confirmed, and what is so the next night.

    `kind`: of the event; `records`: those that were confirmed; `then`: what Council Tax says the next night; `deeds`:
    what a steward decided, or a sender said, by then; `stays`: whether the event is somebody's still; `whose`: a record
    of the one it is.
    """

    kind: str
    records: tuple[str, ...]
    then: str
    deeds: tuple[tuple[str, str, str], ...] = ()
    whose: str | None = None
    cards: tuple[str, ...] = (CARD_OF_SON,)
    first: str = LOUISE


ROADS = {
    "a death, and the account is another's": Road("death", (TAX,), tax("MR DANIEL MOSS")),
    "a move, and the account is another's": Road("move", (TAX,), tax("MR DANIEL MOSS")),
    "a name, and the account is another's": Road("name", (TAX,), tax("MR DANIEL MOSS")),
    "a birth, and the account is another's": Road("birth", (TAX,), tax("MR DANIEL MOSS")),
    "contact, and the account is another's": Road("contact", (TAX,), tax("MR DANIEL MOSS")),
    "another of her name, born otherwise": Road(
        "death", (TAX,), tax("MS LOUISE MOSS", "dob=1991-02-03"), first=f"{LOUISE} dob=1941-02-03"
    ),
    "of several records one is another's": Road(
        "death", (TAX, CARD), tax("MR DANIEL MOSS"), whose=CARD, cards=(HERS, CARD_OF_SON)
    ),
    "only an initial is written out": Road(
        "death", (TAX,), tax("MS LOUISE MOSS"), whose=TAX, first=LOUISE.replace("LOUISE", "L"), cards=()
    ),
    "another by the initial": Road(
        "death", (TAX,), tax("MS D MOSS"), cards=()
    ),
    "she bears the new name that was told": Road("name", (TAX,), tax("MS LOUISE REED"), whose=TAX, cards=()),
}  # fmt: skip


def claim(kind: str, name: str = "MS LOUISE MOSS", **more: Any) -> pl.DataFrame:
    new = {
        "name": {"new_surname": "REED"}, "move": {"new_address": "7 KING STREET", "new_postcode": "BA1 1AA"},
        "contact": {"new_phone": "01392000001"}, "birth": {"new_forename": "IDA", "new_surname": "MOSS"},
    }.get(kind, {})  # fmt: skip
    return event("D1", name, house=3, on=date(2026, 10, 20), kind=kind, **new, **more)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open("sqlite:///council.db", tmp_path)
    yield store
    store.close()


def confirmed(store: Store, kind: str, records: tuple[str, ...], first: str, cards: tuple[str, ...]) -> Plan:
    """Live a first night, tell an event, confirm it of records, and live a night."""
    fall(store, extract("council_tax", first, NEIGHBOUR), extract("library", *cards, "L9 | RUTH HILL | 5"))
    store.tell(claim(kind), by="registrar")
    for record in records:
        store.decide("confirmed", EVENT, record, steward="j.okafor", because="seen")
    return fall(store)


def whose(store: Store) -> str | None:
    return store.person_of(EVENT, "service")


@pytest.mark.parametrize("road", ROADS)
def test_a_confirmed_event_stays_with_who_was_confirmed(store: Store, road: str) -> None:
    told_of = ROADS[road]
    confirmed(store, told_of.kind, told_of.records, told_of.first, told_of.cards)
    assert whose(store) == store.person_of(TAX, "service")
    before = told(store)["notice"]

    plan = fall(store, extract("council_tax", told_of.then, NEIGHBOUR))

    assert whose(store) == (told_of.whose and store.person_of(told_of.whose, "service"))
    since = told(store).filter(~pl.col("notice").is_in(before.implode()))
    assert EVENT not in since["because"].to_list(), "nobody is told of the other what was told of her"
    assert not since["kind"].str.starts_with("death").any()
    assert not since["payload"].str.contains("7 KING STREET|REED|LOUISE|01392000001").any()
    other = plan.lanes["service"].state.persons.filter(pl.col("forename") == "DANIEL")
    assert not other["deceased"].any()
    assert not (other["surname"] == "REED").any()
    assert not other["phone"].is_not_null().any()
    cases = plan.lanes["service"].state.cases.filter(pl.col("mentions").list.first() == EVENT)
    assert cases.is_empty() == (told_of.whose is not None), "it is asked again, where nobody is left whose it is"
    assert fall(store).lanes["service"].notices.is_empty()


def heard(store: Store) -> set[tuple[str, str, str | None]]:
    return set(told(store).select("kind", "recipient", "reference").iter_rows())


def test_an_account_that_was_written_anew_turns_back_and_is_hers_again_without_a_word(store: Store) -> None:
    confirmed(store, "death", (TAX,), LOUISE, ())
    fall(store, extract("council_tax", tax("MR DANIEL MOSS"), NEIGHBOUR))
    before = heard(store)
    fall(store, extract("council_tax", LOUISE, NEIGHBOUR))
    assert whose(store) == store.person_of(TAX, "service")
    assert heard(store) == before, "the system was told"


def test_that_the_other_lives_is_no_word_about_her(store: Store) -> None:
    confirmed(store, "death", (TAX,), LOUISE, ())
    fall(store, extract("council_tax", tax("MR DANIEL MOSS"), NEIGHBOUR))
    before = heard(store)
    store.decide("rejected", EVENT, TAX, steward="m.patel", because="he lives")
    fall(store)
    assert (whose(store), heard(store)) == (None, before), "her death was none of his, and is not taken back"
    fall(store, extract("council_tax", LOUISE, NEIGHBOUR))
    assert whose(store) == store.person_of(TAX, "service")


def test_whoever_is_joined_with_the_dead_is_told_nothing_of_it(store: Store) -> None:
    confirmed(store, "death", (TAX,), LOUISE, (CARD_OF_SON,))
    before = heard(store)
    store.decide("same", TAX, "library/L2/1", steward="m.patel", because="a slip")
    fall(store)
    assert store.person_of(TAX, "service") == store.person_of("library/L2/1", "service")
    assert heard(store) == before
    store.decide("different", TAX, "library/L2/1", steward="m.patel", because="mother and son")
    fall(store)
    assert heard(store) == before
    assert whose(store) == store.person_of(TAX, "service")


def test_whoever_is_joined_the_night_that_the_event_is_confirmed_is_told_nothing_of_it(store: Store) -> None:
    fall(store, extract("council_tax", LOUISE, NEIGHBOUR), extract("library", CARD_OF_SON))
    store.tell(claim("death"), by="registrar")
    store.decide("confirmed", EVENT, TAX, steward="j.okafor", because="seen")
    store.decide("same", TAX, "library/L2/1", steward="m.patel", because="a slip")
    fall(store)
    assert store.person_of(TAX, "service") == store.person_of("library/L2/1", "service") == whose(store)
    assert heard(store) == {("death", "council_tax", "A1")}


def test_a_number_that_its_sender_uses_for_another_is_asked_again(store: Store) -> None:
    fall(store, extract("council_tax", LOUISE, NEIGHBOUR), extract("library", CARD_OF_SON))
    said = claim("death")
    store.tell(said, by="registrar")
    row = said.row(0, named=True)
    store.decide("confirmed", EVENT, TAX, steward="j.okafor", because="seen", claim=row)
    fall(store)
    before = heard(store)
    other = claim("death", "MR DANIEL MOSS", action="corrected").with_columns(event=pl.lit("D1:again"))
    store.tell(other, by="registrar")
    plan = fall(store)
    assert not plan.lanes["service"].state.persons["deceased"].any()
    assert {kind for kind, *_ in heard(store) - before} <= {"death-retracted"}
    cases = plan.lanes["service"].state.cases.filter(pl.col("mentions").list.first().str.contains("D1"))
    assert cases.height == 1
