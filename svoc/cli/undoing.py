"""The verbs that stop, undo and look after: plan, rollback, verify."""

from enum import StrEnum
from typing import Annotated

import typer

from svoc.cli.logs import log_to_stderr
from svoc.cli.verbs import AsJson, ForPurpose, Settings, answer

__all__ = ["plan", "rollback", "verify"]

Actor = Annotated[str | None, typer.Option(help="Who does it; the actor in council.toml unless given.")]


class Doing(StrEnum):
    """What to do with a refused plan."""

    SHOW = "show"
    APPROVE = "approve"


def plan(
    do: Annotated[Doing, typer.Argument(help="Show it, or approve it.", show_default=False)],
    settings: Settings,
    *,
    reason: Annotated[str | None, typer.Option(help="To approve: why it is right after all.")] = None,
    actor: Actor = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Show the plan that guards refused, or approve that one plan by name and reason.

    The approval holds for the very same extracts, decisions, gazetteer and model, and for no other night.

    Example: svoc plan show council.toml
    Example: svoc plan approve council.toml --reason "the ward was handed over" --actor j.okafor
    """
    from svoc.undoing import approve_plan, show_plan

    log_to_stderr(settings)
    if do is Doing.SHOW:
        figures, words = show_plan(settings, purpose=purpose, actor=actor)
    else:
        figures, words = approve_plan(settings, reason=reason, actor=actor)
    answer(figures, words, as_json=as_json)


def rollback(
    settings: Settings,
    run: Annotated[int, typer.Argument(help="The first night to undo, with all after it.", show_default=False)],
    *,
    reason: Annotated[str, typer.Option(help="Why; kept with the run.")],
    actor: Actor = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, but change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Undo a night and all after it: everything stands again as the night before left it, in a new run.

    What those nights took is set aside by its content; a corrected file is taken. Notices that were not acknowledged
    are withdrawn or taken back. Decisions and life events stay, and the next night follows them.

    Example: svoc rollback council.toml 12 --reason "the file of one ward" --actor j.okafor
    """
    from svoc.undoing import undo_nights

    log_to_stderr(settings)
    figures, words = undo_nights(settings, run, reason=reason, actor=actor, dry_run=dry_run)
    answer(figures, words, as_json=as_json)


def verify(settings: Settings, *, as_json: AsJson = False) -> None:
    """Ask the whole store whether it holds together: laws, identifiers, hashes, rows; change nothing.

    Ends with 0 where every law holds, and with 1 where one does not; each violation is named by its keys.

    Example: svoc verify council.toml --json
    """
    from svoc.errors import SvocError
    from svoc.undoing import verify_store

    log_to_stderr(settings)
    figures, words = verify_store(settings)
    answer(figures, words, as_json=as_json)
    if not figures["sound"]:
        raise typer.Exit(SvocError.exit_code)
