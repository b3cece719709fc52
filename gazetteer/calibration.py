"""How often placements of a kind are right: certainty by rung and gap, from placements whose truth is known."""

from collections.abc import Mapping
from itertools import pairwise
from math import sqrt
from typing import Final

import numpy as np
import polars as pl

from gazetteer.tuning import SUREST, Tuning

# What was assumed of a rung weighs as much as so many labels: twenty change little, two thousand much.
ASSUMED_AS: Final = 100.0
# Edges of the bands of stated certainty in which a reliability table looks.
BANDS: Final = (0.0, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0)


def judged(answers: pl.DataFrame, truth: pl.Series) -> pl.DataFrame:
    """Keeps of answers (uprn, rung, gap, certainty) those that name a property, and adds `right` Boolean."""
    right = pl.col("uprn") == pl.col("truth")
    named = answers.with_columns(truth=truth).filter(pl.col("uprn").is_not_null())
    return named.select("rung", "gap", "certainty", right=right.fill_null(value=False))


def calibrated(answers: pl.DataFrame, start: Tuning, *, assumed_as: float = ASSUMED_AS) -> dict[str, tuple[float, ...]]:
    """Gives the certainty of each rung and band of gaps, as seen in answers of known truth.

    `answers`: frame of `judged`. Each figure is the mean of a Beta distribution that begins at the starting certainty
    with the weight of `assumed_as` labels; where a wider gap would come out less sure than a narrower one, both get
    their common mean (isotonic regression). None is above SUREST. Without answers it is what it was.
    """
    edges = (-np.inf, *start.gaps, np.inf)
    gap = answers["gap"].fill_null(np.inf).clip(upper_bound=1e9).to_numpy()
    rung, right = answers["rung"].to_numpy(), answers["right"].to_numpy()
    figures = {}
    for name, before in start.certainty.items():
        mine = rung == name
        counts = np.histogram(gap[mine], bins=edges)[0] if mine.any() else np.zeros(len(before))
        hits = np.histogram(gap[mine & right], bins=edges)[0] if mine.any() else np.zeros(len(before))
        if not counts.sum():
            figures[name] = tuple(before)
            continue
        means = (assumed_as * np.array(before) + hits) / (assumed_as + counts)
        rising = _rising(means, assumed_as + counts)
        figures[name] = tuple(round(min(SUREST, float(mean)), 5) for mean in rising)
    return figures


def _rising(means: np.ndarray, weights: np.ndarray) -> list[float]:
    """Pools neighbours that fall, by their weights, until none does."""
    pools: list[list[float]] = []
    for mean, weight in zip(means, weights, strict=True):
        pools.append([float(mean), float(weight), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean_2, weight_2, many_2), (mean_1, weight_1, many_1) = pools.pop(), pools.pop()
            weight_both = weight_1 + weight_2
            pools.append([(mean_1 * weight_1 + mean_2 * weight_2) / weight_both, weight_both, many_1 + many_2])
    return [mean for mean, _, many in pools for _ in range(int(many))]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Gives the bounds within which a share lies with 95 % confidence, by Wilson's score (1927).

    >>> [round(bound, 3) for bound in wilson(98, 100)]
    [0.93, 0.994]
    """
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle, half = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def reliability(answers: pl.DataFrame) -> list[Mapping[str, float | int]]:
    """Sets stated certainty beside the truth: for each band, answers, mean certainty stated, share right, its bounds.

    `answers`: frame of `judged`.
    """
    rows: list[Mapping[str, float | int]] = []
    for low, high in pairwise(BANDS):
        some = answers.filter((pl.col("certainty") >= low) & (pl.col("certainty") < high))
        if some.height:
            hits = int(some["right"].sum())
            least, most = wilson(hits, some.height)
            stated = float(some["certainty"].to_numpy().mean())
            row = {"from": low, "below": high, "answers": some.height, "stated": stated, "right": hits / some.height}
            rows.append({**row, "right_least": least, "right_most": most})
    return rows


def by_wanted(answers: pl.DataFrame, placeable: int, wanted: tuple[float, ...]) -> list[Mapping[str, float | int]]:
    """Tells, for each certainty that may be wanted, precision and recall: of `placeable`, those with a true UPRN."""
    rows: list[Mapping[str, float | int]] = []
    for least in wanted:
        kept = answers.filter(pl.col("certainty") >= least)
        hits = int(kept["right"].sum())
        low, high = wilson(hits, kept.height)
        row = {"wanted": least, "answers": kept.height, "precision": hits / max(kept.height, 1)}
        rows.append({**row, "precision_least": low, "precision_most": high, "recall": hits / max(placeable, 1)})
    return rows
