"""Measure what the night made of a town whose truth is known."""

from pathlib import Path

import polars as pl

from matchers import Evaluation, evaluate
from svoc.errors import SettingsError, nearest

__all__ = ["evaluation", "read_truth"]

TRUTH = ("source", "record", "party", "person", "uprn")
KEY = pl.concat_str("source", "record", "party", separator="\x1f").alias("id")


def read_truth(path: Path) -> pl.DataFrame:
    """Read `source,record,party,person,uprn`; an empty person is nobody (a company, a void)."""
    if not path.is_file():
        there = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = nearest(path.name, there)
        raise SettingsError(f"{path.name}: no such file" + (f"; did you mean {hint}?" if hint else ""))
    truth = pl.read_csv(path, infer_schema=False)
    missing = [c for c in TRUTH if c not in truth.columns]
    if missing:
        raise SettingsError(f"{path.name}: expected the columns {', '.join(TRUTH)}; missing: {', '.join(missing)}")
    return truth.select(TRUTH).with_columns(
        pl.col("party").cast(pl.Int16), pl.col("uprn").cast(pl.Int64, strict=False), pl.col("person").replace("", None)
    )


def evaluation(members: pl.DataFrame, truth: pl.DataFrame) -> tuple[Evaluation, dict[str, float | int]]:
    """Compare an export's members with the truth: pairs of people, and placements.

    `members`: as `svoc.exporting.exported` gives them; `truth`: as `read_truth` gives it. The figures count mentions
    that the truth holds: `placed` is the share with a UPRN, `placed_right` the share of those whose UPRN is the true
    one.
    """
    made = members.with_columns(KEY)
    true = truth.with_columns(KEY)
    measured = evaluate(
        made.drop_nulls("person_id").select("id", cluster="person_id"), true.select("id", "person", "source")
    )
    both = made.join(true.select("id", true_uprn="uprn"), on="id")
    placed = both.filter(pl.col("uprn").is_not_null())
    sure = placed.filter(pl.col("outcome").is_in(["exact", "historic"]))
    figures: dict[str, float | int] = {
        "mentions": true.height,
        "mentions_read": both.height,
        "placed": _share(placed.height, both.height),
        "placed_right": _share(_right(placed), placed.height),
        "sure": _share(sure.height, both.height),
        "sure_right": _share(_right(sure), sure.height),
        "without_rung": made["rung"].null_count(),
    }
    return measured, figures


def _right(placed: pl.DataFrame) -> int:
    return placed.filter(pl.col("uprn") == pl.col("true_uprn")).height


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0
