"""The verb that makes, lists and revokes the keys by which other systems ask: key."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svoc.cli.verbs import AsJson, Settings, answer
from svoc.errors import SettingsError

if TYPE_CHECKING:
    from svoc.store.api_keys import KeptKey

__all__ = ["key"]


class Action(StrEnum):
    """What is to be done."""

    ADD = "add"
    LIST = "list"
    REVOKE = "revoke"


What = Annotated[Action, typer.Argument(help="add, list or revoke.", show_default=False)]
Which = Annotated[str, typer.Argument(help="To revoke: the open prefix of the key.", show_default=False)]
For = Annotated[str, typer.Option("--for", help="To add: the system that will use it, as crm.")]
Purposes = Annotated[str, typer.Option(help="To add: what it may be used for, with commas between.")]
Roles = Annotated[str, typer.Option(help="To add: as whom it asks, as officer, with commas between.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="To add: the last day on which it holds.")]
By = Annotated[str | None, typer.Option(help="Who does it; the actor in council.toml unless given.")]
Because = Annotated[str, typer.Option(help="Why; kept with it.")]


def key(
    what: What,
    settings: Settings,
    which: Which = "",
    *,
    name: For = "",
    purposes: Purposes = "",
    roles: Roles = "",
    until: Until = None,
    by: By = None,
    because: Because = "",
    as_json: AsJson = False,
) -> None:
    """Make a key by which another system asks the staff API, list all keys, or revoke one for good.

    A key is shown once, when it is made, and is kept nowhere. It is for some purposes and roles and ends on a day.

    Example: svoc key add council.toml --for crm --purposes council-tax --roles officer --until 2027-03-31 --because CRM
    Example: svoc key list council.toml
    Example: svoc key revoke council.toml k7m2q4xw3a --because "the CRM is replaced"
    """
    from svoc.council import Council
    from svoc.keys import list_keys, make_key, revoke_key

    with Council.open(settings) as council:
        actor = by or council.settings.council.actor
        if what == Action.LIST:
            found = list_keys(council, by=actor)
            figures: dict[str, Any] = {"keys": [_figures(key, state) for key, state in found]}
            words = "\n".join(_line(key, state) for key, state in found) or "there are no keys"
        elif what == Action.ADD:
            if until is None:
                raise SettingsError("--until: say on which day the key ends: every key does")
            asked, playing = _several(purposes), _several(roles)
            made = make_key(council, name, purposes=asked, roles=playing, until=until.date(), by=actor, because=because)
            figures = {"key": made.text, "prefix": made.prefix, "for": made.name, "until": made.until}
            words = f"{made.text}\nKeep it now: it is shown once. It ends after {made.until.isoformat()}."
        else:
            revoke_key(council, which, by=actor, because=because)
            figures, words = {"revoked": which}, f"{which} is revoked"
    answer(figures, words, as_json=as_json)


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _figures(key: "KeptKey", state: str) -> dict[str, Any]:
    return {
        "prefix": key.prefix, "for": key.name, "state": state, "purposes": key.purposes, "roles": key.roles,
        "until": key.until, "last_used": key.last_used, "made_by": key.made_by,
    }  # fmt: skip


def _line(key: "KeptKey", state: str) -> str:
    used = f"last used {key.last_used.isoformat()}" if key.last_used else "never used"
    asks = f"{', '.join(key.roles)} for {', '.join(key.purposes)}"
    return f"{key.prefix}  {key.name}  {state}, until {key.until.isoformat()}, {used}: {asks}"
