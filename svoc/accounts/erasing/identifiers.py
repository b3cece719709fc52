"""Makes tombstones of identifiers that nobody is left behind, in every run since they were given."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from svoc.accounts.erasing.erased import Erased, Holding
from svoc.store import tables
from svoc.store.standing import of_table

__all__ = ["entomb_identifiers"]

FORWARD, FOUNDED, HOUSEHOLD, HOUSEHOLD_FORWARD, HOUSEHOLD_FOUNDED, PERSON = map(
    of_table,
    (
        tables.ForwardRow, tables.FoundedRow, tables.HouseholdRow, tables.HouseholdForwardRow,
        tables.HouseholdFoundedRow, tables.PersonRow,
    ),
)  # fmt: skip


def entomb_identifiers(connection: Connection, held: Mapping[tuple[str, str], Holding], done: Erased) -> None:
    """Let identifiers that nobody is left behind be tombstones since they were given, those of households too."""
    for lane, person in held:
        if _count(connection, PERSON, PERSON.c.lane == lane, PERSON.c.person == person):
            continue
        done.persons.add(person)
        of = and_(HOUSEHOLD.c.lane == lane, HOUSEHOLD.c.person == person)
        homes = set(connection.scalars(select(HOUSEHOLD.c.household).where(of)))
        done.took("household", connection.execute(delete(HOUSEHOLD).where(of)).rowcount)
        _entomb(connection, FORWARD, FOUNDED, "person", lane, person)
        for home in sorted(homes):
            if not _count(connection, HOUSEHOLD, HOUSEHOLD.c.lane == lane, HOUSEHOLD.c.household == home):
                _entomb(connection, HOUSEHOLD_FORWARD, HOUSEHOLD_FOUNDED, "household", lane, home)


def _entomb(connection: Connection, forward: Any, founded: Any, column: str, lane: str, name: str) -> None:
    its = and_(founded.c.lane == lane, founded.c[column] == name)
    given = connection.scalar(select(func.min(founded.c.from_run)).where(its))
    if given is None:
        return
    connection.execute(delete(forward).where(forward.c.lane == lane, forward.c.retired == name))
    connection.execute(insert(forward).values(lane=lane, retired=name, current=None, from_run=given, to_run=None))
    leads = and_(forward.c.lane == lane, forward.c.current == name)
    connection.execute(update(forward).where(leads).values(current=None))


def _count(connection: Connection, table: Any, *where: Any) -> int:
    return int(connection.scalar(select(func.count()).select_from(table).where(*where)) or 0)
