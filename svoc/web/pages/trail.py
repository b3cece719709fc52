"""An auditor's look: who read and did what, for which purpose and why; what is asked for stands in no address."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk.trail import GROUPS, Chain, Looker, chain, checked, leaf
from svoc.store.audit_turning import Leaf, Wanted
from svoc.web.asking import Auditing, Form, FormOf, Who
from svoc.web.pages.person import IDENTIFIER
from svoc.web.rendering import page
from svoc.web.wording import LONDON

__all__ = ["router"]

router = APIRouter(prefix="/desk/audit", include_in_schema=False)

KEPT = "trail"
DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Given:
    """What an auditor typed: days as 3/11/2026, a group of `GROUPS`, an actor, a purpose, an identifier, and why."""

    since: str = ""
    until: str = ""
    group: str = ""
    actor: str = ""
    of: str = ""
    person: str = ""
    because: str = ""

    def faults(self) -> dict[str, str]:
        """Say what cannot be meant: field -> which text says so."""
        said = {name: "trail.no_day" for name in ("since", "until") if (day := getattr(self, name)) and not _day(day)}
        since, until = _day(self.since), _day(self.until)
        if since and until and until < since:
            said["until"] = "trail.no_days"
        if self.person and not IDENTIFIER.fullmatch(self.person):
            said["person"] = "trail.nobody"
        return said

    def wanted(self) -> Wanted:
        """Give the events that are meant; of days until midnight in Britain."""
        until = _day(self.until)
        return Wanted(
            since=_begins(_day(self.since)),
            until=_begins(until + timedelta(days=1) if until else None),
            kinds=GROUPS.get(self.group, frozenset()),
            actor=self.actor,
            purpose=self.of,
        )


@dataclass(frozen=True, slots=True)
class TrailPage:
    """`leaf`: what is shown; `purposes`: code and words of those that there are; `faults`: of what was typed."""

    leaf: Leaf
    given: Given
    purposes: tuple[tuple[str, str], ...]
    faults: dict[str, str]
    groups: tuple[str, ...] = tuple(GROUPS)
    turned: bool = False


@dataclass(frozen=True, slots=True)
class ChainPage:
    """What vouches for the trail."""

    chain: Chain


@router.get("")
def show(request: Request, who: Auditing, before: Annotated[str, Query(max_length=12)] = "") -> Response:
    """Show the newest of what was asked for last, or what is older than an event."""
    return _shown(request, who, _kept(who), int(before) if before.isdecimal() else None)


@router.post("")
def ask(request: Request, who: Auditing, form: FormOf) -> Response:
    """Take down what is asked for in the session, and lead to it."""
    given = _given(form)
    if given.faults():
        return _shown(request, who, given, None)
    who.session.kept[KEPT] = given
    return RedirectResponse("/desk/audit", 303)


@router.get("/chain")
def vouched(request: Request, who: Auditing) -> Response:
    """Show what vouches for the trail."""
    return page(request, "chain.html", ChainPage(chain(_looker(who))))


@router.post("/chain")
def check(request: Request, who: Auditing, form: FormOf) -> Response:
    """Check the whole trail."""
    return page(request, "chain.html", ChainPage(checked(_looker(who))))


def _shown(request: Request, who: Who, given: Given, before: int | None) -> Response:
    faults = given.faults()
    meant = replace(given, **dict.fromkeys(faults, ""))
    found = leaf(_looker(who), meant.wanted(), group=meant.group, person=meant.person, before=before)
    known = tuple((code, purpose.words) for code, purpose in who.council.policy.purposes.purposes.items())
    shown = TrailPage(found, given, known, faults, turned=before is not None)
    return page(request, "trail.html", shown, status=400 if faults else 200)


def _looker(who: Who) -> Looker:
    return Looker(who.council, who.identity.actor, who.purpose, _kept(who).because)


def _kept(who: Who) -> Given:
    found = who.session.kept.get(KEPT)
    return found if isinstance(found, Given) else Given()


def _given(form: Form) -> Given:
    said = {name: form.text(name)[:LONGEST] for name in Given.__slots__}
    said["group"] = said["group"] if said["group"] in GROUPS else ""
    return Given(**{**said, "person": said["person"].upper()})


def _day(text: str) -> date | None:
    """Read a day as the British write it in figures.

    >>> _day("3/11/2026"), _day("11.2026"), _day("31/2/2026")
    (datetime.date(2026, 11, 3), None, None)
    """
    found = DAY.fullmatch(text.strip())
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def _begins(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), LONDON) if day else None
