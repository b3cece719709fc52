"""svoc's own file of life events: what its schema allows is read, what it forbids is refused with one clear line."""

import csv
import json
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from svoc.errors import InputFaults
from svoc.sources.event_headings import EVENT_COLUMNS
from svoc.sources.life_events import LifeEvents, as_records, read_events
from svoc.sources.tables import fold_heading
from svoc.sources.told_once import REGISTERED_BY
from svoc.words.events import EventAction, EventKind, Evidence
from svoc.words.informants import INFORMANTS, InformantRole
from svoc.words.services import SERVICES

TODAY = date(2026, 11, 2)
CASES = Path(__file__).parents[2] / "cases"
SCHEMA = json.loads(files("svoc.defaults").joinpath("told_once.schema.json").read_text(encoding="utf-8"))
DEATH = {"kind": "death", "reference": "AB123C456DE7", "about": {"surname": "Marlow", "forenames": "Jane Ann"},
         "happened": "2026-10-20"}  # fmt: skip
INFORMANT = {"role": "informant", "title": "Mr", "forenames": "Thomas", "surname": "Marlow", "relationship": "son",
             "phone": "07700 900123", "may_be_contacted": True, "address": {"lines": ["2 Mill Lane"]}}  # fmt: skip


def cases() -> list[dict[str, str]]:
    with (CASES / "told_once.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def whole(*events: Any, **more: Any) -> dict[str, Any]:
    return {"format": "svoc-life-events", "version": 1, "events": list(events), **more}


def told(folder: Path, written: object) -> LifeEvents:
    file = folder / "told.json"
    file.write_text(written if isinstance(written, str) else json.dumps(written), encoding="utf-8")
    return read_events(file, today=TODAY)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_and_the_code_know_the_same_words() -> None:
    event, parts = SCHEMA["$defs"]["event"]["properties"], SCHEMA["$defs"]
    assert event["kind"]["enum"] == [kind.value for kind in EventKind]
    assert event["action"]["enum"] == [action.value for action in EventAction]
    assert event["evidence"]["enum"] == [each.value for each in Evidence]
    assert set(parts["registration"]["properties"]["source"]["enum"]) == set(REGISTERED_BY)
    assert parts["contact"]["properties"]["role"]["enum"] == [role.value for role in InformantRole]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["why"])
def test_what_the_schema_allows_is_taken_and_what_it_forbids_is_refused(tmp_path: Path, case: dict[str, str]) -> None:
    file = whole(json.loads(case["event"]))
    allowed = jsonschema.Draft202012Validator(SCHEMA).is_valid(file)
    found = told(tmp_path, whole(json.loads(case["event"]), DEATH))
    assert allowed == (case["expected"] == "taken")
    if allowed:
        assert (found.events.height, found.faults) == (2, ())
    else:
        (fault,) = [str(fault) for fault in found.faults]
        assert case["expected"] in fault
        assert found.events["surname"].to_list() == ["MARLOW"], "nothing is lost of the rest"


def test_a_death_in_full(tmp_path: Path) -> None:
    more = {"recorded_at": "2026-10-22T09:30:00", "services": ["council-tax", "library-services"], "adults_left": 1,
            "blue_badge": "BB1", "registration": {"source": "register", "number": "55"}}  # fmt: skip
    event = told(tmp_path, whole({**DEATH, **more})).events.row(0, named=True)
    assert (event["sender"], event["reference"]) == ("tell-us-once", "AB123C456DE7")
    assert (event["evidence"], event["verification"]) == ("registrar-notification", 3)
    assert (event["consents"], event["adults_left"], event["blue_badge"]) == (["council_tax", "libraries"], 1, "BB1")
    assert event["recorded_at"] == datetime.fromisoformat("2026-10-22T09:30:00")


