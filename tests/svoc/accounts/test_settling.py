"""A right is refused by no guard, and a change that is none of its business is: before anything is done."""

import re
from dataclasses import replace

import pytest

from svoc.accounts import erase, free, rectify, restrict, take_back
from svoc.council import Council
from svoc.errors import GuardRefused
from svoc.store.acts import acts_of
from svoc.words.audit import Kind
from tests.svoc.accounts.conftest import BRISTOW, MERRIDEW, QUILLON, YSOLDA, Street, partition
from tests.svoc.accounts.test_erasure import _killed

WHY = {"actor": "j.okafor", "because": "request 2026/116"}
ASKED = {**WHY, "purpose": "subject-access"}


def guarded(street: Street, **limits: float) -> None:
    """Let a council set limits of its own."""
    lines = "".join(f"{name} = {value}\n" for name, value in limits.items())
    text = street.settings.read_text(encoding="utf-8")
    street.settings.write_text(f"{text}\n[guards]\n{lines}", encoding="utf-8")


def joined(council: Council) -> None:
    """Let a steward join two who are six records together, which waits to be settled."""
    cards = [f"library/{one.card}/1" for one in (QUILLON, BRISTOW)]
    council.store.decide("same", *cards, steward="s", because="a slip")


def test_what_waits_is_held_by_the_guards_though_a_right_is_served(lived: Street) -> None:
    """A slip that waits would be published by the next erasure, unseen."""
    guarded(lived, largest_person=5)
    with Council.open(lived.settings) as council:
        number = restrict(council, lived.person(council, MERRIDEW), **ASKED)
        right, _ = rectify(council, lived.person(council, YSOLDA), {"dob": "1971-04-24"}, **ASKED)
        before, run = partition(council), council.store.published()
        joined(council)
        person = lived.person(council, YSOLDA)
        for act in (
            lambda: erase(council, person, **ASKED),
            lambda: restrict(council, person, **ASKED),
            lambda: rectify(council, person, {"dob": "1971-04-25"}, **ASKED),
            lambda: free(council, number, **WHY),
            lambda: take_back(council, right, **WHY),
        ):
            with pytest.raises(GuardRefused, match="a person would be made of 6 records"):
                act()
            assert [event.kind for event in council.audit.events()][-1] == Kind.REFUSED, "and it is noted"
        assert (partition(council), council.store.published()) == (before, run)
        kept = acts_of(council.store, holding=False)
        assert kept["kind"].to_list() == ["restrict", "rectify"], "nothing was begun"


def test_a_refused_settling_is_approved_as_a_night_is(lived: Street) -> None:
    from svoc.undoing import approve_plan

    guarded(lived, largest_person=5)
    with Council.open(lived.settings) as council:
        person = lived.person(council, YSOLDA)
        joined(council)
        with pytest.raises(GuardRefused):
            erase(council, person, **ASKED)
    approve_plan(lived.settings, reason="they are one after all", actor="a.bell")
    with Council.open(lived.settings) as council:
        assert erase(council, person, **ASKED).records == 3
        cards = [f"library/{one.card}/1" for one in (QUILLON, BRISTOW)]
        assert len({council.store.person_of(card, "statutory") for card in cards}) == 1


def test_somebody_of_very_many_records_is_not_erased_at_once(lived: Street) -> None:
    """Of a person that is several by mistake, all would go."""
    guarded(lived, largest_person=2)
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        for act in (erase, restrict):
            with pytest.raises(GuardRefused, match=re.escape("3 records would be taken out of use at once")):
                act(council, person, **ASKED)
        assert acts_of(council.store, holding=False).is_empty()
        assert erase(council, person, record=f"library/{QUILLON.card}/1", **ASKED).records == 1


def test_a_night_is_not_refused_because_somebody_is_erased(lived: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a source that names one person alone, all goes by that person's right: that is no half of a file."""
    for name, somebody in lived.people.items():
        if somebody is not QUILLON:
            lived.people[name] = replace(somebody, sources=("council_tax",))
    guarded(lived, shrunk=0.1)
    lived.night()
    text = lived.settings.read_text(encoding="utf-8")
    lived.settings.write_text(text.replace("shrunk = 0.1", "shrunk = 0.6"), encoding="utf-8")
    with Council.open(lived.settings) as council, monkeypatch.context() as patched:
        person = lived.person(council, QUILLON)
        patched.setattr(Council, "commit", _killed)
        with pytest.raises(KeyboardInterrupt):
            erase(council, person, **ASKED)
    lived.night()
    assert lived.files_with(QUILLON.tokens) == {}
