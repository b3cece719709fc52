"""Under which identifiers a person was known, and in which nights: persons are merged and taken apart again."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table
from svoc.words.changes import ChangeKind

__all__ = ["ALWAYS", "KnownAs", "known_as"]

Nights = tuple[int, int | None]
"""From which run on, and before which; nothing for one that lasts."""

ALWAYS: Nights = (0, None)

FORWARD, FOUNDED, CHANGE, MEMBER = map(
    of_table, (tables.ForwardRow, tables.FoundedRow, tables.ChangeRow, tables.MemberRow)
)


@dataclass(frozen=True, slots=True)
class KnownAs:
    """A person's identifiers.

    `own`: those that lead to the person today, the current one among them; `lent`: others, with the nights in which
    what they showed was the person's too: of another lane, for the same records stand behind them, or of the same lane,
    for the two were taken for one; `founded`: lane and the first run in which the person was there.
    """

    person: str
    own: frozenset[str] = frozenset()
    lent: tuple[tuple[str, Nights], ...] = ()
    founded: tuple[tuple[str, int], ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Give the identifiers that are the person's own."""
        return self.own | {self.person}

    def nights(self) -> dict[str, list[Nights]]:
        """Give for each identifier the nights in which it showed the person."""
        found: dict[str, list[Nights]] = {name: [ALWAYS] for name in self.names}
        for name, nights in self.lent:
            found.setdefault(name, []).append(nights)
        return found


def known_as(engine: Engine, person: str) -> KnownAs:
    """Follow a person's identifiers through all merges and splits of all lanes; one who never was has none."""
    with told_plainly(), engine.connect() as connection:
        current = _current(connection, person)
        own = frozenset({person, *current, *_retired(connection, current)})
        elsewhere = _elsewhere(connection, own)
        there = FOUNDED.c.person.in_(own | elsewhere)
        founded = connection.execute(select(FOUNDED.c.lane, FOUNDED.c.run).where(there)).all()
        first: dict[str, int] = {}
        for lane, run in founded:
            first[lane] = min(run, first.get(lane, run))
        lent = {*_lent(connection, own), *((name, ALWAYS) for name in elsewhere)}
        return KnownAs(person, own, tuple(sorted(lent, key=str)), tuple(sorted(first.items())))


def _current(connection: Connection, person: str) -> set[str]:
    """Give whom an identifier leads to today, in any lane; itself where it leads nowhere."""
    stands = FORWARD.c.retired == person, FORWARD.c.to_run.is_(None), FORWARD.c.current.is_not(None)
    return set(connection.scalars(select(FORWARD.c.current).where(*stands))) or {person}


def _retired(connection: Connection, current: set[str]) -> set[str]:
    stands = FORWARD.c.current.in_(current), FORWARD.c.to_run.is_(None)
    return set(connection.scalars(select(FORWARD.c.retired).where(*stands)))


def _elsewhere(connection: Connection, own: frozenset[str]) -> frozenset[str]:
    """Give the persons of other lanes behind whom the same records stand."""
    mentions = select(MEMBER.c.mention).where(MEMBER.c.person.in_(own), MEMBER.c.to_run.is_(None))
    theirs = MEMBER.c.mention.in_(mentions), MEMBER.c.to_run.is_(None), MEMBER.c.person.not_in(own)
    return frozenset(connection.scalars(select(MEMBER.c.person).where(*theirs)))


def _lent(connection: Connection, own: frozenset[str]) -> Iterator[tuple[str, Nights]]:
    """Give the identifiers under which the person was shown for a while, and when."""
    led = select(FORWARD.c.current, FORWARD.c.from_run, FORWARD.c.to_run)
    led = led.where(FORWARD.c.retired.in_(own), FORWARD.c.current.is_not(None), FORWARD.c.current.not_in(own))
    for current, since, until in connection.execute(led):
        yield current, (since, until)
    split = CHANGE.c.person.in_(own), CHANGE.c.kind == ChangeKind.SPLIT.value, CHANGE.c.before.is_not(None)
    for before, run in connection.execute(select(CHANGE.c.before, CHANGE.c.run).where(*split)):
        yield before, (0, run)
