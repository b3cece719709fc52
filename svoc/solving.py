"""Solves one lane by itself, as if its records were all there are: whole, or only what tonight's changes touch.

What is touched is solved by the very steps that solve the whole, on fewer rows; the answers about everybody else are
yesterday's. That both ways end in the same is a law (`tests/test_increments.py`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

import polars as pl

from matchers.evidence import TOGETHER
from matchers.keyed import crossed
from svoc.notices.routes import Route
from svoc.policy import Policy
from svoc.splicing import about, at, cut, ends_in, of, spliced
from svoc.steps.announce import announce, joined_tonight
from svoc.steps.attach import attach
from svoc.steps.compare import compare
from svoc.steps.doubt import asked_in
from svoc.steps.group import group
from svoc.steps.house import Housed, house
from svoc.steps.identify import identify
from svoc.steps.merge import merge
from svoc.steps.pair import pair_again, pair_people
from svoc.steps.seek import asked_by_name, sought
from svoc.steps.touch import Region, around, changed_decisions, ground, touched
from svoc.steps.triage import triage
from svoc.words.households import Establishments
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import FOUNDED, LanePlan, LaneState, Yesterday
from svoc.words.purposes import Lane
from svoc.words.workings import Workings

__all__ = ["Solved", "Stopwatch", "Tonight", "solve", "without_events"]

T = TypeVar("T")
Solved = tuple[LanePlan, pl.DataFrame]
"""What a lane would hold, and its scored pairs."""
BETWEEN = ("left", "right", "context", "weight")


@dataclass(slots=True)
class Stopwatch:
    """Notes how long each step takes, by whatever clock it is given; without one it notes nothing."""

    clock: Callable[[], float] = lambda: 0.0
    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, step: str, work: Callable[[], T]) -> T:
        """Do a step's work and note how long it took."""
        began = self.clock()
        done = work()
        self._note(step, self.clock() - began)
        return done

    @contextmanager
    def shared_by(self, others: Iterable["Stopwatch"]) -> Iterator[None]:
        """Note what others note of work done side by side; of the time that passes, each step gets its share."""
        began = self.clock()
        yield
        noted = [each for other in others for each in other.seconds.items()]
        share = (self.clock() - began) / (sum(seconds for _, seconds in noted) or 1.0)
        for step, seconds in noted:
            self._note(step, seconds * share)

    def _note(self, step: str, seconds: float) -> None:
        self.seconds[step] = self.seconds.get(step, 0.0) + seconds


