"""From mapped text columns to records: the parties of each row, where they live, since when."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from svoc.errors import Fault, SettingsError, nearest
from svoc.settings import SourceSettings
from svoc.sources.clean import address, birth, by_value, postcode, postcode_in, since, until, uprn
from svoc.sources.finish import date_faults, key_faults, missing_key_faults
from svoc.sources.names import PARTIES, parties

__all__ = [
    "NAME_PARTS",
    "born",
    "check_columns",
    "exempted",
    "in_parts",
    "named",
    "placed",
    "row_date_faults",
    "row_faults",
    "row_key_faults",
    "row_warnings",
    "stayed",
    "warned_of",
]

NAME_PARTS = ("title", "forename", "middle_names", "surname")
FIRST_ONLY = ("dob", "phone", "email", "party_reference")
"""What a row says of one person: where it names several, it is held of the first."""
WARNED_OF = 100
EXEMPTION = r"^(?:CLASS )?([A-W])(?:\W|$)"


def check_columns(settings: SourceSettings, known: Collection[str], required: Sequence[Collection[str]]) -> None:
    """Raise `SettingsError` for names under [sources.columns] that mean nothing, or where none of a group is mapped."""
    faults = []
    for name in settings.columns:
        if name not in known:
            hint = nearest(name, known)
            told = f"did you mean {hint}?" if hint else f"expected some of {', '.join(known)}"
            faults.append(f"[sources.columns] of {settings.name}: {name} is not a column of {settings.kind}; {told}")
    faults += [
        f"[sources.columns] of {settings.name}: expected {' or '.join(group)} to name a column of {settings.path}"
        for group in required
        if not set(group) & set(settings.columns)
    ]
    if faults:
        raise SettingsError("\n".join(faults))


# --- who


def in_parts(rows: pl.DataFrame, names: Sequence[str] = NAME_PARTS) -> pl.DataFrame:
    """Give `name` (as supplied, joined) and `parsed` (SURNAME,TITLE FORENAMES) of columns that hold a name in parts."""
    have = [name if name in rows.columns else None for name in names]
    title, forename, middle, surname = (pl.col(n) if n else pl.lit(None, pl.String) for n in have)
    given = pl.concat_str(title, forename, middle, separator=" ", ignore_nulls=True)
    whole = pl.concat_str(title, forename, middle, surname, separator=" ", ignore_nulls=True)
    plain = surname.str.replace_all(",", " ", literal=True)
    return rows.with_columns(
        name=pl.when(whole != "").then(whole),
        parsed=pl.when(whole != "").then(plain.fill_null("") + "," + given.str.replace_all(",", " ", literal=True)),
    )


def named(rows: pl.DataFrame, *, surname_first: bool | None = None) -> pl.DataFrame:
    """Give one row for each party that `parsed` (else `name`) of a row names, with the columns of `PARTIES`.

    `party` counts within `record`, in the order of lines and of naming. What a row says of one person only (`dob`,
    `phone`, `email`, `party_reference`) stays with the first.
    """
    field = "parsed" if "parsed" in rows.columns else "name"
    parsed = parties(rows[field], surname_first=surname_first).rename({"name": field})
    own = [name for name in PARTIES if name in rows.columns]
    whole = rows.drop(own).join(parsed, on=field, how="left", nulls_equal=True).sort("line", "party")
    first = pl.col("party") == 1
    single = [pl.when(first).then(pl.col(name)).alias(name) for name in FIRST_ONLY if name in whole.columns]
    ordinal = pl.int_range(1, pl.len() + 1).over("record").cast(pl.Int16)
    return whole.with_columns(*single).with_columns(ordinal.alias("party"))


# --- where and when


def _lines(rows: pl.DataFrame, name: str) -> list[pl.Expr]:
    numbered = [c for c in rows.columns if c.startswith(f"{name}_") and c.removeprefix(f"{name}_").isdigit()]
    return [pl.col(c) for c in ([name] if name in rows.columns else numbered)]


def placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill address, postcode, supplied_uprn and the forwarding address from mapped text columns."""
    rows = _place(_place(rows, ""), "forwarding_")
    return rows.with_columns(uprn(pl.col("uprn")).alias("supplied_uprn")) if "uprn" in rows.columns else rows


