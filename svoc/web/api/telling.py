"""Tell a change once, see how far each notice of it has come, and take down what a recipient said."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from svoc.delivering.by_hand import said_by_hand
from svoc.web.api import asking as who
from svoc.web.api.answering import Once, once
from svoc.web.api.paging import page
from svoc.web.api.persons import Cursor, Limit
from svoc.web.api.problems import PROBLEMS, Refused
from svoc.web.api.shapes import Answered, NoticeAnswer, NoticeGiven, Notices, Said, Standing
from svoc.words.notices import State

__all__ = ["router"]

router = APIRouter(tags=["telling"], responses=PROBLEMS)
Which = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,80}$", description="The identifier of a notice")]
Recipient = Annotated[str | None, Query(max_length=100, description="To this recipient alone.")]


@router.post("/tell", status_code=202, response_model=Standing)
def tell(request: Request, asked: Said, asking: who.Telling, key: Once) -> Response:
    """Tell a life event of somebody who was found: the next night settles it, and whoever may know is told."""

    def act() -> Standing:
        try:
            event = asked.event()
        except ValueError:
            raise Refused("not-valid", "expected at least one thing that is so from now on") from None
        reader = asking.reader()
        if not all(reader.mentions_of(person) for person in event.persons):
            raise Refused("not-there", "there is no such person that the purpose may read")
        asking.council.tell(event, purpose=asking.purpose, actor=asking.actor)
        return Standing(event=event.mention)

    return once(request, asking, key, asked, act, status=202)


@router.get("/notices")
def notices(
    asking: who.Notices,
    state: Annotated[State | None, Query(description="That have come this far alone.")] = None,
    recipient: Recipient = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Notices:
    """List the notices that were made in the lane of the purpose, the oldest first; nothing of a person is in it."""
    found = asking.reader().notices(
        states=[state] if state else [], recipients=[recipient] if recipient is not None else []
    )
    rows = [NoticeGiven(**row) for row in found.iter_rows(named=True)]
    shown, following = page(rows, [row.notice for row in rows], cursor, limit)
    return Notices(notices=shown, next=following)


@router.post("/notices/{notice}/answer", response_model=Answered)
def acknowledge(request: Request, notice: Which, asked: NoticeAnswer, asking: who.Acknowledging, key: Once) -> Response:
    """Take down that a recipient has a notice, has acted on it, or turned it down, and why."""

    def act() -> Answered:
        if notice not in asking.reader().notices()["notice"]:
            raise Refused("not-there", "there is no such notice that the purpose may read")
        council, state = asking.council, State(asked.state)
        said = (council.store, council.audit, [notice], state)
        return Answered(answered=said_by_hand(*said, actor=asking.actor, because=asked.because))

    return once(request, asking, key, asked, act)
