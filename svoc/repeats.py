"""Tells no system again what it was told last.

One change can reach a system's record by several roads: its person is taken apart while the sources follow the change
one by one, and each part is news; a source repeats a night later what a life event said. The system has one record, and
was told.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from svoc.notices.routes import TAKEN_BACK, first_told
from svoc.store.outbox import told
from svoc.store.store import Store
from svoc.words.plan import Plan

__all__ = ["without_repeats"]

Said = Mapping[str, Any]


def without_repeats(plan: Plan, store: Store) -> Plan:
    """Give a plan without the notices that say of a system's record what the last one about it said.

    A birth is told though it reads as another did: it is another child. What takes something back is always told.
    """
    planned = pl.concat([lane.notices for lane in plan.lanes.values()])
    references = planned["reference"].drop_nulls().unique().to_list()
    if not references:
        return plan
    holding = told(store, references=references).filter(pl.col("holds") & ~pl.col("withdrawn"))
    last = {_about(row): row for row in holding.iter_rows(named=True)}
    again = [row["notice"] for row in planned.iter_rows(named=True) if _is_said(row, last.get(_about(row)))]
    lanes = {
        name: replace(lane, notices=lane.notices.filter(~pl.col("notice").is_in(again)))
        for name, lane in plan.lanes.items()
    }
    return replace(plan, lanes=lanes) if again else plan


def _about(row: Said) -> tuple[str, str, str]:
    return row["recipient"], row["reference"], first_told(row["kind"])


def _is_said(row: Said, last: Said | None) -> bool:
    if last is None or row["kind"].endswith(TAKEN_BACK) or last["kind"].endswith(TAKEN_BACK):
        return False
    of_one = first_told(row["kind"]) != "birth" or row["because"] == last["because"]
    return bool(row["payload"] == last["payload"] and of_one)
