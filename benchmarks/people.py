"""How well `matchers` and its peers find who is one person on public and made-up sets, and at what cost.

    python benchmarks/people.py --splink PYTHON --goldenmatch PYTHON --recordlinkage PYTHON

Each engine runs file to clusters, training included, in a fresh process; a peer's PYTHON is the interpreter of an
environment that holds it (splink 5.0.0; goldenmatch 3.22; recordlinkage 0.16 with pandas and pyarrow). Without it the
peer is left out. One scorer judges all. Then the engines score the same pairs: each those that Splink kept and those
that ours looked at. The public sets are read from $SVOC_SAMPLES/people; the made-up ones are
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
PEERS = ("splink", "recordlinkage", "goldenmatch")
LEFT_OUT = {
    ("goldenmatch", "made_up_200k"): "a like set took it twelve minutes and 3.3 GB, and nearly everybody was joined",
    ("goldenmatch", "made_up_1m"): "200,000 rows of a like set took it twelve minutes and 3.3 GB",
    ("recordlinkage", "made_up_1m"): "left out for its time, many times that of the others at 200,000 rows",
}


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


def judged(truth: Truth, folder: Path, threshold: float | None, pairs: str = "pairs") -> dict[str, Any]:
    """Say what the scorer says of the pairs and clusters that an engine left in a folder."""
    clusters = folder / ("clusters.parquet" if pairs == "pairs" else f"{pairs}-clusters.parquet")
    grouped = pl.read_parquet(clusters) if clusters.exists() else None
    return scored(truth, pl.read_parquet(folder / f"{pairs}.parquet"), grouped, threshold)


def line(engine: str, found: dict[str, Any]) -> str:
    """Say it in a line."""
    figures = [
        f"{name} {found[name]['F1']:.4f}" for name in ("own", "best", "closure_best", "clusters") if name in found
    ]
    return f"  {engine}: F1 {', '.join(figures)}; pairs {found['pairs']:,} hold {found['recall_of_pairs']:.3f}" + (
        f"; {found['wall_s']} s, {found['cpu_s']} s of processor, {found['peak_mb']} MB" if "wall_s" in found else ""
    )


def measured(name: str, told: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run every engine on one set: ours first and Splink next, so that each can then score the other's pairs too."""
    files = SETS[name].paths(told.samples, folder)
    truth = Truth.of(read(files))
    found: dict[str, Any] = {}
    for engine in ("ours", *PEERS):
        python = sys.executable if engine == "ours" else getattr(told, engine)
        if not python or engine in told.skip:
            continue
        if (engine, name) in LEFT_OUT:
            found[engine] = {"left_out": LEFT_OUT[engine, name]}
            continue
        at, other = folder / name / engine, {"splink": "ours", "recordlinkage": "splink"}.get(engine)
        given = [f"--pairs={folder / name / other / 'pairs.parquet'}"] if other in found else []
        run = ran(engine, python, name, at, files, *given)
        if run is None:
            continue
        found[engine] = {**run, **judged(truth, at, run["threshold"])}
        print(line(engine, found[engine]), flush=True)
        if given:
            found[engine][f"on_pairs_of_{other}"] = again = judged(truth, at, run["threshold"], "given")
            print(line(f"{engine} on the pairs of {other}", again), flush=True)
    if "ours" in found and "splink" in found:
        at, theirs = folder / name / "ours", folder / name / "splink" / "pairs.parquet"
        if ran("ours", sys.executable, name, at, files, f"--pairs={theirs}") is not None:
            found["ours"]["on_pairs_of_splink"] = again = judged(truth, at, found["ours"]["threshold"], "given")
            print(line("ours on the pairs of splink", again), flush=True)
    return found


def _flags(told: argparse.Namespace) -> str:
    """The rest of the command, without this machine's paths."""
    peers = "".join(f" --{peer} PYTHON" for peer in PEERS if getattr(told, peer) and peer not in told.skip)
    return peers + (f" --skip {' '.join(told.skip)}" if told.skip else "")


def _keep(told: argparse.Namespace, load: list[float], results: dict[str, Any]) -> None:
    """Write what is known so far, for a run takes long."""
    facts = {
        "command": "python benchmarks/people.py --sets " + " ".join(told.sets) + _flags(told),
        "cores": os.cpu_count(), "load_at_start": load, "load_at_end": [round(each, 1) for each in os.getloadavg()],
        "python": platform.python_version(), "polars": version("polars"),
        "seeds": {"made_up": SEED, "draws": DRAW_SEED}, "draws": DRAWS, "sets": results,
    }  # fmt: skip
    told.out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


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
    load = [round(each, 1) for each in os.getloadavg()]
    with tempfile.TemporaryDirectory() as temporary:
        for name in told.sets:
            print(name, flush=True)
            results[name] = measured(name, told, told.keep or Path(temporary))
            _keep(told, load, results)
    print(told.out.name)


if __name__ == "__main__":
    main()