@dataclass(frozen=True, slots=True)
class Tonight:
    """What every lane of a night shares.

    `placed`, `stood`: frames of `PLACED`, all of tonight's mentions and of yesterday's; `people`, `keys`: as
    `svoc.words.workings` has them; `decisions`: frame of `DECISIONS`, those that hold; `changed`: the keys of the
    mentions of each record of which a party came, went, says or lies otherwise than yesterday, or stays from now on or
    no more; `former`: frame of `FORMER`; `doubts`, `given_over`: successions that are asked about, and keys that
    answers to such put in the place of others; `doubted`: frame of `KNOWN`, the old entries that are asked about;
    `consents`: life event -> the services that may be told of it, where that was said; `lapsed`: events that were
    confirmed of others than their records name now; `workings`: what yesterday left, if it is of use tonight.
    """

    run: int
    as_of: date
    placed: pl.DataFrame
    stood: pl.DataFrame
    people: pl.DataFrame
    keys: pl.DataFrame
    decisions: pl.DataFrame
    changed: pl.Series
    first_sight: frozenset[str]
    policy_changed: bool
    communal: Establishments
    former: pl.DataFrame
    doubts: pl.DataFrame
    given_over: pl.DataFrame
    doubted: pl.DataFrame
    consents: Mapping[str, Collection[str]]
    lapsed: pl.Series
    workings: Workings | None = None

    def asked_in(self, lane: Lane) -> pl.DataFrame:
        """Give the successions that a lane is asked about: of what it may not use none, and none on its account."""
        about = self.placed.filter(pl.col("mention").is_in(self.doubts["mention"].implode()))
        entries, former = (frame.filter(lane.admits())["mention"] for frame in (about, self.doubted))
        return asked_in(self.doubts, about["mention"], entries, former)


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a lane that is looked at: its mentions tonight and yesterday, and its pairs.

    `stood`: what the lane held; `before`: what of it is about those that are solved; `region`: which of the mentions
    these are, None where all are.
    """

    mentions: pl.DataFrame
    earlier: pl.DataFrame
    pairs: pl.DataFrame
    stood: LaneState
    before: LaneState
    region: Region | None = None

    def own(self, frame: pl.DataFrame, column: str = "mention") -> pl.DataFrame:
        """Keep of a frame what is about those that are solved."""
        return frame if self.region is None else frame.filter(of(self.region.core, column))


def solve(lane: Lane, yesterday: Yesterday, tonight: Tonight, policy: Policy, timed: Stopwatch) -> Solved:
    """Give what a lane would hold, and its scored pairs."""
    before = yesterday.lane(lane.name)
    workings = tonight.workings
    mentions, earlier = tonight.placed.filter(lane.admits()), yesterday.mentions.filter(lane.admits())
    if workings is None:
        people = tonight.people.filter(pl.col("id").is_in(mentions["mention"].implode()))
        pairs = timed("pair", lambda: pair_people(people, policy.model, policy.engine))
        plan = _solved(lane, Part(mentions, earlier, pairs, before, before), tonight, policy, timed)
        return _sought(plan, people, tonight, policy, timed), pairs
    pairs, region = timed("touch", lambda: _touched(lane.name, mentions, earlier, tonight, workings, before, policy))
    part = Part(
        mentions.filter(of(region.context)),
        earlier.filter(of(region.context)),
        pairs.filter(of(region.context, "left") & of(region.context, "right")),
        before,
        cut(before, region),
        region,
    )
    again = _solved(lane, part, tonight, policy, timed)
    plan = timed("splice", lambda: spliced(before, part.before, again, region))
    people = _among(tonight.people, mentions, tonight.placed)
    return _sought(plan, people, tonight, policy, timed), pairs


def _touched(
    lane: str,
    mentions: pl.DataFrame,
    earlier: pl.DataFrame,
    tonight: Tonight,
    workings: Workings,
    before: LaneState,
    policy: Policy,
) -> tuple[pl.DataFrame, Region]:
    """Give tonight's pairs, and whom a change touches, today's or yesterday's."""
    now, then = ground(mentions), ground(earlier)
    moved = of(tonight.changed)
    own = pl.concat([now.filter(moved)["mention"], then.filter(moved)["mention"]]).unique()
    keys, keys_before = _among(tonight.keys, now, tonight.placed), _among(workings.keys, then, tonight.stood)
    own = pl.concat([own, crossed(keys_before, keys, policy.model.blocks, own)]).unique()
    wide = around(own, now, then)
    gone = then.filter(of(wide)).join(now, on="mention", how="anti")
    people = _among(tonight.people, now, tonight.placed)
    pairs = workings.pairs[lane]
    if wide.len():
        pairs = pair_again(people, pairs, policy.model, keys=keys, touching=wide, gone=gone["mention"])
    said = around(changed_decisions(tonight.decisions, workings.held), now, then)
    limits, ends = policy.thresholds, pl.concat([wide, said, asked_by_name(before.cases)]).unique()
    both = pl.concat([workings.pairs[lane].select(BETWEEN), pairs.select(BETWEEN)])
    rivals = both.filter(pl.col("weight") >= min(limits.possible, limits.margin, 0))
    of_event = pl.any_horizontal(pl.col("left", "right").str.starts_with(f"{EVENTS_SOURCE}/"))
    apart = rivals.filter((pl.col("context") != TOGETHER) | of_event)
    heavy = apart.filter((pl.col("weight") >= limits.join) | of_event)
    doubted = before.links.filter(pl.col("margin").is_not_null() & (pl.col("answer") != "same"))
    decided = [tonight.decisions, workings.held]
    return pairs, touched(
        ends, now, then, rivals=[apart], joins=[heavy, doubted], decided=decided, persons=before.members
    )


def _among(people: pl.DataFrame, admitted: pl.DataFrame, everybody: pl.DataFrame) -> pl.DataFrame:
    """Keep those whom the lane admits; most lanes admit everybody."""
    if admitted.height == everybody.height:
        return people
    return people.filter(pl.col("id").is_in(admitted["mention"].implode()))


