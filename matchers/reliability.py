"""Does a stated probability hold? The truth beside what was stated, tenth by tenth."""

import numpy as np
import polars as pl

from matchers.errors import PairFault
from matchers.evaluate import wilson

TENTHS = 10

RELIABILITY = pl.Schema(
    {
        "from": pl.Float64(),
        "below": pl.Float64(),
        "pairs": pl.Int64(),
        "stated": pl.Float64(),
        "right": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
    }
)


def reliability(stated: pl.Series, same: pl.Series) -> pl.DataFrame:
    """Set what was stated of pairs beside the truth, for each tenth of stated probability that holds any.

    `stated`: probabilities (Float64); `same`: whether the two are one (Boolean), a row for each pair. Gives a frame of
    `RELIABILITY`, sorted: the tenth, how many pairs it holds, their mean stated probability, the share that is right
    and its 95% interval (Wilson's). A probability of one belongs to the last tenth. Raises `PairFault` where a value
    is missing or no probability.

    >>> table = reliability(pl.Series([0.05, 0.95, 1.0]), pl.Series([False, True, False]))
    >>> table.select("from", "pairs", "right").rows()
    [(0.0, 1, 0.0), (0.9, 2, 0.5)]
    """
    if stated.null_count() or same.null_count() or not stated.is_between(0, 1).all():
        raise PairFault("reliability needs a probability from 0 to 1 and a truth for each pair")
    tenth = np.minimum(np.floor(stated.to_numpy() * TENTHS), TENTHS - 1).astype(np.int64)
    told = pl.DataFrame({"tenth": tenth, "stated": stated, "same": same.cast(pl.Boolean)})
    found = told.group_by("tenth").agg(pl.len(), pl.col("stated").mean(), right=pl.col("same").sum()).sort("tenth")
    rows = []
    for number, pairs, mean, right in found.iter_rows():
        low, high = wilson(right, pairs) or (0.0, 1.0)
        rows.append((number / TENTHS, (number + 1) / TENTHS, pairs, mean, right / pairs, low, high))
    return pl.DataFrame(rows, schema=RELIABILITY, orient="row")
