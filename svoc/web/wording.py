"""How values are written for people: dates as the British write them, ages, moments, weights in bits."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from svoc.explaining import Explanation
from svoc.words.audit import Kind

__all__ = ["FILTERS", "LONDON", "age", "bars", "british", "clock", "deed", "in_bits", "moment"]

LONDON = ZoneInfo("Europe/London")


def british(value: object) -> str:
    """Write a value as it stands on a page: a date in words, nothing as an empty text.

    >>> british(date(2026, 11, 2)), british("12 King St"), british(None)
    ('2 November 2026', '12 King St', '')
    """
    if isinstance(value, datetime):
        value = value.astimezone(LONDON).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return f"{value.day} {value:%B} {value.year}"
    return "" if value is None else str(value)


def clock(moment: datetime) -> str:
    """Write the time of day of a moment, as it is in Britain.

    >>> clock(datetime.fromisoformat("2026-07-01T13:05:00+00:00"))
    '14:05'
    """
    return f"{moment.astimezone(LONDON):%H:%M}"


def moment(written: str) -> datetime:
    """Read a moment of the audit trail.

    >>> clock(moment("2026-07-01T13:05:00.000000+00:00"))
    '14:05'
    """
    return datetime.fromisoformat(written)


def deed(kind: str) -> str:
    """Say what an event of the audit trail tells of; a kind of a later release stands as it is.

    >>> deed("undo"), deed("unheard-of")
    ('A decision was taken back', 'unheard-of')
    """
    words = Kind(kind).words if kind in set(Kind) else kind
    return words[:1].upper() + words[1:] if kind in set(Kind) else words


def age(days: int | None) -> str:
    """Write for how long something has waited.

    >>> age(0), age(1), age(12), age(None)
    ('today', '1 day', '12 days', '')
    """
    if days is None:
        return ""
    return "today" if days < 1 else f"{days} day{'' if days == 1 else 's'}"


def in_bits(millibits: int | None) -> str:
    """Write thousandths of a bit.

    >>> in_bits(-2250), in_bits(1000), in_bits(None)
    ('−2.25', '+1.00', '')
    """
    if millibits is None:
        return ""
    return f"{millibits / 1000:+.2f}".replace("-", "−")


def bars(explained: Explanation) -> list[dict[str, Any]]:
    """Give the steps of an explanation that weigh, each with where its bar begins and how wide it is, in hundredths.

    The bars stand on one scale, from the least running total to the most.
    """
    steps = [row for row in explained.steps.iter_rows(named=True) if row["bits"] is not None and row["grade"] != -1]
    totals = [0, *(row["running"] for row in steps)]
    low, high = min(totals), max(totals)
    scale = 100 / max(1, high - low)
    told = []
    for row in steps:
        before = row["running"] - row["bits"]
        left, width = min(before, row["running"]), abs(row["bits"])
        told.append({**row, "x": round((left - low) * scale, 1), "width": max(0.5, round(width * scale, 1))})
    return told


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {each.__name__: each for each in (british, clock, age, in_bits, bars, moment, deed)}
)
"""What a template may write values with."""
