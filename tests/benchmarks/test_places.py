"""The instrument that measures the resolver: its towns, its rows, and that nothing is asked that cannot be known."""

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from benchmarks.hard_cases.files import canonical, write_addressbase
from benchmarks.hard_cases.kinds import KINDS, rows
from benchmarks.hard_cases.model import Town
from benchmarks.hard_cases.town import town
from gazetteer import Gazetteer

MANY = 12


@cache
def small(seed: int = 7) -> Town:
    return town(seed, properties=6_000)


@cache
def asked(seed: int = 7) -> pl.DataFrame:
    return rows(small(seed), dict.fromkeys(KINDS, MANY))


def test_there_are_the_68_kinds_each_with_a_meaning_and_a_share() -> None:
    assert sorted(KINDS) == list(range(1, 69))
    assert all(kind.meaning.endswith(".") and kind.share > 0 for kind in KINDS.values())
    assert len({kind.name for kind in KINDS.values()}) == 68


@pytest.mark.parametrize("number", sorted(KINDS), ids=lambda n: f"{n} {KINDS[n].name}")
def test_each_kind_yields_rows_whose_answer_is_there(number: int) -> None:
    own = asked().filter(pl.col("kind") == number)
    assert own.height >= MANY // 2
    assert own["address"].str.strip_chars().str.len_chars().min() > 0  # type: ignore[operator]
    for row in own.iter_rows(named=True):
        assert (row["want"] == "none") == (row["uprn"] is None)
        answers = {row["uprn"], *row["also"]} - {None}
        assert all(small().places[uprn].status in (1, 6) for uprn in answers)
        if row["want"] == "building":
            place = small().places[row["uprn"]]
            assert place.class_code in ("PP", "RH01") or place.sort == "flat"


def test_a_seed_decides_everything() -> None:
    again = town(7, properties=6_000)
    assert again.places == small().places
    assert rows(again, dict.fromkeys(KINDS, MANY)).equals(asked())
    assert not asked(8).equals(asked())


def test_a_towns_own_properties_hang_together() -> None:
    places = small().places
    for place in places.values():
        assert place.parent is None or place.parent in places
        assert all(places[heir].status == 1 for heir in place.successors)
    shells = {uprn for uprn, place in places.items() if place.class_code == "PP" and place.sort != "twin"}
    assert shells <= set(small().children)


def test_the_file_and_the_texts_tell_the_same_properties(tmp_path: Path) -> None:
    write_addressbase(small(), tmp_path / "town.csv")
    gazetteer = Gazetteer.read(tmp_path / "town.csv")
    assert set(gazetteer.variants["uprn"]) == set(canonical(small())["uprn"]) == set(small().places)


def test_streets_of_one_name_lie_in_several_places() -> None:
    high = {(s.locality, s.town) for s in small().streets if s.name == "HIGH STREET"}
    assert len(high) >= 4
