"""What somebody tries who wants of the staff API what is not theirs."""

import hmac
import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import inspect, text
from starlette.testclient import TestClient

from svoc import Council
from svoc.keys import make_key, revoke_key
from svoc.store.audit_asking import Asked
from svoc.web.app import application
from svoc.words.audit import Kind
from tests.svoc.web.api.conftest import MakeSystem, System, client_of, key_for
from tests.svoc.web.api.test_api import is_problem

SPOILED = (
    "'; DROP TABLE decisions; --",
    "' OR '1'='1",
    "%' UNION SELECT secret FROM api_keys --",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}%{7*7}#{7*7}",
    "../../../../etc/passwd",
    "%s%n%x{0.__class__}",
    "\u202e\u2066Smith\u2069\ufeff",
    "Ｓｍｉｔｈ \U0001f600 \ud7ff \ufffe",
    "(" * 90 + "a+)+" * 20,
    "*" * 200,
)
"""What a field may hold that one types; each has to be answered, or refused, and changes nothing else."""
BINARY = ("a\0b", "\x1b[31mred", "two\rSet-Cookie: a=b\x7f")


PERSON = "7F3K-92QD-M"
CASE, NOTICE = "/cases/00000000/decision", "/notices/nothing/answer"
BODIES: dict[str, dict[str, Any]] = {
    "/find": {"text": "smith", "near": "PL4 8AA"},
    "/matches": {
        "surname": "smith", "forename": "ann", "address": "1 High Street", "postcode": "PL4 8AA", "phone": "1",
        "email": "a@example.org",
    },
    "/places": {"address": "1 High Street", "postcode": "PL4 8AA"},
    CASE: {"verdict": "unsure", "because": "seen"},
    NOTICE: {"state": "acknowledged", "because": "told"},
    "/tell": {},
}  # fmt: skip
TOLD: dict[str, dict[str, Any]] = {
    "death": {"on": "2026-11-01"},
    "move": {"on": "2026-11-01", "address": "1 High Street", "postcode": "PL4 8AA"},
    "birth": {"on": "2026-11-01", "forename": "ann", "surname": "smith"},
    "name": {"on": "2026-11-01", "title": "ms", "forename": "ann", "middle_names": "b", "surname": "smith"},
    "correction": {"title": "ms", "forename": "ann", "middle_names": "b", "surname": "smith", "dob": "1980-01-02"},
    "contact": {"phone": "01632 960123", "email": "a@example.org"},
}
WORDS = frozenset({"kind", "person", "reference", "on", "dob", "verdict", "state"})
"""Texts that have a form, or are one of a few words."""
ASKED = [(path, path, body) for path, body in BODIES.items() if body] + [
    (f"/tell {kind}", "/tell", {"kind": kind, "person": PERSON, "reference": "1", **body})
    for kind, body in TOLD.items()
]


@pytest.fixture(scope="module")
def all_roles(system: MakeSystem) -> System:
    return system("steward officer administrator", "data-quality")


def held(council: Council) -> dict[str, int]:
    """Count the rows of each table but those that any request adds to."""
    engine = council.store.engine
    names = set(inspect(engine).get_table_names()) - {"audit", "audit_events", "api_keys", "answered_once"}
    with engine.connect() as connection:
        return {name: int(connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()) for name in names}


