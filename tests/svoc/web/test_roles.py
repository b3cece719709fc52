"""Every role crossed with every page of the desk, and where the roles of somebody who has signed in come from."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from svoc.web.app import ROOMS, application
from svoc.web.who import Identity, purposes_of
from svoc.words.roles import Role
from tests.svoc.web.conftest import HERE

PROXY = ("10.1.2.3", 40000)
NOBODY = "7F3K-92QD-M"
CASE, PERSON = "/desk/case/00000000", f"/desk/person/{NOBODY}"
GIVEN = {"case_id": "00000000", "person": NOBODY, "field": "surname", "how": "split", "number": "1"}
PAGES = {
    "cases": ("GET /desk", "GET /desk/next"),
    "case": (
        f"GET {CASE}", f"GET {CASE}/machine", f"POST {CASE}/preview", f"POST {CASE}/decide", f"GET {CASE}/groups",
        f"POST {CASE}/groups/preview", f"POST {CASE}/groups", f"GET {CASE}/alike", f"POST {CASE}/alike/preview",
        f"POST {CASE}/alike",
    ),
    "decisions": ("GET /desk/decisions", "GET /desk/decisions/1", "POST /desk/decisions/undo"),
    "find": ("GET /desk/find", "POST /desk/find"),
    "person": (f"GET {PERSON}", f"POST {PERSON}/on"),
    "regroup": (
        f"GET {PERSON}/split", f"GET {PERSON}/move", f"POST {PERSON}/split/preview", f"POST {PERSON}/split",
        f"GET {PERSON}/fact/surname", f"POST {PERSON}/fact/surname/preview", f"POST {PERSON}/fact/surname",
        f"POST {PERSON}/fact/surname/back",
    ),
    "figures": ("GET /desk/figures",),
    "audit": ("GET /desk/audit", "POST /desk/audit", "GET /desk/audit/chain", "POST /desk/audit/chain"),
    "purpose": ("GET /desk/purpose", "POST /desk/purpose"),
}  # fmt: skip
"""What pages are called here -> how they are asked for."""
ANYBODYS = ("/desk/sign-in", "/desk/sign-out")

OPENS = {
    "steward": "cases case decisions find person regroup figures purpose",
    "second-checker": "cases case decisions person figures purpose",
    "officer": "find person purpose",
    "auditor": "figures audit purpose",
    "administrator": "figures purpose",
    "batch": "purpose",
}
"""Which pages each role opens, in an officer's words: the test believes these and not svoc's own table."""


def at_the_desk(app: FastAPI, *roles: str) -> tuple[TestClient, str]:
    """Give a browser at which somebody with roles has signed in, and the token of its forms."""
    house = app.state.house
    policy = replace(house.council.policy, actors={"a.bell": frozenset(Role(role) for role in roles)})
    identity = Identity("a.bell", frozenset(roles), purposes_of("a.bell", policy, on=datetime.now(UTC).date()), "oidc")
    session = house.sessions.sign_in(house.sessions.begin(), identity, "data-quality")
    client = TestClient(app, base_url=HERE, client=("127.0.0.1", 50000), follow_redirects=False)
    client.cookies.set("svoc_desk", session.token)
    return client, session.csrf


def test_every_page_is_among_those_that_are_crossed_with_the_roles() -> None:
    there = {
        f"{method} {route.path.format(**GIVEN)}"
        for room in ROOMS
        for route in room.router.routes
        if isinstance(route, APIRoute) and route.path.startswith("/desk") and not route.path.startswith(ANYBODYS)
        for method in route.methods or ()
    }
    assert there == {asked for pages in PAGES.values() for asked in pages}


@pytest.mark.parametrize("role", OPENS)
def test_each_role_opens_the_pages_that_are_for_it_and_no_others(app: FastAPI, role: str) -> None:
    client, csrf = at_the_desk(app, role)
    opened = set[str]()
    for pages in PAGES.values():
        for asked in pages:
            method, path = asked.split(" ")
            answer = client.request(method, path, data={"csrf": csrf} if method == "POST" else None)
            assert answer.status_code < 500, (asked, answer.status_code)
            led = method == "GET" and path == "/desk" and answer.status_code == 303  # to what they may do
            refused = led or "You cannot use this page" in answer.text
            opened |= set() if refused else {asked}
    assert opened == {asked for name in OPENS[role].split() for asked in PAGES[name]}


@pytest.mark.parametrize("role", OPENS)
def test_what_stands_above_a_page_leads_only_to_what_the_role_opens(app: FastAPI, role: str) -> None:
    client, _ = at_the_desk(app, role)
    above = client.get("/desk/purpose").text.partition("<main")[0]
    for path in re.findall(r'class="govuk-service-navigation__link" href="([^"]+)"', above):
        assert client.get(path).status_code == 200, path


def test_a_second_checker_is_not_told_which_notices_were_sent(app: FastAPI) -> None:
    person = app.state.house.shared.yesterday().lane("service").persons["person"][0]
    said = {role: at_the_desk(app, role)[0].get(f"/desk/person/{person}") for role in ("officer", "second-checker")}
    assert {role: answer.status_code for role, answer in said.items()} == dict.fromkeys(said, 200)
    assert {role: "What other systems were told" in answer.text for role, answer in said.items()} == {
        "officer": True,
        "second-checker": False,
    }


# ---------------------------------------------------------------- roles that claims give, against [actors]

SIGN_IN = """
[actors]
"a.bell" = "officer"
[sign_in.proxy]
addresses = ["10.1.2.0/24"]
[sign_in.roles]
steward = ["svoc-stewards"]
administrator = ["svoc-run"]
"""


@pytest.fixture(scope="module")
def behind(made_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Give an application behind a proxy, of a council that names a.bell an officer."""
    settings = Path(shutil.copytree(made_town, tmp_path_factory.mktemp("claims") / "town")) / "council.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SIGN_IN, encoding="utf-8")
    made = application(settings, secure=False)
    yield made
    made.state.house.council.close()


def by_the_proxy(app: FastAPI, groups: str) -> TestClient:
    headers = {"X-Remote-User": "a.bell", "X-Remote-Groups": groups}
    return TestClient(app, base_url=HERE, client=PROXY, headers=headers, follow_redirects=False)


def work_for(client: TestClient, purpose: str) -> None:
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/purpose").text)
    assert token
    assert client.post("/desk/purpose", data={"csrf": token[1], "purpose": purpose}).status_code == 303


def test_the_roles_of_somebodys_groups_count_at_the_pages_and_not_those_of_the_settings(behind: FastAPI) -> None:
    steward = by_the_proxy(behind, "svoc-stewards")
    work_for(steward, "migration")  # for stewards, administrators and the batch
    assert steward.get("/desk").status_code == 200
    assert steward.get("/desk/figures").status_code == 200

    work_for(steward, "fraud")  # for officers, which a.bell is by the settings alone
    assert "Purpose: Merge the records" in steward.get("/desk").text
    nothing = by_the_proxy(behind, "everybody")
    assert nothing.get("/desk/find").status_code == 403, "an officer by the settings, and by no group"


def test_who_loses_a_group_loses_its_pages_at_once(behind: FastAPI) -> None:
    client = by_the_proxy(behind, "svoc-stewards")
    assert client.get("/desk").status_code == 200
    client.headers["X-Remote-Groups"] = "svoc-run"
    assert client.get("/desk").headers["location"] == "/desk/figures"
    assert client.get("/desk/find").status_code == 403
