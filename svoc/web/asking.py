"""What a page asks of a request before it answers: who it is, and whether its form came from one of our pages."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from svoc.web.arriving import signed_in_by_proxy
from svoc.web.house import house_of, session_of, sitting
from svoc.web.sessions import Session
from svoc.web.who import Identity
from svoc.words.roles import Role

__all__ = [
    "DECIDES",
    "LOOKS",
    "Form",
    "FormOf",
    "Looking",
    "NotForYou",
    "NotFromHere",
    "NotSignedIn",
    "SignedIn",
    "Stewarding",
    "Who",
    "form_of",
    "within",
]

OWN_PAGE = re.compile(r"/desk(/[A-Za-z0-9_-]{1,80}){0,4}")
"""Where somebody may be sent once they have signed in."""
MOST_FIELDS = 40
DECIDES = (Role.STEWARD, Role.SECOND_CHECKER)
LOOKS = (*DECIDES, Role.OFFICER)
LONGEST = 2_000
"""So long one field of a form may be."""


class NotSignedIn(Exception):
    """Says that whoever asks has to show who they are first."""


class NotFromHere(Exception):
    """Says that a form did not come from a page that this session was given, or came too late."""


class NotForYou(Exception):
    """Says that whoever asks has no role for the page."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, the last of each name; a text that is too long, or holds what no keyboard types, is cut."""

    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """Give a field without the spaces around it; "" where it is not there."""
        return self.fields.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Who:
    """Who is signed in, their session, and the purpose that they work for."""

    session: Session
    identity: Identity
    purpose: str


def signed_in(request: Request) -> Who:
    """Give who is signed in and may decide cases; raise `NotSignedIn` or `NotForYou` otherwise."""
    return _admitted(request, DECIDES)


def looking(request: Request) -> Who:
    """Give who is signed in and may look residents up; raise `NotSignedIn` or `NotForYou` otherwise."""
    return _admitted(request, LOOKS)


def stewarding(request: Request) -> Who:
    """Give who is signed in and decides who is who; raise `NotSignedIn` or `NotForYou` otherwise."""
    return _admitted(request, (Role.STEWARD,))


def _admitted(request: Request, roles: tuple[Role, ...]) -> Who:
    signed_in_by_proxy(request)
    session = session_of(request)
    if session is None or session.identity is None:
        if request.method == "GET" and within(request.url.path):
            sitting(request).wanted = request.url.path
        raise NotSignedIn
    if not session.identity.is_any(*roles):
        raise NotForYou
    return Who(session, session.identity, session.purpose)


def within(path: str) -> bool:
    """Say whether a path is that of one of the desk's own pages, and no more than a path.

    >>> within("/desk/case/9f2c"), within("//example.org/desk"), within("/desk/../x"), within("https://a.example/desk")
    (True, False, False, False)
    """
    return OWN_PAGE.fullmatch(path) is not None


async def form_of(request: Request) -> Form:
    """Read a form that bears the token of its session; raise `NotFromHere` otherwise."""
    house_of(request)
    session = session_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if session is None or kind != "application/x-www-form-urlencoded":
        raise NotFromHere
    try:
        pairs = parse_qsl((await request.body()).decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError):
        raise NotFromHere from None
    fields = {name: _typed(value) for name, value in pairs}
    if not hmac.compare_digest(fields.get("csrf", "").encode(), session.csrf.encode()):
        raise NotFromHere
    return Form(fields)


def _typed(text: str) -> str:
    """Keep what somebody can have typed: printable letters and line ends, up to a length."""
    return "".join(c for c in text[:LONGEST].replace("\r\n", "\n") if c.isprintable() or c == "\n")


SignedIn = Annotated[Who, Depends(signed_in)]
Looking = Annotated[Who, Depends(looking)]
Stewarding = Annotated[Who, Depends(stewarding)]
FormOf = Annotated[Form, Depends(form_of)]
