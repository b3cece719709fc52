"""The records of a case, put into groups: all of it answered in one act, and shown before it is done."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Case, Desk
from svoc.desk.looking import look
from svoc.desk.queues import Queue, of_the_role, waiting
from svoc.desk.regrouping import split
from svoc.desk.sides import side_by_side
from svoc.desk.sitting import grouped_of, split_looked_at
from svoc.errors import SettingsError
from svoc.web.asking import Deciding, FormOf
from svoc.web.pages.case_opening import columns, held, opened, queue_of
from svoc.web.pages.groups_form import Chosen, as_they_stand, groups_asked, too_many
from svoc.web.pages.meanwhile import CAME_BETWEEN, came_between, not_open
from svoc.web.pages.queue import desk_of, next_of
from svoc.web.pages.regrouping import Regrouping, foreseen
from svoc.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/desk/case", include_in_schema=False)
NOT_IN_GROUPS = "the records of this case cannot be put into groups"


@router.get("/{case_id}/groups")
def show(request: Request, who: Deciding, case_id: str, queue: str = "") -> Response:
    """Show the records of a case, each in the group of its person as it stands."""
    desk = desk_of(request, who)
    case = opened(desk, who, case_id)
    if case is None:
        return not_open(request, desk, case_id, status=404)
    there = _there(desk, case)
    chosen = as_they_stand(there, desk.persons_of(there))
    return _shown(request, _page(desk, case, there, chosen, queue if queue in set(Queue) else ""))


@router.post("/{case_id}/groups/preview")
def preview(request: Request, who: Deciding, case_id: str, form: FormOf) -> Response:
    """Show what the groups would change; nothing is written."""
    desk = desk_of(request, who)
    case = opened(desk, who, case_id)
    if case is None:
        return not_open(request, desk, case_id, status=409)
    there = _there(desk, case)
    chosen = groups_asked(there, form, apart=False)
    shown = _page(desk, case, there, chosen, queue_of(form), form.text("token"))
    if chosen.faults:
        return _shown(request, shown)
    return foreseen(request, desk, shown, split(chosen.members(there)), there)


@router.post("/{case_id}/groups")
def keep(request: Request, who: Deciding, case_id: str, form: FormOf) -> Response:
    """Say of all records of the case who is who, and lead to the next."""
    desk, queue = desk_of(request, who), queue_of(form)
    case = opened(desk, who, case_id)
    if case is None:
        return not_open(request, desk, case_id, status=409)
    there = _there(desk, case)
    chosen = groups_asked(there, form, apart=False)
    if chosen.faults:
        return _shown(request, _page(desk, case, there, chosen, queue, form.text("token")))
    try:
        made = split_looked_at(desk, case_id, chosen.members(there), token=form.text("token"), because=chosen.because)
    except CAME_BETWEEN as fault:
        return came_between(request, fault, f"/desk/case/{case_id}/groups")
    who.session.made.append(made)
    who.session.said.append(("decided", "split"))
    following = next_of(of_the_role(waiting(desk), who.identity.roles), desk.steward, queue=queue, but=case_id)
    more = f"?queue={queue}" if queue else ""
    return RedirectResponse(f"/desk/case/{following}{more}" if following else f"/desk{more}", 303)


def _there(desk: Desk, case: Case) -> list[str]:
    there = grouped_of(desk, case)
    if len(there) < 2 or too_many(there):
        raise SettingsError(NOT_IN_GROUPS)
    return there


def _page(desk: Desk, case: Case, there: list[str], chosen: Chosen, queue: str, token: str = "") -> Regrouping:
    """Look at a case; `token`: of when it was first looked at."""
    holder, _ = held(desk, case.id)
    seen = look(desk, case)
    grouped = [n for n, record in enumerate(seen.records) if record["mention"] in there]
    records = [seen.records[n] for n in grouped]
    back = f"/desk/case/{case.id}" + (f"?queue={queue}" if queue else "")
    rows = side_by_side(records, desk.reader().purpose, hides=seen.hides)
    return Regrouping(
        action=f"/desk/case/{case.id}/groups",
        back=back,
        name="",
        columns=columns(records, [seen.persons[n] for n in grouped]),
        rows=tuple(rows),
        token=token or seen.token,
        chosen=chosen,
        queue=queue,
        holder=holder,
    )


def _shown(request: Request, shown: Regrouping) -> Response:
    return page(request, "groups.html", shown, status=400 if shown.chosen.faults else 200)
