"""Council Tax in the layout of one row an account, by mapping."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.settings import SourceSettings
from svoc.sources.base import Extract
from svoc.sources.council_tax import COLUMNS, DATES, read_columns
from svoc.words.records import RECORDS, SORTED_BY

FIXTURE = Path(__file__).parent / "fixtures" / "council_tax_2026-11-02.csv"
MAPPING: dict[str, str | list[str]] = {
    "account_reference": "account_ref",
    "liable_parties": "liable_party",
    "address": ["address_1", "address_2", "address_3"],
    "postcode": "postcode",
    "uprn": "uprn",
    "liability_start": "liability_start",
    "liability_end": "liability_end",
    "property_reference": "property_ref",
    "exemption": "exempt",
    "forwarding_address": ["forward_1", "forward_2"],
    "forwarding_postcode": "forward_pc",
    "phone": "tel",
}


def read(path: Path = FIXTURE, columns: Mapping[str, str | list[str]] = MAPPING, **more: object) -> Extract:
    told = {"name": "ct", "kind": "council_tax", "path": path.name, "columns": dict(columns), **more}
    return read_columns(SourceSettings.model_validate(told), path)


def written(folder: Path, text: str, name: str = "extract.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, columns: Mapping[str, str | list[str]]) -> list[str]:
    with pytest.raises(InputFaults) as found:
        read(path, columns)
    return [str(fault) for fault in found.value.faults]


def test_records_have_the_schema_are_sorted_and_hashed() -> None:
    records = read().records

    assert records.schema == RECORDS
    assert records.equals(records.sort(SORTED_BY))
    assert records["content"].null_count() == 0
    assert records["content"].n_unique() == records.height


def test_each_party_named_is_a_row_in_the_order_of_naming() -> None:
    found = read().records.select("record", "party", "kind", "title", "forename", "surname").rows()

    assert found == [
        ("600001", 1, "person", "MR", "J", "WINTERTON"),
        ("600001", 2, "person", "MRS", "A", "WINTERTON"),
        ("600002", 1, "void", None, None, None),
        ("600003", 1, "executor", "MRS", "E", "O'DARE"),
        ("600004", 1, "organisation", None, None, None),
        ("600005", 1, "person", "DR", "A", "KHAN"),
        ("600005", 2, "person", "MS", "B", "LEE"),
        ("600005", 3, "person", "MR", "C", "ROE"),
        ("600006", 1, "person", "MR", "S", "DECKER"),
    ]


def test_the_place_is_joined_and_tidied() -> None:
    found = {row["record"]: row for row in read().records.filter(party=1).to_dicts()}

    assert found["600001"]["address"] == "1 MILL LANE, BARCHESTER"
    assert found["600001"]["postcode"] == "ZQ1 1AA"
    assert found["600001"]["supplied_uprn"] == 10000001
    assert found["600004"]["postcode"] == "ZQ1 1AB"
    assert found["600004"]["supplied_uprn"] is None
    assert found["600005"]["address"] == "5, MILL LANE, BARCHESTER"
    assert found["600005"]["postcode"] == "ZQ1 1AA"
    assert (found["600003"]["forwarding_address"], found["600003"]["forwarding_postcode"]) == (
        "9 QUAY ST, PORTHAVEN",
        "ZQ9 2BB",
    )
    assert found["600003"]["property_reference"] == "P003"


def test_the_stay_is_the_liability() -> None:
    found = {row["record"]: (row["since"], row["until"]) for row in read().records.to_dicts()}

    assert found["600001"] == (date(2019, 4, 1), None)
    assert found["600002"] == (date(2024, 5, 1), None)
    assert found["600006"] == (date(2018, 1, 1), date(2026, 9, 30))


def test_what_else_the_account_says() -> None:
    records = read().records

    assert records.filter(record="600003")["markers"].to_list() == [["exemption_f"]]
    assert records.filter(record="600005")["markers"].to_list() == [["exemption_n"]] * 3
    assert records.filter(record="600001")["phone"].to_list() == ["01632 960001", None]
    assert set(records["role"]) == {"liable_party"}
    assert records.filter(record="600001")["name"].to_list() == ["WINTERTON,MR J & MRS A"] * 2
    assert records.filter(record="600003")["deceased"].to_list() == [True]


def test_the_extract_tells_its_day_and_its_counts() -> None:
    found = read()

    assert found.content_date == date(2026, 11, 2)
    assert found.files == (FIXTURE,)
    assert found.counts == {"rows": 6, "persons": 6, "organisations": 1, "executors": 1, "voids": 1}
    assert found.mode == "full"
    assert found.withdrawn.is_empty()
    assert not found.warnings


def test_rows_in_any_order_give_the_same_records(tmp_path: Path) -> None:
    lines = FIXTURE.read_text(encoding="utf-8").splitlines()
    turned = written(tmp_path, "\n".join([lines[0], *reversed(lines[1:])]) + "\n", FIXTURE.name)

    assert read(turned).records.drop("line").equals(read().records.drop("line"))


def test_names_in_parts_make_the_same_people(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "ref,t,f,m,s\n1,Mr,John,Peter,Winterton\n2,,,,Northfield Lettings Ltd\n3,Mrs,,,O`Dare\n4,,,,\n"
        "5,,Eva,,van der Berg\n",
    )

    found = read(
        path, {"account_reference": "ref", "title": "t", "forename": "f", "middle_names": "m", "surname": "s"}
    ).records

    assert found.select("record", "kind", "title", "forename", "middle_names", "surname", "name").rows() == [
        ("1", "person", "MR", "JOHN", "PETER", "WINTERTON", "Mr John Peter Winterton"),
        ("2", "organisation", None, None, None, None, "Northfield Lettings Ltd"),
        ("3", "person", "MRS", None, None, "O'DARE", "Mrs O'Dare"),
        ("4", "void", None, None, None, None, None),
        ("5", "person", None, "EVA", None, "VAN DER BERG", "Eva van der Berg"),
    ]


def test_an_account_may_have_a_row_for_each_party_reference(tmp_path: Path) -> None:
    path = written(tmp_path, "ref,p,s\n1,A,WINTERTON\n1,B,ROE\n2,A,FENN\n")

    found = read(path, {"account_reference": "ref", "party_reference": "p", "surname": "s"}).records

    assert found.select("record", "party", "party_reference", "surname").rows() == [
        ("1", 1, "A", "WINTERTON"),
        ("1", 2, "B", "ROE"),
        ("2", 1, "A", "FENN"),
    ]


BASE: dict[str, str | list[str]] = {
    "account_reference": "ref",
    "liable_parties": "who",
    "liability_start": "from",
    "liability_end": "to",
}


def test_all_faults_are_told_together_and_name_no_person(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "ref,who,from,to\n1,WINTERTON,11/23/2026,\n2,ROE,,soon\n1,FENN,2026-01-01,\n,LEE,,\n1,ADEYEMI,,\n",
    )

    found = refused(path, BASE)

    assert found == [
        "extract.csv, line 2, column from: expected a date as 2026-11-02 or 02/11/2026",
        "extract.csv, line 3, column to: expected a date as 2026-11-02 or 02/11/2026",
        "extract.csv, line 4, column ref: expected each reference once; also on line 2",
        "extract.csv, line 5, column ref: expected a reference, found none",
        "extract.csv, line 6, column ref: expected each reference once; also on line 2",
    ]


def test_a_full_extract_of_nobody_is_a_fault_an_update_is_not(tmp_path: Path) -> None:
    path = written(tmp_path, "ref,who,from,to\n")

    assert refused(path, BASE) == ["extract.csv: expected at least one row below the header"]
    assert read(path, BASE, mode="update").records.is_empty()


def test_doubtful_values_are_warned_of_and_stop_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "ref,who,from,to,u\n1,ROE,2026-01-01,2025-01-01,x12\n2,FENN,,,0\n")

    found = read(path, {**BASE, "uprn": "u"})

    assert [str(warning) for warning in found.warnings] == [
        "extract.csv, line 2, column u: expected a UPRN of at most 12 digits",
        "extract.csv, line 2, column to: expected an end that is not before the beginning",
    ]
    assert found.records.height == 2


def test_a_wrong_column_is_told_with_the_file_and_the_nearest_heading() -> None:
    with pytest.raises(SettingsError) as found:
        read(columns={**MAPPING, "uprn": "upnr"})

    assert (
        str(found.value)
        == "council_tax_2026-11-02.csv: has no column upnr ([sources.columns] uprn); did you mean uprn?"
    )


def test_a_name_that_is_none_of_council_tax_is_told_with_the_nearest() -> None:
    with pytest.raises(
        SettingsError, match=r"liabilty_start is not a column of council_tax; did you mean liability_start\?"
    ):
        read(columns={**MAPPING, "liabilty_start": "liability_start"})


def test_what_must_be_mapped_is_told() -> None:
    with pytest.raises(SettingsError) as found:
        read(columns={"postcode": "postcode"})

    assert [line.split(": ")[1].split(" to name")[0] for line in str(found.value).splitlines()] == [
        "expected account_reference",
        "expected liable_parties or surname",
    ]


def test_a_register_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = written(
        tmp_path, "ElectorKey,ElectorSurname,ElectorForename,Address1,Postcode\nAA-1/0,ROE,ANN,1 MILL LANE,ZQ1 1AA\n"
    )

    with pytest.raises(SettingsError) as found:
        read(path)

    assert str(found.value) == (
        "extract.csv: looks like an electoral register (it has ElectorKey, ElectorSurname, ElectorForename), "
        "not like Council Tax; check path and kind of [[sources]] ct"
    )


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("ct_20261105.csv", {}, date(2026, 11, 5)),
        ("ct_05-11-2026.csv", {}, date(2026, 11, 5)),
        ("ct_99999999.csv", {"extract_date": "made"}, date(2026, 11, 4)),
        ("ct_20261105.csv", {"extract_date": "made"}, date(2026, 11, 5)),
        ("ct.csv", {}, date(2026, 3, 1)),
    ],
)
def test_the_day_of_the_content(tmp_path: Path, name: str, more: dict[str, str], expected: date) -> None:
    path = written(
        tmp_path, "ref,who,from,to,made\n1,ROE,2026-01-01,2026-03-01,04/11/2026\n2,FENN,2097-01-01,,03/11/2026\n", name
    )

    assert read(path, {**BASE, **more}).content_date == expected
    assert read(path, {**BASE, **more}, content_date=date(2020, 1, 1)).content_date == date(2020, 1, 1)


def test_without_any_day_the_files_own_counts(tmp_path: Path) -> None:
    found = read(written(tmp_path, "ref,who\n1,ROE\n"), {"account_reference": "ref", "liable_parties": "who"})

    assert found.content_date is not None
    assert found.content_date >= date(2026, 1, 1)


def test_every_column_that_may_be_mapped_is_read(tmp_path: Path) -> None:
    names = [name for name in COLUMNS if name not in ("title", "forename", "middle_names", "surname")]
    path = written(
        tmp_path,
        ",".join(names) + "\n" + ",".join("2026-01-02" if n in DATES else n.replace("uprn", "7") for n in names) + "\n",
    )

    found = read(path, {name: name for name in names})

    row = found.records.row(0, named=True)
    filled = {name for name, value in row.items() if value is not None}
    assert {
        "address",
        "forwarding_address",
        "supplied_uprn",
        "since",
        "until",
        "phone",
        "email",
        "party_reference",
    } <= filled
    assert isinstance(found.records, pl.DataFrame)


def test_the_liable_may_stand_in_several_fields(tmp_path: Path) -> None:
    rows = "ref,one,two\n1,MR J SMITH,MRS A SMITH\n2,MISS C JONES,\n"
    columns: dict[str, str | list[str]] = {"account_reference": "ref", "liable_parties": ["one", "two"]}
    records = read(written(tmp_path, rows), columns).records
    assert records.select("record", "forename").rows() == [("1", "J"), ("1", "A"), ("2", "C")]
