"""Where the command line starts: its verbs, in the order in which help lists them.

A new verb is a function in the room it belongs to, or in a room of its own, and one line in `VERBS`.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from svoc.cli import (
    accounting,
    arriving,
    auditing,
    canvassing,
    claims,
    deciding,
    files,
    keys,
    models,
    nights,
    notices,
    past,
    protecting,
    readings,
    rights,
    runs,
    serving,
    starting,
    surveying,
    towns,
    undoing,
)
from svoc.cli.verbs import say_little_of_crashes, told

__all__ = ["VERBS", "app", "main"]

VERBS: tuple[Callable[..., None], ...] = (
    towns.demo,
    towns.rehearse,
    starting.init,
    nights.check,
    nights.night,
    files.place,
    files.refit,
    files.link,
    models.train,
    models.thresholds,
    models.review,
    models.evaluate,
    readings.export,
    readings.custodian,
    readings.migration,
    canvassing.canvass,
    surveying.insight,
    accounting.accountability,
    nights.tell,
    claims.events,
    notices.notices,
    arriving.arrivals,
    readings.find,
    readings.explain,
    serving.desk,
    past.history,
    past.as_of,
    runs.runs,
    deciding.decisions,
    protecting.protect,
    protecting.clear,
    rights.account,
    undoing.plan,
    undoing.rollback,
    undoing.verify,
    auditing.audit,
    keys.key,
)

app = typer.Typer(
    name="svoc",
    help="One golden record per resident: addresses to UPRN, records to people, identifiers that never break.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

for verb in VERBS:
    app.command()(told(verb))


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("svoc"))
        raise typer.Exit


@app.callback()
def house(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """One golden record per resident: addresses to UPRN, records to people, identifiers that never break."""


def main() -> None:
    """Run the command line."""
    say_little_of_crashes()
    app()
