"""Looks at what waits in the outbox once more before it goes: protection may have been laid since it was written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from svoc.protecting.who import home_of, homes_of, shielded
from svoc.steps.withhold import may_be_told
from svoc.store.restoring import withdraw
from svoc.store.store import Store

__all__ = ["sendable"]


@dataclass(slots=True)
class _Lane:
    """By what each person of a lane is protected, now or at any time, and where any of them is; read once."""

    store: Store
    name: str
    kinds: dict[str, list[str]] = field(init=False)
    homes: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = dict(shielded(self.store, self.name, ever=True).iter_rows())
        self.homes = homes_of(self.store, self.name) if self.kinds else frozenset()

    def exposes(self, person: str) -> bool:
        """Say whether somebody lives where one who is protected is."""
        return bool(self.homes) and home_of(self.store, self.name, person) in self.homes


def sendable(store: Store, outbox: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give the rows of the outbox as they may be sent now; what may be sent no more is withdrawn."""
    lanes: dict[str, _Lane] = {}
    for row in outbox:
        name, person = row["lane"], row["person"]
        lane = lanes[name] if name in lanes else lanes.setdefault(name, _Lane(store, name))
        exposed = lane.exposes(person)
        payload = may_be_told(row["kind"], row["payload"], lane.kinds.get(person, ()), exposed=exposed)
        if payload is None:
            withdraw(store, row["notice"])
        else:
            yield {**row, "payload": payload}
