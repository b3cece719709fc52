"""Every page goes through one examination; a steward's morning, and what they are told when something came between."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import html5lib
import polars as pl
import pytest
from fastapi import FastAPI

from svoc.desk.queues import Queue
from svoc.store.audit_asking import Asked
from svoc.store.leases import release, take
from svoc.store.opening import writing
from svoc.web.texts import Texts
from tests.svoc.web.conftest import Paper
from tests.svoc.web.examining import examined


def cases(answer: Any) -> list[str]:
    return list(dict.fromkeys(re.findall(r"/desk/case/([0-9a-f]{12})", answer.text)))


def case_of(person: Paper, queue: Queue) -> str:
    return cases(person.get("/desk", params={"queue": queue.value}))[0]


@pytest.fixture
def undone(app: FastAPI) -> Iterator[None]:
    """Take back what a test decided, so that the next finds the town as it was."""
    yield
    store = app.state.house.council.store
    held = store.decisions().filter(pl.col("superseded_by").is_null())["decision"]
    for number in held:
        store.undo(number, steward="a.bell", because="the test is over")
    for case in cases_of_leases(app):
        release(store.engine, case[0], steward=case[1])


def cases_of_leases(app: FastAPI) -> list[tuple[str, str]]:
    from svoc.store.leases import leases

    return [(lease.case, lease.steward) for lease in leases(app.state.house.council.store.engine).values()]


# ---------------------------------------------------------------- every page


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/sign-in", "/desk/purpose", "/desk/decisions", "/desk/figures", "/desk?queue=households"]
)
def test_a_page_is_sound(steward: Paper, path: str) -> None:
    examined(steward.get(path))


@pytest.mark.parametrize("queue", [Queue.LIFE_EVENTS, Queue.HOUSEHOLDS, Queue.LIKELY_SAME, Queue.ADDRESSES])
def test_a_case_of_every_queue_is_sound(steward: Paper, queue: Queue, undone: None) -> None:
    text = examined(steward.get(f"/desk/case/{case_of(steward, queue)}"))
    assert "The records side by side" in text
    assert ("Your decision " in text) is (queue is not Queue.ADDRESSES)


@pytest.mark.parametrize(
    "path", ["/desk/case/000000000000", "/desk/case/<script>", "/desk/decisions/99", "/desk/nothing"]
)
def test_a_page_that_is_not_there_says_so(steward: Paper, path: str) -> None:
    examined(steward.get(path), 404)


# ---------------------------------------------------------------- the queue


def test_the_queue_counts_its_cases_and_shows_one_queue_or_all(steward: Paper) -> None:
    every = cases(steward.get("/desk"))
    some = cases(steward.get("/desk?queue=households"))
    assert set(some) < set(every)
    assert "Who is who at one address" in examined(steward.get("/desk?queue=households"))
    assert cases(steward.get("/desk?queue=nothing-of-the-kind&page=oops")) == every
    assert steward.get("/desk?page=99999").status_code == 200


def test_how_it_goes_is_told_in_counts(steward: Paper) -> None:
    waits = len(cases(steward.get("/desk?queue=life-events")))
    text = examined(steward.get("/desk/figures"))
    assert f"Life events {waits} " in text
    assert re.search(r"Notices that are outstanding.*Waiting\s*\d+", text)
    assert re.search(r"Night 2\s*3 November 2026", text)
    assert "j.okafor" not in text.replace("Signed in as j.okafor", "")


def test_another_steward_sees_who_has_a_case_and_until_when(
    steward: Paper, browser: Callable[[], Paper], undone: None
) -> None:
    case = case_of(steward, Queue.HOUSEHOLDS)
    steward.get(f"/desk/case/{case}")
    assert "Yours until" in steward.get("/desk").text
    other = browser()
    other.sign_in("m.patel")
    assert re.search(r"With j\.okafor until \d\d:\d\d", other.get("/desk").text)
    text = examined(other.get(f"/desk/case/{case}"))
    assert "j.okafor has this case open until" in text
    assert "Your decision " not in text
    assert case not in str(other.get("/desk/next").url)


# ---------------------------------------------------------------- the morning


def morning(person: Paper, case: str, **said: Any) -> Any:
    opened = person.get(f"/desk/case/{case}")
    token = re.search(r'name="token" value="([^"]+)"', opened.text)
    assert token
    return person.post(f"/desk/case/{case}/decide", token=token[1], **said)


def test_a_steward_decides_sees_it_kept_takes_it_back_and_finds_it_again(steward: Paper, undone: None) -> None:
    case = case_of(steward, Queue.LIKELY_SAME)
    after = morning(steward, case, verdict="same", reason="spoke", note="telephoned", queue="likely-same")
    text = examined(after)
    assert after.url.path.startswith("/desk/case/")
    assert case not in after.url.path
    assert "Your decision is kept: same person" in text
    assert case not in cases(steward.get("/desk"))
    listed = steward.get("/desk/decisions")
    assert "I spoke to the resident: telephoned" in examined(listed)
    one = steward.get(re.findall(r'href="(/desk/decisions/\d+)"', listed.text)[0])
    assert "What the machine made of them" in examined(one)
    number = one.url.path.rpartition("/")[2]
    assert "taken back" in examined(steward.post("/desk/decisions/undo", numbers=number))
    assert case in cases(steward.get("/desk"))


def test_what_an_answer_would_change_is_shown_first_and_nothing_is_written(steward: Paper, undone: None) -> None:
    case = case_of(steward, Queue.LIKELY_SAME)
    token = re.search(r'name="token" value="([^"]+)"', steward.get(f"/desk/case/{case}").text)
    assert token
    said: dict[str, Any] = {"token": token[1], "verdict": "same", "reason": "spoke"}
    text = examined(steward.post(f"/desk/case/{case}/preview", **said))
    assert "would be one person" in text
    assert "Who would be told" in text
    assert case in cases(steward.get("/desk"))
    asked = {"csrf": steward.csrf, **said}
    part = steward.client.post(f"/desk/case/{case}/preview", data=asked, headers={"hx-request": "true"})
    assert "would be one person" in part.text
    assert "<html" not in part.text
    html5lib.HTMLParser(strict=True).parseFragment(part.text)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({}, "Choose an answer"),
        ({"verdict": "same"}, "Choose a reason"),
        ({"verdict": "confirmed", "reason": "spoke"}, "Choose an answer"),
        ({"verdict": "same", "reason": "other"}, "Write the reason in the note"),
        ({"verdict": "same", "reason": "spoke", "note": "x" * 600}, "500 characters or fewer"),
    ],
)
def test_an_answer_that_says_too_little_is_asked_again_with_what_was_typed(
    steward: Paper, said: dict[str, str], fault: str, undone: None
) -> None:
    answer = morning(steward, case_of(steward, Queue.LIKELY_SAME), **said)
    text = examined(answer, 400)
    assert fault in text
    assert "<title>Error: " in answer.text
    if note := said.get("note"):
        assert note in answer.text


def test_of_several_records_it_has_to_be_said_which_two_are_one(steward: Paper, undone: None) -> None:
    several = next(
        case
        for case in cases(steward.get("/desk?queue=households"))
        if 'name="pair"' in steward.get(f"/desk/case/{case}").text
    )
    assert "Choose which records you mean" in examined(morning(steward, several, verdict="same", reason="spoke"), 400)
    text = examined(morning(steward, several, verdict="same", reason="spoke", pair="AB"))
    assert "Your decision is kept" in text


def test_what_the_machine_made_of_a_case_is_worked_out_when_it_is_asked_for(
    steward: Paper, app: FastAPI, undone: None
) -> None:
    case, audit = case_of(steward, Queue.LIKELY_SAME), app.state.house.council.audit
    page = steward.get(f"/desk/case/{case}")
    assert " bits" not in examined(page)
    assert f'href="/desk/case/{case}/machine"' in page.text
    before = audit.head().seq
    assert "Bits" in examined(steward.get(f"/desk/case/{case}/machine"))
    noted = [e for e in audit.events(Asked()) if e.seq > before and e.kind == "explain"]
    assert [(e.actor, e.persons) for e in noted] == [("j.okafor", 2)]
    part = steward.client.get(f"/desk/case/{case}/machine", headers={"hx-request": "true"})
    assert "<html" not in part.text
    html5lib.HTMLParser(strict=True).parseFragment(part.text)
    examined(steward.get("/desk/case/000000000000/machine"), 404)


# ---------------------------------------------------------------- what comes between


def test_who_answers_second_is_told_and_nothing_of_theirs_is_kept(
    steward: Paper, browser: Callable[[], Paper], app: FastAPI, undone: None
) -> None:
    case = case_of(steward, Queue.LIKELY_SAME)
    other = browser()
    other.sign_in("m.patel")
    page = other.get(f"/desk/case/{case}").text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    release(app.state.house.council.store.engine, case, steward="m.patel")
    morning(steward, case, verdict="different", reason="family")
    told = other.post(f"/desk/case/{case}/decide", token=token[1], verdict="same", reason="spoke")
    text = examined(told, 409)
    assert "This case has been decided already" in text
    assert "j.okafor answered “different people”" in text
    held = app.state.house.council.store.decisions().filter(pl.col("superseded_by").is_null())
    assert held["verdict"].to_list() == ["different"]


def test_who_opened_a_case_that_another_has_cannot_decide_it(steward: Paper, app: FastAPI, undone: None) -> None:
    case, engine = case_of(steward, Queue.LIKELY_SAME), app.state.house.council.store.engine
    token = re.search(r'name="token" value="([^"]+)"', steward.get(f"/desk/case/{case}").text)
    assert token
    release(engine, case, steward="j.okafor")
    take(engine, case, steward="m.patel", minutes=15)
    text = examined(steward.post(f"/desk/case/{case}/decide", token=token[1], verdict="same", reason="spoke"), 409)
    assert "m.patel has it until" in text


def test_a_case_that_changed_is_not_decided_by_mistake(steward: Paper, app: FastAPI, undone: None) -> None:
    case = case_of(steward, Queue.HOUSEHOLDS)
    steward.get(f"/desk/case/{case}")
    said: dict[str, Any] = {"verdict": "different", "reason": "family", "token": "of another day"}
    text = examined(steward.post(f"/desk/case/{case}/decide", **said), 409)
    assert "Something has changed since you looked" in text
    assert "Look again" in text


def test_while_a_night_writes_pages_are_shown(steward: Paper, app: FastAPI, undone: None) -> None:
    case = case_of(steward, Queue.HOUSEHOLDS)
    with writing(app.state.house.council.store.engine):
        examined(steward.get("/desk"))
        examined(steward.get(f"/desk/case/{case}"))


def test_a_new_night_is_noticed(steward: Paper, app: FastAPI, undone: None) -> None:
    council = app.state.house.council
    case = case_of(steward, Queue.LIKELY_SAME)
    morning(steward, case, verdict="same", reason="spoke")
    council.commit(council.settle())
    assert steward.get(f"/desk/case/{case}").status_code == 404
    for number in council.store.decisions().filter(pl.col("superseded_by").is_null())["decision"]:
        council.store.undo(number, steward="a.bell", because="the test is over")
    council.commit(council.settle())
    assert steward.get(f"/desk/case/{case}").status_code == 200


# ---------------------------------------------------------------- what may be seen, and what is typed


def test_what_is_typed_is_shown_as_it_was_typed_and_run_by_nobody(steward: Paper, undone: None) -> None:
    bad = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>{{ 7*7 }}"
    text = examined(morning(steward, case_of(steward, Queue.LIKELY_SAME), verdict="same", reason="spoke", note=bad))
    assert "kept" in text
    listed = steward.get("/desk/decisions")
    assert bad in examined(listed)
    assert "<img src=x" not in listed.text
    steward.get("/desk/sign-in")
    examined(steward.post("/desk/sign-in", name=f"<b>{bad[:20]}"))


def test_no_field_is_shown_that_the_purpose_may_not_see(steward: Paper, app: FastAPI, undone: None) -> None:
    council = app.state.house.council
    case = case_of(steward, Queue.HOUSEHOLDS)
    steward.get("/desk/purpose")
    steward.post("/desk/purpose", purpose="address-maintenance")
    text = examined(steward.get(f"/desk/case/{case}"), 404 if case not in cases(steward.get("/desk")) else 200)
    mentions = council.store.yesterday().mentions
    said = {value for name in ("name", "phone", "email") for value in mentions[name].drop_nulls()}
    assert not [value for value in said if any(value in page.text for page in steward.pages[-2:])]
    assert text


def test_a_blind_queue_shows_what_the_machine_made_only_once_it_is_decided(
    steward: Paper, app: FastAPI, undone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    council = app.state.house.council
    blind = council.settings.desk.model_copy(update={"blind": ["possible_move"]})
    monkeypatch.setattr(council, "settings", council.settings.model_copy(update={"desk": blind}))
    case = case_of(steward, Queue.LIKELY_SAME)
    text = examined(steward.get(f"/desk/case/{case}"))
    assert "once you have decided" in text
    assert f"{case}/machine" not in steward.pages[-1].text
    assert "Decide first" in examined(steward.get(f"/desk/case/{case}/machine"), 403)
    morning(steward, case, verdict="same", reason="spoke")
    listed = steward.get("/desk/decisions")
    one = steward.get(re.findall(r'href="(/desk/decisions/\d+)"', listed.text)[0])
    assert "Bits" in examined(one)


def test_taking_back_what_is_not_of_this_sitting_needs_a_reason(steward: Paper, app: FastAPI, undone: None) -> None:
    store = app.state.house.council.store
    case = case_of(steward, Queue.LIKELY_SAME)
    mentions = next(r["mentions"] for r in store.yesterday().lane("statutory").cases.to_dicts() if r["case"] == case)
    number = store.decide("same", *mentions, steward="m.patel", because="seen", case=case)
    steward.get(f"/desk/decisions/{number}")
    assert "Say why you take it back" in examined(steward.post("/desk/decisions/undo", numbers=str(number)), 400)
    steward.post("/desk/decisions/undo", numbers=str(number), because="two brothers")
    assert store.decisions().filter(pl.col("decision") == number)["undone_because"].to_list() == ["two brothers"]


def test_every_text_that_a_template_names_is_in_the_catalogue() -> None:
    from importlib.resources import files

    texts = Texts.of("en")
    for file in files("svoc.web").joinpath("templates").iterdir():
        if file.is_file():
            named = re.findall(r't\("([a-z_.]+)"[,)]', file.read_text(encoding="utf-8"))
            assert [name for name in named if not texts.has(name)] == [], file.name
