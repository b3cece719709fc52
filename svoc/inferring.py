"""Adds to a night's plan what follows from it without being told: inferred life events, and days that cannot be."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

import polars as pl

from svoc.steps.infer import infer
from svoc.steps.question import questioned
from svoc.words.plan import Plan, Yesterday

__all__ = ["inferring"]

BEFORE_BIRTH = "happened before the birth of the person whose they are: look at them again, one of the days is wrong"


def inferring(plan: Plan, yesterday: Yesterday, *, wanted: Iterable[str] = ()) -> Plan:
    """Add the events that tonight's records let one infer, and warn of events before the birth of whom they are of.

    `wanted`: what is inferred (`svoc.steps.infer.INFERENCES`). An inference is asked about from the next night on. It
    holds in every lane or in none, for an event is no secret of a lane: nothing is inferred from what only the full
    register knows, and nothing from a record that goes because somebody's right is served.
    """
    then = yesterday.mentions.filter(~pl.col("mention").is_in(sorted(plan.by_right)))
    found, early = [], set()
    for name, lane in plan.lanes.items():
        before = yesterday.lane(name).members
        early |= set(questioned(plan.mentions, lane.state.members, before))
        both = pl.concat([lane.state.members, before])
        found.append(
            infer(plan.mentions, then, both, as_of=plan.as_of, wanted=wanted) if wanted else plan.events.clear()
        )
    everywhere = reduce(lambda one, other: one.join(other, on="event", how="semi"), found)
    fresh = everywhere.join(yesterday.events, on="event", how="anti")
    told = (f"{len(early)} life events confirmed since the last night {BEFORE_BIRTH}",) if early else ()
    return replace(plan, events=pl.concat([plan.events, fresh]), warnings=(*plan.warnings, *told))
