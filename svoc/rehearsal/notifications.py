"""What the council is told: deaths by the General Register Office and the registrar, moves and new names besides."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from svoc.rehearsal.people import Residents, age_on
from svoc.rehearsal.place_schema import FIRST_NIGHT, generator, night_date

NOTIFICATIONS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "night": pl.Int8(),
        "channel": pl.String(),  # gro, govuk or registrar: each a file format of its own
        "kind": pl.String(),  # death, name or move
        "reference": pl.String(),
        "update": pl.String(),  # GRO reason of an update, null for a first statement
        "person": pl.Int32(),
        "happened": pl.Date(),
        "dwelling": pl.Int32(),  # null for those who never lived in the town
        "to_dwelling": pl.Int32(),
        "title": pl.String(),
        "forename": pl.String(),
        "middle_names": pl.String(),
        "surname": pl.String(),
        "earlier_surname": pl.String(),
        "new_surname": pl.String(),
        "sex": pl.String(),
        "dob": pl.Date(),
    }
)
"""One notification a row, with the person's names as they officially are."""

CHANNELS = ("gro", "govuk", "registrar")
"""Where the news of a death comes from, in turn."""

FIRST_REFERENCE = 510_000_000
CANCELLED = "4"


def _told(residents: Residents, events: pl.DataFrame) -> pl.DataFrame:
    """Say who tells the council of what: every death, every marriage, and one move in two."""
    heads = residents.persons.filter(pl.col("slot") == 0).select("household", head="person", husband="surname")
    known = events.filter(pl.col("kind").is_in(["death", "marriage", "move"])).join(
        heads, on="household", how="left", maintain_order="left"
    )
    known = known.with_columns(nth=pl.int_range(pl.len()).over("kind"))
    turn = pl.col("nth").cast(pl.Int64) % 3
    death, marriage = pl.col("kind") == "death", pl.col("kind") == "marriage"
    channel = pl.when(death & (turn == 0)).then(pl.lit("gro")).when(death & (turn == 1)).then(pl.lit("govuk"))
    return known.filter(death | marriage | (pl.col("nth") % 2 == 0)).select(
        "night",
        "dwelling",
        "to_dwelling",
        channel=channel.otherwise(pl.lit("registrar")),
        person=pl.coalesce("person", "head"),
        kind=pl.when(death).then(pl.lit("death")).when(marriage).then(pl.lit("name")).otherwise(pl.lit("move")),
        new_surname=pl.when(marriage).then("husband"),
    )


def _mistaken(residents: Residents, events: pl.DataFrame, nights: int, rng: np.random.Generator) -> pl.DataFrame:
    """Draw one death that is registered for the wrong person on the first such night and cancelled on the last."""
    touched = events["household"].drop_nulls().implode()
    living = residents.households.filter(pl.col("until").is_null(), pl.col("dwelling").is_not_null())
    old = residents.persons.filter(age_on(FIRST_NIGHT) > 70, ~pl.col("household").is_in(touched))
    old = old.join(living.select("household", "dwelling"), on="household").sort("person")
    if nights < 3 or not old.height:
        return pl.DataFrame()
    one = old[int(rng.integers(old.height))].select("person", "dwelling")
    one = one.with_columns(channel=pl.lit("gro"), kind=pl.lit("death"))
    return pl.concat(
        [
            one.with_columns(night=pl.lit(1, pl.Int8), update=pl.lit(None, pl.String)),
            one.with_columns(night=pl.lit(nights - 1, pl.Int8), update=pl.lit(CANCELLED)),
        ]
    )


def _strangers(outsiders: list[int], residents: Residents, nights: int) -> pl.DataFrame:
    """Let someone die on each night who never lived in the town."""
    heads = residents.persons.filter(pl.col("slot") == 0, pl.col("household").is_in(outsiders)).sort("person")
    last = heads.tail(max(0, nights - 1)).select("person")
    night = pl.int_range(1, last.height + 1, eager=True).cast(pl.Int8)
    return last.with_columns(night=night, channel=pl.lit("gro"), kind=pl.lit("death"))


def notify(residents: Residents, events: pl.DataFrame, outsiders: list[int], seed: int, nights: int) -> pl.DataFrame:
    """Draw what the council is told on each night after the first; gives NOTIFICATIONS.

    Every death is told, in turn through the GRO's XML, the GOV.UK life events and the registrar's list. One death is
    told of the wrong person and cancelled on the last night; one a night is of somebody who never lived here.
    """
    rng = generator(seed, "notifications")
    parts = [
        _told(residents, events),
        _mistaken(residents, events, nights, rng),
        _strangers(outsiders, residents, nights),
    ]
    told = pl.concat([part for part in parts if part.height], how="diagonal_relaxed") if nights > 1 else parts[0]
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in NOTIFICATIONS.items()
        if name not in told.columns and name not in residents.persons.columns
    ]
    days = pl.Series(rng.integers(1, 6, told.height))
    day = pl.lit(night_date(0)) + pl.duration(days=pl.col("night").cast(pl.Int64) - days)
    known = (
        told.with_columns(missing)
        .with_columns(happened=day.cast(pl.Date))
        .join(residents.persons.drop("household"), on="person", how="left", maintain_order="left")
    )
    # a cancellation bears the reference of what it cancels, and its day
    first = pl.col("update").is_null()
    known = known.sort("night", "channel", "kind", "person", "update", nulls_last=False)
    numbers = known.filter(first).select("person", "kind", died="happened").with_row_index("nth")
    numbers = numbers.unique(["person", "kind"], keep="first", maintain_order=True)
    known = known.join(numbers, on=["person", "kind"], how="left", maintain_order="left").with_columns(
        reference=(FIRST_REFERENCE + pl.col("nth").cast(pl.Int64) * 7).cast(pl.String), happened="died"
    )
    return known.select(NOTIFICATIONS.keys()).cast(dict(NOTIFICATIONS))  # type: ignore[arg-type]
