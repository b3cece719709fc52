"""Small cleaners for what suppliers write, each visible by itself, as polars expressions.

An expression cleaner takes and gives an expression, so that cleaners chain: `upper(text(pl.col("surname")))`.
`tidied` applies `text` to the String columns of a whole frame, only where there is something to tidy.
Dates never guess: 11/23/2026 is not a date, and neither is a birth date with two digits for the year.
"""

from collections.abc import Callable, Sequence
from datetime import date
from hashlib import blake2b

import polars as pl

from svoc.words.records import RECORDS

__all__ = [
    "DATE_FORMS",
    "LETTERS",
    "PLACEHOLDER_BIRTHS",
    "address",
    "birth",
    "by_value",
    "content",
    "day",
    "folded",
    "postcode",
    "postcode_in",
    "since",
    "text",
    "tidied",
    "unreadable",
    "until",
    "upper",
    "uprn",
]

# --- characters

SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\r\n\x0b\x0c\x1c-\x1f\x85"
NOTHING = "\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffd\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
APOSTROPHES = "`\u00b4\u02bc\u2018\u2019\u201b\u2032"
HYPHENS = "\u2010-\u2015\u2212"

LETTERS = {
    "Æ": "AE",
    "Œ": "OE",
    "Ø": "O",
    "Ł": "L",
    "Đ": "D",
    "Ð": "D",
    "Þ": "TH",
    "ẞ": "SS",
    "Ħ": "H",
    "Ŧ": "T",
    "Ŋ": "N",
    "Ə": "E",
    "ĸ": "K",
    "ʼ": "'",
}
"""Letters that no Unicode decomposition takes apart, and what the registrar's clerk types for them."""

DIRTY = r"[^ -_a-~]|^ | $|  |^$"


def _misread() -> dict[str, str]:
    """Pairs of what UTF-8 looks like when it was read as windows-1252, and what was meant."""
    meant = [chr(c) for c in range(0xA0, 0x180)] + list("\u2018\u2019\u201c\u201d\u2013\u2014\u1e9e")
    pairs: dict[str, str] = {}
    for letter in meant:
        raw = letter.encode("utf-8")
        pairs[raw.decode("latin-1")] = letter
        seen = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in raw)
        pairs[seen] = letter
    return pairs


MISREAD = _misread()


def text(expr: pl.Expr) -> pl.Expr:
    """Tidy a text: misread characters, hard spaces, back-ticks, control characters, repeated spaces; "" is null.

    >>> pl.select(text(pl.lit("O`NEILL\\u00a0 JOS\\u00c3\\u2030 "))).item()
    "O'NEILL JOSÉ"
    """
    mended = expr.str.replace_many(list(MISREAD), list(MISREAD.values()), leftmost=True)
    plain = (
        mended.str.replace_all(f"[{NOTHING}]", "")
        .str.replace_all(f"[{APOSTROPHES}]", "'")
        .str.replace_all(f"[{HYPHENS}]", "-")
        .str.replace_all(f"[ {SPACES}]+", " ")
        .str.strip_chars(" ")
    )
    return pl.when(plain != "").then(plain)


def tidied(frame: pl.DataFrame) -> pl.DataFrame:
    """Apply `text` to every String column of a frame, touching only the values that need it."""
    dirty = frame.select(pl.col(pl.String).str.contains(DIRTY).fill_null(False))
    return frame.with_columns(_tidied(frame[name], dirty[name]) for name in dirty.columns if dirty[name].any())


def _tidied(values: pl.Series, dirty: pl.Series) -> pl.Series:
    rows = dirty.arg_true()
    mended = values.gather(rows).to_frame("v").select(text(pl.col("v"))).to_series()
    return values.scatter(rows, mended)


def upper(expr: pl.Expr) -> pl.Expr:
    """Give text in capitals."""
    return expr.str.to_uppercase()


def folded(expr: pl.Expr) -> pl.Expr:
    """Give text in capitals without accents: SCHRÖDINGER is SCHRODINGER, Æstrid is AESTRID, ß is SS.

    >>> pl.select(folded(pl.lit("Łukasz Kovář-Ruairí"))).item()
    'LUKASZ KOVAR-RUAIRI'
    """
    plain = expr.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_uppercase()
    return plain.str.replace_many(list(LETTERS), list(LETTERS.values()))


