"""What the staff API answers to systems with keys: residents, cases, what is told, notices, places, and problems."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from svoc import Council
from svoc.keys import revoke_key
from svoc.store.audit_asking import Asked
from svoc.web.api.measuring import Counted
from svoc.words.audit import Kind
from svoc.words.decisions import CaseKind
from tests.svoc.web.api.conftest import MakeSystem, System, client_of, key_for


@pytest.fixture
def steward(system: MakeSystem) -> System:
    return system("steward officer")


@pytest.fixture(scope="module")
def someone(council: Council) -> dict[str, Any]:
    """Give a person of several records, as the purpose sees them."""
    reader = council.reader("data-quality")
    persons = reader.frames()["persons"].filter(records=3).sort("person_id")
    return persons.row(0, named=True)


def is_problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """Hold an answer to the one shape of problems."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["status"], told["type"]) == (status, status, f"urn:svoc:problem:{kind}"), told
    assert set(told) <= {"type", "title", "status", "detail", "errors", "leads_to"}
    return told


def mounted(app: FastAPI) -> FastAPI:
    """Give the staff API that the application has mounted."""
    (counted,) = [route.app for route in app.routes if isinstance(route, Mount) and route.path == "/api/v1"]
    assert isinstance(counted, Counted)
    assert isinstance(counted.app, FastAPI)
    return counted.app


# --- residents


def test_a_resident_is_found_read_and_their_records_and_past_with_them(
    steward: System, someone: dict[str, Any]
) -> None:
    name = f"{someone['forename']} {someone['surname']}"
    found = steward.post("/find", {"text": name, "near": someone["postcode"]})
    assert found.status_code == 200, found.text
    assert someone["person_id"] in [person["id"] for person in found.json()["persons"]]

    read = steward.get(f"/persons/{someone['person_id']}")
    assert (read.json()["surname"], read.json()["records"]) == (someone["surname"], 3)
    assert read.headers["cache-control"] == "no-store"
    records = steward.get(f"/persons/{someone['person_id']}/records").json()["records"]
    assert len(records) == 3
    assert {record["surname"] for record in records} & {someone["surname"]}
    changes = steward.get(f"/persons/{someone['person_id']}/history").json()["changes"]
    assert changes[0]["kind"] == "new"


