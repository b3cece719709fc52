"""What a night does for those under protection: it follows them to whoever they are now, and keeps notices back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from svoc.policy import Policy
from svoc.solving import Tonight
from svoc.steps.shield import LAID, followed, in_doubt, laid_tonight, said_by_sources, shield
from svoc.steps.withhold import withhold
from svoc.words.decisions import Verdict
from svoc.words.plan import LanePlan, Yesterday
from svoc.words.protection import Protection, holding_flags

__all__ = ["protected_night"]


def protected_night(
    yesterday: Yesterday,
    lanes: Mapping[str, LanePlan],
    tonight: Tonight,
    policy: Policy,
    *,
    started: datetime,
    kept_out: frozenset[str],
) -> tuple[dict[str, LanePlan], pl.DataFrame]:
    """Give the lanes with their notices as they may be sent, and what the night adds to the ledger of protection.

    Protection has come to whatever shares a person with a flagged record in any lane, tonight or yesterday: so neither
    a merge that is undone nor a split leaves anybody without. `kept_out`: register entries of anonymous electors, kept
    out from now on.
    """
    on = min(tonight.as_of, started.date())
    stood = holding_flags(yesterday.protection, on)
    said = said_by_sources(tonight.placed, policy.refuges)
    met = pl.DataFrame({"mention": sorted(kept_out - set(stood["mention"]))}, schema={"mention": pl.String()})
    met = met.with_columns(kind=pl.lit(Protection.ANONYMOUS.value), until=pl.lit(None, pl.Date()))
    groups = [lane.members for lane in yesterday.lanes.values()] + [plan.state.members for plan in lanes.values()]
    seeds = pl.concat([stood, said, met]).unique()
    if seeds.is_empty():
        flags, laid = seeds, pl.DataFrame(schema=LAID)
    else:
        flags = shield(followed(seeds, _succeeded(yesterday, tonight)), groups)
        laid = laid_tonight(stood, said, flags)
    cases = pl.concat([plan.state.cases for plan in lanes.values()])
    doubted = in_doubt(flags["mention"], cases, tonight.decisions, groups)
    kept = {
        name: replace(
            plan,
            notices=withhold(plan.notices, plan.state, tonight.placed, flags, as_of=tonight.as_of, doubted=doubted),
        )
        for name, plan in lanes.items()
    }
    return kept, laid


def _succeeded(yesterday: Yesterday, tonight: Tonight) -> pl.DataFrame:
    """Name the entries that are, or may be, ones known under another key: `mention`, `instead`."""
    may_be = tonight.doubts.select("mention", instead="may_be")
    said = yesterday.decisions.filter(pl.col("verdict") == Verdict.SUCCEEDS.value)
    old_for_new = said.select(mention="right", instead="left")
    return pl.concat([may_be, old_for_new])
