"""What is answered where something is wrong: one shape, RFC 9457, without a word of anybody's data."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from svoc.desk.sitting import ChangedMeanwhile
from svoc.errors import DecidedMeanwhile, PurposeRefused, SettingsError, SvocError, TryAgain, said_of
from svoc.keys import KeyRefused
from svoc.web.arriving import Spoofed
from svoc.web.asking import NotSignedIn

__all__ = ["PROBLEMS", "Problem", "Refused", "answer_to", "problem"]

MEDIA = "application/problem+json"
ABOUT = "urn:svoc:problem:"


class Fault(BaseModel):
    """One thing that is wrong with what was asked: where, and what was expected."""

    where: str
    expected: str


class Problem(BaseModel):
    """What went wrong (RFC 9457): `type` for programs, `title` and `detail` for people."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="Which kind of problem: urn:svoc:problem: and a word")
    title: str
    status: int
    detail: str = ""
    errors: list[Fault] | None = Field(default=None, description="Each thing that is wrong with what was asked")
    leads_to: str | None = Field(default=None, description="Whom a retired identifier leads to today")


class Refused(SvocError):
    """Says why the API does not answer; `kind` and `status` are of `KINDS`."""

    def __init__(self, kind: str, detail: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.more = kind, detail, more
        self.headers: dict[str, str] = {}


KINDS: Mapping[str, tuple[int, str]] = {
    "not-understood": (400, "The request is not understood"),
    "purpose-missing": (400, "A purpose is missing"),
    "not-known": (401, "It is not known who asks"),
    "purpose-refused": (403, "The purpose is refused"),
    "not-for-role": (403, "This is not for the role of who asks"),
    "not-for-whom": (403, "It has to be said for whom a system asks"),
    "not-from-here": (403, "The request did not come the right way"),
    "not-there": (404, "There is no such thing"),
    "not-this-way": (405, "This is not asked this way"),
    "cannot-be": (409, "This cannot be done as things stand"),
    "still-at-it": (409, "The same request is still being answered"),
    "changed": (412, "It is not as it was when it was shown"),
    "too-long": (413, "The request is too long"),
    "not-json": (415, "JSON is expected"),
    "not-valid": (422, "What is asked does not fit"),
    "another-request": (422, "Something else was asked under this key before"),
    "unconditional": (428, "It has to be said what was shown"),
    "too-often": (429, "Too many requests"),
    "unexpected": (500, "Something unexpected went wrong"),
    "later": (503, "Try again later"),
}
"""Kind -> HTTP status and title."""

SHAPE = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"content": SHAPE, "description": " or ".join(title for each, title in KINDS.values() if each == status)}
    for status in sorted({status for status, _ in KINDS.values()})
}
"""The answers that every operation may give besides its own, for the OpenAPI document."""

log = structlog.get_logger("svoc")


def problem(kind: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """Answer with a problem of a kind."""
    status, title = KINDS[kind]
    told = Problem(type=ABOUT + kind, title=title, status=status, detail=detail, **more)
    return Response(told.model_dump_json(exclude_none=True), status, dict(headers or {}), media_type=MEDIA)


def answer_to(request: Request, fault: Exception) -> Response:
    """Answer to whatever went wrong; of what nobody foresaw only kind and place go to the log, and nothing out."""
    for kind, answer in ANSWERS.items():
        if isinstance(fault, kind):
            return answer(fault)
    for kind, word in FORESEEN.items():
        if isinstance(fault, kind):
            return problem(word, str(fault))
    log.error("crashed", fault=said_of(fault))
    return problem("unexpected")


FORESEEN: Mapping[type[Exception], str] = {
    PurposeRefused: "purpose-refused",
    DecidedMeanwhile: "changed",
    ChangedMeanwhile: "changed",
    Spoofed: "not-from-here",
    SettingsError: "cannot-be",
    SvocError: "cannot-be",
}
"""What each kind of error of svoc's own is to whoever asked; the first that fits counts."""


def _invalid(fault: RequestValidationError) -> Response:
    """Name what is wrong by its place, and what was expected; never what was said there."""
    rows = [error for error in fault.errors() if isinstance(error, dict)]
    if any(error.get("type") == "json_invalid" for error in rows):
        return problem("not-understood", "expected JSON")
    told = [Fault(where=_where(error), expected=_expected(error)) for error in rows]
    return problem("not-valid", errors=told)


def _expected(error: Mapping[str, Any]) -> str:
    """Say what was expected; pydantic's own words repeat the tag of a union that there is not."""
    if error.get("type") == "union_tag_invalid":
        return f"Input should be {error['ctx']['expected_tags']}"
    return str(error.get("msg", ""))


def _where(error: Mapping[str, Any]) -> str:
    place = list(error.get("loc", ()))
    if error.get("type") == "extra_forbidden":
        place.pop()  # a name of their own making
    return "/".join(str(part) for part in place)


def _http(fault: HTTPException) -> Response:
    kinds = {400: "not-understood", 404: "not-there", 405: "not-this-way", 413: "too-long", 415: "not-json"}
    cause = type(fault.__cause__).__name__
    kind = "too-long" if cause == "TooMuch" else kinds.get(fault.status_code, "not-understood")
    return problem(kind, headers=fault.headers)


def _refused(fault: Any) -> Response:
    return problem(fault.kind, fault.detail, headers=fault.headers, **fault.more)


def _unknown(fault: Exception) -> Response:
    return problem("not-known", str(fault), headers={"www-authenticate": 'Bearer realm="svoc"'})


def _later(fault: Exception) -> Response:
    log.warning("busy", fault=type(fault).__name__)
    return problem("later", headers={"retry-after": "5"})


ANSWERS: Mapping[type[Exception], Callable[[Any], Response]] = {
    Refused: _refused,
    KeyRefused: _unknown,
    NotSignedIn: _unknown,
    RequestValidationError: _invalid,
    HTTPException: _http,
    TryAgain: _later,
}
