"""How well `matchers` and its peers find who is one person on public and made-up sets, and at what cost.

    python benchmarks/people.py --splink PYTHON --goldenmatch PYTHON --recordlinkage PYTHON

Each engine runs file to clusters, training included, in a fresh process; a peer's PYTHON is the interpreter of an
environment that holds it (splink 5.0.0; goldenmatch 3.22; recordlinkage 0.16 with pandas and pyarrow). Without it the
peer is left out. One scorer judges all. The public sets are read from $SVOC_SAMPLES/people; the made-up ones are
made. Writes `benchmarks/results/DATE-people.json`.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
from people_sets.made_up import SEED
from people_sets.scoring import DRAW_SEED, DRAWS, Truth, scored
from people_sets.sets import SETS, read

HERE = Path(__file__).parent
PEERS = ("splink", "goldenmatch", "recordlinkage")


def ran(engine: str, python: str, name: str, folder: Path, files: list[Path], *more: str) -> dict[str, Any] | None:
    """Run an engine on a set in a fresh process; None when it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    script = HERE / "people_sets" / f"run_{engine}.py"
    path = os.pathsep.join(str(each) for each in ([HERE, HERE.parent] if engine == "ours" else [HERE / "people_sets"]))
    done = subprocess.run(
        [python, str(script), name, str(folder), *map(str, files), *more],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    if done.returncode:
        print(f"{engine} on {name} ended with {done.returncode}:\n{done.stderr[-2000:]}", flush=True)
        return None
    found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return found


def judged(truth: Truth, folder: Path, run: dict[str, Any]) -> dict[str, Any]:
    """Add to a run what the scorer says of it."""
    clusters = folder / "clusters.parquet"
    pairs = pl.read_parquet(folder / "pairs.parquet")
    scores = scored(truth, pairs, pl.read_parquet(clusters) if clusters.exists() else None, run["threshold"])
    also = folder / "also.parquet"
    if also.exists():
        scores["on_splinks_pairs"] = scored(truth, pl.read_parquet(also), None, run["threshold"])
    return {**run, **scores}


def line(engine: str, found: dict[str, Any]) -> str:
    """Say it in a line."""
    figures = [
        f"{name} {found[name]['F1']:.4f}" for name in ("own", "best", "closure_best", "clusters") if name in found
    ]
    return (
        f"  {engine}: F1 {', '.join(figures)}; pairs {found['pairs']:,} hold {found['recall_of_pairs']:.3f}; "
        f"{found['wall_s']} s, {found['cpu_s']} s of processor, {found['peak_mb']} MB"
    )


def measured(name: str, told: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run every engine on one set, the peers first, so that ours can score Splink's pairs too."""
    files = SETS[name].paths(told.samples, folder)
    truth = Truth.of(read(files))
    found: dict[str, Any] = {}
    also: list[str] = []
    for engine in [*PEERS, "ours"]:
        python = sys.executable if engine == "ours" else getattr(told, engine)
        if not python or engine in told.skip:
            continue
        run = ran(engine, python, name, folder / name / engine, files, *(also if engine == "ours" else []))
        if run is None:
            continue
        if engine == "splink":
            also = ["--also", str(folder / name / engine / "pairs.parquet")]
        found[engine] = judged(truth, folder / name / engine, run)
        print(line(engine, found[engine]), flush=True)
    return found


def _flags(told: argparse.Namespace) -> str:
    """The rest of the command, without this machine's paths."""
    peers = "".join(f" --{peer} PYTHON" for peer in PEERS if getattr(told, peer) and peer not in told.skip)
    return peers + (f" --skip {' '.join(told.skip)}" if told.skip else "")


def main() -> None:
    """Measure every set that was asked for and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    for peer in PEERS:
        asked.add_argument(f"--{peer}", metavar="PYTHON", help=f"the interpreter of an environment that holds {peer}")
    asked.add_argument("--skip", nargs="+", default=[], choices=[*PEERS, "ours"])
    asked.add_argument("--samples", type=Path, default=Path(os.environ.get("SVOC_SAMPLES", "samples")))
    asked.add_argument(
        "--keep", type=Path, help="a folder for pairs, clusters and made-up sets; else they are thrown away"
    )
    asked.add_argument(
        "--out", type=Path, default=HERE / "results" / f"{datetime.now(UTC).date().isoformat()}-people.json"
    )
    told = asked.parse_args()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name in told.sets:
            print(name, flush=True)
            results[name] = measured(name, told, told.keep or Path(temporary))
    facts = {
        "command": "python benchmarks/people.py --sets " + " ".join(told.sets) + _flags(told),
        "cores": os.cpu_count(), "python": platform.python_version(), "polars": version("polars"),
        "seeds": {"made_up": SEED, "draws": DRAW_SEED}, "draws": DRAWS, "sets": results,
    }  # fmt: skip
    told.out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(told.out.name)


if __name__ == "__main__":
    main()
