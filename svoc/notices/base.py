"""DOOR: a channel carries notices to a recipient; sending one twice has the effect of sending it once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Channel", "Notice"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one system is told of one person: the envelope, and exactly the facts its route permits.

    `retracts`: the notice that this one takes back, or tells again, after a night was undone.
    """

    notice: str
    kind: str
    recipient: str
    reference: str
    person: str
    payload: Mapping[str, Any]
    basis: str
    run: int
    retracts: str | None = None


class Channel(Protocol):
    """Carries notices. A channel must be idempotent by `Notice.notice`."""

    def send(self, notice: Notice) -> None:
        """Deliver one notice, or raise `OSError` (or a kin of it), whereupon it stays in the outbox."""
        ...
