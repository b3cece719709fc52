"""How much of real addresses the parser explains without a gazetteer's words, part by part.

    SVOC_SAMPLES=FOLDER python benchmarks/parser_share.py [--worst 10]

FOLDER/addresses holds the samples: food hygiene and polling stations. They are unlabelled, so this tells what was
understood, not whether it was understood rightly. A word is explained where it became a unit, a number, a street, a
place or a mark such as REAR OF; a name is a line before the street, which only a gazetteer can confirm; what is left
out is told twice or is a person's. `--worst` lists the commonest words left out: single words, never an address.
Writes `benchmarks/results/DATE-parser-share.json`.
"""

import argparse
import json
import os
import platform
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from gazetteer.parse import take_apart
from gazetteer.parsing import Parsed
from gazetteer.tidy import take_postcode, tidy, whole_words
from gazetteer.units import take_units
from gazetteer.wordlists import words

RESULTS = Path(__file__).parent / "results"
COUNTIES = words("counties", "county") | words("home_countries", "country")
COUNTY_WORDS = {word for county in COUNTIES for word in county.split()}
PARTS = ("unit", "number", "street", "place", "name", "left out")


def samples(folder: Path) -> dict[str, pl.DataFrame]:
    """Read each sample as a frame of address and postcode."""
    addresses = folder / "addresses"
    table = {"separator": "\t", "infer_schema": False, "quote_char": None}
    hygiene = pl.read_csv(addresses / "bulk_food-hygiene_sample.tsv", **table)  # type: ignore[arg-type]
    stations = pl.read_csv(addresses / "bulk_democracy-club-polling-stations_sample.tsv", **table)  # type: ignore[arg-type]
    flat = pl.read_parquet(addresses / "fhrs_addresses_sample.parquet")
    named = pl.concat_str("name", "text", separator=", ", ignore_nulls=True)
    return {
        "food hygiene, lines": hygiene.select("postcode", address="text"),
        "food hygiene, with the trader's name": hygiene.select("postcode", address=named),
        "food hygiene, one line": flat.select("postcode", address="address_concat"),
        "polling stations": stations.select("postcode", address="text"),
    }


def split(address: str | None, parsed: Parsed) -> dict[str, Counter[str]]:
    """Share the words of an address out among the parts that it was found to have."""
    rest = take_postcode(tidy(address or ""))[1]
    left = Counter(word for line in rest.split(", ") for word in whole_words(line))
    without_unit = Counter(word for line in take_units(rest)[1].split(", ") for word in whole_words(line))
    out = {"unit": left - without_unit, "number": Counter([parsed.number] if parsed.number else [])}
    out["street"] = Counter(f"{parsed.relation} {parsed.street}".split())
    out["place"] = Counter(" ".join(parsed.places).split())
    out["name"] = Counter(" ".join(parsed.names).split())
    # A number in front of a name is a part of the building: 9, CHALTON COURT.
    out["unit"] += Counter(unit.door for unit in parsed.units if not unit.kind)
    for part in PARTS[:-1]:
        out[part] &= left
        left -= out[part]
    out["place"] += Counter({word: count for word, count in left.items() if word in COUNTY_WORDS})
    return out | {"left out": left - out["place"]}


Read = Callable[[str | None, str | None], Parsed]


def by_parser(address: str | None, postcode: str | None) -> Parsed:
    """Read an address without a gazetteer's words."""
    return take_apart(address, postcode=postcode)


def told(frame: pl.DataFrame, read: Read = by_parser) -> tuple[dict[str, Any], Counter[str]]:
    """Read a sample; gives its row of the table, shares by role among them, and the words left out."""
    total: dict[str, Counter[str]] = {part: Counter() for part in PARTS}
    raised = parsed = streets = 0
    for postcode, address in frame.iter_rows():
        try:
            one = read(address, postcode)
        except Exception:  # Whatever it is, it is what this counts.
            raised += 1
            continue
        parsed += not one.trouble
        streets += bool(one.street)
        if not one.trouble:
            for part, found in split(address, one).items():
                total[part] += found
    every = sum(found.total() for found in total.values())
    shares = {part: round(total[part].total() / every, 4) for part in PARTS}
    return {
        "addresses": len(frame),
        "raised": raised,
        "parsed": round(parsed / len(frame), 4),
        "with a street": round(streets / len(frame), 4),
        "explained": round(sum(total[part].total() for part in PARTS[:4]) / every, 4),
        **shares,
    }, total["left out"]


def main() -> int:
    """Print the table and keep it."""
    options = argparse.ArgumentParser(description="How much of real addresses the parser explains.")
    options.add_argument("--worst", type=int, default=0, help="how many of the words left out to list")
    worst: int = options.parse_args().worst
    folder = os.environ.get("SVOC_SAMPLES")
    if not folder:
        sys.stderr.write("SVOC_SAMPLES is not set: no real samples to read\n")
        return 2
    table = {}
    for name, frame in samples(Path(folder)).items():
        table[name], left = told(frame)
        shown = (
            f"{key} {value:.1%}" if isinstance(value, float) else f"{key} {value}" for key, value in table[name].items()
        )
        sys.stdout.write(f"{name}: {', '.join(shown)}\n")
        if worst:
            sys.stdout.write("  left out: " + ", ".join(f"{word} {n}" for word, n in left.most_common(worst)) + "\n")
    result = {
        "what": "shares of the words of real, unlabelled addresses by role, read without a gazetteer's words",
        "command": "python benchmarks/parser_share.py",
        "python": platform.python_version(),
        "samples": table,
    }
    file = RESULTS / f"{datetime.now(UTC).date().isoformat()}-parser-share.json"
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
