"""Writes an invented town: as AddressBase Premium for a gazetteer, as plain text for a tool that wants text."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from benchmarks.hard_cases.model import Delivery, Line, Place, Town

DATE = "2026-10-01"
_NUMBERED = re.compile(r"\d+")


def write_addressbase(town: Town, file: Path) -> None:
    """Writes the town as an AddressBase Premium version 2 file of mixed records."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows(_records(town))


def _records(town: Town) -> Iterator[list[object]]:
    dates = ["2001-01-01", "", DATE, "2001-01-01"]
    yield ["10", "INVENTED", 9999, DATE, 1, DATE, "12:00:00", "2.0", "F"]
    seen: set[tuple[int, str]] = set()
    order = 0
    for place in town.places.values():
        for line in place.lines:
            street = line.street
            names = {"ENG": street.name, "CYM": street.welsh, "GAE": street.gaelic}
            for language, name in names.items():
                if name and (street.usrn, language) not in seen:
                    if not any(usrn == street.usrn for usrn, _ in seen):
                        yield [
                            "11",
                            "I",
                            order,
                            street.usrn,
                            1,
                            9999,
                            2,
                            "",
                            1,
                            8,
                            0,
                            "2001-01-01",
                            "",
                            DATE,
                            "2001-01-01",
                            300000,
                            200000,
                            51.5,
                            -3.5,
                            300100,
                            200100,
                            51.5,
                            -3.5,
                            10,
                        ]
                    seen.add((street.usrn, language))
                    yield [
                        "15",
                        "I",
                        order,
                        street.usrn,
                        name,
                        street.locality,
                        street.town,
                        "INVENTED",
                        language,
                        *dates,
                    ]
    for order, place in enumerate(town.places.values(), 1):
        yield from _place(order, place, dates)
    yield ["99", 0, order, DATE, "12:00:00"]


def _place(order: int, place: Place, dates: list[str]) -> Iterator[list[object]]:
    uprn, end = place.uprn, "2019-01-01" if place.status == 8 else ""
    yield [
        "21",
        "I",
        order,
        uprn,
        place.status,
        place.state,
        "",
        place.parent or "",
        300000.0 + order % 1000,
        200000.0,
        51.5,
        -3.5,
        1,
        9999,
        "E",
        "2001-01-01",
        end,
        DATE,
        "2001-01-01",
        "D" if place.delivery else "N",
        place.postcode,
        0,
    ]
    for at, line in enumerate(place.lines):
        closed = "2019-01-01" if line.status == 8 else ""
        yield [
            "24",
            "I",
            order,
            uprn,
            f"9999L{uprn % 10**8:08d}{at}",
            line.language,
            line.status,
            "2001-01-01",
            closed,
            DATE,
            "2001-01-01",
            *_numbers(line.sao),
            line.sao_text,
            *_numbers(line.pao),
            line.pao_text,
            line.street.usrn,
            1,
            "",
            "",
            "Y",
        ]
    if place.delivery:
        yield _delivery(order, place, place.delivery, dates)
    for heir in place.successors:
        yield ["30", "I", order, uprn, f"9999S{uprn % 10**9:09d}", *dates, heir]
    if place.organisation:
        yield ["31", "I", order, uprn, f"9999O{uprn % 10**9:09d}", place.organisation, "", *dates]
    yield [
        "32",
        "I",
        order,
        uprn,
        f"9999C{uprn % 10**9:09d}",
        place.class_code,
        "AddressBase Premium Classification Scheme",
        1.0,
        *dates,
    ]


def _numbers(numbers: tuple[int | None, str, int | None, str]) -> list[object]:
    return ["" if part is None else part for part in numbers]


def _delivery(order: int, place: Place, point: Delivery, dates: list[str]) -> list[object]:
    plain = _NUMBERED.fullmatch(point.number)
    # 12A and 4-6 are a building's name to Royal Mail.
    name = (
        point.building_name
        if plain or not point.number
        else ", ".join(filter(None, (point.building_name, point.number)))
    )
    welsh = place.line.street.welsh
    return [
        "28",
        "I",
        order,
        place.uprn,
        place.uprn % 10**8,
        point.organisation,
        "",
        point.sub_building,
        name,
        point.number if plain else "",
        "",
        point.street,
        "",
        point.locality,
        point.town,
        point.postcode,
        "S",
        "1A",
        "",
        welsh,
        "",
        "",
        "",
        "",
        DATE,
        *dates,
    ]


def canonical(town: Town) -> pl.DataFrame:
    """Gives every way of writing every property as text: the same facts as the AddressBase file.

    Columns: uprn Int64, source (LPI, DPA or ORG), status, address (without postcode) and postcode String.
    """
    rows = [row for place in town.places.values() for row in _texts(place)]
    schema = {"uprn": pl.Int64, "source": pl.String, "status": pl.Int64, "address": pl.String, "postcode": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(maintain_order=True)


def _texts(place: Place) -> Iterator[tuple[int, str, int, str, str]]:
    for line in place.lines:
        text = line_text(line)
        yield place.uprn, "LPI", line.status, text, place.postcode
        if place.organisation and line.pao_text != place.organisation:
            yield place.uprn, "ORG", line.status, f"{place.organisation}, {text}", place.postcode
    if point := place.delivery:
        street = f"{point.number} {point.street}".strip()
        parts = [point.organisation, point.sub_building, point.building_name, street, point.locality, point.town]
        yield place.uprn, "DPA", 1, ", ".join(part for part in parts if part), point.postcode
        if welsh := place.line.street.welsh:
            parts[3] = f"{point.number} {welsh}".strip()
            yield place.uprn, "DPA", 1, ", ".join(part for part in parts if part), point.postcode


def line_text(line: Line) -> str:
    """Writes a line as the product's own guide does: secondary, primary, street, locality, town."""
    street = line.street
    unit, building = line.unit, line.pao_text
    if unit and not line.sao_text and building:
        unit, building = "", f"{unit} {building}"  # 9 CHALTON COURT
    numbered = f"{line.number} {line.street_name}".strip()
    return ", ".join(part for part in (unit, building, numbered, street.locality, street.town) if part)
