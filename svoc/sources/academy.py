"""Council Tax as the tables of Academy: accounts, the persons liable, occupations and properties.

Column widths of the system matter: `lead_liab_name` ends after 32 characters, so that the name in parts is used where
the one field is full. Of an account's occupations the live one counts, else the latest.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import polars as pl

from svoc.errors import Fault, SettingsError, nearest
from svoc.settings import SourceSettings
from svoc.sources.base import Extract
from svoc.sources.clean import by_value, since, until
from svoc.sources.finish import date_faults, empty_fault, finished, key_faults, missing_key_faults
from svoc.sources.names import parties
from svoc.sources.people_rows import in_parts, named, placed, row_warnings
from svoc.sources.tables import pick, read_table, recognised

__all__ = ["TABLES", "read_academy"]

TABLES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ctaccount": {
            "record": ("account_ref",),
            "name": ("lead_liab_name",),
            "position": ("lead_liab_pos",),
            "title": ("lead_liab_title",),
            "forename": ("lead_liab_forename",),
            "middle_names": ("lead_liab_middlename", "lead_liab_middle_name"),
            "surname": ("lead_liab_surname",),
            "party_reference": ("party_ref",),
            **{f"forwarding_address_{n}": (f"for_addr{n}",) for n in range(1, 5)},
            "forwarding_postcode": ("for_postcode",),
        },
        "ctliability": {
            "record": ("account_ref",),
            "party_reference": ("party_ref",),
            "name": ("liab_name",),
            "position": ("liab_pos",),
            "ordinal": ("liab_pers_occ",),
        },
        "ctoccupation": {
            "record": ("account_ref",),
            "property_reference": ("property_ref",),
            "occupation_date": ("occupation_date",),
            "vacation_date": ("vacation_date",),
            "live": ("live_ind",),
        },
        "ctproperty": {
            "property_reference": ("property_ref",),
            **{f"address_{n}": (f"addr{n}",) for n in range(1, 5)},
            "postcode": ("postcode",),
            "uprn": ("uprn",),
        },
    }
)
"""The tables named under [sources.tables], and the columns taken of each; ctliability may be missing."""

NEEDED = {
    "ctaccount": ("record", "name"),
    "ctliability": ("record", "name", "party_reference"),
    "ctoccupation": ("record", "property_reference"),
    "ctproperty": ("property_reference", "address_1"),
}
FULL = 31
"""A name field of at least so many characters may have been cut at 32."""
VOID_POSITIONS = ("9", "11")
"""lead_liab_pos: 9 is VOID, 11 is suspense; the others are kinds of liability."""
JOINED = r"[&+/]| AND "


def read_academy(settings: SourceSettings, path: Path) -> Extract:
    """Read the tables of one extract, named under [sources.tables], in the folder `path` or beside the file `path`."""
    folder = path if path.is_dir() else path.parent
    files = _files(settings, folder)
    tables = {name: _read(name, file) for name, file in files.items()}
    faults = [fault for name, table in tables.items() for fault in _faults(name, table, files[name])]
    faults += empty_fault(tables["ctaccount"], files["ctaccount"], settings.mode)
    if faults:
        return finished(settings, files["ctaccount"], pl.DataFrame(), faults=faults)
    homes = _homes(tables["ctoccupation"], tables["ctproperty"])
    lost = homes.filter(pl.col("found").is_null())
    people = _people(tables["ctaccount"], tables.get("ctliability"))
    account = tables["ctaccount"].select("record", pl.selectors.starts_with("forwarding_"))
    whole = people.join(homes.drop("found"), on="record", how="left").join(account, on="record", how="left")
    rows = placed(whole)
    warnings = [
        Fault(files["ctoccupation"].name, line, "property_ref", "a property that ctproperty has")
        for line in lost["occupation_line"].sort().head(100)
    ]
    return finished(
        settings,
        path,
        rows,
        files=list(files.values()),
        counts={"rows": tables["ctaccount"].height, "without_property": lost.height},
        warnings=[*warnings, *row_warnings(rows, files["ctaccount"], {})],
    )


# --- the files


def _files(settings: SourceSettings, folder: Path) -> dict[str, Path]:
    for name in settings.tables:
        if name not in TABLES:
            hint = nearest(name, TABLES)
            told = f"did you mean {hint}?" if hint else f"expected {', '.join(TABLES)}"
            raise SettingsError(f"[sources.tables] of {settings.name}: {name} is not a table of academy; {told}")
    missing = [name for name in TABLES if name not in settings.tables and name != "ctliability"]
    if missing:
        raise SettingsError(f"[sources.tables] of {settings.name}: expected a file for {', '.join(missing)}")
    return {name: folder / settings.tables[name] for name in TABLES if name in settings.tables}


def _read(name: str, file: Path) -> pl.DataFrame:
    table = read_table(file, known=[s for each in TABLES[name].values() for s in each])
    columns = recognised(table, TABLES[name])
    for needed in NEEDED[name]:
        if needed not in columns:
            wanted = TABLES[name][needed][0]
            hint = nearest(wanted, table.headings)
            raise SettingsError(f"{file.name}: has no column {wanted}" + (f"; did you mean {hint}?" if hint else ""))
    picked = pick(table, columns)
    absent = [pl.lit(None, pl.String).alias(column) for column in TABLES[name] if column not in picked.columns]
    return picked.with_columns(absent)


def _faults(name: str, table: pl.DataFrame, file: Path) -> list[Fault]:
    key, heading = ("property_reference", "property_ref") if name == "ctproperty" else ("record", "account_ref")
    faults = missing_key_faults(table, key, file, heading)
    if name in ("ctaccount", "ctproperty"):
        faults += key_faults(table, [key], file, heading)
    if name == "ctoccupation":
        faults += date_faults(table, file, {d: d for d in ("occupation_date", "vacation_date")})
    return faults


# --- who and where


def _homes(occupations: pl.DataFrame, properties: pl.DataFrame) -> pl.DataFrame:
    """Give each account the property of its live occupation, else of the latest."""
    dated = occupations.with_columns(
        by_value(occupations["occupation_date"], since).alias("since"),
        by_value(occupations["vacation_date"], until).alias("until"),
        live=pl.col("live").is_in(["1", "Y", "TRUE"]).fill_null(False),
    ).with_columns(lasting=pl.col("until").is_null())
    latest = dated.sort("live", "lasting", "until", "since", "line", nulls_last=False).unique("record", keep="last")
    chosen = latest.select("record", "property_reference", "since", "until", occupation_line="line")
    found = properties.drop("line").with_columns(found=pl.lit(True))
    return chosen.join(found, on="property_reference", how="left").sort("record")


def _people(accounts: pl.DataFrame, liable: pl.DataFrame | None) -> pl.DataFrame:
    """Give the lead person or persons of each account, then the others liable whom the lead field does not name."""
    parted = in_parts(accounts.drop("name"))
    both = pl.col("surname").is_not_null() & pl.col("forename").is_not_null()
    lead = _parties(parted.with_columns(pl.when(both).then("parsed"), whole=accounts["name"]))
    if liable is None:
        return lead
    others = liable.join(accounts.select("record", lead_reference="party_reference"), on="record")
    own = others.filter(pl.col("party_reference").ne_missing(pl.col("lead_reference")))
    second = _parties(own.with_columns(whole=pl.col("name"), parsed=pl.lit(None, pl.String)))
    # A lead field that names one person names nobody twice: a couple may share surname and initial.
    joint = lead.filter(pl.len().over("record") > 1)
    known = joint.select("record", "surname", initial=pl.col("forename").str.slice(0, 1))
    fresh = second.with_columns(initial=pl.col("forename").str.slice(0, 1)).join(
        known, on=["record", "surname", "initial"], how="anti"
    )
    order = pl.col("ordinal").cast(pl.Int32, strict=False) if "ordinal" in fresh.columns else pl.lit(None, pl.Int32)
    whole = pl.concat(
        [
            lead.with_columns(place=pl.lit(0), order=pl.lit(None, pl.Int32)),
            fresh.with_columns(place=pl.lit(1), order=order),
        ],
        how="diagonal_relaxed",
    ).sort("record", "place", "order", "line", "party")
    ordinal = pl.int_range(1, pl.len() + 1).over("record").cast(pl.Int16)
    return whole.with_columns(party=ordinal)


def _parties(rows: pl.DataFrame) -> pl.DataFrame:
    """Parse the one field; where it names one living person, or is full, the name in parts tells more."""
    told = (
        parties(rows["whole"])
        .group_by("name")
        .agg(alone=(pl.len() == 1) & (pl.col("kind") == "person").all() & ~pl.col("deceased").any())
    )
    rows = rows.join(told.rename({"name": "whole"}), on="whole", how="left", nulls_equal=True, maintain_order="left")
    cut = (pl.col("whole").str.len_chars() >= FULL) & ~pl.col("whole").str.contains(JOINED)
    parted = pl.col("parsed").is_not_null() & (pl.col("whole").is_null() | cut | pl.col("alone"))
    void = pl.col("position").is_in(VOID_POSITIONS).fill_null(False)
    parsed = pl.when(void).then(pl.lit("VOID")).when(parted).then("parsed").otherwise("whole")
    chosen = rows.with_columns(parsed=parsed, name=pl.col("whole"), role=pl.lit("liable_party"))
    kept = ["record", "line", "name", "parsed", "role", "party_reference"]
    return named(chosen.select(*kept, *(["ordinal"] if "ordinal" in rows.columns else [])))
