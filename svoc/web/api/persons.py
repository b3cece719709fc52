"""Find a resident, read one, their records, and what happened to them."""

from dataclasses import fields
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from svoc.errors import PurposeRefused, SettingsError
from svoc.reading import Reader
from svoc.web.api import asking as who
from svoc.web.api.answering import IfNoneMatch, tagged
from svoc.web.api.paging import MOST, page
from svoc.web.api.problems import PROBLEMS, Refused
from svoc.web.api.shapes import Find, HistoryGiven, Past, PersonGiven, Persons, RecordGiven, RecordsGiven
from svoc.words.persons import Person

__all__ = ["Cursor", "Limit", "Whom", "nobody", "router"]

router = APIRouter(tags=["persons"], responses=PROBLEMS)
Whom = Annotated[str, Path(pattern=r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$", description="An identifier, as 7F3K-92QD-M")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
OnDay = Annotated[date | None, Query(description="As the nights had it on this day.")]
NOBODY = "there is no such person that the purpose may read"


def given(person: Person) -> PersonGiven:
    """Give a person as the API does."""
    said = {one.name: getattr(person, one.name) for one in fields(person)}
    return PersonGiven(**{**said, "provenance": {fact: dict(why) for fact, why in person.provenance.items()}})


@router.post("/find")
def find(asked: Find, asking: who.Finding) -> Persons:
    """Find residents by name, and by postcode or address: it is a POST, so that no address line holds a name."""
    found = asking.reader().find(asked.text, near=asked.near, most=asked.most)
    return Persons(persons=[given(person) for person in found])


@router.get("/persons/{person}", response_model=PersonGiven, responses={304: {"description": "It is as it was"}})
def person(person: Whom, asking: who.Person, as_of: OnDay = None, if_none_match: IfNoneMatch = None) -> Response:
    """Read one golden record as it stands, or as it stood on a day."""
    reader = asking.reader()
    try:
        found = reader.as_of(person, as_of) if as_of else reader.person(person)
    except PurposeRefused:
        raise
    except SettingsError:
        raise nobody(reader, person) from None
    return tagged(given(found), if_none_match)


@router.get("/persons/{person}/records")
def records(person: Whom, asking: who.Records, cursor: Cursor = None, limit: Limit = 50) -> RecordsGiven:
    """Read the records behind a person, each as its source has it."""
    reader = asking.reader()
    try:
        found = reader.records(person)
    except SettingsError:
        raise nobody(reader, person) from None
    rows = [RecordGiven(**row) for row in found.iter_rows(named=True)]
    names = [f"{row.source} {row.record} {row.party} {at}" for at, row in enumerate(rows)]
    shown, following = page(rows, names, cursor, limit)
    return RecordsGiven(records=shown, next=following)


@router.get("/persons/{person}/history")
def history(person: Whom, asking: who.History, cursor: Cursor = None, limit: Limit = 50) -> HistoryGiven:
    """Read what happened to a person, night by night, the oldest first."""
    reader = asking.reader()
    try:
        found = reader.history(person)
    except SettingsError:
        raise nobody(reader, person) from None
    rows = [Past(**{name: row[name] for name in Past.model_fields}) for row in found.iter_rows(named=True)]
    shown, following = page(rows, [str(at) for at in range(len(rows))], cursor, limit)
    return HistoryGiven(changes=shown, next=following)


def nobody(reader: Reader, person: str) -> Refused:
    """Say that nobody is there, and whom a retired identifier leads to today."""
    current = reader.leads_to(person)
    return Refused("not-there", NOBODY, **({"leads_to": current} if current else {}))
