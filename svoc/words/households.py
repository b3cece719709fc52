"""The household: the living persons of a lane whose home is one property, and what is not one."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from svoc.errors import SettingsError, nearest

__all__ = ["HOUSEHOLDS", "HOUSEHOLDS_FOUNDED", "Communal", "Establishments"]

HOUSEHOLDS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "household": pl.String(),  # the identifier, as H-7F3K-92QD-M
    "place": pl.Int64(),  # the UPRN of the home
}
"""Who lives in which household of a lane, sorted by person; who has no sure home is in none."""

HOUSEHOLDS_FOUNDED: dict[str, pl.DataType] = {
    "household": pl.String(),
    "run": pl.Int64(),
    "came_from": pl.List(pl.String()),  # the households that its first persons had lived in the night before
}
"""Every identifier ever given to a household of a lane, the run that gave it, and the lineage."""


@dataclass(frozen=True, slots=True)
class Establishments:
    """The UPRNs where people live together without being a household, and how many persons may still be one."""

    places: pl.Series
    largest: int

    @property
    def known_by(self) -> str:
        """Give one text for all that is left out."""
        return f"{self.largest} {self.places.sort().hash().sum()}"

    def and_at(self, places: Iterable[int]) -> "Establishments":
        """Give the same with more places."""
        more = pl.Series(sorted(set(places)), dtype=self.places.dtype)
        return Establishments(pl.concat([self.places, more.alias(self.places.name)]).unique(), self.largest)

    def left_out(self, homes: pl.DataFrame) -> pl.DataFrame:
        """Leave out of the homes of persons (`person`, `place`) those that make no household."""
        return homes.filter(~pl.col("place").is_in(self.places.implode()) & (pl.len().over("place") <= self.largest))


@dataclass(frozen=True, slots=True)
class Communal:
    """Where people live together without being a household.

    `largest`: how many living persons of one property are still taken for a household; `classes`: what the class of a
    property begins with that is an establishment.

    >>> Communal.in_force({"largest": 12}).largest
    12
    """

    largest: int
    classes: tuple[str, ...]

    @classmethod
    def in_force(cls, own: Mapping[str, Any] | None = None) -> "Communal":
        """Give the shipped rule with a council's own laid over it; `SettingsError` tells a fault."""
        shipped = _shipped()
        for name in own or {}:
            if name not in shipped:
                hint = nearest(name, shipped) or ", ".join(shipped)
                raise SettingsError(f"[households] {name} is not a setting; did you mean {hint}?")
        laid = {**shipped, **(own or {})}
        largest, classes = laid["largest"], laid["communal"]
        if not isinstance(largest, int) or isinstance(largest, bool) or largest < 1:
            raise SettingsError("[households] largest: expected a whole number, 1 or more")
        if not (isinstance(classes, list) and all(isinstance(each, str) and each for each in classes)):
            raise SettingsError('[households] communal: expected a list of classes, as ["RI", "CH"]')
        return cls(largest, tuple(classes))

    def among(self, properties: pl.DataFrame) -> Establishments:
        """Find the establishments among properties (`uprn` Int64, `class_code` String).

        >>> properties = pl.DataFrame({"uprn": [1, 2], "class_code": ["RD04", "RI01"]})
        >>> Communal.in_force().among(properties).places.to_list()
        [2]
        """
        classed = [pl.col("class_code").str.starts_with(each) for each in self.classes]
        found = properties.filter(pl.any_horizontal(pl.lit(value=False), *classed))
        return Establishments(found["uprn"], self.largest)


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("svoc.defaults").joinpath("households.toml").read_text(encoding="utf-8"))
