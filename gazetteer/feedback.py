"""Reads placements that people confirmed: which property exactly this written address is, or that there is none."""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple, TextIO

import polars as pl

from gazetteer.errors import Fault, FormatError, MissingInput, nearest

COLUMNS: Final = ("address", "postcode", "uprn", "outcome", "who", "when", "note")
_NEEDED = ("address", "uprn")
_OUTCOMES = ("exact", "building", "historic", "none")
_UPRN = re.compile(r"[1-9]\d{0,11}")
_POSTCODE_AT_END = re.compile(r" ([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})$")


class Label(NamedTuple):
    """One confirmed placement: `uprn` is None where the gazetteer lacks the property; `outcome` None where not said."""

    address: str
    postcode: str | None
    uprn: int | None
    outcome: str | None = None


@dataclass(frozen=True)
class Feedback:
    """Holds confirmed placements, each address once, in the order of their keys.

    >>> told = Feedback.of([Label("Rose Cott., King St", "BA1 1AA", 16000)])
    >>> told.of_address("ROSE COTT, KING ST, BA1 1AA", None).uprn
    16000
    """

    labels: tuple[Label, ...] = field(default=())

    @classmethod
    def of(cls, labels: Iterable[Label]) -> "Feedback":
        """Keeps each address once; of several labels of one address the last stands."""
        by_key = {key_of(label.address, label.postcode): label for label in labels}
        return cls(tuple(by_key[key] for key in sorted(by_key)))

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def _by_key(self) -> dict[str, Label]:
        return {key_of(label.address, label.postcode): label for label in self.labels}

    def of_address(self, address: str | None, postcode: str | None) -> Label | None:
        """Gives what was confirmed of exactly this written address, capitals and punctuation aside; else None."""
        return self._by_key.get(key_of(address or "", postcode))

    def frame(self) -> pl.DataFrame:
        """Writes the labels as a frame: address String, postcode String, uprn Int64, outcome String."""
        schema = {"address": pl.String, "postcode": pl.String, "uprn": pl.Int64, "outcome": pl.String}
        return pl.DataFrame(self.labels, schema=schema, orient="row")


def key_of(address: str, postcode: str | None) -> str:
    """Writes an address so that differences of capitals, punctuation and spaces are gone, and no others.

    >>> key_of("Flat 1.2, St. John's Rd.", "ba11aa"), key_of("FLAT 1.2 ST JOHNS RD BA1 1AA", None)
    ('FLAT 1.2 ST JOHNS RD|BA11AA', 'FLAT 1.2 ST JOHNS RD|BA11AA')
    """
    text = re.sub(r"['`\u2019]", "", address.upper())
    text = re.sub(r"[^\w/&.\-]+|\.(?!\d)|(?<!\d)\.", " ", text)
    text = " ".join(text.split())
    at_end = _POSTCODE_AT_END.search(text)
    code = re.sub(r"[^A-Z0-9]", "", (postcode or "").upper()) or ("".join(at_end.groups()) if at_end else "")
    if at_end and "".join(at_end.groups()) == code:
        text = text[: at_end.start()]
    return f"{text}|{code}"


def read_feedback(path: str | Path) -> Feedback:
    """Reads a CSV of confirmed placements: address, postcode, uprn, and outcome, who, when, note where they are kept.

    A blank uprn confirms that the gazetteer lacks the property; outcome is exact, building, historic or none. Other
    columns may stand beside. Raises MissingInput where the file is not there, and FormatError with every fault: line,
    column, what was expected.
    """
    file = Path(path)
    faults: list[Fault] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            labels = list(_labels(opened, faults))
    except OSError:
        raise MissingInput(f"not there: {file.name}") from None
    except UnicodeDecodeError:
        raise FormatError(file.name, [Fault(None, None, "cannot be read", expected="CSV in UTF-8")]) from None
    except csv.Error:
        raise FormatError(file.name, [*faults, Fault(None, None, "cannot be read", expected="CSV")]) from None
    if faults:
        raise FormatError(file.name, faults)
    return Feedback.of(labels)


def _labels(opened: TextIO, faults: list[Fault]) -> Iterator[Label]:
    """Gives the labels of a file's sound rows, and adds to the faults what is wrong with the others."""
    rows = csv.reader(opened, strict=True)
    headings = [heading.strip().lower() for heading in next(rows, [])]
    faults += _heading_faults(headings)
    seen: dict[str, tuple[int, int | None]] = {}
    for row in rows if not faults else ():
        told = dict(zip(headings, map(str.strip, row), strict=False))
        if not any(map(str.strip, row)):
            continue
        wrong = list(_row_faults(told, rows.line_num))
        if len(row) > len(headings):
            wrong.append(Fault(rows.line_num, None, f"has {len(row)} fields", expected=f"{len(headings)}, as above"))
        faults += wrong
        if wrong:
            continue
        postcode, uprn = told.get("postcode") or None, int(told["uprn"]) if told.get("uprn") else None
        line, other = seen.setdefault(key_of(told["address"], postcode), (rows.line_num, uprn))
        if other != uprn:
            faults.append(Fault(rows.line_num, "uprn", f"is not that of line {line}", expected="one for one address"))
        yield Label(told["address"], postcode, uprn, told.get("outcome") or None)


def _heading_faults(headings: list[str]) -> Iterator[Fault]:
    missing = [name for name in COLUMNS if name not in headings]
    for heading in headings:
        hint = nearest(heading, missing) if heading and heading not in COLUMNS else None
        if hint:
            yield Fault(None, heading, "is not a column of confirmed placements", nearest=hint)
    for name in (name for name in _NEEDED if name in missing):
        yield Fault(None, name, "there is no such column", expected=f"the columns {', '.join(COLUMNS)}")


def _row_faults(told: Mapping[str, str], line: int) -> Iterator[Fault]:
    uprn, outcome, when = (told.get(name, "") for name in ("uprn", "outcome", "when"))
    if not told.get("address"):
        yield Fault(line, "address", "is empty", expected="the address as it was written")
    if uprn and not _UPRN.fullmatch(uprn):
        yield Fault(line, "uprn", "is not a UPRN", expected="up to 12 digits, or nothing where the gazetteer lacks it")
    if outcome and outcome not in _OUTCOMES:
        hint = nearest(outcome, _OUTCOMES)
        yield Fault(line, "outcome", "is not known", expected=f"{', '.join(_OUTCOMES)} or nothing", nearest=hint)
    elif outcome and (outcome == "none") != (not uprn):
        yield Fault(
            line, "outcome", "does not go with the uprn", expected="none where there is no UPRN, and only there"
        )
    if when and not _is_date(when):
        yield Fault(line, "when", "is not a date", expected="YYYY-MM-DD")


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10  # other forms of ISO 8601 are dates to Python, not to people
