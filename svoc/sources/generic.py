"""Any other list of people: a library's members, permits, tenants; by the mapping in [sources.columns]."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import polars as pl

from svoc.settings import SourceSettings
from svoc.sources.base import Extract, Layout, Source
from svoc.sources.clean import folded
from svoc.sources.people_rows import (
    NAME_PARTS,
    born,
    check_columns,
    in_parts,
    named,
    placed,
    row_date_faults,
    row_warnings,
    stayed,
    warned_of,
)
from svoc.sources.protection_column import marked_by
from svoc.sources.row_wise import Entries, Reading, opened, row_wise
from svoc.sources.rows import Rows
from svoc.sources.tables import read_table

__all__ = ["COLUMNS", "GENERIC", "read_people"]

COLUMNS = (
    *("record", "name", *NAME_PARTS, "previous_surname", "dob", "address", "postcode", "uprn", "phone", "email"),
    *("since", "until", "property_reference", "party_reference", "extract_date"),
    *("forwarding_address", "forwarding_postcode", "protection"),
)
"""What [sources.columns] may map; `address` and `forwarding_address` to a list of columns, the others to one."""

DATES = ("dob", "since", "until", "extract_date")


def read_people(settings: SourceSettings, path: Path, before: Rows | None = None) -> Extract:
    """Read a list of people: one row a person, or one row for several in `name`.

    Needs `record` and `name` or `surname`. A person may stand in it at several places under several references.
    """
    check_columns(settings, COLUMNS, (("record",), ("name", "surname")))
    mapped = [h for each in settings.columns.values() for h in ([each] if isinstance(each, str) else each)]
    table = read_table(path, known=mapped)
    return row_wise(settings, opened(settings, table, settings.columns, stay=("since", "until")), _read, before)


def _read(entries: Entries, _: Mapping[str, int]) -> Reading:
    path, columns = entries.table.path, entries.columns
    picked = entries.picked()
    faults = row_date_faults(picked, path, columns, dates=DATES)
    rows = picked if "surname" not in picked.columns else in_parts(picked)
    rows = stayed(placed(born(rows)), "since", "until")
    if faults or entries.faults:
        return Reading(pl.DataFrame(), faults)
    records = named(rows.with_columns(role=pl.lit("person")))
    records = _with_previous(records, picked) if "previous_surname" in picked.columns else records
    records = _protected(records, picked) if "protection" in picked.columns else records
    return Reading(records, faults, row_warnings(rows, path, columns), again=warned_of(rows, columns))


def _with_previous(records: pl.DataFrame, picked: pl.DataFrame) -> pl.DataFrame:
    supplied = picked.select("line", supplied=folded(pl.col("previous_surname")))
    joined = records.join(supplied, on="line", how="left", maintain_order="left")
    first = pl.when(pl.col("party") == 1).then(pl.col("supplied"))
    return joined.with_columns(previous_surname=pl.coalesce(first, "previous_surname")).drop("supplied")


def _protected(records: pl.DataFrame, picked: pl.DataFrame) -> pl.DataFrame:
    """Mark every party of a row that its source protects."""
    marks = picked.select("line", markers=marked_by(pl.col("protection")))
    return records.drop("markers", strict=False).join(marks, on="line", how="left", maintain_order="left")


GENERIC = Source(
    kind="generic",
    words="any list of people, by the mapping in [sources.columns]",
    layouts=MappingProxyType(
        {
            "columns": Layout(
                "columns", "one row a person, by the mapping in [sources.columns]", read_people, read_people
            )
        }
    ),
    lists_once=False,
)
