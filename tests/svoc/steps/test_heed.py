"""An "unsure" is heeded until one of its two records says something else."""

import polars as pl
import pytest

from svoc.steps.heed import heed
from svoc.words.decisions import as_seen
from tests.worlds import decisions, placed

THEN = ("council_tax A | MR J SMITH | 1", "library L | JOHN SMITH | 2 | .. | dob=1961-02-03")
LEFT, RIGHT = "council_tax/A/1", "library/L/1"


def unsure(*lines: str) -> pl.DataFrame:
    rows = {row["mention"]: row for row in placed(*lines).iter_rows(named=True)}
    return decisions(("unsure", LEFT, RIGHT, {"seen": as_seen(rows[LEFT], rows[RIGHT])}))


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        (THEN, False),
        (("council_tax A | MR J SMITH | 1", THEN[1], "library M | JOHN SMITH | 2"), False),
        (("council_tax A | MR JOHN SMITH | 1", THEN[1]), True),
        (("council_tax A | MR J SMITH | 4", THEN[1]), True),
        ((THEN[0], "library L | JOHN SMITH | 2 | .. | dob=1961-02-08"), True),
        ((THEN[0],), False),
    ],
    ids=["nothing new", "a third record", "a name", "an address", "a day of birth", "one of them is away"],
)
def test_it_is_asked_again_when_a_record_says_something_else(now: tuple[str, ...], asked: bool) -> None:
    assert heed(unsure(*THEN), placed(*now)).is_empty() is asked


def test_another_number_or_place_in_the_record_says_nothing_new() -> None:
    again = placed(*THEN).with_columns(record=pl.lit("another"), party=pl.lit(2, dtype=pl.Int16))
    assert heed(unsure(*THEN), again).height == 1


def test_one_that_does_not_know_what_it_saw_is_heeded_and_other_answers_are_left_alone() -> None:
    ledger = decisions(("unsure", LEFT, RIGHT), ("same", LEFT, RIGHT, {"seen": "x"}))
    assert heed(ledger, placed("council_tax A | MR PETER DALE | 9", THEN[1])).equals(ledger)
