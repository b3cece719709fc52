"""What is told where nothing could be decided: somebody else has it or answered it, or it has changed since."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response

from svoc.desk import Desk
from svoc.desk.sitting import AnsweredBy, ChangedMeanwhile, ClosedMeanwhile, WithAnother, answered_by
from svoc.web.rendering import page

__all__ = ["CAME_BETWEEN", "Meanwhile", "came_between", "not_open"]

CAME_BETWEEN = (WithAnother, ClosedMeanwhile, ChangedMeanwhile)
"""What may come between looking and deciding."""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Why nothing was decided: `what` happened, who has it or answered it, and where to `look` again."""

    what: str
    look: str = ""
    who: str = ""
    verdict: str = ""
    at: datetime | None = None


def not_open(request: Request, desk: Desk, case_id: str, *, status: int) -> Response:
    """Say that a case is not open any more, and who answered it if somebody did."""
    return page(request, "meanwhile.html", _closed(answered_by(desk, case_id)), status=status)


def came_between(request: Request, fault: Exception, look: str) -> Response:
    """Say which of `CAME_BETWEEN` it was; `look`: the page on which to look again."""
    if isinstance(fault, WithAnother):
        told = Meanwhile("with_another", look, fault.lease.steward, at=fault.lease.until)
    elif isinstance(fault, ClosedMeanwhile):
        told = _closed(fault.answered)
    else:
        told = Meanwhile("changed", look)
    return page(request, "meanwhile.html", told, status=409)


def _closed(answered: AnsweredBy | None) -> Meanwhile:
    if answered is None:
        return Meanwhile("closed")
    return Meanwhile("answered", "", answered.steward, answered.verdict, answered.at)
