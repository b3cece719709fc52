"""The migration report of a real council: two gazetteers, two systems, one night."""

import csv
from pathlib import Path

import pytest

from svoc.errors import PurposeRefused, SettingsError
from svoc.migration import report_migration
from svoc.running import run_night

COUNCIL = """
[council]
name = "Barset"
[[gazetteers]]
council = "north"
path = "north.csv"
[[gazetteers]]
council = "south"
path = "south.csv"
"""
SOURCE = """
[[sources]]
name = "{0}_tax"
kind = "council_tax"
council = "{0}"
path = "{0}_tax.csv"
columns = {{ account_reference = "account", liable_parties = "names", address = "address", uprn = "uprn" }}
"""
FILES = {
    "north.csv": 'UPRN,ADDRESS,POSTCODE\n1,"12 King Street, Barchester",BA1 1AA\n2,"3 Hill Road, Barchester",BA1 1AB\n',
    "south.csv": 'UPRN,ADDRESS,POSTCODE\n1,"12 King Street, Barchester",BA1 1AA\n2,"7 Mill Lane, Oakham",OA1 1AA\n',
    "north_tax.csv": 'account,names,address,uprn\n600,MR AUGUSTUS PEMBERLEY,"12 King Street, Barchester, BA1 1AA",1\n'
    '601,MISS RUTH HILL,"3 Hill Road, Barchester, BA1 1AB",2\n',
    "south_tax.csv": 'account,names,address,uprn\n700,MR AUGUSTUS PEMBERLEY,"12 King Street, Barchester, BA1 1AA",1\n'
    '601,MR PETER DALE,"7 Mill Lane, Oakham, OA1 1AA",2\n',
}


@pytest.fixture
def council(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    file = tmp_path / "council.toml"
    file.write_text(COUNCIL + SOURCE.format("north") + SOURCE.format("south"))
    return file


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_before_the_first_night_there_is_nothing_to_compare(council: Path) -> None:
    with pytest.raises(SettingsError, match="run a night first"):
        report_migration(council, council.parent / "lists")


def test_after_a_night_it_tells_what_the_two_have_in_common(council: Path) -> None:
    assert not run_night(council).refused
    lists = council.parent / "lists"
    figures = report_migration(council, lists)

    assert {name: figures[name] for name in ("people_in_both", "duplicate_accounts", "same_references")} == {
        "people_in_both": 1, "duplicate_accounts": 1, "same_references": 1,
    }  # fmt: skip
    (account,) = rows(lists, "duplicate_accounts")
    assert (account["mention"], account["other"]) == ("north_tax/600/1", "south_tax/700/1")
    assert [(r["uprn"], r["kind"]) for r in rows(lists, "properties_in_both")] == [("1", "boundary"), ("2", "clash")]
    assert [r["same_people"] for r in rows(lists, "same_references")] == ["false"]


def test_who_is_at_the_clash_is_never_put_into_a_strangers_house(council: Path) -> None:
    run_night(council)
    lists = council.parent / "lists"
    report_migration(council, lists)

    placed = {row["source"]: float(row["placed"]) for row in rows(lists, "sources")}
    assert placed == {"north_tax": 1.0, "south_tax": 0.5}


def test_what_a_purpose_may_not_see_is_in_no_list(council: Path) -> None:
    narrow = '\n[purposes.merging]\nwords = "Merge"\nlane = "service"\npower = "the order"\nfields = ["surname"]\n'
    council.write_text(council.read_text() + narrow)
    run_night(council)
    report_migration(council, council.parent / "lists", purpose="merging")

    for name in ("people_in_both", "duplicate_accounts", "properties_in_both"):
        heading = (council.parent / "lists" / f"{name}.csv").read_text().splitlines()[0]
        assert not {"uprn", "postcode", "postcode_other"} & set(heading.split(",")), name


def test_a_purpose_that_there_is_not_is_refused(council: Path) -> None:
    with pytest.raises(PurposeRefused, match="did you mean migration"):
        report_migration(council, council.parent / "lists", purpose="migrations")


def test_one_council_alone_has_nothing_to_merge(council: Path) -> None:
    council.write_text(
        (COUNCIL + SOURCE.format("north")).replace('[[gazetteers]]\ncouncil = "south"\npath = "south.csv"', "")
    )

    with pytest.raises(SettingsError, match="expected two councils or more"):
        report_migration(council, council.parent / "lists")


def test_statistics_are_told_no_reference_of_a_record(council: Path) -> None:
    """On a register a reference leads to the name."""
    assert not run_night(council).refused
    told = {}
    for purpose in ("migration", "statistics"):
        report_migration(council, council.parent / purpose, purpose=purpose)
        files = sorted((council.parent / purpose).iterdir())
        told[purpose] = "\n".join(file.read_text(encoding="utf-8") for file in files)
    for reference in ("/600/", "/700/", ">601<", ",601,"):
        assert reference in told["migration"], "told to whoever merges the records"
        assert reference not in told["statistics"]
