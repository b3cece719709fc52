"""The properties of the rehearsal town: streets, buildings, dwellings, and how they change by night."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import polars as pl

FIRST_NIGHT = date(2026, 11, 2)

ADDRESS_FIELDS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "organisation": pl.String(),
        "sao_start": pl.Int32(),
        "sao_start_suffix": pl.String(),
        "sao_end": pl.Int32(),
        "sao_end_suffix": pl.String(),
        "sao_text": pl.String(),
        "pao_start": pl.Int32(),
        "pao_start_suffix": pl.String(),
        "pao_end": pl.Int32(),
        "pao_end_suffix": pl.String(),
        "pao_text": pl.String(),
        "usrn": pl.Int64(),
        "street": pl.String(),
        "locality": pl.String(),
        "town": pl.String(),
        "postcode": pl.String(),
    }
)
"""The parts of one written address, as BS 7666 divides it."""

PROPERTIES: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "uprn": pl.Int64(),
        "dwelling": pl.Int32(),  # null for what is no dwelling: parents, shops, land
        "kind": pl.String(),
        "building": pl.Int32(),  # one number for all properties under one roof
        "blpu_class": pl.String(),
        "parent_uprn": pl.Int64(),
        "holds": pl.Int16(),  # how many people it has room for; a care home 15 to 60
        "status": pl.Int16(),  # BLPU logical status as it stands on the last night: 1, 6 or 8
        "state": pl.Int16(),  # BLPU state: 1, 2, 3, 4 or 6
        "x": pl.Float64(),
        "y": pl.Float64(),
        "ward": pl.String(),
        "start": pl.Date(),
        "end": pl.Date(),
        "opens": pl.Int8(),  # the night it first exists, 0 for the first night
        "closes": pl.Int8(),  # the night on which it no longer exists; null while it stands
        **ADDRESS_FIELDS,
    }
)
"""One property a row: a dwelling, a parent shell, a shop, a piece of land."""

KINDS = (
    "house",
    "named_house",
    "flat",
    "conversion",
    "tenement",
    "above_shop",
    "annexe",
    "caravan",
    "shared_house",
    "care_home",
    "student_hall",
)
"""The kinds of dwelling. A `student_hall` row is one shared flat; a `care_home` row the whole home."""


def night_date(night: int) -> date:
    """Give the date of a night's extracts: night 0 is the first.

    >>> night_date(2)
    datetime.date(2026, 11, 4)
    """
    return FIRST_NIGHT + timedelta(days=night)


def generator(seed: int, stage: str) -> np.random.Generator:
    """Give a stage its own stream of chance, so that stages do not disturb one another."""
    return np.random.default_rng([seed, *stage.encode()])


@dataclass(frozen=True, slots=True)
class World:
    """The town's properties over all its nights; `world.on(night)` gives those of one night.

    properties   PROPERTIES, sorted by uprn: every property that stands on any night
    streets      usrn Int64, street, locality, town, language, record_type Int16, opens Int8, closes Int8
    lpis         every written address: uprn, language, status Int16, opens, closes, ADDRESS_FIELDS
    changes      night Int8, change ("built", "split", "merged", "renamed"), uprn, successor Int64
    """

    seed: int
    nights: int
    properties: pl.DataFrame
    streets: pl.DataFrame
    lpis: pl.DataFrame
    changes: pl.DataFrame

    @property
    def dwellings(self) -> pl.DataFrame:
        """The dwellings of any night, numbered 0, 1, 2, ... in `dwelling` and sorted by it."""
        return self.properties.filter(pl.col("dwelling").is_not_null()).sort("dwelling")

    def on(self, night: int) -> pl.DataFrame:
        """Give the dwellings that stand on a night, sorted by `dwelling`; same columns as `dwellings`."""
        return self.dwellings.filter(
            pl.col("opens") <= night, pl.col("closes").is_null() | (pl.col("closes") > night)
        )
