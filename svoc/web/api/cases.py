"""What waits for a steward, one case with its evidence, and an answer to it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from svoc.desk import Case
from svoc.errors import DecidedMeanwhile, PurposeRefused, SettingsError
from svoc.store.ledger import last_decision
from svoc.web.api import asking as who
from svoc.web.api.answering import IfMatch, IfNoneMatch, Once, once, refuse_changed, tagged
from svoc.web.api.asking import Asking
from svoc.web.api.paging import page
from svoc.web.api.persons import Cursor, Limit
from svoc.web.api.problems import PROBLEMS, Refused
from svoc.web.api.shapes import CaseGiven, Cases, Decided, Decision
from svoc.words.decisions import CaseKind

__all__ = ["Which", "given", "opened", "router"]

router = APIRouter(tags=["cases"], responses=PROBLEMS)
Which = Annotated[str, Path(pattern=r"^[0-9a-f]{8,64}$", description="The identifier of a case")]


def given(case: Case, asking: Asking) -> CaseGiven:
    """Give a case as the API does, its weight and records only where the purpose may see all that they rest on."""
    purpose = asking.reader().purpose
    return CaseGiven(
        id=case.id, kind=case.kind.value, reason=case.reason, evidence=case.evidence,
        mentions=list(case.mentions) if purpose.references else None,
        weight=case.weight if purpose.fields is None else None,
    )  # fmt: skip


@router.get("/cases")
def cases(
    asking: who.Cases,
    kind: Annotated[CaseKind | None, Query(description="Of this kind alone.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Cases:
    """List what waits for whoever asks, the most pressing first, without its evidence."""
    found = [case for case in asking.desk().cases() if kind is None or case.kind == kind]
    shown, following = page(found, [case.id for case in found], cursor, limit)
    return Cases(cases=[given(case, asking) for case in shown], next=following)


@router.get("/cases/{case}", response_model=CaseGiven, responses={304: {"description": "It is as it was"}})
def case(case: Which, asking: who.Cases, if_none_match: IfNoneMatch = None) -> Response:
    """Open a case: the records side by side, and what the machine made of each pair."""
    return tagged(given(opened(case, asking), asking), if_none_match)


@router.post("/cases/{case}/decision", response_model=Decided)
def decide(
    request: Request, case: Which, asked: Decision, asking: who.Deciding, key: Once, if_match: IfMatch = None
) -> Response:
    """Answer a case as it was shown; where it says something else by now, or is answered, nothing is done."""

    def act() -> Decided:
        known = last_decision(asking.council.store.engine)
        desk = asking.desk()
        shown = opened(case, asking)
        refuse_changed(given(shown, asking), if_match)
        pair = (asked.pair[0], asked.pair[1]) if asked.pair else None
        made = desk.decide(shown, asked.verdict, because=asked.because, pair=pair, expires=asked.expires, after=known)
        return Decided(decisions=made)

    return once(request, asking, key, asked, act)


def opened(case: str, asking: Asking) -> Case:
    """Open a case; say of one that was answered meanwhile that it was, and of any other that it is not there."""
    try:
        return asking.desk().open(case)
    except PurposeRefused:
        raise
    except SettingsError:
        if case in asking.council.store.answered_cases():
            raise DecidedMeanwhile from None
        raise Refused("not-there", "there is no open case of that name for this purpose") from None
