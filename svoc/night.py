"""The whole story of a night, on two pages.

`reconcile` is pure: what it answers follows from yesterday, tonight's extracts, the gazetteer, the decisions and the
policy, and from nothing else. It never reads the store, the clock, a file or the environment, and it writes nothing;
the plan that it gives is committed by `svoc.council`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

import polars as pl

from gazetteer import Gazetteer
from matchers import Model
from matchers.engines.base import Engine
from svoc.notices.routes import Route
from svoc.sources.base import Extract
from svoc.sources.life_events import as_records
from svoc.steps.announce import announce
from svoc.steps.attach import attach
from svoc.steps.compare import compare
from svoc.steps.delta import Delta, delta, todays_records
from svoc.steps.group import Thresholds, group
from svoc.steps.identify import identify
from svoc.steps.merge import merge
from svoc.steps.pair import pair
from svoc.steps.place import place
from svoc.steps.triage import triage
from svoc.survivorship.policy import Survivorship
from svoc.words.events import EMPTY_LIFE_EVENTS
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import FOUNDED, LanePlan, LaneState, Plan, Yesterday
from svoc.words.purposes import Lane, Purposes

__all__ = ["Policy", "candidates_of", "reconcile"]

TELLING = "tell-us-once-death"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Policy:
    """All that a council has settled beforehand.

    `lane`: the lane that the batch's purpose reads; `key`: the secret behind identifiers; `kinds`, `lists_once`,
    `codes`: for each source its kind, whether it names a person once at a place, and the gazetteer's code for its
    property references; `fingerprint` and `gazetteer`: what the model and the
    gazetteer's files are known by.
    """

    purposes: Purposes
    survivorship: Survivorship
    routes: tuple[Route, ...]
    thresholds: Thresholds
    model: Model
    engine: Engine
    lane: str
    key: str
    kinds: Mapping[str, str]
    lists_once: Mapping[str, bool]
    codes: Mapping[str, str]
    fingerprint: str
    gazetteer: str


@dataclass(slots=True)
class Stopwatch:
    """Notes how long each step takes, by whatever clock it is given; without one it notes nothing."""

    clock: Callable[[], float] = lambda: 0.0
    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, step: str, work: Callable[[], T]) -> T:
        began = self.clock()
        done = work()
        self.seconds[step] = self.seconds.get(step, 0.0) + self.clock() - began
        return done


@dataclass(frozen=True, slots=True)
class Tonight:
    """What every lane of a night shares."""

    run: int
    delta: Delta
    placed: pl.DataFrame
    decisions: pl.DataFrame
    first_sight: frozenset[str]
    policy_changed: bool


def reconcile(
    yesterday: Yesterday,
    extracts: Sequence[Extract],
    gazetteer: Gazetteer,
    policy: Policy,
    *,
    taken: pl.DataFrame,
    started: datetime,
    events: pl.DataFrame = EMPTY_LIFE_EVENTS,
    clock: Callable[[], float] = lambda: 0.0,
) -> Plan:
    """Work out what tonight would change.

    `extracts`: what the sources say tonight; a source that gave none stands as it did. `taken`: frame of
    `svoc.words.plan.TAKEN` for those extracts. `events`: frame of `LIFE_EVENTS`, told since; those of `yesterday`
    stand, and so do its decisions.
    """
    timed = Stopwatch(clock)
    fresh = events.join(yesterday.events, on="event", how="anti").unique("event", keep="first", maintain_order=True)
    as_of = _as_of(yesterday, extracts, started)
    records = todays_records(yesterday.mentions, extracts, pl.concat([yesterday.events, fresh]))
    change = timed("delta", lambda: delta(records, yesterday.known))
    trusted = yesterday.gazetteer == policy.gazetteer
    placed = timed(
        "place",
        lambda: place(change.mentions, gazetteer, before=yesterday.mentions, trusted=trusted, codes=policy.codes),
    )
    tonight = Tonight(
        run=yesterday.run + 1,
        delta=change,
        placed=placed,
        decisions=_holding(yesterday.decisions, as_of),
        first_sight=_first_sight(placed, yesterday),
        policy_changed=bool(yesterday.run) and yesterday.model != policy.fingerprint,
    )
    lanes = {name: _lane(lane, yesterday, tonight, policy, timed) for name, lane in policy.purposes.lanes.items()}
    return Plan(
        run=tonight.run,
        as_of=as_of,
        started=started,
        mentions=placed,
        withdrawn=change.withdrawn,
        lanes=lanes,
        taken=taken,
        counts={e.source: dict(e.counts) for e in extracts},
        gazetteer=policy.gazetteer,
        model=policy.fingerprint,
        lane=policy.lane,
        events=fresh,
        warnings=tuple(str(w) for e in extracts for w in e.warnings),
        seconds=timed.seconds,
        first=yesterday.run == 0,
    )


def candidates_of(yesterday: Yesterday, gazetteer: Gazetteer, policy: Policy) -> pl.DataFrame:
    """Say whose the life events told so far may be, among yesterday's persons of the lane for telling once.

    Gives a frame of `svoc.steps.attach.CANDIDATES` for those events that no steward has judged.
    """
    lane = policy.purposes.lanes[policy.purposes.purpose(TELLING).lane]
    change = delta(as_records(yesterday.events), yesterday.known)
    events = place(change.mentions, gazetteer, before=yesterday.mentions, trusted=True, codes=policy.codes)
    people = yesterday.mentions.filter(lane.admits() & (pl.col("source") != EVENTS_SOURCE))
    mentions = pl.concat([people, events])
    pairs = pair(mentions, policy.model, policy.engine, touching=events["mention"])
    clusters = yesterday.lane(lane.name).members.select("mention", cluster="person")
    as_of = yesterday.as_of or date.min
    return attach(mentions, pairs, clusters, _holding(yesterday.decisions, as_of), policy.thresholds).candidates


def _lane(lane: Lane, yesterday: Yesterday, tonight: Tonight, policy: Policy, timed: Stopwatch) -> LanePlan:
    """Solve one lane by itself, as if its records were all there are."""
    before = yesterday.lane(lane.name)
    mentions = tonight.placed.filter(lane.admits())
    pairs = timed("pair", lambda: pair(mentions, policy.model, policy.engine))
    grouping = timed("group", lambda: group(mentions, pairs, tonight.decisions, policy.thresholds, policy.lists_once))
    attached = timed("attach", lambda: attach(mentions, pairs, grouping.clusters, tonight.decisions, policy.thresholds))
    cases = timed("triage", lambda: triage(mentions, grouping, attached.candidates, tonight.decisions))
    who = timed(
        "identify",
        lambda: identify(
            grouping.clusters, _people(before.members), before.forwards, before.founded, key=policy.key, run=tonight.run
        ),
    )
    events = attached.members.join(
        grouping.clusters.join(who.members, on="mention").select("cluster", "person").unique(), on="cluster"
    )
    members = pl.concat([who.members, events.select("mention", "person")]).sort("mention")
    persons = timed("merge", lambda: merge(members, mentions, policy.survivorship, dict(policy.kinds)))
    changes = timed(
        "compare",
        lambda: compare(
            persons,
            before.persons,
            members,
            before.members,
            mentions,
            withdrawn=tonight.delta.withdrawn,
            retired=who.retired,
            split=who.split,
            first_sight=tonight.first_sight,
            policy_changed=tonight.policy_changed,
        ),
    )
    routes = [r for r in policy.routes if policy.purposes.purpose(r.purpose).lane == lane.name]
    notices = timed("announce", lambda: announce(changes, persons, members, mentions, routes, policy.kinds))
    founded = _founded(before.founded, members, tonight.run)
    state = LaneState(members, persons, founded, who.forwards, cases, grouping.links)
    return LanePlan(state, changes, notices)


def _people(members: pl.DataFrame) -> pl.DataFrame:
    """Leave life events out: they do not count when identifiers are allotted by overlap."""
    return members.filter(~pl.col("mention").str.starts_with(f"{EVENTS_SOURCE}/"))


def _founded(before: pl.DataFrame, members: pl.DataFrame, run: int) -> pl.DataFrame:
    new = members.select("person").unique().join(before, on="person", how="anti")
    return pl.concat([before, new.with_columns(run=pl.lit(run, dtype=pl.Int64)).select(FOUNDED.keys())]).sort("person")


def _as_of(yesterday: Yesterday, extracts: Sequence[Extract], started: datetime) -> date:
    """Take the date of the night from what the extracts speak of, never from the clock where they do."""
    dates = [e.content_date for e in extracts if e.content_date]
    if yesterday.as_of:
        dates.append(yesterday.as_of)
    return max(dates, default=started.date())


def _holding(decisions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Keep the decisions that are neither superseded nor expired."""
    return decisions.filter(
        pl.col("superseded_by").is_null() & (pl.col("expires").is_null() | (pl.col("expires") > as_of))
    )


def _first_sight(placed: pl.DataFrame, yesterday: Yesterday) -> frozenset[str]:
    return frozenset(placed["source"]) - frozenset(yesterday.known["source"]) - {EVENTS_SOURCE}
