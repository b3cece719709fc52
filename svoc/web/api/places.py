"""Place one address, and see whose a record may be before another is made."""

import re

from fastapi import APIRouter, Request

from gazetteer import find
from svoc.web.api import asking as who
from svoc.web.api.persons import given
from svoc.web.api.problems import PROBLEMS
from svoc.web.api.shapes import Candidate, Match, Matches, PlaceAsked, PlaceGiven, Suggestion
from svoc.web.house import house_of
from svoc.words.persons import Person

__all__ = ["router"]

router = APIRouter(tags=["places"], responses=PROBLEMS)
COMPARED = ("forename", "surname", "dob", "address", "postcode", "phone", "email")


@router.post("/places")
def place(request: Request, asked: PlaceAsked, asking: who.Placing) -> PlaceGiven:
    """Place an address on the council's gazetteer, and suggest what else it may mean."""
    gazetteer = house_of(request).council.gazetteer  # kept there, and not with the view that one request has
    found = find(asked.address, gazetteer, postcode=asked.postcode)
    others = [Suggestion(uprn=one.uprn, address=one.text, bits=one.bits) for one in found.suggestions]
    return PlaceGiven(
        outcome=found.outcome, uprn=found.uprn, rung=found.rung, certainty=found.certainty, reason=found.reason,
        suggestions=others,
    )  # fmt: skip


@router.post("/matches")
def match(asked: Match, asking: who.Matching) -> Matches:
    """Say whose a record may be that a system is about to make, by name and place, and what of the rest agrees.

    Only what the purpose may see is compared. It joins nobody: the record is matched by the night that reads it.
    """
    name = " ".join(part for part in (asked.forename, asked.surname) if part)
    found = asking.reader().find(name, near=asked.postcode or asked.address, most=asked.most)
    return Matches(candidates=[_compared(asked, person) for person in found])


def _compared(asked: Match, person: Person) -> Candidate:
    known = {name: (getattr(asked, name), getattr(person, name)) for name in COMPARED}
    both = {name: (_plain(said), _plain(held)) for name, (said, held) in known.items() if said and held}
    agrees = [name for name, (said, held) in both.items() if said == held]
    return Candidate(person=given(person), agrees=agrees, differs=[name for name in both if name not in agrees])


def _plain(value: object) -> str:
    """Write a value as it is compared.

    >>> _plain("pl4 8aa"), _plain("01392 000-001")
    ('PL48AA', '01392000001')
    """
    return re.sub(r"[^0-9A-Z@]", "", str(value).upper())
