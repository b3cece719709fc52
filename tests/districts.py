"""Two districts, north and south, with a register and a Council Tax system each: nights for tests."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import polars as pl

from svoc.policy import Policy
from svoc.sources.base import Extract
from svoc.words.plan import Plan, Yesterday
from tests.worlds import extract, morrow, night, policy

KINDS = {f"{where}_{kind}": kind for where in ("north", "south") for kind in ("council_tax", "electoral_register")}


@cache
def of_two() -> Policy:
    registers = frozenset(name for name, kind in KINDS.items() if kind == "electoral_register")
    return replace(policy(), kinds=KINDS, lists_once=dict.fromkeys(KINDS, True), renumbered=registers)


def says(source: str, *lines: str) -> Extract:
    """Give what a source of one district says; lines as in `tests.worlds.extract`."""
    said = extract(KINDS[source], *lines)
    return replace(said, source=source, records=said.records.with_columns(source=pl.lit(source)))


def lived(*evenings: Iterable[Extract]) -> Plan:
    yesterday, plan = Yesterday(), None
    for extracts in evenings:
        yesterday = yesterday if plan is None else morrow(yesterday, plan)
        plan = night(yesterday, *extracts, under=of_two())
    assert plan is not None
    return plan
