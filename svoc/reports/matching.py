"""What was matched in one lane, and how sure: links by answer, and how their weights and margins are spread."""

from typing import Any

import polars as pl

from svoc.reports.counting import rows, tally
from svoc.words.plan import LaneState

__all__ = ["ANSWERS", "matching"]

ANSWERS = ("same", "ask", "possible")
WIDTH = 2
"""Bits to a bin: the evidence grows fourfold from one bin to the next."""
LOW, HIGH = -10, 30
"""Bits beyond which all that is weaker, or stronger, falls into one bin."""


def matching(state: LaneState, before: LaneState | None) -> dict[str, Any]:
    """Tell how a lane's links were answered, inside one place (by margin) and between places (by weight)."""
    return {
        "links": state.links.height,
        "links_before": None if before is None else before.links.height,
        "inside": _side(state, before, inside=True),
        "across": _side(state, before, inside=False),
    }


def _side(state: LaneState, before: LaneState | None, *, inside: bool) -> dict[str, Any]:
    links = _of(state, inside=inside)
    then = None if before is None else tally(_of(before, inside=inside), "answer")
    answers = dict.fromkeys(ANSWERS, 0) | tally(links, "answer")
    return {
        "links": links.height,
        "answers": rows(answers, then, family="answer", order=ANSWERS),
        "bits": histogram(links, "margin" if inside else "weight"),
    }


def _of(state: LaneState, *, inside: bool) -> pl.DataFrame:
    """Keep the links inside one place, which have a margin, or those between places, which have none."""
    margin = pl.col("margin")
    return state.links.filter(margin.is_not_null() if inside else margin.is_null())


def histogram(links: pl.DataFrame, column: str) -> list[dict[str, Any]]:
    """Count links in bins of `WIDTH` bits (`column` is in thousandths of a bit), by answer, the weakest first.

    The first and the last bin of the scale are open; bins beyond the weakest and the strongest link are left out.

    >>> links = pl.DataFrame({"weight": [9_000, 9_500, 99_000], "answer": ["ask", "same", "same"]})
    >>> [(b["words"], b["same"], b["ask"]) for b in histogram(links, "weight")][:2]
    [('8 to 10', 1, 1), ('10 to 12', 0, 0)]
    """
    bits = (pl.col(column) / (WIDTH * 1000)).floor().cast(pl.Int64) * WIDTH
    binned = links.filter(pl.col(column).is_not_null()).with_columns(bin=bits.clip(LOW - WIDTH, HIGH))
    if binned.is_empty():
        return []
    counts = {(b, a): n for b, a, n in binned.group_by("bin", "answer").agg(n=pl.len()).iter_rows()}
    first, last = min(b for b, _ in counts), max(b for b, _ in counts)
    return [
        {"from": b, "words": _bin(b), **{a: int(counts.get((b, a), 0)) for a in ANSWERS}}
        for b in range(first, last + 1, WIDTH)
    ]


def _bin(low: int) -> str:
    if low < LOW:
        return f"below {LOW}".replace("-", "−")
    return f"{low} or more" if low >= HIGH else f"{low} to {low + WIDTH}".replace("-", "−")
