"""Who is who: at a real provider in a process of its own, behind a proxy, and what neither can be talked into."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from svoc.errors import SettingsError
from svoc.settings import CouncilSettings
from svoc.web.app import application
from svoc.web.oidc import BACK
from svoc.web.sessions import COOKIE
from svoc.words.audit import Kind
from tests.svoc.web.provider import CLIENT, SECRET

HERE = "https://desk.example"
PROXY = ("10.1.2.3", 40000)
PROVIDER = Path(__file__).with_name("provider.py")


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(PROVIDER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate(timeout=30)


SIGN_IN = """
[sign_in]
secret = "{secret}"
[sign_in.oidc]
issuer = "{issuer}"
client = "{client}"
address = "{here}"
[sign_in.proxy]
addresses = ["10.1.2.0/24"]
[sign_in.roles]
steward = ["svoc-stewards"]
auditor = ["svoc-audit"]
"""


@pytest.fixture(scope="module")
def app(settings: Path, issuer: str) -> Iterator[FastAPI]:
    more = SIGN_IN.format(secret=SECRET, issuer=issuer, client=CLIENT, here=HERE)
    settings.write_text(settings.read_text(encoding="utf-8") + more, encoding="utf-8")
    made = application(settings)
    yield made
    made.state.house.council.close()


def browser(app: FastAPI, *, at: tuple[str, int] = ("192.0.2.7", 50000)) -> TestClient:
    return TestClient(app, base_url=HERE, client=at, follow_redirects=False)


def at_the_provider(client: TestClient, **more: str) -> str:
    """Go to the provider, sign in there, and give the address with which it sends one back."""
    import http.client

    away = client.get("/desk/sign-in/begin")
    assert away.status_code == 303
    parts = urlsplit(away.headers["location"])
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    told = "".join(f"&{name}={value.replace(' ', '%20')}" for name, value in more.items())
    connection.request("GET", f"{parts.path}?{parts.query}{told}")
    back = connection.getresponse()
    connection.close()
    assert back.status == 302
    return str(back.getheader("Location")).removeprefix(HERE)


def acts(app: FastAPI, kind: Kind) -> list[str]:
    from svoc.store.audit_asking import Asked

    return [event.actor for event in app.state.house.council.audit.events(Asked(kind=kind))]


def test_somebody_signs_in_at_the_provider_and_has_the_roles_of_their_groups(app: FastAPI) -> None:
    client = browser(app)
    asked = client.get("/desk")
    assert asked.headers["location"] == "/desk/sign-in"
    assert "/desk/sign-in/begin" in client.get("/desk/sign-in").text
    planted = client.cookies[COOKIE]
    back = at_the_provider(client, sub="m.patel", roles="svoc-stewards,everybody")

    landed = client.get(back)
    assert (landed.status_code, landed.headers["location"]) == (303, "/desk")
    assert client.cookies[COOKIE] != planted
    assert "Secure" in landed.headers["set-cookie"]
    page = client.get("/desk")
    assert page.status_code == 200
    assert "Signed in as m.patel" in page.text
    assert acts(app, Kind.SIGN)[-1] == "m.patel"


def test_what_is_sent_to_the_provider_holds_no_secret_and_asks_for_proof(app: FastAPI) -> None:
    parts = urlsplit(browser(app).get("/desk/sign-in/begin").headers["location"])
    asked = dict(parse_qsl(parts.query))
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == HERE + BACK
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert SECRET not in parts.query


SPOILT = (
    "refused", "mixed up", "issuer", "audience", "nonce", "expired", "azp", "nameless", "lines", "future", "no nonce",
    "no exp", "no aud", "no iss", "no sub", "no token", "unsigned", "another key",
)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILT)
def test_whatever_is_wrong_with_what_the_provider_says_signs_nobody_in(app: FastAPI, spoil: str) -> None:
    client = browser(app)
    before = len(acts(app, Kind.SIGN))
    answer = client.get(at_the_provider(client, spoil=spoil))

    assert answer.status_code == 403
    assert "okafor" not in answer.text
    assert client.get("/desk").headers["location"] == "/desk/sign-in"
    assert len(acts(app, Kind.SIGN)) == before


def test_a_key_that_the_provider_has_since_is_found(app: FastAPI) -> None:
    client = browser(app)
    assert client.get(at_the_provider(client)).status_code == 303
    assert client.get(at_the_provider(client, spoil="rotated")).status_code == 303


def test_one_group_may_come_as_a_word(app: FastAPI) -> None:
    client = browser(app)
    client.get(at_the_provider(client, spoil="text"))
    assert client.get("/desk").status_code == 200


def test_nobody_is_let_in_by_what_another_browser_brings_back_or_twice(app: FastAPI) -> None:
    victim, attacker = browser(app), browser(app)
    victim.get("/desk/sign-in/begin")
    theirs = at_the_provider(attacker, sub="attacker")
    assert victim.get(theirs).status_code == 403, "another's code and state"
    assert victim.get(theirs).status_code == 400, "what was begun is used up"
    assert browser(app).get(theirs).status_code == 400, "nothing was begun"
    assert attacker.get(theirs).status_code == 303
    assert attacker.get(theirs).status_code == 400, "a second time"


def test_a_guessed_state_or_a_stolen_code_is_of_no_use(app: FastAPI) -> None:
    client = browser(app)
    back = at_the_provider(client)
    assert client.get(re.sub(r"state=[^&]+", "state=guessed", back)).status_code == 403
    other = browser(app)
    mine = at_the_provider(other)
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    stolen = re.sub(r"code=[^&]+", f"code={code}", mine)
    assert other.get(stolen).status_code == 403, "the verifier is another"


def test_who_has_no_role_is_signed_in_and_sees_no_desk(app: FastAPI) -> None:
    client = browser(app)
    assert client.get(at_the_provider(client, sub="a.visitor", roles="everybody")).status_code == 303
    assert client.get("/desk").status_code == 403


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/desk", "/desk/../../x"])
def test_signing_in_leads_nowhere_else(app: FastAPI, wanted: str) -> None:
    client = browser(app)
    client.get(f"/desk/sign-in/begin?back={wanted}&next={wanted}")
    assert client.get(at_the_provider(client)).headers["location"] == "/desk"


# --- behind a proxy


def vouched(actor: str, groups: str = "svoc-stewards") -> dict[str, str]:
    return {"X-Remote-User": actor, "X-Remote-Groups": groups}


def test_whom_the_proxy_vouches_for_is_signed_in_and_out_with_it(app: FastAPI) -> None:
    client = browser(app, at=PROXY)
    assert "Signed in as m.patel" in client.get("/desk", headers=vouched("m.patel")).text
    assert "Signed in as j.okafor" in client.get("/desk", headers=vouched("j.okafor")).text
    assert client.get("/desk/next", headers=vouched("j.okafor", "svoc-audit")).status_code == 403
    assert client.get("/desk").headers["location"] == "/desk/sign-in"


@pytest.mark.parametrize(
    "at", [("192.0.2.7", 1), ("10.1.3.1", 1), ("127.0.0.1", 1), ("::1", 1), ("10.1.2.3.evil", 1)], ids=str
)
def test_what_comes_from_elsewhere_and_says_who_it_is_is_refused(app: FastAPI, at: tuple[str, int]) -> None:
    client = browser(app, at=at)
    for headers in (vouched("m.patel"), {"X-Remote-User": "m.patel"}, {"X-Remote-Groups": "svoc-stewards"}):
        forwarded = {**headers, "X-Forwarded-For": "10.1.2.3", "Forwarded": "for=10.1.2.3", "X-Real-IP": "10.1.2.3"}
        for said in (headers, forwarded):
            assert client.get("/desk", headers=said).status_code == 403
    assert client.get("/desk").status_code == 303


@pytest.mark.parametrize("actor", ["", " ", "x" * 200, "m.patel\tadmin"])
def test_a_proxy_that_names_nobody_signs_nobody_in(app: FastAPI, actor: str) -> None:
    answer = browser(app, at=PROXY).get("/desk", headers=vouched(actor))
    assert answer.status_code == 403


def test_a_name_that_is_said_twice_is_refused(app: FastAPI) -> None:
    said = [("X-Remote-User", "m.patel"), ("X-Remote-User", "a.bell"), ("X-Remote-Groups", "svoc-stewards")]
    assert browser(app, at=PROXY).get("/desk", headers=said).status_code == 403


# --- settings


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('[sign_in.oidc]\nissuer = "http://login.example"\nclient = "svoc"\naddress = "https://d.example"', "https://"),
        ('[sign_in.oidc]\nissuer = "https://l.example"\nclient = "svoc"\naddress = "ftp://d.example"', "https://"),
        ('[sign_in.proxy]\naddresses = ["everybody"]', "10.0.0.5"),
        ("[sign_in.proxy]\naddresses = []", "at least 1"),
        ('[sign_in.roles]\nstewards = ["x"]', "steward"),
        ("[sign_in]\na_minute = 0", "greater than or equal to 1"),
    ],
    ids=["issuer", "address", "proxy", "no proxy", "role", "rate"],
)
def test_settings_that_would_let_anybody_in_are_refused(made_town: Path, tmp_path: Path, said: str, words: str) -> None:
    toml = tmp_path / "council.toml"
    toml.write_text((made_town / "council.toml").read_text(encoding="utf-8") + f"\n{said}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        CouncilSettings.read(toml)


def test_the_secret_may_come_from_the_environment_and_is_not_shown(
    made_town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVOC_SIGN_IN__SECRET", SECRET)
    settings = CouncilSettings.read(made_town / "council.toml")
    assert settings.sign_in.secret == SECRET
    assert SECRET not in repr(settings)


def test_without_a_way_to_sign_in_nobody_gets_in(made_town: Path) -> None:
    made: Callable[..., FastAPI] = application
    app = made(made_town / "council.toml", development=False)
    client = browser(app)
    assert "No way to sign in has been set up" in client.get("/desk/sign-in").text
    page = client.get("/desk/sign-in")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    answer = client.post("/desk/sign-in", data={"csrf": token[1] if token else "", "name": "j.okafor"})
    assert answer.status_code in {303, 403}
    assert client.get("/desk").headers["location"] == "/desk/sign-in"
    app.state.house.council.close()
