"""How long a night takes that solves only what changed, beside one that works everything out, and whether both agree.

    python benchmarks/nights.py --dwellings 100000 --nights 30 --seed 62 --compare 2 16 31

Rehearses a town, then runs `svoc night` as a command for the first night and for each that follows, its extracts laid
down the evening before as a council's systems do (the last two evenings' stay). Before each night of `--compare` it is
planned both ways, in part and whole, and every frame of the two plans is held against the other. Times are those of the
command, its start included: wall, and CPU of all its threads; memory is its peak. Writes
`benchmarks/results/DATE-nights.json`.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from svoc.council import Council
from svoc.night import reconcile
from svoc.rehearsal.town import rehearse
from svoc.words.plan import LaneState, Plan

AS_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""The environment of the command: compiled once, as what is installed is."""
RESULTS = Path(__file__).parent / "results"
KEPT = 2


def evenings(folder: Path) -> list[list[Path]]:
    """Give the town's extracts, evening by evening, by the day in their names."""
    files = sorted((folder / "extracts").iterdir(), key=lambda f: f.stem[-10:])
    return [list(files) for _, files in groupby(files, key=lambda f: f.stem[-10:])]


def night(settings: Path) -> dict[str, Any]:
    """Run the command for one night; give its figures and what it cost."""
    command = [sys.executable, "-m", "svoc", "night", str(settings), "--json"]
    with tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        pid = subprocess.Popen(command, stdout=said, env=AS_INSTALLED).pid
        _, status, used = os.wait4(pid, 0)
        wall = time.perf_counter() - began
        said.seek(0)
        if status:
            sys.exit(f"the night ended with {os.waitstatus_to_exitcode(status)}: {said.read()[-600:]}")
        told = json.load(said)
    cost, peak = used.ru_utime + used.ru_stime, round(used.ru_maxrss / 1024)
    counts = {name: told[name] for name in ("run", "mentions", "new", "amended", "withdrawn", "persons", "cases")}
    steps = {step: round(seconds, 3) for step, seconds in told["seconds"].items()}
    return {**counts, "wall": round(wall, 2), "cpu": round(cost, 2), "peak_mb": peak, "steps": steps}


def compared(settings: Path) -> dict[str, Any]:
    """Plan the coming night in part and whole, and hold the two against each other."""
    with Council.open(settings) as council:
        yesterday = council.store.yesterday()
        part = council.plan(yesterday)
        extracts = council.reading(yesterday).extracts
        began = time.process_time()
        whole = reconcile(
            yesterday, extracts, council.gazetteer, council.policy,
            taken=part.taken, started=part.started, events=part.events, whole=True,
        )  # fmt: skip
        took = time.process_time() - began
    touched = {name: len(lane.touched.mentions) for name, lane in part.lanes.items() if lane.touched}
    return {"run": part.run, "equal": unlike(part, whole) == [], "unlike": unlike(part, whole), "touched": touched,
            "cpu_of_steps_whole": round(took, 2)}  # fmt: skip


def unlike(part: Plan, whole: Plan) -> list[str]:
    """Name every frame in which two plans differ."""
    found = [] if part.mentions.drop("line").equals(whole.mentions.drop("line")) else ["mentions"]
    for name, lane in whole.lanes.items():
        again = part.lanes[name]
        pairs = {f.name: (getattr(again.state, f.name), getattr(lane.state, f.name)) for f in fields(LaneState)}
        pairs |= {"changes": (again.changes, lane.changes), "notices": (again.notices, lane.notices)}
        found += [f"{name}: {frame}" for frame, (one, other) in pairs.items() if not one.equals(other)]
    return found


def lived(dwellings: int, nights: int, seed: int, compare: list[int]) -> dict[str, Any]:
    """Let a town live; give what each night cost."""
    with tempfile.TemporaryDirectory() as folder:
        town = rehearse(Path(folder) / "town", dwellings=dwellings, seed=seed, nights=nights + 1)
        stock = town.folder / "stock"
        shutil.copytree(town.folder / "extracts", stock / "extracts")
        for file in (town.folder / "extracts").iterdir():
            file.unlink()
        laid: list[Path] = []
        told, agreed = [], []
        for number, files in enumerate(evenings(stock), start=1):
            laid += [Path(shutil.copy2(file, town.folder / "extracts")) for file in files]
            while len(laid) > KEPT * len(files):
                laid.pop(0).unlink()
            if number in compare:
                out = subprocess.run(
                    [sys.executable, __file__, "--of", str(town.settings)], capture_output=True, text=True, check=True
                )
                agreed.append(json.loads(out.stdout.splitlines()[-1]))
            told.append(night(town.settings))
            print(json.dumps(told[-1]), flush=True)
        database = town.folder / "barchester.db"
        size = database.stat().st_size
    return {"nights": told, "compared": agreed, "database_bytes": size}


def summed(nights: list[dict[str, Any]]) -> dict[str, Any]:
    """Set the later nights beside the first."""
    first, later = nights[0], nights[1:]
    return {
        kind: {
            "first": first[kind],
            "median": median(n[kind] for n in later),
            "slowest": max(n[kind] for n in later),
            "ratio_of_median": round(first[kind] / median(n[kind] for n in later), 2),
            "ratio_of_slowest": round(first[kind] / max(n[kind] for n in later), 2),
        }
        for kind in ("wall", "cpu", "peak_mb")
    }


def main() -> None:
    """Run what is asked for and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dwellings", type=int, default=100_000)
    asked.add_argument("--nights", type=int, default=30, help="after the first")
    asked.add_argument("--seed", type=int, default=62)
    asked.add_argument("--compare", type=int, nargs="*", default=[2])
    asked.add_argument("--name", default="nights")
    asked.add_argument("--of", type=Path, help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.of:
        print(json.dumps(compared(told.of)))
        return
    found = lived(told.dwellings, told.nights, told.seed, told.compare)
    figures = {
        "command": "python benchmarks/nights.py " + " ".join(sys.argv[1:]),
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("svoc", "polars", "sqlalchemy")},
        "summary": summed(found["nights"]),
        **found,
    }
    file = RESULTS / f"{figures['date']}-{told.name}.json"
    file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures["summary"]), [c["equal"] for c in found["compared"]], file)


if __name__ == "__main__":
    main()
