"""Electoral register extracts as suppliers write them: plain columns, two of Xpress, EROS, and one with PDCode."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from svoc.rehearsal.systems import Holding

LINES = range(1, 7)
XPRESS_KEY = ("Elector Number Prefix", "Elector Number", "Elector Number Suffix")
XPRESS_ADDRESS = ("PostCode", *(f"Address{line}" for line in LINES))


@dataclass(frozen=True, slots=True)
class RegisterLayout:
    """One layout: what writes a night's register in it, and what svoc calls the layout in council.toml.

    `write` takes a frame of entries in the order of the register: record, district, number, suffix, title, forename,
    middle_names, surname, dob, attainment (the eighteenth birthday), markers, address_1 to address_6, postcode, uprn.
    """

    write: Callable[[pl.DataFrame], pl.DataFrame]
    layout: str
    windows: bool = False
    """Whether the supplier writes windows-1252 with CRLF; a letter that it lacks becomes a question mark."""


def entries_of(holding: Holding, addresses: pl.DataFrame) -> pl.DataFrame:
    """Put each elector's name and address beside the entry, in the order of the register."""
    named = holding.parties.select("record", "title", "forename", "middle_names", "surname")
    rows = holding.records.join(named, on="record", how="left").join(addresses, on="record", how="left")
    return rows.sort("district", "number", "suffix").with_columns(attainment=pl.col("dob").dt.offset_by("18y"))


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("%d/%m/%Y")


def _words(*columns: str) -> pl.Expr:
    return pl.concat_str(*columns, separator=" ", ignore_nulls=True)


def _suffix() -> pl.Expr:
    return pl.when(pl.col("suffix") > 0).then("suffix")


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    """Write one row an elector, each part of the name in a column of its own: the layout "columns"."""
    return rows.select(
        ElectorKey="record",
        ElectorTitle="title",
        ElectorSurname="surname",
        ElectorForename="forename",
        ElectorMiddleName="middle_names",
        ElectorDOB=_day("dob"),
        Markers="markers",
        **{f"Address{line}": pl.col(f"address_{line}") for line in LINES},
        Postcode="postcode",
        UPRN="uprn",
    )


def _xpress(rows: pl.DataFrame, names: Mapping[str, pl.Expr]) -> pl.DataFrame:
    key = dict(zip(XPRESS_KEY, (pl.col("district"), pl.col("number"), _suffix()), strict=True))
    where = dict(zip(XPRESS_ADDRESS, (pl.col("postcode"), *(pl.col(f"address_{n}") for n in LINES)), strict=True))
    marks = {"Elector Markers": pl.col("markers"), "Elector DOB": _day("dob")}
    headed = {**key, **marks, **names, **where}
    return rows.select(expression.alias(heading) for heading, expression in headed.items())


def _xpress13(rows: pl.DataFrame) -> pl.DataFrame:
    """Write Xpress with the elector's name in one field, surname first."""
    return _xpress(rows, {"Elector Name": _words("surname", "forename", "middle_names")})


def _xpress14(rows: pl.DataFrame) -> pl.DataFrame:
    """Write Xpress with surname and forename, the middle names after the forename."""
    given = _words("forename", "middle_names")
    return _xpress(rows, {"Elector Surname": pl.col("surname"), "Elector Forename": given})


def _eros(rows: pl.DataFrame) -> pl.DataFrame:
    """Write EROS: status, title, forenames, initials, nine address lines and the UPRN last."""
    number = pl.concat_str("number", pl.lit("/") + _suffix().cast(pl.String), ignore_nulls=True)
    initials = pl.concat_str(
        pl.col("forename").str.slice(0, 1), pl.col("middle_names").str.slice(0, 1), ignore_nulls=True
    )
    headed = {
        "PD": pl.col("district"),
        "ENO": number,
        "Status": pl.lit(None, pl.String),
        "Title": pl.col("title"),
        "First Name(s)": _words("forename", "middle_names"),
        "Initials": initials,
        "Surname": pl.col("surname"),
        "Suffix": pl.lit(None, pl.String),
        "Date Of Attainment": _day("attainment"),
        "Franchise Flag": pl.col("markers"),
        **{f"Address {n}": pl.col(f"address_{n}") if n in LINES else pl.lit(None, pl.String) for n in range(1, 10)},
        "Postcode": pl.col("postcode"),
        "UPRN": pl.col("uprn"),
    }
    return rows.select(expression.alias(heading) for heading, expression in headed.items())


def _pdcode(rows: pl.DataFrame) -> pl.DataFrame:
    """Write PDCode and RollNo, a decimal with the suffix in three places."""
    roll = pl.concat_str("number", pl.lit("."), pl.col("suffix").cast(pl.String).str.zfill(3))
    headed = {
        "PDCode": pl.col("district"),
        "RollNo": roll,
        "ElectorTitle": pl.col("title"),
        "ElectorSurname": pl.col("surname"),
        "ElectorForename": pl.col("forename"),
        "ElectorMiddleName": pl.col("middle_names"),
        "DateOfAttainment": _day("attainment"),
        "FranchiseMarker": pl.col("markers"),
        **{f"RegisteredAddress{n}": pl.col(f"address_{n}") for n in LINES},
        "PostCode": pl.col("postcode"),
        "UPRN": pl.col("uprn"),
    }
    return rows.select(expression.alias(heading) for heading, expression in headed.items())


REGISTER_LAYOUTS: Mapping[str, RegisterLayout] = MappingProxyType(
    {
        "columns": RegisterLayout(_columns, "columns"),
        "xpress13": RegisterLayout(_xpress13, "xpress", windows=True),
        "xpress14": RegisterLayout(_xpress14, "xpress", windows=True),
        "eros": RegisterLayout(_eros, "eros"),
        "pdcode": RegisterLayout(_pdcode, "pdcode"),
    }
)
"""The layouts in which a town's register can be written."""
