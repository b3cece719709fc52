"""Asks the audit trail for an auditor, a resident's question or a council's SIEM; the asking is an event too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from svoc.council import Council
from svoc.store.audit_asking import Asked, Noted
from svoc.words.audit import Kind, as_word

__all__ = ["asking"]

log = structlog.get_logger("svoc")


@contextmanager
def asking(
    settings: Path,
    asked: Asked,
    *,
    person: str | None = None,
    by: str | None = None,
    because: str | None = None,
    purpose: str | None = None,
) -> Iterator[Iterator[Noted]]:
    """Give the events that are asked for, of a person or of all, in their order; read while this stays open.

    That it was asked is noted before anything is given, and so it is the last event that is found.
    Raises `SettingsError`, `PurposeRefused` for a purpose that there is not, or `StoreUnavailable`.
    """
    with Council.open(settings) as council:
        if purpose:
            council.reader(purpose, actor=by, because=because)  # refuses one that is not the actor's to ask for
        about = {name: as_word(word) for name, word in (("kind", asked.kind), ("whose", asked.actor)) if word}
        council.audit.note(
            Kind.AUDIT,
            actor=by or council.settings.council.actor,
            because=because,
            purpose=purpose,
            persons=[person] if person else [],
            about=about,
        )
        log.info("asked", of="one person" if person else "all", **about)
        yield iter(council.audit.of_person(person, asked)) if person else council.audit.events(asked)
