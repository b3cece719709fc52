"""Where the columns, ticks and labels of a plot stand: numbers to draw by, and nothing of how it looks."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["columns"]

WIDTH, HEIGHT = 340, 190
LEFT, RIGHT, TOP, BOTTOM = 34, 4, 8, 34
LEAST = 1.5
"""A count that is there is seen, however small beside the largest."""
STEPS = (1, 2, 5)
LABELS = 7
"""The most labels that the lower edge has room for."""


def columns(bins: Sequence[Mapping[str, Any]], series: Sequence[str]) -> dict[str, Any]:
    """Lay out stacked columns: each of `bins` has `from`, `words` and a count for each name of `series`.

    Gives `width` and `height` of the drawing, `parts` (x, y, width, height, series), `ticks` (y, value) and `labels`
    (x, text), in the drawing's own units.
    """
    top = _ceiling(max((sum(b[s] for s in series) for b in bins), default=0))
    slot = (WIDTH - LEFT - RIGHT) / max(len(bins), 1)
    every = -(-len(bins) // LABELS)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "base": HEIGHT - BOTTOM,
        "parts": [part for n, b in enumerate(bins) for part in _stack(b, series, n * slot + LEFT, slot, top)],
        "ticks": [{"y": _y(value, top), "value": value} for value in (0, top // 2, top)],
        "labels": [
            {"x": round(LEFT + n * slot, 2), "text": f"{b['from']}".replace("-", "−")}
            for n, b in enumerate(bins)
            if n % every == 0
        ],
    }


def _stack(
    one: Mapping[str, Any], series: Sequence[str], left: float, slot: float, top: int
) -> list[dict[str, float | str]]:
    """Pile one bin's counts on each other, the first of `series` at the bottom."""
    parts: list[dict[str, float | str]] = []
    floor = float(HEIGHT - BOTTOM)
    for name in series:
        if not one[name]:
            continue
        height = max(one[name] / top * (HEIGHT - TOP - BOTTOM), LEAST)
        floor -= height
        box = {"x": left + slot * 0.08, "y": floor, "width": slot * 0.84, "height": height}
        parts.append({**{k: round(v, 2) for k, v in box.items()}, "series": name})
    return parts


def _y(value: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 2)


def _ceiling(largest: int) -> int:
    """Give the next round even number that is no smaller, so that its half is a whole number.

    >>> [_ceiling(n) for n in (0, 1, 7, 130, 431)]
    [2, 2, 10, 200, 500]
    """
    power = 1
    while True:
        for step in STEPS:
            if step * power >= max(largest, 2) and step * power % 2 == 0:
                return step * power
        power *= 10
