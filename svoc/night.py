"""The whole story of a night, on two pages.

`reconcile` is pure: what it answers follows from yesterday, tonight's extracts, the gazetteer, the decisions and the
policy, and from nothing else. It never reads the store, the clock, a file or the environment, and it writes nothing;
the plan that it gives is committed by `svoc.council`.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

import polars as pl

from gazetteer import Gazetteer
from matchers import Model
from matchers.engines.base import Engine
from svoc.errors import SettingsError, nearest
from svoc.notices.routes import Route
from svoc.sources.base import Extract
from svoc.sources.life_events import as_records
from svoc.steps.announce import announce
from svoc.steps.attach import attach
from svoc.steps.compare import compare
from svoc.steps.delta import Delta, delta, todays_records
from svoc.steps.group import Thresholds, group
from svoc.steps.heed import heed
from svoc.steps.house import house
from svoc.steps.identify import identify
from svoc.steps.merge import merge
from svoc.steps.pair import pair
from svoc.steps.place import place
from svoc.steps.profile import profile
from svoc.steps.triage import triage
from svoc.survivorship.policy import Survivorship
from svoc.words.decisions import holding
from svoc.words.events import EMPTY_LIFE_EVENTS
from svoc.words.households import Communal, Establishments
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
    property references; `fingerprint` and `gazetteer`: what the model and the gazetteer's files are known by;
    `renumbered`: the sources whose references are allotted anew from time to time; `communal`: what is no household.
    Raises `SettingsError` for a route or a lane that names what there is not.
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
    renumbered: frozenset[str] = frozenset()
    communal: Communal = field(default_factory=Communal.in_force)

    def __post_init__(self) -> None:
        for route in self.routes:
            self.purposes.purpose(route.purpose)
        for lane in self.purposes.lanes.values():
            for source in set(lane.without_sources) - set(self.kinds) - {EVENTS_SOURCE}:
                hint = nearest(source, self.kinds) or ", ".join(sorted(self.kinds))
                raise SettingsError(
                    f"[lanes.{lane.name}] without_sources names no source that there is: {source}; did you mean {hint}?"
                )

    @property
    def version(self) -> str:
        """Give the model and the rules of survivorship as one hash: a night that finds another has a new policy."""
        rests_on = (self.fingerprint, self.survivorship.trust, sorted(self.survivorship.facts.items()))
        return hashlib.sha256(repr(rests_on).encode()).hexdigest()


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
    as_of: date
    delta: Delta
    placed: pl.DataFrame
    decisions: pl.DataFrame
    first_sight: frozenset[str]
    policy_changed: bool
    communal: Establishments


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
    change = timed("delta", lambda: delta(records, yesterday.known, renumbered=policy.renumbered))
    trusted = yesterday.gazetteer == policy.gazetteer
    placed = timed(
        "place",
        lambda: place(change.mentions, gazetteer, before=yesterday.mentions, trusted=trusted, codes=policy.codes),
    )
    tonight = Tonight(
        run=yesterday.run + 1,
        as_of=as_of,
        delta=change,
        placed=placed,
        decisions=heed(holding(yesterday.decisions, as_of), placed),
        first_sight=_first_sight(placed, yesterday),
        policy_changed=bool(yesterday.run) and yesterday.model != policy.version,
        communal=policy.communal.among(gazetteer.properties),
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
        model=policy.version,
        lane=policy.lane,
        events=fresh,
        warnings=tuple(str(w) for e in extracts for w in e.warnings),
        seconds=timed.seconds,
        first=yesterday.run == 0,
        profile=profile(placed),
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
    clusters = _people(yesterday.lane(lane.name).members).select("mention", cluster="person")
    as_of = yesterday.as_of or date.min
    return attach(mentions, pairs, clusters, holding(yesterday.decisions, as_of), policy.thresholds).candidates


def _lane(lane: Lane, yesterday: Yesterday, tonight: Tonight, policy: Policy, timed: Stopwatch) -> LanePlan:
    """Solve one lane by itself, as if its records were all there are."""
    before, key = yesterday.lane(lane.name), f"{policy.key}/{lane.name}"
    earlier = yesterday.mentions.filter(lane.admits())
    mentions = _as_seen_by(lane, tonight.placed, earlier)
    pairs = timed("pair", lambda: pair(mentions, policy.model, policy.engine))
    grouping = timed("group", lambda: group(mentions, pairs, tonight.decisions, policy.thresholds, policy.lists_once))
    attached = timed("attach", lambda: attach(mentions, pairs, grouping.clusters, tonight.decisions, policy.thresholds))
    cases = timed("triage", lambda: triage(mentions, grouping, attached.candidates, tonight.decisions))
    who = timed(
        "identify",
        lambda: identify(
            grouping.clusters,
            _people(before.members),
            before.forwards,
            before.founded,
            key=key,
            run=tonight.run,
            former=yesterday.former.filter(pl.col("lane") == lane.name),
        ),
    )
    events = attached.members.join(
        grouping.clusters.join(who.members, on="mention").select("cluster", "person").unique(), on="cluster"
    )
    members = pl.concat([who.members, events.select("mention", "person")]).sort("mention")
    persons = timed("merge", lambda: merge(members, mentions, policy.survivorship, policy.kinds, as_of=tonight.as_of))
    solved = (persons, members, mentions, before, who.retired, tonight.communal)
    housed = timed("house", lambda: house(*solved, as_of=tonight.as_of, key=key, run=tonight.run))
    changes = timed(
        "compare",
        lambda: compare(
            persons,
            before.persons,
            members,
            before.members,
            mentions,
            mentions_before=earlier,
            withdrawn=_withdrawn(earlier, tonight.placed, mentions),
            retired=who.retired,
            split=who.split,
            first_sight=tonight.first_sight,
            policy_changed=tonight.policy_changed,
        ),
    )
    routes = routes_of(lane.name, policy, tonight.as_of)
    notices = timed(
        "announce",
        lambda: announce(
            changes,
            persons,
            members,
            mentions,
            routes,
            policy.kinds,
            run=tonight.run,
            as_of=tonight.as_of,
            asleep=attached.asleep,
        ),
    )
    founded = _founded(before.founded, members, tonight.run)
    state = LaneState(members, persons, founded, who.forwards, cases, grouping.links, *housed)
    return LanePlan(state, changes, notices)


def _as_seen_by(lane: Lane, placed: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Give the mentions that a lane may use; one that was not open to it yesterday and has changed is new to it."""
    unseen = ~pl.col("mention").is_in(earlier["mention"].implode()) & (pl.col("change") == "amended")
    change = pl.when(unseen).then(pl.lit("new")).otherwise("change")
    return placed.filter(lane.admits()).with_columns(change=change)


def _withdrawn(earlier: pl.DataFrame, placed: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Name what the lane saw yesterday and sees no more because a source said so, not because the lane was redrawn."""
    redrawn = placed.filter(pl.col("change") == "standing")
    gone = earlier.select("mention").join(mentions, on="mention", how="anti")
    return gone.join(redrawn, on="mention", how="anti").sort("mention")


def routes_of(lane: str, policy: Policy, as_of: date) -> list[Route]:
    """Give the routes whose purpose reads a lane and has not expired, with the fields that the purpose may see."""
    purposes = policy.purposes.purposes
    found = [(r, purposes[r.purpose]) for r in policy.routes if r.purpose in purposes]
    return [
        replace(route, fields=tuple(f for f in route.fields if purpose.fields is None or f in purpose.fields))
        for route, purpose in found
        if purpose.lane == lane and not (purpose.expires and purpose.expires < as_of)
    ]


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


def _first_sight(placed: pl.DataFrame, yesterday: Yesterday) -> frozenset[str]:
    return frozenset(placed["source"]) - frozenset(yesterday.known["source"]) - {EVENTS_SOURCE}
