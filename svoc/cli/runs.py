"""The verb that shows what the nights were: runs."""

from typing import Annotated

import typer

from svoc.cli.verbs import AsJson, Settings, answer

__all__ = ["runs"]


def runs(
    settings: Settings,
    run: Annotated[int | None, typer.Argument(help="The number of one night, to see it in full.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the nights with their figures, or show one in full: inputs and hashes, versions, counts, seconds.

    Example: svoc runs council.toml 12 --json
    """
    from svoc.operating import one_run, runs_of

    figures, words = runs_of(settings) if run is None else one_run(settings, run)
    answer(figures, words, as_json=as_json)
