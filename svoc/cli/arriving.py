"""The verb that asks whether what systems were told has arrived."""

from typing import Annotated

import typer

from svoc.cli.verbs import Actor, AsJson, Because, Settings, answer

__all__ = ["arrivals"]


def arrivals(
    settings: Settings,
    *,
    purpose: Annotated[str, typer.Option(help="What it is for; its lane's notices are looked at.")],
    everything: Annotated[bool, typer.Option("--all", help="List what has arrived too.")] = False,
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """Say for each system whether what it was told shows in its own extracts since, and what has not arrived.

    Example: svoc arrivals council.toml --purpose data-quality
    """
    from svoc.council import Council
    from svoc.reconciling import by_service, waiting

    with Council.open(settings) as council:
        told = council.reader(purpose, actor=actor, because=because).arrivals()
    services, listed = by_service(told).to_dicts(), (told if everything else waiting(told)).to_dicts()
    words = [
        f"{row['recipient']}: {row['told']} told, {row['arrived']} arrived, {row['partly']} partly, {row['not']} not, "
        f"{row['contradicted']} contradicted, {row['not_visible']} not visible; {row['spared']} contacts spared"
        for row in services
    ]
    words += [
        f"{row['days']:>4} days  {row['recipient']} {row['reference'] or ''}: {row['kind']} of {row['told']}, "
        f"{row['verdict'].replace('_', ' ')} ({row['notice']})"
        for row in listed
    ]
    figures = {"services": services, "notices": listed}
    answer(figures, "\n".join(words) or "nothing was told in this lane", as_json=as_json)
