"""Whether a tagger trained on the gazetteer earns its place beside the dictionary parser.

    SVOC_SAMPLES=FOLDER python benchmarks/tagger.py [--dwellings 2000] [--seeds 1 2 3]
    python benchmarks/tagger.py --kinds 1 2 3

The tagger (`benchmarks/tagger_trial.py`) reads again what leaves the dictionaries more than one unexplained word:
"instead" of the parser's reading, or "after" it, where the parser's reading led to no property. "control" is a second
reading without any training, by the dictionaries alone, where the tagger is "after". Each is placed by the same ladder
and compared with the truth. `--kinds` does the towns and the 68 kinds of `benchmarks/places.py` instead, by its score.
Writes `benchmarks/results/DATE-tagger.json`, or `DATE-tagger-kinds.json`.
"""

import argparse
import csv
import hashlib
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
from parser_share import PARTS, samples, told
from tagger_material import built, fictional_london, own_noise, unseen
from tagger_trial import Tagger, by_dictionary, labelled, parts_of, segments, unexplained

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hard_cases.files import write_addressbase
from benchmarks.hard_cases.kinds import KINDS
from benchmarks.hard_cases.kinds import rows as hard_rows
from benchmarks.hard_cases.score import by_kind, judged, totals
from benchmarks.hard_cases.town import town as hard_town
from gazetteer import Gazetteer, find
from gazetteer.candidates import text_hits
from gazetteer.decide import Decision, decide_exact
from gazetteer.examples import town
from gazetteer.ladder import Readings, climb, climb_alone
from gazetteer.parse import take_apart
from gazetteer.parsing import Parsed
from gazetteer.tuning import Tuning

RESULTS = Path(__file__).parent / "results"
CASES = Path(__file__).parents[1] / "tests" / "cases"
TUNING = Tuning.shipped()
WAYS = ("without", "instead", "after", "control")
ENOUGH = 1  # a tagger reads what leaves more unexplained words than this


def organisations(gazetteer: Gazetteer) -> frozenset[str]:
    """Give the organisations and named parts that the gazetteer knows."""
    names = gazetteer.variants.select(pl.concat([pl.col("organisation"), pl.col("sao_name")]).unique())
    return frozenset(names.to_series()) - {""}


def decided(asked: pl.DataFrame, gazetteer: Gazetteer, tagger: Tagger) -> tuple[dict[str, list[Decision]], list[bool]]:
    """Place addresses (address, postcode) in each way; tells too which of them the tagger read."""
    readings = Readings(asked, gazetteer.lexicon)
    whole = {row: decide_exact(hit, gazetteer) for row, hit in text_hits(asked, gazetteer).items()}
    first = whole | climb(readings.some(row for row in readings if row not in whole), gazetteer, TUNING)
    known = organisations(gazetteer)
    doubtful = [
        row
        for row in readings
        if row not in whole
        and not readings[row].trouble
        and unexplained(readings[row], gazetteer.lexicon, known) > ENOUGH
    ]
    again = climb({row: tagger.read(asked["address"][row], readings[row]) for row in doubtful}, gazetteer, TUNING)
    lost = [row for row in doubtful if first[row].uprn is None]
    plain = {row: by_dictionary(asked["address"][row], readings[row], gazetteer.lexicon) for row in lost}
    control = climb(plain, gazetteer, TUNING)

    def mended(second: dict[int, Decision]) -> dict[int, Decision]:
        return first | {row: second[row] for row in lost if second[row].uprn is not None}

    ways = {"without": first, "instead": first | again, "after": mended(again), "control": mended(control)}
    rows = range(len(asked))
    read = set(doubtful)
    return {name: [way[row] for row in rows] for name, way in ways.items()}, [row in read for row in rows]


