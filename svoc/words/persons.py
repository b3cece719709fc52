"""The golden record: one row for each person, every fact with where it came from."""

import polars as pl

__all__ = ["FACTS", "FORWARDS", "MEMBERS", "PERSONS"]

FACTS: dict[str, pl.DataType] = {
    "title": pl.String(),
    "forename": pl.String(),
    "middle_names": pl.String(),
    "surname": pl.String(),
    "previous_surname": pl.String(),
    "dob": pl.Date(),
    "address": pl.String(),
    "postcode": pl.String(),
    "uprn": pl.Int64(),
    "phone": pl.String(),
    "email": pl.String(),
    "deceased": pl.Boolean(),
    "died": pl.Date(),
}
"""The golden facts of a person, each chosen by a named rule from a member record."""

PERSONS: dict[str, pl.DataType] = {
    "person": pl.String(),  # the identifier, as 7F3K-92QD-M
    **FACTS,
    "records": pl.Int32(),  # how many mentions stand behind it
    "provenance": pl.String(),  # JSON: fact -> {mention, source, since, rule}
}
"""Columns and dtypes of the golden persons of one lane, sorted by person."""

MEMBERS: dict[str, pl.DataType] = {"mention": pl.String(), "person": pl.String()}
"""Who is who: each live mention belongs to exactly one person of a lane."""

FORWARDS: dict[str, pl.DataType] = {"retired": pl.String(), "current": pl.String()}
"""Retired identifiers and the person that each leads to, in one hop; null where nobody is left (a tombstone)."""
