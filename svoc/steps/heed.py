"""Say which decisions count tonight."""

import polars as pl

from svoc.words.decisions import SEEN, Verdict, as_seen

__all__ = ["heed"]


def heed(decisions: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Leave out each "unsure" one of whose records says something else than when it was given: it is asked again.

    `decisions`: frame of `DECISIONS` that hold tonight; `mentions`: frame of `PLACED`. An "unsure" that does not know
    what it saw counts until it expires; one about a record that is not here sleeps.
    """
    doubts = decisions.filter((pl.col("verdict") == Verdict.UNSURE.value) & pl.col("seen").is_not_null())
    if doubts.is_empty():
        return decisions
    ends = pl.concat([doubts["left"], doubts["right"]]).unique()
    about = mentions.filter(pl.col("mention").is_in(ends.implode())).select("mention", *SEEN)
    said = {row["mention"]: row for row in about.iter_rows(named=True)}
    past = [
        number
        for number, left, right, seen in doubts.select("decision", "left", "right", "seen").iter_rows()
        if left in said and right in said and as_seen(said[left], said[right]) != seen
    ]
    return decisions.filter(~pl.col("decision").is_in(past))
