"""A case: the records side by side and what is around them; answering it, seeing first what that would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Desk, Preview
from svoc.desk.looking import Look, look
from svoc.desk.meaning import of_an_event
from svoc.desk.queues import Queue, of_the_role, waiting
from svoc.desk.sitting import (
    AnsweredBy,
    ChangedMeanwhile,
    ClosedMeanwhile,
    WithAnother,
    answered_by,
    decide_looked_at,
    hold,
)
from svoc.errors import SettingsError, TryAgain
from svoc.web.asking import Form, FormOf, SignedIn, Who
from svoc.web.house import house_of
from svoc.web.pages.queue import desk_of, next_of
from svoc.web.rendering import page, part
from svoc.web.texts import Texts
from svoc.words.decisions import CaseKind, Verdict

__all__ = ["router"]

router = APIRouter(prefix="/desk/case", include_in_schema=False)

REASONS: Mapping[str, tuple[str, ...]] = {
    "pair": ("evidence", "spoke", "document", "family", "different_lives", "too_little", "other"),
    "event": ("certificate", "spoke", "informant", "wrong_person", "not_true", "too_little", "other"),
}
"""The reasons that are offered, by their names in the catalogue."""
LONGEST_NOTE = 500
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Column:
    """One record: its letter, where it is from, and whether it is a life event."""

    letter: str
    source: str
    record: str
    event: bool
    person: str | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be answered: `verdicts`; `pairs`, a value and the letters of two records, where that has to be said."""

    verdicts: tuple[str, ...]
    pairs: tuple[tuple[str, str, str], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed into the form, and what is wrong with it by the field."""

    verdict: str = ""
    pair: str = ""
    reason: str = ""
    note: str = ""
    faults: tuple[tuple[str, str], ...] = ()


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A form, read: `pair` is the two mentions that it is about, if it says."""

    given: Given
    because: str
    pair: tuple[str, str] | None


@router.get("/{case_id}")
def show(request: Request, who: SignedIn, case_id: str, queue: str = "") -> Response:
    """Show a case, and take it for whoever opens it, if nobody has it."""
    desk = desk_of(request, who)
    return _shown(request, who, desk, case_id, Given(), queue)


@router.post("/{case_id}/preview")
def preview(request: Request, who: SignedIn, case_id: str, form: FormOf) -> Response:
    """Show what an answer would change; nothing is written."""
    desk, queue = desk_of(request, who), _queue(form)
    seen = _open(desk, who, case_id)
    if isinstance(seen, Meanwhile):
        return page(request, "meanwhile.html", seen, status=409)
    asked = _asked(desk, seen, form)
    if asked.given.faults:
        return _shown(request, who, desk, case_id, asked.given, queue)
    found = desk.preview(desk.before(desk.find(case_id)), asked.given.verdict, pair=asked.pair)
    shown = PreviewPage(case_id, form.text("token"), queue, asked.given, found, asked.because, _letters(seen))
    if request.headers.get("hx-request") == "true":
        return part(request, "parts/preview.html", shown)
    return page(request, "preview.html", shown)


@router.post("/{case_id}/decide")
def decide(request: Request, who: SignedIn, case_id: str, form: FormOf) -> Response:
    """Decide a case, and lead to the next."""
    desk, queue = desk_of(request, who), _queue(form)
    seen = _open(desk, who, case_id)
    if isinstance(seen, Meanwhile):
        return page(request, "meanwhile.html", seen, status=409)
    asked = _asked(desk, seen, form)
    if asked.given.faults:
        return _shown(request, who, desk, case_id, asked.given, queue)
    try:
        made = decide_looked_at(
            desk, case_id, asked.given.verdict, token=form.text("token"), because=asked.because, pair=asked.pair
        )
    except WithAnother as fault:
        told = Meanwhile("with_another", case_id, fault.lease.steward, at=fault.lease.until)
        return page(request, "meanwhile.html", told, status=409)
    except ClosedMeanwhile as fault:
        return page(request, "meanwhile.html", _closed(case_id, fault.answered), status=409)
    except ChangedMeanwhile:
        return page(request, "meanwhile.html", Meanwhile("changed", case_id), status=409)
    who.session.made.append(made)
    who.session.said.append(("decided", asked.given.verdict))
    found = of_the_role(waiting(desk), who.identity.roles)
    case = next_of(found, desk.steward, queue=queue, but=case_id)
    more = f"?queue={queue}" if queue else ""
    return RedirectResponse(f"/desk/case/{case}{more}" if case else f"/desk{more}", 303)


def _shown(request: Request, who: Who, desk: Desk, case_id: str, given: Given, queue: str) -> Response:
    open_to = {w.case.id: w for w in of_the_role(waiting(desk), who.identity.roles)}
    if case_id not in open_to:
        return page(request, "meanwhile.html", _closed(case_id, answered_by(desk, case_id)), status=404)
    holder, until = _held(desk, case_id)
    blind = open_to[case_id].case.kind.value in house_of(request).settings.desk.blind
    seen = look(desk, case_id, explained=not blind)
    shown = CasePage(
        look=seen,
        columns=_columns(seen),
        choices=choices(seen),
        given=given,
        queue=queue if queue in set(Queue) else "",
        blind=blind,
        holder=holder,
        until=until,
    )
    return page(request, "case.html", shown, status=400 if given.faults else 200)


def _open(desk: Desk, who: Who, case_id: str) -> Look | Meanwhile:
    open_to = {w.case.id for w in of_the_role(waiting(desk), who.identity.roles)}
    if case_id not in open_to:
        return _closed(case_id, answered_by(desk, case_id))
    return look(desk, case_id, explained=False)


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


def choices(seen: Look) -> Choices:
    """Say what may be answered to a case, and about which two of its records."""
    case, letters = seen.case, {record["mention"]: LETTERS[n] for n, record in enumerate(seen.records[: len(LETTERS)])}
    there = [mention for mention in case.mentions if mention in letters]
    if case.kind is CaseKind.ADDRESS or len(there) < 2:
        return Choices((), (), ())
    if of_an_event(case):
        pairs = tuple((letters[m], letters[there[0]], letters[m]) for m in there[1:])
        return Choices((Verdict.CONFIRMED, Verdict.REJECTED), pairs if len(pairs) > 1 else (), REASONS["event"])
    firsts = there[:1] if case.kind is CaseKind.SUCCESSION else there
    pairs = tuple((letters[a] + letters[b], letters[a], letters[b]) for a, b in combinations(there, 2) if a in firsts)
    verdicts = (Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE)
    return Choices(verdicts, pairs if len(pairs) > 1 else (), REASONS["pair"])


def _asked(desk: Desk, seen: Look, form: Form) -> Asked:
    """Read the form, and say what is wrong with it."""
    offered, faults = choices(seen), []
    given = Given(form.text("verdict"), form.text("pair"), form.text("reason"), form.text("note"))
    if not offered.verdicts:
        raise SettingsError("nothing can be answered to this case here")
    if given.verdict not in offered.verdicts:
        faults.append(("verdict", "no_verdict"))
    if given.reason not in offered.reasons:
        faults.append(("reason", "no_reason"))
    if given.reason == "other" and not given.note:
        faults.append(("note", "no_note"))
    if len(given.note) > LONGEST_NOTE:
        faults.append(("note", "long_note"))
    pair = _pair(seen, offered, given)
    if offered.pairs and pair is None and given.verdict in {Verdict.SAME, Verdict.CONFIRMED}:
        faults.append(("pair", "no_pair"))
    words = _reason_in_words(given.reason)
    because = f"{words}: {given.note}" if given.note else words
    return Asked(Given(given.verdict, given.pair, given.reason, given.note, tuple(faults)), because, pair)


def _reason_in_words(reason: str) -> str:
    """Write a reason as the ledger keeps it: in English, whatever the language of the pages."""
    texts = Texts.of("en")
    return texts(f"reason.{reason}") if texts.has(f"reason.{reason}") else ""


def _pair(seen: Look, offered: Choices, given: Given) -> tuple[str, str] | None:
    named = {LETTERS[n]: record["mention"] for n, record in enumerate(seen.records[: len(LETTERS)])}
    for value, one, other in offered.pairs:
        if value == given.pair:
            return named[one], named[other]
    return None


def _letters(seen: Look) -> dict[str, str]:
    """Say of each person of the case which record is theirs."""
    texts, called = Texts.of("en"), {}
    for letter, person in reversed(list(zip(LETTERS, seen.persons, strict=False))):
        if person:
            called[person] = texts("preview.of_record", letter=letter, person=person)
    return called


def _queue(form: Form) -> str:
    return form.text("queue") if form.text("queue") in set(Queue) else ""
