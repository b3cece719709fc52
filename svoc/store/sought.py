"""Looks persons of a lane up by the names and postcodes that are in use: a few rows, however many people there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl
from sqlalchemy import Integer, Select, and_, bindparam, func, or_, select

from svoc.store import tables
from svoc.store.bulk import read_rows
from svoc.store.frames import decoded
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table, seen_by
from svoc.store.store import Store
from svoc.words.mentions import PLACED
from svoc.words.persons import PERSONS, Person

__all__ = ["BRIEF", "Called", "Lookup", "of_the_lane", "words_in_use"]

PERSON, MEMBER, MENTION = map(of_table, (tables.PersonRow, tables.MemberRow, tables.MentionRow))

PARTS = {
    "surnames": PERSON.c.surname.in_(bindparam("surnames", expanding=True)),
    "forenames": PERSON.c.forename.in_(bindparam("forenames", expanding=True)),
    "begins": PERSON.c.forename.like(bindparam("begins"), escape="/"),
    "words": func.upper(PERSON.c.address).like(bindparam("words"), escape="/"),
    "postcodes": PERSON.c.postcode.in_(bindparam("postcodes", expanding=True)),
}
"""What can be asked of a person, by its name."""
SECTOR = {way: PERSON.c.postcode.like(bindparam(way), escape="/") for way in ("spaced", "joined")}
"""How a postcode of a sector begins, with its space and without: one of both."""
BRIEF = {name: PERSONS[name] for name in ("person", "forename", "middle_names", "surname", "address", "postcode")}
"""What is read of somebody to see whether they are meant; the rest only of those who are shown."""
WHOLE = [PERSON.c[name] for name in PERSONS]


@dataclass(frozen=True, slots=True)
class Called:
    """Names to look for: any of some surnames with any of some forenames, or with one that begins so.

    Where nothing is said of one of the two, it may be any or none.
    """

    surnames: Sequence[str] = ()
    forenames: Sequence[str] = ()
    begins: str = ""

    @property
    def said(self) -> dict[str, Any]:
        """Give what is said, by the part that says it."""
        parts = {"surnames": list(self.surnames), "forenames": list(self.forenames), "begins": _beginning(self.begins)}
        return {part: given for part, given in parts.items() if given}


@dataclass(frozen=True, slots=True)
class Lookup:
    """Looks rows of one lane up as a run has them, at most so many at once.

    What it gives is a frame of `BRIEF`; where more bear one name, the first by surname,
    forename and identifier.
    """

    store: Store
    lane: str
    run: int
    most: int

    def by_name(self, names: Collection[Called]) -> pl.DataFrame:
        """Give who bears one of these names."""
        return self._brief(names)

    def by_name_at(self, names: Collection[Called], place: str) -> pl.DataFrame:
        """Give who bears one of these names and has these words in the address."""
        return self._brief(names, words=f"%{_escaped(place.upper())}%")

    def by_name_in_sector(self, names: Collection[Called], postcode: str) -> pl.DataFrame:
        """Give who bears one of these names in the sector of a postcode without its space."""
        area, sector = postcode[:-3], postcode[-3]
        return self._brief(names, spaced=_beginning(f"{area} {sector}"), joined=_beginning(area + sector))

    def at(self, postcode: str) -> pl.DataFrame:
        """Give who lives at a postcode without its space, however it is written there."""
        return self._brief([Called()], postcodes=[postcode, f"{postcode[:-3]} {postcode[-3:]}"])

    def persons(self, wanted: Sequence[str]) -> list[Person]:
        """Give persons whole, in the order in which they are named."""
        query = select(*WHOLE).where(self._here, PERSON.c.person.in_(wanted))
        with told_plainly(), self.store.engine.connect() as connection:
            found = {row["person"]: Person.of(dict(row)) for row in connection.execute(query).mappings()}
        return [found[person] for person in wanted if person in found]

    @property
    def _here(self) -> Any:
        return and_(PERSON.c.lane == self.lane, seen_by(tables.PersonRow, self.run))

    def _brief(self, names: Collection[Called], **place: Any) -> pl.DataFrame:
        """Ask for each name by itself: of several in one question SQLite would read everybody."""
        rows: list[tuple[Any, ...]] = []
        every = {"lane": self.lane, "run": self.run, "most": self.most, **place}
        with told_plainly(), self.store.engine.connect() as connection:
            for name in names:
                said = name.said
                rows += map(tuple, connection.execute(_question(frozenset((*said, *place))), {**every, **said}))
        return pl.DataFrame(list(dict.fromkeys(rows)), schema=BRIEF, orient="row")


@cache
def _question(parts: frozenset[str]) -> Select[Any]:
    """Ask for the persons of whom all these parts hold; a question is put together once, which takes longer than it."""
    wanted = [condition for part, condition in PARTS.items() if part in parts]
    place = [or_(*(c for p, c in SECTOR.items() if p in parts))] if parts & set(SECTOR) else []
    here = and_(PERSON.c.lane == bindparam("lane"), seen_by(tables.PersonRow, bindparam("run", type_=Integer)))
    in_order = PERSON.c.surname, PERSON.c.forename, PERSON.c.person
    query = select(*(PERSON.c[column] for column in BRIEF)).where(*wanted, *place, here)
    return query.order_by(*in_order).limit(bindparam("most"))


def _beginning(text: str) -> str:
    return f"{_escaped(text)}%" if text else ""


def _escaped(text: str) -> str:
    """Write what is said so that it stands for itself in a pattern."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def words_in_use(store: Store, lane: str, column: str) -> list[str]:
    """Name what persons of a lane are called in a column, or ever were as far as it is kept: more than stands."""
    names = PERSON.c[column]
    with told_plainly(), store.engine.connect() as connection:
        return sorted(connection.scalars(select(names).distinct().where(PERSON.c.lane == lane, names.is_not(None))))


def of_the_lane(store: Store, lane: str, run: int, persons: Sequence[str], admits: pl.Expr) -> list[str]:
    """Name those of these persons of whom `admits`, an expression over `PLACED`, lets every record through."""
    its = and_(seen_by(tables.MemberRow, run), MEMBER.c.lane == lane, MEMBER.c.person.in_(persons))
    with told_plainly(), store.engine.connect() as connection:
        members = read_rows(connection, MEMBER, ["mention", "person"], its)
        theirs = and_(seen_by(tables.MentionRow, run), MENTION.c.mention.in_(members["mention"].to_list()))
        names = list(dict.fromkeys(["mention", *admits.meta.root_names()]))
        records = read_rows(connection, MENTION, names, theirs)
    admitted = decoded(records, {name: PLACED[name] for name in names}).filter(admits)
    barred = set(members.join(admitted, on="mention", how="anti")["person"])
    return [person for person in persons if person not in barred]
