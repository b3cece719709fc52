"""Fills streets with buildings, after the street's character."""

import random
from collections.abc import Callable, Sequence

from benchmarks.hard_cases import words
from benchmarks.hard_cases.ground import plain
from benchmarks.hard_cases.model import NO_NUMBERS, Line, Street
from benchmarks.hard_cases.sites import Sites

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


class Builder(Sites):
    """Builds street after street."""

    def __init__(self, rng: random.Random, seed: int) -> None:
        super().__init__(rng, seed)
        self._still = list(RARE)
        self._step, self._taken = 1, {0}

    def build(self, at: int, street: Street, districts: list[str]) -> None:
        """Fills one street, after its character."""
        self.move(at, self.rng.choice(districts))
        character = self._character(street)
        few, many = CHARACTERS.get(character, ((20, 60), 0))[0]
        buildings = self.rng.randint(few, many)
        whole = {"estate": self.estate, "park": self.park, "marina": self.marina, "campus": self.hall}
        if character in whole:
            for _ in range(buildings):
                whole[character](street)
            return
        if self.at == 3 and character in ("terrace", "blocks", "high"):
            self.tenements(street, buildings)
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
            "blocks": [(0.30, self.block), (0.47, self.numbered_block)],
            "high": [
                (0.45, self._shop),
                (0.68, self._shop_with_flat),
                (0.78, self._range),
                (0.86, self._converted),
                (0.88, self._body),
                (0.90, self._lettered),
            ],
            "newbuild": [(0.30, self._plot), (0.33, self.block)],
        }
        make = next((make for share, make in tables[character] if draw < share), self.house)
        make(street, number)

    def _named(self, street: Street, number: int) -> None:
        del number
        name = self.name(words.HOUSE_LAST, first=words.HOUSE_FIRST, unique=self.rng.random() < 0.75)
        self.add("named", Line(1, street, pao_text=name))

    def _both(self, street: Street, number: int) -> None:
        name = self.name(words.HOUSE_LAST, first=words.HOUSE_FIRST, unique=self.rng.random() < 0.75)
        self.add("both", Line(1, street, pao_text=name, pao=plain(number)))

    def _converted(self, street: Street, number: int) -> None:
        shell = self.shell(street, self.postcode(), pao=plain(number), kind="shell")
        if self.rng.random() < 0.08:
            shell.lines[0].pao_text = self.name(["HOUSE", "VILLA", "LODGE"], first=words.STEMS)
        self.flats(shell, self.units(self.rng.choice([2, 2, 2, 3, 3, 4, 5, 6])))

    def _range(self, street: Street, number: int) -> None:
        pao = plain(number, "", number + self._step)
        if self.rng.random() < 0.2:
            pao = plain(number, "A", number, "C")
        else:
            self._taken.add(number + self._step)
        if self.rng.random() < 0.5:
            self.add("range", Line(1, street, pao=pao), organisation=self.shop_name(), class_code="CR08")
        else:
            shell = self.shell(street, self.postcode(), pao=pao, kind="rangeshell")
            self.flats(shell, self.units(self.rng.randint(2, 6)), sort="rangeflat")

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
            self.flats(shop, self.units(many), sort="oversome")
        elif over == "#":
            self.add("overletter", Line(1, street, pao=plain(number, "A")), postcode=code)
        else:
            self.flats(shop, [(over, NO_NUMBERS)], sort="over")

    def _hmo(self, street: Street, number: int) -> None:
        shell = self.shell(street, self.postcode(), pao=plain(number), kind="hmo")
        shell.class_code = "RH01"
        if self.rng.random() < 0.6:
            self.flats(shell, [(f"ROOM {i + 1}", NO_NUMBERS) for i in range(self.rng.randint(4, 8))], "room", "RH02")

    def _annexe(self, street: Street, number: int) -> None:
        code = self.postcode()
        house = self.add("annexed", Line(1, street, pao=plain(number)), postcode=code)
        self.flats(house, [(self.rng.choice(["ANNEXE", "THE ANNEXE", "ANNEX", "GRANNY ANNEXE"]), NO_NUMBERS)], "annexe")

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

    def _plot(self, street: Street, number: int) -> None:
        """A house of a new estate: its plot number first, its postal number later; some still have only the plot."""
        plot = self.rng.randint(1, 30) + number
        if self.rng.random() < 0.25:
            self.add("plot", Line(6, street, pao_text=f"PLOT {100 + plot}"), status=6, state=1)
            return
        place = self.add("plotted", Line(1, street, pao=plain(number)))
        place.lines.append(Line(8, street, pao_text=f"PLOT {100 + plot}"))
