"""Keeps the keys by which other systems ask: a keyed hash of each secret and its open prefix, and never a secret."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, and_, insert, select, update

from svoc.store import tables
from svoc.store.opening import told_plainly, writing
from svoc.store.standing import of_table

__all__ = ["KeptKey", "keep_key", "kept_keys", "key_by_prefix", "mark_used", "revoke"]

ROW = of_table(tables.ApiKeyRow)


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key as it is kept.

    `prefix`: its open part; `salt`, `digest`: what its secret is known again by, as hexadecimal digits; `name`: the
    system that it was made for; `until`: the last day on which it holds; `last_used`: the day, not the moment.
    """

    prefix: str
    salt: str
    digest: str
    name: str
    roles: tuple[str, ...]
    purposes: tuple[str, ...]
    until: date
    made: datetime
    made_by: str
    last_used: date | None = None
    revoked: datetime | None = None
    revoked_by: str | None = None


def keep_key(engine: Engine, key: KeptKey, *, because: str) -> None:
    """Keep a new key."""
    said = {name: getattr(key, name) for name in KeptKey.__slots__}
    said |= {"roles": list(key.roles), "purposes": list(key.purposes), "because": because}
    with told_plainly(), writing(engine) as connection:
        connection.execute(insert(ROW).values(**said))


def kept_keys(engine: Engine) -> list[KeptKey]:
    """Give every key that was ever made, the oldest first."""
    with told_plainly(), engine.connect() as connection:
        return [_key(dict(row)) for row in connection.execute(select(ROW).order_by(ROW.c.id)).mappings()]


def key_by_prefix(engine: Engine, prefix: str) -> KeptKey | None:
    """Give the key with an open prefix, if there is one, whether or not it holds."""
    with told_plainly(), engine.connect() as connection:
        row = connection.execute(select(ROW).where(ROW.c.prefix == prefix)).mappings().first()
    return _key(dict(row)) if row else None


def revoke(engine: Engine, prefix: str, *, by: str, because: str) -> bool:
    """Revoke a key for good, and say whether it was not revoked before."""
    now, holds = datetime.now(UTC), and_(ROW.c.prefix == prefix, ROW.c.revoked.is_(None))
    with told_plainly(), writing(engine) as connection:
        done = connection.execute(update(ROW).where(holds).values(revoked=now, revoked_by=by, revoked_because=because))
    return bool(done.rowcount)


def mark_used(engine: Engine, prefix: str, day: date) -> None:
    """Note on which day a key was last used."""
    with told_plainly(), writing(engine) as connection:
        connection.execute(update(ROW).where(ROW.c.prefix == prefix).values(last_used=day))


def _key(row: dict[str, Any]) -> KeptKey:
    said = {name: row[name] for name in KeptKey.__slots__}
    return KeptKey(**{**said, "roles": tuple(row["roles"]), "purposes": tuple(row["purposes"])})
