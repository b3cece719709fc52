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
    RAISED = "raised"


Which = Annotated[Look, typer.Argument(help="list or raised.", show_default=False)]
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
    """List life events and what they wait for, or raise what confirmed ones may mean for a service, for you to decide.

    Example: svoc events council.toml list --state candidates --purpose tell-us-once-death
    Example: svoc events council.toml raised --purpose council-tax
    """
    from svoc.council import Council

    with Council.open(settings) as council:
        reader = council.reader(purpose, actor=actor, because=because)
        rows = (reader.claims() if look is Look.LIST else reader.raised()).to_dicts()
    rows = [row for row in rows if state in {None, row.get("state")}]
    said = map(_line if look is Look.LIST else _raised, rows)
    answer({look.value: rows}, "\n".join(said) or "there are none", as_json=as_json)


def _raised(row: dict[str, Any]) -> str:
    rests = f"; rests on {', '.join(row['records'])}" if row["records"] else ""
    where = f" at {row['place']}" if row["place"] else ""
    return f"{row['fact']:17} {row['person']}{where}: {row['words']}{rests}"


def _line(row: dict[str, Any]) -> str:
    level = "" if row["verification"] is None else f", verified to {row['verification']}"
    whose = f", of {row['person']}" if row["person"] else ""
    among = f", {len(row['candidates'])} may be meant" if row["candidates"] else ""
    waits = f"; waits for {row['waits_for']}" if row["waits_for"] else ""
    since = f"since {row['since']:%Y-%m-%d} by {row['by']}"
    return f"{row['state']:10} {row['kind']:10} {row['event'] or '-'}{level}{whose}{among}, {since}{waits}"
