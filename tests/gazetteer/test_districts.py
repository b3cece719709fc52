"""Gazetteers of districts that become one: what stands in both, and what must keep apart."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from gazetteer import Gazetteer, resolve
from gazetteer.districts import SHARED, STREETS_SHARED, Joined, join_districts, of_district, read_district
from gazetteer.examples import tables_of
from gazetteer.formats.base import ADDRESSES, CROSS_REFERENCES, PROPERTIES, STREETS, Tables

FIXTURES = Path(__file__).parent / "fixtures"
COLUMNS = ("uprn", "number", "street", "town", "postcode", "reference", "parent", "status")


def district(code: int, *lines: str, **pins: tuple[float, float]) -> Tables:
    """Make a district of lines as `1 | 12 | KING STREET | BARCHESTER | BA1 1AA | 600 | PARENT | STATUS`."""
    rows = []
    for line in lines:
        values = [part.strip() for part in line.split("|")]
        row = dict(zip(COLUMNS, values + [""] * (len(COLUMNS) - len(values)), strict=True))
        rows.append({"class": "RD04", "unit_text": "", "unit": "", "building": "", **row})
    made = tables_of(rows)
    at = {int(name.removeprefix("u")): where for name, where in pins.items()}
    uprn = pl.col("uprn")
    properties = made.properties.with_columns(
        custodian=pl.lit(code, pl.Int32),
        x=uprn.replace_strict({u: x for u, (x, _) in at.items()}, default=None, return_dtype=pl.Float64),
        y=uprn.replace_strict({u: y for u, (_, y) in at.items()}, default=None, return_dtype=pl.Float64),
    )
    return replace(made, properties=properties, supply=replace(made.supply, custodian=code))


def joined(north: Tables, south: Tables) -> Joined:
    return join_districts({"north": north, "south": south})


def kinds(found: Joined) -> dict[int, str]:
    return dict(found.shared.select("uprn", "kind").iter_rows())


def placed(found: Joined, address: str, **more: object) -> tuple[str, int | None]:
    frame = pl.DataFrame([{"address": address, "postcode": None, **more}], schema_overrides={"postcode": pl.String()})
    return resolve(frame, Gazetteer.from_tables(found.tables)).select("outcome", "uprn").row(0)


NORTH = "1 | 12 | KING STREET | BARCHESTER | BA1 1AA"
SOUTH = "2 | 7 | MILL LANE | OAKHAM | OA1 1AA"


def test_two_districts_are_one_gazetteer_on_which_the_addresses_of_both_are_placed() -> None:
    found = joined(district(1, NORTH), district(2, SOUTH))

    assert found.shared.is_empty()
    assert placed(found, "12 King Street, Barchester, BA1 1AA") == ("exact", 1)
    assert placed(found, "7 Mill Lane, Oakham, OA1 1AA") == ("exact", 2)


def test_the_tables_are_as_any_formats() -> None:
    found = joined(district(1, NORTH), district(2, SOUTH))

    assert dict(found.tables.properties.schema) == PROPERTIES
    assert dict(found.tables.addresses.schema) == ADDRESSES
    assert dict(found.tables.streets.schema) == STREETS
    assert dict(found.tables.cross_references.schema) == CROSS_REFERENCES
    assert dict(found.shared.schema) == SHARED
    assert dict(found.streets.schema) == STREETS_SHARED
    assert found.tables.supply.custodian is None


def test_a_property_on_the_boundary_stands_once_and_is_told_of() -> None:
    found = joined(district(1, NORTH), district(2, NORTH, SOUTH))

    assert kinds(found) == {1: "boundary"}
    assert found.tables.properties["uprn"].to_list() == [1, 2]
    assert found.tables.addresses.filter(pl.col("uprn") == 1).height == 1
    assert found.shared.select("kept", "other", "custodian", "custodian_other").row(0) == ("north", "south", 1, 2)


def test_its_own_custodians_record_stands() -> None:
    north = district(1, NORTH)
    theirs = replace(north, properties=north.properties.with_columns(custodian=pl.lit(2, pl.Int32)))
    found = joined(theirs, district(2, NORTH))

    assert found.shared.select("kept", "other").row(0) == ("south", "north")


def test_the_record_in_use_stands_before_the_historic_one_whoever_kept_it() -> None:
    found = joined(district(1, f"{NORTH} | | | 8"), district(2, NORTH))

    assert found.shared.select("kept", "status", "status_other").row(0) == ("south", 1, 8)
    assert found.tables.properties["status"].to_list() == [1]


def test_what_the_other_district_writes_of_it_finds_it_too() -> None:
    spot = {"u1": (1000.0, 1000.0)}
    found = joined(district(1, NORTH, **spot), district(2, "1 | 3 | TURNPIKE | OAKHAM | OA1 1AB", u1=(1010.0, 1000.0)))

    assert kinds(found) == {1: "boundary"}
    assert placed(found, "3 Turnpike, Oakham, OA1 1AB") == ("exact", 1)
    assert found.tables.addresses["status"].to_list() == [1, 3]


def test_one_uprn_for_two_properties_is_a_clash_and_nobody_is_placed_on_the_wrong_one() -> None:
    other = "1 | 3 | TURNPIKE | OAKHAM | OA1 1AB | 600"
    found = joined(district(1, NORTH), district(2, other, SOUTH, "9 | 3A | TURNPIKE | OAKHAM | OA1 1AB | | 1"))

    assert kinds(found) == {1: "clash"}
    assert placed(found, "12 King Street, Barchester, BA1 1AA") == ("exact", 1)
    assert placed(found, "3 Turnpike, Oakham, OA1 1AB")[1] != 1
    assert placed(found, "3 Turnpike, Oakham, OA1 1AB", supplied_uprn=1)[0] == "ambiguous"
    assert found.tables.cross_references.is_empty(), "its references are its own"
    assert found.tables.properties.filter(pl.col("uprn") == 9)["parent_uprn"].to_list() == [None]


def test_pins_far_apart_do_not_make_one_property_and_a_shared_postcode_does_not_either() -> None:
    other = district(2, "1 | 3 | TURNPIKE | BARCHESTER | BA1 1AA", u1=(1026.0, 1000.0))
    found = joined(district(1, NORTH, u1=(1000.0, 1000.0)), other)

    assert kinds(found) == {1: "clash"}


def test_references_are_looked_up_in_their_own_district_alone() -> None:
    north, south = district(1, f"{NORTH} | 600100"), district(2, f"{SOUTH} | 600100")
    found = joined(north, south)
    asked = {"property_reference": "0600100"}

    for name, uprn in (("north", 1), ("south", 2)):
        assert placed(found, "", **asked, reference_source=of_district(name, "CT")) == ("exact", uprn)
    assert placed(found, "", **asked, reference_source="CT")[1] is None
    assert placed(found, "", **asked, reference_source=None)[1] is None, "two may be meant"


def test_one_usrn_for_two_streets_lends_neither_the_others_name() -> None:
    south = district(2, SOUTH)
    north = district(1, NORTH)
    (usrn,) = north.streets["usrn"]
    clash = replace(
        south,
        streets=south.streets.with_columns(usrn=pl.lit(usrn, pl.Int64)),
        addresses=south.addresses.with_columns(usrn=pl.lit(usrn, pl.Int64)),
    )
    found = joined(north, clash)

    assert found.streets.select("usrn", "kind", "kept", "names", "names_other").rows() == [
        (usrn, "clash", "north", "KING STREET", "MILL LANE")
    ]
    assert placed(found, "12 Mill Lane, Barchester, BA1 1AA")[0] != "exact"
    assert placed(found, "7 Mill Lane, Oakham, OA1 1AA") == ("exact", 2)


def test_the_order_in_which_districts_are_named_matters_only_where_nothing_else_tells() -> None:
    north, south = district(1, NORTH, f"3 {NORTH[1:]}"), district(2, SOUTH, NORTH)
    one, other = join_districts({"north": north, "south": south}), join_districts({"south": south, "north": north})

    assert one.tables.properties["uprn"].to_list() == other.tables.properties["uprn"].to_list()
    assert kinds(one) == kinds(other)


def test_districts_of_two_formats_and_a_saved_one_are_joined(tmp_path: Path) -> None:
    saved = Gazetteer.read(FIXTURES / "barchester_dtf.csv").save(tmp_path / "north")
    view = tmp_path / "view.csv"
    view.write_text('UPRN,ADDRESS,POSTCODE\n77,"1 New Road, Oakham",OA1 1AA\n')
    found = join_districts({"north": read_district([saved]), "south": read_district([view])})

    assert found.tables.supply.dialect == "DTF 7.3 and flat view"
    assert placed(found, "1 New Road, Oakham, OA1 1AA") == ("exact", 77)
    assert len(found.tables.supply.sources) == 2


def test_changes_of_one_district_are_applied_to_it_alone() -> None:
    changed = read_district([FIXTURES / "barchester_dtf.csv", FIXTURES / "barchester_dtf_changes.csv"])
    found = join_districts({"north": changed, "south": district(2, SOUTH)})

    assert found.tables.properties.height == changed.properties.height + 1


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_districts_is_joined(count: int) -> None:
    lines = [NORTH, SOUTH, "3 | 1 | HIGH STREET | THORPE | TH1 1AA"]
    found = join_districts({f"d{n}": district(n, line) for n, line in enumerate(lines[:count])})

    assert found.tables.properties.height == count
