"""From accepted links to people: everything that hangs together, except what must not.

Links are taken strongest first. Where they would join two mentions that must not be one, directly or through any
number of others, the weakest link between them is refused; where two are equally weak, both are, for neither may
win by its name. A steward's "same" is never refused for evidence, only for a steward's "different".
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

from matchers.decisions import Decisions, ordered_ends, pairs_of, settled
from matchers.errors import PairFault, require_columns
from matchers.graph import bridges, grouped
from matchers.parting import Barrier, parted

MEMBERS = pl.Schema({"id": pl.String(), "cluster": pl.String()})
REFUSED = pl.Schema(
    {
        "left": pl.String(),
        "right": pl.String(),
        "weight": pl.Int32(),
        "kind": pl.String(),
        "barrier_left": pl.String(),
        "barrier_right": pl.String(),
    }
)
BRIDGES = pl.Schema(
    {
        "cluster": pl.String(),
        "left": pl.String(),
        "right": pl.String(),
        "weight": pl.Int32(),
        "size": pl.Int64(),
        "smaller": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Clusters:
    """Who is one person, which links were refused, and which clusters hang by a thread.

    `members`: `id`, `cluster` (its smallest id), every id once, sorted by `id`.
    `refused`: `left`, `right`, `weight`, `kind`, `barrier_left`, `barrier_right`: each link that was not followed and
    the pair that it would have joined. Kinds: `decision` (a steward said "different"), `exclusive` (a source lists
    the two side by side), `conflict` (a steward's "same" that contradicts a "different"; `weight` is null).
    `bridges`: `cluster`, `left`, `right`, `weight`, `size`, `smaller`: in clusters of four and more, a link that is
    the weakest there and the only one between its two sides, with the size of the cluster and of the smaller side.
    """

    members: pl.DataFrame
    refused: pl.DataFrame
    bridges: pl.DataFrame


def cluster(
    ids: pl.Series,
    links: pl.DataFrame,
    *,
    must: pl.DataFrame | None = None,
    must_not: pl.DataFrame | None = None,
    exclusive: pl.DataFrame | None = None,
    margin: int = 0,
) -> Clusters:
    """Join ids into clusters along accepted links, never joining what must not be joined, not even through a third.

    `ids`: every mention, String. `links`: `left`, `right` String, `weight` Int32 in millibits: what was accepted
    (`same` links of an assignment, and pairs between places above the threshold). `must`, `must_not` and `exclusive`
    (`left`, `right`): stewards' decisions, and mentions that cannot be one because a lists-once source names both at
    one time; `must` outweighs `exclusive`. Decisions hold through records that are not among `ids`, so leave out those
    that sleep (`decisions.awake`). A link wins against a rival only when it is stronger by more than `margin`
    millibits; a tie has no winner.
    Neither the order of rows nor of ends matters.

    Raises `ColumnFault` for a missing column, `PairFault` for an id that is there twice or a link that names nobody.

    >>> links = pl.DataFrame({"left": ["a", "b"], "right": ["b", "c"], "weight": [9_000, 12_000]})
    >>> apart = pl.DataFrame({"left": ["c"], "right": ["a"]})
    >>> cluster(pl.Series(["a", "b", "c"]), links, must_not=apart).members.rows()
    [('a', 'a'), ('b', 'b'), ('c', 'b')]
    """
    accepted = _checked(links, ids)
    decisions = settled(must, must_not)
    here = decisions.units.join(ids.to_frame("id"), on="id", how="semi")
    hubs = here.group_by("unit").agg(hub=pl.col("id").min())
    tied = here.join(hubs, on="unit").filter(pl.col("id") != pl.col("hub")).select(left="hub", right="id")
    barriers = _barriers(_present(must_not, ids, decisions.units.join(hubs, on="unit")), exclusive, decisions)
    refused = _refused(accepted, tied, barriers, grouped(ids, accepted, tied), margin)
    kept = accepted.join(refused, on=["left", "right"], how="anti")
    members = grouped(ids, kept, tied).rename({"group": "cluster"}).cast(MEMBERS)
    contradictory = _contradictory(must, decisions)
    return Clusters(
        members,
        pl.concat([refused, contradictory]).sort("left", "right", "kind"),
        _weak_bridges(members, kept, tied),
    )


def _checked(links: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Put the smaller id first and keep the strongest link of each pair."""
    require_columns(("left", "right", "weight"), links.columns, where="the frame of links")
    if ids.null_count() or ids.n_unique() < len(ids):
        raise PairFault(f"{len(ids) - ids.drop_nulls().n_unique()} ids are empty or there twice")
    ordered = links.select("left", "right", pl.col("weight").cast(pl.Int32)).with_columns(ordered_ends())
    known = ids.to_frame("id")
    strangers = sum(ordered.join(known, left_on=end, right_on="id", how="anti").height for end in ("left", "right"))
    if strangers:
        raise PairFault(f"{strangers} ends of links are not among the ids")
    return ordered.group_by("left", "right").agg(pl.col("weight").max()).filter(pl.col("left") != pl.col("right"))


def _present(pairs: pl.DataFrame | None, ids: pl.Series, hubs: pl.DataFrame) -> pl.DataFrame:
    """Let a record that is here stand in for one that is not but must be one with it."""
    absent = hubs.join(ids.to_frame("id"), on="id", how="anti")
    ends = pairs_of(pairs)
    if absent.is_empty() or ends.is_empty():
        return ends
    for end in ("left", "right"):
        named = absent.select(pl.col("id").alias(end), "hub")
        ends = ends.join(named, on=end, how="left").with_columns(pl.coalesce("hub", end).alias(end)).drop("hub")
    return pairs_of(ends)


def _barriers(said: pl.DataFrame, exclusive: pl.DataFrame | None, decisions: Decisions) -> pl.DataFrame:
    """List what must not be one, a decision before a source's word; what a steward joined is no barrier."""
    said = said.with_columns(kind=pl.lit("decision"))
    listed = pairs_of(exclusive).with_columns(kind=pl.lit("exclusive")).join(said, on=["left", "right"], how="anti")
    units = decisions.units
    if listed.is_empty() or units.is_empty():
        return pl.concat([said, listed])
    both = listed.join(units, left_on="left", right_on="id").join(units, left_on="right", right_on="id")
    joined = both.filter(pl.col("unit") == pl.col("unit_right"))
    return pl.concat([said, listed.join(joined, on=["left", "right"], how="anti")])


def _refused(
    links: pl.DataFrame, tied: pl.DataFrame, barriers: pl.DataFrame, groups: pl.DataFrame, margin: int
) -> pl.DataFrame:
    """Part the groups that hold both ends of a barrier; all others, nearly all, are left as they are."""
    crossed = _in_group(barriers, groups)
    if crossed.is_empty():
        return pl.DataFrame(schema=REFUSED)
    touched = crossed["group"].unique().sort()
    by_group = [
        _in_group(edges, groups).filter(pl.col("group").is_in(touched.implode())).partition_by("group", as_dict=True)
        for edges in (links, tied)
    ]
    rows = []
    for group, walls in crossed.partition_by("group", as_dict=True).items():
        linked, fixed = (by.get(group) for by in by_group)
        weights = {(left, right): weight for left, right, weight in _rows(linked, "left", "right", "weight")}
        fences = [Barrier(*row) for row in _rows(walls, "left", "right", "kind")]
        for pair, wall in parted(weights, _rows(fixed, "left", "right"), fences, margin=margin).items():
            rows.append((*pair, weights[pair], wall.kind, wall.left, wall.right))
    return pl.DataFrame(rows, schema=REFUSED, orient="row")


def _rows(frame: pl.DataFrame | None, *columns: str) -> list[tuple[Any, ...]]:
    return [] if frame is None else frame.select(columns).rows()


def _in_group(edges: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Keep the edges both ends of which are in one group, with that group."""
    named = edges.join(groups, left_on="left", right_on="id").join(groups, left_on="right", right_on="id")
    return named.filter(pl.col("group") == pl.col("group_right")).drop("group_right")


def _contradictory(must: pl.DataFrame | None, decisions: Decisions) -> pl.DataFrame:
    """List each "same" that rests because a "different" contradicts its group."""
    if decisions.conflicts.is_empty():
        return pl.DataFrame(schema=REFUSED)
    resting = pairs_of(must).join(decisions.conflicts.select(left="id"), on="left", how="semi")
    nobody = pl.lit(None, pl.String())
    return resting.select(
        "left",
        "right",
        weight=pl.lit(None, pl.Int32()),
        kind=pl.lit("conflict"),
        barrier_left=nobody,
        barrier_right=nobody,
    ).cast(REFUSED)


def _weak_bridges(members: pl.DataFrame, kept: pl.DataFrame, tied: pl.DataFrame) -> pl.DataFrame:
    """Find, in clusters of four and more, the weakest links that nothing runs beside."""
    sizes = members.group_by("cluster").agg(size=pl.len().cast(pl.Int64)).filter(pl.col("size") > 3)
    if sizes.is_empty():
        return pl.DataFrame(schema=BRIDGES)
    large = members.join(sizes, on="cluster")
    links = kept.join(large, left_on="left", right_on="id")
    weakest = links.filter(pl.col("weight") == pl.col("weight").min().over("cluster"))
    edges = pl.concat([links.select("left", "right"), tied])
    thin = _without_triangle(weakest, edges)
    hanging = _in_group(edges, members.rename({"cluster": "group"})).unique().sort("left", "right")
    hanging = hanging.join(thin.select(group="cluster").unique(), on="group", how="semi")
    rows = []
    for group in hanging.partition_by("group"):
        sides = bridges(group.select("left", "right").rows())
        rows += [(*pair, smaller) for pair, smaller in sides.items()]
    found = pl.DataFrame(rows, schema={"left": pl.String, "right": pl.String, "smaller": pl.Int64}, orient="row")
    return thin.join(found, on=["left", "right"]).select(BRIDGES.names()).cast(BRIDGES).sort("cluster", "left", "right")


def _without_triangle(links: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Drop the links whose ends share a neighbour: no bridge, and most links of most clusters."""
    both_ways = pl.concat([edges, edges.select(left="right", right="left")]).rename({"left": "id", "right": "third"})
    through = links.select("left", "right").join(both_ways, left_on="left", right_on="id")
    closed = through.join(both_ways, left_on=["right", "third"], right_on=["id", "third"], how="semi")
    return links.join(closed, on=["left", "right"], how="anti")
