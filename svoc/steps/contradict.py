"""Find the decisions that cannot all hold, and name them."""

import polars as pl

from matchers.graph import grouped
from svoc.words.decisions import Verdict

__all__ = ["contradict", "in_conflict"]


def contradict(must: pl.DataFrame, exclusive: pl.DataFrame) -> pl.DataFrame:
    """Find stewards' "same"s that together make one person of two whom a source names side by side.

    `must`, `exclusive`: `left`, `right` String, the smaller first. Who says "same" of the two entries themselves means
    it, and then the source gives way; so it does where a chain of such answers leads from one entry to the other. But
    where the two hang together only through other records nobody has said so, and all "same"s of that knot rest until
    somebody does, or takes one back. Gives those that rest, as `left` and `right`.

    >>> must = pl.DataFrame({"left": ["c/1", "c/1"], "right": ["e/1", "e/2"]})
    >>> contradict(must, pl.DataFrame({"left": ["e/1"], "right": ["e/2"]})).rows()
    [('c/1', 'e/1'), ('c/1', 'e/2')]
    >>> contradict(must, pl.DataFrame({"left": ["e/2"], "right": ["e/3"]})).rows()
    []
    """
    if must.is_empty() or exclusive.is_empty():
        return must.select("left", "right").clear()
    knots = grouped(pl.concat([must["left"], must["right"]]), must)
    walls = _within(exclusive, knots)
    meant = must.join(walls, on=["left", "right"], how="semi")
    meant_groups = grouped(pl.concat([meant["left"], meant["right"]]), meant)
    unsaid = walls.join(_within(walls, meant_groups), on=["left", "right"], how="anti")
    return _within(must, knots.join(unsaid, on="group", how="semi")).select("left", "right").sort("left", "right")


def _within(pairs: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Keep the pairs of which both ends are in one group (`id`, `group`), with that group."""
    ends = (
        pairs.select("left", "right")
        .join(groups.rename({"id": "left"}), on="left")
        .join(groups.rename({"id": "right", "group": "other"}), on="right")
    )
    return ends.filter(pl.col("group") == pl.col("other")).drop("other")


def in_conflict(decisions: pl.DataFrame, mentions: list[str]) -> list[tuple[int, str]]:
    """Give number and verdict of the decisions (frame of `DECISIONS` that hold) about any two of some mentions."""
    both = pl.col("left").is_in(mentions) & pl.col("right").is_in(mentions)
    said = pl.col("verdict").is_in([Verdict.SAME.value, Verdict.DIFFERENT.value])
    return list(decisions.filter(both & said).sort("decision").select("decision", "verdict").iter_rows())
