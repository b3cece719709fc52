"""Life events: GRO XML, GOV.UK JSON, registrars' lists; corrections, retractions and bad neighbours."""

import csv
import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.errors import InputFaults, SettingsError
from svoc.settings import SourceSettings
from svoc.sources.gro_xml import UPDATE_REASONS
from svoc.sources.life_events import LIFE_EVENTS_SOURCE, LifeEvents, as_records, in_force, read_events
from svoc.sources.partial_dates import PartialDate, read_partial
from svoc.words.events import EVIDENCE, LIFE_EVENTS, Evidence, Precision
from svoc.words.records import RECORDS

CASES = Path(__file__).parents[2] / "cases"
TODAY = date(2026, 11, 2)
GRO = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<DeathRegistrationGroup xmlns="http://www.ons.gov.uk/gro/OGDDeathExtractDWP"'
    ' xmlns:p="http://www.govtalk.gov.uk/people/PersonDescriptives"'
    ' xmlns:a="http://www.ons.gov.uk/gro/people/GROAddressDescriptives"'
    ' xmlns:n="http://www.ons.gov.uk/gro/people/GROPersonDescriptives">'
)
DIED = "<DeceasedDeathDate><p:PersonDeathDate>2026-10-20</p:PersonDeathDate></DeceasedDeathDate>"
GIVEN, FAMILY = "<n:PersonGivenName>Jane</n:PersonGivenName>", "<n:PersonFamilyName>MARLOW</n:PersonFamilyName>"
NAME = f"<DeceasedName>{GIVEN}{FAMILY}</DeceasedName>"
THIRTEENTH = "<PartialMonthOfDeath>13</PartialMonthOfDeath><PartialYearOfDeath>2020</PartialYearOfDeath>"
LEVEL_SEVEN = "<p:VerificationLevel>07</p:VerificationLevel></DeceasedDeathDate>"
LOCKED = "<RecordLockedDateTime>2026-10-22T09:30:00</RecordLockedDateTime>"


def cases(name: str) -> list[dict[str, str]]:
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def registration(
    reference: str = "501", *, name: str = NAME, died: str = DIED, when: str = LOCKED, more: str = ""
) -> str:
    number = f"<RegistrationID>{reference}</RegistrationID>" if reference else ""
    return f"\n<DeathRegistration>{number}{when}{name}{more}{died}</DeathRegistration>"


def updated(reference: str, reason: int, day: str = "2026-10-25", **more: str) -> str:
    when = (
        f"<RecordUpdateDateTime>{day}T09:30:00</RecordUpdateDateTime><RecordUpdateReason>{reason}</RecordUpdateReason>"
    )
    return registration(reference, when=when, **more)


def gro(folder: Path, *registrations: str, count: int | None = None) -> LifeEvents:
    path = folder / "deaths.xml"
    total = len(registrations) if count is None else count
    body = "".join(registrations) + f"<RecordCount>{total}</RecordCount>\n</DeathRegistrationGroup>"
    path.write_text(GRO + body, encoding="utf-8")
    return read_events(path, today=TODAY)


def listed(folder: Path, *rows: str, columns: dict[str, str] | None = None) -> LifeEvents:
    path = folder / "registrar.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return read_events(path, columns, today=TODAY)


def token(kind: str = "deathRegistered", **more: Any) -> dict[str, Any]:
    names = [("GivenName", "Jane"), ("GivenName", "Ann"), ("FamilyName", "Marlow")]
    subject = {
        "name": [{"nameParts": [{"type": part, "value": value} for part, value in names]}],
        "birthDate": [{"value": "1951-04-03"}],
        "address": [
            {"subBuildingName": "Flat 2", "buildingNumber": "14", "streetName": "High Street"}
            | {"addressLocality": "Barchester", "postalCode": "zz1 1aa", "uprn": 100_000_000_001}
        ],
    }
    body = {"deathRegistrationID": 501, "deathDate": {"value": "2026-10-20"}, "subject": subject, **more}
    return {"jti": "t-1", "iat": 1_792_000_000, "events": {f"https://vocab.account.gov.uk/v1/{kind}": body}}


