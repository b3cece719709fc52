"""A town's figures: what is told of its wards is the truth in tens, for statistics and for nothing else."""

from pathlib import Path

import polars as pl
import pytest

from svoc import Council
from svoc.errors import PurposeRefused, SettingsError
from svoc.rehearsal.town import rehearse
from svoc.surveying import survey
from svoc.words.mentions import EVENTS_SOURCE


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    rehearse(folder, dwellings=600, seed=19)
    with Council.open(folder / "council.toml") as council:
        council.commit(council.plan())
    return folder / "council.toml"


@pytest.fixture(scope="module")
def told(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("insight")
    survey(town, folder, purpose="statistics", cost=4.5)
    return folder


def test_each_ward_has_the_people_who_live_there_in_tens(town: Path, told: Path) -> None:
    """The persons are counted here another way: each with a home, by the ward that the gazetteer gives it."""
    with Council.open(town) as council:
        stands = council.reader("statistics").standing()
        wards = council.gazetteer.properties.select(place="uprn", ward="ward")
    people = stands.mentions.filter((pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE))
    here = people.remove(pl.col("until") <= stands.as_of).join(stands.state.members, on="mention")
    homes = stands.state.households.unique("person").join(wards, on="place").join(here, on="person", how="semi")
    died = stands.state.persons.filter(pl.col("deceased").fill_null(value=False))
    true = dict(homes.join(died, on="person", how="anti").group_by("ward").len().iter_rows())
    rows = dict(pl.read_csv(told / "areas.csv").iter_rows())
    assert set(true) <= set(rows)
    assert max(true.values()) > 100
    for ward, count in true.items():
        assert rows[ward] % 10 == 0
        assert count - 40 <= rows[ward] <= count


def test_every_figure_is_whole_tens_and_no_table_tells_more_than_its_area(told: Path) -> None:
    areas = dict(pl.read_csv(told / "areas.csv").iter_rows())
    for name in ("services", "households", "arrivals", "completeness"):
        table = pl.read_csv(told / f"{name}.csv")
        assert (table["people"] % 10 == 0).all()
        for area, people in table.group_by("area").agg(pl.col("people").sum()).iter_rows():
            assert people <= areas[area]
    assert pl.read_csv(told / "missing_links.csv").height == 2


def test_the_page_says_what_its_figures_mean(told: Path) -> None:
    page = (told / "insight.html").read_text(encoding="utf-8")
    assert "rounded down" in page
    assert "under 10" in page
    assert "<script" not in page


def test_for_any_other_purpose_it_is_refused(town: Path, tmp_path: Path) -> None:
    with pytest.raises(PurposeRefused, match="statistics"):
        survey(town, tmp_path / "out", purpose="council-tax")
    assert not (tmp_path / "out").exists()


def test_before_the_first_night_there_is_nothing_to_count(tmp_path: Path) -> None:
    rehearse(tmp_path, dwellings=30, seed=19)
    with pytest.raises(SettingsError, match="run a night first"):
        survey(tmp_path / "council.toml", tmp_path / "out")
