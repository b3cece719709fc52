"""Gives text columns their types, and says on which lines a value cannot be read."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import polars as pl

from gazetteer.formats.faults import Faults

Reading = Callable[[pl.Expr], pl.Expr]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column may hold: how its text is read (null where it cannot be), and what was expected, in words."""

    read: Reading
    expected: str


def _within(smallest: int, largest: int, dtype: type[pl.DataType] = pl.Int64) -> Reading:
    def read(text: pl.Expr) -> pl.Expr:
        number = text.cast(pl.Int64, strict=False)
        return pl.when(number.is_between(smallest, largest)).then(number).cast(dtype)

    return read


def _one_of(codes: Collection[int]) -> Reading:
    def read(text: pl.Expr) -> pl.Expr:
        number = text.cast(pl.Int16, strict=False)
        return pl.when(number.is_in(list(codes))).then(number)

    return read


def _decimal(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _date(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.len_bytes() == 10).then(text).str.to_date("%Y-%m-%d", strict=False)


def _change(text: pl.Expr) -> pl.Expr:
    letter = text.str.to_uppercase()
    return pl.when(letter.is_in(["I", "U", "D"])).then(letter)


def _like(pattern: str) -> Reading:
    return lambda text: pl.when(text.str.contains(f"^(?:{pattern})$")).then(text)


# GeoPlace's codes of BLPU and LPI logical status: 1 approved, 3 alternative, 5 candidate, 6 provisional, 7 and 9
# rejected, 8 historical. AddressBase products carry only 1, 3, 6 and 8.
STATUSES = (1, 3, 5, 6, 7, 8, 9)

UPRN = Kind(_within(1, 999_999_999_999), "a UPRN of at most 12 digits, not 0")
PARENT = Kind(_within(0, 999_999_999_999), "a UPRN of at most 12 digits")
USRN = Kind(_within(1, 99_999_999), "a USRN of at most 8 digits, not 0")
STATUS = Kind(_one_of(STATUSES), "one of 1, 3, 5, 6, 7, 8, 9")
NUMBER = Kind(_within(0, 999_999, pl.Int32), "a whole number of at most 6 digits")
CODE = Kind(_within(0, 32_767, pl.Int16), "a whole number")
ORDER = Kind(_within(0, 2**62), "a whole number")
DECIMAL = Kind(_decimal, "a number")
DATE = Kind(_date, "a date as 2026-11-02")
CHANGE = Kind(_change, "I, U or D")
TEXT = Kind(lambda text: text, "text")
UDPRN = Kind(_like(r"\d{1,8}"), "a UDPRN of at most 8 digits")
TOID = Kind(_like(r"(?i:osgb)?\d{1,16}"), "a TOID as osgb1000000000000001")
CLASS = Kind(_like(r"(?i:[A-Z]{1,2}\d{0,2}[A-Z]{0,2})"), "a class as RD04")

# Some products tell the state of a building and not the status of its property. OS's BLPU state codes: 6 permission
# granted, so provisional; 4 no longer existing, so historical; the others are approved.
STATE_STATUSES = {4: 8, 6: 6}

# What each column of the mixed-record formats holds; columns that are not named here hold text.
KINDS: Mapping[str, Kind] = {
    "change_type": CHANGE,
    "pro_order": ORDER,
    "uprn": UPRN,
    "parent_uprn": PARENT,
    "successor": UPRN,
    "usrn": USRN,
    "logical_status": STATUS,
    "blpu_state": CODE,
    "record_type": CODE,
    "state": CODE,
    "local_custodian_code": NUMBER,
    "x_coordinate": DECIMAL,
    "y_coordinate": DECIMAL,
    "latitude": DECIMAL,
    "longitude": DECIMAL,
    "sao_start_number": NUMBER,
    "sao_end_number": NUMBER,
    "pao_start_number": NUMBER,
    "pao_end_number": NUMBER,
    "building_number": NUMBER,
    "state_date": DATE,
    "blpu_state_date": DATE,
    "start_date": DATE,
    "end_date": DATE,
    "last_update_date": DATE,
    "entry_date": DATE,
    "process_date": DATE,
    "la_start_date": DATE,
    "rm_start_date": DATE,
    "street_start_date": DATE,
    "street_end_date": DATE,
}


def typed(
    raw: pl.DataFrame, kinds: Mapping[str, Kind], faults: Faults, *, required: Collection[str] = ()
) -> pl.DataFrame:
    """Reads text columns as their kinds; white space at the ends goes, and empty is null.

    `raw` has line UInt32 and text columns; the answer has the same columns, typed. Every value that cannot be
    read, and every required one that is empty, becomes null and a fault that names its line.
    """
    columns = [name for name in raw.columns if name != "line"]
    clean = raw.with_columns(_clean(pl.col(name)).alias(name) for name in columns)
    read = clean.with_columns(kinds[name].read(pl.col(name)).alias(name) for name in columns if name in kinds)
    for name in columns:
        if read[name].null_count() > clean[name].null_count():
            lines = clean["line"].filter(read[name].is_null() & clean[name].is_not_null())
            faults.add(lines, name.upper(), "cannot be read", expected=kinds[name].expected)
        if name in required and clean[name].null_count():
            expected = kinds[name].expected if name in kinds else None
            faults.add(clean["line"].filter(clean[name].is_null()), name.upper(), "is empty", expected=expected)
    return read


def postcode(text: pl.Expr) -> pl.Expr:
    """Writes a postcode as the Royal Mail does: capitals, one space before the last three characters.

    >>> pl.DataFrame({"postcode": ["zq12ab", "ZQ1  2AB", None]}).select(postcode(pl.col("postcode")))[
    ...     "postcode"
    ... ].to_list()
    ['ZQ1 2AB', 'ZQ1 2AB', None]
    """
    return text.str.to_uppercase().str.replace_all(r"\s+", "").str.replace(r"^(.{2,})(.{3})$", "${1} ${2}")


def _clean(text: pl.Expr) -> pl.Expr:
    stripped = text.str.strip_chars()
    return pl.when(stripped != "").then(stripped)
