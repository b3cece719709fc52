"""Council Tax by the National Fraud Initiative's headings."""

from datetime import date
from pathlib import Path

import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.settings import SourceSettings
from svoc.sources.base import Extract
from svoc.sources.nfi import read_nfi
from svoc.words.records import RECORDS

FIXTURE = Path(__file__).parent / "fixtures" / "nfi.csv"


def read(path: Path = FIXTURE, **columns: str | list[str]) -> Extract:
    return read_nfi(SourceSettings(name="ct", kind="council_tax", layout="nfi", columns=columns), path)


def test_the_lead_person_then_the_other() -> None:
    found = read().records

    assert found.schema == RECORDS
    assert found.select("record", "party", "kind", "title", "forename", "middle_names", "surname", "dob").rows() == [
        ("700001", 1, "person", "MR", "JOHN", "P", "WINTERTON", date(1960, 2, 1)),
        ("700001", 2, "person", "MRS", "ANN", None, "O'DARE", None),
        ("700002", 1, "organisation", None, None, None, None, None),
        ("700003", 1, "person", "MISS", "EVA", None, "VAN DER BERG", None),
    ]
    assert found["address"].to_list()[0] == "1 Mill Lane, Barchester"
    assert found["supplied_uprn"].to_list() == [10000001, 10000001, None, 10000003]
    assert found.filter(record="700002")["forwarding_postcode"].to_list() == ["ZQ9 2BB"]


def test_headings_may_be_spelt_otherwise_or_mapped(tmp_path: Path) -> None:
    path = tmp_path / "nfi.csv"
    path.write_text("CT_REFERENCE;surname;Address Line 1;Maiden\n1;Roe;1 Mill Lane;x\n", encoding="utf-8")

    assert read(path).records.select("record", "surname", "address").rows() == [("1", "ROE", "1 Mill Lane")]
    assert read(path, surname="Maiden").records["surname"].to_list() == ["X"]


def test_an_exemption_is_kept_as_a_marker() -> None:
    assert read().records.filter(record="700002")["markers"].to_list() == [["exemption_b"]]


def test_a_missing_column_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "nfi.csv"
    path.write_text("Council Tax acount reference,Surname,Address 1\n1,Roe,1 Mill Lane\n", encoding="utf-8")

    with pytest.raises(
        SettingsError,
        match=r"has no column council tax account reference .* did you mean Council Tax acount reference\?",
    ):
        read(path)


def test_an_account_twice_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "nfi.csv"
    path.write_text(
        "Council Tax reference,Surname,Address 1\n1,Roe,1 Mill Lane\n1,Fenn,2 Mill Lane\n", encoding="utf-8"
    )

    with pytest.raises(
        InputFaults, match=r"line 3, column Council Tax reference: expected each reference once; also on line 2"
    ):
        read(path)
