"""Builds the small gazetteer of tests/cases/gazetteer.csv."""

import csv
import re
from functools import cache
from pathlib import Path

import polars as pl

from gazetteer import Gazetteer
from gazetteer.formats.base import ADDRESSES, CROSS_REFERENCES, PROPERTIES, STREETS, SUCCESSORS, Supply, Tables, conform

CASES = Path(__file__).parents[1] / "cases"
_NUMBER = re.compile(r"(\d+)([A-Z]?)(?:-(\d+)([A-Z]?))?")


def rows_of(name: str) -> list[dict[str, str]]:
    """Reads one file of cases."""
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


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
    """What a number column cannot hold goes into the text, as custodians do."""
    whole = " ".join(part for part in (text, number if number and not _NUMBER.fullmatch(number) else "") if part)
    return whole or None


def _address(at: int, row: dict[str, str]) -> dict[str, object]:
    return {
        "uprn": int(row["uprn"]),
        "key": f"L{at:05}",
        "origin": "lpi",
        "status": int(row["address_status"]),
        "language": row["language"],
        "organisation": row["organisation"] or None,
        "sao_text": _words(row["unit_text"], row["unit"]),
        "pao_text": _words(row["building"], row["number"]),
        "street": row["street"],
        "usrn": 800000 + sum(map(ord, row["street"])),
        "locality": row["locality"] or None,
        "town": row["town"],
        "postcode": row["postcode"],
        **_number(row["unit"], "sao"),
        **_number(row["number"], "pao"),
    }


def tables_of(rows: list[dict[str, str]]) -> Tables:
    """Makes the loader's tables of rows written as in tests/cases/gazetteer.csv."""
    schema = {**ADDRESSES}
    addresses = pl.DataFrame([_address(at, row) for at, row in enumerate(rows)], schema=schema)
    facts = [
        {
            "uprn": int(row["uprn"]),
            "status": int(row["status"]),
            "class_code": row["class"],
            "parent_uprn": int(row["parent"]) if row["parent"] else None,
            "postcode": row["postcode"],
        }
        for row in rows
    ]
    heirs = [{"uprn": int(row["uprn"]), "successor": int(row["successor"])} for row in rows if row["successor"]]
    references = [
        {"uprn": int(row["uprn"]), "source": "CT", "reference": row["reference"]} for row in rows if row["reference"]
    ]
    return Tables(
        properties=pl.DataFrame(facts, schema=PROPERTIES).unique("uprn").sort("uprn"),
        addresses=addresses.sort("uprn", "key"),
        streets=conform(
            addresses.select("usrn", "town", "locality", description="street").unique().sort("usrn"), STREETS
        ),
        cross_references=pl.DataFrame(references, schema=CROSS_REFERENCES),
        successors=pl.DataFrame(heirs, schema=SUCCESSORS),
        supply=Supply("cases", custodian=9999),
    )


@cache
def barchester() -> Gazetteer:
    """The gazetteer of the cases, built once."""
    return Gazetteer.from_tables(tables_of(rows_of("gazetteer")))