def test_those_who_told_of_it_stand_apart_from_every_record(tmp_path: Path) -> None:
    found = told(tmp_path, whole({**DEATH, "contacts": [INFORMANT, {"role": "executor", "organisation": "Oak & Co"}]}))
    assert dict(found.informants.schema) == INFORMANTS
    assert found.informants.select("reference", "role", "surname", "organisation").rows() == [
        ("AB123C456DE7", "executor", None, "Oak & Co"), ("AB123C456DE7", "informant", "Marlow", None),
    ]  # fmt: skip
    records = as_records(found.events)
    assert "Thomas".casefold() not in records.write_json().casefold()
    assert "07700" not in found.events.write_json()


def test_informants_of_a_list_with_columns(tmp_path: Path) -> None:
    (tmp_path / "told.csv").write_text(
        "Reference,Surname,Forenames,Date of death,Informer first name,Informer last name,Informer relationship,"
        "Next of kin first name,Next of kin last name,Council tax,Library services\n"
        "1,MARLOW,Jane,20/10/2026,Thomas,Marlow,son,,,Yes,no\n"
    )
    found = read_events(tmp_path / "told.csv", today=TODAY)
    assert found.events["consents"].to_list() == [["council_tax"]]
    assert found.informants.select("role", "forenames", "surname", "relationship").rows() == [
        ("informant", "Thomas", "Marlow", "son")
    ]


def test_every_column_is_known_by_svocs_own_name_for_it(tmp_path: Path) -> None:
    plain = dict.fromkeys(EVENT_COLUMNS, "") | {"reference": "1", "surname": "OAK", "date": "2026-10-20"}
    services = {f"tell_{service}": "yes" for service in SERVICES}
    row = {**plain, "executor_organisation": "Oak & Co", "executor_phone": "01632 960001", **services}
    with (tmp_path / "told.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    found = read_events(tmp_path / "told.csv", today=TODAY)
    assert found.events.select("reference", "surname", "happened").row(0) == ("1", "OAK", date(2026, 10, 20))
    assert found.events["consents"].to_list() == [sorted(SERVICES)]
    assert found.informants.select("organisation", "phone").rows() == [("Oak & Co", "01632 960001")]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (whole(version=2), "version"), (whole(), "life events, found none"), (whole(DEATH, more=1), "expected one of"),
        ({**whole(DEATH), "version": "1"}, "a number"),
    ],
    ids=["another version", "no events", "another key", "a version in words"],
)  # fmt: skip
def test_a_file_that_this_version_does_not_know_is_refused_whole(tmp_path: Path, written: object, words: str) -> None:
    with pytest.raises(InputFaults, match=words):
        told(tmp_path, written)
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(written)


def names() -> list[dict[str, str]]:
    with (CASES / "tell_us_once_names.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_field_of_the_governments_prototype_is_taken_or_it_is_said_why_not(samples: Path) -> None:
    lines = (samples / "life_events" / "dwp_tell_us_once_variables.txt").read_text(encoding="utf-8").splitlines()
    there = {line.strip() for line in lines if line.strip() and not line.startswith("===")}
    said = {row["name"]: row for row in names()}
    assert there == set(said)
    assert all(row["why"] for row in said.values())


def test_the_fields_that_are_taken_are_known_by_their_names() -> None:
    known = {fold_heading(heading): name for name, headings in EVENT_COLUMNS.items() for heading in headings}
    assert {row["name"]: known.get(fold_heading(row["name"]), "") for row in names()} == {
        row["name"]: row["column"] for row in names()
    }


def test_a_day_in_three_columns_is_one_day(tmp_path: Path) -> None:
    (tmp_path / "told.csv").write_text(
        "registration-number,deceased-surname,date-of-death-day,date-of-death-month,date-of-death-year,council-tax,"
        "council-tax-18\nAB1,Marlow,20,10,2026,yes,1\nAB2,Oak,,10,2026,,\n"
    )
    events = read_events(tmp_path / "told.csv", today=TODAY).events
    assert events["happened_text"].to_list() == ["2026-10-20", "2026-10"]
    assert events.select("adults_left", "consents").row(0) == (1, ["council_tax"])
