"""Question the day of a life event by what is known of the person whom it has been attached to."""

import polars as pl

from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["questioned"]


def questioned(mentions: pl.DataFrame, members: pl.DataFrame, before: pl.DataFrame) -> list[str]:
    """Name the events (their mention keys) attached tonight that happened before the birth of whom they are of.

    `mentions`: frame of `PLACED`; `members`, `before`: of `MEMBERS`, tonight's and yesterday's. The birth is the latest
    that another record of the person holds: the event stands, for the birth may be what is wrong.
    """
    is_event = pl.col("mention").str.starts_with(f"{EVENTS_SOURCE}/")
    came = members.filter(is_event).join(before, on=["mention", "person"], how="anti")
    if came.is_empty():
        return []
    days = mentions.select("mention", day=pl.coalesce("died", "until", "since")).drop_nulls()
    others = members.filter(~is_event).join(came.select("person").unique(), on="person", how="semi")
    births = others.join(mentions.select("mention", "dob").drop_nulls(), on="mention")
    born = births.group_by("person").agg(pl.col("dob").max())
    wrong = came.join(days, on="mention").join(born, on="person").filter(pl.col("day") < pl.col("dob"))
    return wrong["mention"].unique().sort().to_list()
