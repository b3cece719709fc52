"""How each system writes a property's address: its own abbreviations, order, slips and gaps."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from svoc.rehearsal.noise import Noise
from svoc.rehearsal.places import World

WRITTEN: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "dwelling": pl.Int32(),
        "address_1": pl.String(),
        "address_2": pl.String(),
        "address_3": pl.String(),
        "address_4": pl.String(),
        "address_5": pl.String(),
        "address_6": pl.String(),
        "postcode": pl.String(),
        "uprn": pl.Int64(),  # as the system holds it: null when missing, sometimes wrong
        "true_uprn": pl.Int64(),
    }
)
"""One written address a row."""

STYLES = ("council_tax", "electoral", "housing")


def write_address(
    world: World, dwellings: pl.Series, style: str, rng: np.random.Generator, noise: Noise
) -> pl.DataFrame:
    """Write the addresses of dwellings as one system holds them.

    Gives one row per entry of `dwellings` (numbers of `world.dwellings`, in any order, repeated if wished), in
    that order, with the columns of WRITTEN. A system holds one address per property, whoever lives there: so
    call it once for all dwellings of a system and join accounts and electors to the answer.

    `style` is "council_tax" (at most four lines), "electoral" (at most six) or "housing" (at most five).
    """
    raise NotImplementedError
