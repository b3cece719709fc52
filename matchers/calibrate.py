"""From a weight or a margin to a probability that can be held to, and the threshold for a wanted precision.

Weights rest on assumptions, independence above all, that households break. Isotonic regression (pool adjacent
violators: Ayer and others, 1955) asks one thing only, that more evidence never means less certainty, and lets
pairs whose truth is known say the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from matchers.errors import ModelFault, PairFault, require_columns
from matchers.graph import Ints
from matchers.partition import Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a weight has meant: knots of weight (millibits, rising), probability (never falling) and pairs seen.

    `assumed` is true until it rests on a council's own decisions. Between knots the probability is a straight line,
    beyond them that of the nearest.
    """

    weights: tuple[float, ...]
    probabilities: tuple[float, ...]
    pairs: tuple[int, ...]
    assumed: bool = False

    def probability(self, weights: pl.Series) -> pl.Series:
        """Give the probability of each weight (Float64, same height); null stays null.

        >>> as_bits().probability(pl.Series([0, 10_000])).round(3).to_list()
        [0.5, 0.999]
        """
        read = np.interp(weights.cast(pl.Float64).fill_null(0.0).to_numpy(), self.weights, self.probabilities)
        found = pl.Series("probability", read, dtype=pl.Float64)
        return pl.select(pl.when(weights.is_not_null()).then(found).alias("probability")).to_series()

    def threshold_for(self, precision: float, *, on_average: bool = False) -> int | None:
        """Give the lowest weight, in millibits, at which pairs are right with this probability; None if there is none.

        Every pair at the threshold reaches it, so that many easy pairs do not pay for doubtful ones. `on_average`
        asks less: that all pairs seen at the threshold and above reach it taken together.

        >>> as_bits().threshold_for(0.999)
        9966
        """
        probabilities = np.array(self.probabilities)
        if on_average and any(self.pairs):
            seen = np.array(self.pairs, dtype=np.float64)
            above = np.cumsum(seen[::-1])[::-1]
            right = np.cumsum((seen * probabilities)[::-1])[::-1]
            reached = np.flatnonzero((seen > 0) & (right >= precision * above))
            return int(np.ceil(self.weights[reached[0]])) if len(reached) else None
        reached = np.flatnonzero(probabilities >= precision)
        return self._crossing(int(reached[0]), precision) if len(reached) else None

    def _crossing(self, knot: int, precision: float) -> int:
        """Find where the line that ends at this knot, the first to reach the precision, does so."""
        if knot == 0:
            return int(np.ceil(self.weights[0]))
        low, high = self.probabilities[knot - 1], self.probabilities[knot]
        share = (precision - low) / (high - low)
        return int(np.ceil(self.weights[knot - 1] + share * (self.weights[knot] - self.weights[knot - 1])))

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values, for a JSON file."""
        return {
            "weights": list(self.weights),
            "probabilities": list(self.probabilities),
            "pairs": list(self.pairs),
            "assumed": self.assumed,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Calibration":
        """Read what `to_dict` gave; raises `ModelFault` when it is not one."""
        missing = [name for name in ("weights", "probabilities", "pairs", "assumed") if name not in values]
        if missing:
            raise ModelFault(f"a calibration lacks {', '.join(missing)}")
        weights, probabilities = tuple(values["weights"]), tuple(values["probabilities"])
        pairs = tuple(values["pairs"])
        if not weights or not len(weights) == len(probabilities) == len(pairs):
            raise ModelFault("a calibration has one probability and one count for each weight, and at least one weight")
        if sorted(weights) != list(weights) or sorted(probabilities) != list(probabilities):
            raise ModelFault("the weights and probabilities of a calibration must not fall")
        return cls(weights, probabilities, pairs, bool(values["assumed"]))


def calibrate(known: pl.DataFrame, *, assumed: bool = False, fewest: int = 1) -> Calibration:
    """Learn from pairs whose truth is known what a weight, or a margin, means.

    `known`: `weight` (millibits, no nulls) and `same` (Boolean, no nulls), a row for each pair. Half a wrong pair is
    added to the heaviest and half a right one to the lightest, so that nothing becomes certain or impossible by being
    rare. Mark what rests on a rehearsal, not on a council's own decisions, as `assumed`. Neighbouring weights share a
    probability until `fewest` pairs speak for it, so that none rests on a handful.

    Raises `ColumnFault` for a missing column, `PairFault` when there are no pairs or a value is missing.

    >>> known = pl.DataFrame({"weight": [1_000] * 4 + [9_000] * 49, "same": [True] + [False] * 3 + [True] * 49})
    >>> calibrate(known).probability(pl.Series([1_000, 9_000])).round(2).to_list()
    [0.33, 0.99]
    """
    require_columns(("weight", "same"), known.columns, where="the frame of known pairs")
    if known.is_empty() or known["weight"].null_count() or known["same"].null_count():
        raise PairFault("calibration needs pairs, each with a weight and a truth")
    by_weight = known.group_by("weight").agg(right=pl.col("same").sum(), seen=pl.len()).sort("weight")
    counted = (
        by_weight.group_by(bin=_bins(by_weight["seen"], fewest))
        .agg(pl.col("weight").min().alias("low"), pl.col("weight").max().alias("high"), pl.col("right", "seen").sum())
        .sort("bin")
    )
    right, seen = (counted[name].cast(pl.Float64).to_numpy().copy() for name in ("right", "seen"))
    pairs = counted["seen"].to_numpy()
    seen[[0, -1]] += 0.5 if len(seen) > 1 else 1.0
    right[0] += 0.5
    edges = [(float(low), float(high)) for low, high in counted.select("low", "high").iter_rows()]
    return _plateaus(edges, _rising(right, seen), pairs.astype(np.int64), assumed)


def _bins(seen: pl.Series, fewest: int) -> pl.Series:
    """Number runs of neighbours that hold so many pairs; what is left over at the top joins the run below it."""
    numbers, held, number = [], 0, 0
    for count in seen.to_list():
        if held >= fewest:
            held, number = 0, number + 1
        numbers.append(number)
        held += count
    return pl.Series([min(each, number - (held < fewest and number > 0)) for each in numbers], dtype=pl.Int64)


def as_bits() -> Calibration:
    """Take weights at their word: with no truth yet, so many bits are odds of two to that power. Always assumed."""
    weights = np.arange(-20_000, 20_001, 100)
    return Calibration(
        weights=tuple(float(weight) for weight in weights),
        probabilities=tuple((1 / (1 + np.exp2(-weights / 1_000))).tolist()),
        pairs=(0,) * len(weights),
        assumed=True,
    )


def _rising(right: Floats, seen: Floats) -> list[tuple[int, int, float]]:
    """Pool neighbours that fall into blocks that rise: first, one past last, share of right pairs."""
    blocks: list[tuple[int, int, float, float]] = []
    for number, (hits, count) in enumerate(zip(right.tolist(), seen.tolist(), strict=True)):
        block = (number, number + 1, hits, count)
        while blocks and blocks[-1][2] * block[3] >= block[2] * blocks[-1][3]:
            before = blocks.pop()
            block = (before[0], block[1], before[2] + block[2], before[3] + block[3])
        blocks.append(block)
    return [(first, end, hits / count) for first, end, hits, count in blocks]


def _plateaus(
    edges: list[tuple[float, float]], blocks: list[tuple[int, int, float]], pairs: Ints, assumed: bool
) -> Calibration:
    """Give each block a knot at its first weight, which holds its pairs, and one at its last."""
    knots: list[tuple[float, float, int]] = []
    for first, end, share in blocks:
        low, high = edges[first][0], edges[end - 1][1]
        knots.append((low, share, int(pairs[first:end].sum())))
        if high > low:
            knots.append((high, share, 0))
    at, probabilities, counts = zip(*knots, strict=True)
    return Calibration(at, probabilities, counts, assumed)
