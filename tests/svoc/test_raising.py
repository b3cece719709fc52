"""Whose a life event is, who stays behind, and what it may mean for a service: scenes that an officer can read."""

import csv
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.raising import RAISED, raised
from svoc.words.decisions import CaseKind
from svoc.words.plan import LaneState, Plan, Yesterday
from tests.worlds import KINDS, TODAY, decisions, event, extract, morrow, night

CASES = Path(__file__).parents[1] / "cases" / "life_event_finding.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
SERVICES = {**KINDS, "library": "blue_badge"}
SOURCES = {"A": "council_tax", "E": "electoral_register", "L": "library"}
EVENT = "life_events/registrar:D1/1"
WORDS = {"matched": "one person fits", "ambiguous": "several persons", "unmatched": "nobody on record fits", "any": ""}


def key(short: str) -> str:
    record, _, party = short.partition("/")
    return f"{SOURCES[record[0]]}/{record}/{party or 1}"


def told(words: str) -> pl.DataFrame:
    kind, rest = words.split(maxsplit=1)
    name, _, where = rest.partition(" at ")
    house, _, to = where.partition(" to ")
    new: dict[str, Any] = {"new_address": f"{to} KING STREET", "new_postcode": "BA1 1AA"} if to else {}
    return event("D1", name, house=int(house), kind=kind, **new)


def lived(row: dict[str, str]) -> tuple[Plan, Plan, Plan]:
    """Live three nights: as it was, with the event told, and with a steward's answer."""
    said = {"council_tax": "tax", "electoral_register": "register", "library": "library"}
    given = {source: [line for line in row[cell].split("; ") if line] for source, cell in said.items()}
    first = night(Yesterday(), *(extract(source, *lines) for source, lines in given.items() if lines))
    stands = morrow(Yesterday(), first, events=told(row["event"]))
    asked = night(stands)
    confirmed = decisions() if row["of"] == "-" else decisions(("confirmed", EVENT, key(row["of"])))
    return first, asked, night(morrow(stands, asked, decisions=confirmed))


def person(state: LaneState, short: str) -> str:
    return str(dict(state.members.iter_rows())[key(short)])


@pytest.mark.parametrize("row", ROWS, ids=[row["why"] for row in ROWS])
def test_an_event_finds_its_person_and_leaves_the_others_be(row: dict[str, str]) -> None:
    first, asked, then = lived(row)

    (case,) = asked.lanes["service"].state.cases.filter(kind=CaseKind.LIFE_EVENT.value).to_dicts()
    assert WORDS[row["state"]] in case["reason"]
    of = dict(asked.lanes["service"].state.members.iter_rows())
    among = [of[mention] for mention in case["mentions"][1:]]
    wanted, _, unwanted = row["among"].partition(" not ")
    assert {of[key(short)] for short in wanted.split()} <= set(among)
    assert not {of[key(short)] for short in unwanted.split()} & set(among)
    if row["state"] != "ambiguous" and wanted:
        assert among[0] == of[key(wanted.split()[0])], "the likeliest comes first"

    for lane, column in (("service", "raised"), ("statutory", "raised_statutory")):
        state = then.lanes[lane].state
        mentions = then.mentions.filter(pl.col("mention").is_in(state.members["mention"].implode()))
        found = raised(mentions, state, SERVICES, as_of=TODAY)
        assert dict(found.schema) == RAISED
        assert found["records"].list.first().eq(EVENT).all(), "it rests on the event"
        expected = [part.split() for part in row[column].split("; ") if part]
        assert sorted(found.select("fact", "person").rows()) == sorted((f, person(state, who)) for f, who in expected)
        assert then.lanes[lane].notices.filter(pl.col("kind").str.contains("raised")).is_empty()

    for part in filter(None, row["home"].split("; ")):
        who = part.split()[0]
        before, after = (plan.lanes["statutory"].state for plan in (first, then))
        kept = [
            dict(state.households.select("person", "household").iter_rows())[person(state, who)]
            for state in (before, after)
        ]
        assert kept[0] == kept[1], "the household left behind keeps its identity"


def test_nothing_is_raised_of_a_claim_that_nobody_confirmed() -> None:
    row = next(row for row in ROWS if row["raised"].startswith("sole-adult"))
    _, asked, _ = lived(row)
    state = asked.lanes["service"].state
    assert raised(asked.mentions, state, SERVICES, as_of=TODAY).is_empty()
