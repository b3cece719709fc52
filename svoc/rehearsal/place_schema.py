"""The columns of the rehearsal town's properties, its nights, and its streams of chance."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import polars as pl

FIRST_NIGHT = date(2026, 11, 2)

Schema = Mapping[str, pl.DataType]

ADDRESS_FIELDS: Schema = MappingProxyType(
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

PROPERTIES: Schema = MappingProxyType(
    {
        "uprn": pl.Int64(),
        "dwelling": pl.Int32(),  # null for what is no dwelling: parents, shops, land, street records
        "kind": pl.String(),
        "building": pl.Int32(),  # one number for all properties under one roof
        "blpu_class": pl.String(),
        "parent_uprn": pl.Int64(),
        "holds": pl.Int16(),  # how many people it has room for; a care home 15 to 60
        "x": pl.Float64(),
        "y": pl.Float64(),
        "ward": pl.String(),
        "start": pl.Date(),
        "listed": pl.Int8(),  # the night from which the gazetteer lists it, 0 for the first night
        "opens": pl.Int8(),  # the night it first stands; a new build is listed (as planned) before that
        "closes": pl.Int8(),  # the night on which it no longer stands; null while it does
        "council_tax_ref": pl.String(),  # the Council Tax system's own number for the property
        "register_ref": pl.String(),  # the electoral system's
        **ADDRESS_FIELDS,
    }
)
"""One property a row: a dwelling, a parent shell, a shop, a piece of land."""

STREETS: Schema = MappingProxyType(
    {
        "usrn": pl.Int64(),
        "street": pl.String(),
        "locality": pl.String(),
        "town": pl.String(),
        "welsh": pl.String(),  # the street's Welsh name, for the few that have one
        "x": pl.Float64(),
        "y": pl.Float64(),
        "start": pl.Date(),
        "opens": pl.Int8(),
        "closes": pl.Int8(),
    }
)
"""One street a row. A renamed street closes; another, with a USRN of its own, opens in its place."""

LPIS: Schema = MappingProxyType(
    {
        "key": pl.Int32(),  # counts all written addresses, the same on every night
        "uprn": pl.Int64(),
        "language": pl.String(),
        "status": pl.Int16(),  # LPI logical status while it is in force: 1, 3, 6 or 8
        "opens": pl.Int8(),
        "closes": pl.Int8(),  # the night from which it is historic
        "start": pl.Date(),
        "end": pl.Date(),  # of those that ended before the first night
        **ADDRESS_FIELDS,
    }
)
"""One written address a row, all statuses and languages."""

CHANGES: Schema = MappingProxyType(
    {
        "night": pl.Int8(),
        "change": pl.String(),  # built, split, merged, renamed; demolished (before the first night: night 0)
        "uprn": pl.Int64(),
        "successor": pl.Int64(),  # null for built and renamed
    }
)
"""What became of a property, one row for each property and successor."""

RENAMES: Schema = MappingProxyType({"night": pl.Int8(), "old": pl.Int64(), "new": pl.Int64()})
"""Which USRN took another's place, from which night; night 0 for what was renamed long before."""

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
    "bedsit",
    "care_home",
    "student_hall",
)
"""The kinds of dwelling. Properties that are none are a shell, shop, pub, land, garage, street_record, planned
(not yet begun) or demolished. A `student_hall` row is one shared flat; a `care_home` row the whole home."""


def night_date(night: int) -> date:
    """Give the date of a night's extracts: night 0 is the first.

    >>> night_date(2)
    datetime.date(2026, 11, 4)
    """
    return FIRST_NIGHT + timedelta(days=night)


def generator(seed: int, stage: str) -> np.random.Generator:
    """Give a stage its own stream of chance, so that stages do not disturb one another."""
    return np.random.default_rng([seed, *stage.encode()])


def conform(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Give the frame the columns, order and types of a schema, filling what it lacks with nulls."""
    have = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.select(have)
