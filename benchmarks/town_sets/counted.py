"""Precision and recall as counts, so that towns can be pooled."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from matchers import evaluate

SCOPES = ("all", "within", "between")
Counts = dict[str, dict[str, int]]
"""scope -> both, joined, true: pairs joined rightly, joined, and of one person."""


def counted(made: pl.DataFrame, truth: pl.DataFrame) -> Counts:
    """Count the pairs over all, within sources and between them; a mention in no cluster stands alone.

    `made`: `id`, `cluster`; `truth`: `id`, `person`, `source`.
    """
    scores = {(r["scope"], r["measure"]): r for r in evaluate(made, truth).scores.to_dicts()}
    return {
        scope: {
            "both": scores[scope, "precision"]["hits"],
            "joined": scores[scope, "precision"]["total"],
            "true": scores[scope, "recall"]["total"],
        }
        for scope in SCOPES
    }


def pooled(towns: Iterable[Counts]) -> Counts:
    """Add the counts of several towns."""
    each = list(towns)
    return {scope: {name: sum(c[scope][name] for c in each) for name in each[0][scope]} for scope in each[0]}


def precision(counts: Counts, scope: str = "all") -> float:
    """The share of the pairs joined that are one person."""
    return counts[scope]["both"] / max(counts[scope]["joined"], 1)


def recall(counts: Counts, scope: str = "all") -> float:
    """The share of one person's pairs that were joined."""
    return counts[scope]["both"] / max(counts[scope]["true"], 1)


def f1(counts: Counts, scope: str = "all") -> float:
    """The harmonic mean of both."""
    return 2 * counts[scope]["both"] / max(counts[scope]["joined"] + counts[scope]["true"], 1)


def best_at(rows: Iterable[dict[str, Any]], least: float) -> dict[str, Any] | None:
    """The row of best recall among those whose precision is at least so much; None where none is."""
    able = [row for row in rows if precision(row["counts"]) >= least]
    return max(able, key=lambda row: recall(row["counts"]), default=None)
