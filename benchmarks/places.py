"""How well addresses of every hard kind are placed on invented gazetteers, beside a peer on equal terms.

    python benchmarks/places.py --peer PEER/bin/python
    python benchmarks/places.py --no-peer --seeds 1 --kind 22 --misses

For each seed it makes a town of some 20,000 properties, writes it as AddressBase Premium, reads that as a council's,
writes rows of each of the 68 kinds (`benchmarks/hard_cases/kinds`) and has them placed. The peer, uk_address_matcher,
gets the same rows and every way of writing of the same properties as text; it lives in an environment of its own:

    python -m venv PEER && PEER/bin/pip install uk_address_matcher==1.5.3

Both are judged by `benchmarks/hard_cases/score.py`. The peer is shown at the thresholds that it suggests and at the
best of a grid: those of the highest recall at a precision no lower than `--precision`. Two totals: every kind counting
alike, and by each kind's assumed share of real traffic. Seeds 1 to 5 are for development; 101 to 105 are held out for
measuring, and their rows are never shown. All addresses are invented. Writes `benchmarks/results/DATE-places.json`.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hard_cases.files import canonical, write_addressbase
from benchmarks.hard_cases.kinds import KINDS, rows
from benchmarks.hard_cases.model import Town
from benchmarks.hard_cases.score import by_kind, judged, totals
from benchmarks.hard_cases.town import town
from gazetteer import Gazetteer, resolve

RESULTS = Path(__file__).parent / "results"
PEER = Path(__file__).parent / "hard_cases" / "peer.py"
HELD_OUT = range(101, 106)
# What the peer's own documentation suggests, and the grid of which its best is taken: match weight, distinguishability.
SUGGESTED = (10.0, 1.0)
GRID = [
    (weight, gap)
    for weight in (-20, -10, -5, 0, 2, 4, 6, 8, 10, 12, 14, 17, 20)
    for gap in (-99, 0.01, 0.5, 1, 2, 3, 5, 8)
]
SHARES = {number: kind.share for number, kind in KINDS.items()}


def ours(made: Town, asked: pl.DataFrame, folder: Path) -> tuple[pl.DataFrame, dict[str, float]]:
    """Places rows by our resolver: row, uprn, level, rung, outcome, certainty; and the seconds that it took."""
    file = folder / "town.csv"
    write_addressbase(made, file)
    began = time.perf_counter(), time.process_time()
    gazetteer = Gazetteer.read(file)
    read = time.perf_counter(), time.process_time()
    placed = resolve(asked.select("row", "address", "postcode"), gazetteer)
    done = time.perf_counter(), time.process_time()
    level = (
        pl.when(pl.col("uprn").is_null())
        .then(pl.lit("none"))
        .when(pl.col("outcome") == "building")
        .then(pl.lit("building"))
    )
    answers = placed.select(
        "row", "uprn", level.otherwise(pl.lit("exact")).alias("level"), "rung", "outcome", "certainty"
    )
    return answers, {
        "read_seconds": round(read[0] - began[0], 2),
        "seconds": round(done[0] - began[0], 2),
        "cpu_seconds": round(done[1] - began[1], 2),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def peers(made: Town, asked: pl.DataFrame, folder: Path, python: str) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Places rows by the peer: row, uprn, match_weight, distinguishability; and what it took."""
    files = [folder / f"{name}.parquet" for name in ("canonical", "messy", "answers")]
    texts = canonical(made).select(
        unique_id=pl.col("uprn").cast(pl.String), address_concat="address", postcode="postcode"
    )
    texts.unique(maintain_order=True).write_parquet(files[0])
    code = pl.when(pl.col("postcode") != "").then("postcode")
    asked.select(unique_id="row", address_concat="address", postcode=code).write_parquet(files[1])
    done = subprocess.run([python, str(PEER), *map(str, files)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the peer ended with {done.returncode}:\n{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return pl.read_parquet(files[2]).rename({"unique_id": "row"}), told


def accepted(answers: pl.DataFrame, weight: float, gap: float) -> pl.DataFrame:
    """Keeps the peer's answers of at least such a weight and gap; an exact match has neither and stays."""
    enough = pl.col("match_weight").is_null() | (
        (pl.col("match_weight") >= weight)
        & (pl.col("distinguishability").is_null() | (pl.col("distinguishability") >= gap))
    )
    return answers.select("row", pl.when(enough).then("uprn").alias("uprn"))


def scored(made: Town, asked: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Judges answers by what the town knows of its properties."""
    places = made.places
    return judged(
        asked,
        answers,
        buildings=made.children,
        parents={one.uprn: one.parent for one in places.values() if one.parent},
        heirs={one.uprn: made.heir(one.uprn) for one in places.values() if one.successors},
    )


def summed(judgements: pl.DataFrame) -> dict[str, Any]:
    """Gives both totals, and the figures of each kind."""
    kinds = by_kind(judgements)
    return {
        "alike": totals(kinds),
        "by_share": totals(kinds, SHARES),
        "kinds": {row["kind"]: {k: v for k, v in row.items() if k != "kind"} for row in kinds.iter_rows(named=True)},
    }


def best_of_grid(towns: Iterable[tuple[Town, pl.DataFrame, pl.DataFrame]], precision: float) -> tuple[float, float]:
    """Finds the peer's thresholds of the highest recall, kinds alike, at such a precision or more; else the best F1."""
    several = list(towns)

    def both(pair: tuple[float, float]) -> tuple[bool, float]:
        verdicts = pl.concat(scored(made, asked, accepted(found, *pair)) for made, asked, found in several)
        total = totals(by_kind(verdicts))
        r, p = total["recall"], total["precision"]
        return (p >= precision, r if p >= precision else 2 * p * r / max(p + r, 1e-9))

    return max(GRID, key=both)


def table(mine: dict[str, Any], other: dict[str, Any] | None) -> str:
    """Writes the figures of each kind as lines: recall, wrong answers of all rows; for no-matches, false accepts."""
    head = f"{'kind':48} {'rows':>5}  {'recall':>6} {'bldg':>5} {'wrong':>6}" + (
        "   | peer: recall bldg wrong" if other else ""
    )
    lines = [head]
    for number, own in mine["kinds"].items():
        line = f"{number:>2} {KINDS[number].name:45} {own['rows']:>5}  {_figures(own)}"
        lines.append(line + (f"   | {_figures(other['kinds'][number])}" if other else ""))
    for name in ("alike", "by_share"):
        line = f"{name:9} " + _total(mine[name])
        lines.append(line + (f"   | peer {_total(other[name])}" if other else ""))
    return "\n".join(lines)


def _figures(kind: dict[str, Any]) -> str:
    recall = "   -  " if kind["recall"] is None else f"{kind['recall']:6.3f}"
    return f"{recall} {kind['building'] / kind['rows']:5.3f} {kind['wrong_rate']:6.3f}"


def _total(total: dict[str, float]) -> str:
    names = {"R": "recall", "P": "precision", "FA": "false_accepts", "bldg": "building"}
    return " ".join(f"{short} {total[name]:.4f}" for short, name in names.items())


def misses(made: Town, judgements: pl.DataFrame, answers: pl.DataFrame) -> str:
    """Lists our rows that are not as wanted: what was written, wanted and given, and the rung."""
    told = judgements.join(answers.select("row", "rung", "outcome"), on="row", how="left", maintain_order="left")
    lines = []
    for row in told.filter(~pl.col("verdict").is_in(["right", "held"])).iter_rows(named=True):
        if row["verdict"] == "building" and row["want"] == "none":
            continue
        lines.append(f"[{row['kind']}] {row['verdict']}: {row['address']!r} {row['postcode']!r}")
        wanted = "none" if row["uprn"] is None else f"{row['uprn']} {_text(made, row['uprn'])}"
        given = "none" if row["answer"] is None else f"{row['answer']} {_text(made, row['answer'])}"
        lines.append(f"      wanted {wanted}\n      given  {given} ({row['outcome']}, {row['rung']})")
    return "\n".join(lines)


def _text(made: Town, uprn: int) -> str:
    from benchmarks.hard_cases.files import line_text

    place = made.places[uprn]
    return f"<{' | '.join(f'{line.status} {line_text(line)}' for line in place.lines)}, {place.postcode}>"


def options() -> argparse.Namespace:
    """Read the command line."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    asked.add_argument("--rows", type=int, default=120, help="rows of each kind")
    asked.add_argument("--properties", type=int, default=20_000)
    asked.add_argument("--kind", type=int, nargs="+", default=sorted(KINDS), choices=sorted(KINDS), metavar="N")
    asked.add_argument("--peer", help="the Python that has uk_address_matcher")
    asked.add_argument("--no-peer", action="store_true", help="only our own resolver; nothing is written")
    asked.add_argument("--precision", type=float, default=0.975, help="what the peer's best thresholds must keep")
    asked.add_argument("--misses", action="store_true", help="print our rows that are not as wanted")
    asked.add_argument(
        "--keep", type=Path, help="a folder for every row with our verdict and the peer's answer and weights"
    )
    asked.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    given = asked.parse_args()
    if (given.misses or given.keep) and any(seed in HELD_OUT for seed in given.seeds):
        asked.error("seeds 101 to 105 are held out: their rows are not to be looked at")
    if not given.peer and not given.no_peer:
        asked.error("name the peer's Python with --peer, or say --no-peer")
    return given


def main() -> None:
    """Measure, print the table and keep the figures."""
    given = options()
    mine, theirs, costs = [], [], []
    for seed in given.seeds:
        made = town(seed, given.properties)
        asked = rows(made, dict.fromkeys(given.kind, given.rows))
        with tempfile.TemporaryDirectory() as folder:
            answers, cost = ours(made, asked, Path(folder))
            costs.append({"seed": seed, "rows": asked.height, "properties": len(made.places), "ours": cost})
            verdicts = scored(made, asked, answers)
            mine.append(verdicts)
            if given.misses:
                print(misses(made, verdicts, answers))
            if not given.no_peer:
                found, costs[-1]["peer"] = peers(made, asked, Path(folder), given.peer)
                theirs.append((made, asked, found))
                if given.keep:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    verdicts.join(found.rename({"uprn": "peer"}), on="row", how="left").write_parquet(
                        given.keep / f"{seed}.parquet"
                    )
        print(f"seed {seed}: {_total(summed(verdicts)['alike'])}, {cost['cpu_seconds']} CPU seconds", flush=True)
    result: dict[str, Any] = {"ours": summed(pl.concat(mine))}
    if not given.no_peer:
        best = best_of_grid(theirs, given.precision)
        for name, (weight, gap) in {"peer_suggested": SUGGESTED, "peer_best": best}.items():
            verdicts = pl.concat(scored(made, asked, accepted(found, weight, gap)) for made, asked, found in theirs)
            result[name] = {"match_weight": weight, "distinguishability": gap, **summed(verdicts)}
            print(f"{name} ({weight}, {gap}): {_total(result[name]['alike'])}")
    print(table(result["ours"], result.get("peer_best")))
    if given.no_peer:
        return
    about = {
        "command": " ".join(["python", "benchmarks/places.py", *sys.argv[1:]]).replace(given.peer, "PEER"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "polars": version("polars"),
        "svoc": version("svoc"),
        "seeds": given.seeds,
        "kinds": {number: KINDS[number].name for number in given.kind},
    }
    file = RESULTS / f"{given.date}-places.json"
    file.write_text(json.dumps({**about, "towns": costs, **result}, indent=1) + "\n", encoding="utf-8")
    print(f"written: {file.name}")


if __name__ == "__main__":
    main()
