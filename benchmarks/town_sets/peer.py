"""Splink beside us, on the same parsed records and the same UPRNs, in an environment of its own."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from town_sets.counted import best_at, counted, f1, pooled, precision, recall
from town_sets.lived import KEY, Lived, people

COLUMNS = ("title", "forename", "middle_names", "surname", "dob", "phone", "email", "postcode")
BILLING_SAFE = 0.999


def splinked(lived: Lived, python: str, folder: Path) -> dict[str, Any]:
    """Have Splink link the town: way -> the counts at each threshold; and the seconds that either way took."""
    (folder / "in").mkdir(parents=True, exist_ok=True)
    records = people(lived).select(KEY, "source", *(pl.col(c).cast(pl.String) for c in COLUMNS), uprn="place")
    for source in records["source"].unique():
        own = records.filter(pl.col("source") == source).drop("source").cast({"uprn": pl.String})
        own.write_parquet(folder / "in" / f"{source}.parquet")
    runner = Path(__file__).with_name("run_splink.py")
    done = subprocess.run([python, str(runner), str(folder)], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = {"seconds": json.loads(done.stdout.splitlines()[-1])}
    for way in found["seconds"]:
        clusters = pl.read_parquet(folder / f"{way}.parquet")
        found[way] = [
            {
                "threshold": threshold,
                "counts": counted(clusters.filter(threshold=threshold).select("id", "cluster"), lived.truth),
            }
            for threshold in clusters["threshold"].unique().sort()
        ]
    return found


def best_of(towns: Sequence[Mapping[str, Any]], way: str) -> dict[str, Any]:
    """Splink at its best threshold for all these towns: by F1, and by recall where it is precise enough to bill by."""
    grids = [town[way] for town in towns]
    rows = [
        {"threshold": row["threshold"], "counts": pooled(grid[at]["counts"] for grid in grids)}
        for at, row in enumerate(grids[0])
    ]
    best, safe = max(rows, key=lambda row: f1(row["counts"])), best_at(rows, BILLING_SAFE)
    return {"best": _told(best), "billing_safe": _told(safe) if safe else None}


def _told(row: Mapping[str, Any]) -> dict[str, float]:
    scopes = {
        f"{name}_{scope}" if scope != "all" else name: measure(row["counts"], scope)
        for scope in ("all", "between")
        for name, measure in (("precision", precision), ("recall", recall))
    }
    return {"threshold": row["threshold"], **scopes}
