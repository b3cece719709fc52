"""The whole story of a night, on two pages.

`reconcile` is pure: what it answers follows from yesterday, tonight's extracts, the gazetteer, the decisions and the
policy, and from nothing else. It never reads the store, the clock, a file or the environment, and it writes nothing;
the plan that it gives is committed by `svoc.council`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial

import polars as pl

from gazetteer import Gazetteer
from matchers import Model
from matchers.keyed import keyed
from svoc.policy import Policy
from svoc.sheltering import protected_night
from svoc.side_by_side import side_by_side
from svoc.solving import Solved, Stopwatch, Tonight, solve, without_events
from svoc.sources.base import Extract
from svoc.sources.life_events import as_records
from svoc.steps.attach import attach
from svoc.steps.bar import bar, barred, electors_met, records_kept_out
from svoc.steps.delta import Delta, delta, said_tonight
from svoc.steps.doubt import answered
from svoc.steps.heed import heed
from svoc.steps.lapse import lapse
from svoc.steps.pair import features, pair_people
from svoc.steps.place import place
from svoc.steps.profile import profile
from svoc.steps.seek import seek, silent
from svoc.words.consents import consents_of
from svoc.words.decisions import holding
from svoc.words.events import EMPTY_LIFE_EVENTS
from svoc.words.mentions import EVENTS_SOURCE, MENTIONS, PLACEMENT, lasting
from svoc.words.plan import Plan, Yesterday
from svoc.words.purposes import Lane
from svoc.words.workings import Workings

__all__ = ["candidates_of", "reconcile"]

TELLING = "tell-us-once-death"
LIES = ["mention", *PLACEMENT, "place", "forwarding_place"]
"""Where a mention lies, and how that is known."""
SIDE_BY_SIDE = 5_000
"""The mentions from which lanes are solved side by side."""

Seen = tuple[pl.DataFrame, pl.DataFrame]


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
    whole: bool = False,
    kept_out: frozenset[str] = frozenset(),
) -> Plan:
    """Work out what tonight would change.

    `extracts`: what the sources say tonight; a source that gave none stands as it did. `taken`: frame of
    `svoc.words.plan.TAKEN` for those extracts. `events`: frame of `LIFE_EVENTS`, told since; those of `yesterday`
    stand, and so do its decisions. Only what a change touches is paired and grouped again, where yesterday's workings
    are there and rest on the same policy; with `whole` everything is, and the answer is the same. `kept_out`: register
    entries that must not be there, beside those that staff's word bars: whoever is an anonymous elector meets none.
    """
    kept_out |= barred(yesterday.protection)
    timed = Stopwatch(clock)
    fresh = events.join(yesterday.events, on="event", how="anti").unique("event", keep="first", maintain_order=True)
    as_of = _as_of(yesterday, extracts, started)
    told = pl.concat([yesterday.events, fresh])
    said = said_tonight(yesterday.mentions, extracts, told)
    answers = answered(yesterday.decisions)
    change = timed(
        "delta",
        lambda: delta(
            said.records,
            yesterday.known,
            standing=said.standing,
            renumbered=policy.renumbered,
            answers=answers,
        ),
    )
    change, apart = bar(change, kept_out), records_kept_out(change, kept_out)
    placed = timed("place", lambda: _placed(change, yesterday, gazetteer, policy))
    doubts = pl.concat([yesterday.doubts, change.doubts])
    changed = _changed(placed, change, yesterday, as_of, policy)
    changed = _asked_with(changed, doubts)
    communal = policy.communal.among(gazetteer.properties).and_at(policy.refuges)
    rests_on = f"{policy.rests_on} {communal.known_by}"
    workings = None if whole else _of_use(yesterday.workings, rests_on)
    people, keys = timed("see", lambda: _seen(placed, changed, workings, policy.model))
    decisions, lapsed = lapse(heed(holding(yesterday.decisions, as_of), placed), placed, told)
    tonight = Tonight(
        run=yesterday.run + 1,
        as_of=as_of,
        placed=placed,
        stood=yesterday.mentions,
        people=people,
        keys=keys,
        decisions=decisions,
        changed=changed,
        first_sight=_first_sight(placed, yesterday),
        policy_changed=bool(yesterday.run) and yesterday.model != policy.version,
        communal=communal,
        former=yesterday.former,
        doubts=doubts.filter(~pl.col("may_be").is_in(placed["mention"].implode())),
        given_over=change.given_over,
        doubted=yesterday.known.filter(pl.col("mention").is_in(doubts["may_be"].implode())),
        consents=consents_of(told),
        lapsed=lapsed,
        workings=workings,
    )
    solved = _every_lane(yesterday, tonight, policy, timed)
    pairs = {name: pairs for name, (_, pairs) in solved.items()}
    plans = {name: plan for name, (plan, _) in solved.items()}
    if met := electors_met(kept_out, placed, [plan.state.members for plan in plans.values()]):
        again = partial(reconcile, yesterday, extracts, gazetteer, policy, taken=taken, started=started, events=events)
        return again(clock=clock, whole=whole, kept_out=kept_out | met)
    protect = partial(protected_night, yesterday, plans, tonight, policy, started=started, kept_out=kept_out)
    lanes, laid = timed("protect", protect)
    return Plan(
        run=tonight.run,
        as_of=as_of,
        started=started,
        mentions=placed,
        withdrawn=change.withdrawn,
        lanes=lanes,
        protection=laid,
        taken=taken,
        counts={e.source: dict(e.counts) for e in extracts},
        gazetteer=policy.gazetteer,
        model=policy.version,
        lane=policy.lane,
        events=fresh,
        doubts=change.doubts,
        warnings=tuple(str(w) for e in extracts for w in e.warnings),
        seconds=timed.seconds,
        first=yesterday.run == 0,
        profile=profile(placed),
        workings=Workings(rests_on, people, keys, pairs, tonight.decisions, _rows(yesterday, extracts, apart)),
        changed=changed if workings else None,
    )


def _every_lane(yesterday: Yesterday, tonight: Tonight, policy: Policy, timed: Stopwatch) -> dict[str, Solved]:
    """Solve each lane; in part side by side, for a whole lane alone takes as much memory as a night should.

    Of a small council each lane takes so little that threads would only wait for one another.
    """
    lanes = policy.purposes.lanes
    if tonight.workings is None or tonight.placed.height < SIDE_BY_SIDE:
        return {name: solve(lane, yesterday, tonight, policy, timed) for name, lane in lanes.items()}
    watches = [Stopwatch(timed.clock) for _ in lanes]
    work = [
        partial(solve, lane, yesterday, tonight, policy, own) for lane, own in zip(lanes.values(), watches, strict=True)
    ]
    with timed.shared_by(watches):
        return dict(zip(lanes, side_by_side(*work), strict=True))


def candidates_of(yesterday: Yesterday, gazetteer: Gazetteer, policy: Policy, lane: Lane | None = None) -> pl.DataFrame:
    """Say whose the life events told so far may be, among yesterday's persons of a lane, or of that for telling once.

    Gives a frame of `svoc.steps.attach.CANDIDATES` for those events that no steward has judged.
    """
    lane = lane or policy.purposes.lanes[policy.purposes.named(TELLING).lane]
    change = delta(as_records(yesterday.events), yesterday.known)
    events = place(change.mentions, gazetteer, before=yesterday.mentions, trusted=True, codes=policy.codes)
    people = yesterday.mentions.filter(lane.admits() & (pl.col("source") != EVENTS_SOURCE))
    mentions = pl.concat([people, events])
    seen = features(mentions)
    pairs = pair_people(seen, policy.model, policy.engine, touching=events["mention"])
    clusters = without_events(yesterday.lane(lane.name).members).select("mention", cluster="person")
    held = holding(yesterday.decisions, yesterday.as_of or date.min)
    held, lapsed = lapse(held, mentions, yesterday.events)
    found = attach(mentions, pairs, clusters, held, policy.thresholds, lapsed=lapsed)
    spoken_for = pl.concat(
        [found.members["mention"], found.candidates["event"], pl.Series(found.asleep, dtype=pl.String)]
    )
    rest = silent(events.filter(~pl.col("mention").is_in(spoken_for.implode()))["mention"])
    asked = pl.concat([found.candidates, rest])
    sought = seek(asked, seen, clusters, held, policy.model)
    return sought.filter(pl.col("mention").is_not_null() | ~pl.col("event").is_in(rest["event"].implode()))


def _rows(
    yesterday: Yesterday, extracts: Sequence[Extract], apart: pl.DataFrame
) -> dict[str, tuple[pl.DataFrame, Mapping[str, str]]]:
    """Give what each source's rows are known again by, but for records that are kept `apart`.

    Those of a source that said nothing tonight are yesterday's.
    """
    before = dict(yesterday.workings.rows) if yesterday.workings else {}
    rows = before | {e.source: (e.rows.frame, e.rows.told()) for e in extracts if e.rows}
    silent = {e.source for e in extracts if not e.rows}
    out = {str(source): of["record"].implode() for (source,), of in apart.group_by("source")}
    return {
        source: (frame.filter(~pl.col("record").is_in(out[source])) if source in out else frame, told)
        for source, (frame, told) in rows.items()
        if source not in silent
    }


def _of_use(workings: Workings | None, rests_on: str) -> Workings | None:
    return workings if workings and workings.rests_on == rests_on else None


def _placed(change: Delta, yesterday: Yesterday, gazetteer: Gazetteer, policy: Policy) -> pl.DataFrame:
    """Place what was looked at; on another gazetteer than yesterday's, everything."""
    trusted = yesterday.gazetteer == policy.gazetteer
    stood = change.standing.with_columns(change=pl.lit("standing"), was_place="place")
    asked = change.mentions if trusted else pl.concat([change.mentions, stood.select(MENTIONS.keys())])
    placed = place(asked, gazetteer, before=yesterday.mentions, trusted=trusted, codes=policy.codes)
    return pl.concat([stood, placed]).sort("mention") if trusted else placed


