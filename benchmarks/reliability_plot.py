"""Draws stated probability beside the truth as an SVG, with nothing but text."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10, sqrt
from typing import Any

SIDE, EDGE, BETWEEN, ABOVE = 260, 44, 36, 54
GRACE = 0.03
INK, FAINT, BAND, DOT = "#1d2a35", "#9aa7b1", "#e3eef7", "#1d70b8"


def drawn(panels: Mapping[str, Sequence[Mapping[str, Any]]], *, title: str) -> str:
    """Draw a panel for each name: rows of `matchers.reliability.reliability`, as dictionaries.

    A dot stands for a tenth, the larger the more pairs it holds, with its 95% interval; in the shaded band the truth is
    within three points of what was stated.
    """
    width = EDGE + len(panels) * (SIDE + BETWEEN)
    height = ABOVE + SIDE + EDGE + 10
    parts = [_panel(rows, name, EDGE + number * (SIDE + BETWEEN)) for number, (name, rows) in enumerate(panels.items())]
    words = "Share of pairs that are one person, beside the probability that was stated, by tenths"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    return "\n".join(
        [
            f'{head} font-family="Helvetica, Arial, sans-serif" font-size="11">',
            f"<title>{escape(title)}</title>",
            f"<desc>{words}. The shaded band is three points either way.</desc>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="{EDGE}" y="20" font-size="14" fill="{INK}">{escape(title)}</text>',
            *parts,
            "</svg>\n",
        ]
    )


def _panel(rows: Sequence[Mapping[str, Any]], name: str, left: float) -> str:
    def x(share: float) -> float:
        return round(left + share * SIDE, 1)

    def y(share: float) -> float:
        return round(ABOVE + (1 - share) * SIDE, 1)

    band = [(0, 0), (0, GRACE), (1 - GRACE, 1), (1, 1), (1, 1 - GRACE), (GRACE, 0)]
    points = " ".join(f"{x(a)},{y(b)}" for a, b in band)
    lines = [
        f'<text x="{left}" y="{ABOVE - 10}" fill="{INK}">{escape(name)}</text>',
        f'<rect x="{left}" y="{ABOVE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{FAINT}"/>',
        f'<polygon points="{points}" fill="{BAND}"/>',
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="{FAINT}"/>',
        f'<text x="{x(0.5)}" y="{y(0) + 30}" text-anchor="middle" fill="{INK}">stated</text>',
        f'<text transform="translate({left - 28} {y(0.5)}) rotate(-90)" text-anchor="middle" fill="{INK}">true</text>',
    ]
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1):
        lines.append(f'<text x="{x(tick)}" y="{y(0) + 14}" text-anchor="middle" fill="{INK}">{tick:g}</text>')
        lines.append(f'<text x="{left - 5}" y="{y(tick) + 4}" text-anchor="end" fill="{INK}">{tick:g}</text>')
    for row in rows:
        at, size = x(row["stated"]), round(1.5 + sqrt(log10(row["pairs"] + 1)) * 1.6, 1)
        told = f"stated {row['stated']:.3f}, true {row['right']:.3f}, {row['pairs']} pairs"
        lines.append(f'<line x1="{at}" y1="{y(row["low"])}" x2="{at}" y2="{y(row["high"])}" stroke="{DOT}"/>')
        lines.append(f'<circle cx="{at}" cy="{y(row["right"])}" r="{size}" fill="{DOT}"><title>{told}</title></circle>')
    return "\n".join(lines)
