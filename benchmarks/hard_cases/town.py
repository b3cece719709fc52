"""Builds an invented council's gazetteer, with every sort of property that councils have.

Four towns, one of them Welsh and one Scottish, which no council has: one gazetteer thus holds every hard case. Sorts
of property come in rough proportion: two dwellings in three are plain houses, one in four a flat.
"""

import random

from benchmarks.hard_cases import words
from benchmarks.hard_cases.buildings import Builder
from benchmarks.hard_cases.history import aged
from benchmarks.hard_cases.model import Street, Town

DISTRICTS = {0: ["ZQ1", "ZQ2", "ZQ3"], 1: ["ZQ12", "ZQ14"], 2: ["ZL5", "ZL6"], 3: ["ZK7", "ZK9"]}
# One locality of that town has its post from the neighbouring council's town, and that one's postcodes.
BORDER = (1, "YOXBOROUGH", ["YX4"])
# How many of every hundred properties lie in each town; the last two are the Welsh and the Scottish one.
SHARES = (50, 24, 13, 13)


def town(seed: int, properties: int = 20_000) -> Town:
    """Builds the gazetteer of an invented council with about so many properties; the seed decides everything.

    >>> made = town(1, properties=500)
    >>> made.places[min(made.places)].line.street.town == town(1, properties=500).towns[0]
    True
    """
    rng = random.Random(f"places {seed}")
    names = _town_names(rng)
    builder = Builder(rng, seed)
    streets: list[Street] = []
    for at, share in enumerate(SHARES):
        target = properties * share // 100
        localities = _localities(rng, at, names)
        for street in _streets(rng, at, names[at], localities, 90 + target // 35, names):
            if builder.count(at) >= target:
                break
            streets.append(street)
            border = at == BORDER[0] and street.locality == localities[1]
            street.post_town = BORDER[1] if border else street.post_town
            builder.build(at, street, BORDER[2] if border else DISTRICTS[at])
    aged(builder)
    return Town(seed=seed, streets=streets, places=builder.places, towns=names).indexed()


def _town_names(rng: random.Random) -> list[str]:
    ends = rng.sample(words.PLACE_ENDS, 2)
    starts = rng.sample(words.PLACE_STARTS, 4)
    return [
        starts[0] + ends[0],
        starts[1] + ends[1],
        "LLAN" + rng.choice(["FERYDD", "DEGWYN", "HARRAN", "BEULAN"]),
        "KIRK" + rng.choice(["BRODRICK", "INVER", "STRACHUR", "DONALD"]),
    ]


def _localities(rng: random.Random, at: int, names: list[str]) -> list[str]:
    own = [f"{start} {names[at].split()[-1]}" for start in rng.sample(words.LOCALITY_STARTS, 2)]
    made = [rng.choice(words.PLACE_STARTS) + rng.choice(words.PLACE_ENDS) for _ in range(2)]
    saint = [f"ST {rng.choice([s for s in words.SAINTS if s[-1] != 'S'])}S"]
    welsh = ["GLYN-COCH", "PENTRE FELIN"] if at == 2 else []
    return [*own, *made, *saint, *welsh, rng.choice(words.LOCALITY_LONE)]


class _Names:
    """The streets of one town, as they are named: never two alike in one locality."""

    def __init__(self, rng: random.Random, at: int, name: str) -> None:
        self.rng, self.at, self.name = rng, at, name
        self.pairs = {2: words.WELSH, 3: words.GAELIC}.get(at, {})
        self.streets: list[Street] = []
        self._seen: set[tuple[str, str]] = set()

    def add(self, said: str, locality: str, other: str = "") -> None:
        """Adds a street; `other` is its name in the town's other language."""
        if (said, locality) in self._seen:
            return
        self._seen.add((said, locality))
        usrn = 45_000_000 + self.at * 100_000 + len(self.streets) + 1
        carries = self.rng.random() < 0.6
        street = Street(usrn, said, locality, self.name, post_town=self.name, carries=carries)
        street.welsh, street.gaelic = (other, "") if self.at == 2 else ("", other)
        if not other and self.rng.random() < 0.02:
            street.former = f"{self.rng.choice(words.STEMS)} {self.rng.choice(['ROAD', 'STREET', 'LANE'])}"
        self.streets.append(street)

    def shared(self, localities: list[str]) -> None:
        """Adds the names that every town has, and in more than one of its localities."""
        for english, other in self.pairs.items():
            self.add(english, self.rng.choice(["", *localities]), other)
        for common in words.COMMON:
            if common == "HIGH STREET" or self.rng.random() < 0.8:
                self.add(common, "", self.pairs.get(common, ""))
        for locality in localities:
            for common in self.rng.sample(words.COMMON, 2):
                self.add(common, locality)

    def odd(self, localities: list[str]) -> None:
        """Adds names that are hard to read: saints, owners, hyphens, ordinals, and names without a kind."""
        rng = self.rng
        for lone in rng.sample(words.LONE, 3):
            self.add(lone, rng.choice(["", *localities]))
        for saint in rng.sample(words.SAINTS, 4):
            ending = "" if saint[-1] == "S" else rng.choice(["S", ""])
            kind = rng.choice(["ROAD", "STREET", "CLOSE", "AVENUE"])
            self.add(f"{rng.choice(['ST', 'ST', 'SAINT'])} {saint}{ending} {kind}", "")
        for owner in rng.sample(words.OWNERS, 4):
            self.add(f"{owner}S {rng.choice(['WALK', 'ROAD', 'WAY', 'LANE'])}", rng.choice(["", *localities]))
        for hyphen in rng.sample(words.HYPHENS, 2):
            self.add(f"{hyphen} ROAD", rng.choice(localities))
        if self.at < 2:
            for ordinal in (words.ORDINALS, words.NUMERALS)[self.at][:6]:
                self.add(f"{ordinal} AVENUE", localities[0])

    def plain(self, localities: list[str], many: int) -> list[Street]:
        """Adds and gives as many streets as are still wanted; stems recur with other kinds, as in life."""
        already = len(self.streets)
        kinds, weights = list(words.KINDS), list(words.KINDS.values())
        while len(self.streets) < many:
            stem = self.rng.choice(words.STEMS)
            if self.rng.random() < 0.04:
                stem = f"{self.rng.choice(['NORTH', 'SOUTH', 'UPPER', 'LOWER', 'OLD', 'NEW'])} {stem}"
            self.add(f"{stem} {self.rng.choices(kinds, weights)[0]}", self.rng.choice(["", "", *localities]))
        return self.streets[already:]


def _streets(
    rng: random.Random, at: int, name: str, localities: list[str], many: int, towns: list[str]
) -> list[Street]:
    """Names a town's streets, the hard names first, so that a small town has them too."""
    names = _Names(rng, at, name)
    names.shared(localities)
    names.odd(localities)
    # A street that is called like a locality, one like another town, one like a block of flats.
    names.add(localities[2], rng.choice(["", localities[2]]))
    names.add(f"{towns[(at + 1) % 4]} ROAD", "")
    names.add(f"{rng.choice(words.STEMS)} COURT", rng.choice(["", *localities]))
    hard = list(names.streets)
    rest = names.plain(localities, many)
    rng.shuffle(rest)
    return hard + rest
