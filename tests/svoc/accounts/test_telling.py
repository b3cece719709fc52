"""Whoever was sent a notice of a person is told that the person was erased, restricted or freed, and nothing else."""

import json

import pytest

from svoc.accounts import erase, free, restrict
from svoc.accounts.handed_out import handed_out, handed_out_wrong
from svoc.answering import erase_person, rectify_person
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.store.outbox import drop
from svoc.verifying import verify
from svoc.words.telling import Death
from tests.svoc.accounts.conftest import QUILLON, YSOLDA, Street

WHY = {"actor": "j.okafor", "because": "request 2026/118"}
ASKED = {**WHY, "purpose": "subject-access"}
MINE = {"council_tax": QUILLON.account, "electoral_register": QUILLON.elector, "library": QUILLON.card}


@pytest.fixture
def told(lived: Street) -> Street:
    """Give a street of which every system was told of a death, and of which everybody was exported."""
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        council.tell(Death(person, on="2026-11-03", evidence="registrar"), purpose="registration")
        council.commit(council.settle())
        assert council.deliver() == 3
        council.reader("registration", actor="a.bell").frames(form="csv")
    return lived


def sound(council: Council) -> None:
    found = verify(council.store, council.policy)
    assert found.sound, found.words()


def waiting(council: Council, kind: str) -> dict[str, str]:
    rows = [row for row in council.store.outbox() if row["kind"] == kind]
    assert {row["payload"] for row in rows} <= {"{}"}, "no fact is told"
    return {row["recipient"]: row["reference"] for row in rows}


def test_who_was_told_of_an_erased_person_is_told_by_its_own_reference_alone(told: Street) -> None:
    words = [t for t in QUILLON.tokens if t not in MINE.values()]
    with Council.open(told.settings) as council:
        done = erase(council, told.person(council, QUILLON), **ASKED)
        assert (done.notices, done.by_hand) == (3, [])
        assert waiting(council, "erased") == MINE
        assert {(row["person"], row["because"], row["party"]) for row in council.store.outbox()} == {("", None, None)}
        assert told.files_with(words) == {}, "while it waits the reference is all there is"
        assert council.deliver() == 3
        assert council.store.outbox() == []
        sound(council)
        held = told.files_with([*words, *MINE.values()])
        assert sorted(held.values()) == sorted([reference] for reference in MINE.values()), "each notice for its own"
        for name, (reference,) in held.items():
            notice = json.loads((told.folder / name).read_text(encoding="utf-8"))
            assert (notice["type"], notice["subject"]) == ("svoc.erased", reference)
            assert (notice["data"]["facts"], notice["data"]["person"]) == ({}, "")
    told.night()
    with Council.open(told.settings) as council:
        assert council.store.outbox() == []
        sound(council)


def test_a_notice_of_an_erasure_that_is_withdrawn_keeps_no_reference(told: Street) -> None:
    with Council.open(told.settings) as council:
        erase(council, told.person(council, QUILLON), **ASKED)
        for row in council.store.outbox():
            assert drop(council.store, row["notice"])
        assert told.files_with(QUILLON.tokens) == {}


def test_where_telling_is_disproportionate_the_officer_says_why_and_nobody_is_told(told: Street) -> None:
    with Council.open(told.settings) as council:
        person = told.person(council, QUILLON)
        with pytest.raises(SettingsError, match="must name nobody"):
            erase(council, person, untold="Vextrada wants nobody told", **ASKED)
        done = erase(council, person, untold="the service was closed", **ASKED)
        assert (done.told, done.notices, done.by_hand) == (dict.fromkeys(MINE, 1), 0, [])
        assert council.store.outbox() == []
        assert told.files_with(QUILLON.tokens) == {}


def test_who_was_told_hears_of_a_restriction_and_of_its_end_once(told: Street) -> None:
    with Council.open(told.settings) as council:
        number = restrict(council, told.person(council, QUILLON), **ASKED)
        assert waiting(council, "restricted") == MINE
        council.deliver()
    told.night()
    with Council.open(told.settings) as council:
        assert council.store.outbox() == []
        free(council, number, **WHY)
        assert waiting(council, "freed") == MINE
        assert council.deliver() == 3
        sound(council)
        quiet = restrict(council, told.person(council, YSOLDA), **ASKED)
        free(council, quiet, **WHY)
        assert council.store.outbox() == [], "who was told nothing hears of nothing"


def test_what_was_exported_is_named_to_the_officer(told: Street) -> None:
    with Council.open(told.settings) as council:
        person = told.person(council, QUILLON)
        (line,) = handed_out(council, person)
        assert line.startswith("export csv of ")
        assert "by a.bell, for registration" in line
        assert len(handed_out(council, person, facts=["surname"])) == 1
        wrong = {"surname": "Vextradi"}
        assert handed_out_wrong(council, person, "statutory", wrong) == [line]
        assert handed_out_wrong(council, person, "statutory", {"surname": "Vextrada"}) == [], "which was right"
    figures, words = rectify_person(told.settings, person, wrong, actor="j.okafor", because="request 2026/119")
    assert figures["exports"] == [line]
    assert f"is yours to follow up: {line}" in words
    figures, words = erase_person(
        told.settings, person, actor="j.okafor", because="request 2026/120", record=None, untold=""
    )
    assert (figures["exports"], figures["notices_sent"]) == ([line], 3)
    assert f"may name this person: {line}" in words
