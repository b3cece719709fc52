"""Find whose life event it is: by the same road as any record, but it founds nobody and joins nobody."""

from dataclasses import dataclass, field

import polars as pl

from svoc.steps.agree import agree
from svoc.steps.group import Thresholds
from svoc.words.decisions import Verdict
from svoc.words.events import STEWARD
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["CANDIDATES", "Attached", "attach"]

CANDIDATES: dict[str, pl.DataType] = {
    "event": pl.String(),  # the event's mention
    "mention": pl.String(),  # the best mention of the candidate
    "cluster": pl.String(),
    "weight": pl.Int32(),
    "state": pl.String(),  # matched, ambiguous, unmatched; named, where found by name alone
}

ATTACHED: dict[str, pl.DataType] = {"mention": pl.String(), "cluster": pl.String()}
"""Life events, and whose each is."""

NOTHING = pl.Series("left", [], dtype=pl.String)

TORN: dict[str, pl.DataType] = {"event": pl.String(), "mention": pl.String()}
"""Events that are confirmed of several persons."""


@dataclass(frozen=True, slots=True)
class Attached:
    """What became of the life events.

    `members`: `mention`, `cluster` of events that a human confirmed; `candidates`: frame of `CANDIDATES` for those
    that nobody has judged yet, the best candidate of each event first; `asleep`: the keys of confirmed events whose
    confirmation sleeps, for the record that it names is not there, or names another, or rests; `torn`: `event`,
    `mention` of events that are confirmed of more than one person and so rest, with a record of each; `at_odds`: the
    same of events about which two people answered otherwise; `waiting`: the numbers of decisions that wait for a
    second person's.
    """

    members: pl.DataFrame
    candidates: pl.DataFrame
    asleep: tuple[str, ...] = ()
    torn: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TORN))
    at_odds: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TORN))
    waiting: tuple[int, ...] = ()


def attach(
    mentions: pl.DataFrame,
    pairs: pl.DataFrame,
    clusters: pl.DataFrame,
    decisions: pl.DataFrame,
    thresholds: Thresholds,
    *,
    lapsed: pl.Series = NOTHING,
) -> Attached:
    """Attach confirmed life events to their person, and propose a person for the others.

    `mentions`: frame of `PLACED`, the events among them; `pairs`: scored pairs; `clusters`: `mention`, `cluster` of
    the people; `decisions`: frame of `DECISIONS` that hold tonight (`left` is the event). An event is `matched` where
    one person is as likely as one that is asked about and clear of the next, `ambiguous` where several may be meant,
    else `unmatched`. Of several judgements about an event and a person the last counts; an event whose every candidate
    a steward has rejected is not proposed again until somebody else comes who may be meant. One that is confirmed of
    two persons, because two were named or because one was parted since, is nobody's until a steward rejects it for all
    but one; but what a steward put right goes with the record that was named first of those that are there. Which
    answers count where it takes two people is said in `svoc.steps.agree`: one that waits attaches nothing and rules
    nobody out, and while two are at odds the event is nobody's. `lapsed`: events that were confirmed of others than
    their records name now (`svoc.steps.lapse`); where nobody else is left whose they are, they rest.
    """
    events = mentions.filter(pl.col("source") == EVENTS_SOURCE).select(event="mention")
    if events.is_empty():
        return Attached(pl.DataFrame(schema=ATTACHED), pl.DataFrame(schema=CANDIDATES))
    judged = decisions.filter(pl.col("verdict").is_in([Verdict.CONFIRMED.value, Verdict.REJECTED.value]))
    said = agree(judged.join(events, left_on="left", right_on="event", how="semi"), clusters)
    last = said.counted
    told = last.filter(pl.col("verdict") == Verdict.CONFIRMED.value)
    first = told.sort("first").unique("left", keep="first", maintain_order=True).select("left", "cluster")
    goes_on = pl.col("left").str.starts_with(f"{EVENTS_SOURCE}/{STEWARD}:")
    rests = (pl.len().over("left") > 1) & ~goes_on
    confirmed = told.filter(~rests).join(first, on=["left", "cluster"], how="semi")
    confirmed = confirmed.select(mention="left", cluster="cluster").sort("mention")
    torn = told.filter(rests).select(event="left", mention="right").sort("event", "mention")
    rejected = last.filter(pl.col("verdict") == Verdict.REJECTED.value).select("cluster", event="left")
    open_events = events.join(confirmed, left_on="event", right_on="mention", how="anti")
    at_odds = said.at_odds.rename({"left": "event", "right": "mention"})
    open_events = open_events.join(torn, on="event", how="anti").join(at_odds, on="event", how="anti")
    absent = judged.filter(pl.col("verdict") == Verdict.CONFIRMED.value).join(
        clusters, left_on="right", right_on="mention", how="anti"
    )
    sleeping = open_events["event"].is_in(pl.concat([absent["left"], lapsed]).implode())
    asleep = open_events["event"].filter(sleeping).sort()
    named = judged.filter(
        (pl.col("verdict") == Verdict.CONFIRMED.value) & pl.col("decision").is_in(said.waiting.implode())
    )
    candidates = _with_named(_candidates(open_events, pairs, clusters, rejected, thresholds), named, clusters)
    resting = pl.concat([asleep, torn["event"], at_odds["event"]]).unique().sort()
    return Attached(confirmed, candidates, tuple(resting), torn, at_odds, tuple(said.waiting))


