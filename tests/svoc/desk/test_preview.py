"""What a decision would change is said before anything is written, and then it is what changes."""

import sqlite3
from collections.abc import Iterator
from hashlib import sha256

import pytest

from svoc.errors import SettingsError
from svoc.words.changes import ChangeKind
from svoc.words.decisions import CaseKind
from tests.scenes import LANE, Scene, key, opened

A, E1, E2, L = (key(short) for short in ("A1", "E1", "E2", "L1"))


def content(scene: Scene) -> str:
    """Give the hash of all that the database holds."""
    connection = sqlite3.connect(scene.folder / "scenes.db")
    try:
        return sha256("\n".join(connection.iterdump()).encode()).hexdigest()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """Give a household in which it is not clear whose the account is, and a man with a library card elsewhere."""
    with opened() as lived:
        lived.fall(
            council_tax="A1 MR J SMITH at 1; A2 MR PETER DALE at 2",
            electoral_register="E1 MR JOHN SMITH at 1; E2 MR JAMES SMITH at 1; E3 MR PETER DALE at 2",
            library="L1 MR JOHN SMYTHE at 5 phone 01752555012",
        )
        yield lived


def test_a_preview_says_who_is_joined_which_facts_change_and_which_cases_close(scene: Scene) -> None:
    before, of = content(scene), scene.members()
    case = next(c for c in scene.desk.cases() if c.kind == CaseKind.HOUSEHOLD and A in c.mentions)
    found = scene.desk.preview(case, "same", pair=(A, E1))
    assert {frozenset(pair) for pair in found.joined} == {frozenset((of[A], of[E1]))}
    assert case.id in found.closed
    assert found.parted == ()
    assert f"case {case.id} would be closed" in found.words()
    assert content(scene) == before


def test_facts_are_told_as_far_as_the_purpose_may_see_them(scene: Scene) -> None:
    found = scene.desk.suppose("same", [(E1, L)])
    assert ("phone", "01752 555012") in {
        (field, after and f"{after[:5]} {after[-6:]}") for _, field, _, after in found.facts.iter_rows()
    }
    narrow = scene.desk
    narrow.purpose = "statistics"
    assert "phone" not in narrow.suppose("same", [(E1, L)]).facts["field"]


def test_what_would_contradict_is_said_beforehand(scene: Scene) -> None:
    found = scene.desk.suppose("same", [(L, E1), (L, E2)])
    assert any("side by side" in why for why in found.opened.values())
    assert found.joined == ()


def test_what_is_said_beforehand_is_what_then_happens_and_what_taking_it_back_undoes(scene: Scene) -> None:
    foreseen = scene.desk.suppose("different", [(key("A2"), key("E3"))])
    number = scene.council.store.decide("different", key("A2"), key("E3"), steward="j.okafor", because="his son")
    plan = scene.fall()
    split = plan.lanes[LANE].changes.filter(kind=ChangeKind.SPLIT.value)
    assert foreseen.parted == tuple(split.select("person", "before").iter_rows())

    before = content(scene)
    back = scene.desk.preview_undo(number)
    assert [set(pair) for pair in back.joined] == [set(foreseen.parted[0])]
    assert content(scene) == before
    scene.desk.undo(number, because="one man after all")
    scene.fall()
    assert scene.true("A2 is E3")
    assert scene.desk.history()["undone_by"].to_list() == ["j.okafor"]


def test_what_is_not_there_cannot_be_supposed(scene: Scene) -> None:
    with pytest.raises(SettingsError, match="no decision 99"):
        scene.desk.preview_undo(99)
    with pytest.raises(SettingsError, match="no mention library/nobody/1"):
        scene.desk.suppose("same", [(A, "library/nobody/1")])
    with pytest.raises(SettingsError, match="did you mean different"):
        scene.desk.preview(scene.desk.cases()[0], "diferent")


def test_what_changes_nothing_says_so(scene: Scene) -> None:
    assert scene.desk.suppose("different", [(E1, key("E3"))]).words() == "nothing would change"


def test_a_doubtful_succession_shows_the_old_entries_and_takes_same_for_an_answer() -> None:
    with opened() as lived:
        lived.fall(
            electoral_register="E1 MR JOHN SMITH at 1; E2 MR JOHN SMITH at 1; E3 MISS RUTH HILL at 2; E5 MR ED DAY at 3"
        )
        lived.fall(electoral_register="E1 MISS RUTH HILL at 2; E2 MR ED DAY at 3; E4 MR JOHN SMITH at 1")
        case = next(c for c in lived.desk.cases() if c.kind == CaseKind.SUCCESSION)
        assert case.mentions == (key("E4"), E1, E2)
        shown = lived.desk.open(case.id).evidence
        assert "record: E-4 | E-1 | E-2" in shown
        with pytest.raises(SettingsError, match="which two"):
            lived.desk.decide(case, "same", because="the son has left")
        foreseen = lived.desk.preview(case, "same", pair=(E1, key("E4")))
        assert case.id in foreseen.closed
        lived.desk.decide(case, "same", because="the son has left", pair=(E1, key("E4")))
        lived.fall()
        assert lived.true("E4 absent")
        assert lived.true("not asked E4 E1 E2")
        assert E1 in lived.members()
        assert lived.desk.history()["verdict"].to_list() == ["succeeds"]


def test_no_preview_tells_how_a_protected_person_is_reached() -> None:
    with opened() as lived:
        lived.fall(electoral_register="E1 MR JOHN SMITH at 1", library="L1 MR JOHN SMYTHE at 5 phone 01752555012")
        assert "01752555012" in lived.desk.suppose("same", [(E1, L)]).words(), "shown of everybody else"
        lived.council.protect(
            lived.members()[L], "safe-address", purpose="canvass-match", actor="j.okafor", because="asked"
        )
        assert "01752555012" not in lived.desk.suppose("same", [(E1, L)]).words()
