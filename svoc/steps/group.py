"""Decide which mentions are one person: inside each place first, then across places."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from matchers import Clusters, Model, assign, cluster
from matchers.cluster import REFUSED
from svoc.steps.contradict import contradict
from svoc.words.decisions import Verdict
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import LINKS

__all__ = ["BESIDES", "Grouping", "Thresholds", "group", "rivals"]

MARGIN = 2_250
"""Two and a quarter bits: whatever else the household could be is nearly 5 times less likely; with the rules of a
household that is less than one wrong join in a thousand at one place, on the rehearsal towns of seeds 101 to 103."""
BESIDES = 3_000
"""Three bits: what something other than the name must say before two places are joined, or a steward is asked. Two
people of one rare name are as many as one person of two homes (half of such pairs on the towns of seeds 101 to 103)."""
CLEAR = 5_000
"""A pair at two places must be 32 times likelier than its next rival."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How sure the machine must be, in thousandths of a bit; chosen for a wanted precision when the model is trained.

    `margin`: what the best partition of a household must lose without a link; `join`: the weight of a pair at two
    places that is joined; `ask`: the weight from which such a pair is shown to a steward; `possible`: the weight
    from which it is kept as a possible link; `clear`: by how much it must beat the next best at either end.
    """

    margin: int
    join: int
    ask: int
    possible: int
    clear: int

    @classmethod
    def of(cls, model: Model, *, margin: int | None = None) -> "Thresholds":
        """Take the thresholds that a model was given when it was calibrated, or a council's own margin."""
        same, ask = model.thresholds.same, model.thresholds.ask
        return cls(margin=margin or MARGIN, join=same, ask=ask, possible=min(ask, 0), clear=CLEAR)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who belongs together.

    `clusters`: `mention`, `cluster`; `links`: frame of `LINKS`; `doubts`: households that cannot be told (`place`,
    `ids`, `kind`, `margin`); `refused`: links that a decision or a source forbade (`left`, `right`, `weight`,
    `kind`); `bridges`: links that a large person hangs by.
    """

    clusters: pl.DataFrame
    links: pl.DataFrame
    doubts: pl.DataFrame
    refused: pl.DataFrame
    bridges: pl.DataFrame


def group(
    mentions: pl.DataFrame,
    pairs: pl.DataFrame,
    decisions: pl.DataFrame,
    thresholds: Thresholds,
    lists_once: Mapping[str, bool],
) -> Grouping:
    """Group tonight's mentions into people.

    `mentions`: frame of `PLACED`; `pairs`: as `svoc.steps.pair` gives them; `decisions`: frame of `DECISIONS` that
    hold tonight; `lists_once`: source name -> whether it names a person once at one place and time. A life event
    takes no part: it founds nobody and joins nobody (`svoc.steps.attach`). Inside a place a pair must be as heavy as
    the margin by itself: what several alike records each say weakly, they say once. Where decisions contradict each
    other, each "different" stands, every "same" of the knot rests, and evidence decides the remainder: keeping two
    apart harms less and is mended sooner. Neither side is taken silently, for the knot is a case
    (`svoc.steps.triage`). So it is where "same"s would join two whom a source lists side by side
    (`svoc.steps.contradict`).
    """
    people = _people(mentions, lists_once)
    among = pairs.join(people.select(left="id"), on="left").join(people.select(right="id"), on="right")
    exclusive = _exclusive(people)
    must, must_not = _said(decisions, people, Verdict.SAME), _said(decisions, people, Verdict.DIFFERENT)
    resting = contradict(must, exclusive)
    must = must.join(resting, on=["left", "right"], how="anti")
    inside = assign(
        people.filter(pl.col("place").is_not_null()),
        among.filter(pl.col("context") == "together").select("left", "right", "weight"),
        must=must,
        must_not=must_not,
        margin=thresholds.margin,
    )
    across = _across(among, inside.links, must_not, thresholds)
    settled = (pl.col("answer") == "same") & (pl.col("weight") >= thresholds.margin).fill_null(value=True)
    joined = pl.concat(
        [
            inside.links.filter(settled).select("left", "right", "weight"),
            across.filter(pl.col("answer") == "same").select("left", "right", "weight"),
        ]
    )
    joined = joined.with_columns(pl.col("weight").fill_null(0))
    clusters = cluster(people["id"], joined, must=must, must_not=must_not, exclusive=exclusive, margin=thresholds.clear)
    links = pl.concat([_inside_links(inside.links), across]).sort("left", "right")
    return Grouping(
        clusters.members.select(mention="id", cluster="cluster"),
        _as_joined(links, clusters, exclusive),
        inside.doubts,
        pl.concat([clusters.refused, _at_rest(resting)]),
        clusters.bridges,
    )


def _at_rest(resting: pl.DataFrame) -> pl.DataFrame:
    """Tell of "same"s that rest as `matchers.cluster` tells of those that a "different" contradicts."""
    told = resting.with_columns(kind=pl.lit("conflict"))
    return told.select(pl.col(n).cast(t) if n in told.columns else pl.lit(None, t).alias(n) for n, t in REFUSED.items())


def _people(mentions: pl.DataFrame, lists_once: Mapping[str, bool]) -> pl.DataFrame:
    once = pl.col("source").replace_strict(dict(lists_once), default=True, return_dtype=pl.Boolean)
    return (
        mentions.filter((pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE))
        .select("place", "source", "record", "since", "until", id="mention", lists_once=once)
        .sort("id")
    )


def _said(decisions: pl.DataFrame, people: pl.DataFrame, verdict: Verdict) -> pl.DataFrame:
    """Give the decisions of one kind whose two mentions are both here; one about an absent mention sleeps."""
    said, here = decisions.filter(pl.col("verdict") == verdict.value).select("left", "right"), people.select("id")
    if said.is_empty():
        return said
    both = said.join(here.rename({"id": "left"}), on="left").join(here.rename({"id": "right"}), on="right")
    return both.sort("left", "right")


def _across(pairs: pl.DataFrame, inside: pl.DataFrame, must_not: pl.DataFrame, thresholds: Thresholds) -> pl.DataFrame:
    """Grade the pairs of two places: joined where heavy enough and clear of every rival for either end.

    A name alone joins nobody, and nobody is asked about it.
    """
    apart = pairs.filter((pl.col("context") == "apart") & (pl.col("weight") >= thresholds.possible))
    grounded = apart["besides"] >= BESIDES
    apart = apart.select("left", "right", "weight")
    clear = (
        pl.col("weight") - _best_rival(apart, _allied(pairs, must_not), _persons_inside(inside))
    ) >= thresholds.clear
    answer = (
        pl.when((pl.col("weight") >= thresholds.join) & grounded & clear.fill_null(value=True))
        .then(pl.lit("same"))
        .when((pl.col("weight") >= thresholds.ask) & grounded)
        .then(pl.lit("ask"))
        .otherwise(pl.lit("possible"))
    )
    return apart.with_columns(answer=answer, margin=pl.lit(None, dtype=pl.Int32)).select(LINKS.keys())


def _persons_inside(inside: pl.DataFrame) -> dict[str, str]:
    """Name each mention's person inside its place by the smallest mention that it was joined with."""
    same = inside.filter(pl.col("answer") == "same")
    both = pl.concat([same.select(id="right", other="left"), same.select(id="left", other="left")])
    return dict(both.group_by("id").agg(pl.col("other").min()).iter_rows())