def figures(answers: list[Decision], truth: list[int], gazetteer: Gazetteer) -> dict[str, Any]:
    """Count right, building for a unit, wrong and unanswered; give recall and precision of the first."""
    right = building = wrong = 0
    for one, uprn in zip(answers, truth, strict=True):
        if one.uprn is None:
            continue
        ends = {uprn, *gazetteer.current(uprn)}
        if {one.uprn, *gazetteer.current(one.uprn)} & ends:
            right += 1
        elif one.outcome == "building" and gazetteer.is_part(uprn, one.uprn):
            building += 1
        else:
            wrong += 1
    return {
        "right": right,
        "building": building,
        "wrong": wrong,
        "unanswered": len(truth) - right - building - wrong,
        "recall": round(right / len(truth), 5),
        "precision": round(right / max(right + wrong, 1), 5),
    }


def compared(asked: pl.DataFrame, gazetteer: Gazetteer, tagger: Tagger) -> dict[str, Any]:
    """Compare the ways on addresses with their truth: address, postcode, true_uprn; all, and those the tagger read."""
    answers, read = decided(asked.select("address", "postcode"), gazetteer, tagger)
    truth = asked["true_uprn"].to_list()
    found: dict[str, Any] = {"addresses": len(truth), "read by the tagger": sum(read)}
    for name in WAYS:
        found[name] = figures(answers[name], truth, gazetteer)
    some = [row for row, one in enumerate(read) if one]
    found["of those read"] = {
        name: figures([answers[name][row] for row in some], [truth[row] for row in some], gazetteer) for name in WAYS
    }
    return found


def tagged(parts: list[dict[str, str]], tagger: Tagger, seed: int) -> dict[str, Any]:
    """Measure labels on spoiled addresses, and how often number and street come out right, by parser and by tagger."""
    chance = random.Random(seed)
    right = total = whole = 0
    parted = dict.fromkeys(("parser", "tagger", "tagger where the parser leaves words"), 0)
    for one in parts:
        tokens, labels, _ = labelled(chance, one)
        got = tagger.tag(tokens)
        right += sum(a == b for a, b in zip(got, labels, strict=True))
        total += len(labels)
        whole += got == labels
        gold = dict(segments(tokens, labels))
        text = " ".join(tokens)
        parsed = take_apart(text, tagger.lexicon)
        again = tagger.read(text, parsed)
        gated = again if unexplained(parsed, tagger.lexicon) > ENOUGH else parsed
        for name, reading in zip(parted, (parsed, again, gated), strict=True):
            parted[name] += (reading.number, reading.street) == (gold.get("NUMBER", ""), gold.get("STREET", ""))
    return {
        "addresses": len(parts),
        "words": total,
        "words labelled right": round(right / total, 4),
        "addresses labelled right": round(whole / len(parts), 4),
        "number and street right": {name: round(count / len(parts), 4) for name, count in parted.items()},
    }


def accuracy(gazetteer: Gazetteer, elsewhere: Gazetteer, folder: Path) -> dict[str, Any]:
    """Train on four fifths of a gazetteer's properties; measure on the rest, and on another town's unknown streets."""
    parts = parts_of(gazetteer.tables)
    uprns = sorted({uprn for uprn, _ in parts})
    kept = set(random.Random(5).sample(uprns, len(uprns) // 5))
    tagger = Tagger.trained([one for uprn, one in parts if uprn not in kept], gazetteer.lexicon, folder / "held.crf")
    strange = [
        one for _, one in parts_of(elsewhere.tables) if one["STREET"] and one["STREET"] not in gazetteer.lexicon.streets
    ]
    return {
        "held out": tagged([one for uprn, one in parts if uprn in kept], tagger, 6),
        "another town, streets not in the gazetteer": tagged(strange, tagger, 7),
        "end to end, held out, own noise": compared(
            own_noise([one for one in parts if one[0] in kept], gazetteer, 8), gazetteer, tagger
        ),
    }


def trained(gazetteer: Gazetteer, file: Path) -> Tagger:
    """Train on all of a gazetteer."""
    return Tagger.trained([one for _, one in parts_of(gazetteer.tables)], gazetteer.lexicon, file)


def hard_cases(folder: Path) -> dict[str, Any]:
    """Place the hard cases of the tests by a tagger trained on a town, as their own gazetteer is tiny."""
    gazetteer = town(CASES / "gazetteer.csv")
    with (CASES / "addresses.csv").open(encoding="utf-8", newline="") as opened:
        cases = list(csv.DictReader(opened))
    tagger = Tagger(folder / "town.crf", gazetteer.lexicon)
    rows = {name: [case[name] or None for case in cases] for name in ("address", "postcode")}
    answers, read = decided(pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)), gazetteer, tagger)
    wanted = [int(case["uprn"]) if case["uprn"] else None for case in cases]
    out: dict[str, Any] = {"cases": len(cases), "read by the tagger": sum(read)}
    for name in WAYS:
        got = [_standing(one, gazetteer) for one in answers[name]]
        out[name] = {
            "right": sum(a == b for a, b in zip(got, wanted, strict=True)),
            "wrong": sum(a is not None and a != b for a, b in zip(got, wanted, strict=True)),
        }
    return out


