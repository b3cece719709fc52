"""Dates as registrars know them: to the day, to the month, to the year, or only in words."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from svoc.words.events import Precision

__all__ = ["PartialDate", "read_partial"]

MONTHS = {name.casefold(): n for n, name in enumerate(calendar.month_name) if n}
MONTHS |= {name.casefold(): n for n, name in enumerate(calendar.month_abbr) if n} | {"sept": 9}

ISO = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?(?:[T ]\d{2}:\d{2}.*)?")
BRITISH = re.compile(r"(?:(?P<day>\d{1,2})[/.-])?(?P<month>\d{1,2})[/.-](?P<year>\d{4})(?: 00:00(?::00)?)?")
WORDED = re.compile(r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -])?(?P<name>[a-z]+)[ -](?P<year>\d{4})", re.IGNORECASE)
COMPACT = re.compile(r"(?P<year>(?:18|19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which the day, or the month too, may be unknown.

    `text` is ISO 8601 as far as the date is known (1989-05), the sender's words where it is not; `qualifier` is what
    the sender adds in words.

    >>> PartialDate(1989, 2).latest
    datetime.date(1989, 2, 28)
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    qualifier: str | None = None

    def __post_init__(self) -> None:
        if self.year is not None:
            date(self.year, self.month or 1, self.day or 1)

    @property
    def precision(self) -> Precision | None:
        """Say how much of the date is known; None where nothing is, not even words."""
        if self.year is None:
            return Precision.TEXT if self.qualifier else None
        if self.month is None:
            return Precision.YEAR
        return Precision.MONTH if self.day is None else Precision.DAY

    @property
    def value(self) -> date | None:
        """Give the day, where it is known."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    @property
    def earliest(self) -> date | None:
        """Give the first day that it can have been."""
        return None if self.year is None else date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date | None:
        """Give the last day that it can have been."""
        if self.year is None:
            return None
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def text(self) -> str | None:
        """Write the date as far as it is known, then the sender's own words in brackets."""
        if self.year is None:
            return self.qualifier
        known = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)]
        return "-".join(known) + (f" ({self.qualifier})" if self.qualifier else "")


def read_partial(text: str | None) -> PartialDate:
    """Read a date as people in Britain write it; what is no date is kept as words, and months are never guessed.

    >>> read_partial("03/05/2026").value, read_partial("May 1989").text, read_partial("05/13/2026").precision
    (datetime.date(2026, 5, 3), '1989-05', <Precision.TEXT: 'text'>)
    """
    tidy = " ".join((text or "").split())
    if not tidy:
        return PartialDate()
    for pattern in (ISO, BRITISH, WORDED, COMPACT):
        if (found := pattern.fullmatch(tidy)) and (known := _known(found.groupdict())):
            return known
    return PartialDate(qualifier=tidy)


def _known(parts: dict[str, str | None]) -> PartialDate | None:
    name = parts.get("name")
    if name is not None and name.casefold() not in MONTHS:
        return None
    month = MONTHS[name.casefold()] if name is not None else _number(parts["month"])
    try:
        return PartialDate(_number(parts["year"]), month, _number(parts.get("day")))
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text else None
