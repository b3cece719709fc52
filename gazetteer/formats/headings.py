"""Knows the columns of flat views by the names that councils give them."""

import csv
import io
from collections.abc import Sequence
from functools import cache
from importlib import resources

from gazetteer.errors import MissingInput, nearest
from gazetteer.formats.base import Columns

LINES = tuple(f"address_{i}" for i in range(1, 7))
# An address needs one of these.
WRITTEN = ("address", *LINES, "street", "pao_text", "pao_start")


@cache
def word_list(name: str) -> dict[str, str]:
    """Reads a list that ships with the package: what suppliers write -> what we call it."""
    text = resources.files("gazetteer").joinpath("data", name).read_text(encoding="utf-8")
    return dict(list(csv.reader(io.StringIO(text)))[1:])


def _fold(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _recognised(header: Sequence[str]) -> dict[str, int]:
    known, found = word_list("flat_columns.csv"), dict[str, int]()
    for place, name in enumerate(header):
        canonical = known.get(_fold(name))
        if canonical:
            found.setdefault(canonical, place)
    return found


def names_a_uprn(names: Sequence[str]) -> bool:
    """Says whether a header is that of a flat view."""
    # A file of one kind of record, with its official header, names a UPRN too.
    return "uprn" in _recognised(names) and _fold(names[0]) != "recordidentifier"


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


def _missing(name: str, theirs: str, header: Sequence[str]) -> str:
    return f"there is no column {theirs} (for {name}){_like(theirs, header)}"


def _like(name: str, choices: Sequence[str]) -> str:
    like = nearest(name, choices)
    return f"; did you mean {like}?" if like else ""
