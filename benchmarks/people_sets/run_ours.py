"""Ours on one set, in a process of its own: run_ours.py SET FOLDER [--pairs=PAIRS] FILE..."""

import argparse
from importlib.metadata import version
from pathlib import Path

import polars as pl

from matchers import Model, by_average, score_pairs
from people_sets.measured import Run
from people_sets.ours import linked, prepared
from people_sets.sets import SETS, read


def main() -> None:
    """Run, and write pairs.parquet, clusters.parquet, model.json and run.json; or score given pairs by that model."""
    asked = argparse.ArgumentParser()
    asked.add_argument("set", choices=SETS)
    asked.add_argument("folder", type=Path)
    asked.add_argument("files", type=Path, nargs="+")
    asked.add_argument("--pairs", type=Path, help="another engine's pairs, to be scored by the model of an earlier run")
    told = asked.parse_args()
    if told.pairs:
        _given(told)
        return
    run = Run(f"svoc {version('svoc')}, polars {version('polars')}", told.set, str(told.folder))
    records = read(told.files).drop("cluster")
    run.lap("read")
    done = linked(records, SETS[told.set].nature, run)
    run.done(threshold=done.threshold, candidates=done.pairs.height, seed=1)
    done.pairs.select("left", "right", score="weight").write_parquet(told.folder / "pairs.parquet")
    done.clusters.write_parquet(told.folder / "clusters.parquet")
    done.model.write(told.folder / "model.json")
    run.write()


def _given(told: argparse.Namespace) -> None:
    """Score given pairs and cluster by them."""
    records = prepared(read(told.files), SETS[told.set].nature)
    pairs = pl.read_parquet(told.pairs).select(pl.col("left", "right").cast(pl.String)).unique().sort("left", "right")
    scored = score_pairs(records, pairs, Model.read(told.folder / "model.json"))
    scored.select("left", "right", score="weight").write_parquet(told.folder / "given.parquet")
    by_average(records["id"], scored).write_parquet(told.folder / "given-clusters.parquet")


if __name__ == "__main__":
    main()
