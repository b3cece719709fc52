"""All the figures of a night at once: what stands goes in, frames of what may be told come out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from svoc.insight.classes import SERVICES, TABLES, areas_of, counted, sorted_people
from svoc.insight.tens import at_least
from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.plan import LaneState
from svoc.words.records import protected

__all__ = ["Insight", "insight"]

CELL = pl.Int64()
AREAS: dict[str, pl.DataType] = {"area": pl.String(), "people": CELL}
CLASSES: dict[str, pl.DataType] = {"area": pl.String(), "class": pl.String(), "people": CELL}
LINKS: dict[str, pl.DataType] = {"known_to": pl.String(), "not_to": pl.String(), "people": CELL}
NOTICES: dict[str, pl.DataType] = {"recipient": pl.String(), "notices": CELL}


@dataclass(frozen=True, slots=True)
class Insight:
    """What is told after a night.

    `people`: at least so many in all; `frames`: `areas` (area, people); `services`, `households`, `arrivals` and
    `completeness` (area, class, people); `missing_links` (known_to, not_to, people); `notices` (recipient, notices).
    Every number is whole tens, rounded down.
    """

    people: int
    frames: Mapping[str, pl.DataFrame]

    @property
    def notices(self) -> int:
        """Give at least how many notices were acknowledged: the contacts that nobody had to make again."""
        return int(self.frames["notices"]["notices"].sum())

    def whole(self, table: str) -> list[tuple[str, int]]:
        """Give each class of a table with the people of all areas: the sum of what is told of each area."""
        found = self.frames[table].group_by("class", maintain_order=True).agg(pl.col("people").sum())
        return [(str(one), int(people)) for one, people in found.iter_rows()]


def insight(
    mentions: pl.DataFrame,
    state: LaneState,
    properties: pl.DataFrame,
    *,
    systems: Collection[str],
    acknowledged: Mapping[str, int],
    as_of: date,
) -> Insight:
    """Count the living whom a system knows today, nobody under protection, and tell it in tens.

    `mentions`: frame of `PLACED` with those under protection marked; `properties`: uprn Int64, ward String, of the
    gazetteer; `systems`: the sources of people; `acknowledged`: notices by recipient.
    """
    people = _living(mentions.filter(pl.col("source").is_in(sorted(systems))), state)
    areas = properties.select(place="uprn", area="ward").drop_nulls().unique("place", keep="first", maintain_order=True)
    known = people.filter(lasting(as_of))
    placed = sorted_people(known, state.households, areas, systems=systems, as_of=as_of)
    whole, told = areas_of(counted(placed, areas["area"].unique().to_list(), systems))
    frames = {"areas": pl.DataFrame([(area.name, area.people) for area in told], schema=AREAS, orient="row")}
    for table in TABLES:
        rows = [(area.name, one, n) for area in told for one, n in area.classes[table].items()]
        frames[table] = pl.DataFrame(rows, schema=CLASSES, orient="row")
    frames["missing_links"] = _missing(frames[SERVICES], systems)
    notices = [(recipient, at_least(n)) for recipient, n in sorted(acknowledged.items())]
    return Insight(whole, frames | {"notices": pl.DataFrame(notices, schema=NOTICES, orient="row")})


def _living(mentions: pl.DataFrame, state: LaneState) -> pl.DataFrame:
    """Give the records of people, but for those under protection and those whom the night holds to have died."""
    named = mentions.filter((pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE))
    people = named.join(state.members, on="mention")
    hidden = people.filter(protected()).select("person")
    dead = state.persons.filter(pl.col("deceased").fill_null(value=False)).select("person")
    return people.join(hidden, on="person", how="anti").join(dead, on="person", how="anti")


def _missing(services: pl.DataFrame, systems: Collection[str]) -> pl.DataFrame:
    """Give how many one system knows and another does not, from what is told of each set of systems."""
    told = [(set(one.split(" + ")), n) for one, n in services.select("class", "people").iter_rows()]
    rows = [
        (one, other, sum(n for known, n in told if one in known and other not in known))
        for one in sorted(systems)
        for other in sorted(systems)
        if one != other and any(one in known for known, _ in told)
    ]
    return pl.DataFrame(rows, schema=LINKS, orient="row")
