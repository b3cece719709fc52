"""Lead one lane back to an earlier night: who forwards to whom, and what is different from today."""

import polars as pl

from svoc.steps.compare import compare
from svoc.words.changes import CHANGES, Cause
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FORWARDS
from svoc.words.plan import LaneState

__all__ = ["forwards_of", "households_forwards_of", "ways_back"]


def forwards_of(then: LaneState, today: LaneState, since: pl.DataFrame) -> pl.DataFrame:
    """Give every retired identifier's way in one hop, as a frame of `FORWARDS`, once `then` stands again.

    `since`: `person`, `mention`, everybody's records in the nights that are undone. Who was retired then is so again;
    who was founded since leads to whoever holds most of their records now, or to nobody where nobody holds one. Who
    stood then and was retired since stands again under the same identifier: that is no reuse, for it is the same
    person.
    """
    new = today.founded.join(then.founded, on="person", how="anti").select(retired="person")
    held = since.filter(~pl.col("mention").str.starts_with(f"{EVENTS_SOURCE}/"))
    heirs = _heirs(held.select("mention", retired="person"), then.members.select("mention", current="person"))
    return pl.concat([then.forwards.select(FORWARDS.keys()), new.join(heirs, on="retired", how="left")]).sort("retired")


def households_forwards_of(
    then: LaneState, today: LaneState, since: pl.DataFrame, forwards: pl.DataFrame
) -> pl.DataFrame:
    """Give the same for households; `since`: `household`, `person`, and `forwards` what `forwards_of` gave.

    A person who stands no more counts as whoever the identifier leads to.
    """
    new = today.households_founded.join(then.households_founded, on="household", how="anti")
    led = since.join(forwards, left_on="person", right_on="retired", how="left")
    lived = led.select(retired="household", person=pl.coalesce("current", "person"))
    heirs = _heirs(lived, then.households.select("person", current="household"))
    further = new.select(retired="household").join(heirs, on="retired", how="left")
    return pl.concat([then.households_forwards.select(FORWARDS.keys()), further]).sort("retired")


def _heirs(held: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Find who stands for most of what the retired held: `retired`, `current`; the other column is what both share."""
    overlaps = held.unique().join(standing, on=standing.columns[0]).group_by("retired", "current").agg(n=pl.len())
    ranked = overlaps.sort("n", "current", descending=[True, False])
    return ranked.unique("retired", keep="first", maintain_order=True).select(FORWARDS.keys())


def ways_back(
    then: LaneState, today: LaneState, forwards: pl.DataFrame, mentions: pl.DataFrame, mentions_today: pl.DataFrame
) -> pl.DataFrame:
    """Tell what is different from today once `then` stands again, as a frame of `CHANGES` whose cause is the rollback.

    `forwards`: what `forwards_of` gave; `mentions`, `mentions_today`: frames of `PLACED`, those that the lane may use.
    """
    gone = today.persons.select("person").join(then.persons, on="person", how="anti")
    changes = compare(
        then.persons,
        today.persons,
        then.members,
        today.members,
        mentions.with_columns(change=pl.lit("standing")),
        mentions_before=mentions_today,
        withdrawn=mentions_today.select("mention").join(mentions, on="mention", how="anti"),
        retired=forwards.join(gone, left_on="retired", right_on="person", how="semi"),
        split=pl.DataFrame(schema={"person": pl.String(), "came_from": pl.String()}),
        first_sight=frozenset(),
    )
    return changes.with_columns(cause=pl.lit(Cause.ROLLBACK.value)).select(CHANGES.keys())
