"""What a reader should look at first, in sentences, each with the part of the report where it is told in full."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from svoc.reports.oddities import CROWDED, LARGE
from svoc.reports.wording import number, percent, spaced

__all__ = ["attention"]

Told = Mapping[str, Any]
Point = tuple[str, str]
"""The part of the report, and the sentence."""

FEWER_PLACED = 0.01
"""A share of placed mentions that falls by more than this is worth a sentence."""


def attention(told: Told) -> list[dict[str, str]]:
    """Give the points of a night, the most pressing first; `told` is all the other figures.

    What the guards hold against the plan is told by itself, above these.
    """
    return [{"section": section, "words": words} for look in LOOKS for section, words in look(told)]


def _warnings(told: Told) -> Iterator[Point]:
    if count := len(told["oddities"]["warnings"]):
        yield "warnings", f"{number(count)} {_one_or('warning', count)} from the extracts"


def _jumped(told: Told) -> Iterator[Point]:
    for source in told["oddities"]["jumped"]:
        name, was, now = spaced(source["name"]), number(source["before"]), number(source["count"])
        yield "jumped", f"{name} went from {was} to {now} records of people and others"


def _emptied(told: Told) -> Iterator[Point]:
    for field in told["oddities"]["emptied"]:
        what, was, now = spaced(field["field"]), percent(field["share_before"]), percent(field["share"])
        yield "emptied", f"{spaced(field['name'])}: {what} is filled for {now} of persons; it was {was}"


def _placed(told: Told) -> Iterator[Point]:
    now, before = told["placement"]["placed"], told["placement"]["placed_before"]
    if now is not None and before is not None and before - now > FEWER_PLACED:
        yield "placement", f"{percent(now)} of addresses are placed; it was {percent(before)}"


def _large(told: Told) -> Iterator[Point]:
    if count := told["oddities"]["large_persons_all"]:
        yield "large", f"{number(count)} {_one_or('person', count)} made of more than {LARGE} records"
    if count := told["oddities"]["crowded_places_all"]:
        yield "crowded", f"{number(count)} {_one_or('place', count)} with more than {CROWDED} people"


def _changed_inputs(told: Told) -> Iterator[Point]:
    for what in ("gazetteer", "model"):
        if told["inputs"][f"{what}_changed"]:
            yield "inputs", f"the {what} is another than the night before"


LOOKS: tuple[Callable[[Told], Iterator[Point]], ...] = (
    _warnings, _jumped, _emptied, _placed, _large, _changed_inputs,
)  # fmt: skip
"""What is looked at, in the order in which it is told."""


def _one_or(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
