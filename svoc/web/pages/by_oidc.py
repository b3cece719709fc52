"""Signing in at the council's provider of OpenID Connect: away with something to bring back, and back with it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.web.arriving import first_purpose, identified
from svoc.web.asking import within
from svoc.web.house import house_of, session_of, sitting
from svoc.web.oidc import Begun, NotVouchedFor, ProviderAway
from svoc.web.pages.wrong import Wrong, wrong
from svoc.words.audit import Kind

__all__ = ["router"]

router = APIRouter(prefix="/desk/sign-in", include_in_schema=False)
BEGUN = "oidc"
LONGEST = 4_000


@router.get("/begin")
def begin(request: Request) -> Response:
    """Send somebody to the provider."""
    house = house_of(request)
    if house.provider is None:
        return RedirectResponse("/desk/sign-in", 303)
    begun = Begun.new()
    try:
        away = house.provider.address(begun)
    except ProviderAway as fault:
        return wrong(request, Wrong("later", str(fault)), status=503)
    sitting(request).kept[BEGUN] = begun
    return RedirectResponse(away, 303)


@router.get("/done")
def done(request: Request) -> Response:
    """Take somebody back from the provider, once, and give them a session of their own."""
    house, session = house_of(request), session_of(request)
    begun = session.kept.pop(BEGUN, None) if session else None
    if house.provider is None or session is None or not isinstance(begun, Begun):
        return wrong(request, Wrong("cannot", "no sign-in was begun here: begin again"), status=400)
    came_back = {name: value[:LONGEST] for name, value in request.query_params.items()}
    try:
        claimed = house.provider.claimed(begun, came_back)
    except NotVouchedFor as fault:
        return wrong(request, Wrong("refused", str(fault)), status=403)
    except ProviderAway as fault:
        return wrong(request, Wrong("later", str(fault)), status=503)
    identity = identified(house.council, claimed.actor, claimed.groups, how="oidc")
    house.council.audit.note(Kind.SIGN, actor=identity.actor, about={"how": "oidc", "stage": "in"})
    wanted = session.wanted if within(session.wanted) else "/desk"
    purpose = first_purpose(house.council, identity)
    request.state.session = house.sessions.sign_in(session, identity, purpose)
    return RedirectResponse(wanted, 303)
