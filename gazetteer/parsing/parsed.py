"""What one text was found to say.

The rooms of the parser write into a `Parsed` in turn; when the last of them is done it flows out to all that match
addresses, which read its parts and the codes made of them, and to people as an `Address`.
"""

import re
from dataclasses import dataclass

from gazetteer.address import Address
from gazetteer.tidy import PARTS
from gazetteer.units import Unit, unit_code

# What is let, lived in or kept beside a house, and is another property than the house that it is named after.
_PART = re.compile(rf"(?:THE )?((?:[A-Z]+ )*(?:{'|'.join(sorted(PARTS))}))")
# Numbers of the same parity that lie no further apart are a range.
_RANGE = 8


@dataclass(slots=True)
class Parsed:
    """What one text was found to say; the parts are as in Address, but still many-valued, and with codes for matching.

    `names` are building, organisation and unexplained lines before the street, `places` those after it; `trouble` names
    the rung of an address that cannot be placed at all (junk, overseas, ...), and `country` the country then.
    """

    units: list[Unit]
    names: list[str]
    number: str
    street: str
    places: list[str]
    postcode: str | None
    relation: str = ""
    known_street: bool = False
    trouble: str = ""
    country: str | None = None

    @property
    def part(self) -> str:
        """A barn, cottage or the like that stands first among several names, and is no unit that a word tells."""
        found = _PART.fullmatch(self.names[0]) if len(self.names) > 1 and not self.units else None
        return found[1] if found else ""

    @property
    def pair(self) -> tuple[str, str]:
        """Both numbers of 3/14 or 14/3, which is a flat and its house, unless it may as well be a range."""
        low, dash, high = self.number.partition("-")
        if not dash or self.unit not in ("", "*") or not (low + high).isdigit():
            return "", ""
        apart = int(high) - int(low)
        return ("", "") if 0 < apart <= _RANGE and apart % 2 == 0 else (low, high)

    @property
    def unit(self) -> str:
        """The code under which the index holds the units."""
        return unit_code(self.units)

    def address(self) -> Address:
        """Gives the parts as an Address, for people."""
        return Address(
            unit=", ".join(map(str, self.units)),
            building=", ".join(self.names),
            number=self.number,
            street=self.street,
            locality=self.places[-2] if len(self.places) > 1 else "",
            town=self.places[-1] if self.places else "",
            postcode=self.postcode or "",
            relation=self.relation,
        )
