"""The two nouns of this package: a written address, and the property that it names."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """One written address, taken apart; a part that it lacks is "".

    `unit` is a flat, floor, room or pitch; `building` a name (several are parted by ", "); `number` the house number or
    range with its suffix; `relation` says that the place is not the numbered one but beside it (REAR OF, LAND AT).

    >>> print(Address(unit="FLAT 3", number="14", street="KING STREET", town="BARCHESTER", postcode="BA1 1AA"))
    FLAT 3, 14 KING STREET, BARCHESTER, BA1 1AA
    """

    unit: str = ""
    building: str = ""
    number: str = ""
    street: str = ""
    locality: str = ""
    town: str = ""
    postcode: str = ""
    relation: str = ""

    def __str__(self) -> str:
        numbered = " ".join(part for part in (self.relation, self.number, self.street) if part)
        parts = (self.unit, self.building, numbered, self.locality, self.town, self.postcode)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Property:
    """One property on the gazetteer: its UPRN, the gazetteer's own text of its address, its class, status and dates.

    `status` is the BLPU's logical status (1 approved, 6 provisional, 8 historical); `parent` the UPRN of the building
    that it is part of; `children` how many live properties are part of it; `successors` those that replaced it.
    """

    uprn: int
    text: str
    status: int
    class_code: str | None = None
    parent: int | None = None
    children: int = 0
    postcode: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    successors: tuple[int, ...] = ()
