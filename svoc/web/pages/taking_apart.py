"""A person whose records are not all theirs: split into groups, or some moved to somebody else."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Desk
from svoc.desk.parting import Whole, moving, regroup_looked_at, splitting, whole
from svoc.desk.regrouping import Said
from svoc.desk.sides import side_by_side
from svoc.errors import PurposeRefused, SettingsError
from svoc.reading.around import living_with
from svoc.web.asking import FormOf, Stewarding
from svoc.web.pages.case_opening import columns
from svoc.web.pages.groups_form import Chosen, as_they_stand, groups_asked, move_asked, too_many
from svoc.web.pages.meanwhile import CAME_BETWEEN, came_between
from svoc.web.pages.person import IDENTIFIER, Nobody
from svoc.web.pages.queue import desk_of
from svoc.web.pages.regrouping import Offered, Regrouping, foreseen
from svoc.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/desk/person", include_in_schema=False)
TOO_MANY = "this person has more records than can be put into groups on one page: ask whoever runs the service"


@router.get("/{person}/split")
def show_split(request: Request, who: Stewarding, person: str) -> Response:
    """Show the records of a person, all in one group."""
    desk = desk_of(request, who)
    parted = _whole(desk, person)
    if parted is None:
        return _nobody(request, desk, person)
    chosen = as_they_stand(parted.mentions, desk.persons_of(parted.mentions))
    return _shown(request, "groups.html", _page(desk, parted, chosen, "split", parted.token))


@router.get("/{person}/move")
def show_move(request: Request, who: Stewarding, person: str) -> Response:
    """Show the records of a person, and to whom they may be moved."""
    desk = desk_of(request, who)
    parted = _whole(desk, person)
    if parted is None:
        return _nobody(request, desk, person)
    return _shown(request, "move.html", _page(desk, parted, Chosen({}), "move", parted.token))


@router.post("/{person}/{how}/preview")
def preview(request: Request, who: Stewarding, person: str, how: str, form: FormOf) -> Response:
    """Show what it would change; nothing is written."""
    desk = desk_of(request, who)
    parted = _whole(desk, person)
    if parted is None or how not in HOW:
        return _nobody(request, desk, person)
    chosen, said = _asked(desk, parted, form, how)
    shown = _page(desk, parted, chosen, how, form.text("token"))
    if chosen.faults:
        return _shown(request, HOW[how], shown)
    return foreseen(request, desk, shown, said, parted.mentions, to=_called(desk, chosen))


@router.post("/{person}/{how}")
def keep(request: Request, who: Stewarding, person: str, how: str, form: FormOf) -> Response:
    """Keep it, and lead back to the person."""
    desk = desk_of(request, who)
    parted = _whole(desk, person)
    if parted is None or how not in HOW:
        return _nobody(request, desk, person)
    chosen, said = _asked(desk, parted, form, how)
    if chosen.faults:
        return _shown(request, HOW[how], _page(desk, parted, chosen, how, form.text("token")))
    try:
        made = regroup_looked_at(desk, parted, said, token=form.text("token"), because=chosen.because)
    except CAME_BETWEEN as fault:
        return came_between(request, fault, f"/desk/person/{person}/{how}")
    who.session.made.append(made)
    who.session.said.append(("decided", how))
    return RedirectResponse(f"/desk/person/{person}", 303)


HOW = {"split": "groups.html", "move": "move.html"}
"""What can be done, and its page."""


def _asked(desk: Desk, parted: Whole, form: FormOf, how: str) -> tuple[Chosen, list[Said]]:
    """Read a form: what was chosen, and what it says; nothing where there is something wrong with it."""
    there = parted.mentions
    chosen = groups_asked(there, form, apart=True) if how == "split" else move_asked(there, form)
    if chosen.faults:
        return chosen, []
    if how == "split":
        return chosen, splitting(parted, chosen.members(there))
    try:
        return chosen, moving(desk, parted, chosen.taken(there), _whom(desk, chosen.into))
    except PurposeRefused:
        raise
    except SettingsError:
        return _with(chosen, "typed", "no_such_person"), []


def _with(chosen: Chosen, field: str, fault: str) -> Chosen:
    return replace(chosen, faults=(*chosen.faults, (field, fault)))


def _whom(desk: Desk, into: str) -> str:
    """Follow an identifier that is retired to whoever bears it now."""
    if not IDENTIFIER.fullmatch(into):
        raise SettingsError("expected an identifier, as 7F3K-92QD-M")
    return desk.reader().leads_to(into) or into


def _called(desk: Desk, chosen: Chosen) -> str:
    return _name(desk, _whom(desk, chosen.into)) if chosen.into else ""


def _name(desk: Desk, person: str) -> str:
    stands = desk.reader().person(person)
    return f"{stands.name} ({person})" if stands.name else person


def _whole(desk: Desk, person: str) -> Whole | None:
    """Open a person; nothing where the purpose knows nobody of that name."""
    if not IDENTIFIER.fullmatch(person):
        return None
    try:
        parted = whole(desk, person)
    except PurposeRefused:
        raise
    except SettingsError:
        return None
    if too_many(parted.mentions):
        raise SettingsError(TOO_MANY)
    return parted


def _nobody(request: Request, desk: Desk, person: str) -> Response:
    leads_to = desk.reader().leads_to(person) if IDENTIFIER.fullmatch(person) else None
    return page(request, "nobody.html", Nobody(leads_to or ""), status=404)


def _page(desk: Desk, parted: Whole, chosen: Chosen, how: str, token: str) -> Regrouping:
    rows = side_by_side(parted.records, desk.reader().purpose, hides=desk.hides_any(parted.mentions))
    return Regrouping(
        action=f"/desk/person/{parted.person}/{how}", back=f"/desk/person/{parted.person}",
        name=parted.name or parted.person,
        columns=columns(parted.records, [parted.person] * len(parted.records)),
        rows=tuple(rows), token=token, chosen=chosen,
        others=_others(desk, parted) if how == "move" else (),
    )  # fmt: skip


def _others(desk: Desk, parted: Whole) -> tuple[Offered, ...]:
    """Name who is of the same household: a record that is not theirs is mostly of one of these."""
    near = living_with(desk.reader(), parted.person, yesterday=desk.yesterday())
    return tuple((each.id, each.name or each.id) for each in near)


def _shown(request: Request, template: str, shown: Regrouping) -> Response:
    return page(request, template, shown, status=400 if shown.chosen.faults else 200)
