"""What the verbs of the command line share: options, how they answer, and how they end when something is wrong."""

import errno
import functools
import json
import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer

from svoc.errors import SettingsError, StoreUnavailable, SvocError

__all__ = ["AsJson", "ForPurpose", "Settings", "answer", "log_to_stderr", "told"]

P = ParamSpec("P")
R = TypeVar("R")

Settings = Annotated[Path, typer.Argument(help="council.toml", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON on standard output.")]
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
            typer.echo(_of_the_disk(fault), err=True)
            raise typer.Exit(_code_of(fault)) from None
        except typer.Exit:
            raise
        except Exception as fault:  # the last resort: say where, never what was in the data
            typer.echo(_unexpected(fault), err=True)
            raise typer.Exit(1) from None

    return careful


NOT_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError, FileExistsError, PermissionError)
"""Refusals of the system that another path or another right mends, and that waiting does not."""


def _code_of(fault: OSError) -> int:
    return SettingsError.exit_code if isinstance(fault, NOT_THERE) else StoreUnavailable.exit_code


def _of_the_disk(fault: OSError) -> str:
    name = Path(str(fault.filename)).name if fault.filename else "a file"
    words = "the disk is full" if fault.errno in {errno.ENOSPC, errno.EDQUOT} else fault.strerror
    words = words or type(fault).__name__
    return f"{name}: cannot be read or written ({words}); nothing is half done: mend it and run the command again"


def _unexpected(fault: Exception) -> str:
    """Name the place and the kind of an unexpected error, but not its message, which may hold personal data."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [f for f in frames if Path(f.filename).parts[-2:-1] not in {("typer",), ("click",)}]
    last = ours[-1] if ours else frames[-1]
    where = "/".join(Path(last.filename).parts[-3:])
    kind = type(fault).__name__
    return f"unexpected {kind} at {where}, line {last.lineno}; nothing was committed. Please report this line."


def answer(figures: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print an answer: words for people, one JSON object for machines."""
    typer.echo(json.dumps(figures, ensure_ascii=False, default=str, sort_keys=True) if as_json else words)


def log_to_stderr() -> None:
    """Send log lines to standard error, one JSON object each, so that standard output stays the answer's."""
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
