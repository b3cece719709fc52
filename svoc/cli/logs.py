"""Log lines on standard error, plain for people or JSON for machines, and nothing of a person in either."""

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Annotated, Any

import typer

from svoc.errors import SettingsError, nearest, said_of
from svoc.settings import CouncilSettings

__all__ = ["LogFormat", "log_to_stderr"]

FORMATS = ("plain", "json", "auto")

LogFormat = Annotated[
    str | None, typer.Option(help="Log lines as plain or json; [logging] format unless given.", show_default=False)
]


def log_to_stderr(settings: Path, form: str | None = None) -> None:
    """Send log lines to standard error, so that standard output stays the answer's.

    `form`: plain, json or auto in place of `[logging] format`. Raises `SettingsError`.
    """
    import structlog

    wanted = CouncilSettings.read(settings).logging
    form = form or wanted.format
    if form not in FORMATS:
        hint = nearest(form, FORMATS)
        raise SettingsError(f"--log {form}: " + (f"did you mean {hint}?" if hint else f"one of {', '.join(FORMATS)}"))
    plain = form == "plain" or (form == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            without_traceback,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, wanted.level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def without_traceback(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put kind and place of an exception in place of its message, its calls and their values, which may name people.

    >>> without_traceback(None, "error", {"event": "failed", "exc_info": ValueError("MRS ANN SMITH")})
    {'event': 'failed', 'error': 'unexpected ValueError'}
    """
    line.pop("stack_info", None)
    fault = line.pop("exc_info", None)
    fault = sys.exc_info()[1] if fault is True else fault[1] if isinstance(fault, tuple) else fault
    if isinstance(fault, BaseException):
        line["error"] = said_of(fault)
    return line
