"""Markers: what letters mean is configuration, and nothing that is unknown is lost."""

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.errors import SettingsError
from svoc.sources.register_markers import ANONYMOUS, OPTED_OUT, OVERSEAS, marker_map, markers_of

CASES = Path(__file__).parents[2] / "cases" / "register_markers.csv"


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda c: c["why"])
def test_letters(case: dict[str, str]) -> None:
    own = dict([case["own"].split("=")]) if case["own"] else {}
    meant = markers_of(pl.Series("m", [case["written"] or None]), marker_map(own)).to_list()[0]
    assert "|".join(meant) == case["meanings"]


def test_the_shipped_map_has_the_letters_with_an_effect() -> None:
    shipped = marker_map({})
    assert (shipped["N"], shipped["F"], shipped["Z"]) == (ANONYMOUS, OVERSEAS, OPTED_OUT)


@pytest.mark.parametrize("meaning", ["Anonymous", "opted out", "opted_out", "", "-"])
def test_a_meaning_is_a_word_with_hyphens(meaning: str) -> None:
    with pytest.raises(SettingsError, match="small letters with hyphens"):
        marker_map({"Q": meaning})


@pytest.mark.parametrize(("meaning", "meant"), [("anonimous", "anonymous"), ("overseeas", "overseas")])
def test_a_meaning_that_just_misses_one_with_an_effect_is_refused(meaning: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=meant):
        marker_map({"Q": meaning})


@given(st.lists(st.one_of(st.none(), st.text("ABFGNXZ ,/", max_size=6)), max_size=20))
@settings(deadline=None, max_examples=60)
def test_no_letter_is_lost_and_none_is_invented(written: list[str | None]) -> None:
    meanings = marker_map({})
    meant = markers_of(pl.Series("m", written, dtype=pl.String), meanings).to_list()
    assert len(meant) == len(written)
    for value, found in zip(written, meant, strict=True):
        letters = {c for c in (value or "") if c.isalpha()}
        long = any(len(token) > 4 for token in (value or "").replace("/", " ").replace(",", " ").split())
        assert long or set(found) == {meanings.get(letter, letter) for letter in letters}