def _with_named(candidates: pl.DataFrame, named: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Add whom somebody named for an event that nobody on record fits: a second person can only be asked about them."""
    nobody = candidates.filter(pl.col("mention").is_null()).select("event")
    theirs = (
        named.select(event="left", mention="right")
        .join(nobody, on="event", how="semi")
        .join(clusters, on="mention")
        .sort("event", "mention")
        .unique(["event", "cluster"], keep="first", maintain_order=True)
        .with_columns(weight=pl.lit(None, dtype=pl.Int32), state=pl.lit("unmatched"))
        .select(CANDIDATES.keys())
    )
    fitted = pl.col("mention").is_not_null() | ~pl.col("event").is_in(theirs["event"].implode())
    return pl.concat([candidates.filter(fitted), theirs]).sort(
        "event", "weight", descending=[False, True], nulls_last=True, maintain_order=True
    )


def _candidates(
    events: pl.DataFrame, pairs: pl.DataFrame, clusters: pl.DataFrame, rejected: pl.DataFrame, thresholds: Thresholds
) -> pl.DataFrame:
    """Rank the persons that each event may be about, but for those whom a steward has ruled out."""
    ends = pl.concat(
        [
            pairs.select(event="left", mention="right", weight="weight"),
            pairs.select(event="right", mention="left", weight="weight"),
        ]
    )
    persons = (
        ends.join(events, on="event")
        .filter(pl.col("weight") >= min(thresholds.possible, thresholds.margin))
        .join(clusters, on="mention")
        .sort("event", "weight", "mention", descending=[False, True, False])
        .unique(["event", "cluster"], keep="first", maintain_order=True)
        .join(rejected, on=["event", "cluster"], how="anti", maintain_order="left")
    )
    best, second = pl.col("weight").first(), pl.col("weight").get(1, null_on_oob=True)
    clear = second.is_null() | (best - second >= thresholds.clear)
    sure = (best >= thresholds.join) & clear
    state = pl.when(sure).then(pl.lit("matched")).otherwise(pl.lit("ambiguous")).over("event")
    found = persons.with_columns(state=state)
    unasked = events.join(rejected, on="event", how="anti")
    nobody = unasked.join(found, on="event", how="anti").with_columns(
        mention=pl.lit(None, dtype=pl.String),
        cluster=pl.lit(None, dtype=pl.String),
        weight=pl.lit(None, dtype=pl.Int32),
        state=pl.lit("unmatched"),
    )
    return pl.concat([f.select(pl.col(n).cast(t) for n, t in CANDIDATES.items()) for f in (found, nobody)]).sort(
        "event", "weight", descending=[False, True], nulls_last=True
    )
