"""Knows the columns of flat views by the names that councils give them."""

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import polars as pl

from gazetteer.errors import MissingInput, nearest
from gazetteer.formats.base import Columns
from gazetteer.formats.faults import Faults
from gazetteer.formats.lines import MISQUOTED, Lines, fields, shaped, table

SEPARATORS = ",;\t|"

LINES = tuple(f"address_{i}" for i in range(1, 7))
# Names that rows have beside their columns.
RESERVED = ("line", "file", "step", "change_type")
# An address needs one of these.
WRITTEN = ("address", *LINES, "street", "pao_text", "pao_start")


@cache
def word_list(name: str) -> dict[str, str]:
    """Reads a list that ships with the package: what suppliers write -> what we call it."""
    text = resources.files("gazetteer").joinpath("data", name).read_text(encoding="utf-8")
    return dict(list(csv.reader(io.StringIO(text)))[1:])


def fold(name: str) -> str:
    """Writes a column's name without case, spaces and underscores."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def header(file: Lines) -> tuple[list[str], str]:
    """Reads the first line as column names, and says what separates them."""
    text = next(iter(file.frame["text"].slice(_header_at(file), 1)), "")
    separator = max(SEPARATORS, key=text.count)
    return fields(text, separator), separator


def _header_at(file: Lines) -> int:
    first = file.frame["text"].head(1).str.contains("^sep=")
    return int(first.any())  # a spreadsheet's own line about its separator


def rows_below(file: Lines, names: Sequence[str], separator: str, faults: Faults) -> pl.DataFrame:
    """Splits the lines below the header: line UInt32, and a column of text named by each place ("0", "1" and so on).

    Lines of another width than the header, or with a quote within a field, become faults.
    """
    body = shaped(file.frame.slice(_header_at(file) + 1), separator)
    return rows_of(body, len(names), separator, faults, expected=f"{len(names)}, as in the header")


def rows_of(body: pl.DataFrame, width: int, separator: str, faults: Faults, *, expected: str) -> pl.DataFrame:
    """Splits lines that were shaped into columns of text named by their places; odd ones become faults."""
    for odd_width, odd in body.filter(pl.col("width") != width).group_by("width", maintain_order=True):
        faults.add(odd["line"], None, f"{odd_width[0]} columns", expected=expected)
    faults.add(body.filter("misquoted")["line"], None, MISQUOTED, expected="quotes around whole fields, doubled within")
    whole = body.filter((pl.col("width") == width) & ~pl.col("misquoted"))
    return table(whole["text"], [str(i) for i in range(width)], separator).with_columns(whole["line"])


def _recognised(header: Sequence[str]) -> dict[str, int]:
    known, found = word_list("flat_columns.csv"), dict[str, int]()
    for place, name in enumerate(header):
        canonical = known.get(fold(name))
        if canonical:
            found.setdefault(canonical, place)
    return found


def names_a_uprn(names: Sequence[str]) -> bool:
    """Says whether a header is that of a flat view."""
    # A file of one kind of record, with its official header, names a UPRN too.
    return "uprn" in _recognised(names) and fold(names[0]) != "recordidentifier"


def places_of(file: str, header: Sequence[str], columns: Columns) -> dict[str, int]:
    """Says at which place of the header each canonical column stands; what the caller named comes first.

    Raises MissingInput with all that is not there.
    """
    named = {name: theirs for name, theirs in columns.items() if isinstance(theirs, str)}
    named |= {
        f"{name}_{i}": theirs
        for name, several in columns.items()
        if not isinstance(several, str)
        for i, theirs in enumerate(several, start=1)
    }
    if any(name.startswith("address") for name in named):
        own = {name: place for name, place in _recognised(header).items() if not name.startswith("address")}
    else:
        own = _recognised(header)
    missing = [_missing(name, theirs, header) for name, theirs in named.items() if theirs not in header]
    places = own | {name: header.index(theirs) for name, theirs in named.items() if theirs in header}
    canonical = {*word_list("flat_columns.csv").values()}
    unknown = [name for name in columns if name not in canonical]
    missing += [f"{name} is no column of a gazetteer{_like(name, sorted(canonical))}" for name in unknown]
    if not missing and "uprn" not in places:
        missing.append(f"there is no column UPRN{_like('uprn', header)}")
    if not missing and not any(name in places for name in (*WRITTEN, "address_1")):
        missing.append(f"there is no column ADDRESS{_like('address', header)}")
    if missing:
        raise MissingInput(f"{file}: {'; '.join(missing)}")
    return places


def further(header: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """Says at which place the columns stand that no canonical one is; a name that is taken is written with its place.

    >>> further(["UPRN", "ADDRESS", "UDPRN", "", "uprn"], {"uprn": 0, "address": 1})
    {'UDPRN': '2', 'column 4': '3', 'uprn (column 5)': '4'}
    """
    found: dict[str, str] = {}
    for place, name in enumerate(header):
        if place in places.values():
            continue
        own = name or f"column {place + 1}"
        taken = own in found or own in places or own in RESERVED
        found[f"{own} (column {place + 1})" if taken else own] = str(place)
    return found


def _missing(name: str, theirs: str, header: Sequence[str]) -> str:
    return f"there is no column {theirs} (for {name}){_like(theirs, header)}"


def _like(name: str, choices: Sequence[str]) -> str:
    like = nearest(name, choices)
    return f"; did you mean {like}?" if like else ""
