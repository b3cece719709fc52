"""The queue: which cases wait, the most pressing first, and who has which before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Desk
from svoc.desk.queues import Queue, Waiting, of_the_role, waiting
from svoc.web.asking import Deciding, Who
from svoc.web.house import house_of
from svoc.web.rendering import page

__all__ = ["desk_of", "next_of", "router"]

router = APIRouter(include_in_schema=False)

EACH_PAGE = 25


@dataclass(frozen=True, slots=True)
class Counted:
    """A queue: how many cases wait in it, and for how many days the oldest has."""

    queue: str
    cases: int
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the list: `days` that it has waited, who else has it and until when."""

    id: str
    called: tuple[str, ...]
    queue: str
    kind: str
    reason: str
    days: int | None
    holder: str
    until: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`chosen`: the queue that is shown, "" for all; `here`, `pages`: which page of how many."""

    queues: tuple[Counted, ...]
    chosen: str
    total: int
    lines: tuple[Line, ...]
    here: int
    pages: int
    first: str


def desk_of(request: Request, who: Who) -> Desk:
    """Give the desk of who is signed in, for the purpose that they work for."""
    house = house_of(request)
    return Desk(who.council, steward=who.identity.actor, purpose=who.purpose, shared=house.shared)


def next_of(found: Sequence[Waiting], steward: str, *, queue: str = "", but: str = "") -> str | None:
    """Name the first case that nobody else has, of a queue where one is chosen, of all where that has none."""
    free = [w for w in found if w.case.id != but and (w.lease is None or w.lease.is_of(steward))]
    of_the_queue = [w for w in free if not queue or w.queue == queue]
    return next((w.case.id for w in [*of_the_queue, *free]), None)


@router.get("/")
def home() -> Response:
    """Lead to the desk."""
    return RedirectResponse("/desk", 303)


@router.get("/desk")
def queue(
    request: Request, who: Deciding, queue: str = "", page_number: Annotated[str, Query(alias="page")] = "1"
) -> Response:
    """Show what waits; `queue` and `page` choose what of it."""
    found = of_the_role(waiting(desk_of(request, who)), who.identity.roles)
    now = datetime.now(UTC)
    chosen = queue if queue in set(Queue) else ""
    shown = [w for w in found if not chosen or w.queue == chosen]
    pages = max(1, -(-len(shown) // EACH_PAGE))
    here = min(pages, max(1, int(page_number) if page_number.isdecimal() and len(page_number) < 6 else 1))
    lines = tuple(_line(w, who.identity.actor, now) for w in shown[(here - 1) * EACH_PAGE : here * EACH_PAGE])
    first = next_of(shown, who.identity.actor, queue=chosen) or ""
    return page(request, "queue.html", QueuePage(_counted(found, now), chosen, len(found), lines, here, pages, first))


@router.get("/desk/next")
def next_case(request: Request, who: Deciding, queue: str = "") -> Response:
    """Lead to the most pressing case that nobody else has."""
    found = of_the_role(waiting(desk_of(request, who)), who.identity.roles)
    chosen = queue if queue in set(Queue) else ""
    case = next_of(found, who.identity.actor, queue=chosen)
    more = f"?queue={chosen}" if chosen else ""
    return RedirectResponse(f"/desk/case/{case}{more}" if case else "/desk", 303)


def _counted(found: Sequence[Waiting], now: datetime) -> tuple[Counted, ...]:
    counted = []
    for each in Queue:
        ages = [_days(w, now) for w in found if w.queue is each]
        if ages:
            counted.append(Counted(each.value, len(ages), max((a for a in ages if a is not None), default=None)))
    return tuple(counted)


def _line(found: Waiting, steward: str, now: datetime) -> Line:
    lease = found.lease
    mine = lease is not None and lease.is_of(steward)
    return Line(
        id=found.case.id,
        called=found.called,
        queue=found.queue.value,
        kind=found.case.kind.value,
        reason=found.case.reason,
        days=_days(found, now),
        holder=lease.steward if lease and not mine else "",
        until=lease.until if lease else None,
        mine=mine,
    )


def _days(found: Waiting, now: datetime) -> int | None:
    return None if found.since is None else (now - found.since).days
