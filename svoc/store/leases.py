"""Keeps which steward has which case before them, so that no two decide it at once, from whatever process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, and_, delete, insert, select

from svoc.store import tables
from svoc.store.opening import BUSY_SECONDS, LEASES, told_plainly, writing
from svoc.store.standing import of_table
from svoc.words.protection import same_actor

__all__ = ["Lease", "leases", "release", "take"]

ROW = of_table(tables.LeaseRow)
IMPATIENT = 0.5
"""Seconds that somebody who only wants to look waits for a writer."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A case, who has it before them, and until when."""

    case: str
    steward: str
    until: datetime

    def is_of(self, steward: str) -> bool:
        """Say whether it is theirs, however their name is written."""
        return same_actor(self.steward, steward)


def take(
    engine: Engine, case: str, *, steward: str, minutes: int, now: datetime | None = None, patient: bool = True
) -> Lease:
    """Take a case, or go on having it; give the lease that holds now: theirs, or that of whoever has the case.

    Of two who ask at once one gets it. Unless they are `patient`, who finds the database written to raises
    `StoreUnavailable` at once and not after half a minute.
    """
    now = now or datetime.now(UTC)
    with told_plainly(), _writing(engine, patient=patient) as connection:
        connection.execute(delete(ROW).where(ROW.c.until <= now))
        held = connection.execute(select(ROW).where(ROW.c.case == case)).mappings().first()
        if held is not None and not same_actor(held["steward"], steward):
            return Lease(case, held["steward"], _in_utc(held["until"]))
        connection.execute(delete(ROW).where(ROW.c.case == case))
        taken = Lease(case, steward, now + timedelta(minutes=minutes))
        connection.execute(insert(ROW).values(case=case, steward=steward, until=taken.until))
        return taken


def release(engine: Engine, case: str, *, steward: str) -> None:
    """Let go of a case; where somebody else has it, nothing happens."""
    with told_plainly(), writing(engine, LEASES) as connection:
        connection.execute(delete(ROW).where(and_(ROW.c.case == case, ROW.c.steward == steward)))


def leases(engine: Engine, *, now: datetime | None = None) -> dict[str, Lease]:
    """Give who has which case now."""
    now = now or datetime.now(UTC)
    with told_plainly(), engine.connect() as connection:
        rows = connection.execute(select(ROW)).mappings().all()
    held = [Lease(row["case"], row["steward"], _in_utc(row["until"])) for row in rows]
    return {lease.case: lease for lease in held if lease.until > now}


@contextmanager
def _writing(engine: Engine, *, patient: bool) -> Iterator[Connection]:
    """Begin to write; where all wait for one writer, on SQLite, give up soon unless one is patient.

    On PostgreSQL who takes a case waits for others who do, which is soon over, and never for the ledger or a night.
    """
    if patient or engine.dialect.name != "sqlite":
        with writing(engine, LEASES) as connection:
            yield connection
        return
    with engine.connect() as pooled:
        raw = pooled.connection.driver_connection
        assert raw is not None
        raw.execute(f"PRAGMA busy_timeout = {int(IMPATIENT * 1000)}")
        try:
            with pooled.execution_options(svoc_writes=True).begin():
                yield pooled
        finally:
            raw.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _in_utc(moment: datetime) -> datetime:
    """Give a moment its time zone; SQLite keeps none."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