# --- postcodes, UPRNs

AREA, DISTRICT, SECTOR, UNIT = "[A-Z]{1,2}", "[0-9][A-HJ-NP-Z0-9]?", "[0-9]", "[A-Z]{2}"
POSTCODE = f"^({AREA}{DISTRICT})({SECTOR}{UNIT})$"
MISTYPED = "^([A-Z01]{1,2}?)([0-9OI])([A-Z0-9]?)([0-9OI])([A-Z01]{2})$"
POSTCODE_AT_END = rf"(?i)(?:^|[\s,])({AREA}{DISTRICT}\s*{SECTOR}{UNIT})\W*$"
TO_DIGITS = {"O": "0", "I": "1"}
TO_LETTERS = {"0": "O", "1": "I"}


def postcode(expr: pl.Expr) -> pl.Expr:
    """Give a postcode as "EX1 1AA" where it is one, O for 0 and I for 1 mended; else as supplied, in capitals.

    >>> pl.select(postcode(pl.lit("ex1-iaa"))).item()
    'EX1 1AA'
    """
    tight = expr.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    mended = _mended(tight)
    return (
        pl.when(tight.str.contains(POSTCODE))
        .then(tight.str.replace(POSTCODE, "$1 $2"))
        .when(mended.str.contains(POSTCODE))
        .then(mended.str.replace(POSTCODE, "$1 $2"))
        .otherwise(expr.str.to_uppercase())
    )


def _mended(tight: pl.Expr) -> pl.Expr:
    part = [tight.str.extract(MISTYPED, group) for group in range(1, 6)]
    to_letters, to_digits = part[0].str.replace_many(TO_LETTERS), part[1].str.replace_many(TO_DIGITS)
    third = part[2].str.replace_many(TO_DIGITS)
    inward = [part[3].str.replace_many(TO_DIGITS), part[4].str.replace_many(TO_LETTERS)]
    return pl.concat_str(to_letters, to_digits, third, *inward)


def postcode_in(expr: pl.Expr) -> pl.Expr:
    """Find the postcode at the end of an address, as "EX1 1AA", else null.

    >>> pl.select(postcode_in(pl.lit("3 MILL LANE, EXETER EX11AA"))).item()
    'EX1 1AA'
    """
    return postcode(expr.str.extract(POSTCODE_AT_END))


def uprn(expr: pl.Expr) -> pl.Expr:
    """Give a UPRN as Int64, leading zeros and a spreadsheet's ".0" gone; null where it cannot be one.

    A UPRN has at most 12 digits (GeoPlace). "1.00023E+11" has lost its last digits in a spreadsheet: null.

    >>> pl.select(uprn(pl.lit("000100023456.0"))).item()
    100023456
    """
    digits = expr.str.strip_chars(" '\"").str.extract(r"^0*([1-9][0-9]{0,11})(?:\.0*)?$")
    return digits.cast(pl.Int64)


# --- days

DATE_FORMS = (
    (r"^\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"),
    (r"^\d{8}$", "%Y%m%d"),
    (r"^\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"^\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"^\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"^\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"^\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
    (r"^\d{1,2} [A-Za-z]{3} \d{4}", "%d %b %Y"),
    (r"^\d{1,2} [A-Za-z]{4,9} \d{4}", "%d %B %Y"),
)
SHORT_FORMS = ((r"^\d{1,2}/\d{1,2}/\d{2}$", "%d/%m/%y"), (r"^\d{1,2}-[A-Za-z]{3}-\d{2}$", "%d-%b-%y"))
CLOCK = r"[T ]\d{1,2}:\d{2}.*$"

NO_DAY = (date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1))
PLACEHOLDER_BIRTHS = (*NO_DAY, date(1901, 1, 1), date(1970, 1, 1))
"""Days that systems write for "not known" (the HMPPS person record's list, and spreadsheets' day nought)."""
STILL = date(2090, 1, 1)
"""From this day on, the end of a stay means that it lasts: suppliers write 2099-12-31 or 9999-12-31."""
EMPTY_DATE = r"^[0/\-. :T]*$"


def _day(expr: pl.Expr, forms: Sequence[tuple[str, str]]) -> pl.Expr:
    plain = expr.str.strip_chars(" ").str.replace(CLOCK, "")
    return pl.coalesce(
        pl.when(plain.str.contains(shape + "$")).then(plain).str.to_date(form, strict=False) for shape, form in forms
    )


