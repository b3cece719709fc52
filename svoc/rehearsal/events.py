"""What happens in the rehearsal town night by night: moves, departures, arrivals, deaths, marriages, corrections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import polars as pl

from svoc.rehearsal.people import Residents, age_on
from svoc.rehearsal.place_schema import FIRST_NIGHT, generator
from svoc.rehearsal.places import World

EVENTS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "night": pl.Int8(),
        "kind": pl.String(),  # move, rehouse, leave, arrive, death, marriage or correction
        "household": pl.Int32(),
        "person": pl.Int32(),  # of a death or a marriage
        "dwelling": pl.Int32(),  # where they live, or lived until this night; null for an arrival
        "to_dwelling": pl.Int32(),  # where they go within the town
    }
)
"""One event a row, sorted by night and in the order in which they happen."""

RATES: Mapping[str, float] = MappingProxyType(
    {
        "leave": 0.0008,
        "move": 0.0010,
        "arrive": 0.0010,
        "death": 0.0005,
        "marriage": 0.0003,
        "correction": 0.0010,
    }
)
"""How many of each happen in a night, as a share of dwellings: some ten times a real council's, to rehearse on."""

AT_LEAST: Mapping[str, int] = MappingProxyType(
    {"leave": 1, "move": 1, "arrive": 1, "death": 3, "marriage": 1, "correction": 1}
)
"""How many of each happen in a night at least, in a town of a hundred households or more."""

NOT_MOVING = ("care_home", "student", "shared_house")

Row = tuple[int, str, int | None, int | None, int | None, int | None]


@dataclass(slots=True)
class _Town:
    """The state of the town while its nights are drawn."""

    home: dict[int, int]  # household to dwelling
    occupant: dict[int, int]  # dwelling to household
    vacant: list[int]
    coming: list[int]
    fixed: set[int]  # care homes, halls and shared houses, where people come and go one by one
    settled: set[int] = field(default_factory=set)  # households to which something has happened
    rows: list[Row] = field(default_factory=list)

    def empty(self, dwelling: int) -> None:
        self.home.pop(self.occupant.pop(dwelling, -1), None)
        self.vacant.append(dwelling)

    def occupy(self, household: int, dwelling: int) -> None:
        self.home[household], self.occupant[dwelling] = dwelling, household
        if dwelling in self.vacant:
            self.vacant.remove(dwelling)

    def record(
        self, night: int, kind: str, household: int | None, person: int | None, where: int | None, to: int | None
    ) -> None:
        self.rows.append((night, kind, household, person, where, to))
        if household is not None:
            self.settled.add(household)


def arrivals_needed(dwellings: int, nights: int) -> int:
    """Give how many households come to the town on later nights, with some to spare."""
    per_night = max(AT_LEAST["arrive"] + 3, round(dwellings * (RATES["arrive"] * 2 + 0.001)))
    return per_night * max(0, nights - 1)


def _start(world: World, residents: Residents, coming: list[int]) -> _Town:
    living = residents.households.filter(pl.col("until").is_null(), pl.col("dwelling").is_not_null())
    movable = living.filter(~pl.any_horizontal(pl.col("kind").str.starts_with(kind) for kind in NOT_MOVING))
    pairs = [(int(household), int(dwelling)) for household, dwelling in living.select("household", "dwelling").rows()]
    occupied = {dwelling for _, dwelling in pairs}
    ordinary = world.on(0).filter(~pl.col("kind").is_in(["care_home", "student_hall", "shared_house"]))
    vacant = [dwelling for dwelling in ordinary["dwelling"].to_list() if dwelling not in occupied]
    fixed = set(living["household"].to_list()) - set(movable["household"].to_list())
    return _Town(dict(pairs), {dwelling: household for household, dwelling in pairs}, vacant, coming, fixed)


def _pick(candidates: list[int], count: int, rng: np.random.Generator) -> list[int]:
    if not candidates or count <= 0:
        return []
    chosen = rng.choice(len(candidates), size=min(count, len(candidates)), replace=False)
    return [candidates[int(index)] for index in chosen]