def govuk(folder: Path, written: str) -> LifeEvents:
    path = folder / "deaths.json"
    path.write_text(written, encoding="utf-8")
    return read_events(path, today=TODAY)


def one(told: LifeEvents) -> dict[str, Any]:
    assert told.faults == ()
    assert told.events.height == 1
    return told.events.row(0, named=True)


# --- samples of the real format


def samples() -> Iterator[Path]:
    folder = os.environ.get("SVOC_SAMPLES")
    if not folder:
        pytest.skip("SVOC_SAMPLES is not set: it names the folder with samples of real formats")
    return iter(sorted((Path(folder) / "life_events").glob("*.xml")))


def test_every_sample_of_the_real_extract_loads() -> None:
    told = {path.name: read_events(path, today=TODAY) for path in samples()}
    assert sum(each.events.height for each in told.values()) == 73
    assert all(each.faults == () for each in told.values())
    assert told["updatedRecords.xml"].counts["retracted"] == 1


def test_the_samples_keep_partial_dates_free_text_and_foreign_letters() -> None:
    events = pl.concat([read_events(path, today=TODAY).events for path in samples()])
    assert set(events["happened_precision"]) == {"day", "month", "year"}
    assert events["happened_text"].str.contains("Qualifier text").any()
    assert {"SCHRODINGER", "ALTUG"} <= set(events["surname"].drop_nulls())
    assert events["name"].str.contains("SCHRÖDINGER").any()
    assert events["previous_surnames"].list.len().max() == 5
    assert "CLARISSA DE BASTIANI" in set(events["aliases"].explode().drop_nulls())
    assert events.filter(pl.col("happened").is_null())["happened_earliest"].null_count() == 0


# --- the General Register Office's XML


def test_a_registration_in_full(tmp_path: Path) -> None:
    more = (
        "<DeceasedAliasName><n:PersonGivenName>Jenny</n:PersonGivenName><n:PersonFamilyName>Pike</n:PersonFamilyName>"
        "</DeceasedAliasName><DeceasedMaidenName>ØDEGÅRD</DeceasedMaidenName>"
        "<DeceasedBirthDate><p:PersonBirthDate>1951-04-03</p:PersonBirthDate></DeceasedBirthDate><DeceasedAddress>"
        "<a:Flat>2</a:Flat><a:Building>Mill House</a:Building><a:Line>14 High Street</a:Line>"
        "<a:Line>Barchester</a:Line>"
        "<a:Postcode>ZZ1 1AA</a:Postcode></DeceasedAddress>"
    )
    event = one(gro(tmp_path, registration(more=more)))
    wanted = {
        "kind": "death",
        "action": "asserted",
        "sender": "gro",
        "reference": "501",
        "recorded_at": datetime(2026, 10, 22, 9, 30),  # noqa: DTZ001
        "verification": 3,
        "evidence": "gro-notification",
        "surname": "MARLOW",
        "forename": "JANE",
        "previous_surnames": ["ODEGARD"],
        "aliases": ["JENNY PIKE"],
        "dob": date(1951, 4, 3),
        "address": "FLAT 2, Mill House, 14 High Street, Barchester",
        "postcode": "ZZ1 1AA",
        "happened": date(2026, 10, 20),
        "happened_precision": "day",
    }
    assert {name: event[name] for name in wanted} == wanted
    assert event["line"] == 3


@pytest.mark.parametrize(("code", "reason"), sorted(UPDATE_REASONS.items()))
def test_update_reasons(tmp_path: Path, code: str, reason: tuple[str, str]) -> None:
    event = one(gro(tmp_path, updated("501", int(code))))
    assert (event["update_reason"], event["action"]) == (reason[0], str(reason[1]))


