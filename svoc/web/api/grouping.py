"""Say of several records at once who is who: of a case's, of a person's, or that some are another person's."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from svoc.desk.parting import Whole, moving, regroup_looked_at, splitting, whole
from svoc.desk.regrouping import Said, refuse_others, split
from svoc.desk.sitting import grouped_of
from svoc.errors import PurposeRefused, SettingsError
from svoc.store.ledger import last_decision
from svoc.web.api import asking as who
from svoc.web.api.answering import IfMatch, IfNoneMatch, Once, once, refuse_changed, tagged
from svoc.web.api.asking import Asking
from svoc.web.api.cases import Which, given, opened
from svoc.web.api.group_shapes import GroupingGiven, Groups, Move
from svoc.web.api.persons import Whom, nobody
from svoc.web.api.problems import PROBLEMS, Refused
from svoc.web.api.shapes import Decided

__all__ = ["router"]

router = APIRouter(tags=["grouping"], responses=PROBLEMS)


@router.post("/cases/{case}/groups", response_model=Decided)
def of_a_case(
    request: Request, case: Which, asked: Groups, asking: who.Deciding, key: Once, if_match: IfMatch = None
) -> Response:
    """Answer a case of several records as it was shown, by putting them into groups; all of it is one act."""

    def act() -> Decided:
        _refuse_blind(asking)
        known = last_decision(asking.council.store.engine)
        desk, shown = asking.desk(), opened(case, asking)
        refuse_changed(given(shown, asking), if_match)
        refuse_others(asked.groups, grouped_of(desk, shown))
        said = split(asked.groups)
        return Decided(decisions=desk.decide_all(said, because=asked.because, answers=[case] * len(said), after=known))

    return once(request, asking, key, asked, act)


@router.get(
    "/persons/{person}/grouping", response_model=GroupingGiven, responses={304: {"description": "It is as it was"}}
)
def grouping(person: Whom, asking: who.Regrouping, if_none_match: IfNoneMatch = None) -> Response:
    """Read which records a person has, before they are split or a record is moved."""
    return tagged(_told(_whole(person, asking)), if_none_match)


@router.post("/persons/{person}/split", response_model=Decided)
def of_a_person(
    request: Request, person: Whom, asked: Groups, asking: who.Regrouping, key: Once, if_match: IfMatch = None
) -> Response:
    """Say that a person is several, as their records were shown; all of it is one act."""
    return _act(request, person, asked, asking, key, if_match, lambda parted: splitting(parted, asked.groups))


@router.post("/persons/{person}/move", response_model=Decided)
def move(
    request: Request, person: Whom, asked: Move, asking: who.Regrouping, key: Once, if_match: IfMatch = None
) -> Response:
    """Say that some of a person's records are another's, as they were shown; all of it is one act."""

    def said(parted: Whole) -> list[Said]:
        return moving(asking.desk(), parted, asked.mentions, asked.into)

    return _act(request, person, asked, asking, key, if_match, said)


def _act(
    request: Request,
    person: str,
    asked: Groups | Move,
    asking: Asking,
    key: str,
    if_match: str | None,
    said: Callable[[Whole], list[Said]],
) -> Response:
    def act() -> Decided:
        parted = _whole(person, asking)
        refuse_changed(_told(parted), if_match)
        made = regroup_looked_at(asking.desk(), parted, said(parted), token=parted.token, because=asked.because)
        return Decided(decisions=made)

    return once(request, asking, key, asked, act)


def _told(parted: Whole) -> GroupingGiven:
    return GroupingGiven(person=parted.person, mentions=list(parted.mentions), seen=parted.token)


def _whole(person: str, asking: Asking) -> Whole:
    """Open a person; say of one who is not there that they are not."""
    _refuse_blind(asking)
    try:
        return whole(asking.desk(), person)
    except PurposeRefused:
        raise
    except SettingsError:
        raise nobody(asking.reader(), person) from None


def _refuse_blind(asking: Asking) -> None:
    """Refuse a purpose that may not see which records there are."""
    if not asking.reader().purpose.references:
        raise Refused("purpose-refused", "the purpose may not see which records there are")
