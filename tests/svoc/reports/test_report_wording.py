"""The report's words: every name that the night uses has some, and numbers are never rounded into a lie."""

import doctest
import importlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import OUTCOMES, RUNGS
from svoc.reports.wording import WORDS, day, moment, percent, seconds, spaced, words_for
from svoc.words.changes import Cause, ChangeKind
from svoc.words.decisions import CaseKind

MODULES = (
    "attention", "charts", "counting", "figures", "intake", "matching", "movements", "night_report", "oddities",
    "people", "placement", "wording",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_every_example_runs(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"svoc.reports.{name}")).failed == 0


def test_every_name_of_the_night_has_words() -> None:
    assert set(WORDS["outcome"]) == set(OUTCOMES)
    assert set(WORDS["rung"]) == {rung.name for rung in RUNGS}
    assert set(WORDS["cause"]) == set(Cause)
    assert set(WORDS["person_change"]) == set(ChangeKind)
    assert set(WORDS["case"]) == set(CaseKind)


def test_a_name_without_words_speaks_for_itself() -> None:
    assert words_for("door", "left_of_the_door") == "left of the door"
    assert spaced("dob") == "DOB"


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_only_all_is_all_and_only_nothing_is_nothing(part: int, whole: int) -> None:
    part = min(part, whole)
    told = percent(round(part / whole, 9))
    assert (told == "100%") == (part == whole)
    assert (told == "0%") == (part == 0)
    assert told != "100.0%"
    assert told != "0.0%"


@given(st.dates())
def test_a_day_is_written_without_noughts(on: object) -> None:
    assert re.fullmatch(r"[1-9]\d? [A-Z][a-z]+ \d+", day(str(on)))
    assert day(None) == "–"


def test_a_moment_keeps_its_zone_where_it_has_one() -> None:
    assert moment("2026-11-02T23:05:59+00:00") == "2 November 2026 at 23:05 UTC"
    assert moment("2026-11-02T23:05:59") == "2 November 2026 at 23:05"


@pytest.mark.parametrize(("took", "told"), [(0.0, "0.00 s"), (0.996, "1.00 s"), (59.94, "59.9 s"), (60.0, "1 min 0 s")])
def test_seconds_are_told_as_finely_as_they_matter(took: float, told: str) -> None:
    assert seconds(took) == told
