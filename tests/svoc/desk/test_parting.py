"""Taking a person apart: only as they were looked at, all of their records said, and shown whole before it is done."""

from collections.abc import Iterator

import pytest

from svoc.desk.looking import token_of
from svoc.desk.parting import moving, regroup_looked_at, splitting, whole
from svoc.desk.queues import Queue, waiting
from svoc.desk.sitting import ChangedMeanwhile, WithAnother, split_looked_at
from svoc.errors import SettingsError
from svoc.store.leases import take
from tests.scenes import Scene, key, opened

A, JOHN, JAMES, L = key("A1"), key("E1"), key("E2"), key("L1")
WHY = "the tenancy says so"


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a house in which three records are John and one is James."""
    with opened() as made:
        made.fall(
            council_tax="A1 MR JOHN SMITH at 3",
            electoral_register="E1 MR JOHN SMITH at 3; E2 MR JAMES SMITH at 3",
            library="L1 MR JOHN SMITH at 3",
        )
        yield made


def test_a_record_is_moved_as_the_preview_says(scene: Scene) -> None:
    desk, whose = scene.desk, scene.members()
    john = whole(desk, whose[JOHN])
    assert john.mentions == (A, JOHN, L)
    said = moving(desk, john, [L], whose[JAMES])
    shown = desk.suppose_all(said)
    assert shown.moved == ((L, whose[JOHN], whose[JAMES]),)
    assert f"{L} would be moved from {whose[JOHN]} to {whose[JAMES]}" in shown.words()
    made = regroup_looked_at(desk, john, said, token=john.token, because=WHY)
    assert desk.act_of(made[0]) == made
    scene.council.commit(scene.council.settle())
    assert scene.members() == {**whose, L: whose[JAMES]}


def test_a_person_is_split_as_the_preview_says(scene: Scene) -> None:
    desk, whose = scene.desk, scene.members()
    john = whole(desk, whose[JOHN])
    said = splitting(john, [[A, JOHN], [L]])
    assert [old for _, old in desk.suppose_all(said).parted] == [whose[JOHN]]
    regroup_looked_at(desk, john, said, token=john.token, because=WHY)
    scene.council.commit(scene.council.settle())
    after = scene.members()
    assert after[A] == after[JOHN] == whose[JOHN] != after[L]


def test_who_was_looked_at_before_something_was_decided_is_not_taken_apart(scene: Scene) -> None:
    desk, whose = scene.desk, scene.members()
    john = whole(desk, whose[JOHN])
    (first,) = scene.council.store.decide_all([("same", A, L)], steward="m.patel", because="seen")
    with pytest.raises(ChangedMeanwhile):
        regroup_looked_at(desk, john, splitting(john, [[A, JOHN], [L]]), token=john.token, because=WHY)
    assert desk.history()["decision"].to_list() == [first]


def test_of_two_who_decide_of_a_person_at_once_the_second_is_told(scene: Scene) -> None:
    desk, whose = scene.desk, scene.members()
    john = whole(desk, whose[JOHN])
    take(scene.council.store.engine, john.person, steward="m.patel", minutes=5)
    with pytest.raises(WithAnother, match=r"m\.patel"):
        regroup_looked_at(desk, john, splitting(john, [[A], [JOHN, L]]), token=john.token, because=WHY)
    assert desk.history().is_empty()


def test_what_is_not_theirs_is_left_out_or_stays_whole_is_refused(scene: Scene) -> None:
    desk, whose = scene.desk, scene.members()
    john = whole(desk, whose[JOHN])
    with pytest.raises(SettingsError, match="in no group"):
        splitting(john, [[A], [JOHN]])
    with pytest.raises(SettingsError, match="not among"):
        splitting(john, [[A, JOHN], [L, JAMES]])
    with pytest.raises(SettingsError, match="nobody would be taken apart"):
        splitting(john, [[A, JOHN, L]])
    with pytest.raises(SettingsError, match="no record of this person"):
        moving(desk, john, [JAMES], whose[JAMES])
    with pytest.raises(SettingsError, match="already"):
        moving(desk, john, [L], whose[L])
    with pytest.raises(SettingsError, match="there is no person"):
        moving(desk, john, [L], "0000-0000-0")
    with pytest.raises(SettingsError, match="there is no person"):
        whole(desk, "0000-0000-0")


def test_a_case_is_split_whole_or_not_at_all() -> None:
    with opened() as scene:
        scene.fall(council_tax="A1 MR J SMITH at 3", electoral_register="E1 MR JOHN SMITH at 3; E2 MR JAMES SMITH at 3")
        (case,) = (w.case for w in waiting(scene.desk) if w.queue is Queue.HOUSEHOLDS)
        token = token_of(scene.desk, scene.desk.before(case))
        with pytest.raises(SettingsError, match="in no group"):
            split_looked_at(scene.desk, case.id, [case.mentions[:2]], token=token, because=WHY)
        assert scene.desk.history().is_empty()
