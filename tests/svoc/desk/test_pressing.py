"""Which case comes first: what a mistake costs, how many suffer from it, and how unsure it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.desk.case import Case
from svoc.desk.pressing import COST, expected_harm, stands_wrong
from svoc.words.decisions import CaseKind

KINDS = st.sampled_from(list(CaseKind))
WEIGHTS = st.none() | st.integers(-60_000, 60_000)


def case(kind: CaseKind, weight: int | None, records: int = 2) -> Case:
    return Case("c", kind, "", tuple(f"library/{n}/1" for n in range(records)), "", weight)


def test_every_kind_of_case_has_a_cost() -> None:
    assert set(COST) == set(CaseKind)


@given(KINDS, WEIGHTS)
def test_a_chance_is_a_chance_and_nothing_is_certain(kind: CaseKind, weight: int | None) -> None:
    assert 0 < stands_wrong(case(kind, weight)) <= 1


@given(st.sampled_from([CaseKind.LIFE_EVENT, CaseKind.POSSIBLE_MOVE]), st.integers(-40_000, 39_000))
def test_the_more_speaks_for_what_does_not_stand_the_sooner_it_is_asked(kind: CaseKind, weight: int) -> None:
    assert expected_harm(case(kind, weight + 1000)) > expected_harm(case(kind, weight))


@given(st.integers(0, 30_000))
def test_the_narrower_a_household_was_decided_the_sooner_it_is_asked(margin: int) -> None:
    narrow, clear = case(CaseKind.HOUSEHOLD, margin), case(CaseKind.HOUSEHOLD, margin + 1000)
    assert expected_harm(narrow) > expected_harm(clear)
    assert stands_wrong(narrow) <= 0.5


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (case(CaseKind.LIFE_EVENT, 12_000), case(CaseKind.HOUSEHOLD, 0, 3)),
        (case(CaseKind.HOUSEHOLD, 0, 3), case(CaseKind.HOUSEHOLD, 0, 2)),
        (case(CaseKind.HOUSEHOLD, 0), case(CaseKind.ADDRESS, None, 1)),
        (case(CaseKind.CONFLICT, None), case(CaseKind.POSSIBLE_MOVE, 0)),
    ],
    ids=["a death before a tie", "three records before two", "a tie before an address", "a conflict before a move"],
)
def test_what_costs_more_comes_first(first: Case, second: Case) -> None:
    assert expected_harm(first) > expected_harm(second)
