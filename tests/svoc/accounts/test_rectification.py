"""A fact is put right: it stands through nights, merges and splits, and whoever was sent the wrong one is told."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from svoc.accounts import account, erase, rectify, take_back
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.sources.life_events import read_events
from svoc.verifying import verify
from svoc.words.decisions import Verdict
from svoc.words.telling import Death, NewName
from tests.svoc.accounts.conftest import MERRIDEW, QUILLON, TAMSETH, Street

WHY = {"actor": "j.okafor", "because": "request 2026/113"}
ASKED = {**WHY, "purpose": "subject-access"}


def sound(council: Council) -> None:
    found = verify(council.store, council.policy)
    assert found.sound, found.words()


def golden(council: Council, person: str) -> dict[str, object]:
    return council.store.persons("statutory").row(by_predicate=pl.col("person") == person, named=True)


def test_what_is_put_right_stands_through_nights_and_can_be_taken_back(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        number, told = rectify(council, person, {"dob": "1971-04-24", "forename": "Quill"}, **ASKED)
        assert told == 0, "nobody had been sent what was wrong"
        assert council.store.outbox() == []
        sound(council)
    lived.night()
    with Council.open(lived.settings) as council:
        row = golden(council, person)
        assert (str(row["dob"]), row["forename"], row["surname"]) == ("1971-04-24", "QUILL", "VEXTRADA")
        why = json.loads(str(row["provenance"]))
        assert (why["dob"]["rule"], why["dob"]["mention"]) == ("put_right", f"life_events/steward:{number}/1")
        take_back(council, number, **WHY)
        assert (golden(council, person)["dob"], golden(council, person)["forename"]) == (None, "QUILLON")
        assert council.store.yesterday().events.height == 2, "taken back, and never erased"
        sound(council)


def test_the_last_word_counts(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        rectify(council, person, {"dob": "1971-04-24"}, **ASKED)
        rectify(council, person, {"dob": "1972-04-24"}, **ASKED)
        assert str(golden(council, person)["dob"]) == "1972-04-24"


def test_it_stays_with_its_record_where_the_person_is_taken_apart_and_joined_again(lived: Street) -> None:
    card, elector = f"library/{QUILLON.card}/1", f"electoral_register/{QUILLON.elector}/1"
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        wrong = json.loads(str(golden(council, person)["provenance"]))["surname"]["mention"]
        rectify(council, person, {"surname": "Vextradi"}, **ASKED)
        number = council.store.decide(Verdict.DIFFERENT.value, card, elector, steward="s", because="two persons")
        council.commit(council.settle())
        assert council.store.person_of(card, "statutory") != council.store.person_of(elector, "statutory")
        parts = {council.store.person_of(m, "statutory") or "" for m in (card, elector, wrong)}
        right = [p for p in parts if golden(council, p)["surname"] == "VEXTRADI"]
        assert right == [council.store.person_of(wrong, "statutory")]
        council.store.undo(number, steward="s", because="one person after all")
        council.commit(council.settle())
        assert golden(council, council.store.person_of(card, "statutory") or "")["surname"] == "VEXTRADI"
        sound(council)


def test_whoever_was_sent_the_wrong_fact_is_told_of_the_right_one_and_nobody_else(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        council.tell(NewName(lived.person(council, QUILLON, "service"), surname="Vextrado", on="2026-11-02"))
        council.commit(council.settle())
        council.deliver()
        wrong = golden(council, person)["surname"]
        _, told = rectify(council, person, {"surname": "Vextradi"}, **ASKED)
        waiting = council.store.outbox()
        assert told == len(waiting) == len(_sent(council, person, "name")) == 2, "Council Tax and the library"
        for row in waiting:
            assert row["kind"] == "name-corrected"
            assert json.loads(row["payload"])["surname"] == "VEXTRADI" != wrong
            assert set(json.loads(row["payload"])) <= {"title", "forename", "middle_names", "surname"}
        council.deliver()
        assert rectify(council, person, {"surname": "Vextradi"}, **ASKED)[1] == 0, "who knows is not told again"
        sound(council)


def test_how_a_person_is_reached_is_put_right(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        number, _ = rectify(council, person, {"phone": "01392 555 019", "email": "q@example.org"}, **ASKED)
        assert (golden(council, person)["phone"], golden(council, person)["email"]) == (
            "01392 555 019",
            "q@example.org",
        )
        sound(council)
    lived.night()
    with Council.open(lived.settings) as council:
        assert golden(council, person)["phone"] == "01392 555 019"
        take_back(council, number, **WHY)
        assert golden(council, person)["phone"] == QUILLON.phone
        sound(council)


def test_a_wrong_death_is_put_right_and_whoever_was_told_of_it_hears_so_once(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        council.tell(Death(person, on="2026-11-03", evidence="registrar"), purpose="registration")
        council.commit(council.settle())
        council.deliver()
        told_of = set(_recipients(council, "death"))
        assert told_of
        _, told = rectify(council, person, {"died": "2026-11-01"}, **ASKED)
        assert (str(golden(council, person)["died"]), golden(council, person)["deceased"]) == ("2026-11-01", True)
        assert told == len(told_of), "a wrong day is told as a death put right"
        council.deliver()
        sound(council)
        _, told = rectify(council, person, {"deceased": "no"}, **ASKED)
        assert (golden(council, person)["deceased"], golden(council, person)["died"]) == (False, None)
        assert told == len(told_of)
        waiting = council.store.outbox()
        assert {row["kind"] for row in waiting} == {"death-retracted"}
        assert {row["recipient"] for row in waiting} == told_of
        council.deliver()
        assert rectify(council, person, {"deceased": "no"}, **ASKED)[1] == 0, "who knows is not told again"
        sound(council)
    lived.night()
    with Council.open(lived.settings) as council:
        assert golden(council, person)["deceased"] is False
        assert council.store.outbox() == []
        sound(council)


def _recipients(council: Council, kind: str) -> list[str]:
    with council.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT recipient FROM notice WHERE kind = '{kind}' AND sent IS NOT NULL")
        return [str(row[0]) for row in rows]


def _sent(council: Council, person: str, kind: str) -> list[str]:
    with council.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT notice FROM notice WHERE kind = '{kind}' AND sent IS NOT NULL")
        return [str(row[0]) for row in rows]


def test_what_was_put_right_is_in_the_account_and_goes_with_the_person(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, TAMSETH)
        rectify(council, person, {"dob": "1971-04-24"}, **ASKED)
        told = account(council, person, **WHY)
        facts = {fact["fact"]: fact for fact in told["persons"][-1]["facts"]}
        assert (facts["dob"]["value"], facts["dob"]["rule"]) == ("1971-04-24", "put_right")
        assert "rectify" in [act["kind"] for act in told["acts"]]
        assert "1971-04-24" not in json.dumps(account(council, lived.person(council, MERRIDEW), **WHY))
        erase(council, person, **ASKED)
        sound(council)
    assert lived.files_with(["1971-04-24", *[t for t in TAMSETH.tokens if t != "Oskambe"]]) == {}


def test_what_cannot_be_put_right_is_refused(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        with pytest.raises(SettingsError, match="did you mean surname"):
            rectify(council, person, {"surnam": "X"}, **ASKED)
        with pytest.raises(SettingsError, match="expected a date"):
            rectify(council, person, {"dob": "24/04/1971"}, **ASKED)
        with pytest.raises(SettingsError, match="svoc tell"):
            rectify(council, person, {"deceased": "yes"}, **ASKED)
        with pytest.raises(SettingsError, match="no death of this person"):
            rectify(council, person, {"died": "2026-10-01"}, **ASKED)
        with pytest.raises(SettingsError, match="one of the two"):
            rectify(council, person, {"died": "2026-10-01", "deceased": "no"}, **ASKED)
        with pytest.raises(SettingsError, match="say which fact"):
            rectify(council, person, {"surname": " "}, **ASKED)


def test_no_file_speaks_as_a_steward(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("reference,surname,forename,date of death,sender\n9,MARLOW,Jane,2026-05-01,Steward\n", "utf-8")
    assert read_events(file, today=date(2026, 11, 2)).events["sender"].to_list() == ["steward-by-file"]
