"""Council Tax as the tables of Academy."""

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.settings import SourceSettings
from svoc.sources.academy import read_academy
from svoc.sources.base import Extract
from svoc.words.records import RECORDS

FOLDER = Path(__file__).parent / "fixtures" / "academy"
TABLES = {name: f"{name}.csv" for name in ("ctaccount", "ctliability", "ctoccupation", "ctproperty")}


def read(folder: Path = FOLDER, tables: dict[str, str] = TABLES) -> Extract:
    return read_academy(SourceSettings(name="ct", kind="council_tax", layout="academy", tables=tables), folder)


def test_the_lead_person_then_the_others_liable() -> None:
    found = read().records

    assert found.schema == RECORDS
    assert found.select(
        "record", "party", "kind", "title", "forename", "middle_names", "surname", "party_reference"
    ).rows() == [
        ("800001", 1, "person", "MR", "JOHN", "PETER", "WINTERTON", "P1"),
        ("800001", 2, "person", "MRS", "A", None, "WINTERTON", "P8"),
        ("800001", 3, "person", "MS", "O", None, "ADEYEMI", "P9"),
        ("800002", 1, "void", None, None, None, None, "P2"),
        ("800003", 1, "person", "MR", "MAXIMILIAN", "BARTHOLOMEW", "MONTMORENCY", "P3"),
        ("800004", 1, "person", "MR", "A", None, "ROE", "P4"),
        ("800004", 2, "person", "MRS", "B", None, "ROE", None),
        ("800005", 1, "executor", "MRS", "E", None, "FENN", "P5"),
    ]


def test_the_live_occupation_gives_the_place_else_the_latest() -> None:
    found = {row["record"]: row for row in read().records.filter(party=1).to_dicts()}

    assert (found["800001"]["property_reference"], found["800001"]["since"], found["800001"]["until"]) == (
        "R2",
        date(2015, 1, 1),
        None,
    )
    assert (found["800004"]["property_reference"], found["800004"]["until"]) == ("R2", date(2015, 1, 1))
    assert found["800001"]["supplied_uprn"] == 10000002
    assert found["800001"]["address"] == "2 MILL LANE, BARCHESTER"
    assert found["800003"]["supplied_uprn"] is None
    assert (found["800003"]["forwarding_address"], found["800003"]["forwarding_postcode"]) == (
        "9 QUAY ST, PORTHAVEN",
        "ZQ9 2BB",
    )


def test_an_occupation_of_no_known_property_is_warned_of() -> None:
    found = read()

    assert [str(warning) for warning in found.warnings] == [
        "ctoccupation.csv, line 8, column property_ref: expected a property that ctproperty has"
    ]
    assert found.counts["rows"] == 5
    assert found.counts["without_property"] == 1
    assert [file.name for file in found.files] == list(TABLES.values())


def test_the_table_of_others_may_be_missing() -> None:
    found = read(tables={name: file for name, file in TABLES.items() if name != "ctliability"}).records

    assert found.filter(record="800001").height == 1
    assert found.filter(record="800004").height == 2


def test_a_file_of_the_folder_stands_for_the_folder() -> None:
    assert read(FOLDER / "ctaccount.csv").records.equals(read().records)


def test_the_day_may_stand_in_the_folders_name(tmp_path: Path) -> None:
    assert read(copytree(FOLDER, tmp_path / "academy_2026-11-02")).content_date == date(2026, 11, 2)


def test_wrong_tables_are_told() -> None:
    with pytest.raises(SettingsError, match=r"ctocupation is not a table of academy; did you mean ctoccupation\?"):
        read(tables={**TABLES, "ctocupation": "x.csv"})
    with pytest.raises(SettingsError, match="expected a file for ctoccupation, ctproperty"):
        read(tables={"ctaccount": "ctaccount.csv"})
    with pytest.raises(SettingsError, match=r"ctaccounts\.csv: no such file; did you mean ctaccount\.csv\?"):
        read(tables={**TABLES, "ctaccount": "ctaccounts.csv"})
    with pytest.raises(SettingsError, match=r"ctproperty\.csv: has no column account_ref"):
        read(tables={**TABLES, "ctaccount": "ctproperty.csv"})


def test_the_faults_of_all_tables_are_told_together(tmp_path: Path) -> None:
    folder = copytree(FOLDER, tmp_path / "academy")
    with (folder / "ctaccount.csv").open("a", encoding="utf-8") as file:
        file.write("800001" + "," * 13 + "\n")
    with (folder / "ctoccupation.csv").open("a", encoding="utf-8") as file:
        file.write("800001,R1,13/13/2020,,1\n")

    with pytest.raises(InputFaults) as found:
        read(folder)

    assert [str(fault) for fault in found.value.faults] == [
        "ctaccount.csv, line 7, column account_ref: expected each reference once; also on line 2",
        "ctoccupation.csv, line 9, column occupation_date: expected a date as 2026-11-02 or 02/11/2026",
    ]
