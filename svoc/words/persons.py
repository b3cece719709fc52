"""The golden record: one row for each person, every fact with where it came from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

import polars as pl

__all__ = ["FACTS", "FORWARDS", "MEMBERS", "PERSONS", "Person"]

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


@dataclass(frozen=True, slots=True)
class Person:
    """One golden record as a single value; `id` is the identifier, `provenance` says where each fact comes from."""

    id: str
    title: str | None = None
    forename: str | None = None
    middle_names: str | None = None
    surname: str | None = None
    previous_surname: str | None = None
    dob: date | None = None
    address: str | None = None
    postcode: str | None = None
    uprn: int | None = None
    phone: str | None = None
    email: str | None = None
    deceased: bool | None = None
    died: date | None = None
    records: int = 0
    provenance: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Make a person of a row of `PERSONS`."""
        kept = {f.name: row[f.name] for f in fields(cls) if f.name not in {"id", "provenance"}}
        return cls(id=row["person"], provenance=json.loads(row["provenance"] or "{}"), **kept)

    @property
    def name(self) -> str:
        """Give the name as one would write it on an envelope."""
        return " ".join(part for part in (self.title, self.forename, self.middle_names, self.surname) if part)
