"""What the values of a column look like: shares of them, never a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from svoc.sources.name_words import TITLES

__all__ = ["DISTINCT", "SHAPE_OF", "Shape", "looks_like_values", "shapes"]

LOOKED_AT = 2000
"""Rows of a file whose values are looked at, spread over it."""

DISTINCT = "distinct"
WORDS = r"^[\p{L}][\p{L}'’.\- ]*$"
PATTERNS: Mapping[str, str] = {
    "postcode": r"(?i)^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$",
    "uprn": r"^\d{1,12}(?:\.0)?$",
    "long_uprn": r"^[1-9]\d{10,11}$",
    "date": r"(?i)^(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d{4}|\d\d)|\d{8}"
    r"|\d\d?[- ][A-Z]{3,9}[- ]\d{2,4})"
    r"(?:[ T]\d\d?:\d\d(?::\d\d)?(?:\.\d+)?Z?)?$",
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "phone": r"^(?:\+44|0)[\d ()\-]{8,14}$",
    "words": WORDS,
    "names": r"^[\p{L}'’.,&+/\- ()]+$",
    "several_words": r"[\p{L}][ ,].*[\p{L}]",
    "house_number": r"(?i)^\d{1,4} ?[A-Z]?(?:[-/]\d{1,4}[A-Z]?)?$",
    "address": r"(?i)^(?:(?:flat|unit|apartment|apt|room)?\s*\d+[A-Z]?\b.*[A-Z]{3}|.*\b(?:road|rd|street|st|avenue|ave|"
    r"lane|ln|close|drive|court|house|place|gardens|way|terrace|crescent|hill|row|park|square)\b)",
    "code": r"(?i)^[A-Z0-9][A-Z0-9 ./\-]*$",
    "polling": r"(?i)^[A-Z]{1,4}\d{0,3}$",
    "elector": r"(?i)^[A-Z]{1,4}\d{0,3}[ \-/]\d+(?:[/.\-]\d+)?$",
    "number": r"^\d+(?:\.\d+)?$",
    "single": r"(?i)^[A-Z]?$",
}
SHAPE_OF: Mapping[str, str] = {
    **dict.fromkeys(("postcode", "forwarding_postcode"), "postcode"),
    **dict.fromkeys(("since", "until", "dob", "attainment", "extract_date", "event_date"), "date"),
    **dict.fromkeys(("surname", "forename", "middle_names", "previous_surname", "initials"), "words"),
    **dict.fromkeys(("surname_2", "forename_2"), "words"),
    **dict.fromkeys(("name", "name_2"), "names"),
    **dict.fromkeys(("title", "title_2"), "title"),
    **{name: name for name in ("uprn", "email", "phone", "number")},
    "record": DISTINCT,
    "prefix": "polling",
}
"""The shape that the values of a meaning should have; those not listed may look like anything."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the values of one column look: `filled`, how many hold anything, and of these the share of each shape."""

    filled: int = 0
    shares: Mapping[str, float] = field(default_factory=dict)

    def fits(self, meaning: str) -> float | None:
        """Give the share of values that look as a meaning's should; nothing where that cannot be told."""
        wanted = SHAPE_OF.get(meaning)
        return self.shares[wanted] if wanted and self.filled else None

    def mostly(self, shape: str) -> bool:
        """Tell whether nearly all values are of a shape."""
        return self.shares.get(shape, 0.0) >= 0.9


def shapes(frame: pl.DataFrame) -> dict[str, Shape]:
    """Give the shape of every column of a frame of text."""
    step = max(1, frame.height // LOOKED_AT)
    return {name: _shape(frame[name], step) for name in frame.columns}


def looks_like_values(headings: list[str]) -> bool:
    """Tell whether a first row holds values rather than headings: a date, a postcode, a long number among them."""
    row = pl.Series(headings, dtype=pl.String).str.strip_chars()
    patterns = (*(PATTERNS[name] for name in ("postcode", "date", "email", "elector")), r"^\d{3,}$")
    return any(bool(row.str.contains(pattern).any()) for pattern in patterns)


def _shape(column: pl.Series, step: int) -> Shape:
    whole = column.str.strip_chars()
    values = whole.gather_every(step)
    values = values.filter(values.is_not_null() & ~values.is_in(["", "NULL", "null", "N/A", "-"]))
    if values.is_empty():
        return Shape()
    shares = {name: float(values.str.contains(pattern).mean() or 0) for name, pattern in PATTERNS.items()}  # type: ignore[arg-type]
    bare = values.str.to_uppercase().str.strip_chars(". ")
    shares["title"] = float(bare.is_in(list(TITLES)).mean() or 0)  # type: ignore[arg-type]
    filled = whole.drop_nulls()
    shares[DISTINCT] = filled.n_unique() / max(1, len(filled)) if len(filled) == len(whole) else 0.0
    return Shape(len(values), shares)
