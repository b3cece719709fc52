"""What a system is told of a change, under which law, and how far it has come.

`OUTBOX` holds every notice that a published night, a rollback or a correction wrote, withdrawn ones included, one row a
notice, as `svoc.store.outbox.told` reads it:

- to whom and what: `recipient` (a source's name, or one under `[notices.recipients]`), `reference` (the recipient's own
  for its record, the `record` of its mentions; null for a service that svoc does not read), `party` (its own reference
  of the person in that record, where it gives one), `kind`, `payload` (JSON: fact -> value, as it was sent);
- how far it has come: `state` (of `State`), `sent_at` and `acknowledged_at` (UTC), `due` (the day by which an
  acknowledgement is wanted; null until it is sent, or where none is wanted), `tries` (how often sending failed);
- what else was said of it: a later notice `retracts` an earlier; `holds` is false where the night that wrote it was
  undone.

What the recipient should show is what its last notice of a `kind` said that was sent and is not taken back.
"""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

__all__ = [
    "AS_IT_WENT",
    "CHANGE_KINDS",
    "ERASED",
    "FREED",
    "NOTICES",
    "OF_A_RIGHT",
    "OUTBOX",
    "RESTRICTED",
    "Retracted",
    "State",
]

CHANGE_KINDS = ("death", "address", "name", "contact", "birth")
"""The kinds of change that a route may name."""

ERASED, RESTRICTED, FREED = OF_A_RIGHT = ("erased", "restricted", "freed")
"""The kinds of notice that tell that a right was served: they carry no fact, and no change of anything."""

NOTICES: dict[str, pl.DataType] = {
    "notice": pl.String(),  # stable within a run: planning or delivering twice is once
    "person": pl.String(),
    "kind": pl.String(),  # of CHANGE_KINDS, or such a one with -retracted or -corrected; or of OF_A_RIGHT
    "recipient": pl.String(),  # the system that is told
    "reference": pl.String(),  # the recipient's own reference of its record; null where svoc does not read it
    "party": pl.String(),  # the recipient's own reference of the person in that record, where it gives one
    "payload": pl.String(),  # JSON: exactly the fields that the route permits
    "purpose": pl.String(),  # whose lane was read; null of notices from before this was kept
    "basis": pl.String(),  # the lawful basis in words
    "because": pl.String(),  # what caused it
    "channel": pl.String(),  # by which it goes; null: by the recipient's own
    "acknowledge_within": pl.Int32(),  # days from its sending; null: no acknowledgement is wanted
}
"""Columns and dtypes of notices, sorted by notice."""

AS_IT_WENT = ("person", "recipient", "reference", "party", "purpose", "basis", "channel", "acknowledge_within")
"""What a notice that takes another back, or puts it right, has of it."""

OUTBOX: dict[str, pl.DataType] = {
    **NOTICES,
    "lane": pl.String(),
    "run": pl.Int64(),
    "retracts": pl.String(),  # the notice that it takes back, or tells again
    "sent": pl.Boolean(),
    "acknowledged": pl.Boolean(),  # by the recipient
    "withdrawn": pl.Boolean(),  # before it was sent
    "holds": pl.Boolean(),  # the night that wrote it holds
    "state": pl.String(),  # of State
    "sent_at": pl.Datetime("us"),
    "acknowledged_at": pl.Datetime("us"),
    "due": pl.Date(),
    "tries": pl.Int64(),
}
"""Columns and dtypes of notices as the outbox keeps them, in the order in which they were written."""

HOW_FAR = ("notice", "recipient", "kind", "state", "run", "tries", "sent_at", "due")
"""What tells how far a notice has come, and nothing of the person; dtypes as in `OUTBOX`."""


class State(StrEnum):
    """How far a notice has come.

    >>> State("dead").words
    'was tried as often as is allowed, or refused, and waits for somebody to see to it'
    """

    WAITING = "waiting"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACTIONED = "actioned"
    REJECTED = "rejected"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """Say what it means."""
        return _WORDS[self]


_WORDS = {
    State.WAITING: "is in the outbox, and goes with the next delivery that may carry it",
    State.SENT: "was carried to its recipient",
    State.ACKNOWLEDGED: "was received, as the recipient said",
    State.ACTIONED: "was acted on, as the recipient said",
    State.REJECTED: "was turned down by the recipient, who said why",
    State.DEAD: "was tried as often as is allowed, or refused, and waits for somebody to see to it",
    State.WITHDRAWN: "was taken back before it was sent, and never is",
}


@dataclass(frozen=True, slots=True)
class Retracted:
    """What becomes of notices where nights are undone.

    `withdrawn`: those that are never sent; `waiting`: those that were withdrawn and are to be sent after all;
    `notices`: frame of `OUTBOX`, those that tell of another; `left`: those that a system has acknowledged, or that
    themselves told that a death was none, and that a human has to see to.
    """

    withdrawn: tuple[str, ...]
    waiting: tuple[str, ...]
    notices: pl.DataFrame
    left: tuple[str, ...]
