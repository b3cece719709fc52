"""Passes over an extract that guards refuse, once a later one of its source lies there."""

from dataclasses import replace

import polars as pl

from svoc.binding import Complaints, all_waiting
from svoc.council import Council
from svoc.words.plan import Plan, Yesterday

__all__ = ["plan_passing_over"]


def plan_passing_over(council: Council, yesterday: Yesterday) -> Plan:
    """Plan a night; where guards refuse it, plan it with later extracts of its full sources, as far as any wait.

    A file that was refused is read again each night, so that it is taken as soon as the limit is raised or the plan
    approved; but a whole file beside it must not wait for half a file to be taken away. What is passed over is older
    than what is taken, and is set aside from then on. Where no plan passes the guards, the first is given.
    """
    first = plan = council.plan(yesterday)
    passed = pl.DataFrame(schema=plan.taken.schema)
    while plan.refused:
        beaten = _with_a_later_one(council, yesterday, pl.concat([passed, plan.taken]), plan.taken)
        if beaten.is_empty():
            return first
        passed = pl.concat([passed, beaten])
        plan = council.plan(replace(yesterday, aside=pl.concat([yesterday.aside, passed])))
    names = passed["file"].to_list()
    told = (f"{name}: was refused, and is passed over for a later extract of its source" for name in names)
    return replace(plan, warnings=(*plan.warnings, *told))


def _with_a_later_one(council: Council, yesterday: Yesterday, seen: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Give those of the extracts taken, of full sources, beside which another waits that no plan has seen yet."""
    full = {source.name for source in council.settings.sources if source.mode == "full"}
    aside = pl.concat([yesterday.aside, seen])
    waiting = all_waiting(council.settings, yesterday.taken, Complaints(), aside)
    later = [source.name for source, extracts in waiting if source.name in full and any(not w.after for w in extracts)]
    return taken.filter(pl.col("source").is_in(later))
