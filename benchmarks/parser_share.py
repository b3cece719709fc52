"""Print how much of real addresses the parser explains without a gazetteer's words, part by part.

    SVOC_SAMPLES=FOLDER python benchmarks/parser_share.py [--worst 10]

FOLDER/addresses holds the samples: food hygiene and polling stations. They are unlabelled, so this tells what was
understood, not whether it was understood rightly. A word is explained where it became a unit, a number, a street, a
place or a mark such as REAR OF; a name is a line before the street, which only a gazetteer can confirm; what is left
out is told twice or is a person's. `--worst` lists the commonest words left out: single words, never an address.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

import polars as pl

from gazetteer.parse import Parsed, take_apart
from gazetteer.tidy import take_postcode, tidy, whole_words
from gazetteer.units import take_units
from gazetteer.wordlists import words

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


def told(frame: pl.DataFrame) -> tuple[list[str], Counter[str]]:
    """Parse a sample; gives its line of the table, and the words left out."""
    total: dict[str, Counter[str]] = {part: Counter() for part in PARTS}
    parsed = [(address, take_apart(address, postcode=code)) for code, address in frame.iter_rows()]
    for address, one in parsed:
        if not one.trouble:
            for part, found in split(address, one).items():
                total[part] += found
    every = sum(found.total() for found in total.values())
    whole = sum(1 for _, one in parsed if not one.trouble)
    streets = sum(1 for _, one in parsed if one.street)
    shares = [total[part].total() / every for part in PARTS]
    explained = sum(shares[:4])
    columns = [f"{len(frame)}", *(f"{value:.1%}" for value in (whole / len(frame), streets / len(frame), explained))]
    return [*columns, *(f"{share:.1%}" for share in shares)], total["left out"]


def main() -> int:
    """Print the table."""
    options = argparse.ArgumentParser(description="How much of real addresses the parser explains.")
    options.add_argument("--worst", type=int, default=0, help="how many of the words left out to list")
    worst: int = options.parse_args().worst
    folder = os.environ.get("SVOC_SAMPLES")
    if not folder:
        sys.stderr.write("SVOC_SAMPLES is not set: no real samples to read\n")
        return 2
    sys.stdout.write("\t".join(("sample", "addresses", "parsed", "with a street", "explained", *PARTS)) + "\n")
    for name, frame in samples(Path(folder)).items():
        line, left = told(frame)
        sys.stdout.write("\t".join((name, *line)) + "\n")
        if worst:
            sys.stdout.write("  left out: " + ", ".join(f"{word} {n}" for word, n in left.most_common(worst)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
