"""What a page asks of a request before it answers: who it is, and whether its form came from one of our pages."""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from svoc.council import Council
from svoc.web.arriving import seen_by, signed_in_by_proxy
from svoc.web.house import house_of, session_of, sitting
from svoc.web.sessions import Session
from svoc.web.who import Identity
from svoc.words.verbs import verbs

__all__ = [
    "Auditing",
    "Deciding",
    "Finding",
    "Form",
    "FormOf",
    "Measuring",
    "NotForYou",
    "NotFromHere",
    "NotSignedIn",
    "Reading",
    "SignedIn",
    "Stewarding",
    "Who",
    "form_of",
    "within",
]

OWN_PAGE = re.compile(r"/desk(/[A-Za-z0-9_-]{1,80}){0,4}")
"""Where somebody may be sent once they have signed in."""
MOST_FIELDS = 40
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
    """Who is signed in, their session, the purpose that they work for, and the council as they may use it.

    Their roles are those of `identity`, whatever `[actors]` says of their name.
    """

    session: Session
    identity: Identity
    purpose: str
    council: Council

    def may(self, verb: str) -> bool:
        """Say whether their roles allow one thing of `svoc/defaults/verbs.toml`."""
        return verbs().may(self.identity.roles, verb)


def allowed(verb: str) -> Callable[[Request], Who]:
    """Give the dependency of a page that does one thing of `svoc/defaults/verbs.toml`."""

    def admitted(request: Request) -> Who:
        who = signed_in(request)
        if not who.may(verb):
            raise NotForYou
        return who

    return admitted


def signed_in(request: Request) -> Who:
    """Give who is signed in, with whatever role; raise `NotSignedIn`, or `NotForYou` for who has none."""
    signed_in_by_proxy(request)
    session = session_of(request)
    if session is None or session.identity is None:
        if request.method == "GET" and within(request.url.path):
            sitting(request).wanted = request.url.path
        raise NotSignedIn
    if not session.identity.roles:
        raise NotForYou
    return Who(session, session.identity, session.purpose, seen_by(house_of(request).council, session.identity))


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
Deciding = Annotated[Who, Depends(allowed("decide"))]
Finding = Annotated[Who, Depends(allowed("find"))]
Reading = Annotated[Who, Depends(allowed("records"))]
Stewarding = Annotated[Who, Depends(allowed("regroup"))]
Measuring = Annotated[Who, Depends(allowed("figures"))]
Auditing = Annotated[Who, Depends(allowed("audit"))]
FormOf = Annotated[Form, Depends(form_of)]
