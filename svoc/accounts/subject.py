"""Whom an account is about: all records of a person, those too that are no longer listed or may not be used."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl
from sqlalchemy import func, or_, select

from svoc.council import Council
from svoc.errors import SettingsError, nearest
from svoc.store import tables
from svoc.store.acts import acts_of
from svoc.store.opening import told_plainly
from svoc.store.past import last_seen, leads_to
from svoc.store.standing import of_table
from svoc.words.mentions import PLACED

__all__ = ["Subject", "subject_of"]

MEMBER = of_table(tables.MemberRow)


@dataclass(frozen=True, slots=True)
class Subject:
    """A person of a lane, and the records that are theirs.

    `person`: the identifier of today; `standing`, `former`: keys of mentions that stand, and of those that no source
    lists any more or that may not be used.
    """

    person: str
    lane: str
    standing: tuple[str, ...]
    former: tuple[str, ...]

    @property
    def mentions(self) -> tuple[str, ...]:
        """Give all of them."""
        return tuple(sorted({*self.standing, *self.former}))

    def chosen(self, record: str | None) -> list[str]:
        """Give the keys of all records, or the one that is named; raise `SettingsError` where it is not theirs."""
        if record is None:
            return list(self.mentions)
        if record not in self.mentions:
            hint = nearest(record, self.mentions)
            raise SettingsError(f"{record} is no record of this person" + (f"; did you mean {hint}?" if hint else ""))
        return [record]

    def rows(self, council: Council) -> pl.DataFrame:
        """Give the records as held, those that do not stand as last seen: frame of `PLACED`, sorted by mention."""
        here = council.store.yesterday().mentions.filter(pl.col("mention").is_in(self.standing))
        return pl.concat([here.select(PLACED.keys()), last_seen(council.store, self.former)]).sort("mention")


def subject_of(council: Council, person: str, *, purpose: str, actor: str, because: str) -> Subject:
    """Find all records of a person, by an identifier of a purpose's lane that stands or leads to one that does.

    Whoever cannot be used or is no longer listed is found by the identifier of before. Raises `SettingsError` where
    the purpose knows no such person, `PurposeRefused` where it is not the actor's to ask for.
    """
    lane = council.reader(purpose, actor=actor, because=because).lane.name
    store = council.store
    current = person if store.mentions_of(person, lane) else leads_to(store, person, lane) or person
    standing = store.mentions_of(current, lane)
    ever = _held_last_by(council, _names(council, current, lane) | {person, current}, lane)
    held = acts_of(store).filter((pl.col("person").is_in([person, current])) & (pl.col("lane") == lane))
    former = (ever | set(held["mentions"].explode().drop_nulls())) - set(standing)
    if not standing and not former:
        raise SettingsError(f"there is no person {person} that the purpose {purpose!r} may read")
    return Subject(current, lane, tuple(standing), tuple(sorted(former)))


def _names(council: Council, person: str, lane: str) -> set[str]:
    """Give every retired identifier that leads to a person."""
    forwards = council.store.yesterday().lane(lane).forwards
    return set(forwards.filter(pl.col("current") == person)["retired"])


def _held_last_by(council: Council, persons: Collection[str], lane: str) -> set[str]:
    """Give the mentions that were one of these persons' when last they were anybody's."""
    with told_plainly(), council.store.engine.connect() as connection:
        theirs = select(MEMBER.c.mention).where(MEMBER.c.lane == lane, MEMBER.c.person.in_(sorted(persons)))
        last = (
            select(MEMBER.c.mention, func.max(MEMBER.c.id).label("id"))
            .where(MEMBER.c.lane == lane, or_(MEMBER.c.mention.in_(theirs)))
            .group_by(MEMBER.c.mention)
            .subquery()
        )
        query = select(MEMBER.c.mention).join(last, MEMBER.c.id == last.c.id).where(MEMBER.c.person.in_(persons))
        return set(connection.scalars(query))