def _best_rival(apart: pl.DataFrame, allied: pl.DataFrame, persons: dict[str, str]) -> pl.Series:
    """Give, for each pair, the best weight that either end has with a rival of the other; null where it has none."""
    best = _rivals(apart, allied, persons).group_by("end", "other").agg(best=pl.col("weight_rival").max())
    there = apart.join(best, left_on=["left", "right"], right_on=["end", "other"], how="left", maintain_order="left")
    back = apart.join(best, left_on=["right", "left"], right_on=["end", "other"], how="left", maintain_order="left")
    return pl.DataFrame({"a": there["best"], "b": back["best"]}).select(pl.max_horizontal("a", "b")).to_series()


def rivals(pairs: pl.DataFrame, inside: pl.DataFrame, decisions: pl.DataFrame, possible: int) -> pl.DataFrame:
    """List who competes with whom across places: `end`, `other`, `other_rival` String, `weight_rival` Int32.

    `pairs`: scored pairs of people; `inside`: the links within places, frame of `LINKS`; `decisions`: frame of
    `DECISIONS` that hold; `possible`: the weight from which a pair counts. The end might be one with `other`, and might
    as well be one with `other_rival`.
    """
    apart = pairs.filter((pl.col("context") == "apart") & (pl.col("weight") >= possible))
    must_not = decisions.filter(pl.col("verdict") == Verdict.DIFFERENT.value)
    found = _rivals(apart, _allied(pairs, must_not), _persons_inside(inside))
    return found.select("end", "other", "other_rival", "weight_rival")


