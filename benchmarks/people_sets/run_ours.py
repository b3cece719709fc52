"""Ours on one set, in a process of its own: run_ours.py SET FOLDER [--also PAIRS] FILE..."""

import argparse
from importlib.metadata import version
from pathlib import Path

import polars as pl

from matchers import score_pairs
from people_sets.measured import Run
from people_sets.ours import linked
from people_sets.sets import SETS, read


def main() -> None:
    """Run, and write pairs.parquet, clusters.parquet, run.json, and also.parquet: another engine's pairs, scored."""
    asked = argparse.ArgumentParser()
    asked.add_argument("set", choices=SETS)
    asked.add_argument("folder", type=Path)
    asked.add_argument("files", type=Path, nargs="+")
    asked.add_argument("--also", type=Path)
    told = asked.parse_args()
    run = Run(f"svoc {version('svoc')}, polars {version('polars')}", told.set, str(told.folder))
    records = read(told.files).drop("cluster")
    run.lap("read")
    done = linked(records, SETS[told.set].nature, run)
    run.done(threshold=done.threshold, candidates=done.pairs.height, seed=1)
    done.pairs.select("left", "right", score="weight").write_parquet(told.folder / "pairs.parquet")
    done.clusters.write_parquet(told.folder / "clusters.parquet")
    done.model.write(told.folder / "model.json")
    if told.also:
        theirs = pl.read_parquet(told.also).select(pl.col("left", "right").cast(pl.String)).unique()
        again = score_pairs(done.records, theirs, done.model)
        again.select("left", "right", score="weight").write_parquet(told.folder / "also.parquet")
    run.write()


if __name__ == "__main__":
    main()
