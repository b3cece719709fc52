"""Every role crossed with every verb, and every purpose with every field of the town of tokens, over the staff API."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from svoc.web.app import application
from svoc.web.who import Identity, purposes_of
from svoc.words.purposes import Purposes
from svoc.words.roles import Role
from tests.crossing import Crossed, May, crossed, purposes, records, tokens
from tests.svoc.web.api.conftest import HERE, KEYS

CALLS: dict[str, tuple[str, str, Any]] = {
    "find": ("POST", "/find", {"text": "nobody at all"}),
    "person": ("GET", "/persons/7F3K-92QD-M", None),
    "records": ("GET", "/persons/7F3K-92QD-M/records", None),
    "history": ("GET", "/persons/7F3K-92QD-M/history", None),
    "tell": ("POST", "/tell", {"kind": "contact", "person": "7F3K-92QD-M", "phone": "01632 960123"}),
    "notices": ("GET", "/notices", None),
    "acknowledge": ("POST", "/notices/nothing/answer", {"state": "actioned", "because": "told"}),
    "cases": ("GET", "/cases", None),
    "decide": ("POST", "/cases/00000000/decision", {"verdict": "unsure", "because": "told"}),
    "regroup": ("GET", "/persons/7F3K-92QD-M/grouping", None),
    "place": ("POST", "/places", {"address": "1 nowhere street"}),
    "match": ("POST", "/matches", {"surname": "nobody"}),
    "metrics": ("GET", "/metrics", None),
}
"""Verb -> a call that needs it."""

ALLOWED = {
    "steward": "find person records history notices cases decide regroup place match",
    "second-checker": "person records history cases decide",
    "officer": "find person records history tell notices place match",
    "auditor": "person history notices cases metrics",
    "administrator": "notices acknowledge place metrics",
    "batch": "",
}
"""What each role may do, in an officer's words: the test believes these and not svoc's own table."""


@pytest.fixture(scope="module")
def town() -> Iterator[tuple[Crossed, FastAPI]]:
    with crossed("\n[sign_in]\na_minute = 1000000\n") as lived:
        app = application(lived.settings, development=True, secure=False)
        yield lived, app
        app.state.house.council.close()


def signed_in(app: FastAPI, *roles: str) -> TestClient:
    """Give a client at which somebody with roles has signed in."""
    house = app.state.house
    policy = replace(house.council.policy, actors={"a.bell": frozenset(Role(role) for role in roles)})
    identity = Identity("a.bell", frozenset(roles), purposes_of("a.bell", policy, on=datetime.now(UTC).date()), "oidc")
    session = house.sessions.sign_in(house.sessions.begin(), identity, "")
    client = TestClient(app, base_url=HERE, client=("127.0.0.1", 50000), raise_server_exceptions=False)
    client.cookies.set("svoc_desk", session.token)
    return client


def ask(client: TestClient, verb: str, purpose: str) -> Any:
    method, path, body = CALLS[verb]
    headers = {"Svoc-Purpose": purpose, "Idempotency-Key": f"allowed-{next(KEYS):05}"}
    return client.request(method, f"/api/v1{path}", json=body, headers=headers)


@pytest.mark.parametrize("role", ALLOWED)
def test_each_role_may_do_what_the_table_says_and_nothing_else(town: tuple[Crossed, FastAPI], role: str) -> None:
    client = signed_in(town[1], role)
    may = set[str]()
    for verb in CALLS:
        answer = ask(client, verb, "data-quality")
        refused = answer.status_code == 403 and answer.json()["type"].endswith(":not-for-role")
        may |= set() if refused else {verb}
    assert may == set(ALLOWED[role].split())


def test_roles_and_purposes_have_both_to_agree(town: tuple[Crossed, FastAPI]) -> None:
    lived, app = town
    for role in ("steward", "officer", "auditor", "administrator", "second-checker"):
        client = signed_in(app, role)
        for code, purpose in lived.council.policy.purposes.purposes.items():
            answer = ask(client, "notices" if "notices" in ALLOWED[role] else "cases", code)
            mine = not purpose.roles or role in purpose.roles
            assert (answer.status_code == 200) == mine, (role, code, answer.text)


def kinds() -> list[str]:
    """Name the first purpose of each kind: of those that may see the same."""
    found: dict[tuple[bool, frozenset[str]], str] = {}
    for may in purposes():
        found.setdefault((may.full_register, may.fields), may.purpose)
    return list(found.values())


def everything(town: Crossed, app: FastAPI, may: May) -> tuple[str, str]:
    """Read all that the API gives to a purpose: as it stands, and what is past."""
    client = signed_in(app, *sorted(role.value for role in Role))
    headers = {"Svoc-Purpose": may.purpose}
    now, past = [golden(town, client, headers)], []
    for person in town.persons:
        now.append(client.get(f"/api/v1/persons/{person}/records", headers=headers).text)
        now.append(client.get(f"/api/v1/persons/{person}/grouping", headers=headers).text)
        past.append(client.get(f"/api/v1/persons/{person}/history", headers=headers).text)
    for record in records()[::3]:
        asked = {"surname": record.name.split()[-1], "postcode": record.postcode}
        now.append(client.post("/api/v1/matches", json=asked, headers=headers).text)
    listed = client.get("/api/v1/cases?limit=200", headers=headers)
    now.append(listed.text)
    now += [client.get(f"/api/v1/cases/{case['id']}", headers=headers).text for case in listed.json()["cases"]]
    now.append(client.get("/api/v1/notices?limit=200", headers=headers).text)
    return "\n".join(now).upper(), "\n".join(past).upper()


def golden(town: Crossed, client: TestClient, headers: dict[str, str]) -> str:
    """Read each person, and find some."""
    told = [client.get(f"/api/v1/persons/{person}", headers=headers).text for person in town.persons]
    for record in records()[::3]:
        asked = {"text": record.name, "near": record.postcode}
        told.append(client.post("/api/v1/find", json=asked, headers=headers).text)
    return "\n".join(told)


@pytest.mark.parametrize("may", purposes(), ids=lambda may: may.purpose)
def test_a_purpose_sees_in_the_staff_api_what_it_may_and_nothing_else(town: tuple[Crossed, FastAPI], may: May) -> None:
    lived, app = town
    seen, barred = tokens(may, now=True)
    if may.purpose not in kinds():  # what nobody of its kind was told, in all that there is, it is not told either
        client = signed_in(app, "steward", "officer", "auditor", "administrator")
        said = golden(lived, client, {"Svoc-Purpose": may.purpose}).upper()
        assert not sorted(token for token in barred if token in said)
        assert [token for token in seen if token in said]
        return
    now, past = everything(lived, app, may)
    assert not sorted(token for token in barred if token in now)
    assert not sorted(token for token in tokens(may, now=False)[1] if token in past)
    assert not sorted(token for token in seen if token not in now), "never shown"


def test_a_purpose_that_has_expired_answers_nothing(
    town: tuple[Crossed, FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    council = town[1].state.house.council
    now = council.policy.purposes
    ended = replace(now.named("debt"), expires=datetime(2020, 1, 1, tzinfo=UTC).date())
    monkeypatch.setattr(
        council, "policy", replace(council.policy, purposes=Purposes({**now.purposes, "debt": ended}, now.lanes))
    )
    client = signed_in(town[1], "steward", "officer")
    for verb in ("find", "person", "cases", "notices", "tell", "match"):
        answer = ask(client, verb, "debt")
        assert answer.status_code == 403, answer.text
        assert "purpose-refused" in json.dumps(answer.json())
