"""The properties of the rehearsal town: streets, buildings, dwellings, and how they change by night."""

from dataclasses import dataclass

import polars as pl

from svoc.rehearsal.buildings import raise_buildings
from svoc.rehearsal.homes import divide
from svoc.rehearsal.place_changes import change_places
from svoc.rehearsal.place_schema import (
    ADDRESS_FIELDS,
    FIRST_NIGHT,
    KINDS,
    PROPERTIES,
    generator,
    night_date,
)
from svoc.rehearsal.streets import lay_streets
from svoc.rehearsal.written_addresses import write_down

__all__ = [
    "ADDRESS_FIELDS",
    "FIRST_NIGHT",
    "KINDS",
    "PROPERTIES",
    "World",
    "build_world",
    "generator",
    "night_date",
]


@dataclass(frozen=True, slots=True)
class World:
    """The town's properties over all its nights; `world.on(night)` gives the dwellings of one night.

    properties   PROPERTIES, sorted by uprn: every property of any night, as it is addressed when it first stands
    streets      STREETS, sorted by usrn
    lpis         LPIS, sorted by key: every written address, of all statuses and languages
    changes      CHANGES: what is built, split, merged, renamed on each later night, and was demolished before
    renames      RENAMES: which street took another's place
    """

    seed: int
    nights: int
    properties: pl.DataFrame
    streets: pl.DataFrame
    lpis: pl.DataFrame
    changes: pl.DataFrame
    renames: pl.DataFrame

    @property
    def dwellings(self) -> pl.DataFrame:
        """The dwellings of any night, numbered 0, 1, 2, ... in `dwelling` and sorted by it."""
        return self.properties.filter(pl.col("dwelling").is_not_null()).sort("dwelling")

    def on(self, night: int) -> pl.DataFrame:
        """Give the dwellings that stand on a night, sorted by `dwelling`, with that night's street names."""
        return self.addressed(night).filter(
            pl.col("opens") <= night, pl.col("closes").is_null() | (pl.col("closes") > night)
        )

    def addressed(self, night: int) -> pl.DataFrame:
        """Give all dwellings, standing or not, with the street names of a night."""
        names = self.streets.select(new="usrn", new_street="street")
        due = self.renames.filter(pl.col("night") > 0, pl.col("night") <= night).join(names, on="new")
        rows = self.dwellings.join(due.drop("night"), left_on="usrn", right_on="old", how="left", maintain_order="left")
        return rows.with_columns(usrn=pl.coalesce("new", "usrn"), street=pl.coalesce("new_street", "street")).select(
            *PROPERTIES
        )


def build_world(seed: int, dwellings: int, *, nights: int = 3) -> World:
    """Build a town of so many dwellings on the first night; a few more come on each later night.

    The same seed, size and number of nights always give the same town. Raises `ValueError` for fewer than 20
    dwellings or no night.

    >>> build_world(7, 40).on(0).height
    40
    """
    if dwellings < 20 or nights < 1:
        raise ValueError("a town has at least 20 dwellings and one night")
    streets = lay_streets(seed, dwellings)
    properties = divide(seed, raise_buildings(seed, streets, dwellings), streets)
    places = change_places(seed, nights, properties, streets)
    return World(
        seed, nights, places.properties, places.streets, write_down(seed, places), places.changes, places.renames
    )
