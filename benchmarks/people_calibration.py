"""Whether the probability that is stated of a pair of records agrees with the truth, and how it was fitted.

    python benchmarks/people_calibration.py
    python benchmarks/people_calibration.py --fit

Rehearsal towns of two nights, with their truth: every pair that the night looks at, at one place or two, gets the
probability that `svoc.certainty` states, and the share that is right is set beside it, tenth by tenth. With `--fit`
`svoc/defaults/person_certainty.json` is fitted anew, on towns that are not measured. On the measured towns it also
compares what `svoc thresholds` expects of each choice with what is true. Then made-up sets of people with dates of
birth, by the settings of `benchmarks/people.py`: calibrated on one set, measured on another, and beside it what the
weights say at their word. Writes `benchmarks/results/DATE-people-calibration.json` and a plot beside it (.svg).

Made-up towns are kinder than real ones; on a council's own records, pairs that stewards have judged are the measure.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from people_sets.made_up import SEED, made
from people_sets.measured import Run
from people_sets.ours import linked, prepared
from people_sets.sets import SETS
from reliability_plot import drawn

from matchers import Model, link
from matchers.calibrate import as_bits, calibrate
from matchers.reliability import reliability
from svoc.certainty import FEWEST, SHIPPED, Certainty, evidence_of, known_by, read_certainty
from svoc.choosing import WANTED, Pairs, outcomes
from svoc.council import Council
from svoc.evaluating import read_truth
from svoc.person_model import read_model
from svoc.rehearsal.town import rehearse
from svoc.steps.group import Thresholds
from svoc.steps.pair import pair
from svoc.words.decisions import DECISIONS

RESULTS = Path(__file__).parent / "results"
DEFAULTS = Path(__file__).resolve().parents[1] / "svoc" / "defaults"
FIT, MEASURE = (*range(201, 221), *range(241, 281)), tuple(range(221, 241))
SETS_FIT, SETS_MEASURE = SEED + 1, SEED + 2


@dataclass(frozen=True, slots=True)
class Town:
    """What a town's last night grouped, and which of its pairs are truly one person (`left`, `right`, `same`)."""

    pairs: Pairs
    thresholds: Thresholds
    truth: pl.DataFrame

    def known(self) -> pl.DataFrame:
        """The evidence for every pair, with the truth."""
        told = self.pairs
        evidence = evidence_of(told.mentions, told.pairs, told.decisions, self.thresholds, told.lists_once)
        return evidence.join(self.truth, on=["left", "right"], how="left", maintain_order="left")


def towns(seeds: Sequence[int], dwellings: int, kept: Path | None) -> Iterator[Town]:
    """Give what the second night of each town paired; towns are made, or taken from where they were kept."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as passing:
            folder = (kept or Path(passing)) / f"{seed}-{dwellings}"
            if not folder.exists():
                live(seed, dwellings, folder)
            yield paired(folder)
        print(f"town {seed}", flush=True)


def live(seed: int, dwellings: int, folder: Path) -> None:
    """Make a town and live its two nights."""
    town = rehearse(folder, dwellings=dwellings, seed=seed, nights=2)
    for _ in range(2):
        with Council.open(town.settings) as council, council.night():
            council.commit(council.plan())


def paired(folder: Path) -> Town:
    """Pair what a town's last night has published."""
    with Council.open(folder / "council.toml") as council:
        policy = council.policy
        mentions = council.store.yesterday().mentions.filter(policy.purposes.lanes[policy.lane].admits())
    pairs = pair(mentions, policy.model, policy.engine)
    material = Pairs(mentions, pairs, pl.DataFrame(schema=DECISIONS), policy.lists_once)
    key = ["source", "record", "party"]
    true = read_truth(folder / "truth.csv").select(*key, "person")
    person = mentions.select("mention", *key).join(true, on=key, how="left").select("mention", "person")
    ends = (person.rename({"mention": end, "person": f"{end}_person"}) for end in ("left", "right"))
    both = pairs.select("left", "right").join(next(ends), on="left").join(next(ends), on="right")
    same = (pl.col("left_person") == pl.col("right_person")).fill_null(value=False)
    return Town(material, policy.thresholds, both.select("left", "right", same=same))


def expected_and_true(town: Town, told: pl.DataFrame) -> pl.DataFrame:
    """Compare what a council is shown of each choice with the truth: counts, to be added up over towns."""
    rows = []
    for row, joined in outcomes(town.pairs, told, town.thresholds, WANTED):
        sums = (joined["stated"].sum(), joined["same"].sum(), told["stated"].sum(), told["same"].sum())
        rows.append((row["wanted"], float(joined.height), *map(float, sums), float(row["cases"] or 0)))
    names = ("wanted", "links", "expected", "right", "expected_all", "all", "cases")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64), orient="row")


def compared(tables: Sequence[pl.DataFrame]) -> list[dict[str, Any]]:
    """Add the towns up: expected and true precision and recall of each choice."""
    summed = pl.concat(tables).group_by("wanted", maintain_order=True).agg(pl.all().sum())
    shares = summed.select(
        "wanted",
        pl.col("links", "cases").cast(pl.Int64),
        expected_precision=pl.col("expected") / pl.col("links"),
        precision=pl.col("right") / pl.col("links"),
        expected_recall=pl.col("expected") / pl.col("expected_all"),
        recall=pl.col("right") / pl.col("all"),
    )
    return shares.to_dicts()


