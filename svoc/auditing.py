"""Asks the audit trail for an auditor, a resident's question or a council's SIEM; the asking is an event too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from svoc.council import Council
from svoc.errors import SettingsError, SvocError
from svoc.store.audit_anchors import heads_of
from svoc.store.audit_asking import Asked, Noted
from svoc.store.audit_chain import Head
from svoc.words.audit import Kind, as_word

__all__ = ["asking", "head_of_trail", "is_held", "own_up_to_loss"]

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


def head_of_trail(settings: Path) -> Head:
    """Give the last event's number and hash: kept elsewhere, they show later whether the trail was written anew.

    It tells of nobody and is not noted, or no two askings would agree.
    """
    with Council.open(settings) as council:
        return council.audit.head()


def is_held(settings: Path, written: str) -> Head:
    """Give an event that was written down elsewhere, as `412:HASH`, where the trail holds it; raise `SvocError`."""
    number, _, mark = written.strip().partition(":")
    if not (number.isdecimal() and mark):
        raise SettingsError(
            "--holds: expected an event's number and hash, as svoc audit --head gives them: 412:3f2a..."
        )
    head = Head(int(number), mark)
    with Council.open(settings) as council:
        if not council.audit.holds(head):
            raise SvocError(f"the audit trail does not hold event {number} as it was written down: it is another trail")
    return head


def own_up_to_loss(settings: Path, *, by: str | None, because: str | None) -> int:
    """Take down which ends of the trail that nights knew are lost for good; give how many. Raise `SettingsError`."""
    if not (because or "").strip():
        raise SettingsError("--because: say how the end of the trail was lost; it stays in the trail")
    with Council.open(settings) as council:
        known, who = heads_of(council.store.engine), by or council.settings.council.actor
        count = council.audit.own_up(known, actor=who, because=str(because))
    log.info("owned up", lost=count)
    return count
