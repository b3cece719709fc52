"""Lists with named columns: moves of some of a household, births with their parents, contact details, consents."""

from datetime import date
from pathlib import Path

import polars as pl

from svoc.sources.life_events import LifeEvents, as_records, read_events

TODAY = date(2026, 11, 2)


def listed(folder: Path, *rows: str) -> LifeEvents:
    path = folder / "told.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return read_events(path, today=TODAY)


def test_a_birth_is_about_the_parents_and_the_child_is_nobody_yet(tmp_path: Path) -> None:
    told = listed(
        tmp_path,
        "Event,Entry No,Forenames,Surname,Date of Birth,Mother,Father,Address 1,Postcode",
        'Birth,7,Ida,Marlow,30/10/2026,Jane Ann Pike,"MARLOW, Thomas",1 Mill Lane,ZZ1 1AA',
    )
    event = told.events.row(0, named=True)
    assert (event["forename"], event["surname"]) == ("JANE", "PIKE")
    assert (event["new_forename"], event["new_surname"], event["happened"]) == ("IDA", "MARLOW", date(2026, 10, 30))
    records = as_records(told.events)
    assert records.select("record", "party", "role", "forename", "middle_names", "surname", "dob").rows() == [
        ("registrar:7", 1, "parent", "JANE", "ANN", "PIKE", None),
        ("registrar:7", 2, "parent", "THOMAS", None, "MARLOW", None),
    ]
    assert set(records["address"]) == {"1 Mill Lane"}


def test_a_birth_without_a_parent_is_refused_with_its_line(tmp_path: Path) -> None:
    told = listed(tmp_path, "Event,Entry No,Forenames,Surname,Date", "Birth,7,Ida,Marlow,30/10/2026")
    assert [str(fault) for fault in told.faults] == [
        "told.csv, line 2, column parent: expected a parent's name beside the child's: a birth finds the parents"
    ]


def test_a_move_names_who_moves(tmp_path: Path) -> None:
    told = listed(
        tmp_path,
        "Event,Reference,Forenames,Surname,Date,Address 1,Postcode,New Address 1,New Postcode,Also moving",
        "Move,m1,Jane,Pike,01/11/2026,1 Mill Lane,ZZ1 1AA,9 High Street,ZZ1 1AB,Ida Pike; Tom Oak Marlow",
    )
    records = as_records(told.events)
    assert records.select("party", "role", "forename", "middle_names", "surname", "forwarding_postcode").rows() == [
        (1, "mover", "JANE", None, "PIKE", "ZZ1 1AB"),
        (2, "mover", "IDA", None, "PIKE", "ZZ1 1AB"),
        (3, "mover", "TOM", "OAK", "MARLOW", "ZZ1 1AB"),
    ]


def test_new_contact_details_are_the_first_ones_alone(tmp_path: Path) -> None:
    told = listed(
        tmp_path,
        "Event,Reference,Forenames,Surname,Date,Postcode,New phone,New email,Others",
        "Contact details,c1,Jane,Pike,01/11/2026,ZZ1 1AA,07700 900123,jane@example.org,Ida Pike",
    )
    assert as_records(told.events).select("role", "phone", "email").rows() == [
        ("contacted", "07700 900123", "jane@example.org"),
        ("contacted", None, None),
    ]


def test_consents_are_words_and_none_is_not_the_same_as_nothing_said(tmp_path: Path) -> None:
    told = listed(
        tmp_path,
        "Entry No,Surname,Forenames,Date of death,Services to tell,Over 18s now resident,Blue badge number",
        "1,PIKE,Jane,30/10/2026,Council Tax; Blue badge;libraries,1,BB1",
        "2,OAK,Una,30/10/2026,none,,",
        "3,ASH,Ian,30/10/2026,,,",
    )
    assert told.events["consents"].to_list() == [["blue_badge", "council_tax", "libraries"], [], None]
    assert told.events.select("adults_left", "blue_badge").row(0) == (1, "BB1")


def test_a_file_read_before_these_columns_came_is_known_again(tmp_path: Path) -> None:
    told = listed(tmp_path, "Entry No,Surname,Forenames,Date of Death", "12,MARLOW,Jane Ann,May 2026")
    assert told.events["event"].to_list() == ["0cc0b394d0ecc0c1a60d"]
    assert told.events.select(pl.col("consents", "others", "household").is_null().all()).row(0) == (True, True, True)
