"""DOOR: a channel carries notices to a recipient; sending one twice has the effect of sending it once.

One that carries them one by one is a `Channel`; one that carries together all that waits for a recipient is a `Batch`.
What a recipient has been told it knows again by `Notice.notice`, which every channel hands on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

__all__ = ["Answer", "Batch", "Channel", "Notice", "Undelivered", "envelope"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one system is told of one person: the envelope, and exactly the facts its route permits.

    `reference`: the recipient's own for its record, None where svoc does not read it; `party`: its own of the person in
    that record, where it gives one; `retracts`: the notice that this one takes back, or tells again, after a night was
    undone.
    """

    notice: str
    kind: str
    recipient: str
    reference: str | None
    person: str
    payload: Mapping[str, Any]
    basis: str
    run: int
    retracts: str | None = None
    party: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a recipient says of a notice: acknowledged, actioned or rejected (`state`), and why (`reason`)."""

    notice: str
    state: str
    reason: str | None = None


class Undelivered(OSError):
    """A notice did not arrive; it says why, in words that hold nothing of a person.

    `again`: it is worth another try, `after` so many seconds at the earliest, where the recipient said so; `away`: the
    recipient itself cannot be reached, so that nothing else need be tried with it now.
    """

    def __init__(self, why: str, *, again: bool = True, away: bool = False, after: float | None = None) -> None:
        super().__init__(why)
        self.again, self.away, self.after = again, away, after


class Channel(Protocol):
    """Carries notices one by one. A channel must be idempotent by `Notice.notice`."""

    def send(self, notice: Notice) -> Sequence[Answer] | None:
        """Deliver one notice, and give what the recipient answered at once, of any notice, if anything.

        Raises `Undelivered` where it should be tried again by and by, or never; any other `OSError` ends the delivery,
        and the notice stays in the outbox.
        """
        ...


@runtime_checkable
class Batch(Protocol):
    """Carries together all that waits for one recipient: all of it, or nothing."""

    def send_all(self, notices: Sequence[Notice]) -> None:
        """Deliver the notices of one recipient, in their order, or raise as `Channel.send` does."""
        ...


def envelope(notice: Notice) -> dict[str, object]:
    """Give a notice as a CloudEvents 1.0 envelope in JSON (structured mode): docs/receiving.md tells of its fields."""
    own = {"party": notice.party, "purpose": notice.purpose, "retracts": notice.retracts}
    said = {name: value for name, value in own.items() if value}
    about = {"subject": notice.reference} if notice.reference is not None else {}
    return {
        "specversion": "1.0",
        "id": notice.notice,
        "source": "svoc",
        "type": f"svoc.{notice.kind}",
        **about,
        "datacontenttype": "application/json",
        "data": {
            "person": notice.person,
            "basis": notice.basis,
            "run": notice.run,
            **said,
            "facts": dict(notice.payload),
        },
    }
