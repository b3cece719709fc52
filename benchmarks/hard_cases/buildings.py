"""Fills streets with properties: houses, flats, blocks, shops, parks, and what becomes of them over the years."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence

from benchmarks.hard_cases import words
from benchmarks.hard_cases.delivery import delivered
from benchmarks.hard_cases.model import NO_NUMBERS, Line, Numbers, Place, Street

FLOORS = ["GROUND FLOOR FLAT", "FIRST FLOOR FLAT", "SECOND FLOOR FLAT", "TOP FLOOR FLAT"]
# What a street is like, how many buildings it has, and how often there is one.
CHARACTERS = {
    "terrace": ((20, 70), 30),
    "suburb": ((20, 60), 34),
    "close": ((8, 30), 18),
    "lane": ((10, 35), 9),
    "blocks": ((6, 16), 10),
    "estate": ((2, 5), 2),
    "park": ((2, 4), 2),
    "marina": ((1, 2), 1),
    "campus": ((1, 2), 1),
    "newbuild": ((15, 40), 3),
}
RARE = ("estate", "park", "marina", "campus", "newbuild", "blocks")


def plain(number: int, suffix: str = "", last: int | None = None, last_suffix: str = "") -> Numbers:
    """Writes a number for a line."""
    return (number, suffix, last, last_suffix)


class Builder:
    """Builds street after street; keeps the properties, the postcodes and the counts."""

    def __init__(self, rng: random.Random, seed: int) -> None:
        self.rng = rng
        self.places: dict[int, Place] = {}
        self._uprn = 700_000_000 + seed * 1_000_000
        self._counts: dict[int, int] = defaultdict(int)
        self._codes: dict[str, int] = defaultdict(int)
        self._names: set[str] = set()
        self._still = list(RARE)
        self.at = 0

    def count(self, at: int) -> int:
        """Tells how many properties a town has so far."""
        return self._counts[at]

    def build(self, at: int, street: Street, districts: list[str]) -> None:
        """Fills one street, after its character."""
        self.at, self.district = at, self.rng.choice(districts)
        self._left, self._code = 0, ""
        character = self._character(street)
        few, many = CHARACTERS.get(character, ((20, 60), 0))[0]
        buildings = self.rng.randint(few, many)
        whole = {"estate": self._estate, "park": self._park, "marina": self._marina, "campus": self._hall}
        if character in whole:
            for _ in range(buildings):
                whole[character](street)
            return
        if self.at == 3 and character in ("terrace", "blocks", "high"):
            self._tenements(street, buildings)
            return
        both = self.rng.random() < 0.35  # numbered along one side and back, or odd and even
        skipped = 13 if self.rng.random() < 0.5 else 0
        self._step, self._taken = (1 if both else 2), {skipped}
        for i in range(buildings):
            number = i + 1 if both else (2 * i + 1 if i < buildings / 2 else 2 * (i - (buildings + 1) // 2) + 2)
            if number not in self._taken:
                self._building(character, street, number)

    def _character(self, street: Street) -> str:
        if street.name in ("HIGH STREET", "KING STREET", "CHEAPSIDE", "LOWGATE", "BROADWAY") or "MARKET" in street.name:
            return "high"
        if street.name.endswith("CLOSE") or street.name.endswith("MEWS"):
            return "close"
        if street.name.endswith("LANE"):
            return self.rng.choice(["lane", "lane", "suburb"])
        if self.at < 2 and self._still:
            return self._still.pop()  # even a small council has one of each
        kinds = list(CHARACTERS)
        return self.rng.choices(kinds, [CHARACTERS[k][1] for k in kinds])[0]

    # --- the parts of a building

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

    # --- buildings

    def _building(self, character: str, street: Street, number: int) -> None:
        draw = self.rng.random()
        tables: dict[str, Sequence[tuple[float, Callable[[Street, int], None]]]] = {
            "terrace": [
                (0.03, self._range),
                (0.15, self._converted),
                (0.17, self._lettered),
                (0.19, self._shop),
                (0.20, self._hmo),
                (0.21, self._annexe),
                (0.22, self._both),
            ],
            "suburb": [
                (0.02, self._annexe),
                (0.05, self._both),
                (0.065, self._lettered),
                (0.07, self._half),
                (0.08, self._range),
                (0.10, self._converted),
                (0.11, self._land),
                (0.12, self._body),
                (0.125, self._garages),
            ],
            "close": [(0.02, self._garages), (0.03, self._annexe)],
            "lane": [
                (0.42, self._named),
                (0.62, self._both),
                (0.66, self._land),
                (0.69, self._annexe),
                (0.72, self._body),
            ],
            "blocks": [(0.30, self._block), (0.47, self._numbered_block)],
            "high": [
                (0.45, self._shop),
                (0.68, self._shop_with_flat),
                (0.78, self._range),
                (0.86, self._converted),
                (0.88, self._body),
                (0.90, self._lettered),
            ],
            "newbuild": [(0.30, self._plot), (0.33, self._block)],
        }
        make = next((make for share, make in tables[character] if draw < share), self._house)
        make(street, number)

    def _house(self, street: Street, number: int) -> None:
        place = self.add("house", Line(1, street, pao=plain(number)))
        if self.rng.random() < 0.03:
            # An alternative: the name that its owners gave it.
            place.lines.append(Line(3, street, pao_text=self.name(words.HOUSE_LAST, first=words.HOUSE_FIRST)))

    def _named(self, street: Street, number: int) -> None:
        del number
        name = self.name(words.HOUSE_LAST, first=words.HOUSE_FIRST, unique=self.rng.random() < 0.75)
        self.add("named", Line(1, street, pao_text=name))

    def _both(self, street: Street, number: int) -> None:
        name = self.name(words.HOUSE_LAST, first=words.HOUSE_FIRST, unique=self.rng.random() < 0.75)
        self.add("both", Line(1, street, pao_text=name, pao=plain(number)))

    def _shell(self, street: Street, postcode: str, *, text: str = "", pao: Numbers = NO_NUMBERS, kind: str) -> Place:
        return self.add(kind, Line(1, street, pao_text=text, pao=pao), postcode=postcode, class_code="PP")

    def _flats(self, shell: Place, units: list[tuple[str, Numbers]], sort: str = "flat", code: str = "RD06") -> None:
        own = shell.line
        for text, sao in units:
            line = Line(1, own.street, text, sao, own.pao_text, own.pao)
            self.add(sort, line, postcode=shell.postcode, parent=shell.uprn, class_code=code)

    def _units(self, many: int) -> list[tuple[str, Numbers]]:
        """Names the flats of a converted house, in one of the ways in which councils do."""
        style = self.rng.random()
        if style < 0.30 and many <= 4:
            floors = FLOORS[:many]
            if self.rng.random() < 0.4:
                floors = [self.rng.choice(["BASEMENT FLAT", "LOWER GROUND FLOOR FLAT"]), *floors[:-1]]
            return [(floor, NO_NUMBERS) for floor in floors]
        if style < 0.50:
            return [(f"FLAT {'ABCDEFGHIJ'[i]}", NO_NUMBERS) for i in range(many)]
        return self._numbered(many)

    def _numbered(self, many: int) -> list[tuple[str, Numbers]]:
        style = self.rng.random()
        word = "APARTMENT" if self.rng.random() < 0.12 else "FLAT"
        if style < 0.75:
            return [(f"{word} {i + 1}", NO_NUMBERS) for i in range(many)]
        return [(word, plain(i + 1)) for i in range(many)]

    def _converted(self, street: Street, number: int) -> None:
        shell = self._shell(street, self.postcode(), pao=plain(number), kind="shell")
        if self.rng.random() < 0.08:
            shell.lines[0].pao_text = self.name(["HOUSE", "VILLA", "LODGE"], first=words.STEMS)
        self._flats(shell, self._units(self.rng.choice([2, 2, 2, 3, 3, 4, 5, 6])))

    def _range(self, street: Street, number: int) -> None:
        pao = plain(number, "", number + self._step)
        if self.rng.random() < 0.2:
            pao = plain(number, "A", number, "C")
        else:
            self._taken.add(number + self._step)
        if self.rng.random() < 0.5:
            self.add("range", Line(1, street, pao=pao), organisation=self.shop_name(), class_code="CR08")
        else:
            shell = self._shell(street, self.postcode(), pao=pao, kind="rangeshell")
            self._flats(shell, self._units(self.rng.randint(2, 6)), sort="rangeflat")

    def _lettered(self, street: Street, number: int) -> None:
        """A house and its lettered neighbour; or 12A and 12B, with nothing at 12."""
        code = self.postcode()
        if self.rng.random() < 0.6:
            self.add("house", Line(1, street, pao=plain(number)), postcode=code)
            self.add("lettered", Line(1, street, pao=plain(number, "A")), postcode=code)
        else:
            for suffix in "AB":
                self.add("lettered", Line(1, street, pao=plain(number, suffix)), postcode=code)

    def _half(self, street: Street, number: int) -> None:
        """A house and the one that was squeezed in beside it."""
        code = self.postcode()
        self.add("house", Line(1, street, pao=plain(number)), postcode=code)
        self.add("half", Line(1, street, pao_text=f"{number} 1/2"), postcode=code)

    def _shop(self, street: Street, number: int) -> None:
        name = self.shop_name()
        self.add("shop", Line(1, street, pao=plain(number)), organisation=name, class_code="CR08")

    def _shop_with_flat(self, street: Street, number: int) -> None:
        """A shop and the dwelling over it, whose unit is written in every way but the resident's own."""
        code = self.postcode()
        shop = self.add(
            "shopunder",
            Line(1, street, pao=plain(number)),
            postcode=code,
            organisation=self.shop_name(),
            class_code="CR08",
        )
        over = self.rng.choice(["FLAT", "FLAT", "FIRST FLOOR FLAT", "FLAT 1", "FIRST AND SECOND FLOORS", "FLAT A", "#"])
        many = self.rng.choice([1, 1, 1, 1, 2, 3])
        if many > 1:
            self._flats(shop, self._units(many), sort="oversome")
        elif over == "#":
            self.add("overletter", Line(1, street, pao=plain(number, "A")), postcode=code)
        else:
            self._flats(shop, [(over, NO_NUMBERS)], sort="over")

    def _hmo(self, street: Street, number: int) -> None:
        shell = self._shell(street, self.postcode(), pao=plain(number), kind="hmo")
        shell.class_code = "RH01"
        if self.rng.random() < 0.6:
            self._flats(shell, [(f"ROOM {i + 1}", NO_NUMBERS) for i in range(self.rng.randint(4, 8))], "room", "RH02")

    def _annexe(self, street: Street, number: int) -> None:
        code = self.postcode()
        house = self.add("annexed", Line(1, street, pao=plain(number)), postcode=code)
        self._flats(
            house, [(self.rng.choice(["ANNEXE", "THE ANNEXE", "ANNEX", "GRANNY ANNEXE"]), NO_NUMBERS)], "annexe"
        )

    def _land(self, street: Street, number: int) -> None:
        code = self.postcode()
        self.add("beside", Line(1, street, pao=plain(number)), postcode=code)
        what = self.rng.choice(
            ["LAND ADJACENT TO", "LAND REAR OF", "REAR OF", "GARAGE ADJACENT TO", "LAND ADJ", "SUBSTATION REAR OF"]
        )
        self.add("land", Line(1, street, pao_text=f"{what} {number}"), postcode=code, class_code="LL")

    def _garages(self, street: Street, number: int) -> None:
        code = self.postcode()
        self.add("house", Line(1, street, pao=plain(number)), postcode=code)
        for i in range(self.rng.randint(3, 8)):
            self.add(
                "garage",
                Line(1, street, f"GARAGE {i + 1}", pao_text=f"GARAGES REAR OF {number}"),
                postcode=code,
                class_code="RG02",
            )

    def _body(self, street: Street, number: int) -> None:
        del number
        first = street.locality or self.rng.choice(words.STEMS)
        name = f"{first} {self.rng.choice(words.BODIES)}"
        self.add("body", Line(1, street, pao_text=name), organisation=name, class_code="ZW99")

    def _block(self, street: Street, number: int) -> None:
        del number
        shell = self._shell(street, self.postcode(own=True), text=self.name(words.BLOCK_LAST), kind="block")
        many = self.rng.choice([6, 9, 12, 12, 18, 24, 40])
        style = self.rng.random()
        if style < 0.35:
            self._flats(shell, [("", plain(i + 1)) for i in range(many)], sort="blockflat")
        else:
            self._flats(shell, self._numbered(many), sort="blockflat")

    def _numbered_block(self, street: Street, number: int) -> None:
        name = self.name(words.BLOCK_LAST)
        shell = self._shell(street, self.postcode(own=True), text=name, pao=plain(number), kind="numblock")
        self._flats(shell, self._numbered(self.rng.choice([6, 8, 10, 14, 20])), sort="numblockflat")

    def _hall(self, street: Street) -> None:
        name = self.name(["HALL", "STUDENT VILLAGE", "STUDIOS"])
        hall = self._shell(street, self.postcode(own=True), text=name, kind="hall")
        word = self.rng.choice(["ROOM", "STUDIO"])
        for block in "ABCJ"[: self.rng.randint(2, 4)]:
            for floor in range(1, self.rng.randint(3, 5)):
                units = [
                    (f"BLOCK {block} {word} {floor}.{door + 1}", NO_NUMBERS) for door in range(self.rng.randint(4, 7))
                ]
                self._flats(hall, units, "hallroom", "RH02")

    def _plot(self, street: Street, number: int) -> None:
        """A house of a new estate: its plot number first, its postal number later; some still have only the plot."""
        plot = self.rng.randint(1, 30) + number
        if self.rng.random() < 0.25:
            self.add("plot", Line(6, street, pao_text=f"PLOT {100 + plot}"), status=6, state=1)
            return
        place = self.add("plotted", Line(1, street, pao=plain(number)))
        place.lines.append(Line(8, street, pao_text=f"PLOT {100 + plot}"))

    def _tenements(self, street: Street, buildings: int) -> None:
        """Scottish closes: the flat is told by its floor and door, in the way of the burgh."""
        style = self.rng.choice(["2F1", "2/1", "2/1", "LEFT"])
        for i in range(buildings):
            number = 2 * i + 1
            if self.rng.random() < 0.35:
                self._house(street, number)
                continue
            shell = self._shell(street, self.postcode(), pao=plain(number), kind="close")
            floors = self.rng.randint(3, 4)
            doors = self.rng.randint(2, 3) if style != "LEFT" else 2
            units = [_tenement(style, floor, door) for floor in range(floors) for door in range(1, doors + 1)]
            self._flats(shell, [(unit, NO_NUMBERS) for unit in units], sort="tenement")
            if self.rng.random() < 0.1:
                self.add(
                    "shop", Line(1, street, pao=plain(number + 1)), organisation=self.shop_name(), class_code="CR08"
                )

    def _estate(self, street: Street) -> None:
        name = self.name(words.ESTATE_LAST)
        shell = self._shell(street, self.postcode(own=True), text=name, kind="estate")
        shell.class_code = "CI"
        for i in range(self.rng.randint(6, 20)):
            suffix = self.rng.choice(["", "", "", "A"])
            units = [f"UNIT {i + 1}{suffix}"] + ([f"UNIT {i + 1}B"] if suffix else [])
            for unit in units:
                line = Line(1, street, unit, pao_text=name)
                org = self.shop_name() if self.rng.random() < 0.6 else ""
                self.add("unit", line, postcode=shell.postcode, parent=shell.uprn, class_code="CI01", organisation=org)

    def _marina(self, street: Street) -> None:
        name = self.name(["MARINA", "BOATYARD", "BASIN"])
        shell = self._shell(street, self.postcode(own=True), text=name, kind="marina")
        word = self.rng.choice(["MOORING", "BERTH"])
        units = [(f"{word} {i + 1}", NO_NUMBERS) for i in range(self.rng.randint(8, 20))]
        self._flats(shell, units, "mooring", "RD07")

    def _park(self, street: Street) -> None:
        shell = self._shell(street, self.postcode(own=True), text=self.name(words.PARK_LAST), kind="park")
        word = self.rng.choice(["PITCH", "CARAVAN", "PLOT", ""])
        units = [
            (word, plain(i + 1)) if not word else (f"{word} {i + 1}", NO_NUMBERS)
            for i in range(self.rng.randint(15, 45))
        ]
        self._flats(shell, units, "pitch", "RD01")

    # --- what time does

    def afterthoughts(self) -> None:
        """Renumbers some houses, renames some streets, demolishes, merges and doubles: the gazetteer's history."""
        rng = self.rng
        lettered = {(p.line.street.usrn, p.line.pao[0]) for p in self.places.values() if p.line.pao[1]}
        houses = [
            p
            for p in self.places.values()
            if p.sort == "house" and p.line.pao[0] and (p.line.street.usrn, p.line.pao[0]) not in lettered
        ]
        chosen = rng.sample(houses, k=max(len(houses) // 30, min(len(houses), 12)))
        for at, place in enumerate(chosen):
            (self._renumbered, self._demolished, self._merged, self._doubled)[at % 4](place)
        for place in list(self.places.values()):
            former = place.line.street.former
            if former and place.sort in ("house", "lettered", "shop", "both"):
                old = Street(
                    place.line.street.usrn + 50_000, former, place.line.street.locality, place.line.street.town
                )
                old.post_town = place.line.street.post_town
                place.lines.append(Line(8, old, pao_text=place.line.pao_text, pao=place.line.pao))

    def _renumbered(self, place: Place) -> None:
        place.lines.append(Line(8, place.line.street, pao=plain(200 + self.rng.randint(1, 300))))

    def _demolished(self, place: Place) -> None:
        """An old property at a number of its own, gone, whose ground the present one takes."""
        number = self.rng.randint(520, 900)
        old = self.add(
            "gone", Line(8, place.line.street, pao=plain(number)), postcode=place.postcode, status=8, state=4
        )
        old.delivery = None
        old.successors.append(place.uprn)

    def _merged(self, place: Place) -> None:
        """Two houses made one: the gazetteer keeps both as history, and one of today."""
        first = place.line.pao[0]
        assert first is not None
        place.sort = "merged"
        old = Line(8, place.line.street, pao=plain(first))
        place.lines = [Line(1, place.line.street, pao=plain(first, "", first, "A")), *place.lines[1:]]
        place.lines = [line for line in place.lines if line.language == "ENG"]
        place.delivery = delivered(self.rng, place)
        for was in (old, Line(8, place.line.street, pao=plain(first, "A"))):
            gone = self.add("mergedaway", was, postcode=place.postcode, status=8, state=4)
            gone.delivery = None
            gone.successors.append(place.uprn)

    def _doubled(self, place: Place) -> None:
        """The same house twice: once more as a record that was closed, or as a bare shell."""
        if self.rng.random() < 0.5:
            twin = self.add(
                "twin", Line(8, place.line.street, pao=place.line.pao), postcode=place.postcode, status=8, state=4
            )
            twin.successors.append(place.uprn)
        else:
            twin = self.add(
                "twin", Line(1, place.line.street, pao=place.line.pao), postcode=place.postcode, class_code="PP"
            )
            place.twins.append(twin.uprn)
        twin.delivery = None
        place.sort = "doubled"


def _tenement(style: str, floor: int, door: int) -> str:
    if style == "2F1":
        return f"{'GF' if floor == 0 else f'{floor}F'}{door}"
    if style == "2/1":
        return f"FLAT {floor}/{door}"
    name = ["GROUND", "FIRST", "SECOND", "THIRD"][floor]
    return f"{name} FLOOR {'LEFT' if door == 1 else 'RIGHT'}"
