"""Decisions, life events and the outbox: appended, told once, never erased."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sqlalchemy import text

from svoc.errors import DecidedMeanwhile
from svoc.sources.life_events import read_events
from svoc.store.ledger import last_decision
from svoc.store.said_anew import tokens_taken
from svoc.store.store import Store
from svoc.words.decisions import DECISIONS
from svoc.words.events import EMPTY_LIFE_EVENTS, LIFE_EVENTS
from svoc.words.plan import Plan
from svoc.words.telling import Death

MakePlan = Callable[..., Plan]


def holding(store: Store) -> list[tuple[str, str, str]]:
    frame = store.decisions().filter(pl.col("superseded_by").is_null())
    return list(frame.select("verdict", "left", "right").iter_rows())


# ---------------------------------------------------------------- decisions


def test_who_answers_a_case_that_somebody_else_has_answered_since_is_told_and_nothing_is_written(store: Store) -> None:
    known = last_decision(store.engine)
    said: dict[str, Any] = {"because": "seen", "case": "c1", "after": known}
    first = store.decide("same", "ct/A/1", "er/B/1", steward="j.okafor", **said)
    with pytest.raises(DecidedMeanwhile):
        store.decide("different", "ct/A/1", "er/B/1", steward="m.patel", **said)

    assert holding(store) == [("same", "ct/A/1", "er/B/1")]
    store.decide("different", "ct/A/1", "er/C/1", steward=" J.Okafor", **said)  # the rest of one's own answer
    store.decide("same", "ct/A/2", "er/B/2", steward="m.patel", because="seen", case="c2", after=known)
    assert last_decision(store.engine) == first + 2
    store.decide("different", "ct/A/1", "er/B/1", steward="m.patel", **{**said, "after": first + 2})


def test_of_two_people_who_have_to_answer_both_may_at_once(store: Store) -> None:
    said: dict[str, Any] = {"because": "seen", "case": "c1", "after": last_decision(store.engine), "people": 2}
    for steward in ("j.okafor", "m.patel"):
        store.decide("confirmed", "life_events/registrar:D1/1", "ct/A/1", steward=steward, **said)
    assert len(holding(store)) == 2


def test_a_decision_says_who_when_why_and_until_when(store: Store) -> None:
    before = datetime.now(UTC)
    number = store.decide(
        "different", "er/B/1", "ct/A/1", steward="j.okafor", because="Vater & Søn", case="c1", expires=date(2027, 1, 31)
    )
    ledger = store.decisions()
    assert dict(ledger.schema) == DECISIONS
    row = ledger.row(0, named=True)
    assert before <= row.pop("at") <= datetime.now(UTC)
    assert row == {
        "decision": number,
        "verdict": "different",
        "left": "ct/A/1",
        "right": "er/B/1",
        "steward": "j.okafor",
        "because": "Vater & Søn",
        "expires": date(2027, 1, 31),
        "superseded_by": None,
        **dict.fromkeys(
            (
                "undone_by",
                "undone_because",
                "undone_at",
                "seen",
                "origin",
                "brought_by",
                "brought_at",
                "shown",
                "people",
                "named",
            )
        ),
    }
    assert store.answered_cases() == {"c1"}


def test_a_moment_without_a_fraction_of_a_second_is_read_like_any_other(file_store: Store) -> None:
    for right in ("b/1/1", "c/1/1"):
        file_store.decide("same", "a/1/1", right, steward="s", because="b")
    with file_store.engine.begin() as connection:
        connection.execute(text("UPDATE decision SET at = '2026-11-02 08:00:00.000000' WHERE decision = 1"))
    assert file_store.decisions()["at"][0] == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert file_store.decisions()["at"].null_count() == 0


def test_an_answer_about_the_same_two_supersedes_the_earlier_one(store: Store) -> None:
    first = store.decide("same", "a/1/1", "b/1/1", steward="s", because="b", case="c1")
    second = store.decide("different", "b/1/1", "a/1/1", steward="t", because="b", case="c2")
    other = store.decide("same", "a/1/1", "c/1/1", steward="t", because="b")
    ledger = store.decisions()
    assert ledger["decision"].to_list() == [first, second, other]
    assert ledger["superseded_by"].to_list() == [second, None, None]
    assert store.answered_cases() == {"c2"}


def test_who_is_told_of_whom_has_a_side(store: Store) -> None:
    """A confirmation names the event first, wherever it stands in the alphabet."""
    store.decide("confirmed", "life_events/gro:1/1", "ct/1/1", steward="s", because="b")
    assert holding(store) == [("confirmed", "life_events/gro:1/1", "ct/1/1")]
    store.decide("rejected", "life_events/gro:1/1", "ct/1/1", steward="s", because="b")
    assert holding(store) == [("rejected", "life_events/gro:1/1", "ct/1/1")]


def test_what_is_undone_holds_no_longer_and_stays_in_the_ledger(store: Store) -> None:
    number = store.decide("same", "a/1/1", "b/1/1", steward="s", because="b", case="c1")
    store.undo(number, steward="t", because="a slip")
    assert store.decisions()["superseded_by"].to_list() == [number]
    assert holding(store) == []
    assert store.answered_cases() == set()


def test_taking_back_says_who_when_and_why_and_says_it_once(store: Store) -> None:
    number = store.decide("same", "a/1/1", "b/1/1", steward="s", because="b")
    before = datetime.now(UTC)
    assert store.undo(number, steward="t.lee", because="another Ann")
    row = store.decisions().row(0, named=True)
    assert (row["undone_by"], row["undone_because"], row["steward"]) == ("t.lee", "another Ann", "s")
    assert before <= row["undone_at"] <= datetime.now(UTC)
    assert not store.undo(number, steward="somebody else", because="again")
    assert store.decisions().row(0, named=True) == row


def test_undoing_a_slip_gives_the_earlier_answer_back(store: Store) -> None:
    store.decide("different", "a/1/1", "b/1/1", steward="s", because="father and son")
    slip = store.decide("same", "a/1/1", "b/1/1", steward="t", because="slip")
    store.undo(slip, steward="t", because="a slip")
    assert holding(store) == [("different", "a/1/1", "b/1/1")]
    store.undo(slip, steward="t", because="a slip")
    assert holding(store) == [("different", "a/1/1", "b/1/1")]


def test_undoing_what_was_superseded_long_ago_changes_nothing(store: Store) -> None:
    first = store.decide("same", "a/1/1", "b/1/1", steward="s", because="b")
    store.decide("different", "a/1/1", "b/1/1", steward="s", because="b")
    before = store.decisions()
    store.undo(first, steward="t", because="a slip")
    store.undo(999, steward="t", because="a slip")
    assert_frame_equal(store.decisions(), before)


@settings(max_examples=25)
@given(steps=st.lists(st.tuples(st.sampled_from(["same", "different", "undo"]), st.integers(1, 6)), max_size=12))
def test_at_most_one_answer_about_two_mentions_holds(steps: list[tuple[str, int]]) -> None:
    store = Store.open("sqlite://", Path())
    told = 0
    for verb, number in steps:
        if verb == "undo":
            store.undo(number, steward="t", because="a slip")
        else:
            told += 1
            store.decide(verb, "a/1/1", f"b/{number % 2}/1", steward="s", because="b")
    pairs = [(left, right) for _, left, right in holding(store)]
    assert len(pairs) == len(set(pairs))
    assert store.decisions()["decision"].to_list() == list(range(1, told + 1)), "nothing is erased"
    store.close()


# ---------------------------------------------------------------- life events


def event(ident: str, **said: object) -> pl.DataFrame:
    row = {column: said.get(column) for column in LIFE_EVENTS} | {"event": ident, "sender": "gro", "reference": ident}
    return pl.DataFrame([row], schema=LIFE_EVENTS)


def test_a_life_event_comes_back_as_it_was_told(store: Store) -> None:
    told = pl.concat(
        [
            event(
                "e2",
                recorded_at=datetime.fromisoformat("2026-11-02T09:30:15.123456"),
                verification=3,
                previous_surnames=["MÜLLER", "O'Neill"],
                aliases=[],
                dob=date(1931, 2, 28),
                supplied_uprn=100_012_345_678,
                happened=date(2026, 10, 30),
                line=7,
            ),
            event("e1", recorded_at=datetime.fromisoformat("2026-11-02T09:30"), name='ZOË "Zo" SMITH\nof Here'),
            event("e3"),
            Death("7F3K-92QD-M", on="2026-11-02", evidence="registrar").as_life_event(),
        ]
    )
    assert store.tell(told, by="nightly") == 4
    assert_frame_equal(store.yesterday().events, told)


def test_every_format_of_life_events_survives_the_store(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "deaths.csv"
    file.write_text(
        "Entry No,Surname,Forenames,Date of Birth,Date of Death\n12,Marlow,Jane Ann,24/04/1931,May 2026\n13,Ōe,K,,\n"
    )
    told = read_events(file, today=date(2026, 11, 2)).events
    store.tell(told, by="nightly")
    assert_frame_equal(store.yesterday().events, told)


def test_a_statement_kept_before_a_column_came_has_nothing_there(file_store: Store) -> None:
    file_store.tell(event("e1", surname="OAK", consents=["council-tax"], others=["OAK, UNA"], adults_left=1), by="a")
    came_later = ("consents", "others", "adults_left", "household", "blue_badge", "new_phone", "new_email")
    with file_store.engine.begin() as connection:
        (written,) = connection.execute(text("SELECT statement FROM event")).scalars()
        older = {name: value for name, value in json.loads(written).items() if name not in came_later}
        connection.execute(text("UPDATE event SET statement = :said"), {"said": json.dumps(older)})
    assert_frame_equal(file_store.yesterday().events, event("e1", surname="OAK"))


def test_the_tokens_that_were_taken_are_known_again(store: Store) -> None:
    store.tell(pl.concat([event("e1", token="https://gov.example/ t-1 a1b2"), event("e2")]), by="a")
    assert tokens_taken(store.engine) == {"https://gov.example/ t-1": "a1b2"}


def test_telling_twice_is_telling_once(store: Store) -> None:
    assert store.tell(pl.concat([event("e1"), event("e1"), event("e2")]), by="a") == 2
    before = store.yesterday().events
    assert store.tell(event("e2", name="another wording"), by="b") == 0
    assert store.tell(EMPTY_LIFE_EVENTS, by="b") == 0
    assert_frame_equal(store.yesterday().events, before)
    assert store.tell(event("e0"), by="b") == 1
    assert store.yesterday().events["event"].to_list() == ["e1", "e2", "e0"]


# ---------------------------------------------------------------- the outbox


def test_the_outbox_holds_what_is_published_and_not_sent_the_oldest_first(store: Store, make_plan: MakePlan) -> None:
    for run, names in ((1, ["n3", "n1"]), (2, ["n2", "n1"])):
        plan = make_plan(run, {"ct/1/1": "P1"}, founded={"P1": 1}, notices=[notice(name, run) for name in names])
        store.commit(plan, summary={})
    waiting = store.outbox()
    assert [(row["notice"], row["run"]) for row in waiting] == [("n1", 1), ("n3", 1), ("n2", 2)]
    assert waiting[0]["payload"] == '{"died": "2026-10-30", "surname": "Ōe"}'
    store.sent("n1")
    assert [row["notice"] for row in store.outbox()] == ["n3", "n2"]
    store.sent("n1")
    store.sent("nothing")
    assert [row["notice"] for row in store.outbox()] == ["n3", "n2"]


def notice(name: str, run: int) -> dict[str, object]:
    return {
        "notice": name,
        "person": "P1",
        "kind": "death",
        "recipient": "ct",
        "reference": str(run),
        "payload": '{"died": "2026-10-30", "surname": "Ōe"}',
        "basis": "a law",
        "because": "life_events/gro:1/1",
    }
