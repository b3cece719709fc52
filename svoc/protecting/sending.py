"""Looks at what waits in the outbox once more before it goes: protection may have been laid since it was written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from svoc.protecting.who import shielded
from svoc.steps.withhold import may_be_told
from svoc.store.restoring import withdraw
from svoc.store.store import Store

__all__ = ["sendable"]


@dataclass(slots=True)
class _Kinds:
    """By what each person of a lane is protected, now or at any time; read once for each lane."""

    store: Store
    by_lane: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def of(self, lane: str, person: str) -> list[str]:
        """Give the kinds; none for most."""
        if lane not in self.by_lane:
            self.by_lane[lane] = dict(shielded(self.store, lane, ever=True).iter_rows())
        return self.by_lane[lane].get(person, [])


def sendable(store: Store, outbox: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give the rows of the outbox as they may be sent now; what may be sent no more is withdrawn."""
    kinds = _Kinds(store)
    for row in outbox:
        payload = may_be_told(row["kind"], row["payload"], kinds.of(row["lane"], row["person"]))
        if payload is None:
            withdraw(store, row["notice"])
        else:
            yield {**row, "payload": payload}