def test_an_update_reason_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    told = gro(tmp_path, updated("501", 6), registration("502"))
    assert told.events["reference"].to_list() == ["502"]
    assert [(f.line, f.column) for f in told.faults] == [(3, "RecordUpdateReason")]
    assert told.counts["refused"] == 1


@pytest.mark.parametrize(
    ("died", "precision", "text", "earliest", "latest"),
    [
        ("<PartialMonthOfDeath>2</PartialMonthOfDeath><PartialYearOfDeath>2024</PartialYearOfDeath>",
         "month", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("<PartialYearOfDeath>2024</PartialYearOfDeath><QualifierText>in spring</QualifierText>",
         "year", "2024 (in spring)", date(2024, 1, 1), date(2024, 12, 31)),
        ("<FreeFormatDeathDate>some time in the war</FreeFormatDeathDate>", "text", "some time in the war", None, None),
        ("", None, None, None, None),
    ],
)  # fmt: skip
def test_partial_dates_of_death(
    tmp_path: Path, died: str, precision: str, text: str, earliest: date, latest: date
) -> None:
    event = one(gro(tmp_path, registration(died=died)))
    assert (event["happened"], event["happened_precision"], event["happened_text"]) == (None, precision, text)
    assert (event["happened_earliest"], event["happened_latest"]) == (earliest, latest)


def test_a_death_without_any_date_is_taken_and_doubted(tmp_path: Path) -> None:
    told = gro(tmp_path, registration(died=""))
    assert [w.column for w in told.warnings] == ["date of the event"]


def test_a_death_before_the_birth_is_taken_and_doubted(tmp_path: Path) -> None:
    born = "<DeceasedBirthDate><p:PersonBirthDate>2026-10-21</p:PersonBirthDate></DeceasedBirthDate>"
    told = gro(tmp_path, registration(more=born))
    assert told.events.height == 1
    assert [w.column for w in told.warnings] == ["date of birth"]


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (registration("", ), "RegistrationID"),
        (registration("9", name=""), "surname"),
        (registration("9", died=DIED.replace("2026-10-20", "2026-02-30")), "PersonDeathDate"),
        (registration("9", died=THIRTEENTH), "PartialYearOfDeath"),
        (registration("9", died=DIED.replace("2026-10-20", "2026-11-03")), "date of the event"),
        (registration("9", died=DIED.replace("</DeceasedDeathDate>", LEVEL_SEVEN)), "verification level"),
        (registration("9", when="<RecordLockedDateTime>yesterday</RecordLockedDateTime>"), "RecordUpdateDateTime"),
    ],
    ids=lambda v: v if not str(v).startswith("\n") else "",
)  # fmt: skip
def test_a_bad_event_takes_nothing_from_the_rest(tmp_path: Path, bad: str, column: str) -> None:
    told = gro(tmp_path, registration("1"), bad, registration("2"))
    assert told.events["reference"].to_list() == ["1", "2"]
    assert [(f.line, f.column) for f in told.faults] == [(4, column)]
    assert "MARLOW" not in " ".join(map(str, told.faults))


def test_all_faults_of_a_file_are_told_together(tmp_path: Path) -> None:
    told = gro(tmp_path, registration(""), updated("2", 9), registration("3"), count=4)
    assert [(f.line, f.column) for f in told.faults] == [
        (None, "RecordCount"),
        (3, "RegistrationID"),
        (4, "RecordUpdateReason"),
    ]
    assert told.events["reference"].to_list() == ["3"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE, "<!DOCTYPE DeathRegistrationGroup>"])
