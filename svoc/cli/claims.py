"""The verb that looks at life events: how far each claim has come, and what it waits for."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from svoc.cli.verbs import Actor, AsJson, Because, ForPurpose, Settings, answer
from svoc.words.events import Claim

__all__ = ["events"]


class Look(StrEnum):
    """What is to be done with life events."""

    LIST = "list"


Which = Annotated[Look, typer.Argument(help="list.", show_default=False)]
State = Annotated[Claim | None, typer.Option(help="Only events in this state.")]


def events(
    settings: Settings,
    look: Which,
    *,
    state: State = None,
    purpose: ForPurpose = None,
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """List life events: how far each claim has come, since when, by whom, and what it waits for.

    Example: svoc events council.toml list --state candidates --purpose tell-us-once-death
    """
    from svoc.council import Council

    with Council.open(settings) as council:
        found = council.reader(purpose, actor=actor, because=because).claims().to_dicts()
    rows = [row for row in found if state in {None, row["state"]}]
    answer({look.value: rows}, "\n".join(map(_line, rows)) or "there are no such life events", as_json=as_json)


def _line(row: dict[str, Any]) -> str:
    level = "" if row["verification"] is None else f", verified to {row['verification']}"
    whose = f", of {row['person']}" if row["person"] else ""
    among = f", {len(row['candidates'])} may be meant" if row["candidates"] else ""
    waits = f"; waits for {row['waits_for']}" if row["waits_for"] else ""
    since = f"since {row['since']:%Y-%m-%d} by {row['by']}"
    return f"{row['state']:10} {row['kind']:10} {row['event'] or '-'}{level}{whose}{among}, {since}{waits}"
