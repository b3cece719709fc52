"""Who truly lives where in the made-up town, night by night."""

from pathlib import Path

import polars as pl

from svoc.rehearsal import rehearse
from svoc.rehearsal.living import living_on


def test_who_has_moved_lives_where_they_went_and_the_dead_live_nowhere(tmp_path: Path) -> None:
    town = rehearse(tmp_path, dwellings=300, seed=5, nights=4)
    before, after = (living_on(town.people, town.events, town.world.dwellings, night) for night in (0, 3))
    home = dict(after.select("household", "dwelling").unique().iter_rows())
    assert after["person"].is_unique().all()
    assert len(home) == after.select("household", "dwelling").n_unique(), "a household lives in one dwelling"
    told = town.events.filter(pl.col("kind").is_in(["move", "rehouse", "arrive"])).unique("household", keep="last")
    assert told.height
    for household, to in told.select("household", "to_dwelling").iter_rows():
        assert home[household] == to
    left = town.events.filter(pl.col("kind") == "leave")["household"]
    assert left.len()
    assert not set(left) & set(home)
    died = {f"P{person:07}" for person in town.events.filter(pl.col("kind") == "death")["person"]}
    assert died <= set(before["person"])
    assert not died & set(after["person"])
