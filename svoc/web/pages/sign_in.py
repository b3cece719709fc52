"""Signing in and out, and choosing the purpose that one works for."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.web.arriving import first_purpose
from svoc.web.asking import FormOf, SignedIn, within
from svoc.web.house import house_of, session_of, sitting
from svoc.web.rendering import page
from svoc.web.who import developer

__all__ = ["router"]

router = APIRouter(prefix="/desk", include_in_schema=False)

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class SignIn:
    """`name`: what was typed, where it was refused for `fault`; `provider`: whether people sign in at one."""

    name: str = ""
    fault: str = ""
    provider: bool = False


@dataclass(frozen=True, slots=True)
class Purposes:
    """`choices`: code and words of what may be asked for; `chosen`: the one that one works for now."""

    choices: tuple[tuple[str, str], ...]
    chosen: str


@router.get("/sign-in")
def ask(request: Request) -> Response:
    """Ask who somebody is."""
    sitting(request)
    return page(request, "sign_in.html", SignIn(provider=house_of(request).provider is not None))


@router.post("/sign-in")
def told(request: Request, form: FormOf) -> Response:
    """Take their word for it, in development alone."""
    house, session = house_of(request), sitting(request)
    if not house.development:
        return RedirectResponse("/desk/sign-in", 303)
    name = form.text("name")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return page(request, "sign_in.html", SignIn(name[:LONGEST_NAME], "sign_in.no_name"), status=400)
    identity = developer(name, house.council.policy)
    request.state.session = house.sessions.sign_in(session, identity, first_purpose(house.council, identity))
    wanted = session.wanted if within(session.wanted) else "/desk"
    return RedirectResponse(wanted, 303)


@router.post("/sign-out")
def leave(request: Request, form: FormOf) -> Response:
    """End the session."""
    if session := session_of(request):
        house_of(request).sessions.end(session)
    request.state.session = None
    return RedirectResponse("/desk/sign-in", 303)


@router.get("/purpose")
def purposes(request: Request, who: SignedIn) -> Response:
    """Show what one may work for."""
    known = house_of(request).council.policy.purposes.purposes
    choices = tuple((code, known[code].words) for code in who.identity.purposes if code in known)
    return page(request, "purpose.html", Purposes(choices, who.purpose))


@router.post("/purpose")
def choose(request: Request, who: SignedIn, form: FormOf) -> Response:
    """Work for another purpose."""
    if form.text("purpose") in who.identity.purposes:
        who.session.purpose = form.text("purpose")
        who.session.made.clear()
    return RedirectResponse("/desk", 303)
