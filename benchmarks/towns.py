"""How well two nights on rehearsal towns find who is one person, and where everybody lives.

    python benchmarks/towns.py --dwellings 20000 --seeds 1 2 3 4 5 6 7 8 9 10

For each seed it does through the command line what a council would: `svoc rehearse`, `svoc night` twice, `svoc
evaluate` against the truth of the second night. The figures are of made-up towns. The shipped model was learned from
other seeds, and its thresholds chosen on seed 101 (`svoc/training.py`). Writes `benchmarks/results/DATE-towns.json`.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def svoc(*arguments: str) -> dict[str, Any]:
    """Run a command of svoc and give its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "svoc", *arguments, "--json"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"svoc {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def measured(seed: int, dwellings: int, nights: int) -> dict[str, Any]:
    """Rehearse one town, run its nights, and compare with the truth of the last of them."""
    with tempfile.TemporaryDirectory() as folder:
        town = Path(folder) / "town"
        svoc("rehearse", str(town), "--dwellings", str(dwellings), "--seed", str(seed), "--nights", str(nights))
        settings = str(town / "council.toml")
        seconds = []
        cases = 0
        for _ in range(nights):
            began = time.perf_counter()
            cases = svoc("night", settings)["cases"]
            seconds.append(round(time.perf_counter() - began, 1))
        figures = svoc("evaluate", settings, "--truth", str(town / "truth.csv"))
    return {"seed": seed, "cases": cases, "night_seconds": seconds, **figures}


def main() -> None:
    """Measure every town that was asked for and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--dwellings", type=int, default=20_000)
    asked.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    asked.add_argument("--nights", type=int, default=2)
    options = asked.parse_args()
    towns = []
    for seed in options.seeds:
        town = measured(seed, options.dwellings, options.nights)
        towns.append(town)
        print(
            f"seed {seed}: precision {town['precision']:.4f} recall {town['recall']:.4f} cases {town['cases']}",
            flush=True,
        )
    result = {
        "command": " ".join(["python", "benchmarks/towns.py", *sys.argv[1:]]),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "polars": version("polars"),
        "svoc": version("svoc"),
        "worst_precision": min(t["precision"] for t in towns),
        "worst_recall": min(t["recall"] for t in towns),
        "towns": towns,
    }
    file = RESULTS / f"{datetime.now(UTC).date().isoformat()}-towns.json"
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"worst precision {result['worst_precision']:.4f}, worst recall {result['worst_recall']:.4f}: {file.name}")


if __name__ == "__main__":
    main()
