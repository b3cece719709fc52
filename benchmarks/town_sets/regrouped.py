"""The same records paired and grouped again: by the oracle's weights, and at other thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from matchers import Model
from svoc.steps.group import Thresholds, group
from svoc.steps.pair import pair
from svoc.words.decisions import DECISIONS
from town_sets.counted import Counts, best_at, counted, pooled, precision, recall
from town_sets.lived import KEY, Lived

MARGINS = (1_500, 2_250, 3_000, 4_000, 5_500)
"""Thousandths of a bit that a household must lose without a link."""
JOINS = (2_500, 4_500, 6_500, 9_000)
"""Thousandths of a bit from which a pair at two places is joined."""


def regrouped(lived: Lived, pairs: pl.DataFrame, thresholds: Thresholds) -> Counts:
    """Group scored pairs as the night does, nothing decided, and count."""
    nothing = pl.DataFrame(schema=DECISIONS)
    clusters = group(lived.mentions, pairs, nothing, thresholds, lived.policy.lists_once).clusters
    keyed = lived.mentions.select(KEY, mention="mention")
    return counted(clusters.join(keyed, on="mention").select("id", "cluster"), lived.truth)


def swept(
    lived: Lived, model: Model, *, margins: Sequence[int] = MARGINS, joins: Sequence[int] = JOINS
) -> list[dict[str, Any]]:
    """Pair by a model and group at every two thresholds: margin, join, counts."""
    pairs, ours = pair(lived.mentions, model, lived.policy.engine), lived.policy.thresholds
    return [
        {
            "margin": margin,
            "join": join,
            "counts": regrouped(lived, pairs, replace(ours, margin=margin, join=join, ask=min(join, ours.ask))),
        }
        for margin in sorted({*margins, ours.margin})
        for join in sorted({*joins, ours.join})
    ]


def beside_the_oracle(ours: Sequence[Counts], grids: Sequence[list[dict[str, Any]]]) -> Mapping[str, Any]:
    """Set our recall beside the oracle's at the same precision.

    `ours`, `grids`: our counts and the oracle's (`swept`) for each town; several towns are pooled, at one setting of
    the oracle for all. The oracle gives the best recall of those settings that are at least as precise as we are;
    where none is, there is no ratio.
    """
    mine = pooled(ours)
    settings = [(row["margin"], row["join"]) for row in grids[0]]
    rows = [
        {"margin": margin, "join": join, "counts": pooled(grid[at]["counts"] for grid in grids)}
        for at, (margin, join) in enumerate(settings)
    ]
    best = best_at(rows, precision(mine))
    if best is None:
        return {"precision": None, "recall": None, "ratio": None}
    found = best["counts"]
    return {
        "margin": best["margin"],
        "join": best["join"],
        "precision": precision(found),
        "recall": recall(found),
        "ratio": recall(mine) / recall(found),
    }
