"""Real lists of properties go on to be placed: every row gets an outcome and, where it has no home, a reason."""

import os
from pathlib import Path

import polars as pl
import pytest

from gazetteer import OUTCOMES, Gazetteer, parse, resolve
from gazetteer.examples import barchester
from gazetteer.formats.base import ADDRESSES, CROSS_REFERENCES, PROPERTIES, STREETS, SUCCESSORS, Supply, Tables, conform
from svoc.sources.property_lists import recognise_property_list

EXPORTS = (
    "ems-dcounts-districts.csv",
    "ems-halarose.csv",
    "ems-idox-eros.csv",
    "ems-xpress-dc.csv",
    "ems-xpress-weblookup.CSV",
)


def listed(name: str) -> pl.DataFrame:
    folder = os.environ.get("SVOC_SAMPLES")
    if not folder:
        pytest.skip("SVOC_SAMPLES is not set: it names the folder with samples of real formats")
    found = recognise_property_list(Path(folder) / "electoral" / name)
    assert found is not None
    return found.read()


def made_of(rows: pl.DataFrame) -> Gazetteer:
    """Makes a gazetteer that holds the rows' own addresses, as single lines, under their own UPRNs."""
    whole = pl.concat_str("address", "postcode", separator=", ", ignore_nulls=True).alias("text")
    lines = rows.select("postcode", whole, uprn="supplied_uprn", status=pl.lit(1)).unique("uprn", maintain_order=True)
    empty = {
        name: conform(pl.DataFrame(), schema).clear()
        for name, schema in (("streets", STREETS), ("cross_references", CROSS_REFERENCES), ("successors", SUCCESSORS))
    }
    tables = Tables(
        properties=conform(lines, PROPERTIES), addresses=conform(lines, ADDRESSES), supply=Supply("made"), **empty
    )
    return Gazetteer.from_tables(tables)


@pytest.mark.parametrize("name", EXPORTS)
def test_the_addresses_of_each_export_are_taken_apart(name: str) -> None:
    for address, postcode in listed(name).select("address", "postcode").iter_rows():
        parts = parse(address, postcode=postcode)
        assert (parts.street and (parts.number or parts.unit)) or parts.building
        assert parts.postcode == (postcode or "")


@pytest.mark.parametrize("name", EXPORTS)
def test_a_gazetteer_of_another_place_answers_each_row_with_a_reason(name: str) -> None:
    placed = resolve(listed(name), barchester())
    assert placed["outcome"].to_list() == ["none"] * len(placed)
    assert placed["rung"].is_in(["out_of_area", "street_unknown"]).all()
    assert placed["reason"].null_count() == 0


@pytest.mark.parametrize("name", EXPORTS)
def test_each_row_finds_its_own_uprn_and_absent_ones_are_told(name: str) -> None:
    rows = listed(name)
    known = rows.gather_every(2)
    by_text = resolve(rows.drop("supplied_uprn"), made_of(known))
    assert by_text["outcome"].is_in(list(OUTCOMES)).all()
    assert by_text.filter(pl.col("outcome") != "exact")["reason"].null_count() == 0
    truth = pl.Series(rows["supplied_uprn"].is_in(known["supplied_uprn"].implode()))
    held = by_text.filter(truth)
    assert held["outcome"].to_list() == ["exact"] * len(held)
    assert held["uprn"].to_list() == rows.filter(truth)["supplied_uprn"].to_list()
    strangers = by_text.filter(~truth)
    assert strangers.filter(pl.col("outcome") == "exact").is_empty()


@pytest.mark.parametrize("name", EXPORTS)
def test_the_supplied_uprn_agrees_with_each_row_of_its_own(name: str) -> None:
    rows = listed(name)
    placed = resolve(rows, made_of(rows))
    assert placed["rung"].to_list() == ["supplied_uprn"] * len(rows)
    assert placed["uprn"].to_list() == rows["supplied_uprn"].to_list()
