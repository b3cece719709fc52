"""What the comparison for garbled names says where names conflict, and that it says nothing else of other names."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers import GarbledName, PersonName

Name = tuple[str | None, str | None]


def frame(names: list[Name]) -> pl.DataFrame:
    rows = [(forename, None, surname) for forename, surname in names]
    return pl.DataFrame(rows, schema=dict.fromkeys(("forename", "middle_names", "surname"), pl.String), orient="row")


def said(one: Name, other: Name) -> str:
    level: int = GarbledName().grade(frame([one]), frame([other])).item()
    return GarbledName.levels[level]


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (("Margaret", "Chesterley"), ("Msrgeart", "Chasteilyr"), "names differ, yet share most letters"),
        (("Chloe", "Ryan"), ("Ryna", "Chloe"), "names differ, yet share most letters"),
        (("Zoe", "Williams"), ("Hoe", "Willimms"), "names differ, yet share most letters"),
        (("Ruth", "Smith"), ("Rdtd", "Smith"), "surname agrees, forename garbled"),
        (("Kelly", "Okafor"), ("Kelly", "Qkafnr"), "forename agrees, surname garbled"),
        (("Paul", "Smith"), ("Paula", "Smith"), "surname agrees, forenames conflict"),
        (("Jean", "Reid"), ("Joan", "Reid"), "surname agrees, forenames conflict"),
        (("Anne", "Reid"), ("Tom", "Okafor"), "names differ"),
        (("Anne", "Reid"), ("Anne", "Okafor"), "forename agrees, surnames differ"),
        (("Anne", "Reid"), ("Anne", "Reid"), "forename and surname agree"),
    ],
)
def test_it_tells_a_bad_hand_from_another_person(one: Name, other: Name, level: str) -> None:
    assert said(one, other) == said(other, one) == level


NAMES = st.tuples(*[st.one_of(st.none(), st.text("abcdez ", max_size=7))] * 2)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(NAMES, NAMES), max_size=6))
def test_only_conflicts_are_looked_at_again(pairs: list[tuple[Name, Name]]) -> None:
    left, right = frame([one for one, _ in pairs]), frame([other for _, other in pairs])
    plain, again = PersonName().grade(left, right), GarbledName().grade(left, right)
    changed = {(0, 16), (1, 17), (3, 18)}
    assert {(a, b) for a, b in zip(plain, again, strict=True) if a != b} <= changed
