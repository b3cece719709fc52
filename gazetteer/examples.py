"""Small gazetteers of invented towns, written as a person would: for examples, trials and tests."""

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from gazetteer.formats.base import (
    ADDRESSES,
    CROSS_REFERENCES,
    PROPERTIES,
    STREETS,
    SUCCESSORS,
    Supply,
    Tables,
    conform,
)
from gazetteer.index import Gazetteer

_NUMBER = re.compile(r"(\d+)([A-Z]?)(?:-(\d+)([A-Z]?))?")
_KING_STREET = """uprn,parent,class,unit_text,unit,building,number,street,town,postcode
12000,,RD04,,,,12,KING STREET,BARCHESTER,BA1 1AA
14000,,PP,,,,14,KING STREET,BARCHESTER,BA1 1AA
14001,14000,RD06,FLAT,1,,14,KING STREET,BARCHESTER,BA1 1AA
14002,14000,RD06,FLAT,2,,14,KING STREET,BARCHESTER,BA1 1AA
16000,,RD02,,,ROSE COTTAGE,,KING STREET,BARCHESTER,BA1 1AA"""


def barchester() -> Gazetteer:
    """Gives a gazetteer of a house, a building of two flats and a named cottage, all in one street."""
    return Gazetteer.from_tables(tables_of(csv.DictReader(_KING_STREET.splitlines())))


def town(file: str | Path) -> Gazetteer:
    """Reads a small gazetteer from a CSV file with the columns that `tables_of` names."""
    with Path(file).open(encoding="utf-8", newline="") as opened:
        return Gazetteer.from_tables(tables_of(csv.DictReader(opened)))


def tables_of(rows: Iterable[Mapping[str, str]]) -> Tables:
    """Makes a supplier's tables of rows, one for each way of writing a property.

    Columns: uprn, class, unit_text and unit (FLAT and 3A), building, number (12, 12A, 10-12), street, town, postcode;
    and, where wanted, parent, status, address_status, language, organisation, locality, successor, and reference (of
    source CT).
    """
    written = [dict(row) for row in rows]
    addresses = pl.DataFrame([_address(at, row) for at, row in enumerate(written)], schema=ADDRESSES)
    facts = pl.DataFrame([_facts(row) for row in written], schema=PROPERTIES)
    heirs = [{"uprn": int(row["uprn"]), "successor": int(row["successor"])} for row in written if row.get("successor")]
    told = [
        {"uprn": int(row["uprn"]), "source": "CT", "reference": row["reference"]}
        for row in written
        if row.get("reference")
    ]
    streets = (
        addresses.select("usrn", "town", "locality", description="street").unique().sort("usrn", "town", "locality")
    )
    return Tables(
        properties=facts.unique("uprn").sort("uprn"),
        addresses=addresses.sort("uprn", "key"),
        streets=conform(streets, STREETS),
        cross_references=pl.DataFrame(told, schema=CROSS_REFERENCES),
        successors=pl.DataFrame(heirs, schema=SUCCESSORS),
        supply=Supply("example"),
    )


def _facts(row: Mapping[str, str]) -> dict[str, object]:
    return {
        "uprn": int(row["uprn"]),
        "status": int(row.get("status") or 1),
        "class_code": row["class"] or None,
        "parent_uprn": int(row["parent"]) if row.get("parent") else None,
        "postcode": row["postcode"] or None,
    }


def _address(at: int, row: Mapping[str, str]) -> dict[str, object]:
    return {
        "uprn": int(row["uprn"]),
        "key": f"L{at:06}",
        "origin": "lpi",
        "status": int(row.get("address_status") or 1),
        "language": row.get("language") or "ENG",
        "organisation": row.get("organisation") or None,
        "sao_text": _words(row["unit_text"], row["unit"]),
        "pao_text": _words(row["building"], row["number"]),
        "street": row["street"] or None,
        "usrn": 800000 + sum(map(ord, row["street"] + row["town"])),
        "locality": row.get("locality") or None,
        "town": row["town"] or None,
        "postcode": row["postcode"] or None,
        **_number(row["unit"], "sao"),
        **_number(row["number"], "pao"),
    }


def _number(text: str, prefix: str) -> dict[str, object]:
    found = _NUMBER.fullmatch(text)
    if not found:
        return {}
    start, start_suffix, end, end_suffix = found.groups()
    return {
        f"{prefix}_start": int(start),
        f"{prefix}_start_suffix": start_suffix or None,
        f"{prefix}_end": int(end) if end else None,
        f"{prefix}_end_suffix": end_suffix or None,
    }


def _words(text: str, number: str) -> str | None:
    """What a number's columns cannot hold goes into the text, as custodians do."""
    odd = number if not _NUMBER.fullmatch(number) else ""
    return " ".join(part for part in (text, odd) if part) or None