def explained(folder: Path, tagger: Tagger) -> dict[str, Any]:
    """Share the words of real addresses out by role, with the parser and with the tagger for what it leaves."""

    def read(address: str | None, postcode: str | None) -> Parsed:
        parsed = take_apart(address, tagger.lexicon, postcode)
        more = not parsed.trouble and unexplained(parsed, tagger.lexicon) > ENOUGH
        return tagger.read(address, parsed) if more else parsed

    ways: dict[str, Callable[[str | None, str | None], Parsed]] = {
        "without": lambda address, postcode: take_apart(address, tagger.lexicon, postcode),
        "with": read,
    }
    out: dict[str, Any] = {}
    for name, frame in samples(folder).items():
        out[name] = {}
        for way, reader in ways.items():
            table = told(frame, reader)[0]
            out[name][way] = {key: table[key] for key in ("with a street", "explained", *PARTS)}
    return out


def cost(gazetteer: Gazetteer, asked: pl.DataFrame, folder: Path) -> dict[str, Any]:
    """Measure training, tagging, one look-up and memory; seconds are of one processor."""
    parts = [one for _, one in parts_of(gazetteer.tables)]
    before = _memory()
    began = time.process_time()
    tagger = Tagger.trained(parts, gazetteer.lexicon, folder / "cost.crf")
    training, grown = time.process_time() - began, _memory() - before
    sums = {hashlib.sha256((folder / "cost.crf").read_bytes()).hexdigest()}
    sums.add(hashlib.sha256(trained(gazetteer, folder / "again.crf").file.read_bytes()).hexdigest())
    rows = asked.head(2_000).select("address", "postcode").rows()
    parsed = [take_apart(text, gazetteer.lexicon, postcode) for text, postcode in rows]
    began = time.process_time()
    for (text, _), one in zip(rows, parsed, strict=True):
        tagger.read(text, one)
    tagging = time.process_time() - began
    find(rows[0][0], gazetteer)
    looks = {"find": 0.0, "find, read again by the tagger": 0.0}
    for text, postcode in rows[:200]:
        began = time.process_time()
        find(text, gazetteer, postcode=postcode)
        looks["find"] += time.process_time() - began
        began = time.process_time()
        one = take_apart(text, gazetteer.lexicon, postcode)
        if not one.trouble:
            climb_alone(tagger.read(text, one), gazetteer, TUNING)
        looks["find, read again by the tagger"] += time.process_time() - began
    return {
        "addresses trained on": min(20_000, len(parts)),
        "training seconds": round(training, 1),
        "memory that training added, MB": round(grown / 1e6, 1),
        "model, kB": round(tagger.file.stat().st_size / 1e3, 1),
        "the same bytes from the same addresses": len(sums) == 1,
        "addresses tagged a second": round(len(rows) / tagging),
        "milliseconds a look-up": {name: round(1000 * spent / 200, 2) for name, spent in looks.items()},
    }