def test_the_texts_below_are_all_that_there_are(app: FastAPI) -> None:
    document = client_of(app).get("/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    takes = {"Find": "/find", "Match": "/matches", "PlaceAsked": "/places", "Decision": CASE, "NoticeAnswer": NOTICE}
    for name, path in takes.items():
        left = set(schemas[name]["properties"]) - {"most", "dob", "pair", "expires"}
        assert left == set(BODIES[path]), name
    for kind, body in TOLD.items():
        left = set(schemas[f"{kind.title()}Told"]["properties"])
        assert left - {"kind", "person", "reference", "evidence", "along", "uprn"} == set(body), kind


@pytest.mark.parametrize(("path", "body"), [(p, b) for _, p, b in ASKED], ids=[name for name, _, _ in ASKED])
def test_what_is_typed_into_any_text_is_a_text_and_nothing_else(
    all_roles: System, council: Council, path: str, body: dict[str, Any]
) -> None:
    before = held(council)
    free = {name for name in body if name not in WORDS}
    for spoiled in SPOILED:
        answer = all_roles.post(path, {**body, **dict.fromkeys(free, spoiled)})
        assert answer.status_code in {200, 404}, answer.text
        assert spoiled not in answer.text
    for name in body:
        for spoiled in () if name in free else SPOILED[:3]:
            answer = all_roles.post(path, {**body, name: spoiled})
            assert answer.status_code in {200, 404, 422}, answer.text
            assert spoiled not in answer.text
        for other in (*BINARY, "x" * 60_000, 7, {"$ne": ""}):
            told = is_problem(all_roles.post(path, {**body, name: other}), 422, "not-valid")
            assert "xxx" not in json.dumps(told)
    assert held(council) == before


@pytest.mark.parametrize("header", ["Svoc-Purpose", "Svoc-Reason", "Svoc-On-Behalf-Of", "If-Match", "Idempotency-Key"])
def test_what_stands_in_a_header_is_a_text_and_nothing_else(all_roles: System, council: Council, header: str) -> None:
    before = held(council)
    for spoiled in (*(each for each in SPOILED if each.isascii()), "x" * 1_000, "\xff\xfe"):
        sent: dict[str, Any] = {**all_roles.headers(Idempotency_Key="attack-0001"), header: spoiled.encode("latin-1")}
        answer = all_roles.client.post(f"/api/v1{CASE}", json=BODIES[CASE], headers=sent)
        assert answer.status_code in {400, 403, 404, 412, 422, 428}, answer.text
        assert spoiled not in answer.text
    assert held(council) == before


def test_nothing_is_reached_by_a_path_that_leads_out(all_roles: System) -> None:
    ways = (
        "..", "../../council.toml", "..%2f..%2fcouncil.toml", "..%252fcouncil.toml", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "....//etc/passwd", "..\\..\\council.toml", "%00", "7F3K-92QD-M%00", "7F3K-92QD-M%0a", "7F3K-92QD-M/../x",
    )  # fmt: skip
    for way in ways:
        for path in (f"/persons/{way}", f"/persons/{way}/records", f"/cases/{way}", f"/notices/{way}", f"/{way}"):
            answer = all_roles.get(path)
            assert answer.status_code in {401, 404, 405, 422} or answer.request.url.path == "/api/v1/persons/", (
                answer.text
            )
            assert "[council]" not in answer.text
            assert "root:" not in answer.text


def test_bodies_that_are_no_text_at_all_are_problems(all_roles: System) -> None:
    sent = {**all_roles.headers(), "Content-Type": "application/json"}
    deep = b'{"text":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    for body in (b"\xff\xfe\x00", b'{"text": "\xff"}', b'{"text": "\\ud800"}', b"\0" * 100, deep, b"[" * 60_000,
                 b'{"text": 1e999}', b'{"text": "a", "most": ' + b"9" * 5_000 + b"}", b""):  # fmt: skip
        answer = all_roles.client.post("/api/v1/find", content=body, headers=sent)
        assert answer.status_code in {400, 422}, (body[:30], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


# --- keys


def test_a_key_is_refused_in_the_same_words_and_by_the_same_work_whatever_is_wrong_with_it(
    app: FastAPI, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = key_for(council, "timed", purposes="data-quality", roles="steward")
    gone = key_for(council, "gone", purposes="data-quality", roles="steward")
    revoke_key(council, gone[5:15], by="a.bell", because="stolen")
    wrong = {
        "secret": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "prefix": f"svoc_{'a' * 10}_{good[16:]}",
        "revoked": gone,
        "another's secret": f"{gone[:16]}{good[16:]}",
        "shape": "svoc_x",
        "words": "' OR 1=1 --",
    }
    compare, work = hmac.compare_digest, list[tuple[int, int]]()

    def counted(one: Any, other: Any) -> bool:
        work.append((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    told = set()
    for what, key in wrong.items():
        work.clear()
        answer = System(client_of(app), key).get("/cases")
        is_problem(answer, 401, "not-known")
        told.add(answer.text)
        assert work == [(64, 64)], what
    assert len(told) == 1


def test_a_key_that_ends_ends_at_once_for_what_was_begun_too(app: FastAPI, council: Council, someone_id: str) -> None:
    """An answer that is kept under an idempotency key is not given to a key that was withdrawn meanwhile."""
    text_of = key_for(council, "ending", purposes="data-quality", roles="officer")
    crm = System(client_of(app), text_of)
    told = {"kind": "contact", "person": someone_id, "phone": "01632 960124"}
    assert crm.post("/tell", told, Idempotency_Key="begun-0001").status_code == 202
    revoke_key(council, text_of[5:15], by="a.bell", because="stolen")
    is_problem(crm.post("/tell", told, Idempotency_Key="begun-0001"), 401, "not-known")


@pytest.fixture(scope="module")
def someone_id(council: Council) -> str:
    found: str = council.reader("data-quality").frames()["persons"]["person_id"][0]
    return found


def test_an_idempotency_key_that_was_overheard_gives_nobody_else_the_answer(
    app: FastAPI, council: Council, someone_id: str
) -> None:
    one, other = (
        System(client_of(app), key_for(council, name, purposes="data-quality debt", roles="officer"))
        for name in ("heard", "hearing")
    )
    told = {"kind": "contact", "person": someone_id, "phone": "01632 960125"}
    assert one.post("/tell", told, Idempotency_Key="heard-0001").status_code == 202
    theirs = other.post("/tell", told, Idempotency_Key="heard-0001")
    assert "idempotent-replayed" not in theirs.headers
    is_problem(one.post("/tell", told, Idempotency_Key="heard-0001", Svoc_Purpose="debt"), 422, "another-request")
    for_another = one.post("/tell", told, Idempotency_Key="heard-0001", Svoc_On_Behalf_Of="m.patel")
    assert "idempotent-replayed" not in for_another.headers


def test_a_key_is_not_widened_by_whom_it_speaks_for(system: MakeSystem) -> None:
    """Who is named is for the trail: a steward's name gives an officer's key no steward's roles."""
    officer = system("officer", "debt")
    for human in ("j.okafor", "a.bell", "m.patel", "nightly"):
        is_problem(officer.get("/cases", Svoc_On_Behalf_Of=human), 403, "not-for-role")
        is_problem(officer.get(f"/persons/{PERSON}", Svoc_On_Behalf_Of=human, Svoc_Purpose="fraud"), 403,
                   "purpose-refused")  # fmt: skip
    for said in ("Debt", "debt,fraud", "debt\tfraud", "*"):
        is_problem(officer.get("/notices", Svoc_Purpose=said), 403, "purpose-refused")


def test_a_key_in_an_address_a_cookie_or_a_body_opens_nothing(app: FastAPI, system: MakeSystem) -> None:
    key, client = system("steward").key, client_of(app)
    own = {"Svoc-Purpose": "data-quality"}
    for query in (f"key={key}", f"access_token={key}", f"authorization=Bearer%20{key}"):
        is_problem(client.get(f"/api/v1/cases?{query}", headers=own), 401, "not-known")
    for name in ("Cookie", "X-Api-Key", "Proxy-Authorization"):
        said = f"svoc_desk={key}" if name == "Cookie" else f"Bearer {key}"
        is_problem(client.get("/api/v1/cases", headers={**own, name: said}), 401, "not-known")
    twice = [("Authorization", f"Bearer {key}"), ("Authorization", "Bearer x"), *own.items()]
    is_problem(client.get("/api/v1/cases", headers=twice), 401, "not-known")


# --- headers that only a proxy may send

PROXY = ("10.1.2.3", 40000)
BEHIND = """
[sign_in]
a_minute = 100000
[sign_in.proxy]
addresses = ["10.1.2.0/24"]
[sign_in.roles]
steward = ["svoc-stewards"]
"""


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, made_town: Path) -> Iterator[FastAPI]:
    import shutil

    folder = shutil.copytree(made_town, tmp_path_factory.mktemp("behind") / "town")
    file = Path(folder) / "council.toml"
    file.write_text(file.read_text(encoding="utf-8") + BEHIND, encoding="utf-8")
    made = application(file)
    yield made
    made.state.house.council.close()


At = Callable[[tuple[str, int]], TestClient]


@pytest.fixture
def at(behind: FastAPI) -> At:
    return lambda where: TestClient(behind, base_url="https://desk.example", client=where, follow_redirects=False)


VOUCHED = {"X-Remote-User": "m.patel", "X-Remote-Groups": "svoc-stewards", "Svoc-Purpose": "data-quality"}


def test_only_the_proxy_says_who_asks(at: At) -> None:
    assert at(PROXY).get("/api/v1/cases", headers=VOUCHED).status_code == 200
    for forwarded in ({}, {"X-Forwarded-For": "10.1.2.3"}, {"Forwarded": "for=10.1.2.3"}, {"X-Real-IP": "10.1.2.3"}):
        answer = at(("192.0.2.7", 50000)).get("/api/v1/cases", headers={**VOUCHED, **forwarded})
        is_problem(answer, 403, "not-from-here")
    assert "m.patel" not in answer.text


def test_a_key_stays_who_it_is_whatever_stands_beside_it(at: At, behind: FastAPI) -> None:
    council = behind.state.house.council
    until = datetime.now(UTC).date() + timedelta(days=9)
    key = make_key(council, "crm", purposes=["debt"], roles=["officer"], until=until, by="a.bell", because="test").text
    sent = {**VOUCHED, "Authorization": f"Bearer {key}"}
    for where in (PROXY, ("192.0.2.7", 50000)):
        is_problem(at(where).get("/api/v1/cases", headers=sent), 403, "not-for-role")
        assert at(where).get("/api/v1/notices", headers={**sent, "Svoc-Purpose": "debt"}).status_code == 200
    wrong = {**sent, "Authorization": "Bearer svoc_none"}
    is_problem(at(PROXY).get("/api/v1/cases", headers=wrong), 401, "not-known")
    actors = {event.actor for event in council.audit.events(Asked(kind=Kind.LIST))}
    assert not any("crm" in actor and "m.patel" in actor for actor in actors)


def test_who_guesses_keys_is_slowed_whatever_they_say_of_where_they_are(at: At, behind: FastAPI) -> None:
    client, said = at(("192.0.2.99", 50000)), itertools.count(1)
    told = [
        client.get("/api/v1/cases", headers={"Authorization": "Bearer svoc_none", "X-Forwarded-For": f"198.51.100.{n}"})
        for n in itertools.islice(said, 40)
    ]
    assert {answer.status_code for answer in told[:30]} == {401}
    assert told[-1].status_code == 429


def test_what_a_browser_is_made_to_send_by_another_site_changes_nothing(at: At) -> None:
    """A vouched-for member of staff who opens a page of somebody else's does nothing by it."""
    for far in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        sent = {**VOUCHED, **far, "Idempotency-Key": "forged-0001"}
        is_problem(at(PROXY).post(f"/api/v1{CASE}", json=BODIES[CASE], headers=sent), 403, "not-from-here")
        is_problem(at(PROXY).post("/api/v1/find", json=BODIES["/find"], headers=sent), 403, "not-from-here")
