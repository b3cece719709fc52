"""Putting records into groups and moving one, by pages without scripts: shown whole, kept, and taken back in one."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
from fastapi import FastAPI

from svoc.desk.queues import Queue
from svoc.store.leases import leases, release, take
from tests.svoc.web.conftest import Paper
from tests.svoc.web.examining import examined

LANE = "statutory"


@pytest.fixture
def undone(app: FastAPI) -> Iterator[None]:
    """Take back what a test decided, so that the next finds the town as it was."""
    yield
    store = app.state.house.council.store
    for number in store.decisions().filter(pl.col("superseded_by").is_null())["decision"]:
        store.undo(number, steward="a.bell", because="the test is over")
    for lease in leases(store.engine).values():
        release(store.engine, lease.case, steward=lease.steward)


def held(app: FastAPI) -> pl.DataFrame:
    ledger: pl.DataFrame = app.state.house.council.store.decisions()
    return ledger.filter(pl.col("superseded_by").is_null())


def several(person: Paper) -> tuple[str, str]:
    """Give a case of more than two records, and its page."""
    page = person.get("/desk", params={"queue": Queue.HOUSEHOLDS.value})
    for case in dict.fromkeys(re.findall(r"/desk/case/([0-9a-f]{12})", page.text)):
        text = person.get(f"/desk/case/{case}").text
        if f"/desk/case/{case}/groups" in text:
            return case, text
    raise AssertionError("no case has more than two records")


def whoever(app: FastAPI, *, records: int) -> str:
    """Give somebody with so many records or more, who has company at home."""
    stands = app.state.house.shared.yesterday().lane(LANE)
    members = stands.members.filter(~pl.col("mention").str.starts_with("life_events/"))
    many = members.group_by("person").len().filter(pl.col("len") >= records)["person"]
    homes = stands.households
    together = homes.filter(pl.len().over("household") > 1)
    return str(together.filter(pl.col("person").is_in(many.implode()))["person"].sort()[0])


def filled(page: Any, **said: str) -> dict[str, Any]:
    """Give the fields of a page's form as they stand there, and what is chosen besides."""
    found = dict(re.findall(r'type="hidden" name="([a-zA-Z0-9-]+)" value="([^"]*)"', page.text))
    found |= dict(re.findall(r'name="(group-[A-Z])">.*?value="(\d+)" selected', page.text, re.DOTALL))
    return {name: value for name, value in {**found, **said}.items() if name != "csrf"}


def test_a_case_is_answered_in_groups(steward: Paper, app: FastAPI, undone: None) -> None:
    case, opened = several(steward)
    assert "/move" in opened
    page = steward.get(f"/desk/case/{case}/groups")
    assert "Which records are one person?" in examined(page)
    letters = re.findall(r'id="group-([A-Z])"', page.text)
    apart = {f"group-{letter}": str(n + 1) for n, letter in enumerate(letters)}
    shown = steward.post(f"/desk/case/{case}/groups/preview", **filled(page, reason="family", **apart))
    text = examined(shown)
    assert "Person 1: A" in text
    assert f"Person {len(letters)}: {letters[-1]}" in text
    assert held(app).is_empty()
    after = steward.post(f"/desk/case/{case}/groups", **filled(shown))
    assert "Your decision is kept: records put into groups" in examined(after)
    assert case not in str(after.url)
    assert held(app).height == len(letters) * (len(letters) - 1) // 2
    assert set(held(app)["verdict"]) == {"different"}
    assert case not in steward.get("/desk?queue=households").text
    numbers = re.search(r'name="numbers" value="([^"]+)"', after.text)
    assert numbers
    steward.post("/desk/decisions/undo", numbers=numbers[1])
    assert held(app).is_empty()
    assert case in steward.get("/desk?queue=households").text


def test_a_person_is_split_and_what_is_left_out_is_asked_for(steward: Paper, app: FastAPI, undone: None) -> None:
    person = whoever(app, records=3)
    at = f"/desk/person/{person}/split"
    assert at in steward.get(f"/desk/person/{person}").text
    page = steward.get(at)
    text = examined(steward.post(f"{at}/preview", **filled(page)), 400)
    assert "Put at least one record into another group" in text
    assert "Choose a reason" in text
    shown = steward.post(f"{at}/preview", **filled(page, reason="other", note="<b>twins</b>", **{"group-C": "2"}))
    text = examined(shown)
    assert "Person 1: A, B" in text
    assert "would be taken out of" in text
    assert "<b>twins</b>" in text
    after = steward.post(at, **filled(shown))
    assert "Your decision is kept" in examined(after)
    assert after.url.path == f"/desk/person/{person}"
    assert sorted(held(app)["verdict"].to_list())[:2] == ["different", "different"]


