"""Thresholds from what stewards decided, moved no further than their labels carry."""

from dataclasses import dataclass

import polars as pl

from matchers.calibrate import Calibration, calibrate
from matchers.errors import PairFault
from matchers.evaluate import wilson
from matchers.labels import FEWEST, labelled
from matchers.model import Model, Thresholds

BELIEF_IN_THRESHOLDS = 200


@dataclass(frozen=True, slots=True)
class LearnedThresholds:
    """Thresholds that labels support, and what was seen at them.

    `precision`: of the labelled pairs at `thresholds.same` and above, the share that is one person; `low`, `high` its
    95% interval; None where no labelled pair is so heavy. `calibration` is what the weights have meant.
    """

    thresholds: Thresholds
    calibration: Calibration
    labels: int
    precision: float | None
    low: float | None
    high: float | None


def thresholds_from(
    pairs: pl.DataFrame,
    labels: pl.DataFrame,
    model: Model,
    *,
    precision: float = 0.999,
    ask: float = 0.5,
    belief: int = BELIEF_IN_THRESHOLDS,
) -> LearnedThresholds:
    """Propose where to join and where to ask, from labels that cover the range of weights.

    Where the labels reach the wanted certainty, each threshold goes from the model's towards theirs, by the share
    labels / (labels + `belief`); where they do not, `same` stays. Never is `ask` above `same`. Columns are as for
    `learned_from`. Raises `PairFault` for fewer than ten labels, or a pair labelled both ways.

    >>> from matchers import Same, block_on
    >>> model = Model([Same("name")], [block_on("name")])
    >>> weights = [*range(-5_000, 15_000, 10)]
    >>> pairs = pl.DataFrame({"left": range(2_000), "right": range(2_000, 4_000), "weight": weights})
    >>> labels = pairs.select("left", "right", same=pl.col("weight") > 2_000)
    >>> found = thresholds_from(pairs.with_columns(context=pl.lit("apart")), labels, model)
    >>> model.thresholds.same, found.thresholds.same, found.precision
    (9964, 2733, 1.0)
    """
    known = labelled(pairs, labels)
    if known.height < FEWEST:
        raise PairFault(f"thresholds need at least {FEWEST} labels of scored pairs")
    calibration = calibrate(known.select("weight", "same"))
    share = known.height / (known.height + belief)
    now = model.thresholds
    same, doubt = (
        old if (found := calibration.threshold_for(wanted)) is None else round(old + share * (found - old))
        for old, wanted in ((now.same, precision), (now.ask, ask))
    )
    above = known.filter(pl.col("weight") >= same)
    right = int(above["same"].sum())
    low, high = wilson(right, above.height) or (None, None)
    seen = right / above.height if above.height else None
    return LearnedThresholds(Thresholds(same, min(same, doubt)), calibration, known.height, seen, low, high)
