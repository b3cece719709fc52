"""A person: what is held to be true of them and why, their records, household and notices, and what happened."""

import re
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk.person import About, about
from svoc.desk.surviving import CHOSEN
from svoc.errors import PurposeRefused, SettingsError
from svoc.web.asking import FormOf, Reading
from svoc.web.house import house_of
from svoc.web.pages.find import reader_of
from svoc.web.rendering import page

__all__ = ["IDENTIFIER", "Nobody", "router"]

router = APIRouter(prefix="/desk/person", include_in_schema=False)

IDENTIFIER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]")


@dataclass(frozen=True, slots=True)
class PersonPage:
    """`about`: the person; `links`: for each of their records, where it is in its own system; `fault`: of the day.

    `apart`: whether who looks may say that a record is not theirs; `chosen_of`: facts of which a value may be chosen;
    `told`: whether who looks may know which notices were sent.
    """

    about: About
    links: tuple[str, ...]
    day: tuple[str, str, str] = ("", "", "")
    fault: str = ""
    apart: bool = False
    chosen_of: tuple[str, ...] = tuple(CHOSEN)
    told: bool = True


@dataclass(frozen=True, slots=True)
class Nobody:
    """Whom an identifier that is nobody's leads to; `day`: when nobody bore it, where a day was asked for."""

    leads_to: str = ""
    day: date | None = None
    person: str = ""


@router.get("/{person}")
def show(request: Request, who: Reading, person: str, on: str = "") -> Response:
    """Show a person as they stand, or as the nights had them on a day."""
    return _shown(request, who, person, _day(on))


@router.post("/{person}/on")
def on_day(request: Request, who: Reading, person: str, form: FormOf) -> Response:
    """Lead to the page of a day."""
    typed = (form.text("day"), form.text("month"), form.text("year"))
    day = _day("-".join((typed[2].zfill(4), typed[1].zfill(2), typed[0].zfill(2))))
    if day is None:
        return _shown(request, who, person, None, typed=typed, fault="person.no_day")
    return RedirectResponse(f"/desk/person/{person}?on={day.isoformat()}", 303)


def _shown(
    request: Request,
    who: Reading,
    person: str,
    day: date | None,
    *,
    typed: tuple[str, str, str] = ("", "", ""),
    fault: str = "",
) -> Response:
    if not IDENTIFIER.fullmatch(person):
        return page(request, "nobody.html", Nobody(), status=404)
    reader, house = reader_of(who), house_of(request)
    try:
        found = about(reader, person, day=day, yesterday=house.shared.yesterday(), notices=who.may("notices"))
    except PurposeRefused:
        raise
    except SettingsError:
        return page(request, "nobody.html", Nobody(reader.leads_to(person) or "", day, person), status=404)
    links = tuple(house.settings.desk.link_to(row["source"], row["record"]) for row in found.records)
    shown = PersonPage(found, links, typed, fault, who.may("regroup"), told=who.may("notices"))
    return page(request, "person.html", shown, status=400 if fault else 200)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
