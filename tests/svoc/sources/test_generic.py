"""Any list of people, by mapping."""

from datetime import date
from pathlib import Path

import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.settings import SourceSettings
from svoc.sources.base import Extract
from svoc.sources.generic import read_people
from svoc.words.records import RECORDS

FIXTURE = Path(__file__).parent / "fixtures" / "library.csv"
MAPPING: dict[str, str | list[str]] = {
    "record": "Card No",
    "forename": "First Name",
    "surname": "Last Name",
    "previous_surname": "Formerly",
    "dob": "Born",
    "address": "Address",
    "phone": "Phone",
    "since": "Joined",
    "until": "Left",
}


def read(path: Path = FIXTURE, columns: dict[str, str | list[str]] = MAPPING) -> Extract:
    return read_people(SourceSettings(name="library", kind="generic", columns=columns), path)


def test_people_are_read_by_the_mapping() -> None:
    found = read().records

    assert found.schema == RECORDS
    assert found.select("record", "kind", "forename", "middle_names", "surname", "previous_surname", "dob").rows() == [
        ("L1", "person", "ANN", "MARIE", "O'DARE", "FENN", date(1980, 2, 1)),
        ("L2", "person", "LUKASZ", None, "NOWAK", None, date(1990, 3, 4)),
    ]
    assert found.select("postcode", "phone", "since", "until").rows() == [
        ("ZQ1 1AA", "01632 960001", date(2020, 1, 6), None),
        ("ZQ1 1AA", None, date(2021, 1, 6), date(2025, 12, 31)),
    ]


def test_one_field_may_hold_the_whole_name(tmp_path: Path) -> None:
    path = tmp_path / "permits_2026-11-02.csv"
    path.write_text('ref,who\n1,"Roe, Ms Ann"\n2,Mr & Mrs J Fenn\n', encoding="utf-8")

    found = read(path, {"record": "ref", "name": "who"})

    assert found.records.select("record", "party", "title", "forename", "surname").rows() == [
        ("1", 1, "MS", "ANN", "ROE"),
        ("2", 1, "MR", "J", "FENN"),
        ("2", 2, "MRS", None, "FENN"),
    ]
    assert found.content_date == date(2026, 11, 2)


def test_faults_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("ref,who,born\n1,Roe,32/01/1980\n1,Fenn,\n", encoding="utf-8")

    with pytest.raises(InputFaults) as found:
        read(path, {"record": "ref", "name": "who", "dob": "born"})

    assert [str(fault) for fault in found.value.faults] == [
        "list.csv, line 2, column born: expected a date as 2026-11-02 or 02/11/2026",
        "list.csv, line 3, column ref: expected each reference once; also on line 2",
    ]


def test_what_must_be_mapped_is_told() -> None:
    with pytest.raises(SettingsError, match="expected record to name"):
        read(columns={"surname": "Last Name"})
    with pytest.raises(SettingsError, match="expected name or surname to name"):
        read(columns={"record": "Card No"})


def test_a_column_of_protection_marks_every_party_of_its_row(tmp_path: Path) -> None:
    path = tmp_path / "tenants_2026-11-02.csv"
    path.write_text(
        "ref,who,flag\n1,Mr & Mrs J Fenn,Y\n2,Ms Ann Roe,no\n3,Mr Al Vane,Do not disclose\n"
        "4,Ms Di Oak,see file\n5,Jo Pyke,\n",
        encoding="utf-8",
    )
    found = read(path, {"record": "ref", "name": "who", "protection": "flag"}).records
    assert found.select("record", "party", "markers").rows() == [
        ("1", 1, ["safe-address"]),
        ("1", 2, ["safe-address"]),
        ("2", 1, None),
        ("3", 1, ["no-disclosure"]),
        ("4", 1, ["safe-address"]),
        ("5", 1, None),
    ]
