"""Say which decisions count tonight."""

import polars as pl

from svoc.words.answers import claim_said, claim_seen
from svoc.words.decisions import SEEN, Verdict, as_seen

__all__ = ["heed"]


def heed(decisions: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Leave out each "unsure" one of whose records says something else than when it was given: it is asked again.

    So is a life event that was rejected and claims something else now. `decisions`: frame of `DECISIONS` that hold
    tonight; `mentions`: frame of `PLACED`. What does not know what it saw counts until it expires; what is about a
    record that is not here sleeps.
    """
    dated = decisions.filter(pl.col("seen").is_not_null())
    doubts = dated.filter(pl.col("verdict") == Verdict.UNSURE.value)
    denials = dated.filter(pl.col("verdict") == Verdict.REJECTED.value)
    if doubts.is_empty() and denials.is_empty():
        return decisions
    ends = pl.concat([doubts["left"], doubts["right"], denials["left"]]).unique()
    about = mentions.filter(pl.col("mention").is_in(ends.implode())).select("mention", *SEEN)
    said = {row["mention"]: row for row in about.iter_rows(named=True)}
    past = [
        number
        for number, left, right, seen in doubts.select("decision", "left", "right", "seen").iter_rows()
        if left in said and right in said and as_seen(said[left], said[right]) != seen
    ]
    past += [
        number
        for number, event, seen in denials.select("decision", "left", "seen").iter_rows()
        if event in said and claim_said(said[event]) != claim_seen(seen)
    ]
    return decisions.filter(~pl.col("decision").is_in(past))
