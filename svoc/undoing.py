"""What the commands that stop and undo do with a council: each opens it, does one thing, gives figures and words."""

from pathlib import Path
from typing import Any

import structlog

from svoc.council import Council
from svoc.rollback import roll_back

__all__ = ["undo_nights"]

log = structlog.get_logger("svoc")


def undo_nights(
    settings: Path, run: int, *, reason: str, actor: str | None = None, dry_run: bool = False
) -> tuple[dict[str, Any], str]:
    """Undo a run and all after it, and carry the notices that unsay what was told."""
    with Council.open(settings) as council, council.night():
        who = actor or council.settings.council.actor
        done = roll_back(council.store, run, because=reason, actor=who, dry_run=dry_run)
        sent = 0 if dry_run else council.deliver()
    counts = {name: value for name, value in done.figures().items() if isinstance(value, int)}
    log.info("would roll back" if dry_run else "rolled back", actor=who, **counts, notices_sent=sent)
    last = "a dry run: nothing was changed" if dry_run else f"{sent} notices went out"
    return {**done.figures(), "notices_sent": sent}, f"{done.words()}\n{last}"
