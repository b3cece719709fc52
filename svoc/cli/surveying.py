"""The verb that counts people for those who plan services."""

from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.logs import log_to_stderr
from svoc.cli.verbs import Actor, AsJson, Because, Settings, answer

__all__ = ["insight"]


def insight(
    settings: Settings,
    *,
    to: Annotated[Path, typer.Option(help="The folder to write the figures into.")],
    purpose: Annotated[str | None, typer.Option(help="What it is for: statistics, and nothing else.")] = None,
    cost_per_contact: Annotated[
        float | None, typer.Option(min=0, help="Pounds that one contact costs, to say what telling once has saved.")
    ] = None,
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """Count people, households and what systems know of them, by ward and in tens, so that nobody is singled out.

    Example: svoc insight council.toml --to insight --purpose statistics
    """
    from svoc.surveying import survey

    log_to_stderr(settings)
    figures = survey(settings, to, purpose=purpose, cost=cost_per_contact, actor=actor, because=because)
    answer(figures, "\n".join(f"{name}: {count}" for name, count in figures.items()), as_json=as_json)
