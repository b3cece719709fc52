"""What the verbs of the command line share: options, how they answer, and how they end when something is wrong."""

import functools
import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer

from svoc.errors import SvocError, exit_code_of, said_of

__all__ = ["Actor", "AsJson", "Because", "ForPurpose", "Settings", "answer", "say_little_of_crashes", "told"]

P = ParamSpec("P")
R = TypeVar("R")

Settings = Annotated[Path, typer.Argument(help="council.toml", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON on standard output.")]
Actor = Annotated[str | None, typer.Option(help="Who asks; the actor in council.toml unless given.")]
Because = Annotated[str | None, typer.Option(help="Why, in your own words; it is kept with the audit trail.")]
ForPurpose = Annotated[str | None, typer.Option(help="What it is for; the purpose in council.toml unless given.")]


def told(command: Callable[P, R]) -> Callable[P, R]:
    """End with the exit code of what went wrong, and a sentence in place of a traceback."""

    @functools.wraps(command)
    def careful(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except SvocError as fault:
            typer.echo(str(fault), err=True)
            raise typer.Exit(fault.exit_code) from None
        except (BrokenPipeError, KeyboardInterrupt):
            raise typer.Exit(1) from None
        except OSError as fault:
            typer.echo(f"{said_of(fault)}; nothing is half done: mend it and run the command again", err=True)
            raise typer.Exit(exit_code_of(fault)) from None
        except (typer.Exit, SystemExit, GeneratorExit):
            raise
        except BaseException as fault:  # the last resort, for what a library in another language throws too
            typer.echo(f"{said_of(fault)}; nothing was committed. Please report this line.", err=True)
            raise typer.Exit(1) from None

    return careful


def say_little_of_crashes() -> None:
    """Let what crashes where no command catches it, as in a thread, name its kind and place alone."""

    def say(fault: BaseException | None) -> None:
        if fault is not None and not isinstance(fault, KeyboardInterrupt):
            typer.echo(said_of(fault), err=True)

    sys.excepthook = lambda _kind, fault, _trace: say(fault)
    threading.excepthook = lambda told: say(told.exc_value)


def answer(figures: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print an answer: words for people, one JSON object for machines."""
    typer.echo(json.dumps(figures, ensure_ascii=False, default=str, sort_keys=True) if as_json else words)
