"""Turns the pages of the audit trail for whoever looks through it, the newest event first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from svoc.store.audit_asking import Noted, noted, written
from svoc.store.audit_chain import canonical, read_body
from svoc.store.audit_tables import EVENT, REASON
from svoc.words.audit import Kind

__all__ = ["Leaf", "Wanted", "leaf_of", "turned"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are looked for; nothing wanted is all of them.

    `since`, `until`: from a moment on, and before one; `kinds`: of one of some kinds; `actor`: as the trail names who
    acts, for a system or not; `purpose`: its code.
    """

    since: datetime | None = None
    until: datetime | None = None
    kinds: frozenset[Kind] = field(default_factory=frozenset)
    actor: str = ""
    purpose: str = ""

    def admits(self, event: Noted) -> bool:
        """Say whether an event is looked for.

        >>> Wanted(actor="j.okafor").admits(Noted(1, "2026-11-02T09:00:00", "view", "crm/j.okafor", ""))
        True
        """
        return (
            (self.since is None or event.at >= written(self.since))
            and (self.until is None or event.at < written(self.until))
            and (not self.kinds or event.kind in self.kinds)
            and (not self.actor or event.actor == self.actor or event.actor.endswith(f"/{self.actor}"))
            and (not self.purpose or event.purpose == self.purpose)
        )


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the trail, the newest event first; `older`: the number before which the next begins, if any does."""

    events: tuple[Noted, ...]
    older: int | None = None


def turned(connection: Connection, wanted: Wanted, *, before: int | None = None, most: int = 50) -> Leaf:
    """Give the newest events that are looked for; `before`: of those whose number is lower."""
    beside = EVENT.outerjoin(REASON, REASON.c.seq == EVENT.c.seq)
    asked = select(EVENT, REASON.c.key, REASON.c.because).select_from(beside).where(*_conditions(wanted))
    if before is not None:
        asked = asked.where(EVENT.c.seq < before)
    rows = connection.execute(asked.order_by(EVENT.c.seq.desc()).limit(most + 1)).all()
    return leaf_of((noted(row, read_body(row.body)) for row in rows), most=most)


def leaf_of(events: Iterable[Noted], *, before: int | None = None, most: int = 50) -> Leaf:
    """Give a page of events that come the newest first.

    >>> two = [Noted(seq, "2026-11-02T09:00:00", "view", "j.okafor", "") for seq in (9, 4)]
    >>> leaf_of(two, most=1).older, leaf_of(two, before=9, most=1).events[0].seq
    (9, 4)
    """
    found = [event for event in events if before is None or event.seq < before]
    more = len(found) > most
    return Leaf(tuple(found[:most]), found[most - 1].seq if more else None)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Write what is wanted for the database; a purpose stands in an event's canonical JSON alone."""
    said: list[ColumnElement[bool]] = []
    if wanted.since:
        said.append(EVENT.c.at >= written(wanted.since))
    if wanted.until:
        said.append(EVENT.c.at < written(wanted.until))
    if wanted.kinds:
        said.append(EVENT.c.kind.in_(sorted(kind.value for kind in wanted.kinds)))
    if wanted.actor:
        actor = EVENT.c.actor
        said.append(or_(actor == wanted.actor, actor.endswith(f"/{wanted.actor}", autoescape=True)))
    if wanted.purpose:
        said.append(EVENT.c.body.contains(canonical({"purpose": wanted.purpose})[1:-1], autoescape=True))
    return said
