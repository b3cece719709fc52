"""What came in: by source, by kind and by change, against the night before."""

from typing import Any

import polars as pl

from svoc.reports.counting import Row, crossed, rows, tally
from svoc.reports.wording import words_for
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import Plan, Yesterday

__all__ = ["CHANGES_IN_ORDER", "before_of", "inputs", "intake"]

KINDS_IN_ORDER = ("person", "organisation", "executor", "void")
CHANGES_IN_ORDER = ("new", "amended", "standing", "withdrawn")

ALREADY_TOLD = ("rows", "persons", "organisations", "executors", "voids")
"""Counts of an extract that stand in columns of their own; all others are what was noted at the door."""


def intake(plan: Plan, yesterday: Yesterday) -> dict[str, Any]:
    """Tell of each source what came, what it holds now and what it held."""
    before = before_of(yesterday)
    changes = _changes(plan, yesterday)
    now, then = crossed(plan.mentions, "source", "kind"), _or_none(before, "kind")
    sources = [
        _source(plan, name, now.get(name, {}), None if then is None else then.get(name, {}), changes.get(name, {}))
        for name in sorted({*now, *(then or {}), *plan.counts, *changes})
    ]
    totals = {change: sum(s["changes"][change] for s in sources) for change in CHANGES_IN_ORDER}
    return {
        "mentions": plan.mentions.height,
        "mentions_before": None if before is None else before.height,
        "sources": sources,
        "kinds": rows(
            tally(plan.mentions, "kind"),
            None if before is None else tally(before, "kind"),
            family="kind",
            order=KINDS_IN_ORDER,
        ),
        "events": {"kinds": rows(tally(plan.events, "kind")), "evidence": rows(tally(plan.events, "evidence"))},
        "changes": rows(totals, family="change", order=CHANGES_IN_ORDER),
    }


def inputs(plan: Plan, yesterday: Yesterday) -> dict[str, Any]:
    """Tell which files were taken, and by which gazetteer and model they were read."""
    taken = plan.taken.sort("source", "file").with_columns(pl.col("content_date").cast(pl.String))
    return {
        "files": taken.to_dicts(),
        "gazetteer": plan.gazetteer,
        "gazetteer_changed": bool(yesterday.run) and plan.gazetteer != yesterday.gazetteer,
        "model": plan.model,
        "model_changed": bool(yesterday.run) and plan.model != yesterday.model,
    }


def before_of(yesterday: Yesterday) -> pl.DataFrame | None:
    """Give the mentions of the night before, or None where there was no such night."""
    return yesterday.mentions if yesterday.run else None


def _or_none(before: pl.DataFrame | None, column: str) -> dict[str, dict[str, int]] | None:
    return None if before is None else crossed(before, "source", column)


def _changes(plan: Plan, yesterday: Yesterday) -> dict[str, dict[str, int]]:
    """Count each source's mentions by how they differ from the night before, those that went included."""
    went = plan.withdrawn.join(yesterday.known.select("mention", "source"), on="mention", how="left")
    gone = went.select("source", change=pl.lit("withdrawn"))
    return crossed(pl.concat([plan.mentions.select("source", "change"), gone]), "source", "change")


def _source(
    plan: Plan, name: str, now: dict[str, int], before: dict[str, int] | None, changes: dict[str, int]
) -> dict[str, Any]:
    came = {"rows": plan.events.height} if name == EVENTS_SOURCE and plan.events.height else plan.counts.get(name)
    return {
        "name": name,
        "taken": came is not None,
        "rows": None if came is None else came.get("rows"),
        "mentions": sum(now.values()),
        "mentions_before": None if before is None else sum(before.values()),
        "kinds": rows(now, before, family="kind", order=KINDS_IN_ORDER),
        "changes": {change: changes.get(change, 0) for change in CHANGES_IN_ORDER},
        "door": _door(came or {}),
    }


def _door(came: Any) -> list[Row]:
    """List what was counted at the door beside the rows themselves: refusals, opt-outs and the like."""
    noted = [(name, int(n)) for name, n in came.items() if name not in ALREADY_TOLD and n]
    return [{"name": name, "words": words_for("door", name), "count": n} for name, n in noted]
