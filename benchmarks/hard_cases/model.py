"""The nouns of an invented town: streets, the ways in which a property is written, properties, and the town."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Street:
    """A street in one language or several; `locality` is "" where the street lies in the town itself."""

    usrn: int
    name: str
    locality: str
    town: str
    welsh: str = ""
    gaelic: str = ""
    former: str = ""  # its name before it was renamed
    post_town: str = ""
    carries: bool = True  # Royal Mail writes the locality too


Numbers = tuple[int | None, str, int | None, str]
NO_NUMBERS: Numbers = (None, "", None, "")


def number_text(numbers: Numbers) -> str:
    """Writes a number or range with its suffixes: 12, 12A, 10-12, 2A-2C."""
    first, suffix, last, last_suffix = numbers
    if first is None:
        return ""
    return f"{first}{suffix}" + (f"-{last}{last_suffix}" if last is not None else "")


@dataclass(slots=True)
class Line:
    """One way of writing a property (an LPI): secondary part, primary part, street."""

    status: int
    street: Street
    sao_text: str = ""
    sao: Numbers = NO_NUMBERS
    pao_text: str = ""
    pao: Numbers = NO_NUMBERS
    language: str = "ENG"

    @property
    def unit(self) -> str:
        """The secondary part as written: FLAT 3."""
        return " ".join(part for part in (self.sao_text, number_text(self.sao)) if part)

    @property
    def number(self) -> str:
        """The house number as written."""
        return number_text(self.pao)

    @property
    def street_name(self) -> str:
        """The street's name in the line's language, or its former one where the line is historical."""
        other = {"CYM": self.street.welsh, "GAE": self.street.gaelic}.get(self.language, "")
        return other or self.street.name


@dataclass(slots=True)
class Delivery:
    """Royal Mail's way of writing a property."""

    organisation: str
    sub_building: str
    building_name: str
    number: str
    street: str
    locality: str
    town: str
    postcode: str


@dataclass(slots=True)
class Place:
    """One property: what it is (`sort`), its status, parent, postcode and all the ways in which it is written."""

    uprn: int
    sort: str
    postcode: str
    lines: list[Line]
    status: int = 1
    state: int = 2
    parent: int | None = None
    class_code: str = "RD04"
    organisation: str = ""
    delivery: Delivery | None = None
    successors: list[int] = field(default_factory=list)
    twins: list[int] = field(default_factory=list)  # other UPRNs for the very same place

    @property
    def line(self) -> Line:
        """The line that speaks for the property."""
        return self.lines[0]


@dataclass(slots=True)
class Town:
    """An invented council's gazetteer, and what is asked of it."""

    seed: int
    streets: list[Street]
    places: dict[int, Place]
    towns: list[str]
    children: dict[int, list[int]] = field(default_factory=dict)
    by_street: dict[str, list[Place]] = field(default_factory=dict)
    by_name: dict[str, list[Place]] = field(default_factory=dict)
    by_sort: dict[str, list[Place]] = field(default_factory=dict)
    by_postcode: dict[str, list[Place]] = field(default_factory=dict)

    def indexed(self) -> "Town":
        """Makes what the kinds look things up in."""
        children, street, name = defaultdict(list), defaultdict(list), defaultdict(list)
        sort, postcode = defaultdict(list), defaultdict(list)
        for place in self.places.values():
            if place.parent:
                children[place.parent].append(place.uprn)
            sort[place.sort].append(place)
            postcode[place.postcode].append(place)
            for said in {line.street_name for line in place.lines} | {
                n for line in place.lines for n in (line.street.former,) if n
            }:
                street[said].append(place)
            for said in {line.pao_text for line in place.lines if line.pao_text} | {place.organisation} - {""}:
                name[said].append(place)
        self.children, self.by_street, self.by_name = dict(children), dict(street), dict(name)
        self.by_sort, self.by_postcode = dict(sort), dict(postcode)
        return self

    def heir(self, uprn: int) -> int:
        """Follows successors to the property that stands today; where there are several it stays."""
        seen = {uprn}
        while len(heirs := self.places[uprn].successors) == 1 and heirs[0] not in seen:
            uprn = heirs[0]
            seen.add(uprn)
        return uprn

    def meant(
        self,
        *,
        unit: str | None = None,
        number: str | None = None,
        name: str | None = None,
        street: str | None = None,
        place: tuple[str, ...] = (),
        postcode: str | None = None,
    ) -> set[int]:
        """Gives every property that stands today, some way of writing which has all that was said.

        `number` and `unit` None were not said, and "" says that there is none; `name` is a building's or an
        organisation's; `place` are localities and towns, of which the street must have every one.
        """
        if street is not None:
            found = self.by_street.get(street, [])
        elif name is not None:
            found = self.by_name.get(name, [])
        else:
            found = self.by_postcode.get(postcode or "", [])
        out = set()
        for one in found:
            if postcode is not None and one.postcode != postcode:
                continue
            for line in one.lines:
                where = (line.street.locality, line.street.town, line.street.post_town)
                if (
                    (unit is None or line.unit == unit)
                    and (number is None or line.number == number)
                    and (name is None or name in (line.pao_text, one.organisation))
                    and (street is None or street in (line.street_name, line.street.former))
                    and all(said in where for said in place)
                ):
                    out.add(self.heir(one.uprn))
                    break
        return out
