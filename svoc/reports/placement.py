"""What was placed on the gazetteer, how, and how surely."""

from itertools import pairwise
from typing import Any

import polars as pl

from gazetteer import OUTCOMES, RUNGS
from svoc.reports.counting import Row, crossed, rows, share, tally
from svoc.reports.intake import before_of
from svoc.words.plan import Plan, Yesterday

__all__ = ["placement"]

BANDS = (1.001, 0.999, 0.99, 0.95, 0.9, 0.5)
"""Edges of the bands of certainty, from the surest; 0.999 is the precision at which people are joined."""
OUTCOMES_IN_ORDER = ("exact", "historic", *(o for o in OUTCOMES if o not in {"exact", "historic"}))


def placement(plan: Plan, yesterday: Yesterday) -> dict[str, Any]:
    """Tell by outcome, rung, source and certainty where tonight's addresses came to lie."""
    now, before = plan.mentions, before_of(yesterday)
    return {
        "mentions": now.height,
        "placed": _placed(now),
        "placed_before": None if before is None else _placed(before),
        "outcomes": _compared(now, before, "outcome", order=OUTCOMES_IN_ORDER),
        "rungs": _rungs(now, before),
        "sources": _sources(now, before),
        "certainty": rows(_bands(now), None if before is None else _bands(before), order=_band_names()),
        "unplaced": _reasons(now.filter(pl.col("outcome") == "none")),
        "doubtful": _reasons(now.filter(~pl.col("outcome").is_in(["exact", "none"]))),
        "pins": _pins(now, before),
    }


def _placed(mentions: pl.DataFrame) -> float | None:
    """Give the share of mentions whose place is sure enough to make a household."""
    return share(int(mentions["place"].is_not_null().sum()), mentions.height)


def _compared(now: pl.DataFrame, before: pl.DataFrame | None, by: str, *, order: tuple[str, ...]) -> list[Row]:
    return rows(tally(now, by), None if before is None else tally(before, by), family=by, order=order)


def _rungs(now: pl.DataFrame, before: pl.DataFrame | None) -> list[Row]:
    by_source = crossed(now, "rung", "source")
    compared = _compared(now, before, "rung", order=tuple(r.name for r in RUNGS))
    return [{**row, "sources": by_source.get(row["name"], {})} for row in compared]


def _sources(now: pl.DataFrame, before: pl.DataFrame | None) -> list[dict[str, Any]]:
    by_outcome = crossed(now, "source", "outcome")
    placed = {} if before is None else {s: _placed(before.filter(pl.col("source") == s)) for s in by_outcome}
    return [
        {
            "name": source,
            "mentions": sum(outcomes.values()),
            "outcomes": {o: outcomes.get(o, 0) for o in [*OUTCOMES_IN_ORDER, *(set(outcomes) - set(OUTCOMES))]},
            "placed": _placed(now.filter(pl.col("source") == source)),
            "placed_before": placed.get(source),
        }
        for source, outcomes in by_outcome.items()
    ]


def _band_names() -> list[str]:
    low, high = BANDS[-1], BANDS[1]
    between = [f"{b} to {a}" for a, b in pairwise(BANDS[1:])]
    return [f"{high} or more", *between, f"below {low}", "0, not placed"]


def _bands(mentions: pl.DataFrame) -> dict[str, int]:
    certainty = mentions["certainty"].fill_null(0.0)
    names = _band_names()
    counts = [int(((certainty >= low) & (certainty < high)).sum()) for high, low in pairwise(BANDS)]
    counts += [int(((certainty > 0) & (certainty < BANDS[-1])).sum()), int((certainty <= 0).sum())]
    return dict(zip(names, counts, strict=True))


def _reasons(mentions: pl.DataFrame) -> list[dict[str, Any]]:
    """Count the gazetteer's own reasons for what is not plainly one property."""
    why = pl.col("reason").fill_null("no reason was given")
    counts = mentions.group_by("outcome", why.alias("reason")).agg(count=pl.len())
    return counts.sort("count", "outcome", "reason", descending=[True, False, False]).to_dicts()


def _pins(now: pl.DataFrame, before: pl.DataFrame | None) -> dict[str, int] | None:
    """Count the mentions that were here the night before and now lie elsewhere, or nowhere."""
    if before is None:
        return None
    stayed = now.select("mention", "place").join(before.select("mention", then="place"), on="mention")
    here, there = pl.col("place"), pl.col("then")
    counts = stayed.select(
        same=here.eq_missing(there).sum(),
        moved=(here != there).fill_null(value=False).sum(),
        found=(here.is_not_null() & there.is_null()).sum(),
        lost=(here.is_null() & there.is_not_null()).sum(),
    )
    return {name: int(n) for name, n in counts.row(0, named=True).items()}