def _changed(placed: pl.DataFrame, change: Delta, yesterday: Yesterday, as_of: date, policy: Policy) -> pl.Series:
    """Name the mentions of each record of which a party came, went, says or lies otherwise, or is due by the date."""
    before = yesterday.mentions
    asked = placed.join(change.mentions.select("mention"), on="mention", how="semi")
    amended = asked.filter(pl.col("change") != "standing")
    moved = (asked if yesterday.gazetteer == policy.gazetteer else placed).join(
        before, on=LIES, how="anti", nulls_equal=True
    )
    due = placed.filter(lasting(yesterday.as_of or as_of) != lasting(as_of))
    keys = pl.concat([frame["mention"] for frame in (amended, moved, due, change.withdrawn)]).implode()
    parties = [frame.filter(pl.col("mention").is_in(keys)).select("source", "record") for frame in (placed, before)]
    records = pl.concat(parties).unique()
    both = [frame.join(records, on=["source", "record"], how="semi")["mention"] for frame in (placed, before)]
    return pl.concat(both).unique().sort()


def _asked_with(changed: pl.Series, doubts: pl.DataFrame) -> pl.Series:
    """Add the entries of new registers that may be one of these of the old, or may be the same as one of these."""
    of_these = doubts.filter(pl.col("mention").is_in(changed.implode()))["may_be"]
    near = pl.concat([changed, of_these]).implode()
    return pl.concat([changed, doubts.filter(pl.col("may_be").is_in(near))["mention"]]).unique().sort()


def _seen(placed: pl.DataFrame, changed: pl.Series, workings: Workings | None, model: Model) -> Seen:
    """Give what the matchers see of tonight's mentions, and their keys; where nothing changed, what they saw."""
    if workings is None:
        people = features(placed)
        return people, keyed(people, model.blocks)
    if changed.is_empty():
        return workings.people, workings.keys
    among = changed.implode()
    fresh = features(placed.filter(pl.col("mention").is_in(among)))
    both = ((workings.people, fresh), (workings.keys, keyed(fresh, model.blocks)))
    people, keys = (pl.concat([old.filter(~pl.col("id").is_in(among)), new]).sort("id") for old, new in both)
    return people, keys


def _as_of(yesterday: Yesterday, extracts: Sequence[Extract], started: datetime) -> date:
    """Take the date of the night from what the extracts speak of, never from the clock where they do."""
    dates = [e.content_date for e in extracts if e.content_date]
    if yesterday.as_of:
        dates.append(yesterday.as_of)
    return max(dates, default=started.date())


def _first_sight(placed: pl.DataFrame, yesterday: Yesterday) -> frozenset[str]:
    return frozenset(placed["source"].unique()) - frozenset(yesterday.known["source"].unique()) - {EVENTS_SOURCE}