def _place(rows: pl.DataFrame, prefix: str) -> pl.DataFrame:
    name, code = f"{prefix}address", f"{prefix}postcode"
    lines = _lines(rows, name)
    codes = by_value(rows[code], postcode) if code in rows.columns else pl.lit(None, pl.String).alias(code)
    rows = rows.with_columns(codes)
    if not lines:
        return rows
    joined = rows.select(address(lines, pl.col(code)).alias(name))
    found = pl.coalesce(code, postcode_in(pl.col(name))).alias(code)
    return rows.drop(name, strict=False).hstack(joined).with_columns(found)


def stayed(rows: pl.DataFrame, first: str, last: str) -> pl.DataFrame:
    """Fill since and until from the columns of a stay's first day and of the first day after it, where mapped."""
    days = [by_value(rows[first], since).alias("since")] if first in rows.columns else []
    days += [by_value(rows[last], until).alias("until")] if last in rows.columns else []
    return rows.with_columns(days)


def born(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill dob where mapped."""
    return rows.with_columns(by_value(rows["dob"], birth)) if "dob" in rows.columns else rows


def exempted(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep an exemption's class as a marker: exemption_f speaks of a death, exemption_n of students."""
    if "exemption" not in rows.columns:
        return rows
    letter = pl.col("exemption").str.to_uppercase().str.extract(EXEMPTION).str.to_lowercase()
    return rows.with_columns(markers=pl.when(letter.is_not_null()).then(pl.concat_list("exemption_" + letter)))


# --- what is wrong


def row_faults(
    rows: pl.DataFrame, path: Path, columns: Mapping[str, str | list[str]], *, key: str, dates: Collection[str]
) -> list[Fault]:
    """Give the faults of rows as picked: no reference, a reference twice, dates that are none.

    `key` is the column of references; with a column `party_reference` one reference may have several rows.
    """
    return [*row_key_faults(rows, path, columns, key=key), *row_date_faults(rows, path, columns, dates=dates)]


def row_key_faults(
    rows: pl.DataFrame, path: Path, columns: Mapping[str, str | list[str]], *, key: str = "record"
) -> list[Fault]:
    """Give those of the faults of rows that are of their references."""
    heading = columns[key]
    heading = heading if isinstance(heading, str) else ", ".join(heading)
    keys = [key, "party_reference"] if "party_reference" in rows.columns else [key]
    keyed = rows.with_columns(pl.col(k).fill_null("") for k in keys[1:])
    return [*missing_key_faults(rows, key, path, heading), *key_faults(keyed, keys, path, heading)]


def row_date_faults(
    rows: pl.DataFrame, path: Path, columns: Mapping[str, str | list[str]], *, dates: Collection[str]
) -> list[Fault]:
    """Give those of the faults of rows that are of their dates."""
    told = {name: columns.get(name) for name in dates}
    return date_faults(rows, path, {name: heading for name, heading in told.items() if isinstance(heading, str)})


def row_warnings(rows: pl.DataFrame, path: Path, columns: Mapping[str, str | list[str]]) -> list[Fault]:
    """Warn of UPRNs that are none and of stays that end before they begin: at most a hundred of each."""
    return [
        Fault(path.name, line, _heading(columns, name), expected)
        for name, expected, wrong in _doubtful(rows, columns)
        for line in rows.filter(wrong)["line"].unique().sort().head(WARNED_OF)
    ]


def warned_of(rows: pl.DataFrame, columns: Mapping[str, str | list[str]]) -> pl.Series:
    """Give the references (`record`, String) of all rows of which `row_warnings` warns, or would but for the many."""
    wrong = [wrong for _, _, wrong in _doubtful(rows, columns)]
    return rows.filter(pl.any_horizontal(wrong))["record"] if wrong else rows["record"].clear()


def _doubtful(rows: pl.DataFrame, columns: Mapping[str, str | list[str]]) -> list[tuple[str, str, pl.Expr]]:
    warnings: list[tuple[str, str, pl.Expr]] = []
    if {"uprn", "supplied_uprn"} <= set(rows.columns):
        unlike = pl.col("uprn").is_not_null() & ~pl.col("uprn").is_in(["0", "NULL"]) & pl.col("supplied_uprn").is_null()
        warnings.append(("uprn", "a UPRN of at most 12 digits", unlike))
    if {"since", "until"} <= set(rows.columns):
        last = next((n for n in columns if n.endswith(("_end", "until"))), "until")
        warnings.append((last, "an end that is not before the beginning", pl.col("until") < pl.col("since")))
    return warnings


def _heading(columns: Mapping[str, str | list[str]], name: str) -> str:
    found = columns.get(name, name)
    return found if isinstance(found, str) else name