def _rivals(apart: pl.DataFrame, allied: pl.DataFrame, persons: dict[str, str]) -> pl.DataFrame:
    """Set the candidates of each mention beside each other.

    Two candidates for one mention are rivals unless they are one person inside a place, or are themselves weighed
    more likely one than two (`allied`): an owner's many accounts do not compete for him.
    """
    arms = pl.concat(
        [
            apart.select(end="left", other="right", weight="weight"),
            apart.select(end="right", other="left", weight="weight"),
        ]
    )
    arms = arms.with_columns(person=pl.col("other").replace(persons))
    return (
        arms.join(arms, on="end", suffix="_rival")
        .filter(pl.col("person") != pl.col("person_rival"))
        .join(allied, on=["other", "other_rival"], how="anti")
    )


def _allied(pairs: pl.DataFrame, must_not: pl.DataFrame) -> pl.DataFrame:
    """Give the pairs, in both directions, that are more likely one than two, and of which no steward said otherwise.

    Two whom a steward told apart compete for a third record however alike they are: joined with both it would set
    either against whoever they are one with at their own places.
    """

    def both_ways(ends: pl.DataFrame) -> pl.DataFrame:
        forth, back = ends.select(other="left", other_rival="right"), ends.select(other="right", other_rival="left")
        return pl.concat([forth, back])

    likely = both_ways(pairs.filter(pl.col("weight") >= 0))
    return likely.join(both_ways(must_not), on=["other", "other_rival"], how="anti")


def _exclusive(people: pl.DataFrame) -> pl.DataFrame:
    """List mentions that one source names side by side, and so must be different people.

    Side by side are the parties of one record wherever it lies, and entries at one place at one time; a stay that ends
    before its second day lasts its first, as in `matchers.assign`.
    """
    one_day = pl.max_horizontal("until", pl.col("since").dt.offset_by("1d"))
    listed = people.filter("lists_once").with_columns(until=pl.when(pl.col("until").is_not_null()).then(one_day))
    other = listed.select("source", "place", "record", "since", "until", id_other="id")
    at_place = listed.join(other, on=["place", "source"], suffix="_other").filter(
        _begins_before("since", "until_other")
    )
    at_once = at_place.filter(_begins_before("since_other", "until")).select(left="id", right="id_other")
    named_together = listed.join(other, on=["source", "record"]).select(left="id", right="id_other")
    pairs = pl.concat([at_once, named_together]).filter(pl.col("left") < pl.col("right"))
    return pairs.unique().sort("left", "right")


def _begins_before(since: str, until: str) -> pl.Expr:
    return (pl.col(since) < pl.col(until)).fill_null(value=True)


def _as_joined(links: pl.DataFrame, clusters: Clusters, exclusive: pl.DataFrame) -> pl.DataFrame:
    """Take "same" back where the two were not joined after all: a steward may say, unless one has said already.

    Nor is anybody asked about a likely pair at two places whose persons one source names side by side: whoever a wife
    without a forename is, she is not the husband who stands beside her.
    """
    of = clusters.members
    decided = clusters.refused.filter(pl.col("kind") == "decision").select("left", "right", decided=pl.lit(value=True))
    side_by_side = _with_clusters(exclusive, of).select(pair=_pair_of("one", "other")).unique()
    told = _with_clusters(links, of).join(decided, on=["left", "right"], how="left", maintain_order="left")
    apart = pl.col("one") != pl.col("other")
    no_question = _pair_of("one", "other").is_in(side_by_side["pair"].implode()) & pl.col("margin").is_null()
    refused = (pl.col("answer") == "same") & apart
    instead = pl.when(pl.col("decided").fill_null(value=False)).then(pl.lit("possible")).otherwise(pl.lit("ask"))
    settled = (pl.col("answer") == "ask") & apart & no_question
    answer = pl.when(refused).then(instead).when(settled).then(pl.lit("possible")).otherwise("answer")
    return told.with_columns(answer=answer).select(LINKS.keys())


def _with_clusters(pairs: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """Add the clusters of the two ends, `one` and `other`."""
    left, right = of.rename({"id": "left", "cluster": "one"}), of.rename({"id": "right", "cluster": "other"})
    return pairs.join(left, on="left", maintain_order="left").join(right, on="right", maintain_order="left")


def _pair_of(one: str, other: str) -> pl.Expr:
    return pl.concat_str(pl.min_horizontal(one, other), pl.max_horizontal(one, other), separator="\x1f")


def _inside_links(links: pl.DataFrame) -> pl.DataFrame:
    answer = pl.when(pl.col("answer") == "same").then(pl.lit("same")).otherwise(pl.lit("ask"))
    return links.with_columns(answer=answer).select(LINKS.keys())
