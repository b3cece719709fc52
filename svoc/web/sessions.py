"""Who is signed in, until when: kept by the server, so that signing out ends it and a cookie holds nothing.

A cookie is 256 random bits and no more. What it stands for is here, in memory, under its hash: a process that ends
signs everybody out, and a copy of memory's keys opens nothing.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from svoc.web.who import Identity

__all__ = ["COOKIE", "Session", "Sessions"]

COOKIE = "svoc_desk"
IDLE = 30 * 60.0
LONGEST = 10 * 60 * 60.0
"""Seconds after which who does nothing, and who does something, has to show anew who they are."""
MOST = 10_000
"""So many sessions are kept; whoever asks for more pushes out those that were used longest ago."""


@dataclass(slots=True)
class Session:
    """One browser: who uses it, if they have shown it; `csrf` stands in each of its forms.

    `purpose`: what they work for; `wanted`: the page that they wanted before they were asked who they are; `made`: the
    numbers of the decisions of this sitting, an answer's together; `said`: what the next page tells once; `kept`: what
    a way of signing in has to remember.
    """

    token: str
    began: float
    used: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    identity: Identity | None = None
    purpose: str = ""
    wanted: str = ""
    made: list[list[int]] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)


class Sessions:
    """All sessions of one process.

    >>> sessions = Sessions()
    >>> begun = sessions.begin()
    >>> sessions.find(begun.token) is begun, sessions.find("guessed") is None
    (True, True)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._by_hash: dict[str, Session] = {}
        self._lock = threading.Lock()

    def begin(self) -> Session:
        """Begin one of somebody who is not known yet."""
        now = self._clock()
        return self._keep(Session(secrets.token_urlsafe(32), now, now))

    def find(self, token: str | None) -> Session | None:
        """Give the session of a cookie, if there is one and it has not ended."""
        if not token:
            return None
        now, key = self._clock(), _hash(token)
        with self._lock:
            session = self._by_hash.pop(key, None)
            if session is None or now - session.used > IDLE or now - session.began > LONGEST:
                return None
            session.used = now
            self._by_hash[key] = session
            return session

    def sign_in(self, session: Session, identity: Identity, purpose: str) -> Session:
        """Give a new session, under a new cookie, to who has shown who they are; the one of before ends."""
        self.end(session)
        now, fresh = self._clock(), secrets.token_urlsafe(32)
        wanted = session.wanted
        return self._keep(replace(Session(fresh, now, now), identity=identity, purpose=purpose, wanted=wanted))

    def end(self, session: Session) -> None:
        """End one: its cookie opens nothing any more."""
        with self._lock:
            self._by_hash.pop(_hash(session.token), None)

    def _keep(self, session: Session) -> Session:
        with self._lock:
            self._by_hash[_hash(session.token)] = session
            while len(self._by_hash) > MOST:
                self._by_hash.pop(next(iter(self._by_hash)))
        return session


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
