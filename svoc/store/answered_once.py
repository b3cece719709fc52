"""Keeps what was answered under an idempotency key, for two days, so that asking again is answered and not done again.

Neither the key nor what was asked is kept in clear: of the key a hash, and of the request one that is keyed by it.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, and_, delete, insert, select, update

from svoc.store import tables
from svoc.store.opening import told_plainly, writing
from svoc.store.outbox import in_utc
from svoc.store.standing import of_table

__all__ = ["Kept", "begin", "finish", "give_up"]

ROW = of_table(tables.AnsweredOnce)
KEPT_FOR = timedelta(days=2)
GIVEN_UP = timedelta(minutes=5)
"""After so long whoever was answering is taken for dead."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a key: whether the `same` was asked, and the answer, None while it is worked on."""

    same: bool
    status: int | None
    answer: str | None


def begin(engine: Engine, actor: str, key: str, asked: bytes, *, now: datetime | None = None) -> Kept | None:
    """Begin to answer a request of an actor under a key; give what is kept where it was asked before, else nothing.

    Of several who begin at once, one is given nothing, and answers.
    """
    moment = now or datetime.now(UTC)
    name, said = sha256(key.encode()).hexdigest(), hmac.new(key.encode(), asked, sha256).hexdigest()
    mine = and_(ROW.c.actor == actor, ROW.c.key == name)
    with told_plainly(), writing(engine) as connection:
        connection.execute(delete(ROW).where(ROW.c.at < moment - KEPT_FOR))
        row = connection.execute(select(ROW).where(mine)).mappings().first()
        if row and row["status"] is None and (in_utc(row["at"]) or moment) < moment - GIVEN_UP:
            connection.execute(delete(ROW).where(mine))
            row = None
        if row:
            return Kept(hmac.compare_digest(row["asked"], said), row["status"], row["answer"])
        connection.execute(insert(ROW).values(actor=actor, key=name, asked=said, at=moment))
    return None


def finish(engine: Engine, actor: str, key: str, status: int, answer: str) -> None:
    """Keep the answer that was begun."""
    name = sha256(key.encode()).hexdigest()
    with told_plainly(), writing(engine) as connection:
        mine = and_(ROW.c.actor == actor, ROW.c.key == name)
        connection.execute(update(ROW).where(mine).values(status=status, answer=answer))


def give_up(engine: Engine, actor: str, key: str) -> None:
    """Let go of a key under which nothing was done, so that it may be asked again."""
    name = sha256(key.encode()).hexdigest()
    with told_plainly(), writing(engine) as connection:
        connection.execute(delete(ROW).where(and_(ROW.c.actor == actor, ROW.c.key == name, ROW.c.status.is_(None))))
