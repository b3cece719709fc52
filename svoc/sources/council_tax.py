"""Council Tax: accounts, the parties liable on each, and the property they are liable for.

Layouts: `columns` (any extract with one row an account, by mapping), `academy` (the tables of that system) and `nfi`
(the National Fraud Initiative's specification). A stay begins with the liability; its end is the first day after it.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import polars as pl

from svoc.errors import SettingsError
from svoc.settings import SourceSettings
from svoc.sources.academy import read_academy
from svoc.sources.base import Extract, Layout, Source
from svoc.sources.nfi import read_nfi
from svoc.sources.people_rows import (
    NAME_PARTS,
    born,
    check_columns,
    exempted,
    in_parts,
    named,
    placed,
    row_date_faults,
    row_warnings,
    stayed,
    warned_of,
)
from svoc.sources.row_wise import Entries, Reading, opened, row_wise
from svoc.sources.rows import Rows
from svoc.sources.tables import Table, fold_heading, read_table, require

__all__ = ["COLUMNS", "COUNCIL_TAX", "read_columns"]

COLUMNS = (
    *("account_reference", "liable_parties", *NAME_PARTS, "address", "postcode", "uprn"),
    *("liability_start", "liability_end", "property_reference", "forwarding_address", "forwarding_postcode"),
    *("party_reference", "dob", "exemption", "phone", "email", "extract_date"),
)
"""What [sources.columns] may map; `address`, `forwarding_address` and `liable_parties` to a list of columns, the others
to one."""

REQUIRED = (("account_reference",), ("liable_parties", "surname"))
DATES = ("liability_start", "liability_end", "dob", "extract_date")
REGISTER_SIGNS = frozenset(
    {
        *("electorname", "electorsurname", "electorforename", "electortitle", "electordob", "electormarkers"),
        *("electornumber", "electornumberprefix", "electornumbersuffix", "electorkey", "pdcode", "rollno", "eno"),
        *("franchisemarker", "franchiseflag", "dateofattainment", "attainersdob", "markersregistertext"),
    }
)


def read_columns(settings: SourceSettings, path: Path, before: Rows | None = None) -> Extract:
    """Read an extract of one row an account, its columns mapped under [sources.columns].

    The parties liable stand in one field (`liable_parties`), in a list of such fields, or in columns for title,
    forename, middle names and surname; with a `party_reference` an account may have a row for each party.
    """
    check_columns(settings, COLUMNS, REQUIRED)
    table = read_table(path, known=_headings(settings.columns))
    _refuse_register(settings, table)
    require(table, settings.columns)
    columns = {"record" if name == "account_reference" else name: h for name, h in settings.columns.items()}
    entries = opened(settings, table, columns, stay=("liability_start", "liability_end"))
    return row_wise(settings, entries, _read, before)


def _read(entries: Entries, _: Mapping[str, int]) -> Reading:
    path, columns = entries.table.path, entries.columns
    picked = entries.picked()
    faults = row_date_faults(picked, path, columns, dates=DATES)
    rows = stayed(placed(born(exempted(_one_name(picked)))), "liability_start", "liability_end")
    records = pl.DataFrame() if faults or entries.faults else named(rows).with_columns(role=pl.lit("liable_party"))
    return Reading(records, faults, row_warnings(rows, path, columns), again=warned_of(rows, columns))


def _headings(columns: Mapping[str, str | list[str]]) -> list[str]:
    return [heading for each in columns.values() for heading in ([each] if isinstance(each, str) else each)]


def _one_name(rows: pl.DataFrame) -> pl.DataFrame:
    if "liable_parties" in rows.columns:
        return rows.rename({"liable_parties": "name"})
    several = [name for name in rows.columns if name.startswith("liable_parties_")]
    if several:
        whole = pl.concat_str(*several, separator=" & ", ignore_nulls=True)
        return rows.with_columns(name=pl.when(whole != "").then(whole)).drop(several)
    return in_parts(rows)


def _refuse_register(settings: SourceSettings, table: Table) -> None:
    """Say in one sentence that a file is a register, rather than which of its columns are not Council Tax's."""
    signs = [h for h in table.headings if fold_heading(h) in REGISTER_SIGNS]
    if len(signs) >= 2 and not all(table.find(heading) for heading in _headings(settings.columns)):
        told = f"looks like an electoral register (it has {', '.join(signs[:3])}), not like Council Tax"
        raise SettingsError(f"{table.path.name}: {told}; check path and kind of [[sources]] {settings.name}")


def _layouts(*layouts: Layout) -> Mapping[str, Layout]:
    return MappingProxyType({layout.name: layout for layout in layouts})


COUNCIL_TAX = Source(
    kind="council_tax",
    words="Council Tax accounts and who is liable on them",
    layouts=_layouts(
        Layout("columns", "one row an account, by the mapping in [sources.columns]", read_columns, read_columns),
        Layout("academy", "the tables of Academy: ctaccount, ctoccupation, ctproperty, ctliability", read_academy),
        Layout("nfi", "the National Fraud Initiative's Council Tax specification", read_nfi, read_nfi),
    ),
    lists_once=True,
    reference_codes=("CT", "CTAX"),
)
