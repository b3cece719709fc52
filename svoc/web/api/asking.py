"""Who asks, for which purpose and on whose behalf: asked of every request before anything is looked at."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Security
from fastapi.security import HTTPBearer

from svoc.council import Council
from svoc.desk import Desk, Shared
from svoc.errors import PurposeRefused
from svoc.keys import KeyRefused
from svoc.reading import Reader
from svoc.web.api.problems import Refused
from svoc.web.arriving import KEY, by_key, by_proxy, seen_by
from svoc.web.asking import NotSignedIn
from svoc.web.house import House, house_of, session_of
from svoc.web.limits import Limits
from svoc.web.who import Identity
from svoc.words.audit import Kind
from svoc.words.verbs import verbs

__all__ = ["Asking", "limits_of", "may"]

SAFE = frozenset({"GET", "HEAD"})
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,59}")
BEARER = HTTPBearer(auto_error=False, description="A key: `svoc key add council.toml --for crm ...`")
PURPOSE = "What it is asked for: a purpose that the council declared. Needed here or in the query."


@dataclass(frozen=True, slots=True)
class Asking:
    """One request, once it is known who asks and what for: `council` is the council as they may use it.

    `shared`: what the requests of one process read once for each night; `opened`: the gate.
    """

    council: Council
    identity: Identity
    purpose: str
    because: str | None
    shared: Shared
    opened: Reader

    @property
    def actor(self) -> str:
        """Give who asks, as the audit trail names them."""
        return self.identity.actor

    def reader(self) -> Reader:
        """Give the gate, which was opened when the purpose was looked at."""
        return self.opened

    def desk(self) -> Desk:
        """Sit down at the desk."""
        return Desk(self.council, steward=self.actor, purpose=self.purpose, shared=self.shared)


def may(verb: str) -> Callable[..., Asking]:
    """Give the dependency of an operation that does one thing of `svoc/defaults/verbs.toml`."""

    def asked(
        request: Request,
        svoc_purpose: Annotated[str | None, Header(max_length=60, description=PURPOSE)] = None,
        purpose: Annotated[
            str | None, Query(max_length=60, description="The same, where no header can be sent.")
        ] = None,
        svoc_reason: Annotated[
            str | None, Header(max_length=200, description="Why; kept with the audit trail.")
        ] = None,
        svoc_on_behalf_of: Annotated[
            str | None, Header(max_length=60, description="The human for whom a system asks.")
        ] = None,
        _: Annotated[object, Security(BEARER)] = None,
    ) -> Asking:
        identity = _whoever(request)
        _refuse_too_often(request, identity.actor)
        if not verbs().may(identity.roles, verb):
            raise Refused("not-for-role", f"no role of who asks may do this: {verb}")
        for_whom = _for_whom(identity, svoc_on_behalf_of, verb)
        named = {code for code in (svoc_purpose, purpose) if code}
        if len(named) != 1:
            raise Refused("purpose-missing", "name one purpose, as the header Svoc-Purpose or as purpose in the query")
        (code,) = named
        return _for(house_of(request), for_whom, code, svoc_reason)

    return asked


def _for(house: House, identity: Identity, code: str, because: str | None) -> Asking:
    """Refuse a purpose that a key is not for; one that there is not, or that is not theirs, the gate refuses."""
    council = house.council
    mine = seen_by(council, identity)
    try:
        opened = mine.reader(code, actor=identity.actor, because=because)
    except PurposeRefused:
        if code in (there := council.policy.purposes.purposes):
            raise
        raise Refused("purpose-refused", f"there is no such purpose; there are {', '.join(there)}") from None
    if code not in identity.purposes:
        council.audit.note(Kind.DENIED, actor=identity.actor, purpose=code, because=because, about={"ground": "key"})
        raise Refused("purpose-refused", "the key is not for this purpose")
    return Asking(mine, identity, code, because, house.shared, opened)


def _for_whom(identity: Identity, said: str | None, verb: str) -> Identity:
    if identity.how != KEY:
        if said is not None:
            raise Refused("not-for-whom", "only a system asks for somebody else")
        return identity
    if said is None:
        if verb in verbs().of_people:
            raise Refused("not-for-whom", "name the human who does this as the header Svoc-On-Behalf-Of")
        return identity
    if not NAME.fullmatch(said):
        raise Refused("not-for-whom", "Svoc-On-Behalf-Of: expected the name of a member of staff, as j.okafor")
    return replace(identity, actor=f"{identity.actor}/{said}")


def _whoever(request: Request) -> Identity:
    """Give who asks: a system by its key, somebody by the council's proxy, or whoever has signed in at the desk."""
    try:
        if found := by_key(request):
            return found
    except KeyRefused:
        if wait := limits_of(request, "guesses").wait(request.client.host if request.client else ""):
            raise _too_often(wait) from None
        raise
    if found := by_proxy(request) or _signed_in(request):
        _refuse_from_elsewhere(request)
        return found
    raise NotSignedIn("expected a key, as Authorization: Bearer svoc_...")


def _signed_in(request: Request) -> Identity | None:
    session = session_of(request)
    return session.identity if session else None


def _refuse_from_elsewhere(request: Request) -> None:
    """Refuse what another site makes a browser send: it bears what the browser has of ours, and is nobody's act."""
    if request.method in SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if site not in {None, "same-origin"} or (
        origin is not None and origin.partition("://")[2] != own.partition("://")[2]
    ):
        raise Refused("not-from-here", "a browser sent this from another site")


def _refuse_too_often(request: Request, actor: str) -> None:
    if wait := limits_of(request, "asks").wait(actor):
        raise _too_often(wait)


def _too_often(seconds: int) -> Refused:
    refused = Refused("too-often", f"ask again in {seconds} seconds")
    refused.headers["retry-after"] = str(seconds)
    return refused


def limits_of(request: Request, name: str) -> Limits:
    """Give the limits on what is asked (`asks`) or on keys that are guessed (`guesses`)."""
    limits: Limits = getattr(request.app.state, name)
    return limits


Finding = Annotated[Asking, Depends(may("find"))]
Person = Annotated[Asking, Depends(may("person"))]
Records = Annotated[Asking, Depends(may("records"))]
History = Annotated[Asking, Depends(may("history"))]
Telling = Annotated[Asking, Depends(may("tell"))]
Notices = Annotated[Asking, Depends(may("notices"))]
Acknowledging = Annotated[Asking, Depends(may("acknowledge"))]
Cases = Annotated[Asking, Depends(may("cases"))]
Deciding = Annotated[Asking, Depends(may("decide"))]
Regrouping = Annotated[Asking, Depends(may("regroup"))]
Placing = Annotated[Asking, Depends(may("place"))]
Matching = Annotated[Asking, Depends(may("match"))]
Measuring = Annotated[Asking, Depends(may("metrics"))]
