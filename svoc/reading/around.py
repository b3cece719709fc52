"""What stands around one person, for a purpose: whom they live with, what systems were told of them, who is sought.

All of it is asked of a reader, masked and shielded as what the reader itself gives, and noted.
"""

import re
from collections.abc import Sequence

import polars as pl

from svoc.errors import PurposeRefused
from svoc.protecting import shielded
from svoc.reading.masking import masked_persons
from svoc.reading.reader import Reader
from svoc.reading.standing import Standing, was_the_lanes
from svoc.store import tables
from svoc.store.outbox import told
from svoc.store.standing import of_table
from svoc.words.audit import Kind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.notices import HOW_FAR
from svoc.words.persons import Person
from svoc.words.plan import Yesterday

__all__ = ["by_place", "by_reference", "living_with", "notices_of", "protection_of"]

NOTICE = of_table(tables.NoticeRow)
POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) *(\d[A-Z]{2})\b")
PHONE = re.compile(r"\+?[\d ()-]{7,20}")


def living_with(reader: Reader, person: str, *, yesterday: Yesterday | None = None) -> list[Person]:
    """Give who else is of a person's household, of them nobody who is protected, nor with one.

    `yesterday`: what stands, where it was read already. Empty where the purpose may not see who lives where.
    """
    stands = reader.standing(yesterday)
    homes = reader.shield.households(stands.state.households)
    own = homes.filter(pl.col("person") == person)["household"]
    others = homes.filter(pl.col("household").is_in(own.implode()) & (pl.col("person") != person))["person"]
    allowed = others if reader.purpose.sees("address", "uprn") else others.clear()
    given = _in_order(_masked(reader, stands.state.persons), allowed.sort().to_list())
    reader.note(Kind.HOUSEHOLDS, persons=[each.id for each in given], counts={"shown": len(given)}, run=stands.run)
    return given


def notices_of(reader: Reader, person: str) -> pl.DataFrame:
    """Say how far each notice about a person has come that the lane sent, as a frame of `HOW_FAR`, the latest first."""
    there = person not in reader.shield.silent and was_the_lanes(
        reader.store, person, reader.lane, reader.store.published()
    )
    sent = told(reader.store, NOTICE.c.person == person).filter(pl.col("lane") == reader.lane.name)
    found = sent if there else sent.clear()
    reader.note(Kind.LIST, persons=[person], counts={"rows": found.height}, about={"list": "notices"})
    return found.select(HOW_FAR).reverse()


def protection_of(reader: Reader, person: str) -> tuple[str, ...]:
    """Name what a person is protected by (`svoc.words.protection.Protection`), to a purpose that sees the protected.

    Any other is told nothing, nor that there is something.
    """
    if not reader.purpose.sees_protected:
        return ()
    kinds = shielded(reader.store, reader.lane.name).filter(pl.col("person") == person)["kinds"].explode()
    return tuple(sorted(kinds.drop_nulls()))


def by_reference(reader: Reader, reference: str, *, yesterday: Yesterday | None = None, most: int = 10) -> list[Person]:
    """Find persons by a reference, whole: of one of their records, their identifier, or their telephone number.

    Raises `PurposeRefused` where the purpose may not look for people by name: a reference would lead to one.
    """
    said, stands = reference.strip(), _sought(reader, yesterday)
    seen = _masked(reader, stands.state.persons)
    found = [said.upper(), reader.leads_to(said.upper())] if said else []
    if reader.purpose.references:
        its = (pl.col("record").str.to_lowercase() == said.lower()) & (pl.col("source") != EVENTS_SOURCE)
        records = stands.mentions.filter(its)["mention"]
        found += stands.state.members.filter(pl.col("mention").is_in(records.implode()))["person"].to_list()
    if PHONE.fullmatch(said):
        its = pl.col("phone").map_elements(_digits, return_dtype=pl.String) == _digits(said)
        found += seen.filter(its)["person"].to_list()
    return _given(reader, seen, [each for each in dict.fromkeys(found) if each][:most], stands.run)


def by_place(reader: Reader, place: str, *, yesterday: Yesterday | None = None, most: int = 10) -> list[Person]:
    """Find persons by where they live: a postcode, or words that all stand in the address; by address.

    Raises `PurposeRefused` where the purpose may not look for people by name.
    """
    stands = _sought(reader, yesterday)
    said = place.upper()
    code = POSTCODE.search(said)
    words = re.findall(r"\w+", POSTCODE.sub(" ", said))
    tests = [pl.col("address").str.to_uppercase().str.contains(rf"\b{word}\b") for word in words]
    if code:
        tests.append(pl.col("postcode").str.replace_all(" ", "") == code[1] + code[2])
    seen = _masked(reader, stands.state.persons)
    found = seen.filter(pl.all_horizontal(tests).fill_null(value=False)) if tests else seen.clear()
    return _given(reader, seen, found.sort("address", "person").head(most)["person"].to_list(), stands.run)


def _sought(reader: Reader, yesterday: Yesterday | None) -> Standing:
    """Give what stands, to look for somebody in; refuse a purpose that may not."""
    if not reader.purpose.names:
        reader.note(Kind.DENIED, about={"kind": Kind.SEARCH.value})
        raise PurposeRefused(f"the purpose {reader.purpose.code!r} may not look for people by name")
    return reader.standing(yesterday)


def _masked(reader: Reader, persons: pl.DataFrame) -> pl.DataFrame:
    return masked_persons(reader.shield.people(persons), reader.purpose)


def _given(reader: Reader, seen: pl.DataFrame, found: Sequence[str], run: int) -> list[Person]:
    """Give persons in an order, and note whom."""
    given = _in_order(seen, found)
    reader.note(Kind.SEARCH, persons=[each.id for each in given], counts={"shown": len(given)}, run=run)
    return given


def _in_order(seen: pl.DataFrame, found: Sequence[str]) -> list[Person]:
    rows = {row["person"]: row for row in seen.filter(pl.col("person").is_in(list(found))).iter_rows(named=True)}
    return [Person.of(rows[each]) for each in found if each in rows]


def _digits(phone: str) -> str:
    """Give the digits of a telephone number as it is dialled at home.

    >>> _digits("+44 1632 960001") == _digits("(01632) 960 001")
    True
    """
    return re.sub(r"^\+44", "0", re.sub(r"[^\d+]", "", phone))
