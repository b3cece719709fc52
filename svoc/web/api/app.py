"""Makes the staff API, to be mounted at /api/v1: its operations, its one shape of errors, its OpenAPI document."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from svoc.errors import SvocError
from svoc.web.api import cases, grouping, measuring, persons, places, telling
from svoc.web.api.measuring import Counted
from svoc.web.api.problems import Problem, answer_to
from svoc.web.asking import NotSignedIn
from svoc.web.house import House
from svoc.web.limits import Limits

__all__ = ["api", "counted"]

VERSION = "1.0"
GUESSES_A_MINUTE = 30
"""So many keys that are none may come from one address."""
ABOUT = (
    "What the other systems of a council ask of its single view of the resident, and tell it. Every call names a "
    "purpose; it answers with the records and facts that the purpose may use, and is noted in the audit trail."
)


def api(house: House) -> FastAPI:
    """Make the API over what the application has open."""
    app = FastAPI(title="svoc staff API", version=VERSION, description=ABOUT, docs_url=None, redoc_url=None)
    app.state.house = house
    app.state.asks, app.state.guesses = Limits(house.settings.sign_in.a_minute), Limits(GUESSES_A_MINUTE)
    for room in (persons, cases, grouping, telling, places, measuring):
        app.include_router(room.router)
    for fault in (SvocError, NotSignedIn, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(fault, _answer)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


async def _answer(request: Request, fault: Exception) -> Response:
    return answer_to(request, fault)


def counted(app: FastAPI) -> Counted:
    """Count what the API is asked; it tells the figures itself."""
    wrapped = Counted(app)
    app.state.counted = wrapped
    return wrapped


def _document(app: FastAPI) -> dict[str, Any]:
    """Give the OpenAPI document, made once, with the one shape of problems."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas |= {**shape.pop("$defs", {}), "Problem": shape}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = made
    return app.openapi_schema
