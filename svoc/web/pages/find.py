"""Finding a resident up by what they say on the telephone: it is sent in a form, and stands in no address."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from svoc.errors import PurposeRefused
from svoc.reading import Reader
from svoc.reading.around import by_place, by_reference
from svoc.web.asking import Finding, FormOf, Who
from svoc.web.house import house_of
from svoc.web.rendering import page
from svoc.words.persons import Person

__all__ = ["reader_of", "router"]

router = APIRouter(prefix="/desk/find", include_in_schema=False)

MOST = 20
LONGEST_SOUGHT = 100


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed, and who was found; `done`: whether anybody was looked for; `fault`: why nobody was."""

    name: str = ""
    place: str = ""
    reference: str = ""
    persons: tuple[Person, ...] = ()
    done: bool = False
    fault: str = ""


def reader_of(who: Who) -> Reader:
    """Give the reader of who is signed in, for the purpose that they work for."""
    return who.council.reader(who.purpose, actor=who.identity.actor)


@router.get("")
def ask(request: Request, who: Finding) -> Response:
    """Ask who is wanted."""
    return page(request, "find.html", Sought())


@router.post("")
def found(request: Request, who: Finding, form: FormOf) -> Response:
    """Show who may be meant: by reference where one is given, else by name, else by where they live."""
    name, place, reference = (form.text(field)[:LONGEST_SOUGHT] for field in ("name", "place", "reference"))
    if not (name or place or reference):
        return page(request, "find.html", Sought(fault="find.nothing"), status=400)
    reader, stands = reader_of(who), house_of(request).shared.yesterday()
    try:
        persons: Iterable[Person]
        if reference:
            persons = by_reference(reader, reference, yesterday=stands, most=MOST)
        elif name:
            persons = reader.find(name, near=place or None, most=MOST)
        else:
            persons = by_place(reader, place, yesterday=stands, most=MOST)
    except PurposeRefused:
        return page(request, "find.html", Sought(name, place, reference, fault="find.refused"), status=403)
    return page(request, "find.html", Sought(name, place, reference, tuple(persons), done=True))
