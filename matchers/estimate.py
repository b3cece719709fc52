"""How good a linkage is when the truth is not known: precision from a reviewed sample, recall from several passes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

import polars as pl

from matchers.errors import PairFault, require_columns

_Z = NormalDist().inv_cdf(0.975)
MISCOUNTED = "every stratum with links needs some reviewed, no more than there are, and no more right than that"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share that was estimated, not counted, with its 95% interval."""

    value: float
    low: float
    high: float


def precision_by_review(strata: pl.DataFrame) -> Estimate:
    """Estimate how many of all links are right from those that stewards reviewed.

    `strata`: `links` (how many there are), `reviewed` (how many of them were drawn at random and judged), `right` (how
    many of these were right), a row for each stratum, such as a band of weights. Each stratum counts by its links,
    so that the doubtful may be reviewed far more often than the easy. The interval adds the strata's variances, each
    with two right and two wrong ones added (Agresti and Coull, 1998), for a stratum without a fault is not faultless.

    Raises `ColumnFault` for a missing column, `PairFault` for counts that cannot be.

    >>> strata = pl.DataFrame({"links": [9_000, 1_000], "reviewed": [100, 200], "right": [100, 180]})
    >>> round(precision_by_review(strata).value, 4)
    0.99
    """
    require_columns(("links", "reviewed", "right"), strata.columns, where="the frame of strata")
    counts = [
        (int(links), int(seen), int(right)) for links, seen, right in strata.select("links", "reviewed", "right").rows()
    ]
    counts = [row for row in counts if row[0]]
    if not counts or any(not 0 <= right <= seen <= links or seen == 0 for links, seen, right in counts):
        raise PairFault(MISCOUNTED)
    everything = sum(links for links, _, _ in counts)
    value = sum(links * right / seen for links, seen, right in counts) / everything
    variance = sum(_variance(*row) for row in counts) / everything**2
    half = _Z * sqrt(variance)
    return Estimate(value, max(0.0, value - half), min(1.0, value + half))


def recall_by_review(strata: pl.DataFrame) -> Estimate:
    """Estimate which share of the pairs that are one was joined, from reviewed pairs of either kind.

    `strata` as for `precision_by_review`, with `joined` (Boolean): of a stratum that was not joined, `links` counts the
    pairs that were looked at and left apart. Pairs that nothing proposed are not among them. The interval is that of a
    ratio of two sums, by their variances (the delta method); strata of many pairs and few reviewed make it wide.

    Raises `ColumnFault` for a missing column, `PairFault` for counts that cannot be, or where no pair is right.

    >>> rows = {"joined": [True, False], "links": [900, 400], "reviewed": [90, 40], "right": [90, 10]}
    >>> recall_by_review(pl.DataFrame(rows)).value
    0.9
    """
    require_columns(("joined", "links", "reviewed", "right"), strata.columns, where="the frame of strata")
    total, variance = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
    for joined, *counts in strata.filter(pl.col("links") > 0).select("joined", "links", "reviewed", "right").rows():
        links, seen, right = map(int, counts)
        if not 0 <= right <= seen <= links or seen == 0:
            raise PairFault(MISCOUNTED)
        total[joined] += links * right / seen
        variance[joined] += _variance(links, seen, right)
    everything = sum(total.values())
    if not everything:
        raise PairFault("none of the reviewed pairs is one person: there is nothing to find")
    value = total[True] / everything
    half = _Z * sqrt(total[False] ** 2 * variance[True] + total[True] ** 2 * variance[False]) / everything**2
    return Estimate(value, max(0.0, value - half), min(1.0, value + half))


def _variance(links: int, seen: int, right: int) -> float:
    share = (right + 2) / (seen + 4)
    return links**2 * share * (1 - share) / (seen + 4) * (1 - seen / links)


def recall_by_recapture(found: pl.DataFrame, passes: Sequence[str]) -> Estimate:
    """Estimate which share of all true links several different ways of looking have found between them.

    `found`: a row for each true link that any pass found, with a Boolean column for each name in `passes`, of which
    there are three or more, as unlike each other as can be (by name, by date of birth, by telephone). The links that no
    pass found are reckoned from those found once and those found twice (Chao, 1987, for few passes). Some links are
    harder than others for every pass, so this is a lower bound for the missed, and the recall an upper one.

    Raises `ColumnFault` for a missing column, `PairFault` with fewer than three passes or no links.

    >>> found = pl.DataFrame({"name": [True] * 9 + [False], "dob": [True] * 10, "phone": [True] * 8 + [False] * 2})
    >>> round(recall_by_recapture(found, ["name", "dob", "phone"]).value, 3)
    1.0
    """
    require_columns(passes, found.columns, where="the frame of found links")
    times = found.select(pl.sum_horizontal(pl.col(name).cast(pl.Int64) for name in passes)).to_series()
    seen = int((times > 0).sum())
    if len(passes) < 3 or seen == 0:
        raise PairFault("recapture needs at least three passes, and links that they found")
    once, twice = int((times == 1).sum()), int((times == 2).sum())
    few = (len(passes) - 1) / len(passes)
    missed = few * once * (once - 1) / (2 * (twice + 1))
    if missed == 0:
        return Estimate(1.0, _fewest(seen, once), 1.0)
    ratio = once / (twice + 1)
    variance = missed + (twice + 1) * few**2 * (ratio**3 + ratio**4 / 4)
    spread = exp(_Z * sqrt(log(1 + variance / missed**2)))
    return Estimate(seen / (seen + missed), seen / (seen + missed * spread), seen / (seen + missed / spread))


def _fewest(seen: int, once: int) -> float:
    """Give the least recall that fits when nothing suggests a missed link: one more missed than was seen once."""
    return seen / (seen + once + 1)