def test_what_is_known_already_is_not_sent_again(steward: System, someone: dict[str, Any]) -> None:
    path = f"/persons/{someone['person_id']}"
    tag = steward.get(path).headers["etag"]
    again = steward.get(path, If_None_Match=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert steward.get(path, If_None_Match='"another"').status_code == 200
    assert steward.get(f"{path}?as_of=2026-11-02").status_code == 200


@pytest.mark.parametrize("path", ["", "/records", "/history", "?as_of=2020-01-01"])
def test_who_is_nowhere_and_who_is_in_another_lane_are_told_of_in_the_same_words(
    steward: System, council: Council, path: str
) -> None:
    elsewhere = council.store.yesterday().lane("statutory").persons["person"][0]
    said = {steward.get(f"/persons/{person}{path}").text for person in (elsewhere, "7F3K-92QD-M")}
    assert len(said) == 1
    is_problem(steward.get(f"/persons/{elsewhere}{path}"), 404, "not-there")


def test_a_long_list_is_read_page_by_page(steward: System) -> None:
    whole = [case["id"] for case in steward.get("/cases?limit=200").json()["cases"]]
    assert len(whole) > 4
    seen, cursor = [], None
    while True:
        page = steward.get("/cases?limit=3" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [case["id"] for case in page["cases"]]
        assert len(page["cases"]) <= 3
        if (cursor := page["next"]) is None:
            break
    assert seen == whole
    is_problem(steward.get("/cases?cursor=nonsense"), 400, "not-understood")
    is_problem(steward.get("/cases?limit=0"), 422, "not-valid")


# --- cases


def a_case(steward: System, at: int = 0) -> tuple[str, str]:
    """Give an open case of two records, and its tag."""
    rows = steward.get(f"/cases?limit=200&kind={CaseKind.HOUSEHOLD.value}").json()["cases"]
    case = [row["id"] for row in rows if len(row["mentions"]) == 2][at]
    opened = steward.get(f"/cases/{case}")
    assert opened.json()["evidence"]
    return case, opened.headers["etag"]


def test_a_case_is_answered_as_it_was_shown_and_is_gone_then(steward: System, council: Council) -> None:
    case, tag = a_case(steward)
    said = {"verdict": "different", "because": "father and son"}
    is_problem(steward.post(f"/cases/{case}/decision", said), 428, "unconditional")
    is_problem(steward.post(f"/cases/{case}/decision", said, If_Match='"of-yesterday"'), 412, "changed")
    done = steward.post(f"/cases/{case}/decision", said, If_Match=tag)
    assert done.status_code == 200, done.text
    (number,) = done.json()["decisions"]
    row = council.store.decisions().filter(decision=number).row(0, named=True)
    assert (row["verdict"], row["because"]) == ("different", "father and son")
    assert row["steward"].endswith("/j.okafor")
    is_problem(steward.get(f"/cases/{case}"), 412, "changed")
    is_problem(steward.get("/cases/00000000"), 404, "not-there")


def test_of_two_stewards_who_decide_one_case_at_once_one_wins_and_the_other_is_told(
    app: FastAPI, system: MakeSystem, council: Council
) -> None:
    one, other = system("steward", human="j.okafor"), system("steward", human="m.patel")
    case, tag = a_case(one, 1)
    before = council.store.decisions().height
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(s.post, f"/cases/{case}/decision", {"verdict": verdict, "because": "seen"}, If_Match=tag)
            for s, verdict in ((one, "different"), (other, "unsure"))
        ]
        answers = [each.result() for each in asked]
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    is_problem(next(a for a in answers if a.status_code == 412), 412, "changed")
    assert council.store.decisions().height == before + 1


# --- once


def test_asking_again_under_one_key_is_answered_as_then_and_not_done_again(
    steward: System, council: Council, someone: dict[str, Any]
) -> None:
    told = {"kind": "contact", "person": someone["person_id"], "phone": "01392 000777"}
    first = steward.post("/tell", told, Idempotency_Key="once-0001")
    assert first.status_code == 202, first.text
    events = len(council.store.yesterday().events)
    again = steward.post("/tell", told, Idempotency_Key="once-0001")
    assert (again.status_code, again.text) == (202, first.text)
    assert again.headers["idempotent-replayed"] == "true"
    assert len(council.store.yesterday().events) == events
    another = {**told, "phone": "01392 000778"}
    is_problem(steward.post("/tell", another, Idempotency_Key="once-0001"), 422, "another-request")
    is_problem(steward.post("/tell", told, Idempotency_Key=None), 422, "not-valid")


def test_of_many_who_ask_the_same_at_once_one_does_it(
    system: MakeSystem, council: Council, someone: dict[str, Any]
) -> None:
    officer = system("steward officer")
    told = {"kind": "name", "person": someone["person_id"], "on": "2026-11-01", "surname": "Quillfeather"}
    before = len(list(council.audit.events(Asked(kind=Kind.TELL))))
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(officer.post, "/tell", told, Idempotency_Key="once-0002") for _ in range(6)]
        answers = [each.result() for each in asked]
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert 202 in {answer.status_code for answer in answers}
    assert len({answer.text for answer in answers if answer.status_code == 202}) == 1
    assert len(list(council.audit.events(Asked(kind=Kind.TELL)))) == before + 1


def test_what_was_refused_may_be_asked_again_under_its_key(steward: System, someone: dict[str, Any]) -> None:
    nobody = {"kind": "contact", "person": "7F3K-92QD-M", "phone": "01392 000779"}
    for _ in range(2):
        is_problem(steward.post("/tell", nobody, Idempotency_Key="once-0003"), 404, "not-there")
    nothing = {"kind": "contact", "person": someone["person_id"]}
    is_problem(steward.post("/tell", nothing), 422, "not-valid")


def test_neither_keys_nor_what_was_asked_are_kept_in_clear(council: Council) -> None:
    from sqlalchemy import text

    with council.store.engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM answered_once")).all())
    assert "once-0001" not in rows
    assert "01392" not in rows


# --- notices, places, single records


