"""What stewards have said about pairs, read as a whole: who must be one, who must not, and where they contradict."""

from dataclasses import dataclass

import polars as pl

from matchers.graph import grouped

PAIR_SCHEMA = pl.Schema({"left": pl.String(), "right": pl.String()})
UNITS = pl.Schema({"id": pl.String(), "unit": pl.String()})
GROUPS = pl.Schema({"id": pl.String(), "group": pl.String()})


@dataclass(frozen=True, slots=True)
class Decisions:
    """Standing decisions, followed through third records.

    `units` (`id`, `unit`) holds the ids that must be one with another, under the smallest of them.
    `apart` (`left`, `right`) holds the units that must not be one, the smaller first; an id in no unit is its own.
    `conflicts` (`id`, `group`) holds the ids of those groups in which a "different" contradicts the "same"s. In such
    a group "different" stands and every "same" rests until someone decides again.
    """

    units: pl.DataFrame
    apart: pl.DataFrame
    conflicts: pl.DataFrame


def settled(must: pl.DataFrame | None, must_not: pl.DataFrame | None) -> Decisions:
    """Follow decisions through third records, setting aside what contradicts itself.

    `must` and `must_not` hold `left` and `right`, in any order of rows and ends. That A is B and B is C makes A
    and C one; that A is B and B is not C parts A from C.
    """
    same, different = pairs_of(must), pairs_of(must_not)
    if same.is_empty():  # nothing to follow
        return Decisions(pl.DataFrame(schema=UNITS), different, pl.DataFrame(schema=GROUPS))
    ids = pl.concat([same["left"], same["right"]])
    groups = grouped(ids, same)
    bad = _lifted(different, groups).filter(pl.col("left") == pl.col("right")).select(group="left").unique()
    conflicts = groups.join(bad, on="group", how="semi").sort("id")
    units = groups.join(bad, on="group", how="anti").rename({"group": "unit"}).sort("id")
    apart = pairs_of(_lifted(different, units.rename({"unit": "group"})))
    return Decisions(units, apart, conflicts)


def awake(pairs: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Keep the decisions (`left`, `right`) both records of which are here; the others sleep until theirs come back."""
    here = ids.to_frame("id")
    for end in ("left", "right"):
        pairs = pairs.join(here, left_on=end, right_on="id", how="semi", maintain_order="left")
    return pairs


def pairs_of(frame: pl.DataFrame | None) -> pl.DataFrame:
    """Put the smaller end of every pair first, and every pair once, in order.

    >>> pairs_of(pl.DataFrame({"left": ["b", "a"], "right": ["a", "b"]})).rows()
    [('a', 'b')]
    """
    if frame is None or frame.is_empty():
        return pl.DataFrame(schema=PAIR_SCHEMA)
    ends = frame.select(pl.col("left", "right").cast(pl.String))
    return ends.select(ordered_ends()).unique().sort("left", "right")


def ordered_ends() -> list[pl.Expr]:
    """Name the smaller end of a pair `left` and the other `right`, as two expressions."""
    return [
        pl.min_horizontal("left", "right").alias("left"),
        pl.max_horizontal("left", "right").alias("right"),
    ]


def _lifted(pairs: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Say every pair of ids as the pair of their groups."""
    for end in ("left", "right"):
        named = groups.rename({"id": end, "group": "unit"})
        pairs = pairs.join(named, on=end, how="left").with_columns(pl.coalesce("unit", end).alias(end)).drop("unit")
    return pairs
