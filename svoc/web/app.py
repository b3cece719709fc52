"""Makes the web application: the pages, what guards them, and what they answer when something is wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from svoc.errors import PurposeRefused, SvocError, TryAgain, said_of
from svoc.web import static_files
from svoc.web.api.app import api, counted
from svoc.web.arriving import Spoofed
from svoc.web.asking import NotForYou, NotFromHere, NotSignedIn
from svoc.web.guarding import Guarded
from svoc.web.house import House, session_of
from svoc.web.pages import (
    alike,
    by_oidc,
    case,
    case_groups,
    decisions,
    fact,
    figures,
    find,
    person,
    queue,
    sign_in,
    taking_apart,
    trail,
)
from svoc.web.pages.wrong import Wrong, wrong
from svoc.web.sessions import Sessions
from svoc.words.verbs import verbs

__all__ = ["ROOMS", "application"]

ROOMS = (
    static_files, sign_in, by_oidc, queue, case, alike, case_groups, decisions, fact, figures, find, person,
    taking_apart, trail,
)  # fmt: skip
"""What has pages."""

BEGINS = (("find", "/desk/find"), ("audit", "/desk/audit"), ("figures", "/desk/figures"))
"""Where somebody begins who decides no cases: at the first page for what they may do."""

log = structlog.get_logger("svoc")


AT_ONCE = 4
"""Requests that are answered at once; the others wait in turn.

Python works on one at a time however many threads there are, and each that comes makes all others wait for it at every
step that lets it go. With forty, fifty searches a second took seconds each; with four, some twenty milliseconds
(`benchmarks/desk_load.py`).
"""


def application(
    council: Path, *, development: bool = False, secure: bool = True, sessions: Sessions | None = None
) -> FastAPI:
    """Make the application of one council; its database is opened at once, and let go when the application ends.

    `development`: whoever asks is who they say they are, so that only this computer may ask; `secure`: the cookie is
    sent over HTTPS alone. Raises `SettingsError` or `StoreUnavailable` where the council cannot be opened.

    >>> app = application(Path("council.toml"), development=True, secure=False)      # doctest: +SKIP
    """
    house = House.open(council, development=development, sessions=sessions)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = AT_ONCE
        yield
        house.council.close()

    app = FastAPI(title=house.settings.council.name, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    for room in ROOMS:
        app.include_router(room.router)
    app.mount("/api/v1", counted(api(house)))
    for fault, answer in ANSWERS.items():
        app.add_exception_handler(fault, answer)
    app.add_middleware(Guarded, sessions=house.sessions, crashed=_crashed, development=development, secure=secure)
    return app


async def _not_signed_in(request: Request, _: Exception) -> Response:
    return RedirectResponse("/desk/sign-in", 303)


async def _not_from_here(request: Request, _: Exception) -> Response:
    return wrong(request, Wrong("not_from_here"), status=403)


async def _not_for_you(request: Request, _: Exception) -> Response:
    session = session_of(request)
    if request.url.path == "/desk" and session and session.identity:
        may = verbs().of(session.identity.roles)
        if first := next((path for verb, path in BEGINS if verb in may), None):
            return RedirectResponse(first, 303)
    return wrong(request, Wrong("not_for_you"), status=403)


async def _refused(request: Request, fault: Exception) -> Response:
    return wrong(request, Wrong("refused", str(fault)), status=403)


async def _later(request: Request, fault: Exception) -> Response:
    log.warning("busy", fault=type(fault).__name__)
    return wrong(request, Wrong("later", str(fault)), status=503)


async def _cannot(request: Request, fault: Exception) -> Response:
    return wrong(request, Wrong("cannot", str(fault)), status=409)


async def _http(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 400
    return wrong(request, Wrong("not_found" if status in {404, 405} else "cannot"), status=status)


def _crashed(request: Request, fault: Exception) -> Response:
    """Name kind and place in the log, and nothing to whoever asked: a message may hold what a field holds."""
    log.error("crashed", fault=said_of(fault))
    return wrong(request, Wrong("unexpected"), status=500)


ANSWERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    NotSignedIn: _not_signed_in,
    NotFromHere: _not_from_here,
    NotForYou: _not_for_you,
    Spoofed: _not_from_here,
    PurposeRefused: _refused,
    TryAgain: _later,
    SvocError: _cannot,
    RequestValidationError: _http,
    HTTPException: _http,
}
"""What is answered to each kind of fault; that of the nearest kind counts."""
