"""The chain of audit events: how one is written, and how it is found out that one was changed, taken out or put in."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from svoc.store.audit_tables import EVENT, PERSON_KEY, REASON
from svoc.words.audit import Kind

__all__ = [
    "BEGINNING",
    "Head",
    "appended",
    "broken",
    "canonical",
    "chained",
    "head_of",
    "lost_in",
    "read_body",
    "rows_after",
    "sealed",
    "tag_of",
]

BEGINNING = "0" * 64
"""What stands before the first event."""

PORTION = 500
AT_ONCE = 10_000
"""How many persons are asked for, and how many events are read, at once."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of the chain: its number and its hash; the hash of an event vouches for all before it."""

    seq: int
    hash: str

    def figures(self) -> dict[str, Any]:
        """Give it as values that JSON can hold."""
        return {"seq": self.seq, "hash": self.hash}


def chained(before: str, body: str) -> str:
    """Give the hash of an event: SHA-256 of the hash before it, a line feed and the event as canonical JSON."""
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()


def tag_of(key: bytes, event_id: str) -> str:
    """Give what an event holds in place of a person: its own number under the person's key."""
    return keyed(key, event_id)[:32]


def keyed(key: bytes, text: str) -> str:
    """Give the hash of a text under a key (HMAC with SHA-256)."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def canonical(said: Mapping[str, Any]) -> str:
    """Write JSON in the one way in which it is hashed: sorted keys, no spaces, nothing but ASCII."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def head_of(connection: Connection) -> Head:
    """Give the last event's number and hash; number 0 where there is none."""
    last = connection.execute(select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)).first()
    return Head(int(last.seq), last.hash) if last else Head(0, BEGINNING)


def appended(connection: Connection, said: Mapping[str, Any], payload: str | None = None) -> Head:
    """Append an event in a transaction that holds the trail's lock; see `svoc.store.audit.Audit.note`.

    `said`: its parts by name; `persons` are identifiers and `because` a text, which go no further than their tables.
    """
    said = dict(said)
    before = head_of(connection)
    number, identity = before.seq + 1, secrets.token_hex(16)
    whom = said.pop("persons", [])
    keys = _keys(connection, whom)
    if whom:
        said["persons"] = sorted(tag_of(keys[person], identity) for person in whom)
    if payload is not None:
        sent = keyed(keys[whom[0]], payload)
        said["about"] = {**said.get("about", {}), "payload": sent}
    if because := said.pop("because", None):
        key = secrets.token_bytes(32)
        said["because"] = keyed(key, because)
        connection.execute(insert(REASON).values(seq=number, key=key, because=because))
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    body = canonical({**said, "seq": number, "id": identity, "at": at})
    head = Head(number, chained(before.hash, body))
    connection.execute(
        insert(EVENT).values(seq=number, at=at, kind=said["kind"], actor=said["actor"], body=body, hash=head.hash)
    )
    return head


def _keys(connection: Connection, persons: list[str]) -> dict[str, bytes]:
    """Give the keys of persons, making those that are not there."""
    keys: dict[str, bytes] = {}
    for start in range(0, len(persons), PORTION):
        some = persons[start : start + PORTION]
        found = connection.execute(select(PERSON_KEY).where(PERSON_KEY.c.person.in_(some)))
        keys.update({row.person: bytes(row.key) for row in found})
    fresh = {person: secrets.token_bytes(32) for person in persons if person not in keys}
    if fresh:
        connection.execute(insert(PERSON_KEY), [{"person": person, "key": key} for person, key in fresh.items()])
    return {**keys, **fresh}


# ---------------------------------------------------------------- what was tampered with


def rows_after(connection: Connection, seq: int) -> Iterator[Row[Any]]:
    """Give the events after a number in their order, a portion at a time, each with its reason, if it is kept."""
    beside = EVENT.outerjoin(REASON, REASON.c.seq == EVENT.c.seq)
    asked = select(EVENT, REASON.c.key, REASON.c.because).select_from(beside).order_by(EVENT.c.seq).limit(AT_ONCE)
    while rows := connection.execute(asked.where(EVENT.c.seq > seq)).all():
        yield from rows
        seq = rows[-1].seq


def sealed(connection: Connection) -> Head:
    """Give the last event that was pruned, as the latest seal vouches for it; number 0 where none was."""
    kind = EVENT.c.kind == Kind.SEAL.value
    body = connection.scalar(select(EVENT.c.body).where(kind).order_by(EVENT.c.seq.desc()).limit(1))
    said = read_body(body) if body else {}
    try:
        return Head(int(said["counts"]["last"]), str(said["about"]["head"]))
    except (KeyError, TypeError, ValueError):
        return Head(0, BEGINNING)


def lost_in(body: str) -> Head | None:
    """Give the end of the trail that an event owns up to have lost, if it is such a one."""
    said = read_body(body)
    try:
        return Head(int(said["counts"]["last"]), str(said["about"]["head"])) if said["kind"] == Kind.LOST else None
    except (KeyError, TypeError, ValueError):
        return None


def broken(connection: Connection, kept: Mapping[str, Head]) -> tuple[int, list[str]]:
    """Count the events looked at, and name every place where the chain is not as it was written.

    `kept`: heads that were written down elsewhere, by where: each has to be in the chain still. Without them nobody
    could tell that the last events were taken away. A head that the chain owns up to have lost is none of these.
    """
    before = sealed(connection)
    looked, found, hashes, lost = 0, list[str](), {before.seq: before.hash}, set[Head | None]()
    wanted = {head.seq for head in kept.values()}
    for row in rows_after(connection, before.seq):
        looked += 1
        if row.seq != before.seq + 1:
            found.append(f"events {before.seq + 1} to {row.seq - 1} are missing")
        found += _wrong_in(row, before.hash)
        if row.seq in wanted:
            hashes[row.seq] = row.hash
        if row.kind == Kind.LOST:
            lost.add(lost_in(row.body))
        before = Head(row.seq, row.hash)
    for where, head in kept.items():
        if head.seq >= min(hashes) and hashes.get(head.seq) != head.hash and head not in lost:
            found.append(f"event {head.seq} is not, or not as, {where} knew it: the end of the trail was taken away")
    return looked, found


def _wrong_in(row: Row[Any], before: str) -> Iterator[str]:
    said = read_body(row.body)
    if row.hash != chained(before, row.body):
        yield f"event {row.seq} does not follow from the one before it: it or that one was changed, moved or put in"
    if (row.seq, row.at, row.kind, row.actor) != tuple(said.get(name) for name in ("seq", "at", "kind", "actor")):
        yield f"event {row.seq} is listed under another number, moment, kind or actor than its own"
    if row.key is not None and said.get("because") != keyed(bytes(row.key), row.because):
        yield f"event {row.seq} was given another reason than that which stands beside it"


def read_body(body: str) -> dict[str, Any]:
    """Give what an event says; nothing of one that is damaged."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
