"""How well the certainty that is stated of a placement agrees with the truth, and how it was fitted.

    python benchmarks/places_calibration.py
    python benchmarks/places_calibration.py --fit

Two kinds of made-up towns, with their truth: rehearsal towns (`svoc.rehearsal`), whose addresses are as three council
systems hold them, and towns of hard cases (`benchmarks/hard_cases`), where rare kinds are many times as common as in
real traffic. With `--fit` the certainties in `gazetteer/data/tuning.json` are fitted anew on towns that are not used
for measuring; weights and thresholds stay. Prints, for towns that were not fitted on, the share of right answers in
each band of stated certainty, and precision and recall by the certainty that is wanted. An answer that names the
building of a home counts as right where it claims no more. Writes `benchmarks/results/DATE-places-calibration.json`.

Made-up towns are kinder than real ones: their gazetteers are whole and their slips known. So no certainty is ever
stated above 0.9995, and on real addresses a council's own confirmed placements (`svoc refit`) are the measure.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hard_cases.files import write_addressbase
from benchmarks.hard_cases.kinds import KINDS, rows
from benchmarks.hard_cases.score import judged as verdicts
from benchmarks.hard_cases.town import town
from gazetteer import Feedback, Fitted, Gazetteer, Tuning
from gazetteer.calibration import by_wanted, calibrated, reliability
from gazetteer.resolve import answered
from gazetteer.tuning import PLACING
from svoc.rehearsal.address_styles import write_address
from svoc.rehearsal.gazetteer_files import write_dtf
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.place_schema import generator
from svoc.rehearsal.places import build_world

RESULTS = Path(__file__).parent / "results"
SHIPPED = Path(__file__).resolve().parents[1] / "gazetteer" / "data" / "tuning.json"
# Seeds 1 to 5 and 101 to 105 of the towns of hard cases belong to `benchmarks/places.py`.
FIT = {"rehearsal": (2001, 2002), "hard cases": (201, 202, 203)}
MEASURE = {"rehearsal": (2003, 2004), "hard cases": (204, 205)}
WANTED = (0.0, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
# What was assumed of each rung before any answer was seen, where the next property is far; each bit that it comes
# nearer doubles the doubt. It weighs as 500 answers, since the rules were made while looking at towns like these.
ASSUMED = {
    **dict.fromkeys(("supplied_uprn", "cross_reference", "exact"), 0.9995),
    **dict.fromkeys(("name_at_postcode", "confirmed"), 0.999),
    **dict.fromkeys(("without_postcode", "structure"), 0.998),
    **dict.fromkeys(("organisation", "unit_form"), 0.995),
    "suffix_as_unit": 0.99,
    **dict.fromkeys(("only_flat", "range", "spelling"), 0.985),
    "street_kind": 0.95,
    "number_and_postcode": 0.97,
    **dict.fromkeys(("unit_missing", "unit_absent"), 0.9),
}
ANY_OTHER, WEIGHT, NEAR = 0.98, 500.0, (1.0, 2.0, 4.0, 30.0)
COLUMNS = ("uprn", "outcome", "rung", "gap", "certainty")


def rehearsed(seed: int, dwellings: int, folder: Path, tuning: Tuning) -> tuple[pl.DataFrame, int]:
    """Places every dwelling of a rehearsal town as three systems write it; Council Tax with the UPRNs that it holds.

    Gives the answers that name a property (rung, gap, certainty, right), and how many addresses have a true UPRN.
    """
    world = build_world(seed, dwellings, nights=1)
    write_dtf(folder / "llpg.csv", world)
    gazetteer = Gazetteer.read(folder / "llpg.csv")
    frames = []
    for style in ("council_tax", "electoral", "housing"):
        rng = generator(seed, f"addresses {style}")
        written = write_address(world, world.dwellings["dwelling"], style, rng, Noise())
        lines = [name for name in written.columns if name.startswith("address_")]
        supplied = pl.col("uprn") if style == "council_tax" else pl.lit(None, pl.Int64)
        asked = written.select(
            "postcode",
            "true_uprn",
            address=pl.concat_str(lines, separator=", ", ignore_nulls=True),
            supplied_uprn=supplied,
        )
        answers = answered(asked, gazetteer, tuning, Feedback()).select(COLUMNS)
        frames.append(answers.with_columns(truth=asked["true_uprn"]))
    both = pl.concat(frames).filter(pl.col("truth").is_not_null())
    named = both.filter(pl.col("uprn").is_not_null())
    right = [
        placed == truth or (outcome == "building" and gazetteer.is_part(truth, placed))
        for placed, truth, outcome in named.select("uprn", "truth", "outcome").iter_rows()
    ]
    return named.select("rung", "gap", "certainty", right=pl.Series(right, dtype=pl.Boolean)), both.height


def hard(seed: int, properties: int, folder: Path, tuning: Tuning) -> tuple[pl.DataFrame, int]:
    """Places rows of each kind of hard case, by their share of real traffic but no kind rarely; as `rehearsed`."""
    made = town(seed, properties)
    asked = rows(made, {number: min(400, max(20, 2 * kind.share)) for number, kind in KINDS.items()})
    write_addressbase(made, folder / "town.csv")
    gazetteer = Gazetteer.read(folder / "town.csv")
    answers = answered(asked.select("address", "postcode"), gazetteer, tuning, Feedback()).select(COLUMNS)
    scored = verdicts(
        asked,
        answers.select(pl.Series("row", asked["row"]), "uprn"),
        buildings=made.children,
        parents={one.uprn: one.parent for one in made.places.values() if one.parent},
        heirs={one.uprn: made.heir(one.uprn) for one in made.places.values() if one.successors},
    )
    claimed = (pl.col("verdict") == "building") & (pl.col("outcome") == "building")
    told = answers.with_columns(scored["verdict"], wanted=asked["want"] != "none")
    told = told.with_columns(right=(pl.col("verdict") == "right") | claimed)
    # The building of a flat that is not listed is right, though no answer was wanted: it can be placed.
    placeable = int((told["wanted"] | told["right"]).sum())
    return told.filter(pl.col("uprn").is_not_null()).select("rung", "gap", "certainty", "right"), placeable


PLACED = {"rehearsal": rehearsed, "hard cases": hard}


def answers_of(seeds: Mapping[str, tuple[int, ...]], size: int, tuning: Tuning) -> dict[str, tuple[pl.DataFrame, int]]:
    """Places the towns of some seeds: for each kind of town its answers, and how many addresses have a true UPRN."""
    found = {}
    for kind, several in seeds.items():
        each = []
        for seed in several:
            with tempfile.TemporaryDirectory() as folder:
                each.append(PLACED[kind](seed, size, Path(folder), tuning))
            print(f"{kind} {seed}: {each[-1][0].height} answers, {each[-1][0]['right'].mean():.4f} right", flush=True)
        found[kind] = pl.concat([one for one, _ in each]), sum(count for _, count in each)
    return found


def fitted(tuning: Tuning, size: int, date: str) -> Tuning:
    """Fits the certainty of every rung; what the towns for fitting never show stays as it was assumed."""
    answers = pl.concat([one for one, _ in answers_of(FIT, size, tuning).values()])
    bits = zip((0.0, *tuning.gaps), NEAR, strict=True)
    doubt = [2.0 ** -(max(least, near) + 4.0) for least, near in bits]
    prior = {name: tuple(round(ASSUMED.get(name, ANY_OTHER) * (1.0 - one), 5) for one in doubt) for name in PLACING}
    certainty = calibrated(answers, replace(tuning, certainty=prior), assumed_as=WEIGHT)
    towns = ", ".join(f"{kind} {' '.join(map(str, seeds))}" for kind, seeds in FIT.items())
    on = f"made-up towns ({towns}): certainty; weights and thresholds are assumed"
    return replace(tuning, certainty=certainty, fitted=Fitted(on, answers.height, date))


def table(figures: Mapping[str, Any]) -> str:
    """Writes the figures as lines."""
    lines = []
    for kind, one in figures.items():
        lines.append(f"{kind}: stated, right (95 % bounds), answers")
        for row in one["bands"]:
            bounds = f"{row['right_least']:.4f} to {row['right_most']:.4f}"
            lines.append(f"  {row['stated']:.4f}  {row['right']:.4f} ({bounds})  {row['answers']}")
        lines.append(f"{kind}: wanted, precision, recall")
        lines += [f"  {row['wanted']:.3f}  {row['precision']:.4f}  {row['recall']:.4f}" for row in one["wanted"]]
    return "\n".join(lines)


def main() -> None:
    """Fit where that is asked for, measure, print the tables and keep them."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--fit", action="store_true", help="fit the shipped certainties anew")
    asked.add_argument("--size", type=int, default=8000, help="dwellings or properties of a town")
    asked.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    given = asked.parse_args()
    tuning = Tuning.shipped()
    if given.fit:
        tuning = fitted(tuning, given.size, given.date)
        tuning.save(SHIPPED)
    found = answers_of(MEASURE, given.size, tuning)
    found["both"] = pl.concat([one for one, _ in found.values()]), sum(count for _, count in found.values())
    towns = {
        kind: {"bands": reliability(answers), "wanted": by_wanted(answers, placeable, WANTED), "placeable": placeable}
        for kind, (answers, placeable) in found.items()
    }
    print(table(towns))
    about = {
        "command": " ".join(["python", "benchmarks/places_calibration.py", *sys.argv[1:]]),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "polars": version("polars"),
        "svoc": version("svoc"),
        "fitted_on": tuning.fitted.on,
        "measured_on": MEASURE,
        "size": given.size,
    }
    file = RESULTS / f"{given.date}-places-calibration.json"
    file.write_text(json.dumps({**about, "towns": towns}, indent=1) + "\n", encoding="utf-8")
    print(f"written: {file.name}")


if __name__ == "__main__":
    main()
