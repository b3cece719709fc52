"""What the scoring of pairs costs beside bare similarity calls on the same pairs.

    python benchmarks/kernel.py [--rows 200000] [--dwellings 5000 20000] [--rounds 5]

People made up in one file, and the mentions of rehearsed towns under the shipped person model: a small one, where most
of the time goes into calls that cost the same for any number of pairs, and a larger one. By turns, in one process, the
whole kernel is timed (text given dictionaries, values gathered, every comparison, rarity, weights) and
`rapidfuzz.process.cpdist` with Jaro-Winkler on every text column that the kernel compares, pair by pair. The lists that
`cpdist` is given are gathered beforehand; what gathering them costs is told beside. CPU seconds; ratios are taken
within each round, and their median told. The wish: the kernel costs at most twice the bare calls.

Writes `benchmarks/results/DATE-kernel.json`.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from people_sets import made_up
from people_sets.ours import MOST_PAIRS, PAIRS_A_RECORD, prepared, settings
from people_sets.sets import SETS
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from matchers import Model, affordable
from matchers.blocking import Rows, row_pairs
from matchers.kernel import Scales
from matchers.prepared import as_it_stands, prepare
from svoc.person_model import read_model
from svoc.rehearsal.town import rehearse
from svoc.settings import CouncilSettings
from svoc.steps.pair import features
from svoc.training import placed_mentions

RESULTS = Path(__file__).parent / "results"
TOWN_SEED = 77

Work = tuple[pl.DataFrame, Model, tuple[Rows, Rows]]


def people(rows: int) -> Work:
    """Made-up people under the settings of the people benchmark."""
    nature = SETS["made_up_200k"].nature
    ready = prepare(prepared(made_up.made(rows), nature))
    model = settings(nature)
    most = min(PAIRS_A_RECORD * rows, MOST_PAIRS)
    model = replace(model, blocks=affordable(ready, model.blocks, most)).trained_on(ready)
    return ready.records, model, row_pairs(ready, model.blocks)


def town(dwellings: int) -> Work:
    """The mentions of a town's first night, under the shipped model."""
    with TemporaryDirectory() as folder:
        rehearsed = rehearse(folder, dwellings=dwellings, seed=TOWN_SEED, nights=1)
        ready = prepare(features(placed_mentions(CouncilSettings.read(rehearsed.settings))))
    model = read_model()
    return ready.records, model, row_pairs(ready, model.blocks)


def seconds(work: Callable[[], object]) -> float:
    """The processor's time for it, all threads together."""
    start = time.process_time()
    work()
    return time.process_time() - start


def kernel(records: pl.DataFrame, model: Model, rows: tuple[Rows, Rows]) -> pl.DataFrame:
    """What an engine does once it has the pairs."""
    return Scales.of(as_it_stands(records), model).weighed(rows)


def text_of(records: pl.DataFrame, model: Model) -> list[str]:
    """The text columns that the model compares, leaving out those that hold nothing."""
    texts = [column for column in model.columns if records.schema[column] == pl.String]
    return [column for column in texts if records[column].null_count() < records.height]


def gathered(records: pl.DataFrame, columns: list[str], rows: tuple[Rows, Rows]) -> list[tuple[list[str], list[str]]]:
    """The values of every pair, as `cpdist` takes them."""
    return [(records[c].gather(rows[0]).to_list(), records[c].gather(rows[1]).to_list()) for c in columns]


def bare(lists: list[tuple[list[str], list[str]]]) -> None:
    """The similarity of every pair in every column."""
    for left, right in lists:
        cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32)


def measured(name: str, work: Work, rounds: int) -> dict[str, Any]:
    """Time both by turns."""
    records, model, rows = work
    columns = text_of(records, model)
    lists = gathered(records, columns, rows)
    kernel(records, model, rows)
    bare(lists)
    taken: dict[str, list[float]] = {"kernel": [], "bare": [], "gathering": []}
    for _ in range(rounds):
        taken["kernel"].append(seconds(lambda: kernel(records, model, rows)))
        taken["bare"].append(seconds(lambda: bare(lists)))
        taken["gathering"].append(seconds(lambda: gathered(records, columns, rows)))
    cost = {part: statistics.median(times) for part, times in taken.items()}
    by_round = list(zip(taken["kernel"], taken["bare"], taken["gathering"], strict=True))
    alone = [scoring / calls for scoring, calls, _ in by_round]
    gathering_too = [scoring / (calls + making) for scoring, calls, making in by_round]
    pairs = len(rows[0])
    found = {
        "records": records.height,
        "pairs": pairs,
        "comparisons": [comparison.name for comparison in model.comparisons],
        "text_columns": columns,
        "cpu_s": {part: round(value, 3) for part, value in cost.items()},
        "pairs_a_cpu_second": {part: round(pairs / cost[part]) for part in ("kernel", "bare")},
        "kernel_to_bare": round(statistics.median(alone), 2),
        "kernel_to_bare_range": [round(min(alone), 2), round(max(alone), 2)],
        "kernel_to_bare_with_gathering": round(statistics.median(gathering_too), 2),
    }
    print(
        f"{name}: {pairs:,} pairs, kernel {pairs / cost['kernel']:,.0f} pairs a CPU second, bare similarity of "
        f"{len(columns)} columns {pairs / cost['bare']:,.0f}; {found['kernel_to_bare']} times its cost, "
        f"{found['kernel_to_bare_with_gathering']} with the gathering of its lists",
        flush=True,
    )
    return found


def main() -> None:
    """Measure and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=200_000)
    asked.add_argument("--dwellings", type=int, nargs="+", default=[5_000, 20_000])
    asked.add_argument("--rounds", type=int, default=5)
    today = datetime.now(UTC).date().isoformat()
    asked.add_argument("--out", type=Path, default=RESULTS / f"{today}-kernel.json")
    told = asked.parse_args()
    given = f"--rows {told.rows} --dwellings {' '.join(map(str, told.dwellings))} --rounds {told.rounds}"
    facts = {
        "command": f"python benchmarks/kernel.py {given}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{package: version(package) for package in ("polars", "rapidfuzz", "numpy")},
        "load_before": os.getloadavg()[0],
        "made_up_people": measured("made-up people", people(told.rows), told.rounds),
        "towns": {
            dwellings: measured(f"town of {dwellings:,} dwellings", town(dwellings), told.rounds)
            for dwellings in told.dwellings
        },
    }
    told.out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(told.out.name)


if __name__ == "__main__":
    main()
