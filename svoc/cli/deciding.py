"""The verb that looks at stewards' decisions, and takes them back, out and in."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svoc.cli.verbs import AsJson, ForPurpose, Settings, answer
from svoc.errors import SettingsError

if TYPE_CHECKING:
    import polars as pl

    from svoc.council import Council
    from svoc.desk import Desk, Preview

__all__ = ["decisions"]


class Action(StrEnum):
    """What is to be done with decisions."""

    LIST = "list"
    PREVIEW = "preview"
    UNDO = "undo"
    EXPORT = "export"
    IMPORT = "import"


What = Annotated[
    list[str] | None,
    typer.Argument(help="Numbers of decisions; a case or two mentions; or a file.", show_default=False),
]
Which = Annotated[Action, typer.Argument(help="list, preview, undo, export or import.", show_default=False)]
Verdict = Annotated[str | None, typer.Option(help="The answer to preview: same, different, unsure, ...")]
Because = Annotated[str, typer.Option(help="Why a decision is taken back.")]
Steward = Annotated[str | None, typer.Option(help="Who takes back or brings; the actor in council.toml unless given.")]
Renamed = Annotated[list[str] | None, typer.Option("--map", help="A source there and its name here: old=new.")]
Expires = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Until when the answer would hold.")]
Past = Annotated[bool, typer.Option("--all", help="List what holds no longer, too.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be brought, and bring nothing.")]


def decisions(
    settings: Settings,
    action: Which,
    what: What = None,
    *,
    verdict: Verdict = None,
    expires: Expires = None,
    because: Because = "",
    steward: Steward = None,
    renamed: Renamed = None,
    past: Past = False,
    dry_run: DryRun = False,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """List stewards' decisions, say what one would change, take one back, carry them to and from another council.

    Example: svoc decisions council.toml preview 12
    Example: svoc decisions council.toml import other.csv --map council_tax=council_tax_north --steward j.okafor
    """
    from svoc.council import Council

    given = what or []
    with Council.open(settings) as council:
        who = steward or council.settings.council.actor
        if action == Action.LIST:
            figures, words = _listed(council.reader(purpose, actor=who).decisions(), past=past)
        elif action == Action.PREVIEW:
            found = _previewed(_desk(council, who, purpose), given, verdict, expires)
            figures, words = found.figures(), found.words()
        elif action == Action.UNDO:
            taken = _desk(council, who, purpose).undo(*_numbers(given), because=because)
            figures = {"undone": taken}
            words = f"taken back: {', '.join(map(str, taken)) or 'nothing that holds'}; the next night settles it"
        else:
            figures, words = _carried(council, action, given, renamed or [], who, purpose, dry_run=dry_run)
    answer(figures, words, as_json=as_json)


def _desk(council: "Council", steward: str, purpose: str | None) -> "Desk":
    from svoc.desk import Desk

    return Desk(council, steward=steward, purpose=purpose or council.settings.council.purpose)


def _listed(decisions: "pl.DataFrame", *, past: bool) -> tuple[dict[str, Any], str]:
    from svoc.exchanging import state_of

    rows = [{**row, "state": state_of(row)} for row in decisions.iter_rows(named=True)]
    shown = [row for row in rows if past or row["state"] == "holds"]
    lines = [
        f"{row['decision']:>6}  {row['verdict']:9} {row['left']}  {row['right']}  {row['steward']}, "
        f"{row['at']:%Y-%m-%d}{_until(row)}{_state(row)}: {row['because']}"
        for row in shown
    ]
    return {"decisions": shown}, "\n".join(lines) or "there are no decisions"


def _until(row: dict[str, Any]) -> str:
    return f", until {row['expires']}" if row["expires"] else ""


def _state(row: dict[str, Any]) -> str:
    if row["undone_by"]:
        return f" (taken back by {row['undone_by']}, {row['undone_at']:%Y-%m-%d}, for {row['undone_because']})"
    return "" if row["state"] == "holds" else f" ({row['state']})"


def _previewed(desk: "Desk", given: list[str], verdict: str | None, expires: datetime | None) -> "Preview":
    until = expires.date() if expires else None
    if verdict is None:
        return desk.preview_undo(*_numbers(given))
    if len(given) == 1:
        return desk.preview(desk.open(given[0]), verdict, expires=until)
    if len(given) in {2, 3}:
        left, right = given[-2:]
        pairs = (left, right)
        return (
            desk.preview(desk.open(given[0]), verdict, pair=pairs, expires=until)
            if len(given) == 3
            else desk.suppose(verdict, [pairs], expires=until)
        )
    raise SettingsError("preview with --verdict needs a case, or two mentions, or a case and two of its mentions")


def _numbers(given: list[str]) -> list[int]:
    if not given or not all(text.isdecimal() for text in given):
        raise SettingsError("expected the numbers of decisions; `svoc decisions council.toml list` shows them")
    return [int(text) for text in given]


def _carried(
    council: "Council",
    action: Action,
    given: list[str],
    renamed: list[str],
    who: str,
    purpose: str | None,
    *,
    dry_run: bool,
) -> tuple[dict[str, Any], str]:
    from svoc.exchanging import export_decisions, import_decisions

    if len(given) != 1:
        raise SettingsError(f"{action.value} needs one file")
    path = Path(given[0])
    if action == Action.EXPORT:
        count = export_decisions(council, path, purpose=purpose, by=who)
        return {"decisions": count, "file": str(path)}, f"{count} decisions are in {path.name}"
    mapped = dict(_mapped(text) for text in renamed)
    found = import_decisions(council, path, renamed=mapped, by=who, purpose=purpose, dry_run=dry_run)
    figures = {name: getattr(found, name) for name in found.__slots__}
    return {**figures, "dry_run": dry_run}, ("a dry run: nothing was brought\n" if dry_run else "") + found.words()


def _mapped(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not (old and sign and new):
        raise SettingsError(f"--map {text}: expected old=new, as council_tax=council_tax_north")
    return old, new
