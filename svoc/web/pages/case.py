"""A case: the records side by side and what is around them; answering it, seeing first what that would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Case, Desk, Preview
from svoc.desk.looking import Look, look
from svoc.desk.machine import explained
from svoc.desk.meaning import of_an_event
from svoc.desk.queues import Queue, of_the_role, one_waiting, waiting
from svoc.desk.sitting import (
    AnsweredBy,
    ChangedMeanwhile,
    ClosedMeanwhile,
    WithAnother,
    answered_by,
    decide_looked_at,
    hold,
)
from svoc.errors import TryAgain
from svoc.explaining import Explanation
from svoc.web.asking import Form, FormOf, SignedIn, Who
from svoc.web.house import house_of
from svoc.web.pages.case_form import LETTERS, Choices, Given, asked, choices, named
from svoc.web.pages.queue import desk_of, next_of
from svoc.web.pages.wrong import Wrong, wrong
from svoc.web.rendering import page, part
from svoc.web.texts import Texts

__all__ = ["router"]

router = APIRouter(prefix="/desk/case", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Column:
    """One record: its letter, where it is from, and whether it is a life event."""

    letter: str
    source: str
    record: str
    event: bool
    person: str | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """`look`: all that is seen; `blind`: whether the machine's view waits until then; `holder`: who else has it."""

    look: Look
    columns: tuple[Column, ...]
    choices: Choices
    given: Given
    queue: str
    blind: bool
    holder: str
    until: datetime | None


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


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Why a case could not be answered: `what` happened, who has it or answered it."""

    what: str
    case: str
    who: str = ""
    verdict: str = ""
    at: datetime | None = None
    next: str = ""


@router.get("/{case_id}")
def show(request: Request, who: SignedIn, case_id: str, queue: str = "") -> Response:
    """Show a case, and take it for whoever opens it, if nobody has it."""
    desk = desk_of(request, who)
    case = _open(desk, who, case_id)
    if case is None:
        return page(request, "meanwhile.html", _closed(case_id, answered_by(desk, case_id)), status=404)
    return _shown(request, desk, case, Given(), queue)


@router.get("/{case_id}/machine")
def machine(request: Request, who: SignedIn, case_id: str, queue: str = "") -> Response:
    """Show what the machine made of a case; of one that is decided blind it is told with the decision, and not here."""
    desk = desk_of(request, who)
    case = _open(desk, who, case_id)
    if case is None:
        return page(request, "meanwhile.html", _closed(case_id, answered_by(desk, case_id)), status=404)
    if _blind(request, case):
        return wrong(request, Wrong("blind"), status=403)
    letters = named(_there(desk, case))
    told = tuple((_two(letters, each), each) for each in explained(desk, case))
    shown = MachinePage(case_id, queue if queue in set(Queue) else "", told)
    if request.headers.get("hx-request") == "true":
        return part(request, "parts/machine_of_a_case.html", shown)
    return page(request, "machine.html", shown)


@router.post("/{case_id}/preview")
def preview(request: Request, who: SignedIn, case_id: str, form: FormOf) -> Response:
    """Show what an answer would change; nothing is written."""
    desk, queue = desk_of(request, who), _queue(form)
    case = _open(desk, who, case_id)
    if case is None:
        return page(request, "meanwhile.html", _closed(case_id, answered_by(desk, case_id)), status=409)
    there = _there(desk, case)
    wanted = asked(case, there, form)
    if wanted.given.faults:
        return _shown(request, desk, case, wanted.given, queue)
    found = desk.preview(desk.before(case), wanted.given.verdict, pair=wanted.pair)
    letters = _letters(desk, there)
    shown = PreviewPage(case_id, form.text("token"), queue, wanted.given, found, wanted.because, letters)
    if request.headers.get("hx-request") == "true":
        return part(request, "parts/preview.html", shown)
    return page(request, "preview.html", shown)


@router.post("/{case_id}/decide")
def decide(request: Request, who: SignedIn, case_id: str, form: FormOf) -> Response:
    """Decide a case, and lead to the next."""
    desk, queue = desk_of(request, who), _queue(form)
    case = _open(desk, who, case_id)
    if case is None:
        return page(request, "meanwhile.html", _closed(case_id, answered_by(desk, case_id)), status=409)
    wanted = asked(case, _there(desk, case), form)
    if wanted.given.faults:
        return _shown(request, desk, case, wanted.given, queue)
    try:
        made = decide_looked_at(
            desk, case_id, wanted.given.verdict, token=form.text("token"), because=wanted.because, pair=wanted.pair
        )
    except WithAnother as fault:
        told = Meanwhile("with_another", case_id, fault.lease.steward, at=fault.lease.until)
        return page(request, "meanwhile.html", told, status=409)
    except ClosedMeanwhile as fault:
        return page(request, "meanwhile.html", _closed(case_id, fault.answered), status=409)
    except ChangedMeanwhile:
        return page(request, "meanwhile.html", Meanwhile("changed", case_id), status=409)
    who.session.made.append(made)
    who.session.said.append(("decided", wanted.given.verdict))
    found = of_the_role(waiting(desk), who.identity.roles)
    following = next_of(found, desk.steward, queue=queue, but=case_id)
    more = f"?queue={queue}" if queue else ""
    return RedirectResponse(f"/desk/case/{following}{more}" if following else f"/desk{more}", 303)


def _shown(request: Request, desk: Desk, case: Case, given: Given, queue: str) -> Response:
    holder, until = _held(desk, case.id)
    seen = look(desk, case)
    shown = CasePage(
        look=seen,
        columns=_columns(seen),
        choices=choices(seen.case, [record["mention"] for record in seen.records]),
        given=given,
        queue=queue if queue in set(Queue) else "",
        blind=_blind(request, case),
        holder=holder,
        until=until,
    )
    return page(request, "case.html", shown, status=400 if given.faults else 200)


def _open(desk: Desk, who: Who, case_id: str) -> Case | None:
    """Give a case that waits for who is signed in; nothing where it does not."""
    found = of_the_role(one_waiting(desk, case_id), who.identity.roles)
    return found[0].case if found else None


def _there(desk: Desk, case: Case) -> list[str]:
    """Name the records of a case that are there, in its order."""
    found = set(desk.records(case.mentions)["mention"])
    return [mention for mention in case.mentions if mention in found]


def _blind(request: Request, case: Case) -> bool:
    return case.kind.value in house_of(request).settings.desk.blind


def _held(desk: Desk, case_id: str) -> tuple[str, datetime | None]:
    """Take a case, and say who else has it; while a night writes, looking does not wait for it."""
    try:
        lease = hold(desk, case_id)
    except TryAgain:
        return "", None
    return ("", lease.until) if lease.is_of(desk.steward) else (lease.steward, lease.until)


def _closed(case_id: str, answered: AnsweredBy | None) -> Meanwhile:
    if answered is None:
        return Meanwhile("closed", case_id)
    return Meanwhile("answered", case_id, answered.steward, answered.verdict, answered.at)


def _columns(seen: Look) -> tuple[Column, ...]:
    event = of_an_event(seen.case)
    return tuple(
        Column(LETTERS[n], record["source"], record["record"] or "", event and n == 0, seen.persons[n])
        for n, record in enumerate(seen.records[: len(LETTERS)])
    )


def _two(letters: Mapping[str, str], pair: Explanation) -> str:
    texts, lettered = Texts.of("en"), sorted(letters[m] for m in (pair.left, pair.right) if m in letters)
    return texts("case.two", one=lettered[0], other=lettered[-1]) if len(lettered) == 2 else texts("machine.pair")


def _letters(desk: Desk, there: Sequence[str]) -> dict[str, str]:
    """Say of each person of the case which record is theirs."""
    texts, whose = Texts.of("en"), desk.persons_of(there)
    called = {}
    for mention, letter in reversed(list(named(there).items())):
        if mention in whose:
            called[whose[mention]] = texts("preview.of_record", letter=letter, person=whose[mention])
    return called


def _queue(form: Form) -> str:
    return form.text("queue") if form.text("queue") in set(Queue) else ""
