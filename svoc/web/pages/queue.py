"""The queue: which cases wait, the most pressing first."""

from collections import Counter
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Case, Desk
from svoc.web.asking import SignedIn
from svoc.web.house import house_of
from svoc.web.rendering import page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Queue:
    """`kinds`: how many cases wait in each queue; `cases`: those that are shown."""

    kinds: tuple[tuple[str, int], ...]
    cases: tuple[Case, ...]


@router.get("/")
def home() -> Response:
    """Lead to the desk."""
    return RedirectResponse("/desk", 303)


@router.get("/desk")
def queue(request: Request, who: SignedIn) -> Response:
    """Show what waits."""
    desk = Desk(house_of(request).council, steward=who.identity.actor, purpose=who.purpose)
    cases = desk.cases()
    kinds = Counter(case.kind.value for case in cases)
    return page(request, "queue.html", Queue(tuple(sorted(kinds.items())), tuple(cases[:50])))
