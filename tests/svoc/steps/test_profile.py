"""What is kept of each source, to hold the next night against."""

import json

import polars as pl

from svoc.steps.profile import profile
from svoc.words.records import RECORDS
from tests.worlds import placed

WORLD = placed(
    "council_tax A1 | MR JOHN SMITH & MRS A SMITH | 3 | 2020-04-01.. | phone=01392000001",
    "council_tax 0012 | MISS RUTH HILL | - | 2021-01-01..",
    "library L1 | RUTH HILL | 4 | .. | dob=1961-02-03",
    "life_events registrar:D1 | MR JOHN SMITH | 3",
)


def test_each_source_is_told_by_itself_and_life_events_are_none() -> None:
    told = profile(WORLD)
    assert {source: one["records"] for source, one in told.items()} == {"council_tax": 3, "library": 1}
    assert told["council_tax"]["filled"]["phone"] == 0.6667
    assert told["council_tax"]["filled"]["dob"] == 0
    assert told["library"]["filled"]["dob"] == 1


def test_shapes_are_shares_of_what_is_filled_in() -> None:
    shapes = profile(WORLD)["council_tax"]["shapes"]
    assert shapes["record"] == {"2 letters and digits": 0.6667, "4 digits": 0.3333}
    assert shapes["postcode"] == {"AA9 9AA": 1.0}
    assert shapes["forename"] == {"name": 0.6667, "initial": 0.3333}
    assert shapes["since"] == {"another day": 0.6667, "1 January": 0.3333}
    assert "dob" not in shapes, "where nothing is filled in nothing has a shape"


def test_rare_shapes_are_told_together() -> None:
    many = placed(*(f"library {'9' * n} | RUTH HILL | 1" for n in range(1, 20)))
    shapes = profile(many)["library"]["shapes"]["record"]
    assert len(shapes) == 13
    assert shapes["others"] == 0.3684
    assert abs(sum(shapes.values()) - 1) < 0.01


def test_the_order_of_rows_does_not_matter() -> None:
    assert json.dumps(profile(WORLD)) == json.dumps(profile(WORLD.reverse()))


def test_no_value_of_a_record_is_in_it() -> None:
    told = json.dumps(profile(WORLD))
    said = WORLD.filter(pl.col("source") != "life_events")
    values = [value for name in RECORDS if RECORDS[name] == pl.String for value in said[name].drop_nulls().unique()]
    longer = {value for value in values if len(value) > 3} - {"council_tax", "library"}
    assert longer
    assert not [value for value in longer if value in told]
