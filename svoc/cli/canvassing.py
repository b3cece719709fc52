"""The verb that prepares the annual canvass."""

from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.logs import log_to_stderr
from svoc.cli.verbs import Actor, AsJson, Because, Settings, answer

__all__ = ["canvass"]


def canvass(
    settings: Settings,
    *,
    to: Annotated[Path, typer.Option(help="The folder to write the lists into.")],
    purpose: Annotated[str | None, typer.Option(help="What it is for: canvass-match, and nothing else.")] = None,
    vouching: Annotated[
        bool,
        typer.Option("--household-evidence", help="Match an elector by others of that surname there who are matched."),
    ] = False,
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """Say of each elector whether other records bear the entry out, and propose each property's canvass route.

    Example: svoc canvass council.toml --to canvass
    """
    from svoc.canvassing import prepare_canvass

    log_to_stderr(settings)
    figures = prepare_canvass(settings, to, purpose=purpose, vouching=vouching, actor=actor, because=because)
    answer(figures, "\n".join(f"{name}: {count}" for name, count in figures.items()), as_json=as_json)
