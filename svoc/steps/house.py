"""Give each household its identifier: who lives together tonight, and which household of yesterday that is."""

from datetime import date
from typing import NamedTuple

import polars as pl

from svoc.steps.identify import check_sign, checks, identify, signs_of
from svoc.words.households import HOUSEHOLDS, HOUSEHOLDS_FOUNDED, Establishments
from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.plan import LaneState

__all__ = ["Housed", "house", "household_identifier", "is_household"]

SIGN = "H"
"""What a household's identifier begins with, so that nobody takes it for a person's."""


class Housed(NamedTuple):
    """Who lives with whom: frames of `HOUSEHOLDS`, `HOUSEHOLDS_FOUNDED` and, of retired identifiers, `FORWARDS`."""

    households: pl.DataFrame
    founded: pl.DataFrame
    forwards: pl.DataFrame


def house(
    persons: pl.DataFrame,
    members: pl.DataFrame,
    mentions: pl.DataFrame,
    before: LaneState,
    retired: pl.DataFrame,
    establishments: Establishments,
    *,
    as_of: date,
    key: str,
    run: int,
) -> Housed:
    """Say who lives together tonight, under identifiers that follow the people and not the bricks.

    `persons`: frame of `PERSONS`; `members`: frame of `MEMBERS`; `mentions`: frame of `PLACED`; `before`: the lane as
    it stood yesterday; `retired`: the identifiers of persons retired tonight (`FORWARDS`).

    A household is the living persons whose golden home is one property, with a record surely placed there that lasts
    `as_of`. Its identifier is allotted by overlap of persons, as a person's is by overlap of mentions
    (`svoc.steps.identify`): a family that moves takes it along, and who moves in after it founds another. Yesterday's
    persons count as whoever they are tonight.
    """
    homes = establishments.left_out(_homes(persons, members, mentions, as_of))
    then = _as_known_tonight(before.households, retired)
    touched = _touched(homes, then)
    moved, left = (frame.filter(pl.col("place").is_in(touched.implode())) for frame in (homes, then))
    found = identify(
        moved.select(mention="person", cluster=pl.col("place").cast(pl.String)),
        left.select(mention="person", person="household"),
        before.households_forwards,
        before.households_founded.select("run", person="household"),
        key=f"{key}/households",
        run=run,
        naming=household_identifier,
    )
    new = found.members.select(person="mention", household="person").join(moved, on="person")
    stay = then.filter(~pl.col("place").is_in(touched.implode()))
    households = pl.concat([frame.select(HOUSEHOLDS.keys()) for frame in (new, stay)]).sort("person")
    return Housed(households, _founded(before.households_founded, new, left, run), found.forwards)


def household_identifier(seed: str, *, key: str) -> str:
    """Make a sayable identifier for a household; without its first sign it is no person's either.

    >>> household_identifier("MC78-RZ8Y-S@1", key="secret")
    'H-G2WX-YK57-4'
    """
    signs = signs_of(seed, key=key)
    return f"{SIGN}-{signs[:4]}-{signs[4:]}-{check_sign(signs, of=SIGN)}"


def is_household(text: str) -> bool:
    """Say whether a text is a household's identifier whose check sign agrees.

    >>> is_household("MC78-RZ8Y-S"), is_household("H-MC78-RZ8Y-S")
    (False, False)
    """
    signs = text.strip().upper().replace("-", "").replace(" ", "")
    return signs.startswith(SIGN) and checks(signs[1:], of=SIGN)


def _homes(persons: pl.DataFrame, members: pl.DataFrame, mentions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Give the living and their sure homes (`person`, `place`): golden, and still said of them by a record."""
    living = persons.filter(pl.col("uprn").is_not_null() & ~pl.col("deceased").fill_null(value=False))
    said = mentions.filter(pl.col("place").is_not_null() & (pl.col("source") != EVENTS_SOURCE) & lasting(as_of))
    stays = said.select("mention", "place").join(members, on="mention")
    return living.select("person", place="uprn").join(stays, on=["person", "place"], how="semi")


def _as_known_tonight(households: pl.DataFrame, retired: pl.DataFrame) -> pl.DataFrame:
    """Give yesterday's households (frame of `HOUSEHOLDS`) under tonight's names of persons."""
    named = households.join(retired, left_on="person", right_on="retired", how="left")
    return named.select(pl.coalesce("current", "person").alias("person"), "household", "place").unique()


def _touched(homes: pl.DataFrame, then: pl.DataFrame) -> pl.Series:
    """Give the places where any identifier may change: those that somebody came to, left, or is known at otherwise.

    Everywhere else the same people live at the same place, and nobody who lived with them has gone: such a household
    overlaps itself alone, and is not asked about.
    """
    moves = pl.concat(
        [
            homes.join(then, on=["person", "place"], how="anti").select("person"),
            then.join(homes, on=["person", "place"], how="anti").select("person"),
        ]
    )
    places = [frame.join(moves, on="person", how="semi")["place"] for frame in (homes, then)]
    return pl.concat(places).unique()


def _founded(before: pl.DataFrame, households: pl.DataFrame, then: pl.DataFrame, run: int) -> pl.DataFrame:
    """Add those founded tonight, with where their people came from."""
    new = households.join(before, on="household", how="anti")
    came = new.select("person", "household").join(then.select("person", came="household"), on="person", how="left")
    tonight = came.group_by("household").agg(
        run=pl.lit(run, dtype=pl.Int64), came_from=pl.col("came").drop_nulls().unique().sort()
    )
    return pl.concat([before, tonight.select(HOUSEHOLDS_FOUNDED.keys())]).sort("household")
