"""A webhook is signed, and takes each answer for what it is."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.notices.base import Notice, Undelivered
from svoc.notices.signing import FRESH, SIGNATURE, TIMESTAMP, is_signed, signature
from svoc.notices.webhook import Webhook, _answers, _seconds
from tests.svoc.delivering.servers import SECRET, Authority, Running, authority, receiver

NOTICE = Notice("a1", "name", "library", "L1", "P1", {"surname": "SMITH"}, "consent", 1)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, trusted: Authority) -> Iterator[Running]:
    with receiver(tmp_path_factory.mktemp("there"), trusted) as running:
        yield running


@pytest.fixture
def hook(there: Running, trusted: Authority) -> Webhook:
    there.behave()
    return Webhook(there.url, SECRET, str(trusted.ca), timeout=5)


@pytest.mark.parametrize(
    ("status", "again", "away"),
    [(400, False, False), (401, False, False), (404, False, False), (413, False, False), (301, False, False),
     (302, False, False), (408, True, False), (409, True, False), (425, True, False), (429, True, True),
     (500, True, False), (502, True, False), (503, True, False)],
)  # fmt: skip
def test_an_answer_says_whether_to_try_again(
    hook: Webhook, there: Running, status: int, again: bool, away: bool
) -> None:
    there.behave(status=status)
    with pytest.raises(Undelivered) as found:
        hook.send(NOTICE)
    assert (str(found.value), found.value.again, found.value.away) == (f"answered {status}", again, away)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_taken_for_sent(hook: Webhook, there: Running, status: int) -> None:
    there.behave(status=status)
    assert hook.send(NOTICE) == []


def test_a_receiver_that_nobody_vouches_for_is_told_nothing(there: Running, tmp_path: Path) -> None:
    there.behave()
    before = there.asked()
    for ca in ("", str(authority(tmp_path).ca)):
        with pytest.raises(Undelivered, match="certificate is not vouched for"):
            Webhook(there.url, SECRET, ca, timeout=5).send(NOTICE)
    assert there.asked() == before


def test_a_wrong_secret_and_an_old_request_are_turned_away(there: Running, trusted: Authority) -> None:
    there.behave()
    with pytest.raises(Undelivered, match="answered 401"):
        Webhook(there.url, "another", str(trusted.ca)).send(NOTICE)
    with pytest.raises(Undelivered, match="answered 401"):
        Webhook(there.url, SECRET, str(trusted.ca), clock=lambda: 1_795_348_800.0 - 86_400).send(NOTICE)


def test_the_secret_is_in_nothing_that_is_shown(hook: Webhook) -> None:
    assert SECRET not in repr(hook)


def test_an_authority_that_is_no_file_is_undelivered(hook: Webhook) -> None:
    with pytest.raises((Undelivered, ssl.SSLError, OSError)):
        Webhook(hook.url, SECRET, "nothing.pem").send(NOTICE)


@pytest.mark.parametrize(
    "body",
    [b"", b"ok", b"[]", b"{}", b'{"notices": 3}', b'{"notices": [3, {"notice": 1, "state": "actioned"}]}',
     b'{"notices": [{"notice": "a1", "state": "sent"}]}', b"[" * 100_000, b"\xff", b" " * 70_000],
    ids=["empty", "words", "list", "nothing", "number", "odd rows", "no such state", "deep", "no UTF-8", "long"],
)  # fmt: skip
def test_an_answer_that_is_not_understood_says_nothing(body: bytes) -> None:
    assert _answers(body) == []


@pytest.mark.parametrize(("said", "seconds"), [("120", 120), (None, None), ("soon", None), ("-5", None), ("¹", None)])
def test_retry_after_is_a_number_of_seconds(said: str | None, seconds: float | None) -> None:
    assert _seconds(said, 0) == seconds


def test_retry_after_may_be_a_moment() -> None:
    assert _seconds("Mon, 23 Nov 2026 03:01:00 GMT", 1_795_402_800) == 60


@given(st.text(min_size=1), st.binary(), st.integers(0, 2**33), st.integers(-FRESH, FRESH))
def test_what_was_signed_is_known_again(secret: str, body: bytes, moment: int, drift: int) -> None:
    headers = {TIMESTAMP.lower(): str(moment), SIGNATURE.upper(): signature(secret, moment, body)}
    assert is_signed(secret, headers, body, now=moment + drift)


@given(st.binary(), st.binary(), st.integers(0, 2**33), st.integers(0, 2**33))
def test_what_was_not_signed_is_not(body: bytes, other: bytes, moment: int, another: int) -> None:
    headers = {TIMESTAMP: str(moment), SIGNATURE: signature("secret", moment, body)}
    assert is_signed("secret", headers, other, now=moment) is (body == other)
    assert not is_signed("other", headers, body, now=moment)
    assert not is_signed("secret", headers, body, now=moment + FRESH + 1)
    assert is_signed("secret", {**headers, TIMESTAMP: str(another)}, body, now=another) is (moment == another)
    assert not is_signed("secret", {SIGNATURE: headers[SIGNATURE]}, body, now=moment)
