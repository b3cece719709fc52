"""How well two nights on rehearsal towns find who is one person, and where everybody lives.

    python benchmarks/towns.py --splink ENV/bin/python

For each seed and each noise it does through the command line what a council would: `svoc rehearse`, `svoc night`
twice, `svoc evaluate` against the truth of the second night. Beside that stand the oracle, which is the same machine
with weights counted from the truth (`benchmarks/town_sets/oracle.py`), and Splink 5 on the same parsed records with the
same UPRNs (`benchmarks/town_sets/run_splink.py`), which lives in an environment of its own:

    python -m venv ENV && ENV/bin/pip install splink==5.0.0 polars pandas pyarrow

Prints a line for each town, then the pooled figures beside what is wanted of them, and writes
`benchmarks/results/DATE-towns.json`, or the `--name` that is given. A pair that a steward is asked about counts as not
joined. The figures are of made-up towns. The shipped model was learned from other seeds, its thresholds were chosen on
others again (`svoc/training.py`), and nobody has looked at the towns of seeds 41 to 45 while writing rules.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from town_sets.counted import counted, precision, recall
from town_sets.lived import Lived, live, people
from town_sets.oracle import beside_the_truth, oracle
from town_sets.peer import splinked
from town_sets.regrouped import beside_the_oracle, swept
from town_sets.told import pooled_over, summary, wanted, weights_told

from svoc.steps.pair import features

RESULTS = Path(__file__).parent / "results"
SEEDS = (41, 42, 43, 44, 45)


def measured(folder: Path, options: argparse.Namespace, seed: int, noise: float) -> dict[str, Any]:
    """Live through one town, and set the oracle and Splink beside it."""
    lived = live(folder / "town", seed=seed, dwellings=options.dwellings, nights=options.nights, noise=noise)
    true, weights = _oracle(lived)
    ours = counted(lived.made, lived.truth)
    found: dict[str, Any] = {"seed": seed, "noise": noise, **lived.figures, "counts": ours}
    found["oracle"] = {**beside_the_oracle([ours], [true]), "grid": true, "weights": weights}
    if options.splink:
        found["splink"] = splinked(lived, options.splink, folder / "splink")
    home = found["at_home"]
    print(
        f"seed {seed} noise {noise:g}: precision {precision(ours):.4f} recall {recall(ours):.4f} "
        f"cases {home['cases']} ({home['cases_a_household']:.4f}) joined at home {home['joined']} "
        f"oracle's recall at this precision {found['oracle']['recall'] or float('nan'):.4f}",
        flush=True,
    )
    return found


def _oracle(lived: Lived) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The oracle's counts at every two thresholds, and its weights beside ours."""
    model = lived.policy.model
    true = oracle(model, features(people(lived)), lived.known, lived.policy.lists_once)
    return swept(lived, true), beside_the_truth(model, true).to_dicts()


def report(towns: Sequence[dict[str, Any]], *, weights: bool) -> list[dict[str, Any]]:
    """Print what is found of each noise beside what is wanted; give it."""
    told = []
    for noise in sorted({town["noise"] for town in towns}):
        these = [town for town in towns if town["noise"] == noise]
        found = pooled_over(these)
        print(f"\nnoise {noise:g}, {len(these)} towns pooled\n{summary(found)}\n{wanted(found, noise)}")
        if weights:
            print(
                f"\nweights beside the oracle's, seed {these[0]['seed']}\n{weights_told(these[0]['oracle']['weights'])}"
            )
        told.append({"noise": noise, **found})
    return told


def main() -> None:
    """Measure every town that was asked for and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dwellings", type=int, default=20_000)
    asked.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    asked.add_argument("--noise", type=float, nargs="+", default=[1.0, 2.0], help="1 as calibrated, 2 doubled")
    asked.add_argument("--nights", type=int, default=2)
    asked.add_argument("--splink", help="the Python that has splink 5.0.0; without it Splink is left out")
    asked.add_argument("--weights", action="store_true", help="print our weights beside the oracle's, level by level")
    asked.add_argument("--name", default="towns", help="what the results are called: results/DATE-NAME.json")
    options = asked.parse_args()
    towns = []
    for noise in options.noise:
        for seed in options.seeds:
            with tempfile.TemporaryDirectory() as folder:
                towns.append(measured(Path(folder), options, seed, noise))
    pooled = report(towns, weights=options.weights)
    result = {
        "command": " ".join(["python", "benchmarks/towns.py", *sys.argv[1:]]),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "polars": version("polars"),
        "svoc": version("svoc"),
        "splink": "5.0.0" if options.splink else None,
        "worst_precision": min(t["precision"] for t in towns if t["noise"] == min(options.noise)),
        "worst_recall": min(t["recall"] for t in towns if t["noise"] == min(options.noise)),
        "pooled": pooled,
        "towns": towns,
    }
    file = RESULTS / f"{datetime.now(UTC).date().isoformat()}-{options.name}.json"
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"\n{file.name}")


if __name__ == "__main__":
    main()