def _solved(lane: Lane, part: Part, tonight: Tonight, policy: Policy, timed: Stopwatch) -> LanePlan:
    before, pairs, key = part.before, part.pairs, f"{policy.key}/{lane.name}"
    mentions = _as_seen_by_the_lane(part.mentions, part.earlier)
    region = part.region
    grouping = timed("group", lambda: group(mentions, pairs, tonight.decisions, policy.thresholds, policy.lists_once))
    given = (mentions, pairs, grouping.clusters, tonight.decisions, policy.thresholds)
    attached = timed("attach", lambda: attach(*given, lapsed=tonight.lapsed))
    doubts = tonight.asked_in(lane)
    cases = timed("triage", lambda: triage(mentions, grouping, attached, tonight.decisions, doubts))
    who = timed(
        "identify",
        lambda: identify(
            part.own(grouping.clusters),
            without_events(before.members),
            before.forwards,
            before.founded,
            key=key,
            run=tonight.run,
            former=tonight.former.filter(pl.col("lane") == lane.name),
            given_over=tonight.given_over,
        ),
    )
    events = part.own(attached.members).join(
        grouping.clusters.join(who.members, on="mention").select("cluster", "person").unique(), on="cluster"
    )
    members = pl.concat([who.members, events.select("mention", "person")]).sort("mention")
    context, mentions = mentions, part.own(mentions)
    persons = timed("merge", lambda: merge(members, mentions, policy.survivorship, policy.kinds, as_of=tonight.as_of))
    changes = timed(
        "compare",
        lambda: compare(
            persons,
            before.persons,
            members,
            before.members,
            mentions,
            mentions_before=part.own(part.earlier),
            withdrawn=_withdrawn(part, tonight),
            retired=who.retired,
            split=who.split,
            first_sight=tonight.first_sight,
            policy_changed=tonight.policy_changed,
        ),
    )
    housed = timed("house", lambda: _housed(part, LaneState(members, persons), context, who.retired, tonight, key))
    routes = routes_of(lane.name, policy, tonight.as_of)
    notices = timed(
        "announce",
        lambda: announce(
            changes,
            persons,
            members,
            mentions,
            routes,
            {**policy.kinds, **policy.recipients.services},
            run=tonight.run,
            as_of=tonight.as_of,
            asleep=attached.asleep,
            unread=policy.recipients.unread,
            consents=tonight.consents,
            joined=joined_tonight(members, before.members, tonight.decisions),
        ),
    )
    founded = _founded(before.founded, members, tonight.run)
    links = grouping.links
    if region:
        cases, links = cases.filter(about(region)), links.filter(ends_in(region))
    state = LaneState(members, persons, founded, who.forwards, cases, links, *housed)
    return LanePlan(state, changes, notices)


def _sought(plan: LanePlan, people: pl.DataFrame, tonight: Tonight, policy: Policy, timed: Stopwatch) -> LanePlan:
    """Look in the whole lane, whatever was solved of it, for those whose life event nobody fits."""
    return timed("seek", lambda: sought(plan, people, tonight.decisions, policy.model))


def _housed(
    part: Part, solved: LaneState, mentions: pl.DataFrame, retired: pl.DataFrame, tonight: Tonight, key: str
) -> Housed:
    """Give who lives with whom; of a part of a lane, at the places where anybody solved stands or stood.

    `solved`: the members and persons that were solved; those who live beside them are as they were.
    """
    before, members, persons = part.stood, solved.members, solved.persons
    if part.region:
        there = pl.col("uprn").is_in(part.region.places.implode())
        beside = before.members.filter(of(part.region.context) & ~of(part.region.core))
        neighbours = before.persons.filter(of(beside["person"], "person"))
        members, persons = pl.concat([members, beside]), pl.concat([persons, neighbours]).filter(there)
        before = replace(before, households=before.households.filter(at(part.region)))
    given = (persons, members, mentions, before, retired, tonight.communal)
    return house(*given, as_of=tonight.as_of, key=key, run=tonight.run)


def _as_seen_by_the_lane(mentions: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Call new what has changed and was not open to this lane yesterday."""
    unseen = ~pl.col("mention").is_in(earlier["mention"].implode()) & (pl.col("change") == "amended")
    return mentions.with_columns(change=pl.when(unseen).then(pl.lit("new")).otherwise("change"))


def _withdrawn(part: Part, tonight: Tonight) -> pl.DataFrame:
    """Name what the lane saw yesterday and sees no more because a source said so, not because the lane was redrawn."""
    gone = part.earlier.select("mention").join(part.mentions, on="mention", how="anti")
    still = tonight.placed.join(gone, on="mention", how="semi").filter(pl.col("change") == "standing")
    return gone.join(still, on="mention", how="anti").sort("mention")


def routes_of(lane: str, policy: Policy, as_of: date) -> list[Route]:
    """Give the routes whose purpose reads a lane and has not expired, with the fields that the purpose may see."""
    purposes = policy.purposes.purposes
    found = [(r, purposes[r.purpose]) for r in policy.routes if r.purpose in purposes]
    return [
        replace(route, fields=tuple(f for f in route.fields if purpose.fields is None or f in purpose.fields))
        for route, purpose in found
        if purpose.lane == lane and not (purpose.expires and purpose.expires < as_of)
    ]


def without_events(members: pl.DataFrame) -> pl.DataFrame:
    """Leave life events out: they do not count when identifiers are allotted by overlap."""
    return members.filter(~pl.col("mention").str.starts_with(f"{EVENTS_SOURCE}/"))


def _founded(before: pl.DataFrame, members: pl.DataFrame, run: int) -> pl.DataFrame:
    new = members.select("person").unique().join(before, on="person", how="anti")
    return pl.concat([before, new.with_columns(run=pl.lit(run, dtype=pl.Int64)).select(FOUNDED.keys())]).sort("person")
