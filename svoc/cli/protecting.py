"""The verbs that protect a person whom an address could harm, and that lift protection again: protect, clear."""

from datetime import datetime
from typing import Annotated

import typer

from svoc.cli.verbs import AsJson, ForPurpose, Settings, answer

__all__ = ["clear", "protect"]

Actor = Annotated[str, typer.Option(help="Who does it, by name.")]


def protect(
    settings: Settings,
    persons: Annotated[list[str], typer.Argument(help="Identifiers, as 7F3K-92QD-M.", show_default=False)],
    *,
    kind: Annotated[str, typer.Option(help="safe-address, no-disclosure or anonymous.")],
    because: Annotated[str, typer.Option(help="Why; kept with it.")],
    actor: Actor,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="It holds before this day; else until it is lifted.")
    ] = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Protect persons: where they are is hidden from now on, in all that is read, sent and written, past days too.

    It follows each through every merge and split, and is lifted by two people alone (svoc clear). Name the whole
    family: who lives with a protected person is not protected by that.

    Example: svoc protect council.toml 7F3K-92QD-M --kind safe-address --because "asked by the refuge" --actor j.okafor
    """
    from svoc.council import Council

    with Council.open(settings) as council:
        reads = purpose or council.settings.council.purpose
        day = until.date() if until else None
        done = [
            council.protect(person, kind, purpose=reads, actor=actor, because=because, until=day) for person in persons
        ]
    figures = {"protected": [{"number": d.number, "kinds": d.kinds, "records": d.records} for d in done]}
    lines = [f"{p}: {kind}, on {d.records} records" for p, d in zip(persons, done, strict=True)]
    answer(figures, "\n".join(lines), as_json=as_json)


def clear(
    settings: Settings,
    person: Annotated[str | None, typer.Argument(help="Whose protection is to be lifted.", show_default=False)] = None,
    *,
    confirm: Annotated[int | None, typer.Option(help="The number of a request that somebody else made.")] = None,
    because: Annotated[str, typer.Option(help="Why, in your own words; kept with it.")] = "",
    actor: Annotated[str, typer.Option(help="Who does it, by name.")] = "",
    kind: Annotated[str | None, typer.Option(help="Of which kind; of all unless given.")] = None,
    purpose: Annotated[str, typer.Option(help="What it is for; one that sees the protected.")] = "safeguarding",
    as_json: AsJson = False,
) -> None:
    """Ask for protection to be lifted, or confirm, as a second person, that it is; without either, list what waits.

    Until a second person confirms, protection holds. Why it was asked is kept from that person, who is to look into it
    anew.

    Example: svoc clear council.toml 7F3K-92QD-M --because "has moved abroad" --actor j.okafor
    Example: svoc clear council.toml --confirm 12 --because "spoke with her myself" --actor m.patel
    """
    from svoc.council import Council

    with Council.open(settings) as council:
        if confirm is not None:
            done = council.confirm_clearing(confirm, purpose=purpose, actor=actor, because=because)
            words = f"lifted: {', '.join(done.kinds)}, of {done.records} records"
        elif person is not None:
            done = council.ask_to_clear(person, purpose=purpose, actor=actor, because=because, kind=kind)
            words = f"request {done.number}: {', '.join(done.kinds)} holds until a second person confirms it"
        else:
            found = council.clearings(purpose=purpose, actor=actor or council.settings.council.actor)
            rows = [
                {"number": w.number, "person": w.person, "kinds": w.kinds, "records": w.records, "actor": w.actor}
                for w in found
            ]
            lines = [f"{w.number}  {w.person}  {', '.join(w.kinds)}, asked by {w.actor}" for w in found]
            return answer({"waiting": rows}, "\n".join(lines) or "nothing waits", as_json=as_json)
    answer({"number": done.number, "kinds": done.kinds, "records": done.records}, words, as_json=as_json)
    return None
