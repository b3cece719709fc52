"""A case: the records side by side and what is around them; answering it, seeing first what that would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Case, Desk, Preview
from svoc.desk.alike import may_be_together
from svoc.desk.looking import Look, look
from svoc.desk.machine import explained
from svoc.desk.meaning import of_an_event
from svoc.desk.queues import Queue, of_the_role, waiting
from svoc.desk.sitting import decide_looked_at, grouped_of
from svoc.explaining import Explanation
from svoc.web.asking import Deciding, FormOf, Who
from svoc.web.house import house_of
from svoc.web.pages.case_form import LETTERS, Choices, Given, asked, choices, named
from svoc.web.pages.case_opening import Column, columns, held, lettered, opened, queue_of, there_of
from svoc.web.pages.meanwhile import CAME_BETWEEN, came_between, not_open
from svoc.web.pages.queue import desk_of, next_of
from svoc.web.pages.wrong import Wrong, wrong
from svoc.web.rendering import page, part
from svoc.web.texts import Texts

__all__ = ["router"]

router = APIRouter(prefix="/desk/case", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class CasePage:
    """`look`: all that is seen; `blind`: whether the machine's view waits until then; `holder`: who else has it.

    `groups`: whether its records can be put into groups; `together`: whether it may be decided with
    others; `moves`: of whom records can be moved, with their letters.
    """

    look: Look
    columns: tuple[Column, ...]
    choices: Choices
    given: Given
    queue: str
    blind: bool
    holder: str
    until: datetime | None
    groups: bool = False
    together: bool = False
    moves: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MachinePage:
    """What the machine made of a case: `explained`, each with the letters of its two records; `case`: which."""

    case: str
    queue: str
    explained: tuple[tuple[str, Explanation], ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What an answer would change, to be confirmed or thought over; `letters`: person -> the record that is theirs."""

    case: str
    token: str
    queue: str
    given: Given
    preview: Preview
    because: str
    letters: Mapping[str, str]


@router.get("/{case_id}")
def show(request: Request, who: Deciding, case_id: str, queue: str = "") -> Response:
    """Show a case, and take it for whoever opens it, if nobody has it."""
    desk = desk_of(request, who)
    case = opened(desk, who, case_id)
    if case is None:
        return not_open(request, desk, case_id, status=404)
    return _shown(request, who, case, Given(), queue)


@router.get("/{case_id}/machine")
def machine(request: Request, who: Deciding, case_id: str, queue: str = "") -> Response:
    """Show what the machine made of a case; of one that is decided blind it is told with the decision, and not here."""
    desk = desk_of(request, who)
    case = opened(desk, who, case_id)
    if case is None:
        return not_open(request, desk, case_id, status=404)
    if _blind(request, case):
        return wrong(request, Wrong("blind"), status=403)
    letters = named(there_of(desk, case))
    told = tuple((_two(letters, each), each) for each in explained(desk, case))
    shown = MachinePage(case_id, queue if queue in set(Queue) else "", told)
    if request.headers.get("hx-request") == "true":
        return part(request, "parts/machine_of_a_case.html", shown)
    return page(request, "machine.html", shown)


@router.post("/{case_id}/preview")
def preview(request: Request, who: Deciding, case_id: str, form: FormOf) -> Response:
    """Show what an answer would change; nothing is written."""
    desk, queue = desk_of(request, who), queue_of(form)
    case = opened(desk, who, case_id)
    if case is None:
        return not_open(request, desk, case_id, status=409)
    there = there_of(desk, case)
    wanted = asked(case, there, form)
    if wanted.given.faults:
        return _shown(request, who, case, wanted.given, queue)
    found = desk.preview(desk.before(case), wanted.given.verdict, pair=wanted.pair)
    letters = lettered(desk, there)
    shown = PreviewPage(case_id, form.text("token"), queue, wanted.given, found, wanted.because, letters)
    if request.headers.get("hx-request") == "true":
        return part(request, "parts/preview.html", shown)
    return page(request, "preview.html", shown)


@router.post("/{case_id}/decide")
def decide(request: Request, who: Deciding, case_id: str, form: FormOf) -> Response:
    """Decide a case, and lead to the next."""
    desk, queue = desk_of(request, who), queue_of(form)
    case = opened(desk, who, case_id)
    if case is None:
        return not_open(request, desk, case_id, status=409)
    wanted = asked(case, there_of(desk, case), form)
    if wanted.given.faults:
        return _shown(request, who, case, wanted.given, queue)
    try:
        made = decide_looked_at(
            desk, case_id, wanted.given.verdict, token=form.text("token"), because=wanted.because, pair=wanted.pair
        )
    except CAME_BETWEEN as fault:
        return came_between(request, fault, f"/desk/case/{case_id}")
    who.session.made.append(made)
    who.session.said.append(("decided", wanted.given.verdict))
    found = of_the_role(waiting(desk), who.identity.roles)
    following = next_of(found, desk.steward, queue=queue, but=case_id)
    more = f"?queue={queue}" if queue else ""
    return RedirectResponse(f"/desk/case/{following}{more}" if following else f"/desk{more}", 303)


def _shown(request: Request, who: Who, case: Case, given: Given, queue: str) -> Response:
    desk = desk_of(request, who)
    holder, until = held(desk, case.id)
    seen = look(desk, case)
    shown = CasePage(
        look=seen,
        columns=columns(seen.records, seen.persons, event=of_an_event(seen.case)),
        choices=choices(seen.case, [record["mention"] for record in seen.records]),
        given=given,
        queue=queue if queue in set(Queue) else "",
        blind=_blind(request, case),
        holder=holder,
        until=until,
        groups=_in_groups(desk, case),
        together=may_be_together(desk, case),
        moves=_movable(seen) if who.may("regroup") and _in_groups(desk, case) else (),
    )
    return page(request, "case.html", shown, status=400 if given.faults else 200)


def _in_groups(desk: Desk, case: Case) -> bool:
    """Say whether it takes more than one answer to say of a case's records who is who."""
    return 2 < len(grouped_of(desk, case)) <= len(LETTERS)


def _movable(seen: Look) -> tuple[tuple[str, str], ...]:
    """Name the persons of a case, each with the letters of their records."""
    theirs: dict[str, str] = {}
    for letter, person in zip(LETTERS, seen.persons, strict=False):
        if person:
            theirs[person] = f"{theirs[person]}, {letter}" if person in theirs else letter
    return tuple(theirs.items())


def _blind(request: Request, case: Case) -> bool:
    return case.kind.value in house_of(request).settings.desk.blind


def _two(letters: Mapping[str, str], pair: Explanation) -> str:
    texts, lettered = Texts.of("en"), sorted(letters[m] for m in (pair.left, pair.right) if m in letters)
    return texts("case.two", one=lettered[0], other=lettered[-1]) if len(lettered) == 2 else texts("machine.pair")
