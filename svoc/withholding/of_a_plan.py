"""What a right makes of a plan: changes that are no news of the world, and notices that are not sent."""

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from svoc.policy import Policy
from svoc.store.acts import objectors
from svoc.store.store import Store
from svoc.words.changes import Cause
from svoc.words.plan import LanePlan, Plan, Yesterday

__all__ = ["not_of_the_world", "without_objectors"]


def not_of_the_world(plan: Plan, yesterday: Yesterday, keys: Collection[str]) -> Plan:
    """Say of the changes that withheld or freed mentions bring that a right is their cause; nobody is told of them."""
    if not keys:
        return plan
    of = pl.col("mention").is_in(sorted(keys))
    lanes: dict[str, LanePlan] = {}
    for name, lane in plan.lanes.items():
        members = pl.concat([yesterday.lane(name).members.filter(of), lane.state.members.filter(of)])
        theirs = pl.col("person").is_in(members["person"].unique().implode())
        cause = pl.when(theirs).then(pl.lit(Cause.RIGHT.value)).otherwise("cause")
        lanes[name] = replace(
            lane, changes=lane.changes.with_columns(cause=cause), notices=lane.notices.filter(~theirs)
        )
    return replace(plan, lanes=lanes, by_right=frozenset(keys))


def without_objectors(plan: Plan, store: Store, policy: Policy) -> Plan:
    """Leave out the notices whose route is of a purpose to which the person's objection was upheld."""
    lanes = dict(plan.lanes)
    for purpose in sorted({route.purpose for route in policy.routes}):
        keys = objectors(store, purpose)
        name = policy.purposes.named(purpose).lane
        if not keys or name not in lanes:
            continue
        lane = lanes[name]
        theirs = set(lane.state.members.filter(pl.col("mention").is_in(keys))["person"])
        objected = pl.col("person").is_in(sorted(theirs)) & (pl.col("purpose") == purpose)
        lanes[name] = replace(lane, notices=lane.notices.filter(~objected))
    return replace(plan, lanes=lanes)
