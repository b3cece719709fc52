"""The answer to "why are, or are not, these two one person?": as text, as a frame, as figures for machines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

__all__ = ["EXPLANATION", "Explanation", "Reason", "bits"]

EXPLANATION: dict[str, pl.DataType] = {
    "left": pl.String(),  # mention key, the smaller first
    "right": pl.String(),
    "step": pl.Int16(),  # from 1
    "kind": pl.String(),  # prior, comparison, rarity or company; household and rule weigh nothing
    "what": pl.String(),  # the comparison's name; of a rule its code
    "level": pl.String(),  # of a comparison: the level reached, or missing
    "grade": pl.Int8(),  # the level's number, -1 missing
    "bits": pl.Int32(),  # thousandths of a bit; null for household and rule
    "running": pl.Int32(),  # the total so far
    "words": pl.String(),
}
"""Columns and dtypes of an explanation as a frame, a row for each step; the bits add up to the weight that decided."""

MOST_BAR, BAR_BITS = 10, 2.0


@dataclass(frozen=True, slots=True)
class Reason:
    """What decided: its `code`, in words, and where it is a bar what was reached and what is asked for (millibits)."""

    code: str
    words: str
    has: int | None = None
    needs: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two mentions are, or are not, one person.

    `left`, `right`: the mentions, or words where one may not be told; `same`: what the night made of them, `persons`
    their identifiers; `summary`: what agrees, in a line; `reasons`: what decided; `change`: the smallest change that
    would turn the answer; `weight`: in thousandths of a bit, none where it was never weighed; `steps`: frame of
    `EXPLANATION`; `note`: what a reader should know besides.
    """

    left: str
    right: str
    same: bool
    persons: tuple[str | None, str | None]
    summary: str
    reasons: tuple[Reason, ...]
    change: str
    weight: int | None
    steps: pl.DataFrame
    note: str = ""

    @property
    def answer(self) -> str:
        """Say what the night made of the two."""
        one, other = self.persons
        if self.same:
            return f"one person, {one}"
        return f"two persons, {one} and {other}" if one and other else "not one person"

    def text(self) -> str:
        """Write the explanation as lines of text."""
        table = "\n".join(self._table())
        parts = [
            f"{self.left} and {self.right}: the night made of them {self.answer}",
            f"In short: {self.summary}." if self.summary else "",
            *(f"Why: {reason.words}." for reason in self.reasons),
            f"What would turn it: {self.change}." if self.change else "",
            f"Note: {self.note}." if self.note else "",
            f"\n{table}" if table else "",
        ]
        return "\n".join(part for part in parts if part)

    def figures(self) -> dict[str, Any]:
        """Give the same for machines."""
        return {
            "left": self.left,
            "right": self.right,
            "same": self.same,
            "persons": {m: p for m, p in zip((self.left, self.right), self.persons, strict=True) if p},
            "summary": self.summary,
            "weight_bits": None if self.weight is None else self.weight / 1000,
            "reasons": [
                {"code": r.code, "words": r.words, "has": r.has, "needs": r.needs} for r in self.reasons
            ],
            "change": self.change,
            "note": self.note,
            "steps": self.steps.drop("left", "right").to_dicts(),
        }  # fmt: skip

    def _table(self) -> Iterator[str]:
        """Write a line for each step that says something, and one for all that is not known."""
        weighed = self.steps.filter(pl.col("bits").is_not_null())
        if weighed.is_empty():
            return
        silent = (pl.col("grade") == -1).fill_null(value=False)
        yield f"  {'bits':>7}  {'so far':>7}"
        for worth, running, words in weighed.filter(~silent).select("bits", "running", "words").iter_rows():
            yield f"  {_column(worth)}  {_column(running)}  {bar(worth):<{MOST_BAR}}  {words}"
        unknown = [words.partition(":")[0] for words in weighed.filter(silent)["words"]]
        if unknown:
            yield f"  says nothing here: {', '.join(unknown)}"


def bits(millibits: int) -> str:
    """Write thousandths of a bit in bits.

    >>> bits(-2250), bits(1000)
    ('-2.25 bits', '1.00 bits')
    """
    return f"{millibits / 1000:.2f} bits"


def bar(millibits: int) -> str:
    """Draw a weight, a sign for every two bits, ten at most.

    >>> bar(5200), bar(-900), bar(-1100)
    ('+++', '', '-')
    """
    return ("+" if millibits > 0 else "-") * min(MOST_BAR, round(abs(millibits) / 1000 / BAR_BITS))


def _column(millibits: int) -> str:
    return f"{millibits / 1000:+7.2f}"