def day(expr: pl.Expr) -> pl.Expr:
    """Give a Date from ISO, DD/MM/YYYY or another form of `DATE_FORMS`; null where it is none of them.

    >>> pl.select(day(pl.lit("02/11/2026 00:00:00"))).item()
    datetime.date(2026, 11, 2)
    """
    return _day(expr, (*DATE_FORMS, *SHORT_FORMS))


def since(expr: pl.Expr) -> pl.Expr:
    """Give the first day of a stay; null for a placeholder such as 1900-01-01."""
    found = day(expr)
    return pl.when(~found.is_in(NO_DAY)).then(found)


def until(expr: pl.Expr) -> pl.Expr:
    """Give the first day after a stay; null while it lasts, which suppliers may write as 2099-12-31."""
    found = since(expr)
    return pl.when(found < STILL).then(found)


def birth(expr: pl.Expr) -> pl.Expr:
    """Give a day of birth; null for a placeholder (1900-01-01, 1970-01-01), a day after 2090 or a two-digit year."""
    found = _day(expr, DATE_FORMS)
    return pl.when(~found.is_in(PLACEHOLDER_BIRTHS) & (found < STILL)).then(found)


def unreadable(expr: pl.Expr) -> pl.Expr:
    """Tell where a date was written that is none: neither empty, nor noughts, nor one of the forms."""
    return expr.is_not_null() & ~expr.str.contains(EMPTY_DATE) & day(expr).is_null()


REPEATING = 1_000
"""The rows from which it pays to look for values that repeat."""


def by_value(values: pl.Series, cleaner: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Apply a cleaner once for each distinct value: for columns such as dates, that repeat much.

    >>> by_value(pl.Series("d", ["01/02/2020", "01/02/2020"]), day).n_unique()
    1
    """
    if len(values) < REPEATING:
        return values.to_frame("value").select(cleaner(pl.col("value")).alias(values.name)).to_series()
    distinct = pl.DataFrame({"value": values.unique()})
    cleaned = distinct.with_columns(cleaner(pl.col("value")).alias("clean"))
    return (
        values.to_frame("value")
        .join(cleaned, on="value", how="left", nulls_equal=True, maintain_order="left")["clean"]
        .alias(values.name)
    )


# --- addresses and content


def address(lines: Sequence[pl.Expr], code: pl.Expr) -> pl.Expr:
    """Join address lines by ", ", leaving out empty ones and a line that only repeats the postcode `code`.

    >>> lines = [pl.lit("3 MILL LANE"), pl.lit(None, pl.String), pl.lit("EX1 1AA")]
    >>> pl.select(address(lines, pl.lit("EX11AA"))).item()
    '3 MILL LANE'
    """
    tight = code.str.replace_all(" ", "", literal=True).fill_null("")
    kept = [_line(line, tight) for line in lines]
    whole = pl.concat_str(kept, separator=", ", ignore_nulls=True)
    return pl.when(whole != "").then(whole)


def _line(line: pl.Expr, tight_postcode: pl.Expr) -> pl.Expr:
    plain = line.str.strip_chars(" ,")
    repeats = plain.str.to_uppercase().str.replace_all(" ", "", literal=True) == tight_postcode
    return pl.when((plain != "") & (plain != "NULL") & ~repeats).then(plain)


CONTENT = [name for name in RECORDS if name not in ("line", "content")]
MISSING = "\x00"
BETWEEN = "\x1f"


def content(records: pl.DataFrame) -> pl.DataFrame:
    """Fill `content` with a hash (BLAKE2b, 32 hex characters) of all else that a record says, but for its line.

    The hash is the same on every machine and in every version, so that it can be kept from night to night.
    """
    columns = [
        (pl.col(name).list.join(BETWEEN) if name == "markers" else pl.col(name).cast(pl.String)).fill_null(MISSING)
        for name in CONTENT
    ]
    joined = records.select(pl.concat_str(columns, separator=BETWEEN)).to_series().to_list()
    hashes = [blake2b(each.encode(), digest_size=16).hexdigest() for each in joined]
    return records.with_columns(pl.Series("content", hashes, dtype=pl.String))
