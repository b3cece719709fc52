"""Cases whose evidence is the same as that of one, chosen and answered in one act, and shown before it is done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Case, Desk, Preview
from svoc.desk.alike import VERDICTS, Pattern, decide_alike, like, refuse_unlike, said_of
from svoc.desk.looking import token_of
from svoc.desk.queues import Queue, Waiting, of_the_role, waiting
from svoc.desk.sitting import ClosedMeanwhile, answered_by
from svoc.web.asking import Deciding, Form, FormOf, Who
from svoc.web.house import house_of
from svoc.web.pages.case_opening import queue_of
from svoc.web.pages.meanwhile import CAME_BETWEEN, came_between, not_open
from svoc.web.pages.queue import desk_of
from svoc.web.pages.reasons import REASONS, Reasoned, reasoned
from svoc.web.pages.wrong import Wrong, wrong
from svoc.web.rendering import page
from svoc.web.texts import Texts

__all__ = ["router"]

CASE = re.compile(r"case-([0-9a-f]{12})")
router = APIRouter(prefix="/desk/case", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class AlikePage:
    """Cases like one: `cases`: name -> what it is called and the token of how it is; `chosen`: names of them."""

    case: str
    queue: str
    pattern: Pattern
    cases: Mapping[str, tuple[str, str]]
    chosen: tuple[str, ...] = ()
    verdict: str = ""
    given: Reasoned = Reasoned()
    faults: tuple[tuple[str, str], ...] = ()
    verdicts: tuple[str, ...] = VERDICTS
    reasons: tuple[str, ...] = REASONS["pair"]


@dataclass(frozen=True, slots=True)
class AlikeForeseen:
    """What answering them would change, as the page of groups tells it; `fields`: what the form sends again."""

    action: str
    back: str
    told: tuple[str, ...]
    because: str
    preview: Preview
    letters: Mapping[str, str]
    fields: tuple[tuple[str, str], ...]


@router.get("/{case_id}/alike")
def show(request: Request, who: Deciding, case_id: str, queue: str = "") -> Response:
    """Show the cases of the same queue whose evidence is the same."""
    shown = _page(request, who, case_id, queue if queue in set(Queue) else "")
    return page(request, "alike.html", shown) if isinstance(shown, AlikePage) else shown


@router.post("/{case_id}/alike/preview")
def preview(request: Request, who: Deciding, case_id: str, form: FormOf) -> Response:
    """Show what answering those that were chosen would change; nothing is written."""
    shown = _read(request, who, case_id, form)
    if not isinstance(shown, AlikePage):
        return shown
    if shown.faults:
        return page(request, "alike.html", shown, status=400)
    desk, texts = desk_of(request, who), Texts.of("en")
    open_now = {case.id: case for case in desk.cases()}
    at = f"/desk/case/{case_id}/alike"
    if gone := [name for name in shown.chosen if name not in open_now]:
        return came_between(request, ClosedMeanwhile(answered_by(desk, gone[0])), at)
    cases = [open_now[name] for name in shown.chosen]
    refuse_unlike(desk, cases)
    found = desk.suppose_all(said_of(cases, shown.verdict))
    answer = texts("alike.answer", n=len(cases), verdict=texts(f"verdict.{shown.verdict}").lower())
    told = (answer, *(shown.cases[name][0] for name in shown.chosen if name in shown.cases))
    more = (
        ("queue", shown.queue),
        ("verdict", shown.verdict),
        ("reason", shown.given.reason),
        ("note", shown.given.note),
    )
    fields = (*((f"case-{name}", form.text(f"case-{name}")) for name in shown.chosen), *more)
    return page(request, "regrouped.html", AlikeForeseen(at, at, told, shown.given.because, found, {}, fields))


@router.post("/{case_id}/alike")
def keep(request: Request, who: Deciding, case_id: str, form: FormOf) -> Response:
    """Answer those that were chosen, in one act, and lead back to the queue."""
    shown = _read(request, who, case_id, form)
    if not isinstance(shown, AlikePage):
        return shown
    if shown.faults:
        return page(request, "alike.html", shown, status=400)
    try:
        made = decide_alike(desk_of(request, who), _tokens(form), shown.verdict, because=shown.given.because)
    except CAME_BETWEEN as fault:
        return came_between(request, fault, f"/desk/case/{case_id}/alike")
    who.session.made.append(made)
    who.session.said.append(("decided", shown.verdict))
    return RedirectResponse(f"/desk?queue={shown.queue}" if shown.queue else "/desk", 303)


def _read(request: Request, who: Who, case_id: str, form: Form) -> AlikePage | Response:
    """Give the page with what was chosen, and what is wrong with it."""
    shown = _page(request, who, case_id, queue_of(form))
    if not isinstance(shown, AlikePage):
        return shown
    chosen = tuple(_tokens(form))
    said, verdict = reasoned(form, REASONS["pair"]), form.text("verdict")
    faults = [] if len(chosen) > 1 else [(f"case-{case_id}", "no_cases")]
    faults += [] if verdict in VERDICTS else [("verdict", "no_verdict")]
    return replace(shown, chosen=chosen, verdict=verdict, given=said, faults=(*faults, *said.faults))


def _tokens(form: Form) -> dict[str, str]:
    """Give the cases that were chosen, those too that are gone by now, each with the token of when it was shown."""
    named = {name: CASE.fullmatch(name) for name in form.fields}
    return {found[1]: form.text(name) for name, found in named.items() if found}


def _page(request: Request, who: Who, case_id: str, queue: str) -> AlikePage | Response:
    """Look at a case and those like it; a page of its own where it is not open, or is decided blind."""
    desk = desk_of(request, who)
    found = of_the_role(waiting(desk), who.identity.roles)
    own = next((each for each in found if each.case.id == case_id), None)
    if own is None:
        return not_open(request, desk, case_id, status=404 if request.method == "GET" else 409)
    if own.case.kind.value in house_of(request).settings.desk.blind:
        return wrong(request, Wrong("blind"), status=403)
    free = {each.case.id: each for each in found if each.queue is own.queue and _is_free(each, desk)}
    pattern, alike = like(desk, own.case, [each.case for each in free.values()])
    return AlikePage(case_id, queue, pattern, {case.id: _named(desk, case, found) for case in alike})


def _is_free(each: Waiting, desk: Desk) -> bool:
    return each.lease is None or each.lease.is_of(desk.steward)


def _named(desk: Desk, case: Case, found: list[Waiting]) -> tuple[str, str]:
    """Give what a case is called, and the token of how it is now."""
    called = next(each.called for each in found if each.case.id == case.id)
    return " · ".join(called) or case.id, token_of(desk, desk.before(case))
