"""Whom an event is asked about that nobody fits by where they live: scenes that an officer can read, and their law."""

import csv
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from svoc.night import candidates_of
from svoc.steps.attach import CANDIDATES
from svoc.steps.seek import MOST
from svoc.words.decisions import CaseKind
from svoc.words.events import LIFE_EVENTS
from svoc.words.plan import LaneState, Plan, Yesterday
from tests.test_increments import both
from tests.worlds import decisions, event, extract, morrow, night, policy, street

CASES = Path(__file__).parents[2] / "cases" / "life_event_by_name.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
SOURCES = {"A": "council_tax", "E": "electoral_register", "L": "library"}
EVENT = "life_events/registrar:D1/1"
WORDS = {
    "matched": "one person fits",
    "ambiguous": "several persons may be meant",
    "named": "these bear the name",
    "unmatched": "nobody on record fits",
}


def key(short: str) -> str:
    record, _, party = short.partition("/")
    return f"{SOURCES[record[0]]}/{record}/{party or 1}"


def told(words: str, reference: str = "D1") -> pl.DataFrame:
    kind, rest = words.split(maxsplit=1)
    who, _, born = rest.partition(" born ")
    name, _, house = who.partition(" at ")
    row = event(reference, name, house=0 if house == "-" else int(house), kind=kind)
    nowhere = {} if house != "-" else {"address": None, "postcode": None}
    said = {**nowhere, "dob": date.fromisoformat(born) if born else None}
    return row.with_columns(pl.lit(value, dtype=LIFE_EVENTS[name]).alias(name) for name, value in said.items())


@cache
def town() -> tuple[Yesterday, Plan]:
    """Live all scenes in one street: what stood when the events were told, and the night that looked for them."""
    given = {
        source: [line for row in ROWS for line in row[column].split("; ") if line]
        for source, column in (("council_tax", "tax"), ("electoral_register", "register"), ("library", "library"))
    }
    events = pl.concat([told(row["event"], f"D{number}") for number, row in enumerate(ROWS)])
    first = night(Yesterday(), *(extract(source, *lines) for source, lines in given.items()))
    before = morrow(Yesterday(), first, events=events)
    return before, both(before)


@cache
def between_nights() -> pl.DataFrame:
    return candidates_of(town()[0], street(), policy(), policy().purposes.lanes["service"])


def asked(state: LaneState, of: str = EVENT) -> list[str]:
    """Give the records that the case about an event names."""
    cases = state.cases.filter(kind=CaseKind.LIFE_EVENT.value)["mentions"].to_list()
    return [mention for first, *others in cases for mention in others if first == of]


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[row["why"] for row in ROWS])
def test_who_bears_the_name_is_asked_about(number: int) -> None:
    row, of = ROWS[number], f"life_events/registrar:D{number}/1"
    service, statutory = (town()[1].lanes[lane].state for lane in ("service", "statutory"))

    (case,) = service.cases.filter(pl.col("mentions").list.first() == of).to_dicts()
    assert WORDS[row["state"]] in case["reason"]
    assert set(map(key, row["asked"].split())) <= set(asked(service, of))
    assert set(map(key, row["not_asked"].split())).isdisjoint(asked(service, of))
    assert set(map(key, row["statutory"].split())) <= set(asked(statutory, of))
    assert of not in service.members["mention"]
    found = between_nights().filter(event=of)
    assert dict(found.schema) == CANDIDATES
    assert found["state"].unique().to_list() == [row["state"]]
    assert found["mention"].drop_nulls().to_list() == asked(service, of)


QUORNS = extract("council_tax", *(f"A{n} | MR JOHN QUORN | {n}" for n in range(1, 4)), "B | MS VERA OAK | 9")


def before(*said: tuple[str, str, str], plan: Plan | None = None, words: str = "death MR JOHN QUORN at -") -> Yesterday:
    first = plan or night(Yesterday(), QUORNS)
    return morrow(Yesterday(), first, events=told(words), decisions=decisions(*said))


def test_who_moves_in_is_asked_about_the_night_they_come_though_nothing_else_changed() -> None:
    """The candidates of an event that waits rest on everybody, wherever they live: law 5 holds all the same."""
    waiting = morrow(before(), both(before()))
    plan = both(waiting, extract("library", "L9 | JACK QUORN | 11"))

    assert asked(plan.lanes["service"].state) == ["council_tax/A1/1", "council_tax/A2/1", "council_tax/A3/1",
                                                  "library/L9/1"]  # fmt: skip
    later = morrow(waiting, plan)
    gone = both(later, extract("council_tax", "A3 | MR JOHN QUORN | 3", "B | MS VERA OAK | 9"))
    assert asked(gone.lanes["service"].state) == ["council_tax/A3/1", "library/L9/1"]
    nobody = both(
        morrow(later, gone), extract("council_tax", "B | MS VERA OAK | 9"), extract("library", "L2 | ANN OAK | 9")
    )
    assert asked(nobody.lanes["service"].state) == []


def test_who_was_ruled_out_is_asked_about_no_more_and_nobody_comes_in_their_place() -> None:
    plan = both(before(("rejected", EVENT, "council_tax/A2/1")))
    assert asked(plan.lanes["service"].state) == ["council_tax/A1/1", "council_tax/A3/1"]

    everybody = [("rejected", EVENT, f"council_tax/A{n}/1") for n in range(1, 4)]
    assert asked(both(before(*everybody)).lanes["service"].state) == []


def test_who_was_confirmed_has_the_event_and_nobody_is_asked_about_it() -> None:
    plan = both(before(("confirmed", EVENT, "council_tax/A2/1")))
    assert asked(plan.lanes["service"].state) == []
    assert dict(plan.lanes["service"].state.members.iter_rows())[EVENT]


def test_the_second_of_two_is_shown_the_case_that_the_first_was() -> None:
    stands = before()
    one = replace(stands, decisions=decisions(("confirmed", EVENT, "council_tax/A2/1", {"people": 2})))
    assert asked(both(one).lanes["service"].state) == asked(night(stands).lanes["service"].state)


def test_so_many_are_named_as_can_be_told_apart() -> None:
    cards = extract("library", *(f"L{n:02} | JOHN QUORN | {n}" for n in range(1, MOST + 3)))
    assert len(asked(both(before(plan=night(Yesterday(), cards))).lanes["service"].state)) == MOST


def test_an_event_that_was_told_wrongly_and_is_put_right_is_asked_about_anew() -> None:
    stands = morrow(before(), both(before()))
    again = told("death MS VERA OAK at 9").with_columns(event=pl.lit("D1:corrected"), action=pl.lit("corrected"))
    plan = both(replace(stands, events=pl.concat([stands.events, again])))
    assert asked(plan.lanes["service"].state) == []
    assert asked(plan.lanes["service"].state, "life_events/registrar:D1/2") == ["council_tax/B/1"]
