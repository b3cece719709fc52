"""What stands in a lane in the published run, and in runs before it: the records and the persons that it may use now.

A council may redraw a lane at any time, and its persons are as the last night solved them until the next. So a person
of whom any record is no longer the lane's is not there for a reader, nor is anything about them.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from svoc.store.drawn import drawn_in
from svoc.store.past import last_seen, members_on
from svoc.store.store import Store
from svoc.words.plan import LaneState, Yesterday
from svoc.words.purposes import Lane

__all__ = ["Standing", "golden", "was_the_lanes"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a lane holds, for working with: nothing in it is masked, so it is not for showing.

    `run`, `as_of`: the published run and its day; `mentions`: frame of `PLACED`, those that the lane admits; `state`:
    what the night made of them; `decisions`: frame of `DECISIONS`, the whole ledger as far as it is about the lane's
    records; `withheld`: how many records the lane does not admit.
    """

    run: int
    as_of: date | None
    mentions: pl.DataFrame
    state: LaneState
    decisions: pl.DataFrame
    withheld: int = 0

    @classmethod
    def of(
        cls, store: Store, lane: Lane, yesterday: Yesterday | None = None, *, registers: Collection[str] = ()
    ) -> "Standing":
        """Read what stands in a lane.

        `yesterday`: all that stands, where it was read already; `registers`: the sources that are registers, of which a
        decision may speak whose record was never here.
        """
        stands = yesterday or store.yesterday()
        mentions = stands.mentions.filter(lane.admits())
        state = _within(stands.lane(lane.name), mentions)
        if drawn_in(store, stands.run).get(lane.name) != lane.drawn:
            state = replace(state, cases=_naming_own(state.cases, mentions, store, lane))
        among = _records_of(stands.decisions, stands.mentions["mention"], mentions, store, lane, frozenset(registers))
        both = pl.all_horizontal(pl.col("left", "right").is_in(among.implode()))
        decisions = stands.decisions.filter(both)
        withheld = stands.mentions.height - mentions.height
        return cls(stands.run, stands.as_of, mentions, state, decisions, withheld)


def golden(store: Store, lane: Lane) -> pl.DataFrame:
    """Give the persons of a lane as a frame of `PERSONS`; without those whom the lane, redrawn since, may not have."""
    if drawn_in(store, store.published()).get(lane.name) == lane.drawn:
        return store.persons(lane.name)
    return Standing.of(store, lane).state.persons


def was_the_lanes(store: Store, person: str, lane: Lane, run: int) -> bool:
    """Say whether all records of a person in a run are such as the lane may use as it is drawn now."""
    if run < 1 or drawn_in(store, run).get(lane.name) == lane.drawn:
        return True
    records = members_on(store, person, lane.name, run)
    return records.filter(lane.admits()).height == records.height


def _within(state: LaneState, mentions: pl.DataFrame) -> LaneState:
    """Leave out the persons of whom a record is not among the lane's, and all that is about them."""
    barred = state.members.join(mentions, on="mention", how="anti")
    if barred.is_empty():
        return state
    persons = barred["person"].unique().implode()
    theirs = state.members.filter(pl.col("person").is_in(persons))["mention"].implode()
    of_them = pl.col("mentions").list.eval(pl.element().is_in(theirs)).list.any()
    return replace(
        state,
        members=state.members.filter(~pl.col("person").is_in(persons)),
        persons=state.persons.filter(~pl.col("person").is_in(persons)),
        cases=state.cases.filter(~of_them),
        links=state.links.filter(~pl.any_horizontal(pl.col("left", "right").is_in(theirs))),
        households=state.households.filter(~pl.col("person").is_in(persons)),
    )


def _naming_own(cases: pl.DataFrame, mentions: pl.DataFrame, store: Store, lane: Lane) -> pl.DataFrame:
    """Leave out the cases that name a record which is there no more, and of which the lane may not know."""
    named = cases["mentions"].explode().drop_nulls().unique()
    away = named.filter(~named.is_in(mentions["mention"].implode()))
    own = last_seen(store, away.to_list()).filter(lane.admits())["mention"]
    barred = away.filter(~away.is_in(own.implode())).implode()
    return cases.filter(~pl.col("mentions").list.eval(pl.element().is_in(barred)).list.any())


def _records_of(
    decisions: pl.DataFrame,
    live: pl.Series,
    mentions: pl.DataFrame,
    store: Store,
    lane: Lane,
    registers: frozenset[str],
) -> pl.Series:
    """Name the records of decisions that are the lane's or, where they are no more, were when last seen.

    One that is there and not the lane's today is not, whatever it was before: an elector opts out of the open register.
    Of one that was never here, as in a decision that another council made, its source alone can be asked.
    """
    ends = pl.concat([decisions["left"], decisions["right"]]).unique()
    away = ends.filter(~ends.is_in(live.implode()))
    gone = last_seen(store, away.to_list()) if len(away) else mentions.clear()
    never = away.filter(~away.is_in(gone["mention"].implode())).alias("mention").to_frame()
    source = pl.col("mention").str.extract(r"^([^/]*)/")
    closed = {*lane.without_sources, *(registers if lane.open_register_only else ())}
    own = mentions.filter(pl.col("mention").is_in(ends.implode()))["mention"]
    asleep = never.filter(~source.is_in(sorted(closed)))["mention"] if registers else never["mention"].clear()
    return pl.concat([own, gone.filter(lane.admits())["mention"], asleep])
