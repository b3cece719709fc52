"""Measure the address custodian's lists: plant faults in a rehearsal town, and count those found and those made up.

    python benchmarks/custodian.py [--dwellings 1500] [--seed 11] [--each 20]

Planted are: properties that the gazetteer loses, properties entered twice, accounts that go, houses that two accounts
write flats at. Wrong UPRNs are the town's own. `false` are rows of a list for which nothing was planted, and which the
town itself does not explain: the town has voids, houses that wait to be built and the like of its own.
"""

import argparse
import csv
import json
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from gazetteer import Gazetteer, resolve

NIGHT = "2026-11-02"
TWIN = 98_000_000_000
"""Added to a UPRN it gives that of the second entry."""
HOUSES = ("RD02", "RD03", "RD04")


@dataclass
class Planted:
    """What was planted, by kind: UPRNs of the truth; `wrong` are UPRNs that some record gives and should not."""

    absent: set[int] = field(default_factory=set)
    twice: set[int] = field(default_factory=set)
    unbilled: set[int] = field(default_factory=set)
    divided: set[int] = field(default_factory=set)
    wrong: set[int] = field(default_factory=set)
    homes: set[int] = field(default_factory=set)


def plant(town: Path, *, each: int, seed: int = 1) -> tuple[Planted, Gazetteer]:
    """Plant `each` faults of every kind in a town that has seen no night; give them, and the gazetteer as it was."""
    settings = town / "council.toml"
    text = settings.read_text(encoding="utf-8")
    first = re.sub(r'(?m)^path = .*"llpg.*$', 'path = "llpg.csv"', text)
    settings.write_text(first, encoding="utf-8")
    whole = Gazetteer.read(town / "llpg.csv")
    truth = pl.read_csv(town / f"truth_{NIGHT}.csv", schema_overrides={"record": pl.String})
    homes = truth.select("source", "record", "uprn").unique().drop_nulls("uprn")
    bills = homes.filter(pl.col("source") == "council_tax")
    alone = bills.filter(pl.len().over("uprn") == 1)
    plain = whole.properties.filter(pl.col("class_code").is_in(HOUSES), pl.col("parent_uprn").is_null())
    alone = alone.filter(pl.col("uprn").is_in(plain["uprn"].implode())).sort("uprn")
    chosen = random.Random(seed).sample(alone["uprn"].to_list(), 4 * each)
    absent, twice, unbilled, divided = (set(chosen[n * each : (n + 1) * each]) for n in range(4))
    _alter_gazetteer(town / "llpg.csv", absent, twice)
    records = {uprn: record for record, uprn in alone.select("record", "uprn").iter_rows()}
    _alter_accounts(
        town / "extracts" / f"council_tax_{NIGHT}.csv",
        {records[u] for u in unbilled},
        {records[u] for u in divided},
    )
    wrong = _wrong(town, homes) - absent - divided
    return Planted(absent, twice, unbilled, divided, wrong, set(homes["uprn"])), whole


def _alter_gazetteer(file: Path, absent: set[int], twice: set[int]) -> None:
    out = []
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        kind, uprn = line[:2], line.split(",")[3] if line.count(",") > 3 else ""
        of_property = kind in {"21", "23", "24"} and uprn.isdigit()
        if of_property and int(uprn) in absent:
            continue
        out.append(line)
        if of_property and int(uprn) in twice and kind != "23":
            out.append(line.replace(f",{uprn},", f",{TWIN + int(uprn) % 10**9},", 1).replace("9980L0", "9980L9"))
    file.write_text("".join(out), encoding="utf-8")


def _alter_accounts(file: Path, gone: set[str], divided: set[str]) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    kept = []
    for row in rows:
        if row["account_ref"] in divided:
            flat = {**row, "address_1": f"FLAT B, {row['address_1']}", "account_ref": f"9{row['account_ref']}"}
            kept += [{**row, "address_1": f"FLAT A, {row['address_1']}"}, flat]
        elif row["account_ref"] not in gone:
            kept.append(row)
    with file.open("w", encoding="utf-8", newline="") as opened:
        out = csv.DictWriter(opened, list(rows[0]))
        out.writeheader()
        out.writerows(kept)