def hard_kinds(seed: int, folder: Path) -> dict[str, Any]:
    """Place rows of the 68 kinds on the town that `benchmarks/places.py` makes, and judge them by its score."""
    made = hard_town(seed, 5_000)
    write_addressbase(made, folder / "hard.csv")
    gazetteer = Gazetteer.read(folder / "hard.csv")
    asked = hard_rows(made, dict.fromkeys(KINDS, 30))
    distinct = asked.select("address", pl.col("postcode").replace("", None))
    answers, read = decided(distinct, gazetteer, trained(gazetteer, folder / "hard.crf"))
    places = made.places
    out: dict[str, Any] = {"addresses": len(asked), "read by the tagger": sum(read)}
    for name in WAYS:
        found = pl.DataFrame({"row": asked["row"], "uprn": [_standing(one, gazetteer) for one in answers[name]]})
        verdicts = judged(
            asked,
            found.cast({"uprn": pl.Int64}),
            buildings=made.children,
            parents={one.uprn: one.parent for one in places.values() if one.parent},
            heirs={one.uprn: made.heir(one.uprn) for one in places.values() if one.successors},
        )["verdict"]
        out[name] = totals(by_kind(asked.with_columns(verdict=verdicts))) | dict(sorted(verdicts.value_counts().rows()))
    return out


def _standing(one: Decision, gazetteer: Gazetteer) -> int | None:
    """Give the property that stands today for the one decided on; None where it was divided."""
    if one.uprn is None or one.outcome != "historic":
        return one.uprn
    heirs = gazetteer.current(one.uprn)
    return heirs[0] if len(heirs) == 1 else None


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measured(dwellings: int, seeds: list[int], place: Path, folder: Path) -> dict[str, Any]:
    """Measure labels, towns, strange words, London, the hard cases, real samples and cost."""
    elsewhere, _ = built(11, dwellings, folder)
    made = {seed: built(seed, dwellings, folder) for seed in seeds}
    towns: dict[str, Any] = {}
    strange: dict[str, Any] = {}
    for seed, (gazetteer, written) in made.items():
        tagger = trained(gazetteer, folder / "town.crf")
        towns[f"seed {seed}"] = compared(written, gazetteer, tagger)
        strange[f"seed {seed}"] = {
            kind: compared(some, gazetteer, tagger) for kind, some in unseen(written, seed).items()
        }
    london, messy = fictional_london(place)
    return {
        "accuracy": accuracy(made[seeds[0]][0], elsewhere, folder),
        "towns": towns,
        "words that the tagger has not seen": strange,
        "fictional London": compared(messy, london, trained(london, folder / "london.crf")),
        "hard cases": hard_cases(folder),
        "real samples": explained(place, tagger),
        "cost": cost(*built(21, 16_000, folder), folder),
    }


def main() -> int:
    """Measure all of it and keep the figures."""
    options = argparse.ArgumentParser(description="Whether a trained tagger earns its place.")
    options.add_argument("--dwellings", type=int, default=2_000)
    options.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options.add_argument("--kinds", type=int, nargs="*", default=[], help="seeds of the 68 kinds")
    asked = options.parse_args()
    place = os.environ.get("SVOC_SAMPLES")
    if not place and not asked.kinds:
        sys.stderr.write("SVOC_SAMPLES is not set: no real samples to read\n")
        return 2
    result: dict[str, Any] = {
        "what": "placing with and without a tagger trained on the gazetteer, by the shipped tuning",
        "command": " ".join(["python", "benchmarks/tagger.py", *sys.argv[1:]]),
        "machine": f"{os.cpu_count()} cores, shared with other work; Python {platform.python_version()}",
        "versions": {name: version(name) for name in ("usaddress", "python-crfsuite", "polars")},
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if asked.kinds:
            result["68 kinds"] = {f"seed {seed}": hard_kinds(seed, folder) for seed in asked.kinds}
        else:
            result |= measured(asked.dwellings, asked.seeds, Path(place or ""), folder)
    name = "tagger-kinds" if asked.kinds else "tagger"
    file = RESULTS / f"{datetime.now(UTC).date().isoformat()}-{name}.json"
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
