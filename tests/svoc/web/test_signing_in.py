"""Who gets in, what a session is, and what no form, header or address may do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from svoc import Council
from svoc.web.app import application
from svoc.web.asking import within
from svoc.web.sessions import COOKIE, IDLE, LONGEST, MOST, Sessions
from svoc.web.who import Identity, developer
from tests.svoc.web.conftest import HERE, Paper

SOMEBODY = Identity("j.okafor", frozenset({"steward"}), ("data-quality",), "development")


def test_every_page_asks_who_one_is_and_leads_on_to_where_one_wanted_to_go(browser: Callable[[], Paper]) -> None:
    person = browser()
    asked = person.get("/desk/purpose")
    assert asked.url.path == "/desk/sign-in"
    assert person.post("/desk/sign-in", name="j.okafor").url.path == "/desk/purpose"
    assert "Signed in as j.okafor" in person.get("/desk").text


def test_who_gives_no_name_is_asked_again(browser: Callable[[], Paper]) -> None:
    person = browser()
    person.get("/desk/sign-in")
    for name in ("", "   ", "x" * 200):
        answer = person.post("/desk/sign-in", name=name)
        assert answer.status_code == 400
        assert "Enter your name" in answer.text
        assert "<title>Error: Sign in" in answer.text


def test_a_cookie_holds_nothing_and_scripts_cannot_read_it(browser: Callable[[], Paper]) -> None:
    person = browser()
    said = person.get("/desk/sign-in").headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    person.sign_in()
    assert "okafor" not in person.client.cookies[COOKIE]


def test_signing_in_changes_the_cookie_so_that_one_that_was_planted_opens_nothing(browser: Callable[[], Paper]) -> None:
    attacker, victim = browser(), browser()
    attacker.get("/desk/sign-in")
    planted = attacker.client.cookies[COOKIE]
    victim.client.cookies.set(COOKIE, planted)
    victim.get("/desk/sign-in")
    victim.post("/desk/sign-in", name="j.okafor")
    assert attacker.get("/desk").url.path == "/desk/sign-in"
    invented = browser()
    invented.client.cookies.set(COOKIE, "chosen-by-somebody")
    assert invented.get("/desk/sign-in").headers["set-cookie"].partition(";")[0] != f"{COOKIE}=chosen-by-somebody"


def test_signing_out_ends_the_session_and_not_only_the_cookie(steward: Paper, browser: Callable[[], Paper]) -> None:
    cookie = steward.client.cookies[COOKIE]
    steward.get("/desk")
    assert steward.post("/desk/sign-out").url.path == "/desk/sign-in"
    thief = browser()
    thief.client.cookies.set(COOKIE, cookie)
    assert thief.get("/desk").url.path == "/desk/sign-in"


def test_a_session_ends_when_nobody_uses_it_and_after_a_day_in_any_case() -> None:
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    idle = sessions.sign_in(sessions.begin(), SOMEBODY, "data-quality")
    now[0] += IDLE + 1
    assert sessions.find(idle.token) is None
    busy = sessions.sign_in(sessions.begin(), SOMEBODY, "data-quality")
    until = now[0] + LONGEST
    while now[0] < until:
        assert sessions.find(busy.token) is busy
        now[0] += IDLE / 2
    now[0] += IDLE / 2
    assert sessions.find(busy.token) is None


def test_whoever_begins_sessions_without_end_pushes_out_the_oldest() -> None:
    sessions = Sessions()
    first = sessions.begin()
    for _ in range(MOST):
        last = sessions.begin()
    assert sessions.find(first.token) is None
    assert sessions.find(last.token) is last


@pytest.mark.parametrize("token", ["", "guessed", "x" * 500])
@pytest.mark.parametrize("path", ["/desk/purpose", "/desk/sign-out"])
def test_a_form_without_the_session_s_own_token_changes_nothing(steward: Paper, path: str, token: str) -> None:
    answer = steward.post(path, csrf=token, purpose="council-tax")
    assert answer.status_code == 403
    assert "Your form has expired" in answer.text
    assert "Match the register" in steward.get("/desk").text


def test_the_token_of_another_session_and_a_form_of_another_kind_are_refused(
    steward: Paper, browser: Callable[[], Paper]
) -> None:
    other = browser()
    other.sign_in("m.patel")
    assert steward.post("/desk/purpose", csrf=other.csrf, purpose="council-tax").status_code == 403
    told = steward.client.post("/desk/purpose", json={"csrf": steward.csrf, "purpose": "council-tax"})
    assert told.status_code == 403


def test_a_purpose_that_is_not_one_s_own_is_not_taken(steward: Paper) -> None:
    steward.get("/desk/purpose")
    assert "Bill and collect" in steward.post("/desk/purpose", purpose="council-tax").text
    assert "Bill and collect" in steward.post("/desk/purpose", purpose="reading-mail").text


def test_nobody_is_sent_to_another_site() -> None:
    for path in (
        "https://elsewhere.example/desk",
        "//elsewhere.example/desk",
        "/desk/../../x",
        "/desk\\evil",
        "/desk?a",
    ):
        assert not within(path)
    assert within("/desk/case/9f2c")


HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@pytest.mark.parametrize("path", ["/desk", "/desk/sign-in", "/desk/nothing-here", "/nothing", "/desk/sign-out"])
def test_every_answer_bears_the_headers_that_keep_it_in_its_place(steward: Paper, path: str) -> None:
    answer = steward.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy != steward.get(path).headers["content-security-policy"], "the nonce is used once"


def test_too_long_too_much_and_no_text_at_all_are_refused_without_a_stumble(steward: Paper) -> None:
    assert steward.get(f"/desk/case/{'a' * 3000}").status_code == 414
    assert steward.post("/desk/purpose", purpose="x" * 70_000).status_code == 413
    typed = {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"\xff\xfe\x00csrf=1", b"&" * 60_000, b"csrf=%ff%fe"):
        assert steward.client.post("/desk/purpose", content=body, headers=typed).status_code == 403
    unsaid = steward.client.post("/desk/purpose", content=(b"a" * 1000 for _ in range(80)), headers=typed)
    assert unsaid.status_code == 413


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        (("192.0.2.7", 5), {}),
        (("127.0.0.1", 5), {"host": "desk.elsewhere.example"}),
        (("127.0.0.1", 5), {"x-forwarded-for": "192.0.2.7"}),
        (("127.0.0.1", 5), {"forwarded": "for=192.0.2.7"}),
    ],
)
def test_in_development_only_this_computer_may_ask(
    app: FastAPI, client: tuple[str, int], headers: dict[str, str]
) -> None:
    answer = TestClient(app, base_url=HERE, client=client).get("/desk/sign-in", headers=headers)
    assert answer.status_code == 403
    assert "csrf" not in answer.text


def test_outside_development_nobody_is_taken_at_their_word(settings: Path) -> None:
    app = application(settings)
    with TestClient(app, base_url="https://desk.example") as client:
        person = Paper(client)
        asked = person.get("/desk/sign-in")
        assert "No way to sign in" in asked.text
        assert "Development" not in asked.text
        assert "Secure" in asked.headers["set-cookie"]
        token = app.state.house.sessions.find(client.cookies[COOKIE]).csrf
        assert person.post("/desk/sign-in", csrf=token, name="j.okafor").url.path == "/desk/sign-in"


def test_roles_are_those_of_the_settings_and_an_auditor_decides_nothing(
    settings: Path, browser: Callable[[], Paper]
) -> None:
    with Council.open(settings) as council:
        everybody = developer("j.okafor", council.policy)
    assert "steward" in everybody.roles
    assert "batch" not in everybody.roles
    named = settings.with_name("named.toml")
    roles = '\n[actors]\n"a.bell" = "auditor"\n"j.okafor" = "steward"\n'
    named.write_text(settings.read_text(encoding="utf-8") + roles, encoding="utf-8")
    with Council.open(named) as council:
        assert developer("a.bell", council.policy).roles == {"auditor"}
        assert developer("who.else", council.policy).roles == frozenset()
        assert "subject-access" not in developer("j.okafor", council.policy).purposes
    with TestClient(application(named, development=True, secure=False), base_url=HERE, client=("::1", 5)) as client:
        auditor = Paper(client)
        assert "/desk/decisions" not in auditor.sign_in("a.bell").text, "led to what an auditor may look at"
        refused = auditor.get("/desk/next")
        assert refused.status_code == 403
        assert "You cannot use this page" in refused.text
