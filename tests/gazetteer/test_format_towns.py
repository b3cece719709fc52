"""Reads whole rehearsal towns, whose writer shares no code with the reader."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from gazetteer.formats import Tables, read_tables
from svoc.rehearsal.gazetteer_files import write_addressbase, write_dtf
from svoc.rehearsal.places import World, build_world

LAST = 2
Writer = Callable[..., int]


@pytest.fixture(scope="module", params=[1, 2], ids=["seed 1", "seed 2"])
def world(request: pytest.FixtureRequest) -> World:
    return build_world(request.param, 400, nights=LAST + 1)


def frames(tables: Tables) -> dict[str, pl.DataFrame]:
    return {
        "properties": tables.properties,
        "addresses": tables.addresses,
        "streets": tables.streets,
        "cross_references": tables.cross_references,
        "successors": tables.successors,
    }


@pytest.mark.parametrize("write", [write_dtf, write_addressbase])
def test_a_full_supply_and_its_changes_are_the_next_full_supply(write: Writer, world: World, tmp_path: Path) -> None:
    write(tmp_path / "full_0.csv", world)
    write(tmp_path / "last.csv", world, night=LAST)
    for night in range(1, LAST + 1):
        write(tmp_path / f"changes_{night}.csv", world, night=night, since=night - 1)
    stepped = read_tables([tmp_path / "full_0.csv", *tmp_path.glob("changes_*.csv")])
    whole = read_tables(tmp_path / "last.csv")
    assert stepped.supply.date == whole.supply.date
    for name, frame in frames(whole).items():
        assert frames(stepped)[name].equals(frame), name


def test_both_formats_say_the_same_of_the_town(world: World, tmp_path: Path) -> None:
    write_dtf(tmp_path / "dtf.csv", world)
    write_addressbase(tmp_path / "abp.csv", world)
    dtf, addressbase = read_tables(tmp_path / "dtf.csv"), read_tables(tmp_path / "abp.csv")
    same = ["uprn", "status", "state", "class_code", "parent_uprn", "x", "y", "start", "end"]
    assert addressbase.properties.select(same).equals(dtf.properties.select(same))
    written = ["uprn", "key", "status", "language", "sao_text", "pao_start", "pao_text", "usrn", "street", "town"]
    lpis = addressbase.addresses.filter(origin="lpi")
    assert lpis.select(written).equals(dtf.addresses.select(written))
    assert addressbase.successors.equals(dtf.successors)


def test_every_property_and_every_street_of_the_town_arrives(world: World, tmp_path: Path) -> None:
    write_dtf(tmp_path / "dtf.csv", world)
    tables = read_tables(tmp_path / "dtf.csv")
    assert tables.supply.complete is True
    assert tables.properties.height == tables.supply.counts["21"]
    assert tables.addresses.height == tables.supply.counts["24"]
    assert tables.streets.height == tables.supply.counts["15"]
    assert tables.addresses["street"].null_count() == 0
