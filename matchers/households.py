"""From mentions and scored pairs to households, each solved: the frames between `assign` and the partitions.

A *node* is what must be one anyway at a place: a mention, or several that stewards have called the same. A
*household* is a set of nodes that hang together by pairs that are, or nearly are, worth joining; no pair between two
households could change an answer, so each is solved by itself.
"""

import numpy as np
import polars as pl

from matchers.crowded import Limits, crowded_margins
from matchers.decisions import Decisions, ordered_ends
from matchers.graph import Ints, parts
from matchers.partition import FORBIDDEN, Bools, Floats, clear_margins, exact_margins, pair_positions

# From seven mentions on, to look whether a household is clear costs less than to try every partition of it.
_LOOK_FIRST = 7

SOLVED = pl.Schema(
    {
        "household": pl.Int64(),
        "first": pl.Int64(),
        "second": pl.Int64(),
        "margin": pl.Float64(),
        "exact": pl.Boolean(),
    }
)


def nodes_of(people: pl.DataFrame, decisions: Decisions) -> pl.DataFrame:
    """Number what must be one at a place. Adds `unit` and `node` to mentions sorted by `id`, keeping that order."""
    units = people.join(decisions.units, on="id", how="left", maintain_order="left").with_columns(
        unit=pl.coalesce("unit", "id")
    )
    return units.with_columns(node=pl.struct("place", "unit").rank("dense").cast(pl.Int64) - 1)


def allowed(scored: pl.DataFrame, people: pl.DataFrame) -> pl.Series:
    """Whether two mentions may be one: not when one lists-once source names both at one time."""
    left = people[scored["left_row"]].select(pl.all().name.prefix("left_"))
    right = people[scored["right_row"]].select(pl.all().name.prefix("right_"))
    both = pl.concat([left, right], how="horizontal")
    listed_twice = (pl.col("left_source") == pl.col("right_source")) & pl.col("left_lists_once", "right_lists_once")
    return both.select(allowed=~(pl.all_horizontal(listed_twice) & _overlapping())).to_series()


def _overlapping() -> pl.Expr:
    return _begins_before("left_since", "right_until") & _begins_before("right_since", "left_until")


def _begins_before(since: str, until: str) -> pl.Expr:
    return (pl.col(since) < pl.col(until)).fill_null(True)


def joins_of(scored: pl.DataFrame, nodes: pl.DataFrame, decisions: Decisions) -> pl.DataFrame:
    """Sum the pairs between each two nodes that may be one: `first` < `second`, `weight` in millibits.

    Two nodes may be one when all their mentions' pairs are scored and allowed, and no decision parts them.
    """
    node, size = nodes["node"], nodes["node"].value_counts(name="size")
    ends = scored.with_columns(left=node.gather(scored["left_row"]), right=node.gather(scored["right_row"]))
    between = (
        ends.filter(pl.col("left") != pl.col("right"))
        .with_columns(ordered_ends())
        .group_by(first="left", second="right")
        .agg(pl.col("weight").cast(pl.Int64).sum(), pl.col("allowed").all(), pl.len().alias("pairs"))
    )
    for end in ("first", "second"):
        between = between.join(size.rename({"node": end, "size": f"{end}_size"}), on=end)
    every_pair = pl.col("pairs") == pl.col("first_size") * pl.col("second_size")
    return _not_decided(between.filter(every_pair & "allowed"), nodes, decisions).select("first", "second", "weight")


def _not_decided(between: pl.DataFrame, nodes: pl.DataFrame, decisions: Decisions) -> pl.DataFrame:
    if decisions.apart.is_empty():
        return between
    names = nodes.select("node", "unit").unique()
    for node, end in (("first", "left"), ("second", "right")):
        between = between.join(names.rename({"node": node, "unit": end}), on=node)
    return between.with_columns(ordered_ends()).join(decisions.apart, on=["left", "right"], how="anti")


def solved(count: int, joins: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Give the margin of every two of `count` nodes that are, or might be, one; see `SOLVED`.

    Small households of one size are solved together, at once; only those above the exact size are looped over.
    """
    first, second, weight = (joins[name].to_numpy() for name in ("first", "second", "weight"))
    hanging = weight > -limits.doubt
    root = parts(count, first[hanging], second[hanging])
    inside = root[first] == root[second]
    first, second, weight = first[inside], second[inside], weight[inside]
    members = np.argsort(root, kind="stable")
    size = np.bincount(root, minlength=count)
    start = np.cumsum(size) - size
    place = np.empty(count, dtype=np.int64)
    place[members] = np.arange(count) - start[root[members]]
    answers = [pl.DataFrame(schema=SOLVED)]
    for each in np.unique(size[size > 1]):
        roots = np.flatnonzero(size == each)
        mine = size[root[first]] == each
        rows = np.searchsorted(roots, root[first[mine]])
        weights = _weights(rows, place[first[mine]], place[second[mine]], weight[mine], (len(roots), int(each)))
        margins, exact = _margins(weights, int(each), limits)
        household = members[start[roots][:, None] + np.arange(each)]
        answers.append(_answers(household, margins, exact, limits))
    return pl.concat(answers)


def _weights(rows: Ints, first: Ints, second: Ints, weight: Ints, shape: tuple[int, int]) -> Floats:
    """Lay out a row for each household and a column for each pair of its members; what is not there is forbidden."""
    households, size = shape
    low, high = np.minimum(first, second), np.maximum(first, second)
    weights = np.full((households, size * (size - 1) // 2), FORBIDDEN)
    weights[rows, low * size - low * (low + 1) // 2 + high - low - 1] = weight
    return weights


def _margins(weights: Floats, size: int, limits: Limits) -> tuple[Floats, Bools]:
    if size < _LOOK_FIRST:
        return _tried(weights, size, limits)
    margins, clear = clear_margins(weights, size, limits.bar)
    exact = np.ones(weights.shape, dtype=np.bool_)
    if not clear.all():
        margins[~clear], exact[~clear] = _tried(weights[~clear], size, limits)
    return margins, exact


def _tried(weights: Floats, size: int, limits: Limits) -> tuple[Floats, Bools]:
    if size <= limits.exact_up_to:
        return exact_margins(weights, size), np.ones(weights.shape, dtype=np.bool_)
    left, right = pair_positions(size)
    margins, exact = np.empty_like(weights), np.empty(weights.shape, dtype=np.bool_)
    for row, household in enumerate(weights):
        square = np.zeros((size, size))
        square[left, right] = square[right, left] = household
        found = crowded_margins(square, limits)
        margins[row], exact[row] = found.values[left, right], found.exact[left, right]
    return margins, exact


def _answers(household: Ints, margins: Floats, exact: Bools, limits: Limits) -> pl.DataFrame:
    """Keep the pairs that are one or might be; a household goes by its first node."""
    left, right = pair_positions(household.shape[1])
    row, pair = np.nonzero(margins > -limits.doubt)
    columns = {
        "household": household[row, 0],
        "first": household[row, left[pair]],
        "second": household[row, right[pair]],
        "margin": margins[row, pair],
        "exact": exact[row, pair],
    }
    return pl.DataFrame(columns, schema=SOLVED)
