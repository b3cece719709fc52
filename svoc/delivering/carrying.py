"""Carries what waits in the outbox: each notice by its channel, in order, for no longer than a night may wait.

Of one person, and of one record, a recipient is told in the order in which things happened: while an earlier notice has
not arrived, no later one goes. A dead letter holds up those that follow it until somebody lets it go again or drops it,
for the recipient never heard of what they build on; one that was rejected holds up nothing, for it arrived, and what
follows may be what puts it right.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from svoc.delivering.channels import channel_of
from svoc.delivering.hearing import hear
from svoc.errors import SettingsError
from svoc.notices.backoff import next_try
from svoc.notices.base import Answer, Batch, Channel, Notice, Undelivered
from svoc.notices.recipients import Recipients
from svoc.noting import sending
from svoc.protecting import sendable
from svoc.settings import CouncilSettings
from svoc.store.audit import Audit
from svoc.store.outbox import in_utc, last_sent, mark_sent, mark_tried
from svoc.store.store import Store

__all__ = ["Delivered", "Delivery"]

IN_A_ROW = 5
"""After so many failures, one after another, a recipient is left alone for this time."""


@dataclass(slots=True)
class Delivered:
    """What a delivery came to.

    `sent`, `failed`: notices; `dead`: those of the failed that are tried no more; `answers`: what recipients said, of
    how many notices; `escalated`: overdue notices that somebody was told of; `faults`: what could not be understood or
    done, in words that hold nothing of a person.
    """

    sent: int = 0
    failed: int = 0
    dead: int = 0
    answers: int = 0
    escalated: int = 0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, int]:
        """Give the numbers."""
        names = ("sent", "failed", "dead", "answers", "escalated")
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Delivery:
    """One delivery of a council's outbox; `now`: the moment that it is taken to happen at."""

    store: Store
    audit: Audit
    settings: CouncilSettings
    recipients: Recipients
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: Callable[[], float] = time.monotonic
    done: Delivered = field(default_factory=Delivered)
    _held: set[tuple[str, str, str]] = field(default_factory=set)
    _away: set[str] = field(default_factory=set)
    _failures: Counter[str] = field(default_factory=Counter)
    _built: dict[tuple[str, str], Channel | Batch | None] = field(default_factory=dict)
    _together: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def carry(self, channel: Channel | Batch | None = None) -> Delivered:
        """Carry what may go, all by one channel, or each by its recipient's own; give what it came to."""
        until = self.clock() + 60 * self.settings.notices.minutes
        for row in sendable(self.store, self._in_order(self.store.outbox(), until)):
            name = row["channel"] or self.recipients.one(row["recipient"]).channel
            by = channel or self._channel(name, row["recipient"])
            if by is None:
                self._held |= self._threads(row)
            elif isinstance(by, Batch):
                self._together.setdefault((row["recipient"], name), []).append(row)
            else:
                self._one(row, by, name)
        for (recipient, name), rows in self._together.items():
            if by := channel or self._channel(name, recipient):
                self._all(rows, by, name)
        return self.done

    def _channel(self, name: str, recipient: str) -> Channel | Batch | None:
        """Give a recipient's channel; none where its settings will not do, which is told of and harms no other."""
        if (name, recipient) not in self._built:
            try:
                self._built[name, recipient] = channel_of(name, recipient, self.settings, self.recipients)
            except SettingsError as fault:
                self._built[name, recipient] = None
                self.done.faults.append(str(fault))
        return self._built[name, recipient]

    def _in_order(self, outbox: Iterable[dict[str, Any]], until: float) -> Iterator[dict[str, Any]]:
        """Give the notices that may go now, while there is time; what failed meanwhile holds up what follows it."""
        for row in outbox:
            if self.clock() > until:
                return
            later = (in_utc(row["next_try"]) or self.now) > self.now
            if row["dead"] or later or row["recipient"] in self._away or self._threads(row) & self._held:
                self._held |= self._threads(row)
            else:
                yield row

    def _threads(self, row: dict[str, Any]) -> set[tuple[str, str, str]]:
        """Give what a notice is in line with: others of the person, under whatever identifier, and of the record."""
        to = row["recipient"]
        record = {(to, "record", row["reference"])} if row["reference"] else set()
        return ({(to, "person", row["person"])} if row["person"] else set()) | record

    def _one(self, row: dict[str, Any], channel: Channel, name: str) -> None:
        notice, actor = _notice(row), self.settings.council.actor
        try:
            with sending(self.audit, row, actor=actor, fields=notice.payload):
                said = channel.send(notice)
                mark_sent(self.store, [row], channel=name, now=self.now)
        except Undelivered as fault:
            self._failed(row, fault)
            return
        self.done.sent += 1
        self._failures[row["recipient"]] = 0
        self._hear(row["recipient"], said or ())

    def _all(self, rows: list[dict[str, Any]], channel: Channel | Batch, name: str) -> None:
        if not isinstance(channel, Batch):
            raise TypeError("what carries notices one by one carried them when they were met")
        last = last_sent(self.store, rows[0]["recipient"], name)
        if name == "email" and last and last.date() >= self.now.date():
            return  # one mail a day
        notices, actor = [_notice(row) for row in rows], self.settings.council.actor
        try:
            with ExitStack() as noted:
                for row, notice in zip(rows, notices, strict=True):
                    noted.enter_context(sending(self.audit, row, actor=actor, fields=notice.payload))
                channel.send_all(notices)
                mark_sent(self.store, rows, channel=name, now=self.now)
        except Undelivered as fault:
            for row in rows:
                self._failed(row, fault)
            return
        self.done.sent += len(rows)

    def _failed(self, row: dict[str, Any], fault: Undelivered) -> None:
        recipient, most = row["recipient"], self.recipients.one(row["recipient"]).tries
        tries = row["tries"] + 1
        again = next_try(row["notice"], tries, self.now, most=most, after=fault.after) if fault.again else None
        mark_tried(self.store, row["notice"], str(fault), next_try=again, now=self.now)
        self.done.failed += 1
        self.done.dead += again is None
        self._held |= self._threads(row)
        self._failures[recipient] += 1
        if fault.away or self._failures[recipient] >= IN_A_ROW:
            self._away.add(recipient)

    def _hear(self, recipient: str, said: Iterable[Answer]) -> None:
        heard = hear(self.store, self.audit, said, recipient=recipient, actor=self.settings.council.actor)
        self.done.answers += heard.taken


def _notice(row: dict[str, Any]) -> Notice:
    kept = ("notice", "kind", "recipient", "reference", "party", "person", "purpose", "basis", "run", "retracts")
    return Notice(payload=json.loads(row["payload"]), **{name: row[name] for name in kept})
