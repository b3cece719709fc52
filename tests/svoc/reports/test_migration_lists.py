"""What councils that become one have in common, as lists that name nobody."""

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gazetteer.districts import SHARED, STREETS_SHARED
from svoc.errors import SettingsError
from svoc.reports.migration import LISTS, Material, migration_lists, write_migration
from svoc.sources.base import Extract
from svoc.words.decisions import CASES
from svoc.words.plan import Plan
from tests.districts import KINDS, lived, says
from tests.worlds import TODAY, person_of

COUNCILS = {name: name.split("_", maxsplit=1)[0] for name in KINDS}
SMITH = "600 | MR JOHN SMITH & MRS ANN SMITH | 1 | 2015-04-01.."


def material(plan: Plan, **more: Any) -> Material:
    given = Material(
        mentions=plan.mentions,
        state=plan.reading.state,
        councils=COUNCILS,
        kinds=KINDS,
        properties=pl.DataFrame(schema=SHARED),
        streets=pl.DataFrame(schema=STREETS_SHARED),
        as_of=TODAY,
    )
    return replace(given, **more)


def lists(*extracts: Extract) -> dict[str, pl.DataFrame]:
    return migration_lists(material(lived(extracts)))


def test_who_has_records_in_both_is_listed_and_who_has_them_in_one_is_not() -> None:
    plan = lived([says("north_council_tax", SMITH), says("south_electoral_register", "AA1-1 | JOHN SMITH | 1")])
    found = migration_lists(material(plan))["people_in_both"]

    told = found.select("person", "councils", "records", "homes", "same_home", "uprn").rows()
    records = "north_council_tax/600/1 south_electoral_register/AA1-1/1"
    assert told == [(person_of(plan, "north_council_tax/600/1"), "north south", records, 1, True, 101)]


def test_one_person_billed_by_both_for_one_property_is_a_duplicate_account() -> None:
    found = lists(says("north_council_tax", SMITH), says("south_council_tax", "771 | MR JOHN SMITH | 1 | 2020-01-01.."))

    told = found["duplicate_accounts"].select("kind", "uprn", "mention", "other").rows()
    assert told == [("council_tax", 101, "north_council_tax/600/1", "south_council_tax/771/1")]


def test_an_account_that_has_ended_is_no_duplicate() -> None:
    ended = "771 | MR JOHN SMITH | 1 | 2016-01-01..2020-01-01"
    found = lists(says("north_council_tax", SMITH), says("south_council_tax", ended))

    assert found["duplicate_accounts"].is_empty()


def test_a_register_and_an_account_are_no_duplicates_of_each_other() -> None:
    found = lists(says("north_council_tax", SMITH), says("south_electoral_register", "A1 | JOHN SMITH | 1"))

    assert found["duplicate_accounts"].is_empty()


def test_one_reference_says_whether_it_means_the_same_people() -> None:
    found = lists(
        says("north_council_tax", SMITH, "601 | MR PETER DALE | 2"),
        says("south_council_tax", "600 | MRS ANN SMITH | 1", "601 | MISS RUTH HILL | 3", "602 | MISS EVE MOSS | 4"),
    )

    told = found["same_references"].select("kind", "reference", "source", "other", "same_people").rows()
    pair = ("north_council_tax", "south_council_tax")
    assert told == [("council_tax", "600", *pair, True), ("council_tax", "601", *pair, False)]


def test_decisions_that_contradict_each_other_are_listed_with_their_councils() -> None:
    plan = lived([says("north_council_tax", SMITH), says("south_council_tax", "771 | MR PETER DALE | 2")])
    between = ["north_council_tax/600/1", "south_council_tax/771/1"]
    cases = pl.DataFrame(
        [{"case": "c1", "kind": "conflict", "mentions": between, "reason": "said both"},
         {"case": "c2", "kind": "household", "mentions": between, "reason": "who is who"}],
        schema=CASES,
    )  # fmt: skip
    found = migration_lists(material(plan, state=replace(plan.reading.state, cases=cases)))["conflicts"]

    assert found.rows() == [("c1", "north, south", " ".join(between), "said both")]


def test_systems_of_one_kind_stand_beside_each_other() -> None:
    found = lists(
        says("north_council_tax", SMITH, "601 | MR PETER DALE | - | | phone=01392000001"),
        says("south_council_tax", "600 | MISS RUTH HILL | 3"),
        says("south_electoral_register", "A1 | RUTH HILL | 3"),
    )["sources"]

    told = found.select("council", "kind", "records", "persons", "phone", "placed").rows()
    assert told == [
        ("north", "council_tax", 2, 3, 0.3333, 0.6667),
        ("south", "council_tax", 1, 1, 0.0, 1.0),
        ("south", "electoral_register", 1, 1, 0.0, 1.0),
    ]


def test_a_record_under_protection_is_in_no_row() -> None:
    plan = lived(
        [says("north_council_tax", SMITH), says("south_council_tax", "600 | MR JOHN SMITH | 1 | 2020-01-01..")]
    )
    assert migration_lists(material(plan))["duplicate_accounts"].height == 1
    marked = pl.when(pl.col("source") == "south_council_tax").then(pl.lit(["safe-address"])).otherwise("markers")
    hidden = plan.mentions.with_columns(markers=marked)
    found = migration_lists(material(plan, mentions=hidden))

    for name in ("people_in_both", "duplicate_accounts", "same_references"):
        assert found[name].is_empty(), name


def test_a_list_of_the_county_belongs_to_no_council() -> None:
    plan = lived([says("north_council_tax", SMITH), says("south_council_tax", "771 | MR JOHN SMITH | 1")])
    found = migration_lists(material(plan, councils={**COUNCILS, "south_council_tax": ""}))

    assert found["people_in_both"].is_empty()
    assert found["sources"]["council"].to_list() == ["north"]


def test_rows_in_another_order_give_the_same_lists() -> None:
    plan = lived([says("north_council_tax", SMITH), says("south_council_tax", SMITH, "9 | MR PETER DALE | 1")])
    turned = migration_lists(material(plan, mentions=plan.mentions.reverse()))

    for name, frame in migration_lists(material(plan)).items():
        assert turned[name].equals(frame), name


def test_each_list_is_a_file_of_its_owner_and_the_page_names_nobody(tmp_path: Path) -> None:
    plan = lived([says("north_council_tax", SMITH), says("south_council_tax", SMITH)])
    found = migration_lists(material(plan))
    page = write_migration(found, tmp_path / "out", whose="Barset", as_of="2026-11-02", purpose="migration")

    files = sorted(page.parent.iterdir())
    assert {file.name for file in files} == {"migration.html", *(f"{kind.name}.csv" for kind in LISTS)}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    for file in files:
        assert "SMITH" not in file.read_text(encoding="utf-8"), file.name
    text = page.read_text(encoding="utf-8")
    assert all(f'id="{kind.name}"' in text for kind in LISTS)
    assert "<script" not in text


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    found = lists(says("north_council_tax", SMITH))

    with pytest.raises(SettingsError, match="out: the lists cannot be written there"):
        write_migration(found, tmp_path / "out", whose="Barset", as_of="2026-11-02", purpose="migration")
