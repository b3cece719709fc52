"""Writes Royal Mail's delivery points as addresses, in the terms of BS 7666 and in both languages."""

import datetime as dt

import polars as pl

from gazetteer.formats import shape

# Royal Mail writes "12A" and "4-6" as a building's name and leaves its number empty.
NUMBERED = r"^(\d{1,6}) ?([A-Z]?)(?: ?- ?(\d{1,6}) ?([A-Z]?))?$"
CURRENT, ENDED = 1, 8
# Our column, and Royal Mail's in Welsh and in English.
PLACES = {
    "dependent_street": "dependent_thoroughfare",
    "street": "thoroughfare",
    "town": "post_town",
}


def delivery_points(points: pl.DataFrame, date: dt.date | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Writes delivery points (28) as addresses: all of them in English, and again in Welsh those that have it.

    The key is the UDPRN. An organisation's department follows it after a comma, and so does a locality the smaller
    one within it. A delivery point that has ended by the date of the supply has status 8, else 1.
    """
    current = shape.is_current("end_date", date)
    common = points.with_columns(
        pl.col("udprn").alias("key"),
        pl.lit("dpa").alias("origin"),
        pl.when(current).then(CURRENT).otherwise(ENDED).alias("status"),
        pl.col("start_date").alias("start"),
        pl.col("end_date").alias("end"),
        listed("organisation_name", "department_name").alias("organisation"),
        pl.col("sub_building_name").alias("sao_text"),
    ).with_columns(_building())
    english = common.with_columns(
        pl.lit("ENG").alias("language"),
        listed("double_dependent_locality", "dependent_locality").alias("locality"),
        *(pl.col(theirs).alias(ours) for ours, theirs in PLACES.items()),
    )
    speaks = pl.any_horizontal(pl.col(f"welsh_{theirs}").is_not_null() for theirs in PLACES.values())
    welsh = common.filter(speaks).with_columns(
        pl.lit("CYM").alias("language"),
        listed(*(_welsh(name) for name in ("double_dependent_locality", "dependent_locality"))).alias("locality"),
        *(_welsh(theirs).alias(ours) for ours, theirs in PLACES.items()),
    )
    return english, welsh


def _welsh(name: str) -> pl.Expr:
    return pl.coalesce(f"welsh_{name}", name)


def _building() -> list[pl.Expr]:
    numbered = pl.col("building_number").is_null() & pl.col("building_name").str.contains(NUMBERED)
    inside = pl.when(numbered).then("building_name")
    first, *rest = number_parts(inside)
    box = pl.format("PO BOX {}", "po_box_number")
    name = pl.when(~numbered).then("building_name")
    return [pl.coalesce("building_number", first).alias("pao_start"), *rest, listed(name, box).alias("pao_text")]


def number_parts(text: pl.Expr) -> list[pl.Expr]:
    """Reads a number as "12A" or "4-6": pao_start Int32, pao_start_suffix, pao_end Int32, pao_end_suffix."""
    group = [text.str.extract(NUMBERED, i) for i in range(1, 5)]
    return [
        group[0].cast(pl.Int32).alias("pao_start"),
        _filled(group[1]).alias("pao_start_suffix"),
        group[2].cast(pl.Int32).alias("pao_end"),
        _filled(group[3]).alias("pao_end_suffix"),
    ]


def premises(sub_building: str, name: str, number: str, box: str) -> list[pl.Expr]:
    """Writes premises whose number is text: sao_text, the parts of the number, and pao_text.

    What the number's columns cannot hold ("12 AND 14") stands in pao_text, as custodians write it.
    """
    whole = pl.col(number).str.to_uppercase()
    odd = pl.when(~whole.str.contains(NUMBERED)).then(whole)
    numbered = whole.is_null() & pl.col(name).str.contains(NUMBERED)
    inside = pl.when(numbered).then(name).otherwise(whole)
    written = listed(pl.when(~numbered).then(name), odd, pl.format("PO BOX {}", box))
    return [pl.col(sub_building).alias("sao_text"), *number_parts(inside), written.alias("pao_text")]


def _filled(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def listed(*parts: str | pl.Expr) -> pl.Expr:
    """Puts the parts that say something after one another, with commas between."""
    return _filled(pl.concat_str(parts, separator=", ", ignore_nulls=True))
