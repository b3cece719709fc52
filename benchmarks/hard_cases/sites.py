"""Builds what has many units: blocks, closes of tenements, halls, estates, parks and marinas."""

from benchmarks.hard_cases import words
from benchmarks.hard_cases.ground import Ground, plain
from benchmarks.hard_cases.model import NO_NUMBERS, Line, Street


class Sites(Ground):
    """Builds a whole site at a time."""

    def block(self, street: Street, number: int) -> None:
        """Adds a purpose-built block of flats that has a name only."""
        del number
        shell = self.shell(street, self.postcode(own=True), text=self.name(words.BLOCK_LAST), kind="block")
        many = self.rng.choice([6, 9, 12, 12, 18, 24, 40])
        style = self.rng.random()
        if style < 0.35:
            self.flats(shell, [("", plain(i + 1)) for i in range(many)], sort="blockflat")
        else:
            self.flats(shell, self.numbered(many), sort="blockflat")

    def numbered_block(self, street: Street, number: int) -> None:
        """Adds a block that has a name and a number."""
        name = self.name(words.BLOCK_LAST)
        shell = self.shell(street, self.postcode(own=True), text=name, pao=plain(number), kind="numblock")
        self.flats(shell, self.numbered(self.rng.choice([6, 8, 10, 14, 20])), sort="numblockflat")

    def hall(self, street: Street) -> None:
        """Adds a student hall of blocks, floors and rooms."""
        name = self.name(["HALL", "STUDENT VILLAGE", "STUDIOS"])
        hall = self.shell(street, self.postcode(own=True), text=name, kind="hall")
        word = self.rng.choice(["ROOM", "STUDIO"])
        for block in "ABCJ"[: self.rng.randint(2, 4)]:
            for floor in range(1, self.rng.randint(3, 5)):
                units = [
                    (f"BLOCK {block} {word} {floor}.{door + 1}", NO_NUMBERS) for door in range(self.rng.randint(4, 7))
                ]
                self.flats(hall, units, "hallroom", "RH02")

    def tenements(self, street: Street, buildings: int) -> None:
        """Scottish closes: the flat is told by its floor and door, in the way of the burgh."""
        style = self.rng.choice(["2F1", "2/1", "2/1", "LEFT"])
        for i in range(buildings):
            number = 2 * i + 1
            if self.rng.random() < 0.35:
                self.house(street, number)
                continue
            shell = self.shell(street, self.postcode(), pao=plain(number), kind="close")
            floors = self.rng.randint(3, 4)
            doors = self.rng.randint(2, 3) if style != "LEFT" else 2
            units = [_tenement(style, floor, door) for floor in range(floors) for door in range(1, doors + 1)]
            self.flats(shell, [(unit, NO_NUMBERS) for unit in units], sort="tenement")
            if self.rng.random() < 0.1:
                self.add(
                    "shop", Line(1, street, pao=plain(number + 1)), organisation=self.shop_name(), class_code="CR08"
                )

    def estate(self, street: Street) -> None:
        """Adds an estate of business units."""
        name = self.name(words.ESTATE_LAST)
        shell = self.shell(street, self.postcode(own=True), text=name, kind="estate")
        shell.class_code = "CI"
        for i in range(self.rng.randint(6, 20)):
            suffix = self.rng.choice(["", "", "", "A"])
            units = [f"UNIT {i + 1}{suffix}"] + ([f"UNIT {i + 1}B"] if suffix else [])
            for unit in units:
                line = Line(1, street, unit, pao_text=name)
                org = self.shop_name() if self.rng.random() < 0.6 else ""
                self.add("unit", line, postcode=shell.postcode, parent=shell.uprn, class_code="CI01", organisation=org)

    def marina(self, street: Street) -> None:
        """Adds moorings."""
        name = self.name(["MARINA", "BOATYARD", "BASIN"])
        shell = self.shell(street, self.postcode(own=True), text=name, kind="marina")
        word = self.rng.choice(["MOORING", "BERTH"])
        units = [(f"{word} {i + 1}", NO_NUMBERS) for i in range(self.rng.randint(8, 20))]
        self.flats(shell, units, "mooring", "RD07")

    def park(self, street: Street) -> None:
        """Adds a park of caravans, pitches or plots."""
        shell = self.shell(street, self.postcode(own=True), text=self.name(words.PARK_LAST), kind="park")
        word = self.rng.choice(["PITCH", "CARAVAN", "PLOT", ""])
        units = [
            (word, plain(i + 1)) if not word else (f"{word} {i + 1}", NO_NUMBERS)
            for i in range(self.rng.randint(15, 45))
        ]
        self.flats(shell, units, "pitch", "RD01")


def _tenement(style: str, floor: int, door: int) -> str:
    if style == "2F1":
        return f"{'GF' if floor == 0 else f'{floor}F'}{door}"
    if style == "2/1":
        return f"FLAT {floor}/{door}"
    name = ["GROUND", "FIRST", "SECOND", "THIRD"][floor]
    return f"{name} FLOOR {'LEFT' if door == 1 else 'RIGHT'}"
