"""The verb that a council begins with: init."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.verbs import AsJson, answer
from svoc.errors import SettingsError

__all__ = ["init"]


def init(
    folder: Annotated[Path, typer.Argument(help="Where council.toml is to lie.", show_default=False)],
    files: Annotated[
        list[Path], typer.Argument(help="Gazetteer, extracts, life events; or a folder of them.", show_default=False)
    ],
    *,
    name: Annotated[str | None, typer.Option(help="What the council is called.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="What a file is, where you know better, as members.csv=generic.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at a council's files and write council.toml: kinds, layouts, columns, and how sure each of them is.

    Nothing is overwritten, and no value of a file is shown. It ends with what svoc check says.

    Example: svoc init barchester --name Barchester llpg.csv council_tax.csv register.csv
    """
    from svoc.beginning.start import begin

    asks = sys.stdin.isatty() and not as_json
    begun = begin(folder, files, name=name, kinds=dict(_pair(each) for each in kind or []), ask=_ask if asks else None)
    figures = {
        "settings": str(begun.settings),
        "please_look": begun.to_look_at,
        "files": {each.files[0].name: each.kind for each in begun.found},
        "check": dict(begun.figures),
        "fault": str(begun.fault) if begun.fault else None,
    }
    answer(figures, begun.words, as_json=as_json)
    if begun.fault:
        raise typer.Exit(begun.fault.exit_code)


def _pair(written: str) -> tuple[str, str]:
    file, sign, kind = written.partition("=")
    if not sign:
        raise SettingsError(f"--kind {written}: expected a file and what it is, as members.csv=generic")
    return file, kind


def _ask(question: str, answers: Sequence[str]) -> str:
    if not answers:
        return str(typer.prompt(question))
    told = typer.prompt(f"{question} ({', '.join(answers)}; Enter to leave it)", default="", show_default=False)
    return told if told in answers else ""
