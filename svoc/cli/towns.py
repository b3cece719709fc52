"""The verbs that make a town: demo, rehearse."""

from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.verbs import AsJson, answer
from svoc.errors import SettingsError

__all__ = ["demo", "rehearse"]


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the town; an empty or new folder.")] = Path("demo"),
    *,
    open_report: Annotated[bool, typer.Option("--open", help="Open the last report in a browser.")] = False,
    dwellings: Annotated[int, typer.Option(help="How large the town is.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another number gives another town.")] = 7,
) -> None:
    """Make a town, run two nights and a death that is told once, and tell the story.

    Example: svoc demo --open
    """
    from svoc.demo import demonstrate

    report = demonstrate(folder, dwellings=dwellings, seed=seed, say=typer.echo)
    if open_report:
        typer.launch(report.as_uri())


def rehearse(
    folder: Annotated[Path, typer.Argument(help="Where to write the town.", show_default=False)],
    *,
    dwellings: Annotated[int, typer.Option(help="Dwellings on the first night.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed writes the same town.")] = 1,
    nights: Annotated[int, typer.Option(help="Nights of extracts; truth.csv is that of the last.")] = 2,
    layout: Annotated[list[str] | None, typer.Option(help="A source's layout, as council_tax=academy.")] = None,
    noise: Annotated[float, typer.Option(help="How untidy the systems are: 2 doubles every rate of faults.")] = 1.0,
    revised: Annotated[int | None, typer.Option(help="The night on which a revised register renumbers all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a made-up town: gazetteer, extracts for several nights, notices, truth and council.toml.

    Example: svoc rehearse town --dwellings 20000 --seed 7
    """
    from svoc.rehearsal.noise import Noise
    from svoc.rehearsal.town import rehearse as make

    layouts = dict(_named(pair) for pair in layout or [])
    if revised is not None and not 1 < revised <= nights:
        raise SettingsError(f"--revised {revised}: expected a night after the first and not after {nights}")
    renumbered = None if revised is None else revised - 1
    try:
        untidy = Noise().times(noise)
        town = make(
            folder,
            dwellings=dwellings,
            seed=seed,
            nights=nights,
            noise=untidy,
            layouts=layouts,
            revised=renumbered,
        )
    except ValueError as fault:
        raise SettingsError(str(fault)) from None
    figures = {"folder": str(town.folder), "nights": town.nights, "mentions": town.truth.height}
    answer(figures, f"{town.settings}: {town.nights} nights, {town.truth.height} parties named", as_json=as_json)


def _named(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not sign:
        raise SettingsError(f"--layout {pair}: expected a source and a layout, as council_tax=academy")
    return name, value
