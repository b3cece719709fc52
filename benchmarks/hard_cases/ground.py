"""What every building is made of: a UPRN, a postcode, a name, and units."""

import random
from collections import defaultdict

from benchmarks.hard_cases import words
from benchmarks.hard_cases.delivery import delivered
from benchmarks.hard_cases.model import NO_NUMBERS, Line, Numbers, Place, Street

FLOORS = ["GROUND FLOOR FLAT", "FIRST FLOOR FLAT", "SECOND FLOOR FLAT", "TOP FLOOR FLAT"]


def plain(number: int, suffix: str = "", last: int | None = None, last_suffix: str = "") -> Numbers:
    """Writes a number for a line."""
    return (number, suffix, last, last_suffix)


class Ground:
    """Keeps the properties, the postcodes and the counts; adds property after property."""

    def __init__(self, rng: random.Random, seed: int) -> None:
        self.rng = rng
        self.places: dict[int, Place] = {}
        self._uprn = 700_000_000 + seed * 1_000_000
        self._counts: dict[int, int] = defaultdict(int)
        self._codes: dict[str, int] = defaultdict(int)
        self._names: set[str] = set()
        self.at, self.district = 0, ""
        self._left, self._code = 0, ""

    def count(self, at: int) -> int:
        """Tells how many properties a town has so far."""
        return self._counts[at]

    def move(self, at: int, district: str) -> None:
        """Goes on in a town and a postcode district, with a new postcode."""
        self.at, self.district = at, district
        self._left, self._code = 0, ""

    def postcode(self, *, own: bool = False) -> str:
        """Gives the postcode of the next property: a new one after some seventeen, or `own` for a large building."""
        if own or self._left <= 0:
            at = self._codes[self.district]
            self._codes[self.district] += 1
            letters = "ABDEFGHJLNPQRSTUWXYZ"
            # Neighbouring postcodes differ in the last letters; a sector holds 400, of which some are not in use.
            code = f"{self.district} {1 + at // 240 % 9}{letters[at // 17 % 20]}{letters[at * 7 % 20]}"
            if own:
                return code
            self._code, self._left = code, self.rng.randint(11, 24)
        self._left -= 1
        return self._code

    def add(self, sort: str, line: Line, *, postcode: str = "", **facts: object) -> Place:
        """Adds a property."""
        self._uprn += self.rng.randint(1, 9)
        place = Place(self._uprn, sort, postcode or self.postcode(), [line], **facts)  # type: ignore[arg-type]
        self.places[place.uprn] = place
        if line.street.welsh:
            place.lines.append(self._also(line, "CYM"))
        if line.street.gaelic and self.rng.random() < 0.6:
            place.lines.append(self._also(line, "GAE"))
        place.delivery = delivered(self.rng, place)
        self._counts[self.at] += 1
        return place

    @staticmethod
    def _also(line: Line, language: str) -> Line:
        return Line(line.status, line.street, line.sao_text, line.sao, line.pao_text, line.pao, language)

    def name(self, last: list[str], *, first: list[str] | None = None, unique: bool = True) -> str:
        """Gives a building a name; a `unique` one was not given before while there are others left."""
        for _ in range(40):
            said = f"{self.rng.choice(first or words.STEMS)} {self.rng.choice(last)}"
            if not unique or said not in self._names:
                break
        self._names.add(said)
        return said

    def shop_name(self) -> str:
        """Gives a trader a name."""
        draw = self.rng.random()
        if draw < 0.12:
            return "THE " * (self.rng.random() < 0.5) + self.rng.choice(words.INNS)
        ending = " LTD" if draw > 0.85 else ""
        return f"{self.rng.choice(words.TRADERS)} {self.rng.choice(words.TRADES)}{ending}"

    def house(self, street: Street, number: int) -> None:
        """Adds a plain house."""
        place = self.add("house", Line(1, street, pao=plain(number)))
        if self.rng.random() < 0.03:
            # An alternative: the name that its owners gave it.
            place.lines.append(Line(3, street, pao_text=self.name(words.HOUSE_LAST, first=words.HOUSE_FIRST)))

    def shell(self, street: Street, postcode: str, *, text: str = "", pao: Numbers = NO_NUMBERS, kind: str) -> Place:
        """Adds a building that is the parent of others."""
        return self.add(kind, Line(1, street, pao_text=text, pao=pao), postcode=postcode, class_code="PP")

    def flats(self, shell: Place, units: list[tuple[str, Numbers]], sort: str = "flat", code: str = "RD06") -> None:
        """Adds the units of a building."""
        own = shell.line
        for text, sao in units:
            line = Line(1, own.street, text, sao, own.pao_text, own.pao)
            self.add(sort, line, postcode=shell.postcode, parent=shell.uprn, class_code=code)

    def units(self, many: int) -> list[tuple[str, Numbers]]:
        """Names the flats of a converted house, in one of the ways in which councils do."""
        style = self.rng.random()
        if style < 0.30 and many <= 4:
            floors = FLOORS[:many]
            if self.rng.random() < 0.4:
                floors = [self.rng.choice(["BASEMENT FLAT", "LOWER GROUND FLOOR FLAT"]), *floors[:-1]]
            return [(floor, NO_NUMBERS) for floor in floors]
        if style < 0.50:
            return [(f"FLAT {'ABCDEFGHIJ'[i]}", NO_NUMBERS) for i in range(many)]
        return self.numbered(many)

    def numbered(self, many: int) -> list[tuple[str, Numbers]]:
        """Names units by their numbers."""
        style = self.rng.random()
        word = "APARTMENT" if self.rng.random() < 0.12 else "FLAT"
        if style < 0.75:
            return [(f"{word} {i + 1}", NO_NUMBERS) for i in range(many)]
        return [(word, plain(i + 1)) for i in range(many)]
