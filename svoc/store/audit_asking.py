"""What is asked of the audit trail: its events, who saw a person; and what of it is let go."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, text

from svoc.errors import StoreUnavailable
from svoc.store.audit_chain import appended, head_of, read_body, rows_after, sealed, tag_of
from svoc.store.audit_tables import AUDIT, EVENT, PERSON_KEY, REASON, SCHEMA
from svoc.store.known_as import KnownAs
from svoc.store.opening import writing
from svoc.words.audit import Kind

__all__ = ["ALL", "Asked", "Noted", "concerning", "events", "forget", "noted", "prune", "written"]

PORTION = 2_000
"""How many rows go in one transaction, so that whoever notes something meanwhile does not wait."""

LISTING = {Kind.EXPORT.value, Kind.LIST.value}
"""What is read of everybody of a lane, where it names nobody."""

KEPT_OPEN = "the keys are erased, but somebody reads the audit trail and keeps the old pages: run the command again"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events are asked for: since a moment, of a kind, of an actor, after a number."""

    since: datetime | None = None
    kind: Kind | None = None
    actor: str | None = None
    after: int = 0

    def admits(self, seq: int, at: str, kind: str, actor: str) -> bool:
        """Say whether an event is asked for."""
        return (
            seq > self.after
            and (self.kind is None or kind == self.kind)
            and (self.actor is None or actor == self.actor)
            and (self.since is None or at >= written(self.since))
        )


ALL = Asked()


@dataclass(frozen=True, slots=True)
class Noted:
    """One event of the trail.

    `because`: the reason in somebody's words, nothing where none was given or it was erased; `persons`: how many it
    names; `hash`: what vouches for it and for all before it.
    """

    seq: int
    at: str
    kind: str
    actor: str
    hash: str
    purpose: str | None = None
    because: str | None = None
    fields: tuple[str, ...] = ()
    persons: int = 0
    counts: dict[str, float] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    run: int | None = None
    lane: str | None = None

    def figures(self) -> dict[str, Any]:
        """Give it as values that JSON can hold, what is not said left out; the reason is not among them.

        These are the names that a council's SIEM may rely on.
        """
        told = {name: getattr(self, name) for name in Noted.__slots__ if name != "because"}
        return {name: value for name, value in told.items() if value not in (None, (), {})}

    def words(self) -> str:
        """Tell it in a line."""
        said = [self.purpose or "", *(f"{n} {v}" for n, v in {**self.about, **self.counts}.items())]
        said += [f"persons {self.persons}"] if self.persons and "persons" not in self.counts else []
        said += [f"fields {', '.join(self.fields)}"] if self.fields else []
        said += [f"night {self.run}"] if self.run is not None else []
        why = f": {self.because}" if self.because else ""
        return f"{self.seq:>8}  {self.at[:19]}Z  {self.kind:10} {self.actor}  {'; '.join(filter(None, said))}{why}"


