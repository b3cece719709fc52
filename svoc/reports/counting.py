"""Counting, in the few shapes that every part of the report has: tallies, rows with shares, cross tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from svoc.reports.wording import words_for

__all__ = ["Row", "counted", "crossed", "rows", "share", "tally"]

Row = dict[str, Any]
"""One line of a table: `name`, `words`, `count`, `share` (0 to 1), and the night before's `before`, `share_before`."""


def tally(frame: pl.DataFrame, by: str) -> dict[str, int]:
    """Count the rows of each value, in the order of the values; null counts as "unknown".

    >>> tally(pl.DataFrame({"outcome": ["none", "exact", "exact"]}), "outcome")
    {'exact': 2, 'none': 1}
    """
    counts = frame.group_by(pl.col(by).cast(pl.String).fill_null("unknown").alias("name")).agg(n=pl.len())
    return {name: int(n) for name, n in counts.sort("name").iter_rows()}


def share(part: int, whole: int) -> float | None:
    """Give a part of a whole (0 to 1), or None where there is no whole."""
    return round(part / whole, 9) if whole else None


def rows(
    now: Mapping[str, int],
    before: Mapping[str, int] | None = None,
    *,
    family: str = "",
    order: Iterable[str] | None = None,
) -> list[Row]:
    """Set counts beside those of the night before; None where there was none.

    `order`: names in the order wanted, the rest follow by name; without it the largest stand first.
    """
    names = set(now) | set(before or {})
    key = _in_order(order) if order is not None else _largest(now)
    whole, whole_before = sum(now.values()), sum((before or {}).values())
    return [
        {
            "name": name,
            "words": words_for(family, name),
            "count": now.get(name, 0),
            "share": share(now.get(name, 0), whole),
            "before": None if before is None else before.get(name, 0),
            "share_before": None if before is None else share(before.get(name, 0), whole_before),
        }
        for name in sorted(names, key=key)
    ]


def counted(values: pl.Series, *, most: int) -> dict[str, int]:
    """Count whole numbers one by one up to `most`, and all larger ones together.

    >>> counted(pl.Series([1, 1, 3, 9, 12]), most=4)
    {'1': 2, '2': 0, '3': 1, '4': 0, '5 or more': 2}
    """
    times = {value: int(n) for value, n in values.drop_nulls().value_counts().iter_rows()}
    low = {str(n): times.get(n, 0) for n in range(1, most + 1)}
    return {**low, f"{most + 1} or more": sum(n for value, n in times.items() if value > most)}


def crossed(frame: pl.DataFrame, row: str, column: str) -> dict[str, dict[str, int]]:
    """Count the rows for each pair of values.

    >>> crossed(pl.DataFrame({"a": ["x", "x"], "b": ["p", "q"]}), "a", "b")
    {'x': {'p': 1, 'q': 1}}
    """
    table: dict[str, dict[str, int]] = {}
    pairs = frame.select(pl.col(row, column).cast(pl.String).fill_null("unknown"))
    for one, other, n in pairs.group_by(row, column).agg(n=pl.len()).sort(row, column).iter_rows():
        table.setdefault(one, {})[other] = int(n)
    return table


def _largest(now: Mapping[str, int]) -> Callable[[str], tuple[int, str]]:
    return lambda name: (-now.get(name, 0), name)


def _in_order(order: Iterable[str]) -> Callable[[str], tuple[int, str]]:
    wanted: Sequence[str] = list(order)
    return lambda name: (wanted.index(name) if name in wanted else len(wanted), name)
