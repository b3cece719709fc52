"""What changed in one lane, what waits for a steward, and who would be told."""

from typing import Any

import polars as pl

from svoc.reports.counting import crossed, rows, share, tally
from svoc.words.changes import Cause, ChangeKind
from svoc.words.decisions import CaseKind
from svoc.words.persons import FACTS
from svoc.words.plan import LanePlan, LaneState

__all__ = ["cases", "changes", "notices"]

KINDS_IN_ORDER = tuple(kind.value for kind in ChangeKind)
CAUSES_IN_ORDER = tuple(cause.value for cause in Cause)


def changes(lane: LanePlan) -> dict[str, Any]:
    """Count a lane's changes by kind and cause, and the changed facts by field and cause."""
    facts = lane.changes.filter(pl.col("kind") == ChangeKind.CHANGED.value)
    kinds, fields = crossed(lane.changes, "kind", "cause"), crossed(facts, "field", "cause")
    touched = dict(lane.changes.group_by("kind").agg(pl.col("person").n_unique()).iter_rows())
    return {
        "changes": lane.changes.height,
        "persons": lane.changes["person"].n_unique(),
        "kinds": [
            {**row, "persons": int(touched.get(row["name"], 0)), "causes": _all(kinds.get(row["name"], {}))}
            for row in rows(tally(lane.changes, "kind") | _none(kinds), family="person_change", order=KINDS_IN_ORDER)
        ],
        "fields": [
            {**row, "causes": _all(fields[row["name"]])} for row in rows(tally(facts, "field"), order=tuple(FACTS))
        ],
        "causes": rows(_all(tally(lane.changes, "cause")), family="cause", order=CAUSES_IN_ORDER),
    }


def cases(state: LaneState, before: LaneState | None) -> dict[str, Any]:
    """Count what waits for a steward, by kind and reason, and what is new or settled since the night before."""
    then = None if before is None else tally(before.cases, "kind")
    why = state.cases.group_by("kind", "reason").agg(count=pl.len())
    why = why.sort("kind", "count", "reason", descending=[False, True, False])
    ids, ids_before = set(state.cases["case"]), set() if before is None else set(before.cases["case"])
    return {
        "cases": state.cases.height,
        "cases_before": None if before is None else before.cases.height,
        "opened": len(ids - ids_before),
        "closed": len(ids_before - ids),
        "kinds": rows(tally(state.cases, "kind"), then, family="case", order=[k.value for k in CaseKind]),
        "reasons": [{**row, "share": share(row["count"], state.cases.height)} for row in why.to_dicts()],
    }


def notices(lane: LanePlan) -> dict[str, Any]:
    """Count who would be told, of what and on which basis."""
    told = lane.notices.group_by("recipient", "kind", "basis").agg(count=pl.len(), persons=pl.col("person").n_unique())
    return {"notices": lane.notices.height, "recipients": told.sort("recipient", "kind", "basis").to_dicts()}


def _all(causes: dict[str, int]) -> dict[str, int]:
    return {cause: causes.get(cause, 0) for cause in CAUSES_IN_ORDER}


def _none(kinds: dict[str, dict[str, int]]) -> dict[str, int]:
    return {kind: 0 for kind in KINDS_IN_ORDER if kind not in kinds}
