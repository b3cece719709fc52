"""Who truly lives where in the rehearsal town on a night, whatever any system says of it."""

import polars as pl

from svoc.rehearsal.people import Residents
from svoc.rehearsal.truth import person_code

__all__ = ["living_on"]

LEAVING = ("leave", "move", "rehouse")
COMING = ("arrive", "move", "rehouse")


def living_on(residents: Residents, events: pl.DataFrame, dwellings: pl.DataFrame, night: int) -> pl.DataFrame:
    """Give everybody who is alive and lives in the town on a night, one row a person, sorted by person.

    `events`: what happens (`svoc.rehearsal.events.EVENTS`); `dwellings` needs dwelling and uprn. Columns: person
    (String, as the truth writes it), household Int32, dwelling Int32, uprn Int64, dob Date, forename and surname
    String, as they were on the first night.
    """
    so_far = events.filter(pl.col("night") <= night).with_row_index("order")
    moved = so_far.filter(pl.col("kind").is_in([*LEAVING, *COMING])).unique("household", keep="last")
    settled = residents.households.filter(pl.col("until").is_null(), pl.col("dwelling").is_not_null())
    stayed = settled.join(moved, on="household", how="anti").select("household", "dwelling")
    came = moved.filter(pl.col("kind").is_in(COMING)).select("household", dwelling="to_dwelling")
    homes = pl.concat([stayed, came]).drop_nulls()
    dead = so_far.filter(pl.col("kind") == "death")["person"]
    alive = residents.persons.filter(~pl.col("person").is_in(dead.implode()))
    placed = alive.join(homes, on="household").join(dwellings.select("dwelling", "uprn"), on="dwelling")
    named = placed.select(person_code().alias("person"), "household", "dwelling", "uprn", "dob", "forename", "surname")
    return named.sort("person")
