"""Decisions that cannot all hold: those that stop, those that mean it, and how a case names them."""

import polars as pl
import pytest

from svoc.words.decisions import CaseKind
from svoc.words.plan import Plan, Yesterday
from tests.worlds import death, decisions, extract, morrow, night, person_of

COUNCIL_TAX = extract("council_tax", "A | MR JOHN SMITH | 1", "B | MR PETER DALE | 2")
REGISTER = extract("electoral_register", "1 | JOHN SMITH | 1", "2 | JONATHAN SMITH | 1", "3 | PETER DALE | 2")
LIBRARY = extract("library", "L | JOHN SMITH | 3")
A, E1, E2, L = "council_tax/A/1", "electoral_register/1/1", "electoral_register/2/1", "library/L/1"


def settled(*said: tuple[str, str, str]) -> Plan:
    before = Yesterday()
    first = night(before, COUNCIL_TAX, REGISTER, LIBRARY)
    return night(morrow(before, first, decisions=decisions(*said)))


def conflicts(plan: Plan, lane: str = "statutory") -> list[tuple[list[str], str]]:
    cases = plan.lanes[lane].state.cases.filter(pl.col("kind") == CaseKind.CONFLICT.value)
    return [(row["mentions"], row["reason"]) for row in cases.iter_rows(named=True)]


def test_a_contradiction_through_a_third_record_is_a_case_that_names_its_decisions() -> None:
    plan = settled(("same", A, L), ("same", L, E1), ("different", A, E1))
    ((mentions, reason),) = conflicts(plan)
    assert mentions == sorted([A, L, E1])
    for words in ("1 (same)", "2 (same)", "3 (different)", "contradict"):
        assert words in reason
    assert person_of(plan, A) != person_of(plan, E1), "what was said to be two stays two"


def test_two_entries_of_one_register_are_not_made_one_through_a_third_record() -> None:
    plan = settled(("same", L, E1), ("same", L, E2))
    ((mentions, reason),) = conflicts(plan)
    assert mentions == sorted([L, E1, E2])
    assert "1 (same), 2 (same)" in reason
    assert "side by side" in reason
    assert person_of(plan, E1) != person_of(plan, E2)


def test_who_says_it_of_the_two_entries_themselves_means_it() -> None:
    plan = settled(("same", L, E1), ("same", L, E2), ("same", E1, E2))
    assert conflicts(plan) == []
    assert person_of(plan, E1) == person_of(plan, E2) == person_of(plan, L)


def test_a_lane_that_does_not_see_the_register_has_no_conflict_with_it() -> None:
    plan = settled(("same", L, E1), ("same", L, E2))
    assert conflicts(plan, "service") == []


def test_a_death_confirmed_of_two_persons_is_a_case_and_nobody_is_dead() -> None:
    before, event = Yesterday(), "life_events/registrar:D1/1"
    first = night(before, COUNCIL_TAX, REGISTER, LIBRARY)
    said = decisions(("confirmed", event, A), ("confirmed", event, "council_tax/B/1"))
    plan = night(morrow(before, first, events=death("D1", "MR JOHN SMITH", house=1), decisions=said))
    ((mentions, reason),) = conflicts(plan)
    assert mentions == [event, A, "council_tax/B/1"]
    assert "more than one person" in reason
    assert plan.lanes["statutory"].state.persons["deceased"].null_count() == 4


@pytest.mark.parametrize("taken_back", [1, 2])
def test_taking_one_of_them_back_lets_the_other_hold(taken_back: int) -> None:
    before = Yesterday()
    first = night(before, COUNCIL_TAX, REGISTER, LIBRARY)
    ledger = decisions(("same", L, E1), ("same", L, E2))
    undone = pl.when(pl.col("decision") == taken_back).then("decision").otherwise("superseded_by")
    plan = night(morrow(before, first, decisions=ledger.with_columns(superseded_by=undone)))
    assert conflicts(plan) == []
    assert person_of(plan, L) == person_of(plan, (E2, E1)[taken_back - 1])


def test_when_the_register_drops_one_entry_the_decisions_wake_and_the_case_is_gone() -> None:
    before = Yesterday()
    first = night(before, COUNCIL_TAX, REGISTER, LIBRARY)
    after = morrow(before, first, decisions=decisions(("same", L, E1), ("same", L, E2)))
    one_fewer = extract("electoral_register", "1 | JOHN SMITH | 1", "3 | PETER DALE | 2")
    plan = night(after, one_fewer)
    assert conflicts(plan) == []
    assert person_of(plan, L) == person_of(plan, E1)
