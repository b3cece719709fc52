"""How well keys, identifiers and guards outlive a register that numbers every elector anew.

    python benchmarks/revised_register.py --dwellings 5000 --seeds 11 12 13

For each seed a town is rehearsed for three nights; the register of the last is a revised one. An elector has stayed who
is, by the truth, on both registers at one property. Writes `benchmarks/results/DATE-revised-register.json`.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from svoc.council import Council
from svoc.rehearsal.town import rehearse
from svoc.words.plan import Plan

RESULTS = Path(__file__).parent / "results"
NIGHTS = 3
REGISTER = pl.col("source") == "electoral_register"


def entries(plan: Plan, truth: Path, lane: str) -> pl.DataFrame:
    """Give each elector's number, key, identifier and, by the truth, person and property."""
    known = pl.read_csv(truth, infer_schema=False).filter(REGISTER, pl.col("person") != "")
    keys = plan.mentions.filter(REGISTER).select("mention", "source", "record")
    of = plan.lanes[lane].state.members.rename({"person": "identifier"})
    return keys.join(known.drop("party"), on=["source", "record"]).join(of, on="mention", how="left")


def measured(seed: int, dwellings: int) -> dict[str, Any]:
    """Run the nights of one town and compare the last two."""
    with tempfile.TemporaryDirectory() as folder:
        town = rehearse(Path(folder) / "town", dwellings=dwellings, seed=seed, nights=NIGHTS, revised=NIGHTS - 1)
        plans = []
        with Council.open(town.settings) as council:
            for _ in range(NIGHTS):
                plans.append(council.plan())
                if not plans[-1].reasons:
                    council.commit(plans[-1])
        before, after = plans[-2:]
        days = sorted(town.folder.glob("truth_*.csv"))[-2:]
        figures: dict[str, Any] = {"seed": seed, "refused": list(after.reasons)}
        for lane in before.lanes:
            then, now = (entries(plan, day, lane) for plan, day in zip((before, after), days, strict=True))
            figures[lane] = compared(then.drop_nulls("identifier"), now)
    return figures


def compared(then: pl.DataFrame, now: pl.DataFrame) -> dict[str, Any]:
    """Count the electors who stayed, and of them those whose number, key and identifier did."""
    both = then.join(now, on=["person", "uprn"], suffix="_now")
    same = {n: both.filter(pl.col(n) == pl.col(f"{n}_now")).height for n in ("record", "mention", "identifier")}
    carried = then.join(now, on="mention", suffix="_now")
    return {
        "stayed": both.height,
        "number_kept": same["record"],
        "key_kept": round(same["mention"] / both.height, 5),
        "identifier_kept": round(same["identifier"] / both.height, 5),
        "key_given_to_another": carried.filter(pl.col("person") != pl.col("person_now")).height,
    }


def main() -> None:
    """Measure every town that was asked for and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--dwellings", type=int, default=5_000)
    asked.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    options = asked.parse_args()
    towns = []
    for seed in options.seeds:
        towns.append(measured(seed, options.dwellings))
        print(json.dumps(towns[-1]), flush=True)
    result = {
        "command": " ".join(["python", "benchmarks/revised_register.py", *sys.argv[1:]]),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "polars": version("polars"),
        "svoc": version("svoc"),
        "towns": towns,
    }
    file = RESULTS / f"{datetime.now(UTC).date().isoformat()}-revised-register.json"
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(file.name)


if __name__ == "__main__":
    main()