def test_notices_tell_how_far_they_have_come_and_nothing_of_a_person_and_are_acknowledged(
    system: MakeSystem, council: Council
) -> None:
    keeper = system("administrator", "canvass-match")
    rows = keeper.get("/notices?limit=200").json()["notices"]
    assert rows
    waiting = next(row for row in rows if row["state"] == "waiting")
    assert set(waiting) == {"notice", "recipient", "kind", "state", "run", "tries", "sent_at", "due"}
    assert keeper.get("/notices?state=rejected").json()["notices"] == []
    said = {"state": "acknowledged", "because": "by telephone"}
    is_problem(keeper.post(f"/notices/{waiting['notice']}/answer", said), 409, "cannot-be")
    is_problem(keeper.post("/notices/nothing/answer", said), 404, "not-there")
    council.deliver()
    sent = next(r for r in keeper.get("/notices?limit=200").json()["notices"] if r["state"] == "sent")
    assert keeper.post(f"/notices/{sent['notice']}/answer", said).json() == {"answered": 1}
    (now,) = keeper.get("/notices?limit=200&state=acknowledged").json()["notices"]
    assert now["notice"] == sent["notice"]


def test_an_address_is_placed_and_a_record_is_looked_for_before_it_is_made(
    steward: System, someone: dict[str, Any]
) -> None:
    placed = steward.post("/places", {"address": someone["address"], "postcode": someone["postcode"]}).json()
    assert placed["uprn"] == someone["uprn"]
    record = {"forename": someone["forename"], "surname": someone["surname"], "postcode": someone["postcode"],
              "phone": "01392 999999"}  # fmt: skip
    found = steward.post("/matches", record).json()["candidates"]
    mine = next(each for each in found if each["person"]["id"] == someone["person_id"])
    assert {"surname", "postcode"} <= set(mine["agrees"])
    assert "phone" not in mine["agrees"]


def test_anybody_may_ask_whether_it_is_there_and_a_collector_has_figures(app: FastAPI, system: MakeSystem) -> None:
    assert client_of(app).get("/api/v1/health").json() == {"status": "ok", "run": 2}
    figures = system("auditor").get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    assert 'svoc_api_requests_total{method="GET",operation="/health",status="200"}' in figures.text
    assert "svoc_run 2" in figures.text


# --- who asks, and what for


def test_a_key_that_is_none_is_refused_and_one_that_was_revoked(app: FastAPI, council: Council) -> None:
    text = key_for(council, "lost", purposes="data-quality", roles="steward")
    lost = System(client_of(app), text)
    assert lost.get("/cases").status_code == 200
    revoke_key(council, text[5:15], by="a.bell", because="lost")
    told = is_problem(lost.get("/cases"), 401, "not-known")
    assert "lost" not in json.dumps(told)
    for wrong in ("", "Basic eDp5", f"Bearer {text[:-1]}", "Bearer", f"Bearer {text} {text}"):
        answer = lost.get("/cases", Authorization=wrong or None)
        is_problem(answer, 401, "not-known")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_purpose_is_named_on_every_call_is_there_holds_and_is_the_keys_own(system: MakeSystem) -> None:
    crm = system("officer", "council-tax debt")
    path = "/persons/7F3K-92QD-M"
    is_problem(crm.get(path, Svoc_Purpose=None), 400, "purpose-missing")
    is_problem(crm.get(f"{path}?purpose=debt"), 400, "purpose-missing")
    is_problem(crm.get(path, Svoc_Purpose="gossip"), 403, "purpose-refused")
    is_problem(crm.get(path, Svoc_Purpose="data-quality"), 403, "purpose-refused")
    is_problem(crm.get(path, Svoc_Purpose="fraud"), 403, "purpose-refused")
    for said in (crm.get(f"{path}?purpose=debt", Svoc_Purpose=None), crm.get(path)):
        is_problem(said, 404, "not-there")


def test_a_system_says_for_whom_it_does_what_only_people_do(system: MakeSystem, someone: dict[str, Any]) -> None:
    crm = system("officer", "change-of-address", human=None)
    told = {"kind": "contact", "person": someone["person_id"], "phone": "01392 000780"}
    is_problem(crm.post("/tell", told), 403, "not-for-whom")
    is_problem(crm.post("/tell", told, Svoc_On_Behalf_Of="j okafor/x"), 403, "not-for-whom")
    assert crm.post("/tell", told, Svoc_On_Behalf_Of="a.bell").status_code == 202


def test_reasons_and_actors_are_in_the_trail(system: MakeSystem, council: Council, someone: dict[str, Any]) -> None:
    crm = system("officer", "debt", human="a.bell")
    crm.get(f"/persons/{someone['person_id']}", Svoc_Reason="a bill came back")
    last = list(council.audit.events(Asked(kind=Kind.VIEW)))[-1]
    assert (last.actor.partition("/")[2], last.purpose, last.because) == ("a.bell", "debt", "a bill came back")


