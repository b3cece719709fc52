"""The verbs of the night: check, night, tell."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.logs import LogFormat, log_to_stderr
from svoc.cli.verbs import AsJson, ForPurpose, Settings, answer
from svoc.errors import SettingsError

__all__ = ["check", "night", "tell"]


def check(settings: Settings, *, as_json: AsJson = False) -> None:
    """Read settings, gazetteer and extracts, and show all faults at once; write nothing.

    Example: svoc check council.toml
    """
    _refuse_strangers()
    from svoc.checking import check as look

    figures = look(settings)
    words = "\n".join(f"{name}: {count}" for name, count in figures.items())
    answer(figures, f"{settings.name} is sound\n{words}", as_json=as_json)


def _refuse_strangers() -> None:
    """Refuse others' packages that bear the names of ours: `gazetteer` and `matchers` are common words."""
    home = Path(__file__).parents[2]
    for name in ("gazetteer", "matchers"):
        found = find_spec(name)
        where = Path(found.origin).parent.parent if found and found.origin else None
        if where != home:
            told = "is another distribution's" if where else "is not installed"
            raise SettingsError(
                f"the package {name} {told}, not svoc's own: install svoc into an environment of its own"
            )


def night(
    settings: Settings,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and report, but change nothing.")] = False,
    purpose: ForPurpose = None,
    actor: Annotated[str | None, typer.Option(help="Who runs it; the actor in council.toml unless given.")] = None,
    log: LogFormat = None,
    as_json: AsJson = False,
) -> None:
    """Plan a night, guard it, commit it, and carry its notices.

    Example: svoc night council.toml --dry-run
    """
    from svoc.running import run_night

    log_to_stderr(settings, log)
    done = run_night(settings, purpose=purpose, actor=actor, dry_run=dry_run)
    answer(done.figures, "\n".join(done.words), as_json=as_json)
    if done.refused:
        raise typer.Exit(4)


def tell(
    settings: Settings,
    file: Annotated[
        Path,
        typer.Argument(help="GRO XML, GOV.UK's JSON (signed or not), svoc's own JSON, or a CSV.", show_default=False),
    ],
    *,
    confirmed_by: Annotated[
        str | None, typer.Option(help="Who confirms the events that fit exactly one person.")
    ] = None,
    because: Annotated[str, typer.Option(help="Why they confirm them.")] = "checked against the registration",
    log: LogFormat = None,
    as_json: AsJson = False,
) -> None:
    """Take life events, find whose they are, and tell the systems that may know once a human has confirmed.

    Example: svoc tell council.toml deaths.xml --confirmed-by j.okafor
    """
    from svoc.running import tell_events

    log_to_stderr(settings, log)
    figures, words = tell_events(settings, file, confirmed_by=confirmed_by, because=because)
    answer(figures, words, as_json=as_json)