def written(moment: datetime) -> str:
    """Write a moment as the trail does, so that texts compare as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def events(connection: Connection, asked: Asked) -> Iterator[Noted]:
    """Give the events that are asked for, in their order."""
    for row in rows_after(connection, asked.after):
        if asked.admits(row.seq, row.at, row.kind, row.actor):
            yield noted(row, read_body(row.body))


def concerning(connection: Connection, known_as: KnownAs, asked: Asked) -> Iterator[Noted]:
    """Give the events that concern a person; each tag is worked out anew, for no two are alike."""
    nights, keys = known_as.nights(), _keys(connection, known_as)
    for row in rows_after(connection, asked.after):
        if asked.admits(row.seq, row.at, row.kind, row.actor):
            said = read_body(row.body)
            run = said.get("run")
            shown = [keys[name] for name in keys if any(_within(run, some) for some in nights[name])]
            if _of_all(said, known_as) or _tagged(said, shown):
                yield noted(row, said)


def noted(row: Any, said: dict[str, Any]) -> Noted:
    """Give an event as a row of the trail, and what its body says, tell it."""
    kept = {name: said[name] for name in ("purpose", "counts", "about", "run", "lane") if name in said}
    return Noted(
        seq=row.seq, at=row.at, kind=row.kind, actor=row.actor, hash=row.hash, because=row.because,
        fields=tuple(said.get("fields", ())), persons=len(said.get("persons", ())), **kept,
    )  # fmt: skip


def _keys(connection: Connection, known_as: KnownAs) -> dict[str, bytes]:
    found = connection.execute(select(PERSON_KEY).where(PERSON_KEY.c.person.in_(known_as.nights())))
    return {row.person: bytes(row.key) for row in found}


def _within(run: int | None, nights: tuple[int, int | None]) -> bool:
    since, until = nights
    return run is None or (run >= since and (until is None or run < until))


def _of_all(said: dict[str, Any], known_as: KnownAs) -> bool:
    """Say whether a read was of everybody of a lane, and the person was there."""
    whole = said.get("kind") in LISTING and "persons" not in said and bool(said.get("counts"))
    first = dict(known_as.founded).get(said.get("lane", ""))
    return whole and first is not None and _within(said.get("run"), (first, None))


def _tagged(said: dict[str, Any], keys: list[bytes]) -> bool:
    tags = said.get("persons", ())
    return bool(tags) and not {tag_of(key, said["id"]) for key in keys}.isdisjoint(tags)


# ---------------------------------------------------------------- letting go


def forget(engine: Engine, known_as: KnownAs) -> int:
    """Erase a person's keys, and the reasons of events that concern the person; give how many events those are."""
    names = sorted(known_as.names)
    with engine.connect() as connection:  # a long trail takes a while to look through: nobody waits for that
        theirs, seen = _theirs(connection, names, 0)
    with writing(engine, AUDIT) as connection:
        theirs += _theirs(connection, names, seen)[0]
        for start in range(0, len(theirs), PORTION):
            connection.execute(delete(REASON).where(REASON.c.seq.in_(theirs[start : start + PORTION])))
        connection.execute(delete(PERSON_KEY).where(PERSON_KEY.c.person.in_(names)))
    _overwrite(engine)
    return len(theirs)


def _theirs(connection: Connection, names: list[str], after: int) -> tuple[list[int], int]:
    """Give the events after a number that concern whoever bears one of the names, and the last that was looked at."""
    mine = select(PERSON_KEY).where(PERSON_KEY.c.person.in_(names))
    keys, found = [bytes(row.key) for row in connection.execute(mine)], list[int]()
    for row in rows_after(connection, after):
        after = row.seq
        if _tagged(read_body(row.body), keys):
            found.append(row.seq)
    return found, after


def _overwrite(engine: Engine) -> None:
    """Leave nothing of what was deleted in free pages or in the write-ahead log."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if engine.dialect.name == "sqlite":
            # What is deleted is overwritten at once (secure_delete); the log still holds pages from before.
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
            if busy:
                raise StoreUnavailable(KEPT_OPEN)
            return
        for table in (PERSON_KEY, REASON):
            connection.execute(text(f"VACUUM FULL {SCHEMA}.{table.name}"))


def prune(engine: Engine, before: datetime, *, actor: str) -> int:
    """Seal what is older than a moment, then delete it in portions; what is interrupted is done the next time."""
    with writing(engine, AUDIT) as connection:
        first = sealed(connection).seq
        young = select(func.min(EVENT.c.seq)).where(EVENT.c.at >= written(before), EVENT.c.seq > first)
        last = (connection.scalar(young) or head_of(connection).seq + 1) - 1
        if last > first:
            head = connection.scalar(select(EVENT.c.hash).where(EVENT.c.seq == last))
            counts = {"last": last, "pruned": last - first}
            appended(connection, {"kind": Kind.SEAL.value, "actor": actor, "counts": counts, "about": {"head": head}})
    gone = 0
    while portion := _next(engine, last):
        gone += len(portion)
        with writing(engine, AUDIT) as connection:
            for table in (REASON, EVENT):
                connection.execute(delete(table).where(table.c.seq.in_(portion)))
    return gone


def _next(engine: Engine, last: int) -> list[int]:
    with engine.connect() as connection:
        seqs = select(EVENT.c.seq).where(EVENT.c.seq <= last).order_by(EVENT.c.seq).limit(PORTION)
        return list(connection.scalars(seqs))
