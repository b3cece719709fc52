"""Say which answers about life events count: one person's last word, or that of two who say the same."""

from dataclasses import dataclass

import polars as pl

from svoc.words.answers import judged
from svoc.words.decisions import Verdict

__all__ = ["Agreed", "agree"]

YES, NO = (pl.col("verdict") == verdict.value for verdict in (Verdict.CONFIRMED, Verdict.REJECTED))


@dataclass(frozen=True, slots=True)
class Agreed:
    """What answers come to.

    `counted`: the answer that counts of each `left` (an event) and `cluster`, with `verdict`, `right` and `first`, the
    oldest decision about the two; `waiting`: the numbers of answers that wait for those of a second person; `at_odds`:
    `left`, `right` of events about which two people answered otherwise, with a record of each person meant.
    """

    counted: pl.DataFrame
    waiting: pl.Series
    at_odds: pl.DataFrame


def agree(decisions: pl.DataFrame, clusters: pl.DataFrame) -> Agreed:
    """Say what answers come to.

    `decisions`: frame of `DECISIONS` that hold tonight; `clusters`: `mention`, `cluster` of the people. Of an event
    that takes one person the last answer about each cluster counts. Where one of its answers was given under the rule
    of two, each person's own last answer about a cluster is heard: it counts where two people gave it and nobody gave
    another; two who confirm two clusters, or of whom one confirms what the other rejects, are at odds, and nothing
    that they said of the event counts.
    """
    said = (
        judged(decisions)
        .join(clusters, left_on="right", right_on="mention")
        .with_columns(
            first=pl.col("decision").min().over("left", "cluster"), named=pl.col("right").min().over("left", "cluster")
        )
        .with_columns(of_two=(pl.col("people").fill_null(1) > 1).any().over("left"))
        .sort("decision", descending=True)
    )
    of_one = said.filter(~pl.col("of_two")).unique(["left", "cluster"], keep="first", maintain_order=True)
    if not said["of_two"].any():
        return Agreed(of_one, pl.Series("decision", [], dtype=pl.Int64), said.select("left", "right").clear())
    own = said.filter("of_two").unique(["left", "cluster", "who"], keep="first", maintain_order=True)
    heard = own.with_columns(yes=YES.sum().over("left", "cluster"), no=NO.sum().over("left", "cluster")).with_columns(
        split=((pl.col("yes") > 0) & (pl.col("no") > 0)).any().over("left"),
        short=((pl.col("yes") == 1) & YES).any().over("left"),
        chosen=pl.col("cluster").filter(YES).n_unique().over("left"),
    )
    # Who confirms it of two persons because one was parted since is not at odds with anybody (`svoc.steps.attach`).
    odd = pl.col("split") | (pl.col("short") & (pl.col("chosen") > 1) & (pl.col("who").n_unique().over("left") > 1))
    heard = heard.with_columns(odd=odd)
    settled = heard.filter(~pl.col("odd") & (pl.max_horizontal("yes", "no") > 1))
    waiting = heard.filter(~pl.col("odd") & (pl.max_horizontal("yes", "no") < 2)).select("left", "cluster", "who")
    numbers = said.filter("of_two").join(waiting, on=["left", "cluster", "who"], how="semi")["decision"]
    apart = heard.filter(pl.col("odd")).select("left", "cluster", right="named").unique()
    counted = settled.unique(["left", "cluster"], keep="first", maintain_order=True).select(of_one.columns)
    return Agreed(pl.concat([of_one, counted]), numbers.sort(), apart.select("left", "right").sort("left", "right"))
