"""Who is who inside one place: the best partition of all its mentions, and what only a person can tell.

Inside a household the surname says little and two people may share every word of their names, so no pair is judged
alone. All mentions at a place are parted at once, and a pair is one person only when every partition that keeps
the two apart is worse by the margin. Father and son, both J SMITH, on one account and twice on the register, give
two partitions of equal worth: nobody is guessed, and the household becomes a case.
"""

from dataclasses import dataclass

import polars as pl

from matchers.crowded import Limits
from matchers.decisions import Decisions, ordered_ends, settled
from matchers.errors import PairFault, require_columns
from matchers.graph import numbered
from matchers.households import allowed, joins_of, nodes_of, solved
from matchers.partition import LARGEST

# Five bits: whatever else the household could be is 32 times less likely. Policy sets its own, from calibration.
MARGIN = 5_000

MENTIONS = ("id", "place", "source", "lists_once", "since", "until")
LINKS = pl.Schema(
    {
        "place": pl.Int64(),
        "left": pl.String(),
        "right": pl.String(),
        "weight": pl.Int32(),
        "margin": pl.Int32(),
        "answer": pl.String(),
        "exact": pl.Boolean(),
    }
)
DOUBTS = pl.Schema(
    {"place": pl.Int64(), "ids": pl.List(pl.String()), "kind": pl.String(), "margin": pl.Int32(), "exact": pl.Boolean()}
)
_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is the same inside each place, and the households that cannot be told.

    `links`: `place` Int64, `left`, `right` String (left < right), `weight` Int32, `margin` Int32, `answer` String,
    `exact` Boolean; sorted by place, left, right. `answer` is `same` or `cannot_tell`; pairs that differ are left
    out. `margin` is, in millibits, the best total with the pair together less the best with it apart: below nothing
    for a rival that only a nearly best partition joins, null where a steward said "same" (nothing could part them).
    Where seven mentions or more hang together, a margin that decides may be a lower bound.
    The `same` pairs are complete: where a is b and b is c, a is c is a row too.

    `doubts`: `place`, `ids` List(String), `kind`, `margin` (the narrowest), `exact`; a row for each group of mentions
    that hang together and hold a `cannot_tell`. Kinds: `tie` (two answers are equally good), `narrow` (a rival is
    close), `weak` (no rival, but too little evidence) and `conflict` (stewards' decisions contradict each other).
    """

    links: pl.DataFrame
    doubts: pl.DataFrame


def assign(
    mentions: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    must: pl.DataFrame | None = None,
    must_not: pl.DataFrame | None = None,
    margin: int = MARGIN,
    doubt: int | None = None,
    exact_up_to: int = 9,
) -> Assignment:
    """Decide which mentions at each place are one person, and say where that cannot be told.

    `mentions`: `id` String, `place` Int64, `source` String, `lists_once` Boolean (the source names a person at most
    once at a place at one time), `since`, `until` Date (from the first day, up to but without the last; null = open).
    `pairs`: `left`, `right` String, `weight` Int32 in millibits, every scored pair of mentions at one place; a pair
    that is not scored may not be one. `must` and `must_not` (`left`, `right`) are decisions; they hold through third
    records, those that are not here included, so leave out decisions that sleep (`decisions.awake`). `must`
    outweighs `lists_once`.

    A pair is `same` when its margin is at least `margin` millibits, and a rival when joining it costs less than
    `doubt` (as much as `margin`, unless given). Up to `exact_up_to` mentions (10 at most) that hang together, every
    partition is tried; larger groups are reduced by proof and, only where that does not do, searched (`exact`
    says which). Neither the order of rows nor of sources matters.

    Raises `ColumnFault` for a missing column, `PairFault` for an id that is there twice, or a pair that is
    scored twice, names nobody or reaches from one place to another.

    >>> from datetime import date
    >>> mentions = pl.DataFrame({
    ...     "id": ["ct-1", "er-1", "er-2"], "place": [1, 1, 1],
    ...     "source": ["council_tax", "register", "register"], "lists_once": [True, True, True],
    ...     "since": [date(2020, 4, 1)] * 3, "until": [None, None, None]})
    >>> pairs = pl.DataFrame({"left": ["ct-1", "ct-1"], "right": ["er-1", "er-2"], "weight": [9_000, -4_500]})
    >>> assign(mentions, pairs, doubt=2_000).links.select("left", "right", "margin", "answer").rows()
    [('ct-1', 'er-1', 9000, 'same')]
    """
    limits = _limits(margin, doubt, exact_up_to)
    people = _checked_mentions(mentions)
    scored = _checked_pairs(pairs, people)
    decisions = settled(must, must_not)
    nodes = nodes_of(people, decisions)
    answers = solved(nodes["node"].n_unique(), joins_of(scored, nodes, decisions), limits)
    links = _links(answers, nodes, scored, limits)
    doubts = pl.concat([_doubts(links), _conflicts(nodes, decisions)])
    return Assignment(
        links.select(LINKS.names()).sort("place", "left", "right"),
        doubts.sort("place", pl.col("ids").list.first(), "kind"),
    )


def _limits(margin: int, doubt: int | None, exact_up_to: int) -> Limits:
    if margin < 1 or (doubt is not None and doubt < 1):
        raise ValueError("margin and doubt are at least 1 millibit, or a tie would be guessed")
    if not 1 <= exact_up_to <= LARGEST:
        raise ValueError(f"exact_up_to is from 1 to {LARGEST}, not {exact_up_to}")
    return Limits(margin, margin if doubt is None else doubt, exact_up_to)


def _checked_mentions(mentions: pl.DataFrame) -> pl.DataFrame:
    """Sort mentions by id; a stay that ends before its second day lasts its first."""
    require_columns(MENTIONS, mentions.columns, where="the frame of mentions")
    people = mentions.select(MENTIONS).sort("id")
    empty = [name for name in MENTIONS[:4] if people[name].null_count()]
    if empty:
        raise PairFault(f"a mention without {' or '.join(empty)} cannot be assigned")
    repeated = len(people) - people["id"].n_unique()
    if repeated:
        raise PairFault(f"{repeated} mentions repeat an id; an id names one mention at one place")
    one_day = pl.max_horizontal("until", pl.col("since").dt.offset_by("1d"))
    return people.with_columns(until=pl.when(pl.col("until").is_not_null()).then(one_day))


def _checked_pairs(pairs: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Put the smaller id first; add `left_row`, `right_row` (rows of `people`) and `allowed`."""
    require_columns(("left", "right", "weight"), pairs.columns, where="the frame of pairs")
    scored = pairs.select("left", "right", "weight").with_columns(ordered_ends())
    if scored.is_empty():
        return scored.with_columns(left_row=pl.lit(0, pl.Int64()), right_row=pl.lit(0, pl.Int64()), allowed=True)
    rows = {f"{end}_row": numbered(scored[end], people["id"]) for end in ("left", "right")}
    scored = scored.with_columns(pl.Series(name, row, dtype=pl.Int64) for name, row in rows.items())
    if scored["weight"].null_count():
        raise PairFault(f"{scored['weight'].null_count()} pairs have no weight")
    unknown = scored.filter(pl.min_horizontal("left_row", "right_row") < 0).height
    if unknown:
        raise PairFault(f"{unknown} pairs name a mention that is not among the mentions")
    apart = (people["place"].gather(scored["left_row"]) != people["place"].gather(scored["right_row"])).sum()
    if apart:
        raise PairFault(f"{apart} pairs reach from one place to another; those are for cluster()")
    repeated = scored.height - scored.select(pl.struct("left_row", "right_row").n_unique()).item()
    if repeated:
        raise PairFault(f"{repeated} pairs are scored twice")
    if scored.filter(pl.col("left") == pl.col("right")).height:
        raise PairFault("a mention is paired with itself")
    return scored.with_columns(allowed(scored, people))


def _links(answers: pl.DataFrame, nodes: pl.DataFrame, scored: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Say what was found of nodes in terms of their mentions, with what stewards said of the mentions of one node."""
    ids = nodes.select("node", "place", "id")
    found = (
        answers.join(ids.rename({"node": "first", "id": "left"}), on="first")
        .join(ids.select(second="node", right="id"), on="second")
        .with_columns(ordered_ends())
    )
    told = pl.when(pl.col("margin") >= limits.margin).then(pl.lit("same")).otherwise(pl.lit("cannot_tell"))
    found = found.with_columns(pl.col("margin").clip(-_MOST, _MOST), answer=told)
    links = pl.concat([found, _said_same(ids)], how="diagonal_relaxed")
    weighed = links.join(scored.select("left", "right", "weight"), on=["left", "right"], how="left")
    return weighed.cast(LINKS)


def _said_same(ids: pl.DataFrame) -> pl.DataFrame:
    several = ids.filter(pl.len().over("node") > 1)
    both = several.join(several.select("node", right="id"), on="node").rename({"id": "left"})
    ordered = both.filter(pl.col("left") < pl.col("right")).select("place", "left", "right")
    return ordered.with_columns(answer=pl.lit("same"), exact=pl.lit(True))


def _doubts(links: pl.DataFrame) -> pl.DataFrame:
    """Gather what cannot be told, a row for each household."""
    doubted = links.filter(pl.col("answer") == "cannot_tell")
    if doubted.is_empty():
        return pl.DataFrame(schema=DOUBTS)
    doubted = _with_persons(doubted, links)
    rivals = _rivals(doubted)
    narrowest = pl.col("margin").sort_by(pl.col("margin").abs(), -pl.col("margin")).first()
    kind = (
        pl.when(pl.col("margin") == 0)
        .then(pl.lit("tie"))
        .when(pl.col("household").is_in(rivals.implode()))
        .then(pl.lit("narrow"))
        .otherwise(pl.lit("weak"))
    )
    ids = pl.concat_list("left", "right").explode(empty_as_null=True).unique().sort()
    grouped = doubted.group_by("household").agg(
        pl.col("place").first(), ids.alias("ids"), narrowest, pl.col("exact").all()
    )
    return grouped.with_columns(kind=kind).select(DOUBTS.names()).cast(DOUBTS)


def _with_persons(doubted: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Name the person that each end belongs to already, by the smallest id that is the same."""
    same = links.filter(pl.col("answer") == "same")
    smallest = same.group_by(id="right").agg(person=pl.col("left").min())
    for end in ("left", "right"):
        named = smallest.rename({"id": end, "person": f"{end}_person"})
        doubted = doubted.join(named, on=end, how="left").with_columns(
            pl.coalesce(f"{end}_person", end).alias(f"{end}_person")
        )
    return doubted


def _rivals(doubted: pl.DataFrame) -> pl.Series:
    """Find the households in which a person has two doubtful partners who are not themselves one."""
    ends = doubted.select("household", left="left_person", right="right_person").with_columns(ordered_ends()).unique()
    both_ways = pl.concat([ends, ends.select("household", left="right", right="left")])
    partners = both_ways.join(both_ways, on=["household", "left"]).select(
        "household", left="right", right="right_right"
    )
    rivals = partners.filter(pl.col("left") < pl.col("right")).join(ends, on=["household", "left", "right"], how="anti")
    return rivals["household"].unique()


def _conflicts(nodes: pl.DataFrame, decisions: Decisions) -> pl.DataFrame:
    """Show, at each place, the mentions about which stewards have said both "same" and "different"."""
    if decisions.conflicts.is_empty():
        return pl.DataFrame(schema=DOUBTS)
    here = nodes.join(decisions.conflicts, on="id").group_by("place", "group").agg(ids=pl.col("id").sort())
    several = here.filter(pl.col("ids").list.len() > 1)
    return several.select(
        "place", "ids", kind=pl.lit("conflict"), margin=pl.lit(None, pl.Int32()), exact=pl.lit(True)
    ).cast(DOUBTS)
