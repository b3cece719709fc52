"""The audit trail: who read or did what, when, for which purpose and why, in a chain that shows every tampering.

It lies in a database of its own, so that a reader waits for no night and a night for no reader. An event holds no
personal data: of a person it holds a hash under a random key of that person's own, made anew with each event's number
of its own, so that two events cannot be laid beside each other either. Whoever has the key can ask who saw the person;
once the key is erased nobody can, and the chain still holds.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from svoc.errors import SettingsError, StoreUnavailable, SvocError, said_of
from svoc.store.audit_tables import AUDIT, EVENT, PERSON_KEY, REASON, SCHEMA, make_tables, tables_are_there
from svoc.store.opening import open_engine, told_plainly, writing
from svoc.words.audit import Kind, refuse_undeclared

__all__ = ["BEGINNING", "Audit", "Head", "chained", "tag_of"]

BEGINNING = "0" * 64
"""What stands before the first event."""

UNWRITTEN = "the audit trail cannot be written, and what is not written there is neither given nor done: {}"
PORTION = 500
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of the chain: its number and its hash; the hash of an event vouches for all before it."""

    seq: int
    hash: str

    def figures(self) -> dict[str, Any]:
        """Give it as values that JSON can hold."""
        return {"seq": self.seq, "hash": self.hash}


class Audit:
    """The audit trail of one council; its database is opened when it is first needed.

    >>> audit = Audit("sqlite://", Path())
    >>> audit.note(Kind.VIEW, actor="j.okafor", purpose="council-tax", persons=["7F3K-92QD-M"], fields=["surname"]).seq
    1
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._engine: Engine | None = None

    @classmethod
    def beside(cls, database: str, own: str, folder: Path) -> "Audit":
        """Give the trail of a council: in the database that `[audit] database` names, or beside the council's.

        `svoc.db` has `svoc-audit.db` beside it; on PostgreSQL it is the schema `svoc_audit` of the same database.
        """
        if own and own == database and own.startswith("sqlite:"):
            raise SettingsError("[audit] database: expected another file than the council's, which a night writes to")
        return cls(own or derived(database), folder)

    @property
    def engine(self) -> Engine:
        """Give the database, opened and made; raise `StoreUnavailable` or `SettingsError`."""
        if self._engine is None:
            engine = _opened(self._url, self._folder)
            with told_plainly():
                if not tables_are_there(engine):
                    make_tables(engine)
            self._engine = engine
        return self._engine

    def close(self) -> None:
        """Let the database go."""
        if self._engine is not None:
            self._engine.dispose()

    def note(
        self,
        kind: Kind,
        *,
        actor: str,
        purpose: str | None = None,
        because: str | None = None,
        persons: Iterable[str] = (),
        fields: Iterable[str] = (),
        counts: Mapping[str, float] = NOTHING,
        run: int | None = None,
        lane: str | None = None,
        about: Mapping[str, str] = NOTHING,
        payload: str | None = None,
    ) -> Head:
        """Append an event, and give its number and hash; once this returns, it is on the disk.

        `because`: the reason in somebody's own words, kept apart; `persons`: whom it concerns, by identifier;
        `fields`: names of what was seen; `counts` and `about`: numbers and words that `svoc.words.audit` declares;
        `payload`: what was sent of the first of `persons`, of which a keyed hash is kept.

        Raises `StoreUnavailable` where it cannot be written: then the read is not to be given, nor the act done. Raises
        `ValueError` for anything that is not declared.
        """
        names = sorted(set(fields))
        said: dict[str, Any] = {
            "purpose": purpose, "because": because, "persons": sorted(set(persons)), "fields": names, "run": run,
            "lane": lane,
        }  # fmt: skip
        given = {name: value for name, value in said.items() if value not in (None, "", [])}
        refuse_undeclared(kind, holds=given, counts=counts, about=about, fields=names)
        more = {"counts": dict(counts), "about": dict(about)}
        body = {**given, **{k: v for k, v in more.items() if v}, "actor": _actor(actor), "kind": kind.value}
        try:
            with told_plainly(), writing(self.engine, AUDIT) as connection:
                return _appended(connection, body, payload)
        except SvocError as fault:
            raise StoreUnavailable(UNWRITTEN.format(said_of(fault))) from None

    @contextmanager
    def acting(self, kind: Kind, **said: Any) -> Iterator[Head]:
        """Note what is about to be done, and, where it then fails, that it was not done.

        Nothing is done that is not noted; what a dead process noted last may not have been done.
        """
        noted = self.note(kind, **said)
        try:
            yield noted
        except BaseException:
            about = {"kind": kind.value}
            with suppress(SvocError):  # what went wrong first is what has to be told
                self.note(Kind.FAILED, actor=said["actor"], counts={"event": noted.seq}, about=about)
            raise

    def head(self) -> Head:
        """Give the last event's number and hash; number 0 where there is none."""
        with told_plainly(), self.engine.connect() as connection:
            return _head(connection)


def derived(database: str) -> str:
    """Name the database of the audit trail where a council names none.

    >>> derived("sqlite:///barchester.db")
    'sqlite:///barchester-audit.db'
    """
    try:
        address = make_url(database)
    except ArgumentError:
        return database  # the store, which is opened first, has said what is wrong with it
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return database
    file = Path(str(address.database))
    name = file.with_name(f"{file.stem}-audit{file.suffix}")
    return address.set(database=name.as_posix()).render_as_string(hide_password=False)


def chained(before: str, body: str) -> str:
    """Give the hash of an event: SHA-256 of the hash before it, a line feed and the event as canonical JSON."""
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()


def tag_of(key: bytes, event_id: str) -> str:
    """Give what an event holds in place of a person: its own number under the person's key."""
    return hmac.new(key, event_id.encode(), hashlib.sha256).hexdigest()[:32]


def canonical(said: Mapping[str, Any]) -> str:
    """Write JSON in the one way in which it is hashed: sorted keys, no spaces, nothing but ASCII."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _actor(actor: str) -> str:
    if not actor.strip() or len(actor) > 200 or not actor.isprintable():
        raise SettingsError("[council] actor, or --actor: say who reads, in one line")
    return actor


def _opened(url: str, folder: Path) -> Engine:
    try:
        engine = open_engine(url, folder)
    except SettingsError as fault:
        raise SettingsError(str(fault).replace("[council.database]", "[audit] database")) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete = ON"))
        return engine
    return engine.execution_options(schema_translate_map={None: SCHEMA})


def _head(connection: Connection) -> Head:
    last = connection.execute(select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)).first()
    return Head(int(last.seq), last.hash) if last else Head(0, BEGINNING)


def _appended(connection: Connection, said: dict[str, Any], payload: str | None) -> Head:
    before = _head(connection)
    number, identity = before.seq + 1, secrets.token_hex(16)
    whom = said.pop("persons", [])
    keys = _keys(connection, whom)
    if whom:
        said["persons"] = sorted(tag_of(keys[person], identity) for person in whom)
    if payload is not None:
        sent = hmac.new(keys[whom[0]], payload.encode(), hashlib.sha256).hexdigest()
        said["about"] = {**said.get("about", {}), "payload": sent}
    if because := said.pop("because", None):
        key = secrets.token_bytes(32)
        said["because"] = hmac.new(key, because.encode(), hashlib.sha256).hexdigest()
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
