"""Saying of several records at once who is who, over the staff API: as they were shown, once, in one act."""

from typing import Any

import polars as pl
import pytest

from svoc.council import Council
from svoc.words.decisions import CaseKind
from tests.svoc.web.api.conftest import MakeSystem, System
from tests.svoc.web.api.test_api import is_problem

LANE = "service"
WHY = "they wrote to us"


@pytest.fixture(scope="module")
def steward(system: MakeSystem) -> System:
    """Give a system that a steward uses."""
    return system("steward")


def whoever(council: Council, *, records: int, other_than: str = "") -> str:
    """Give somebody with so many records or more."""
    members = council.store.yesterday().lane(LANE).members
    own = members.filter(~pl.col("mention").str.starts_with("life_events/") & (pl.col("person") != other_than))
    many = own.group_by("person").len().filter(pl.col("len") >= records)
    return str(many.sort("len", "person")["person"][0])


def shown(steward: System, person: str) -> tuple[list[str], str]:
    """Give the records of a person, and the tag of how they stand."""
    answer = steward.get(f"/persons/{person}/grouping")
    assert answer.status_code == 200, answer.text
    return answer.json()["mentions"], answer.headers["etag"]


def said(council: Council, answer: Any) -> list[tuple[str, str, str]]:
    """Give the decisions that an answer names."""
    assert answer.status_code == 200, answer.text
    made = council.store.decisions().filter(pl.col("decision").is_in(answer.json()["decisions"]))
    assert set(made["steward"].str.split("/").list.last()) == {"j.okafor"}
    assert made["at"].n_unique() == 1
    return made.select("verdict", "left", "right").sort("left", "right").rows()


def test_a_person_is_split_once_as_they_were_shown(steward: System, council: Council) -> None:
    person = whoever(council, records=2)
    (first, *others), tag = shown(steward, person)
    at, asked = f"/persons/{person}/split", {"groups": [[first], others], "because": WHY}
    is_problem(steward.post(at, asked), 428, "unconditional")
    is_problem(steward.post(at, asked, If_Match='"of-yesterday"'), 412, "changed")
    is_problem(steward.post(at, {**asked, "groups": [[first]]}, If_Match=tag), 409, "cannot-be")
    is_problem(steward.post(at, {**asked, "groups": [[first, *others]]}, If_Match=tag), 409, "cannot-be")
    is_problem(steward.post(at, {**asked, "groups": [[first], others, ["a/b/1"]]}, If_Match=tag), 409, "cannot-be")
    is_problem(steward.post(at, {**asked, "groups": [[first], [first, *others]]}, If_Match=tag), 409, "cannot-be")
    done = steward.post(at, asked, If_Match=tag, Idempotency_Key="split-once-1")
    assert ("different", *sorted((first, others[0]))) in said(council, done)
    again = steward.post(at, asked, If_Match=tag, Idempotency_Key="split-once-1")
    assert again.json() == done.json()
    assert again.headers["idempotent-replayed"] == "true"
    is_problem(steward.post(at, asked, If_Match=tag), 412, "changed")
    assert shown(steward, person)[1] != tag


def test_a_record_is_moved_to_another_person(steward: System, council: Council) -> None:
    person = whoever(council, records=3)
    into = whoever(council, records=2, other_than=person)
    mentions, tag = shown(steward, person)
    theirs, _ = shown(steward, into)
    at, asked = f"/persons/{person}/move", {"mentions": mentions[:1], "into": into, "because": WHY}
    is_problem(steward.post(at, {**asked, "into": person}, If_Match=tag), 409, "cannot-be")
    is_problem(steward.post(at, {**asked, "into": "0000-0000-0"}, If_Match=tag), 409, "cannot-be")
    is_problem(steward.post(at, {**asked, "mentions": theirs}, If_Match=tag), 409, "cannot-be")
    made = said(council, steward.post(at, asked, If_Match=tag))
    assert {("same", *sorted((mentions[0], other))) for other in theirs} <= set(made)
    assert {("different", *sorted((mentions[0], other))) for other in mentions[1:]} <= set(made)
    assert len(made) == len(theirs) + len(mentions) - 1


def test_a_case_of_several_records_is_answered_in_groups(steward: System, council: Council) -> None:
    rows = steward.get(f"/cases?limit=200&kind={CaseKind.HOUSEHOLD.value}").json()["cases"]
    case, mentions = next((row["id"], row["mentions"]) for row in rows if len(row["mentions"]) > 2)
    tag = steward.get(f"/cases/{case}").headers["etag"]
    at, asked = f"/cases/{case}/groups", {"groups": [mentions[:1], mentions[1:]], "because": WHY}
    is_problem(steward.post(at, asked), 428, "unconditional")
    is_problem(steward.post(at, {**asked, "groups": [mentions[:2]]}, If_Match=tag), 409, "cannot-be")
    made = said(council, steward.post(at, asked, If_Match=tag))
    assert len(made) == len(mentions) * (len(mentions) - 1) // 2
    is_problem(steward.post(at, asked, If_Match=tag), 412, "changed")
    assert case not in [row["id"] for row in steward.get("/cases?limit=200").json()["cases"]]


def test_nobody_is_split_for_whom_the_purpose_or_the_role_is_not(
    steward: System, system: MakeSystem, council: Council
) -> None:
    person = whoever(council, records=2)
    is_problem(steward.get("/persons/0000-0000-0/grouping"), 404, "not-there")
    is_problem(system("officer").get(f"/persons/{person}/grouping"), 403, "not-for-role")
    blind = system("steward", "statistics")
    is_problem(blind.get(f"/persons/{person}/grouping"), 403, "purpose-refused")
    asked = {"groups": [["a/b/1"], ["c/d/1"]], "because": WHY}
    is_problem(blind.post(f"/persons/{person}/split", asked, If_Match='"x"'), 403, "purpose-refused")
    is_problem(steward.post(f"/persons/{person}/split", {**asked, "groups": []}, If_Match='"x"'), 422, "not-valid")
