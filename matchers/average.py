"""From scored pairs to people where a person has many records: a record joins by several that agree, not by one link.

Two clusters are joined while, on the average over all pairs between them, more speaks for one person than against, the
best first. Pairs that are each other's best may be joined at one time, for joining others never brings a cluster nearer
to a third than both its parts were: the clusters are those of average linkage taken one by one.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from matchers.cluster import MEMBERS
from matchers.errors import PairFault, require_columns
from matchers.graph import Ints, numbered, parts, repeats

ABSENT = -1_500
LEAST = -2_000
MOST = 12_000
ROUNDS = 200


def by_average(
    ids: pl.Series,
    pairs: pl.DataFrame,
    *,
    threshold: int = 0,
    absent: int = ABSENT,
    least: int = LEAST,
    most: int = MOST,
) -> pl.DataFrame:
    """Join ids into clusters (`id`, `cluster`, sorted by `id`) by the average weight of the pairs between them.

    `ids`: every mention, String, each once. `pairs`: `left`, `right`, `weight` in millibits, those below the threshold
    too, for they speak against. A pair that is not there, which no block thought worth a look, counts as `absent`;
    weights count for no less than `least` and no more than `most`. Two are joined while the average exceeds
    `threshold`.

    Two records of one person that went wrong in different ways may look like strangers, each being the third's all
    the same: so what speaks against counts for little. As shipped the figures were chosen on made-up lists.

    Raises `ColumnFault` for a missing column, `PairFault` for a pair that names nobody.

    >>> pairs = pl.DataFrame({"left": ["a", "a", "b"], "right": ["b", "c", "d"], "weight": [9_000, -9_000, 1_000]})
    >>> by_average(pl.Series(["a", "b", "c", "d"]), pairs)["cluster"].to_list()
    ['a', 'a', 'c', 'd']
    """
    require_columns(("left", "right", "weight"), pairs.columns, where="the frame of pairs")
    ordered = ids.sort()
    if repeats(ordered):
        ordered = ordered.unique(maintain_order=True)
    left, right = numbered(pairs["left"], ordered), numbered(pairs["right"], ordered)
    if len(pairs) and min(left.min(), right.min()) < 0:
        raise PairFault("ends of pairs are not among the ids")
    # What counts is how much more than an absent pair a pair weighs: then absent ones need not be listed.
    beyond, wanted = np.clip(pairs["weight"].to_numpy().astype(np.int64), least, most) - absent, threshold - absent
    if wanted >= 0:
        # No average is good without one good pair: what does not hang together by good pairs never joins.
        good = beyond > wanted
        part = parts(len(ordered), left[good], right[good])
        near = part[left] == part[right]
        left, right, beyond = left[near], right[near], beyond[near]
    between = pl.DataFrame({"a": np.minimum(left, right), "b": np.maximum(left, right), "sum": beyond})
    roots = _joined(len(ordered), between, wanted)
    return pl.DataFrame({"id": ordered, "cluster": ordered.gather(roots)}).cast(MEMBERS)


def _joined(count: int, between: pl.DataFrame, wanted: int) -> Ints:
    roots, sizes = np.arange(count, dtype=np.int64), np.ones(count, dtype=np.int64)
    for _ in range(ROUNDS):
        between = between.group_by("a", "b").agg(pl.col("sum").sum())
        a, b = between["a"].to_numpy(), between["b"].to_numpy()
        average = between["sum"].to_numpy() / (sizes[a] * sizes[b])
        into, away = _mutual(count, a, b, average, wanted)
        if not len(into):
            break
        step = np.arange(count, dtype=np.int64)
        step[away] = into
        sizes[into] += sizes[away]
        roots = step[roots]
        one, other = step[a], step[b]
        kept = one != other
        between = pl.DataFrame({
            "a": np.minimum(one, other)[kept], "b": np.maximum(one, other)[kept], "sum": between["sum"].to_numpy()[kept]
        })  # fmt: skip
    return roots


def _mutual(count: int, a: Ints, b: Ints, average: npt.NDArray[np.float64], wanted: int) -> tuple[Ints, Ints]:
    """Find the pairs that are each other's best and good enough; of equals, the one with the smaller numbers."""
    good = np.flatnonzero(average > wanted)
    order = good[np.lexsort((b[good], a[good], -average[good]))]
    first = np.full(count, len(order), dtype=np.int64)
    rank = np.arange(len(order), dtype=np.int64)
    np.minimum.at(first, a[order], rank)
    np.minimum.at(first, b[order], rank)
    best = (first[a[order]] == rank) & (first[b[order]] == rank)
    return a[order][best], b[order][best]
