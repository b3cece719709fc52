"""What stands before every page: who may knock, how much they may bring, and the headers that every answer bears."""

import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from svoc.web.api.problems import problem
from svoc.web.sessions import COOKIE, Session, Sessions

__all__ = ["Guarded", "is_loopback"]

MOST_BYTES = 64 * 1024
"""So much a request may bring: a form with a reason and a note is a few hundred."""
LONGEST_PATH = 2_000
FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""On every answer, unless it says otherwise itself."""


class TooMuch(Exception):
    """Says that a request goes on beyond what one may bring."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """Wraps an application.

    `crashed`: what to answer where the application fails; the failure goes no further, for a server would log what it
    says. `development`: nobody checks who somebody is, so only this computer may ask, by its own name and through no
    proxy; `secure`: the cookie goes over HTTPS alone.
    """

    app: ASGIApp
    sessions: Sessions
    crashed: Callable[[Request, Exception], Response]
    development: bool
    secure: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False
        nonce = secrets.token_urlsafe(18)
        session = self.sessions.find(_cookie(scope))
        given = session.token if session else None
        state: dict[str, Any] = scope.setdefault("state", {})
        state.update(nonce=nonce, session=session)

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", POLICY.format(nonce=nonce))
                if self.secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                now: Session | None = state["session"]
                if (now.token if now else None) != given:
                    headers.append("set-cookie", self._set(now.token if now else None))
            await send(message)

        if refused := self._refused(scope):
            await refused(scope, receive, answer)
            return
        try:
            await self.app(scope, _at_most(receive), answer)
        except TooMuch:
            await _short(scope, "The request is too long.", "too-long", 413)(scope, receive, answer)
        except Exception as fault:
            response = self.crashed(Request(scope), fault)
            if not begun:
                await response(scope, receive, answer)

    def _refused(self, scope: Scope) -> Response | None:
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > LONGEST_PATH:
            return _short(scope, "The address is too long.", "not-understood", 414)
        if not length.isdigit() or int(length) > MOST_BYTES:
            return _short(scope, "The request is too long.", "too-long", 413)
        if not self.development:
            return None
        host = headers.get(b"host", b"").decode("latin-1")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        client = scope.get("client")
        here = client is not None and is_loopback(client[0])
        if not here or name not in LOCAL_NAMES or any(header in headers for header in FORWARDED):
            told = "In development only this computer may ask, and through no proxy."
            return _short(scope, told, "not-from-here", 403)
        return None

    def _set(self, token: str | None) -> str:
        how = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if self.secure else "")
        return f"{COOKIE}={token}{how}" if token else f"{COOKIE}=; Max-Age=0{how}"


def is_loopback(host: str) -> bool:
    """Say whether an address is that of this computer itself.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("desk.example")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _short(scope: Scope, words: str, kind: str, status: int) -> Response:
    """Say no before anybody is asked who they are: to a program as a problem, to a browser in words."""
    return problem(kind, words) if scope["path"].startswith("/api/") else PlainTextResponse(words, status)


def _cookie(scope: Scope) -> str | None:
    said = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(said.decode("latin-1"))
    except CookieError:
        return None
    return jar[COOKIE].value if COOKIE in jar else None


def _at_most(receive: Receive) -> Receive:
    """Count what a request brings that did not say, or did not say truly, how long it is."""
    brought = 0

    async def counted() -> Message:
        nonlocal brought
        message = await receive()
        brought += len(message.get("body", b""))
        if brought > MOST_BYTES:
            raise TooMuch
        return message

    return counted