def _build_and_split(town: _Town, world: World, night: int, rng: np.random.Generator) -> None:
    """Follow what the gazetteer says of the night: new homes, homes made into two, two made into one."""
    number = dict(world.dwellings.select("uprn", "dwelling").rows())
    for kind, uprn, successor in world.changes.filter(pl.col("night") == night).sort("uprn", "successor").select(
        "change", "uprn", "successor"
    ).iter_rows():  # fmt: skip
        old, new = number.get(uprn), number.get(successor)
        if kind == "built" and (new := new if new is not None else old) is not None:
            town.vacant.append(new)
        elif kind in ("split", "merged") and old is not None and new is not None:
            household = town.occupant.pop(old, None)
            if old in town.vacant:
                town.vacant.remove(old)
            if household is not None and new not in town.occupant:
                town.record(night, "rehouse", household, None, old, new)
                town.occupy(household, new)
            elif household is not None:
                town.record(night, "leave", household, None, old, None)
                town.home.pop(household, None)
            elif new not in town.occupant and new not in town.vacant:
                town.vacant.append(new)


def _count(kind: str, dwellings: int, households: int, rng: np.random.Generator) -> int:
    least = AT_LEAST[kind] if households >= 100 else min(1, AT_LEAST[kind])
    return max(least, int(rng.poisson(RATES[kind] * dwellings)))


def _one_night(town: _Town, night: int, mortal: pl.DataFrame, fiancees: pl.DataFrame, rng: np.random.Generator) -> None:
    def free() -> list[int]:
        busy = town.settled | town.fixed
        return [household for household in town.home if household not in busy]

    size, living = len(town.home) + len(town.vacant), len(town.home)
    vacant = [dwelling for dwelling in town.vacant if dwelling >= 0]
    for household in _pick(free(), _count("leave", size, living, rng), rng):
        town.record(night, "leave", household, None, town.home[household], None)
        town.empty(town.home[household])
    movers = _pick(free(), _count("move", size, living, rng), rng)
    for household, dwelling in zip(movers, _pick(vacant, len(movers), rng), strict=False):
        town.record(night, "move", household, None, town.home[household], dwelling)
        town.empty(town.home[household])
        town.occupy(household, dwelling)
    for dwelling in _pick(town.vacant, _count("arrive", size, living, rng), rng):
        if town.coming:
            household = town.coming.pop(0)
            town.record(night, "arrive", household, None, None, dwelling)
            town.occupy(household, dwelling)
    _deaths(town, night, mortal, _count("death", size, living, rng), rng)
    betrothed = [row for row in fiancees.rows() if row[0] in town.home and row[0] not in town.settled]
    for index in _pick(list(range(len(betrothed))), _count("marriage", size, living, rng), rng):
        household, person = betrothed[index]
        town.record(night, "marriage", household, person, town.home[household], None)
    for household in _pick(free(), _count("correction", size, living, rng), rng):
        town.record(night, "correction", household, None, town.home[household], None)


def _deaths(town: _Town, night: int, mortal: pl.DataFrame, count: int, rng: np.random.Generator) -> None:
    """Let people die, the old more often; at most one of a household."""
    if not mortal.height:
        return
    dead = {row[3] for row in town.rows if row[1] == "death"}
    weights = np.exp(mortal["age"].to_numpy() / 9.0)
    drawn = rng.choice(mortal.height, size=min(mortal.height, count * 6), replace=False, p=weights / weights.sum())
    for index in drawn.tolist():
        person, household, _ = mortal.row(index)
        open_to_it = household in town.home and (household in town.fixed or household not in town.settled)
        if count > 0 and open_to_it and person not in dead:
            town.record(night, "death", household, person, town.home[household], None)
            count -= 1


def happen(world: World, residents: Residents, coming: list[int], seed: int, nights: int) -> pl.DataFrame:
    """Draw what happens on each night after the first; gives EVENTS.

    `coming` lists the households that may yet come to the town. A household meets one event at most, so that each
    change in an extract has one cause; a death in a care home is the exception.
    """
    town = _start(world, residents, list(coming))
    adults = residents.persons.with_columns(age=age_on(FIRST_NIGHT)).filter(pl.col("age") >= 18)
    mortal = adults.filter(pl.col("age") >= 50).sort("person").select("person", "household", "age")
    one_surname_to_be = pl.col("role").eq("partner") & ~pl.col("married") & pl.col("sex").eq("F")
    fiancees = adults.filter(one_surname_to_be, pl.col("age") < 70).sort("person").select("household", "person")
    for night in range(1, nights):
        rng = generator(seed, f"night {night}")
        _build_and_split(town, world, night, rng)
        _one_night(town, night, mortal, fiancees, rng)
    return pl.DataFrame(town.rows, schema=dict(EVENTS), orient="row")
