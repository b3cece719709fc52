"""Several decisions made in one act: records split into groups, moved between persons, taken back together."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc import Desk
from svoc.desk.case import Case
from svoc.desk.looking import token_of
from svoc.desk.meaning import pairs_meant
from svoc.desk.queues import Queue, waiting
from svoc.desk.regrouping import moved, split
from svoc.desk.sitting import ChangedMeanwhile, split_looked_at
from svoc.errors import SettingsError
from svoc.words.decisions import CaseKind
from tests.scenes import Scene, key, opened


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a house whose J SMITH may be John, James, or somebody else."""
    with opened() as made:
        made.fall(
            council_tax="A1 MR J SMITH at 3",
            electoral_register="E1 MR JOHN SMITH at 3; E2 MR JAMES SMITH at 3",
            library="L1 MR J SMITH at 3",
        )
        yield made


def household(desk: Desk) -> Case:
    (case,) = (w.case for w in waiting(desk) if w.queue is Queue.HOUSEHOLDS)
    return desk.before(case)


def among(members: dict[str, str]) -> set[frozenset[str]]:
    """Give who is who, whatever they are called."""
    return {frozenset(m for m, whose in members.items() if whose == person) for person in members.values()}


A, JOHN, JAMES, L = key("A1"), key("E1"), key("E2"), key("L1")


def test_a_household_is_split_into_groups_in_one_act_and_taken_back_in_one(scene: Scene) -> None:
    desk = scene.desk
    case = household(desk)
    assert {A, JOHN, JAMES, L} >= set(case.mentions)
    groups = [[m for m in case.mentions if m != JAMES], [JAMES]]
    before = scene.members()
    shown = desk.suppose_all(split(groups))
    made = split_looked_at(desk, case.id, groups, token=token_of(desk, case), because="the tenancy says so")
    assert desk.act_of(made[0]) == made
    assert len({*desk.history()["at"]}) == 1
    assert case.id not in {c.id for c in desk.cases()}
    scene.council.commit(scene.council.settle())
    after = scene.members()
    assert len({after[m] for m in groups[0]}) == 1
    assert after[JAMES] not in {after[m] for m in groups[0]}
    assert case.id in shown.closed
    assert desk.undo(*made, because="I looked at the wrong flat") == made
    scene.council.commit(scene.council.settle())
    assert among(scene.members()) == among(before), "who is who is as it was; an identifier that led on is not reused"


def test_a_record_is_moved_to_another_person_and_the_two_persons_are_not_said_to_differ(scene: Scene) -> None:
    desk = scene.desk
    desk.decide_all(split([[A, JOHN, L], [JAMES]]), because="as it stood")
    scene.council.commit(scene.council.settle())
    made = desk.decide_all(moved([L], out_of=[A, JOHN], into=[JAMES]), because="the card is his son's")
    scene.council.commit(scene.council.settle())
    now = scene.members()
    assert now[L] == now[JAMES]
    assert now[A] == now[JOHN] != now[L]
    desk.undo(*made, because="it was not")
    scene.council.commit(scene.council.settle())
    assert scene.members()[L] == scene.members()[JOHN]


def test_deciding_the_pairs_of_a_case_by_another_closes_it(scene: Scene) -> None:
    desk = scene.desk
    case = household(desk)
    made = desk.decide_all(split([[m] for m in case.mentions]), because="four lodgers")
    assert case.id not in {c.id for c in desk.cases()}, "nobody is asked what was just said"
    desk.undo(*made, because="they are not")
    assert case.id in {c.id for c in desk.cases()}
    pair = case.mentions[:2]
    desk.decide_all(split([[pair[0]], [pair[1]]]), because="two of them")
    assert case.id in {c.id for c in desk.cases()}, "of the others it is asked still"


def test_a_case_that_changed_is_not_split(scene: Scene) -> None:
    case = household(scene.desk)
    with pytest.raises(ChangedMeanwhile):
        split_looked_at(scene.desk, case.id, [case.mentions], token="of another day", because="seen")
    assert scene.desk.history().is_empty()


def test_nothing_is_kept_of_an_act_of_which_one_part_cannot_be(scene: Scene) -> None:
    with pytest.raises(SettingsError, match="no mention"):
        scene.desk.decide_all([("same", A, JOHN), ("same", A, "library/none/1")], because="seen")
    assert scene.desk.history().is_empty()


@pytest.mark.parametrize("verdict", ["same", "different", "unsure"])
def test_a_case_of_one_record_is_refused_and_not_silently_left_unanswered(scene: Scene, verdict: str) -> None:
    alone = Case("0" * 12, CaseKind.HOUSEHOLD, "alone", (A,), "")
    with pytest.raises(SettingsError, match="no two to decide about"):
        scene.desk.decide(alone, verdict, because="seen")
    assert scene.desk.history().is_empty()


def test_whose_a_life_event_is_cannot_be_said_of_nobody() -> None:
    alone = Case("0" * 12, CaseKind.LIFE_EVENT, "alone", ("life_events/gro:1/1",), "")
    with pytest.raises(SettingsError, match="no two to decide about"):
        pairs_meant(alone, "confirmed", None)


def test_a_record_in_two_groups_or_a_move_to_nobody_is_refused() -> None:
    with pytest.raises(SettingsError, match="one group alone"):
        split([["a"], ["a", "b"]])
    with pytest.raises(SettingsError, match="to whom"):
        moved(["a"], out_of=["b"], into=[])


@given(st.lists(st.integers(0, 3), min_size=2, max_size=7))
def test_of_every_two_records_it_is_said_once_whether_they_are_one(whose: list[int]) -> None:
    groups = [[f"m/{n}/1" for n, of in enumerate(whose) if of == number] for number in range(4)]
    said = split([group for group in groups if group])
    told = {frozenset((left, right)): verdict for verdict, left, right in said}
    assert len(told) == len(said)
    assert told == {
        frozenset((f"m/{a}/1", f"m/{b}/1")): "same" if whose[a] == whose[b] else "different"
        for a, b in combinations(range(len(whose)), 2)
    }
