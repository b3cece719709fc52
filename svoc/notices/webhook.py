"""Carries each notice as a signed request to the recipient's own address, over HTTPS and nothing else."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from svoc.notices.base import Answer, Notice, Undelivered, envelope
from svoc.notices.signing import SIGNATURE, TIMESTAMP, signature
from svoc.words.notices import State

__all__ = ["Webhook"]

CLOUDEVENT = "application/cloudevents+json; charset=utf-8"
LARGEST_ANSWER = 64 * 1024
TRY_AGAIN = frozenset({408, 409, 425, 429})
"""Answers of the 4xx kind that say "not now"; any other says "never"."""

SAID = {State.ACKNOWLEDGED.value, State.ACTIONED.value, State.REJECTED.value}


@dataclass(frozen=True, slots=True)
class Webhook:
    """POSTs a CloudEvents 1.0 envelope in structured mode, signed with a timestamp (`svoc.notices.signing`).

    `Idempotency-Key` is the notice's identifier: a recipient that has had it answers as it did then. An answer of 2xx
    means that it has it; its body may say of this notice and of earlier ones what has become of them, as
    `{"notices": [{"notice": ..., "state": "actioned"}]}`. 408, 409, 425, 429 and 5xx are tried again, other answers
    never; redirects are not followed, nor is a proxy of the environment used. `ca`: a file of authorities in place of
    the machine's own; `timeout`: seconds for a word, and three times as many for all of it.
    """

    url: str
    secret: str = field(repr=False)
    ca: str = ""
    timeout: float = 10
    clock: Callable[[], float] = time.time

    def send(self, notice: Notice) -> list[Answer]:
        """Deliver the notice and give what the recipient answered; raise `Undelivered`."""
        body = json.dumps(envelope(notice), ensure_ascii=False).encode()
        headers = {"Content-Type": CLOUDEVENT, "Idempotency-Key": notice.notice}
        return _answers(self._asked("POST", self.url, body, headers))

    def collect(self, url: str) -> list[Answer]:
        """Ask an address of the recipient's for what has become of notices; raise `Undelivered`."""
        return _answers(self._asked("GET", url, b"", {}))

    def _asked(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        moment = int(self.clock())
        signed = {TIMESTAMP: str(moment), SIGNATURE: signature(self.secret, moment, body)}
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
        try:
            with self._connected(parts.hostname or "", parts.port) as connection:
                connection.request(method, target, body or None, {**headers, **signed, "User-Agent": "svoc"})
                answer = connection.getresponse()
                said = answer.read(LARGEST_ANSWER + 1)
        except ssl.SSLCertVerificationError:
            raise Undelivered("its certificate is not vouched for", away=True) from None
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise Undelivered(f"cannot be reached ({type(fault).__name__})", away=True) from None
        if 200 <= answer.status < 300:
            return said
        again = answer.status in TRY_AGAIN or answer.status >= 500
        after = _seconds(answer.getheader("Retry-After"), self.clock())
        raise Undelivered(f"answered {answer.status}", again=again, away=answer.status == 429, after=after)

    @contextmanager
    def _connected(self, host: str, port: int | None) -> Iterator[http.client.HTTPSConnection]:
        """Connect, and cut the connection where all of it takes too long, however steadily the other side drips."""
        context = ssl.create_default_context(cafile=self.ca or None)
        connection = http.client.HTTPSConnection(host, port, timeout=self.timeout, context=context)
        watch = threading.Timer(3 * self.timeout, _cut, [connection])
        watch.daemon = True
        watch.start()
        try:
            connection.connect()
            yield connection
        finally:
            watch.cancel()
            connection.close()


def _cut(connection: http.client.HTTPSConnection) -> None:
    if connection.sock:
        connection.sock.shutdown(socket.SHUT_RDWR)


def _seconds(said: str | None, now: float) -> float | None:
    """Read Retry-After: a number of seconds, or a moment; what is neither says nothing."""
    if not said:
        return None
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return parsedate_to_datetime(said).timestamp() - now
    except (TypeError, ValueError):
        return None


def _answers(body: bytes) -> list[Answer]:
    """Read what an answer says of notices; one that says nothing that is understood says nothing."""
    if len(body) > LARGEST_ANSWER:
        return []
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return []
    rows = said.get("notices") if isinstance(said, dict) else None
    return [answer for row in rows if (answer := _answer(row))] if isinstance(rows, list) else []


def _answer(row: Any) -> Answer | None:
    if not isinstance(row, dict) or row.get("state") not in SAID or not isinstance(row.get("notice"), str):
        return None
    reason = row.get("reason")
    return Answer(row["notice"], row["state"], reason[:500] if isinstance(reason, str) else None)
