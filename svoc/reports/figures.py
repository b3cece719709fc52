"""The figures of a night's report: plain values worked out from the plan and from yesterday, and from nothing else."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import polars as pl

from svoc.reports.attention import attention
from svoc.reports.counting import share
from svoc.reports.intake import inputs, intake
from svoc.reports.matching import matching
from svoc.reports.movements import cases, changes, notices
from svoc.reports.oddities import oddities
from svoc.reports.people import people
from svoc.reports.placement import placement
from svoc.side_by_side import side_by_side
from svoc.words.plan import Plan, Yesterday

__all__ = ["figures"]

FORMAT = 1
"""Raised whenever a name in the figures changes its meaning."""


def figures(
    plan: Plan, yesterday: Yesterday, arrivals: Mapping[str, pl.DataFrame] = MappingProxyType({})
) -> dict[str, Any]:
    """Give all that the night's report tells, as values that JSON can hold.

    Keys: `night`, `headline`, `attention`, `intake`, `placement`, `lanes` (the batch's own first), `arrivals`,
    `oddities`, `inputs`. Shares are 0 to 1 and null where there is no whole; what stands for the night before is null
    on a first night. There are counts, identifiers of persons and mention keys, and never a name, an address or a date
    of birth.
    """
    parts: Mapping[str, Callable[[Plan, Yesterday], Any]] = {
        "night": _night,
        "headline": _headline,
        "intake": intake,
        "placement": placement,
        "lanes": _lanes,
        "oddities": oddities,
        "inputs": inputs,
    }
    figured = side_by_side(*(partial(part, plan, yesterday) for part in parts.values()))
    told: dict[str, Any] = {"format": FORMAT, **dict(zip(parts, figured, strict=True))}
    told["arrivals"] = [{"lane": name, **row} for name, frame in arrivals.items() for row in frame.to_dicts()]
    return {**told, "attention": attention(told)}


def _night(plan: Plan, yesterday: Yesterday) -> dict[str, Any]:
    return {
        "run": plan.run,
        "as_of": plan.as_of.isoformat(),
        "started": plan.started.isoformat(),
        "first": plan.first,
        "run_before": yesterday.run or None,
        "as_of_before": yesterday.as_of.isoformat() if yesterday.as_of else None,
        "lane": plan.lane,
        "summary": plan.summary(),
        "refused": plan.refused,
        "approved": dict(plan.approved) if plan.approved else None,
        "reasons": list(plan.reasons),
    }


def _headline(plan: Plan, yesterday: Yesterday) -> dict[str, Any]:
    """Give the figures that a reader wants first, each beside that of the night before where there is one."""
    now = plan.figures()
    before = dict(yesterday.summary) if yesterday.run else {}
    placed = int(plan.mentions["place"].is_not_null().sum())
    return {
        **{name: {"count": count, "before": before.get(name)} for name, count in now.items()},
        "placed": {"count": placed, "share": share(placed, plan.mentions.height)},
    }


def _lanes(plan: Plan, yesterday: Yesterday) -> list[dict[str, Any]]:
    names = sorted(plan.lanes, key=lambda name: (name != plan.lane, name))
    return side_by_side(*(partial(_lane, name, plan, yesterday) for name in names))


def _lane(name: str, plan: Plan, yesterday: Yesterday) -> dict[str, Any]:
    lane, before = plan.lanes[name], yesterday.lanes.get(name) if yesterday.run else None
    return {
        "name": name,
        "reading": name == plan.lane,
        "mentions": lane.state.members.height,
        "matching": matching(lane.state, before),
        "people": people(lane.state, plan.mentions, before, yesterday.mentions),
        "changes": changes(lane),
        "cases": cases(lane.state, before),
        "notices": notices(lane),
    }
