"""Two rehearsed towns become one council: they share UPRNs, USRNs, account, property and elector numbers by chance.

One resident moves from the one to the other; nobody else has anything to do with the other town.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.council import Council
from svoc.migration import report_migration
from svoc.reading import exported
from svoc.rehearsal.town import rehearse
from svoc.running import run_night

SEEDS = {"north": 11, "south": 12}
MOVER = "MR AUGUSTUS PEMBERLEY"


@dataclass(frozen=True)
class Unitary:
    settings: Path
    members: pl.DataFrame  # with `council`, `person_true` and `uprn_true`
    figures: dict[str, Any]  # of the migration report


def truth(folder: Path, council: str) -> pl.DataFrame:
    """Give who a town's records are of; the towns call their people alike."""
    told = pl.read_csv(folder / council / "truth.csv", infer_schema=False)
    return told.select(
        pl.concat_str(pl.lit(f"{council}_"), "source").alias("source"),
        "record",
        pl.col("party").cast(pl.Int16),
        council=pl.lit(council),
        person_true=pl.concat_str(pl.lit(council), "person"),
        uprn_true=pl.col("uprn").cast(pl.Int64),
    )


def accounts(folder: Path, council: str) -> tuple[Path, list[dict[str, str]]]:
    (file,) = (folder / council / "extracts").glob("council_tax_*.csv")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return file, list(csv.DictReader(opened))


def moves(folder: Path) -> None:
    """Let somebody leave a house in the north for one in the south, with the new address on the old account."""
    (north, left), (south, came) = accounts(folder, "north"), accounts(folder, "south")
    taken = {row["uprn"] for row in left}
    new = next(row for row in came if row["uprn"] and row["uprn"] not in taken and not row["liability_end"])
    old = next(row for row in left if row["uprn"] and not row["liability_end"])
    lines = [f"address_{n}" for n in range(1, 5)]
    leads = {f"forwarding_{n}": new[line] for n, line in enumerate(lines, start=1)}
    names = {"account_ref": "69999990", "liable_party": MOVER}
    gone = {**names, "liability_end": "2026-10-20", **leads, "forwarding_postcode": new["postcode"]}
    for file, rows, row in (
        (north, left, {**old, "liability_start": "2015-04-01", **gone}),
        (south, came, {**new, **names, "liability_start": "2026-10-20"}),
    ):
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows([*rows, row])


@pytest.fixture(scope="module")
def unitary(tmp_path_factory: pytest.TempPathFactory) -> Unitary:
    folder = tmp_path_factory.mktemp("barset")
    text = '[council]\nname = "Barset"\npurpose = "canvass-match"\nkey = "no secret"\n'
    for council, seed in SEEDS.items():
        rehearse(folder / council, dwellings=60, seed=seed, nights=1)
        own = (folder / council / "council.toml").read_text(encoding="utf-8")
        sources = own[own.index("[[sources]]") : own.index("[life_events]")]
        sources = re.sub(r'(?m)^name = "(\w+)"', rf'name = "{council}_\1"\ncouncil = "{council}"', sources)
        sources = sources.replace('path = "', f'path = "{council}/')
        text += f'[[gazetteers]]\ncouncil = "{council}"\npath = "{council}/llpg.csv"\n{sources}\n'
    moves(folder)
    settings = folder / "council.toml"
    settings.write_text(text, encoding="utf-8")
    assert not run_night(settings).refused
    with Council.open(settings) as council_of_two:
        purposes = council_of_two.policy.purposes
        purpose = purposes.named("canvass-match")
        members = exported(council_of_two.store, purposes.lanes[purpose.lane], purpose)["members"]
    known = pl.concat([truth(folder, council) for council in SEEDS])
    figures = report_migration(settings, folder / "lists")
    return Unitary(settings, members.join(known, on=["source", "record", "party"], how="left"), figures)


def test_the_towns_share_what_they_should_not(unitary: Unitary) -> None:
    assert unitary.figures["properties_in_both"] > 10
    assert unitary.figures["streets_in_both"] > 3
    assert unitary.figures["same_references"] > 30


def test_every_record_keeps_its_own_reference(unitary: Unitary) -> None:
    known = unitary.members.filter(pl.col("record") != "69999990")

    assert known["person_true"].null_count() == 0
    assert known.select("source", "record", "party").is_unique().all()


def test_nobody_is_joined_with_anybody_of_the_other_town(unitary: Unitary) -> None:
    known = unitary.members.drop_nulls("council")
    both = known.group_by("person_id").agg(pl.col("council").n_unique()).filter(pl.col("council") > 1)

    assert both.is_empty()


def test_nobody_is_placed_on_a_property_of_the_other_town(unitary: Unitary) -> None:
    """A UPRN that both towns allotted is one town's property now, and the other town's people are not put there."""
    sure = unitary.members.filter(pl.col("outcome") == "exact").drop_nulls("uprn_true")

    assert sure.height > 150
    assert sure.filter(pl.col("uprn") != pl.col("uprn_true")).is_empty()
    with (unitary.settings.parent / "lists" / "properties_in_both.csv").open(encoding="utf-8", newline="") as opened:
        lost = {(int(row["uprn"]), row["other"]) for row in csv.DictReader(opened)}
    assert not lost & set(sure.select("uprn", "council").iter_rows())


def test_who_moved_from_the_one_to_the_other_is_one_person_and_the_report_says_so(unitary: Unitary) -> None:
    mover = unitary.members.filter(pl.col("record") == "69999990")

    assert mover["source"].sort().to_list() == ["north_council_tax", "south_council_tax"]
    assert mover["person_id"].n_unique() == 1
    with (unitary.settings.parent / "lists" / "people_in_both.csv").open(encoding="utf-8", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert row["records"] == "north_council_tax/69999990/1 south_council_tax/69999990/1"
