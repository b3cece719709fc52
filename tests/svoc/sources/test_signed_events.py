"""Signed life events: whose word is taken, and whose is not, each with one clear line."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from svoc.errors import SettingsError
from svoc.sources.life_events import LifeEvents, read_events
from svoc.sources.signed_events import Trust

TODAY = date(2026, 11, 2)
ISSUED = 1_793_577_600  # 2026-11-01T12:00:00Z
OURS, THEIRS = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("ours", "theirs"))


def claims(**more: Any) -> dict[str, Any]:
    names = [{"type": "GivenName", "value": "Jane"}, {"type": "FamilyName", "value": "Marlow"}]
    body = {
        "deathRegistrationID": 501,
        "deathDate": {"value": "2026-10-20"},
        "subject": {"name": [{"nameParts": names}]},
    }
    events = {"https://vocab.account.gov.uk/v1/deathRegistered": body}
    return {"iss": "https://gov.example/", "aud": "barchester", "iat": ISSUED, "jti": "t-1", "events": events, **more}


def signed(said: Mapping[str, Any], *, key: Any = OURS, alg: str = "ES256", typ: str = "secevent+jwt") -> str:
    return jws.serialize_compact({"alg": alg, "typ": typ, "kid": "ours"}, json.dumps(said), key, algorithms=[alg])


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [OURS.as_dict(private=False)]}))
    return Trust.by(file, issuers=("https://gov.example/",), audience="barchester")


def told(folder: Path, trust: Trust, *tokens: str) -> LifeEvents:
    file = folder / "deaths.jwt"
    file.write_text("\n".join(tokens) + "\n")
    return read_events(file, today=TODAY, trust=trust)


def test_a_signed_event_is_read_as_an_unsigned_one_is(tmp_path: Path, trust: Trust) -> None:
    (tmp_path / "deaths.json").write_text(json.dumps([claims()]))
    plain = read_events(tmp_path / "deaths.json", today=TODAY).events
    event = told(tmp_path, trust, signed(claims())).events
    assert event.drop("event", "token").equals(plain.drop("event", "token"))
    assert event["token"][0].startswith("https://gov.example/ t-1")


def test_signed_events_may_stand_in_a_list_too(tmp_path: Path, trust: Trust) -> None:
    (tmp_path / "deaths.json").write_text(json.dumps([signed(claims()), signed(claims(jti="t-2", iat=ISSUED + 1))]))
    assert read_events(tmp_path / "deaths.json", today=TODAY, trust=trust).events.height == 2


def _twisted() -> str:
    head, body, seal = signed(claims()).split(".")
    return ".".join([head, body[:-6] + ("AAAAAA" if body[-6:] != "AAAAAA" else "BBBBBB"), seal])


def _unsigned() -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "secevent+jwt"}).encode()).decode().rstrip("=")
    return f"{head}.{signed(claims()).split('.')[1]}."


def _by_a_shared_secret() -> str:
    public = OctKey.import_key(json.dumps(OURS.as_dict(private=False)))
    return signed(claims(), key=public, alg="HS256")


REFUSED: Mapping[str, tuple[Callable[[], str], str]] = {
    "another's key": (lambda: signed(claims(), key=THEIRS), "a signature that one of the keys"),
    "what it says was changed": (_twisted, "a signature that one of the keys"),
    "no algorithm": (_unsigned, "a token signed by one of ES256"),
    "the public key as a secret": (_by_a_shared_secret, "a token signed by one of ES256"),
    "another type of token": (lambda: signed(claims(), typ="JWT"), "column typ: expected a token of the type"),
    "another's audience": (lambda: signed(claims(aud=["elsewhere"])), "column aud: expected the audience"),
    "another issuer": (lambda: signed(claims(iss="https://other.example/")), "column iss: expected an issuer"),
    "too old": (lambda: signed(claims(iat=ISSUED - 90 * 86_400)), "column iat: expected a token of the last 60 days"),
    "to come": (lambda: signed(claims(iat=ISSUED + 9 * 86_400)), "column iat: expected a token of the last 60 days"),
    "no time": (lambda: signed(claims(iat=None)), "column iat: expected when it was issued"),
    "a huge time": (lambda: signed(claims(iat=10**19)), "column iat: expected when it was issued"),
    "no identifier": (lambda: signed(claims(jti=None)), "column jti: expected a token with an identifier"),
    "cut short": (lambda: signed(claims())[:60] + ".x.y", "a token signed by one of ES256"),
    "too long": (lambda: signed(claims(more="x" * 300_000)), "at most 200,000 letters in one token"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_believed_is_refused_and_takes_nothing_from_the_rest(
    tmp_path: Path, trust: Trust, why: str
) -> None:
    make, words = REFUSED[why]
    found = told(tmp_path, trust, signed(claims(jti="good")), make(), signed(claims(jti="better", iat=ISSUED + 1)))
    assert found.events.height == 2
    (fault,) = [str(fault) for fault in found.faults]
    assert fault.startswith("deaths.jwt, line 2")
    assert words in fault
    assert "Marlow" not in fault


def test_an_identifier_seen_with_other_content_is_refused_and_with_the_same_is_nothing_new(
    tmp_path: Path, trust: Trust
) -> None:
    one, other = signed(claims()), signed(claims(iat=ISSUED + 60))
    found = told(tmp_path, trust, one, one, other)
    assert (found.events.height, [fault.column for fault in found.faults]) == (1, ["jti"])
    later = Trust(trust.keys, known=dict([found.events["token"][0].rsplit(" ", 1)]))
    again = told(tmp_path, later, one, other)
    assert (again.events["event"].to_list(), len(again.faults)) == (found.events["event"].to_list(), 1)


def test_unsigned_events_are_refused_where_the_council_takes_signed_ones_only(tmp_path: Path) -> None:
    (tmp_path / "deaths.json").write_text(json.dumps(claims()))
    found = read_events(tmp_path / "deaths.json", today=TODAY, trust=Trust(signed=True))
    assert [fault.expected for fault in found.faults] == ["a signed event, as [life_events] signed = true wants"]


def test_without_keys_no_signed_event_is_taken(tmp_path: Path) -> None:
    found = told(tmp_path, Trust(), signed(claims()))
    assert [fault.expected for fault in found.faults] == ["keys to verify it by, which [life_events.keys] jwks names"]


SECRET = {"keys": [{"kty": "oct", "k": "YSBzZWNyZXQgdGhhdCBpcyBsb25n"}]}
PRIVATE = {"keys": [OURS.as_dict(private=True)]}


@pytest.mark.parametrize(
    "written",
    ["", "[]", '{"keys": []}', json.dumps(SECRET), json.dumps(PRIVATE)],
    ids=["empty", "a list", "no keys", "a secret", "a private key"],
)
def test_keys_that_are_none_or_not_public_are_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "keys.json").write_text(written)
    with pytest.raises(SettingsError, match=r"\[life_events.keys\] jwks: keys.json: expected public keys"):
        Trust.by(tmp_path / "keys.json")
    with pytest.raises(SettingsError, match="No such file"):
        Trust.by(tmp_path / "other.json")
