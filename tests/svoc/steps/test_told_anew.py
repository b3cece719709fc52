"""What a life event says is so from now on: whose facts it changes, and whose it leaves alone."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from svoc.words.plan import Plan, Yesterday
from svoc.words.telling import Birth, Correction, Move, NewContact, NewName, Told
from tests.worlds import TODAY, decisions, extract, facts, morrow, night, person_of

JANE, TOM = "council_tax/A/1", "council_tax/A/2"
BOTH = extract("council_tax", "A | MRS JANE PIKE & MR TOM PIKE | 1 | 2010-04-01..")
SOURCES = (BOTH, extract("library", "L1 | MRS JANE PIKE | 1 | 2012-01-01.. | phone=01632_960001"))


def told_of(*told: tuple[Told, Sequence[str]], on: date = TODAY) -> tuple[Yesterday, Plan]:
    """Give the night on which each is told of persons named by their mentions."""
    first = night(Yesterday(), *SOURCES)
    events = pl.concat([each.as_life_event(datetime.fromisoformat("2026-11-02T09:30")) for each, _ in told])
    confirmed = [("confirmed", event, at) for each, who in told for event, at in zip(each.mentions, who, strict=True)]
    before = morrow(Yesterday(), first, events=events, decisions=decisions(*confirmed))
    return before, night(
        before, extract("library", "L1 | MRS JANE PIKE | 1 | 2012-01-01.. | phone=01632_960001", on=on)
    )


def person(mention: str) -> str:
    return person_of(night(Yesterday(), *SOURCES), mention)


def notices(plan: Plan) -> set[tuple[str, str, str]]:
    """Give what is told to whom of which record of its own, in whichever lane."""
    rows = (row for lane in plan.lanes.values() for row in lane.notices.iter_rows(named=True))
    return {(row["kind"], row["recipient"], json.loads(row["payload"])["forename"]) for row in rows}


def test_a_move_is_of_who_moves_and_the_rest_of_the_account_stays() -> None:
    jane, tom = person(JANE), person(TOM)
    _, plan = told_of((Move(jane, on=TODAY, address="9 King Street", postcode="BA1 1AA"), [JANE]))
    now, other = facts(plan, JANE), facts(plan, TOM)
    assert (now["person"], now["address"], now["uprn"]) == (jane, "9 King Street", 109)
    assert (other["person"], other["uprn"]) == (tom, 101)
    assert notices(plan) == {("address", "council_tax", "JANE"), ("address", "library", "JANE")}


def test_those_who_move_along_are_told_of_too() -> None:
    jane, tom = person(JANE), person(TOM)
    _, plan = told_of((Move(jane, on=TODAY, address="9 King Street", postcode="BA1 1AA", along=(tom,)), [JANE, TOM]))
    assert [facts(plan, each)["uprn"] for each in (JANE, TOM)] == [109, 109]


def test_a_move_out_of_the_area_counts_though_nobody_can_place_it() -> None:
    _, plan = told_of((Move(person(JANE), on=TODAY, address="1 Far Lane, Elsewhere", postcode="ZZ9 9ZZ"), [JANE]))
    now = facts(plan, JANE)
    assert (now["address"], now["postcode"], now["uprn"]) == ("1 Far Lane, Elsewhere", "ZZ9 9ZZ", None)


def test_a_move_to_come_changes_nothing_until_its_day() -> None:
    day = date(2026, 12, 1)
    move = (Move(person(JANE), on=day, address="9 King Street", postcode="BA1 1AA"), [JANE])
    before, plan = told_of(move)
    assert facts(plan, JANE)["uprn"] == 101
    then = night(morrow(before, plan), extract("library", "L2 | MR IAN ASH | 7", on=day, mode="update"))
    assert facts(then, JANE)["uprn"] == 109
    assert ("address", "council_tax", "JANE") in notices(then)


def test_an_account_that_begins_after_the_move_is_heard_again() -> None:
    before, plan = told_of((Move(person(JANE), on=TODAY, address="9 King Street", postcode="BA1 1AA"), [JANE]))
    later = extract("council_tax", "A | MRS JANE PIKE | 5 | 2026-11-20..", on=date(2026, 11, 20))
    assert facts(night(morrow(before, plan), later), JANE)["uprn"] == 105


def test_a_new_name_is_borne_from_its_day_on() -> None:
    _, plan = told_of((NewName(person(JANE), on=TODAY, surname="Reed", title="Ms"), [JANE]))
    now = facts(plan, JANE)
    assert (now["title"], now["forename"], now["surname"]) == ("MS", "JANE", "REED")
    assert {kind for kind, _, _ in notices(plan)} == {"name"}
    assert facts(plan, TOM)["surname"] == "PIKE"


def test_a_shorter_name_counts_though_the_fuller_is_on_record() -> None:
    _, plan = told_of((NewName(person(JANE), on=TODAY, forename="Jo"), [JANE]))
    assert facts(plan, JANE)["forename"] == "JO"


def test_a_correction_puts_a_birth_right() -> None:
    _, plan = told_of((Correction(person(JANE), dob="1971-04-24"), [JANE]))
    assert facts(plan, JANE)["dob"] == date(1971, 4, 24)


def test_new_contact_details_replace_those_on_record() -> None:
    _, plan = told_of((NewContact(person(JANE), phone="07700 900123"), [JANE]))
    now = facts(plan, JANE)
    assert (now["phone"], json.loads(now["provenance"])["phone"]["source"]) == ("07700 900123", "life_events")


def test_a_birth_names_no_child_and_changes_no_parent() -> None:
    jane, tom = person(JANE), person(TOM)
    birth = Birth(jane, on="2026-10-30", forename="Ida", surname="Pike", along=(tom,))
    _, plan = told_of((birth, [JANE, TOM]))
    kept: list[dict[str, Any]] = [facts(plan, each) for each in (JANE, TOM)]
    was = [facts(night(Yesterday(), *SOURCES), each) for each in (JANE, TOM)]
    assert [{k: v for k, v in row.items() if k not in ("records", "provenance")} for row in kept] == [
        {k: v for k, v in row.items() if k not in ("records", "provenance")} for row in was
    ]
    assert plan.reading.state.persons.height == 2
    of = dict(plan.reading.state.members.iter_rows())
    assert {mention: of[mention] for mention in birth.mentions} == birth.mentions
