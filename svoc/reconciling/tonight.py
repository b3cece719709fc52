"""Lays a night that is not committed yet over what was heard, so that its report can say what arrived with it."""

from dataclasses import replace

import polars as pl

from svoc.store.hearing import VERSIONS, Heard, told_of
from svoc.words.plan import Plan

__all__ = ["with_tonight"]

OF_A_RECORD = [name for name in VERSIONS if name not in {"from_run", "to_run"}]


def with_tonight(heard: Heard, plan: Plan, lane: str) -> Heard:
    """Give what was heard as it will be once the plan is committed."""
    run, state = plan.run, plan.lanes[lane].state
    taken = {source: list(runs) for source, runs in heard.taken.items()}
    for source in sorted(set(plan.taken["source"])):
        taken.setdefault(source, []).append(run)
    told = {row["person"] for row in heard.notices}
    leads = dict(state.forwards.filter(pl.col("retired").is_in(sorted(told))).select("retired", "current").iter_rows())
    current = {**heard.current, **leads}
    wanted = sorted(told | {person for person in current.values() if person})
    members = state.members.filter(pl.col("person").is_in(wanted)).select("person", "mention")
    recipients = sorted({row["recipient"] for row in heard.notices})
    seen = pl.concat([heard.versions["mention"], members["mention"]]).unique()
    fresh = told_of(heard.notices) & (pl.col("change") == "new")  # what was amended was not begun since
    looked_at = pl.col("mention").is_in(seen.implode()) | fresh
    records = plan.mentions.filter(pl.col("source").is_in(recipients) & looked_at)
    return replace(
        heard,
        nights={**heard.nights, run: (plan.as_of, plan.started)},
        taken=taken,
        current=current,
        members=_followed(heard.members, members, ["person", "mention"], run),
        versions=_followed(heard.versions, records.select(OF_A_RECORD), OF_A_RECORD, run).sort("mention", "from_run"),
    )


def _followed(before: pl.DataFrame, tonight: pl.DataFrame, by: list[str], run: int) -> pl.DataFrame:
    """End the rows that stand no longer, and begin those that are new."""
    stands = pl.col("to_run").is_null()
    live = before.filter(stands)
    goes_on = live.join(tonight, on=by, how="semi", nulls_equal=True)
    ends = live.join(tonight, on=by, how="anti", nulls_equal=True).with_columns(to_run=pl.lit(run, dtype=pl.Int64))
    begins = tonight.join(live, on=by, how="anti", nulls_equal=True).with_columns(
        from_run=pl.lit(run, dtype=pl.Int64), to_run=pl.lit(None, dtype=pl.Int64)
    )
    parts = [before.filter(~stands), goes_on, ends, begins.select(before.columns)]
    return pl.concat(parts)