def test_whoever_has_signed_in_at_the_desk_may_ask_from_its_own_pages_alone(app: FastAPI) -> None:
    import re

    client = client_of(app)
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/sign-in").text)
    client.post("/desk/sign-in", data={"csrf": token[1] if token else "", "name": "j.okafor"})
    own = {"Svoc-Purpose": "data-quality"}
    assert client.get("/api/v1/cases", headers=own).status_code == 200
    body = {"text": "smith"}
    assert client.post("/api/v1/find", json=body, headers={**own, "Sec-Fetch-Site": "same-origin"}).status_code == 200
    for far in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
        is_problem(client.post("/api/v1/find", json=body, headers={**own, **far}), 403, "not-from-here")
    is_problem(client.post("/api/v1/find", json=body, headers={**own, "Svoc-On-Behalf-Of": "x"}), 403, "not-for-whom")
    is_problem(client.post("/api/v1/find", data=body, headers=own), 422, "not-valid")


# --- problems


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body/text"),
        ({"text": ""}, "body/text"),
        ({"text": "x" * 201}, "body/text"),
        ({"text": "a\0b"}, "body/text"),
        ({"text": "   "}, "body/text"),
        ({"text": 7}, "body/text"),
        ({"text": "jon", "most": "5"}, "body/most"),
        ({"text": "jon", "most": 10**30}, "body/most"),
        ({"text": "jon", "Zyxmarlow": "Zyxstreet"}, "body"),
        (["jon"], "body"),
    ],
    ids=["nothing", "empty", "long", "binary", "blank", "number", "word", "huge", "unknown", "list"],
)
def test_what_does_not_fit_is_named_by_its_place_and_not_repeated(steward: System, body: Any, where: str) -> None:
    told = is_problem(steward.post("/find", body), 422, "not-valid")
    assert [error["where"] for error in told["errors"]] == [where]
    assert "Zyx" not in json.dumps(told)


def test_what_is_no_json_too_long_or_not_there_is_a_problem_too(steward: System, app: FastAPI) -> None:
    sent = {**steward.headers(), "Content-Type": "application/json"}
    client = client_of(app)
    is_problem(client.post("/api/v1/find", content=b"{", headers=sent), 400, "not-understood")
    is_problem(client.post("/api/v1/find", content=b"x" * 70_000, headers=sent), 413, "too-long")
    is_problem(client.post("/api/v1/find", content=(b"x" * 1_000 for _ in range(90)), headers=sent), 413, "too-long")
    is_problem(client.get("/api/v1/find", headers=sent), 405, "not-this-way")
    is_problem(client.get("/api/v1/nothing", headers=sent), 404, "not-there")


def test_what_nobody_foresaw_says_nothing_to_whoever_asks(
    steward: System, council: Council, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("MRS ANN SMITH")

    monkeypatch.setattr("svoc.reading.reader.sought", fail)
    answer = steward.post("/find", {"text": "ann smith"})
    is_problem(answer, 500, "unexpected")
    heard = capsys.readouterr()
    assert "ANN" not in answer.text + heard.out + heard.err
    assert "unexpected ValueError" in heard.out + heard.err


def test_who_asks_too_often_is_told_when_to_ask_again(
    app: FastAPI, system: MakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    from svoc.web.limits import Limits

    monkeypatch.setitem(mounted(app).state._state, "asks", Limits(2, clock=lambda: 0.0))
    crm, other = system("officer", "debt"), system("auditor")
    assert [crm.get("/notices").status_code for _ in range(2)] == [200, 200]
    answer = crm.get("/notices")
    is_problem(answer, 429, "too-often")
    assert answer.headers["retry-after"] == "30"
    assert other.get("/notices").status_code == 200


def test_guessing_keys_is_slowed(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    from svoc.web.limits import Limits

    monkeypatch.setitem(mounted(app).state._state, "guesses", Limits(3, clock=lambda: 0.0))
    guess = System(client_of(app), f"svoc_{'a' * 10}_{'b' * 43}")
    assert [guess.get("/cases").status_code for _ in range(5)] == [401, 401, 401, 429, 429]


def test_keys_end(app: FastAPI, council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    text = key_for(council, "ending", purposes="data-quality", roles="steward")
    crm = System(client_of(app), text)
    assert crm.get("/cases").status_code == 200
    later = datetime.now(UTC).date() + timedelta(days=31)
    monkeypatch.setattr("svoc.keys._today", lambda: later)
    is_problem(crm.get("/cases"), 401, "not-known")