def test_entities_and_document_types_are_refused(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "deaths.xml"
    head, _, tail = GRO.partition("\n")
    name = NAME.replace("MARLOW", "&a;") if "ENTITY" in declared else NAME
    path.write_text(f"{head}\n{declared}\n{tail}{registration(name=name)}</DeathRegistrationGroup>", encoding="utf-8")
    with pytest.raises(InputFaults, match="without document type and entities"):
        read_events(path, today=TODAY)


@pytest.mark.parametrize("cut", [40, 400, 700])
def test_a_file_cut_short_is_refused_whole(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "deaths.xml"
    path.write_text((GRO + registration("1") + registration("2"))[:-cut], encoding="utf-8")
    with pytest.raises(InputFaults, match="well-formed XML"):
        read_events(path, today=TODAY)


def test_another_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deaths.xml"
    path.write_text("<html><body/></html>", encoding="utf-8")
    with pytest.raises(InputFaults, match="DeathRegistrationGroup"):
        read_events(path, today=TODAY)


# --- what is in force, and as records


def test_a_correction_replaces_and_a_cancellation_takes_back(tmp_path: Path) -> None:
    corrected = updated("1", 3, name=NAME.replace("Jane", "Janet"))
    told = gro(tmp_path, registration("1"), corrected, registration("2"), updated("2", 4), registration("3"))
    assert told.events.height == 5
    standing = in_force(told.events)
    assert standing.select("reference", "action", "forename").rows() == [
        ("1", "corrected", "JANET"),
        ("2", "retracted", "JANE"),
        ("3", "asserted", "JANE"),
    ]
    assert as_records(told.events)["record"].to_list() == ["gro:1", "gro:3"]


def test_without_times_a_correction_of_a_later_file_outweighs_what_it_corrects(tmp_path: Path) -> None:
    header = "Entry No,Status,Surname,Forename,Date of Death"
    first = listed(tmp_path, header, "1,,Reed,Una,01/10/2026", "2,,Marlow,Jane,01/10/2026", "3,,Pike,Ida,01/10/2026")
    second = listed(tmp_path, header, "2,Amended,Marlow,Janet,01/10/2026", "3,Cancelled,Pike,Ida,01/10/2026")
    for both in ([first.events, second.events], [second.events, first.events]):
        standing = in_force(pl.concat(both))
        assert standing["forename"].to_list() == ["UNA", "JANET", "IDA"]
        assert standing["action"].to_list() == ["asserted", "corrected", "retracted"]


def test_a_cancellation_that_is_removed_makes_the_claim_again(tmp_path: Path) -> None:
    told = gro(tmp_path, registration("1"), updated("1", 4), updated("1", 5, "2026-10-27"))
    assert in_force(told.events)["action"].to_list() == ["asserted"]


@given(st.permutations(range(4)))
@settings(deadline=None, max_examples=10)
def test_the_order_in_the_file_does_not_matter(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    said = [registration("1"), updated("1", 4), updated("1", 5, "2026-10-27"), registration("2")]
    folder = tmp_path_factory.mktemp("order")
    shuffled, straight = gro(folder, *(said[n] for n in order)), gro(folder, *said)
    assert as_records(shuffled.events).drop("line").equals(as_records(straight.events).drop("line"))
    assert set(shuffled.events["event"]) == set(straight.events["event"])


def test_a_file_read_twice_says_the_same(tmp_path: Path) -> None:
    first, second = (
        gro(tmp_path, registration("1"), registration("2")),
        gro(tmp_path, registration("2"), registration("1")),
    )
    assert sorted(first.events["event"]) == sorted(second.events["event"])


def test_a_statement_repeated_counts_once_and_two_references_twice(tmp_path: Path) -> None:
    told = gro(tmp_path, registration("1"), registration("1"), registration("2"))
    assert (told.events.height, told.counts["repeated"]) == (2, 1)


def test_a_death_as_a_record(tmp_path: Path) -> None:
    records = as_records(gro(tmp_path, registration("1")).events)
    assert dict(records.schema) == RECORDS
    row = records.row(0, named=True)
    wanted = {
        "source": "life_events",
        "role": "deceased",
        "kind": "person",
        "deceased": True,
        "died": date(2026, 10, 20),
    }
    assert {name: row[name] for name in wanted} == wanted


def test_as_a_source_a_cancelled_death_is_withdrawn(tmp_path: Path) -> None:
    gro(tmp_path, registration("1"), updated("1", 4), registration("2"))
    source = SourceSettings(name="deaths", kind="life_events")
    extract = LIFE_EVENTS_SOURCE.layouts["columns"].read(source, tmp_path / "deaths.xml")
    assert extract.mode == "update"
    assert extract.records["record"].to_list() == ["gro:2"]
    assert extract.withdrawn["record"].to_list() == ["gro:1"]
    assert extract.content_date == date(2026, 10, 25)


def test_as_a_source_a_bad_event_is_a_fault(tmp_path: Path) -> None:
    gro(tmp_path, registration(""), registration("2"))
    with pytest.raises(InputFaults, match="RegistrationID"):
        LIFE_EVENTS_SOURCE.layouts["columns"].read(
            SourceSettings(name="deaths", kind="life_events"), tmp_path / "deaths.xml"
        )


# --- GOV.UK life events


def test_a_govuk_event_in_full(tmp_path: Path) -> None:
    event = one(govuk(tmp_path, json.dumps(token())))
    wanted = {
        "sender": "govuk",
        "reference": "501",
        "action": "asserted",
        "surname": "MARLOW",
        "forename": "JANE",
        "middle_names": "ANN",
        "dob": date(1951, 4, 3),
        "happened": date(2026, 10, 20),
        "address": "Flat 2, 14 High Street, Barchester",
        "postcode": "ZZ1 1AA",
        "supplied_uprn": 100_000_000_001,
        "verification": 3,
    }
    assert {name: event[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("reason", "action"),
    [
        ("cancelled", "retracted"),
        ("CANCELLATION_REMOVED", "asserted"),
        ("typographical", "corrected"),
        (4, "retracted"),
    ],
)
def test_a_govuk_update(tmp_path: Path, reason: object, action: str) -> None:
    updated_ = token("deathRegistrationUpdated", deathRegistrationUpdateReason=reason)
    assert one(govuk(tmp_path, json.dumps(updated_)))["action"] == action


def test_one_event_a_line_and_a_bad_line_takes_nothing_from_the_rest(tmp_path: Path) -> None:
    lines = [json.dumps(token()), "{not json", json.dumps(token(deathRegistrationID=502)), json.dumps(token("birth"))]
    told = govuk(tmp_path, "\n".join(lines))
    assert told.events["reference"].to_list() == ["501", "502"]
    assert [(f.line, f.column) for f in told.faults] == [(2, None), (4, "events")]


def test_a_list_of_events_and_partial_dates(tmp_path: Path) -> None:
    tokens = [token(), token(deathRegistrationID="urn:fdc:gro.gov.uk:2023:death:777", deathDate={"value": "2026-05"})]
    events = govuk(tmp_path, json.dumps(tokens)).events
    assert events.select("reference", "happened_text").rows() == [("501", "2026-10-20"), ("777", "2026-05")]


@pytest.mark.parametrize("written", ["[]", "{}", '{"events": 5}', "{{{", "[1, 2]", '[{"events": {"x": []}}]'])
def test_json_that_holds_no_event_is_told_not_raised_through(tmp_path: Path, written: str) -> None:
    try:
        told = govuk(tmp_path, written)
    except InputFaults:
        return
    assert told.events.is_empty()
    assert told.faults


# --- registrars' lists


@pytest.mark.parametrize("case", cases("life_event_columns"), ids=lambda c: f"{c['heading']}: {c['why']}")
def test_well_known_headings(tmp_path: Path, case: dict[str, str]) -> None:
    others = {"Surname": "Marlow", "Forename": "Jane", "Reference": "R7", "Date": "01/05/2026"}
    if case["column"] in ("happened", "happened_latest"):
        del others["Date"]
    if case["column"] == "reference":
        del others["Reference"]
    row = {**others, case["heading"]: case["value"]}
    path = tmp_path / "registrar.csv"
    pl.DataFrame([row]).write_csv(path)
    value = one(read_events(path, today=TODAY))[case["column"]]
    assert ("|".join(value) if isinstance(value, list) else str(value)) == case["expected"]


def test_columns_by_mapping(tmp_path: Path) -> None:
    mapping = {"surname": "Nachname", "forenames": "Vornamen", "date": "Tag", "reference": "Nr"}
    told = listed(tmp_path, "Nr;Nachname;Vornamen;Tag", "7;MÜLLER;Jan Otto;03.05.2026", columns=mapping)
    event = one(told)
    assert (event["surname"], event["forename"], event["middle_names"]) == ("MULLER", "JAN", "OTTO")
    assert event["happened"] == date(2026, 5, 3)


def test_a_move_and_a_new_name_as_records(tmp_path: Path) -> None:
    told = listed(
        tmp_path,
        "Event,Entry No,Forenames,Surname,Date of Event,Address 1,Postcode,New Surname,New Address 1,New Postcode",
        "Change of address,1,Jane,Marlow,01/10/2026,1 Mill Lane,ZZ1 1AA,,9 High Street,ZZ1 1AB",
        "Change of name,2,Una,Pike,02/10/2026,2 Mill Lane,ZZ1 1AA,Reed,,",
    )
    move, name = as_records(told.events).rows(named=True)
    assert (move["role"], move["until"], move["deceased"]) == ("mover", date(2026, 10, 1), None)
    assert (move["address"], move["forwarding_address"]) == ("1 Mill Lane", "9 High Street")
    assert move["forwarding_postcode"] == "ZZ1 1AB"
    assert (name["role"], name["surname"], name["previous_surname"]) == ("renamed", "REED", "PIKE")


def test_names_in_one_field(tmp_path: Path) -> None:
    told = listed(
        tmp_path,
        "Ref,Name,Date",
        '1,"MARLOW, Jane Ann",01/10/2026',
        "2,Una PIKE,01/10/2026",
        columns={"reference": "Ref"},
    )
    assert told.events.select("surname", "forename", "middle_names").rows() == [
        ("MARLOW", "JANE", "ANN"),
        ("PIKE", "UNA", None),
    ]


def test_an_american_date_stays_words_and_is_doubted(tmp_path: Path) -> None:
    told = listed(tmp_path, "Entry No,Surname,Date of Death", "1,Marlow,05/13/2026")
    assert told.events["happened_precision"].to_list() == ["text"]
    assert [(w.line, w.column) for w in told.warnings] == [(2, "Date of Death")]
    assert "05/13" not in str(told.warnings[0])


def test_a_list_says_all_that_is_wrong_and_keeps_the_rest(tmp_path: Path) -> None:
    told = listed(
        tmp_path,
        "Entry No,Event,Status,Surname,Date of Death",
        "1,Death,,Marlow,01/10/2026",
        "2,Deaht,,Pike,01/10/2026",
        "3,Death,,,01/10/2026",
        ",Death,Cancelled,Reed,01/10/2026",
        "5,Death,,Sedge,01/10/2027",
    )
    assert told.events["surname"].to_list() == ["MARLOW"]
    assert [(f.line, f.column) for f in told.faults] == [
        (3, "Event"),
        (4, "surname"),
        (5, "reference"),
        (6, "date of the event"),
    ]
    assert told.faults[0].nearest == "death"
    assert "Deaht" not in str(told.faults[0])


def test_a_mapping_to_a_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="did you mean Surname"):
        listed(tmp_path, "Entry No,Surname", "1,Marlow", columns={"surname": "Surnam"})


def test_a_mapping_of_a_name_that_svoc_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="did you mean surname"):
        listed(tmp_path, "Entry No,Surname", "1,Marlow", columns={"surnam": "Surname"})


def test_a_list_without_names_is_not_a_list_of_events(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="a column surname, name or person"):
        listed(tmp_path, "Colour,Size", "blue,3")


def test_a_list_without_a_header_is_refused_without_telling_whom_it_lists(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        listed(tmp_path, "1,Whisperton,Hester,01/10/2026", "2,Pike,Una,01/10/2026")
    assert "Whisperton" not in str(told.value)


@pytest.mark.parametrize(
    "written", [b"", b"x", b"\xef\xbb\xbf", b"<a>", b"a,b\n\0,1\n", bytes(range(256)), b"[" * 50_000]
)
def test_whatever_a_file_holds_the_answer_is_a_message(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "events.dat"
    path.write_bytes(written)
    with pytest.raises((InputFaults, SettingsError)):
        read_events(path, today=TODAY)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        read_events(tmp_path / "deaths.xml", today=TODAY)


# --- dates and words


@pytest.mark.parametrize("case", cases("life_event_dates"), ids=lambda c: c["why"])
def test_dates(case: dict[str, str]) -> None:
    found = read_partial(case["written"])
    told = [found.text, found.precision, found.earliest, found.latest]
    assert ["" if value is None else str(value) for value in told] == [
        case[name] for name in ("text", "precision", "earliest", "latest")
    ]


@given(st.dates(date(1850, 1, 1), date(2100, 1, 1)))
@settings(deadline=None, max_examples=60)
def test_every_day_is_read_back_in_every_form(day: date) -> None:
    forms = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d-%b-%Y")
    assert {read_partial(day.strftime(form)).value for form in forms} == {day}


@given(st.integers(1850, 2100), st.one_of(st.none(), st.integers(1, 12)))
@settings(deadline=None, max_examples=60)
def test_a_partial_date_spans_what_it_leaves_open(year: int, month: int | None) -> None:
    found = PartialDate(year, month)
    assert found.earliest is not None
    assert found.latest is not None
    days = (found.latest - found.earliest).days + 1
    assert days in ((365, 366) if month is None else (28, 29, 30, 31))
    assert read_partial(found.text) == found


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=100)
def test_no_text_breaks_the_reading_of_dates(written: str) -> None:
    found = read_partial(written)
    assert (found.precision is None) == (not written.split())
    assert (found.precision is Precision.TEXT) == (found.value is None and found.year is None and bool(written.split()))


def test_every_kind_of_evidence_has_a_level() -> None:
    assert set(EVIDENCE) == set(Evidence)
    assert set(EVIDENCE.values()) == {0, 1, 2, 3}


def test_events_have_the_columns_that_are_promised(tmp_path: Path) -> None:
    assert dict(gro(tmp_path, registration()).events.schema) == LIFE_EVENTS


def test_xml_that_is_nested_deeper_than_any_extract_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "deaths.xml"
    nested = "\n".join("<Line>" for _ in range(100_000))
    path.write_text(f"{GRO}{nested}", encoding="utf-8")
    with pytest.raises(InputFaults, match=r"deaths.xml, line \d+: expected at most 30 elements within each other"):
        read_events(path, today=TODAY)


@pytest.mark.parametrize("long", ["MARLOW" * 2_000, "<!-- -->MARLOW" * 2_000], ids=["in one piece", "in many"])
def test_a_text_of_xml_that_is_too_long_is_refused_with_its_line(tmp_path: Path, long: str) -> None:
    path = tmp_path / "deaths.xml"
    name = NAME.replace("MARLOW", long)
    path.write_text(f"{GRO}{registration(name=name)}</DeathRegistrationGroup>", encoding="utf-8")
    with pytest.raises(InputFaults, match=r"deaths.xml, line \d+: expected at most 10,000 letters in one element"):
        read_events(path, today=TODAY)
