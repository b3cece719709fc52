"""A fact of a person, with what each record says of it: which of them counts is chosen, previewed, and taken back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.accounts import rectify, take_back
from svoc.accounts.foreseeing import foresee
from svoc.desk import Desk, Preview
from svoc.desk.parting import Whole, whole
from svoc.desk.person import Fact, about_fact
from svoc.desk.sitting import ChangedMeanwhile
from svoc.desk.surviving import Value, may_be_chosen, values_of
from svoc.errors import PurposeRefused, SettingsError
from svoc.web.asking import FormOf, Stewarding
from svoc.web.pages.case_form import LETTERS
from svoc.web.pages.case_opening import Column, columns
from svoc.web.pages.meanwhile import came_between
from svoc.web.pages.person import IDENTIFIER
from svoc.web.pages.queue import desk_of
from svoc.web.pages.reasons import REASONS, Reasoned, reasoned
from svoc.web.pages.wrong import Wrong, wrong
from svoc.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/desk/person", include_in_schema=False)
PUT_RIGHT = re.compile(r"steward:(\d{1,9})")


@dataclass(frozen=True, slots=True)
class FactPage:
    """A fact: `holds`: what is held to be true and why; `values`: what the records say, by the letter of the first.

    `put_right`: the number of the act by which somebody chose, if somebody did; `chosen`: the letter in the form.
    """

    person: str
    name: str
    field: str
    holds: Fact | None
    columns: tuple[Column, ...]
    values: Mapping[str, Value]
    token: str
    put_right: int | None
    chosen: str = ""
    given: Reasoned = Reasoned()
    faults: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = REASONS["fact"]


@dataclass(frozen=True, slots=True)
class FactForeseen:
    """What choosing a value would change; `fields`: what the form sends again."""

    person: str
    field: str
    value: Value
    because: str
    preview: Preview
    letters: Mapping[str, str]
    fields: tuple[tuple[str, str], ...]


@router.get("/{person}/fact/{field}")
def show(request: Request, who: Stewarding, person: str, field: str) -> Response:
    """Show a fact with what each record says of it."""
    shown = _page(desk_of(request, who), person, field)
    return page(request, "fact.html", shown) if shown else _not_there(request)


@router.post("/{person}/fact/{field}/preview")
def preview(request: Request, who: Stewarding, person: str, field: str, form: FormOf) -> Response:
    """Show what choosing a value would change; nothing is written."""
    desk = desk_of(request, who)
    shown = _read(desk, person, field, form)
    if shown is None:
        return _not_there(request)
    if shown.faults:
        return page(request, "fact.html", shown, status=400)
    value, said = shown.values[shown.chosen], shown.given
    how = {"actor": desk.steward, "because": said.because, "purpose": desk.purpose}
    found = foresee(desk.council, person, value.facts, **how)
    preview = replace(desk.compare(found.without, found.supposed), told=found.told)
    fields = (("token", form.text("token")), ("value", shown.chosen), ("reason", said.reason), ("note", said.note))
    told = FactForeseen(person, field, value, said.because, preview, {}, fields)
    return page(request, "fact_foreseen.html", told)


@router.post("/{person}/fact/{field}")
def keep(request: Request, who: Stewarding, person: str, field: str, form: FormOf) -> Response:
    """Keep what was chosen: it is settled at once."""
    desk = desk_of(request, who)
    shown = _read(desk, person, field, form)
    if shown is None:
        return _not_there(request)
    if shown.faults:
        return page(request, "fact.html", shown, status=400)
    if form.text("token") != shown.token:
        return came_between(request, ChangedMeanwhile(), f"/desk/person/{person}/fact/{field}")
    facts = shown.values[shown.chosen].facts
    rectify(desk.council, person, facts, actor=desk.steward, because=shown.given.because, purpose=desk.purpose)
    who.session.said.append(("chosen", "chosen"))
    return RedirectResponse(f"/desk/person/{person}/fact/{field}", 303)


@router.post("/{person}/fact/{field}/back")
def back(request: Request, who: Stewarding, person: str, field: str, form: FormOf) -> Response:
    """Take back what was chosen: what the sources say is heard again."""
    desk = desk_of(request, who)
    shown = _page(desk, person, field)
    if shown is None or shown.put_right is None:
        return _not_there(request)
    because = form.text("because")
    if not because:
        return page(request, "fact.html", replace(shown, faults=(("because", "no_because"),)), status=400)
    take_back(desk.council, shown.put_right, actor=desk.steward, because=because)
    who.session.said.append(("undone", "undone"))
    return RedirectResponse(f"/desk/person/{person}/fact/{field}", 303)


def _read(desk: Desk, person: str, field: str, form: FormOf) -> FactPage | None:
    """Give the page with what was chosen, and what is wrong with it."""
    shown = _page(desk, person, field)
    if shown is None:
        return None
    said, chosen = reasoned(form, REASONS["fact"]), form.text("value")
    faults = () if chosen in shown.values else (("value", "no_value"),)
    return replace(shown, chosen=chosen, given=said, faults=(*faults, *said.faults))


def _page(desk: Desk, person: str, field: str) -> FactPage | None:
    """Look at a fact; nothing where there is no such person, or the purpose may not see it."""
    parted = _whole(desk, person)
    if parted is None or not may_be_chosen(desk, parted, field):
        return None
    holds = about_fact(parted.stands, field)
    letters = {LETTERS[value.at[0]]: value for value in values_of(parted, field) if value.at[0] < len(LETTERS)}
    by_steward = PUT_RIGHT.fullmatch(holds.record) if holds else None
    return FactPage(
        person=person, name=parted.name or person, field=field, holds=holds,
        columns=columns(parted.records, [person] * len(parted.records)), values=letters, token=parted.token,
        put_right=int(by_steward[1]) if by_steward else None,
    )  # fmt: skip


def _whole(desk: Desk, person: str) -> Whole | None:
    try:
        return whole(desk, person) if IDENTIFIER.fullmatch(person) else None
    except PurposeRefused:
        raise
    except SettingsError:
        return None


def _not_there(request: Request) -> Response:
    return wrong(request, Wrong("not_found"), status=404)
