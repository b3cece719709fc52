"""Sorts people by where they live, and within an area in several ways: each person is in one class of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, combinations

import polars as pl

from svoc.insight.tens import at_least, lowered, whole_at_least

__all__ = ["PURPOSE", "SERVICES", "TABLES", "Area", "areas_of", "counted", "services", "sorted_people"]

PURPOSE = "statistics"
NOWHERE = "no area"
"""Who is on no property of the gazetteer, or on one that it has in no area."""
TABLES = SERVICES, HOUSEHOLDS, ARRIVED, KNOWN = "services", "households", "arrivals", "completeness"
MANY = 4
"""Up to so many systems, each set of them is a class; of more, only how many systems know somebody."""
SIZES = ("alone", "two", "three or four", "five or more", "in no household")
SINCE = ("within a year", "longer ago", "no day told")
HELD = ("day of birth and a way to reach them", "day of birth alone", "a way to reach them alone", "neither")
YEAR = timedelta(days=365)


def services(systems: Collection[str]) -> tuple[str, ...]:
    """Give the classes by which systems know somebody: fixed by the council's settings, whoever is there.

    Example:
        >>> services(["benefits", "council_tax"])
        ('benefits', 'council_tax', 'benefits + council_tax')
    """
    names = sorted(systems)
    if len(names) > MANY:
        return tuple(f"{n} systems" for n in range(1, len(names) + 1))
    sets = chain.from_iterable(combinations(names, n) for n in range(1, len(names) + 1))
    return tuple(" + ".join(chosen) for chosen in sets)


def tables(systems: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Give each table's classes, in their order."""
    return {SERVICES: services(systems), HOUSEHOLDS: SIZES, ARRIVED: SINCE, KNOWN: HELD}


@dataclass(frozen=True, slots=True)
class Area:
    """What is told of one area: at least so many people, and by table and class at least so many of them."""

    name: str
    people: int
    classes: Mapping[str, Mapping[str, int]]


def areas_of(counts: Mapping[str, Mapping[str, Mapping[str, int]]]) -> tuple[int, list[Area]]:
    """Tell counts in tens; give at least how many people there are in all, and each area.

    `counts`: by area, by table, by class, every class of a table named; the classes of each table hold the area's
    people once. Raises `ValueError` where two tables of an area hold different numbers.

    Example:
        >>> whole, areas = areas_of({"N": {"sex": {"f": 21, "m": 17}}, "S": {"sex": {"f": 4, "m": 0}}})
        >>> whole, [(area.people, dict(area.classes["sex"])) for area in areas]
        (30, [(30, {'f': 20, 'm': 10}), (0, {'f': 0, 'm': 0})])
    """
    told = [_area(name, by_table) for name, by_table in counts.items()]
    whole = sum(_people(name, by_table) for name, by_table in counts.items())
    return whole_at_least(whole, [[area.people for area in told]] if told else []), told


def _area(name: str, by_table: Mapping[str, Mapping[str, int]]) -> Area:
    floors = {table: [at_least(n) for n in found.values()] for table, found in by_table.items()}
    people = whole_at_least(_people(name, by_table), floors.values())
    told = {table: lowered(found, people) for table, found in floors.items()}
    return Area(name, people, {table: dict(zip(by_table[table], found, strict=True)) for table, found in told.items()})


def _people(name: str, by_table: Mapping[str, Mapping[str, int]]) -> int:
    sums = {sum(found.values()) for found in by_table.values()}
    if len(sums) != 1:
        raise ValueError(f"the tables of area {name!r} hold different numbers of people")
    return sums.pop()


def sorted_people(
    people: pl.DataFrame, households: pl.DataFrame, areas: pl.DataFrame, *, systems: Collection[str], as_of: date
) -> pl.DataFrame:
    """Give each person's area and class in each table, as frame of person, area and the names in `TABLES`.

    `people`: the records of people: person, source, dob, phone, email, since, place; `households`: household, person,
    place; `areas`: place Int64, area String.
    """
    homes = households.unique("person", keep="first", maintain_order=True)
    size = homes.group_by("household").len("size")
    homes = homes.join(size, on="household").join(areas, on="place", how="left")
    came = people.join(homes.select("person", "place"), on=["person", "place"]).group_by("person")
    reached = pl.col("phone").is_not_null() | pl.col("email").is_not_null()
    known = people.group_by("person").agg(
        pl.col("source").unique().sort().alias("systems"),
        pl.col("dob").is_not_null().any().alias("born"),
        reached.any().alias("reached"),
    )
    whole = known.join(homes.select("person", "size", "area"), on="person", how="left").join(
        came.agg(pl.col("since").max()), on="person", how="left"
    )
    many = len(systems) > MANY
    return whole.sort("person").select(
        "person",
        pl.col("area").fill_null(NOWHERE),
        (pl.format("{} systems", pl.col("systems").list.len()) if many else pl.col("systems").list.join(" + ")).alias(
            SERVICES
        ),
        _size().alias(HOUSEHOLDS),
        _since(as_of).alias(ARRIVED),
        _held().alias(KNOWN),
    )


def counted(
    people: pl.DataFrame, areas: Collection[str], systems: Collection[str]
) -> dict[str, dict[str, dict[str, int]]]:
    """Count who is in each class of each area, for `areas_of`; every area and class is there, whoever is in it."""
    found = {
        table: {(area, one): n for area, one, n in people.group_by("area", table).len().iter_rows()} for table in TABLES
    }
    classes = tables(systems)
    return {
        area: {table: {one: found[table].get((area, one), 0) for one in classes[table]} for table in TABLES}
        for area in [*sorted(areas), NOWHERE]
    }


def _size() -> pl.Expr:
    size = pl.col("size")
    alone, two, few, many, nowhere = (pl.lit(word) for word in SIZES)
    return (
        pl.when(size.is_null()).then(nowhere).when(size == 1).then(alone).when(size == 2).then(two)
        .when(size <= 4).then(few).otherwise(many)
    )  # fmt: skip


def _since(as_of: date) -> pl.Expr:
    lately, before, untold = (pl.lit(word) for word in SINCE)
    since = pl.col("since")
    return pl.when(since.is_null()).then(untold).when(since > as_of - YEAR).then(lately).otherwise(before)


def _held() -> pl.Expr:
    both, born, reached, neither = (pl.lit(word) for word in HELD)
    return (
        pl.when(pl.col("born") & pl.col("reached")).then(both).when("born").then(born)
        .when("reached").then(reached).otherwise(neither)
    )  # fmt: skip
