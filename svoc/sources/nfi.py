"""Council Tax as the National Fraud Initiative asks for it: one row an account, two liable persons in columns."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import polars as pl

from svoc.errors import SettingsError, nearest
from svoc.settings import SourceSettings
from svoc.sources.base import Extract
from svoc.sources.people_rows import born, exempted, in_parts, named, placed, row_date_faults, row_warnings, warned_of
from svoc.sources.row_wise import Entries, Reading, opened, row_wise
from svoc.sources.rows import Rows
from svoc.sources.tables import read_table, recognised

__all__ = ["HEADINGS", "read_nfi"]

OTHER = ("of other liable person", "other liable person", "2", "(2)", "second liable person")


def _of_other(*names: str) -> tuple[str, ...]:
    return tuple(spelling for name in names for end in OTHER for spelling in (f"{name} {end}", f"{end} {name}"))


HEADINGS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "record": ("council tax account reference", "council tax reference", "account reference", "ct reference"),
        "uprn": ("uprn", "unique property reference number"),
        "title": ("title",),
        "surname": ("surname", "last name"),
        "forename": ("forename", "first name", "forenames"),
        "middle_names": ("middle name/initial", "middle name", "middle initial", "middle names"),
        "dob": ("date of birth", "dob"),
        **{f"address_{n}": (f"address {n}", f"address line {n}", f"property address {n}") for n in range(1, 5)},
        "postcode": ("postcode", "property postcode"),
        "title_2": _of_other("title"),
        "surname_2": _of_other("surname", "last name"),
        "forename_2": _of_other("forename", "first name"),
        "middle_names_2": _of_other("middle name/initial", "middle name"),
        "dob_2": _of_other("date of birth", "dob"),
        "exemption": ("exemption type/code", "exemption code", "exemption type", "exemption class"),
        **{
            f"forwarding_address_{n}": (
                f"billing address {n}",
                f"billing (forwarding) address {n}",
                f"forwarding address {n}",
            )
            for n in range(1, 5)
        },
        "forwarding_postcode": ("billing postcode", "billing address postcode", "forwarding postcode"),
    }
)
"""svoc's names and the headings under which suppliers write the fields of the specification; [sources.columns] adds."""

NEEDED = ("record", "surname", "address_1")
SECOND = ("title_2", "forename_2", "middle_names_2", "surname_2")


def read_nfi(settings: SourceSettings, path: Path, before: Rows | None = None) -> Extract:
    """Read an extract by the National Fraud Initiative's headings: the lead person, then the other liable person."""
    table = read_table(path, known=[spelling for each in HEADINGS.values() for spelling in each])
    own = {name: heading for name, heading in settings.columns.items() if isinstance(heading, str)}
    columns: dict[str, str | list[str]] = {**recognised(table, HEADINGS), **own}
    for name in NEEDED:
        if name not in columns:
            hint = nearest(HEADINGS[name][0], table.headings)
            told = f"; did you mean {hint}?" if hint else ""
            raise SettingsError(f"{path.name}: has no column {HEADINGS[name][0]} (layout nfi, {name}){told}")
    return row_wise(settings, opened(settings, table, columns), _read, before)


def _read(entries: Entries, _: Mapping[str, int]) -> Reading:
    path, columns = entries.table.path, entries.columns
    picked = entries.picked()
    faults = row_date_faults(picked, path, columns, dates=("dob", "dob_2"))
    rows = exempted(placed(picked))
    records = pl.DataFrame() if faults or entries.faults else _both(rows)
    return Reading(records, faults, row_warnings(rows, path, columns), again=warned_of(rows, columns))


def _both(rows: pl.DataFrame) -> pl.DataFrame:
    """Stack the lead persons and the others, and count parties within each account."""
    second = in_parts(rows, SECOND).filter(pl.col("parsed").is_not_null())
    dob = [pl.col("dob_2").alias("dob")] if "dob_2" in rows.columns else [pl.lit(None, pl.String).alias("dob")]
    people = [born(in_parts(rows)), born(second.with_columns(dob))]
    parties = [named(each).with_columns(place=pl.lit(at)) for at, each in enumerate(people)]
    whole = pl.concat(parties, how="diagonal_relaxed").sort("line", "place", "party")
    ordinal = pl.int_range(1, pl.len() + 1).over("record").cast(pl.Int16)
    return whole.with_columns(party=ordinal, role=pl.lit("liable_party"))