def made_up(rows: int, seed: int, model: Model | None) -> tuple[pl.DataFrame, Model]:
    """Link a made-up set of people, by a model or by one that is trained on the set itself.

    Gives weight, context and truth of every pair that was looked at, and the model.
    """
    records, nature = made(rows, seed), SETS["made_up_200k"].nature
    if model is None:
        with tempfile.TemporaryDirectory() as folder:
            done = linked(records.drop("cluster"), nature, Run("svoc", "made_up", folder))
        pairs, model = done.pairs, done.model
    else:
        pairs = link(prepared(records.drop("cluster"), nature), model)
    of = dict(records.select("id", "cluster").iter_rows())
    left, right = (pairs[end].replace_strict(of) for end in ("left", "right"))
    return pairs.select("weight", "context", same=left == right), model


def on_sets(rows: int) -> dict[str, list[dict[str, Any]]]:
    """Train and calibrate on one made-up set and measure on another, beside the weights at their word."""
    learned, model = made_up(rows, SETS_FIT, None)
    measured, _ = made_up(rows, SETS_MEASURE, model)
    stated = pl.Series("stated", [None] * measured.height, dtype=pl.Float64)
    for context in learned["context"].unique():
        means = calibrate(learned.filter(context=context), assumed=True, fewest=FEWEST)
        stated = stated.zip_with(measured["context"] != context, means.probability(measured["weight"]))
    tables = {"made-up people": stated, "made-up people, at their word": as_bits().probability(measured["weight"])}
    return {name: reliability(one, measured["same"]).to_dicts() for name, one in tables.items()}


def words(tables: dict[str, list[dict[str, Any]]], chosen: list[dict[str, Any]]) -> str:
    """Write the tables as lines."""
    lines = []
    for name, rows in tables.items():
        lines.append(f"{name}: tenth, pairs, stated, true (95% bounds), points apart")
        for row in rows:
            apart = 100 * (row["right"] - row["stated"])
            bounds = f"({row['low']:.4f} to {row['high']:.4f})"
            shares = f"{row['stated']:.4f}  {row['right']:.4f} {bounds}"
            lines.append(f"  {row['from']:.1f}  {row['pairs']:>8}  {shares}  {apart:+.2f}")
    lines.append("choices: wanted, links, precision expected and true, recall expected and true, cases")
    for row in chosen:
        wanted = "in force" if row["wanted"] is None else f"{row['wanted']:.4f}"
        precision = f"{row['expected_precision']:.5f} {row['precision']:.5f}"
        recall = f"{row['expected_recall']:.4f} {row['recall']:.4f}"
        lines.append(f"  {wanted:>8}  {row['links']:>7}  {precision}  {recall}  {row['cases']:>6}")
    return "\n".join(lines)


def fitted(dwellings: int, kept: Path | None) -> Certainty:
    """Fit the shipped certainties to the towns for fitting."""
    known = pl.concat([town.known() for town in towns(FIT, dwellings, kept)])
    on = f"rehearsal towns of seeds {FIT[0]} to {FIT[-1]}, {dwellings} dwellings each, {known.height} pairs"
    return Certainty.fitted(known, on=on, model=known_by(read_model()))


def main() -> None:
    """Fit where that is asked for, measure, print the tables and keep them."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--fit", action="store_true", help="fit the shipped certainties anew")
    asked.add_argument("--dwellings", type=int, default=5000, help="dwellings of a town")
    asked.add_argument("--rows", type=int, default=200_000, help="rows of a made-up set of people")
    asked.add_argument("--towns", type=Path, help="a folder to keep the towns in, and to take them from again")
    asked.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    given = asked.parse_args()
    if given.fit:
        certainty = fitted(given.dwellings, given.towns)
        DEFAULTS.joinpath(SHIPPED).write_text(certainty.to_json(), encoding="utf-8", newline="\n")
    certainty = read_certainty()
    known, chosen = [], []
    for town in towns(MEASURE, given.dwellings, given.towns):
        told = town.known()
        known.append(told.with_columns(certainty.stated(told)))
        chosen.append(expected_and_true(town, known[-1]))
    measured = pl.concat(known)
    places = {"at one place": pl.col("kind").is_in(["household", "housemates"])}
    places["between places"] = pl.col("kind").is_in(["move", "rivalled", "name"])
    frames = {"towns": measured, **{name: measured.filter(kinds) for name, kinds in places.items()}}
    tables = {name: reliability(one["stated"], one["same"]).to_dicts() for name, one in frames.items()}
    tables |= on_sets(given.rows)
    choice = compared(chosen)
    print(words(tables, choice))
    about = {
        "command": " ".join(["python", "benchmarks/people_calibration.py", *sys.argv[1:]]),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "polars": version("polars"),
        "svoc": version("svoc"),
        "fitted_on": certainty.fitted_on,
        "of_the_shipped_model": certainty.model == known_by(read_model()),
        "measured_on": {"towns": MEASURE, "dwellings": given.dwellings, "rows": given.rows},
        "wanted": WANTED,
    }
    file = RESULTS / f"{given.date}-people-calibration.json"
    file.write_text(json.dumps({**about, "tenths": tables, "choices": choice}, indent=1) + "\n", encoding="utf-8")
    panels = {name: tables[name] for name in ("towns", "at one place", "between places", "made-up people")}
    plot = drawn(panels, title="How far a stated probability holds")
    file.with_suffix(".svg").write_text(plot, encoding="utf-8", newline="\n")
    print(f"written: {file.name}, {file.with_suffix('.svg').name}")


if __name__ == "__main__":
    main()
