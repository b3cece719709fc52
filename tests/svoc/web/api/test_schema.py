"""The staff API held to its own OpenAPI document by schemathesis, over the town of tokens, with keys and without.

SVOC_SCHEMA_CASES says how often each operation is asked: 20 times unless it is set. A third of what is asked does not
fit the document. Where a person, a notice or a name is asked for, half of them are those of the town.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from svoc.web.app import application
from svoc.web.limits import Limits
from tests.crossing import Crossed, crossed, purposes, records, tokens
from tests.svoc.web.api.conftest import HERE, client_of, key_for
from tests.svoc.web.api.test_api import mounted

CASES = int(os.environ.get("SVOC_SCHEMA_CASES", "20"))
HELD = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PURPOSES = ("registration", "data-quality", "vacant-homes", "address-maintenance", "statistics")
"""One of each kind: the full register, the open one, some facts, places alone, no references."""
NOBODY = "nobody"
OPERATIONS = (
    "POST /find", "GET /persons/{person}", "GET /persons/{person}/records", "GET /persons/{person}/history",
    "GET /cases", "GET /cases/{case}", "POST /cases/{case}/decision", "POST /cases/{case}/groups",
    "GET /persons/{person}/grouping", "POST /persons/{person}/split", "POST /persons/{person}/move", "POST /tell",
    "GET /notices", "POST /notices/{notice}/answer", "POST /places", "POST /matches", "GET /health", "GET /metrics",
)  # fmt: skip


@dataclass
class Town:
    """The town and what is known of it: `real` names things that are there, by the name under which they are asked."""

    app: FastAPI
    client: TestClient
    operations: dict[str, Any]
    keys: dict[str, str]
    real: dict[str, list[str]]
    barred: dict[str, set[str]]
    ended: Counter[int] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with crossed("\n[sign_in]\na_minute = 1000000000\n") as lived:
        app = application(lived.settings, development=True, secure=False)
        mounted(app).state.guesses = Limits(1_000_000_000)
        with client_of(app) as client:
            yield _known(lived, app, client)


def _known(lived: Crossed, app: FastAPI, client: TestClient) -> Town:
    document = schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json").json())
    document.config.generation = GenerationConfig(deterministic=True, with_security_parameters=False)
    found: list[Any] = list(document.get_all_operations())
    each = [one.ok() for one in found]
    council = app.state.house.council
    roles = "steward officer auditor administrator"
    keys = {code: key_for(council, code, purposes=code, roles=roles) for code in PURPOSES}
    names = sorted({record.name for record in records()})

    def listed(what: str, key: str) -> list[str]:
        """Name all that a list gives, whatever the purpose."""
        found = set[str]()
        for code in PURPOSES:
            asks = {"Authorization": f"Bearer {keys[code]}", "Svoc-Purpose": code}
            rows = client.get(f"/api/v1/{what}", headers=asks).json()[what]
            found |= {row[key] for row in rows}
        return sorted(found)

    real = {
        "person": lived.persons,
        "notice": listed("notices", "notice"),
        "case": listed("cases", "id"),
        "text": names,
        "surname": [name.split()[-1] for name in names],
    }
    barred = {may.purpose: tokens(may, now=False)[1] for may in purposes() if may.purpose in PURPOSES}
    return Town(app, client, {f"{one.method.upper()} {one.path}": one for one in each}, keys, real, barred)


def test_every_operation_is_asked(town: Town) -> None:
    assert set(town.operations) == set(OPERATIONS)
    assert all(town.real.values())
    assert town.barred["data-quality"]
    assert len(town.barred["statistics"]) > len(town.barred["registration"])


def asked_of(operation: Any) -> st.SearchStrategy[Any]:
    """Give what may be asked of an operation: mostly what fits its document, and what does not."""
    fits: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.path == "/health":
        return fits
    return st.one_of(fits, fits, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_is_asked_is_answered_as_the_document_says_and_as_the_purpose_may(town: Town, name: str) -> None:
    operation = town.operations[name]

    @settings(
        max_examples=CASES, derandomize=True, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=asked_of(operation), who=st.sampled_from([*PURPOSES, NOBODY]), pick=st.integers(0, 10_000))
    def hold(case: Any, who: str, pick: int) -> None:
        _name_what_is_there(case, town, pick)
        answer = town.client.request(**_sent(case, town, who))
        town.ended[answer.status_code] += 1
        case.validate_response(answer, checks=HELD)
        if who == NOBODY:
            assert answer.status_code >= 400 or case.path == "/health"
        elif who in town.barred:
            said = answer.text.upper()
            assert not [token for token in town.barred[who] if token in said], "beyond the purpose"
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"

    hold()
    town.asked.add(name)


def _name_what_is_there(case: Any, town: Town, pick: int) -> None:
    """Ask for what is there, every other time."""
    if pick % 2:
        return
    places = [case.path_parameters, case.body]
    for place in places:
        for name in [name for name in town.real if isinstance(place, dict) and name in place]:
            place[name] = town.real[name][pick // 2 % len(town.real[name])]


def _sent(case: Any, town: Town, who: str) -> dict[str, Any]:
    """Give what a client sends: with a key and its purpose, on behalf of somebody, unless nobody asks."""
    asked = case.as_transport_kwargs(base_url=f"{HERE}/api/v1")
    headers = {str(name): str(value).encode("latin-1", "replace") for name, value in asked["headers"].items()}
    if who != NOBODY:
        own = {"authorization": f"Bearer {town.keys[who]}", "svoc-purpose": who, "svoc-on-behalf-of": "j.okafor"}
        kept = {name: value for name, value in headers.items() if name.lower() not in own}
        headers = {**kept, **{name: value.encode() for name, value in own.items()}}
        asked["params"] = {name: value for name, value in (asked.get("params") or {}).items() if name != "purpose"}
    sent = {"method": asked["method"], "url": asked["url"], "params": asked.get("params"), "headers": headers}
    if "json" in asked:
        return {**sent, "content": json.dumps(asked["json"]).encode(),
                "headers": {**headers, "content-type": b"application/json"}}  # fmt: skip
    return {**sent, "content": asked["data"]} if asked.get("data") is not None else sent


def test_something_was_done_and_something_refused(town: Town) -> None:
    """Hold the tests above to having asked for what there is, where no other process has asked some of it."""
    print(f"{sum(town.ended.values())} cases: {dict(sorted(town.ended.items()))}")
    assert 500 not in town.ended
    if town.asked == set(OPERATIONS):
        assert {200, 202, 401, 403, 404, 422} <= set(town.ended)