def test_a_record_is_moved_to_one_of_the_household_or_to_whoever_is_typed(
    steward: Paper, app: FastAPI, undone: None
) -> None:
    person = whoever(app, records=3)
    at = f"/desk/person/{person}/move"
    assert at in steward.get(f"/desk/person/{person}").text
    page = steward.get(at)
    examined(page)
    text = examined(steward.post(f"{at}/preview", **filled(page)), 400)
    assert "Choose the records that are to be moved" in text
    assert "Choose or type to whom they belong" in text
    chosen = {"reason": "spoke", "move-C": "yes"}
    text = examined(steward.post(f"{at}/preview", **filled(page, typed="0000-0000-0", **chosen)), 400)
    assert "identifier of somebody else" in text
    text = examined(steward.post(f"{at}/preview", **filled(page, typed=person.lower(), **chosen)), 400)
    assert "identifier of somebody else" in text
    (other, *_) = re.findall(r'<option value="([0-9A-Z-]{11})"', page.text)
    shown = steward.post(f"{at}/preview", **filled(page, into=other, **chosen))
    assert "C moved to" in examined(shown)
    assert other in shown.text
    after = steward.post(at, **filled(shown))
    assert "Your decision is kept: record moved" in examined(after)
    assert "same" in held(app)["verdict"].to_list()


def test_all_of_an_act_is_listed_and_taken_back_by_the_page_of_any_of_its_decisions(
    steward: Paper, browser: Callable[[], Paper], app: FastAPI, undone: None
) -> None:
    person = whoever(app, records=3)
    at = f"/desk/person/{person}/split"
    chosen = filled(steward.get(at), reason="spoke", **{"group-C": "2"})
    steward.post(at, **chosen)
    numbers = held(app)["decision"].sort().to_list()
    assert len(numbers) >= 3
    other = browser()
    other.sign_in("m.patel")
    page = other.get(f"/desk/decisions/{numbers[1]}")
    assert f"Take back all {len(numbers)} decisions" in examined(page)
    assert {f"/desk/decisions/{n}" for n in numbers} <= set(re.findall(r'href="([^"]+)"', page.text))
    assert held(app).height == len(numbers)
    said = str(numbers[1])
    assert "Say why you take it back" in examined(other.post("/desk/decisions/undo", numbers=said), 400)
    other.post("/desk/decisions/undo", numbers=said, because="the wrong flat")
    assert held(app).is_empty()
    assert "Take back" not in examined(other.get(f"/desk/decisions/{numbers[0]}"))


def test_what_changed_meanwhile_or_another_has_is_not_decided(steward: Paper, app: FastAPI, undone: None) -> None:
    person = whoever(app, records=3)
    at = f"/desk/person/{person}/split"
    chosen = filled(steward.get(at), reason="spoke", **{"group-C": "2"})
    text = examined(steward.post(at, **{**chosen, "token": "of another day"}), 409)
    assert "Something has changed since you looked" in text
    engine = app.state.house.council.store.engine
    take(engine, person, steward="m.patel", minutes=5)
    assert "m.patel has it until" in examined(steward.post(at, **chosen), 409)
    case, _ = several(steward)
    groups = filled(steward.get(f"/desk/case/{case}/groups"), reason="spoke", token="of another day")
    assert "Something has changed" in examined(steward.post(f"/desk/case/{case}/groups", **groups), 409)
    release(engine, case, steward="j.okafor")
    take(engine, case, steward="m.patel", minutes=5)
    assert "m.patel has this case open" in examined(steward.get(f"/desk/case/{case}/groups"))
    assert held(app).is_empty()


@pytest.mark.parametrize(
    "path", ["case/000000000000/groups", "person/0000-0000-0/split", "person/0000-0000-0/move", "person/<b>/split"]
)
def test_what_is_not_there_says_so(steward: Paper, path: str) -> None:
    examined(steward.get(f"/desk/{path}"), 404)


def test_a_case_whose_records_are_not_persons_is_not_put_into_groups(steward: Paper, undone: None) -> None:
    page = steward.get("/desk", params={"queue": Queue.LIFE_EVENTS.value})
    (case, *_) = re.findall(r"/desk/case/([0-9a-f]{12})", page.text)
    assert "cannot be put into groups" in examined(steward.get(f"/desk/case/{case}/groups"), 409)
