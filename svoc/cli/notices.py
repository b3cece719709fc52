"""The verb that looks after notices: where each stands, sending again, and what recipients say of them."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svoc.cli.logs import log_to_stderr
from svoc.cli.verbs import AsJson, Settings, answer
from svoc.errors import SettingsError
from svoc.words.notices import State

if TYPE_CHECKING:
    from svoc.council import Council

__all__ = ["notices"]


class Action(StrEnum):
    """What is to be done with notices."""

    LIST = "list"
    SEND = "send"
    RETRY = "retry"
    DROP = "drop"
    COLLECT = "collect"
    ACKNOWLEDGE = "acknowledge"
    ACTIONED = "actioned"
    REJECTED = "rejected"


SAID = {
    Action.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Action.ACTIONED: State.ACTIONED,
    Action.REJECTED: State.REJECTED,
}

Which = Annotated[Action, typer.Argument(help=", ".join(Action), show_default=False)]
Ids = Annotated[list[str] | None, typer.Argument(help="Identifiers of notices.", show_default=False)]
OfState = Annotated[list[State] | None, typer.Option("--state", help="List those of this state; may be repeated.")]
To = Annotated[list[str] | None, typer.Option("--to", help="List those to this recipient; may be repeated.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="List those whose acknowledgement is overdue.")]
Reasons = Annotated[bool, typer.Option("--reasons", help="With what recipients and channels gave as their reasons.")]
By = Annotated[str, typer.Option(help="Who acts or asks; needed for retry of named ones, drop and what was said.")]
Because = Annotated[str, typer.Option(help="Why, or what the recipient said; it is kept.")]


def notices(
    settings: Settings,
    action: Which,
    ids: Ids = None,
    *,
    state: OfState = None,
    to: To = None,
    overdue: Overdue = False,
    reasons: Reasons = False,
    by: By = "",
    because: Because = "",
    as_json: AsJson = False,
) -> None:
    """List what systems are told and how far each has come; send what is due, try again, drop; take down answers.

    list shows nothing of a person; send carries what may go now, as a night does; retry lets go at once what failed,
    dead letters only by their names; drop withdraws; collect reads what recipients left; the others take down what a
    recipient said in another way.

    Example: svoc notices council.toml list --state dead --reasons
    Example: svoc notices council.toml retry a1b2c3 --by j.okafor --because "their server is back"
    """
    from svoc.council import Council

    log_to_stderr(settings)
    named = ids or []
    with Council.open(settings) as council:
        if action == Action.LIST:
            figures, words = _listed(council, state or [], to or [], by, overdue=overdue, reasons=reasons)
        else:
            with council.night():
                figures, words = _done(council, action, named, by, because)
    answer(figures, words, as_json=as_json)


def _listed(
    council: "Council", states: list[State], to: list[str], by: str, *, overdue: bool, reasons: bool
) -> tuple[dict[str, Any], str]:
    from svoc.delivering.by_hand import listed

    actor = by or council.settings.council.actor
    rows = listed(
        council.store, council.audit, actor=actor, states=states, recipients=to, overdue=overdue, reasons=reasons
    )
    lines = [
        f"{row['notice']}  {row['recipient']}  {row['kind']}  {row['state']}"
        + (f", {row['tries']} tries" if row["tries"] else "")
        + (f", wanted by {row['due']}" if row["overdue"] else "")
        + (f": {row['reason']}" if row.get("reason") else "")
        for row in rows
    ]
    return {"notices": rows}, "\n".join(lines) or "there is none"


def _done(council: "Council", action: Action, ids: list[str], by: str, because: str) -> tuple[dict[str, Any], str]:
    from svoc.delivering import by_hand
    from svoc.delivering.collecting import collect
    from svoc.store.outbox import retry

    store, audit = council.store, council.audit
    if action == Action.COLLECT:
        heard = collect(store, audit, council.settings, council.policy.recipients)
        words = [f"{heard.answers} notices were answered", *heard.faults]
        return {"answers": heard.answers, "faults": list(heard.faults)}, "\n".join(words)
    if action == Action.SEND or (action == Action.RETRY and not ids):
        if action == Action.RETRY:
            retry(store)
        return _sent(council)
    if not by or not because:
        raise SettingsError(f"{action.value} wants --by, who does it, and --because, why")
    if action == Action.RETRY:
        by_hand.let_go(store, audit, ids, actor=by, because=because)
        return _sent(council)
    if action == Action.DROP:
        number = by_hand.dropped(store, audit, ids, actor=by, because=because)
        return {"dropped": number}, f"{number} will never be sent"
    number = by_hand.said_by_hand(store, audit, ids, SAID[action], actor=by, because=because)
    return {"said": number, "state": SAID[action].value}, f"{number}: {SAID[action].words}"


def _sent(council: "Council") -> tuple[dict[str, Any], str]:
    done = council.carry()
    words = f"{done.sent} notices went out, {done.failed} did not arrive, {done.dead} of them are tried no more"
    return {**done.figures(), "faults": done.faults}, "\n".join([words, *done.faults])