def _wrong(town: Path, homes: pl.DataFrame) -> set[int]:
    """Give the wrong UPRNs that the lane may see: who opted out of the open register is not in it."""
    right = {(s, r): u for s, r, u in homes.iter_rows()}
    files = {"council_tax": ("account_ref", "uprn"), "electoral_register": ("ElectorKey", "UPRN")}
    given: set[int] = set()
    for source, (key, column) in files.items():
        with (town / "extracts" / f"{source}_{NIGHT}.csv").open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                true = right.get((source, row[key]))
                opted_out = "Z" in row.get("Markers", "")
                if true and row[column] and int(row[column]) != true and not opted_out:
                    given.add(int(row[column]))
    return given


def measured(folder: Path, planted: Planted, whole: Gazetteer) -> dict[str, dict[str, int]]:
    """Count for each list what was planted, found, and is listed for nothing."""
    lists = {file.stem: pl.read_csv(file, infer_schema_length=None) for file in sorted(folder.glob("*.csv"))}
    missing, wrong = lists["missing"], lists["disagreeing"].filter(pl.col("kind") == "disagreement")
    known = resolve(missing.select("address"), whole)["uprn"].to_list() if missing.height else []
    at = set(known) | set(missing["building_uprn"].drop_nulls().cast(pl.Int64))
    accounts = lists["unbilled"].filter(pl.col("kind").is_in(["no_account", "new_build"]))
    pairs = lists["duplicates"].select("uprn", "others").iter_rows()
    twins = [{int(one), *(int(o) for o in str(others).split("; "))} for one, others in pairs]
    divided = lists["divided"].filter(pl.col("kind") == "flats_as_house")
    idle = set(accounts.filter(pl.col("records") == 0)["uprn"]) - planted.homes
    explained = planted.absent | planted.divided
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    counts["missing"] = _counted(planted.absent, at, sum(u not in explained for u in known))
    given = wrong["uprn_given"].to_list()
    counts["disagreeing"] = _counted(planted.wrong, set(given), sum(u not in planted.wrong for u in given))
    found = set(accounts["uprn"])
    counts["unbilled"] = _counted(planted.unbilled, found, len(found - planted.unbilled - idle))
    counts["divided"] = _counted(planted.divided, set(divided["uprn"]), len(set(divided["uprn"]) - planted.divided))
    every = set().union(*twins)
    counts["duplicates"] = _counted(planted.twice, every, sum(not pair & planted.twice for pair in twins))
    return dict(counts)


def _counted(planted: set[int], found: set[int], false: int) -> dict[str, int]:
    return {"planted": len(planted), "found": len(planted & found), "false": false}


def main() -> None:
    """Make a town, plant, run a night, list and measure."""
    from svoc.rehearsal.town import rehearse
    from svoc.running import run_night
    from svoc.showing import list_for_custodian

    asked = argparse.ArgumentParser(description=__doc__)
    for name, default in (("dwellings", 1500), ("seed", 11), ("each", 20)):
        asked.add_argument(f"--{name}", type=int, default=default)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        town = rehearse(Path(folder) / "town", dwellings=told.dwellings, seed=told.seed, nights=1).folder
        planted, whole = plant(town, each=told.each)
        run_night(town / "council.toml")
        began = time.process_time()
        figures = list_for_custodian(town / "council.toml", town / "lists")
        seconds = round(time.process_time() - began, 1)
        counts = measured(town / "lists", planted, whole)
    sizes = {name: n for name, n in figures.items() if name != "page"}
    json.dump({**vars(told), "seconds": seconds, "rows": sizes, "lists": counts}, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
