"""The town's properties: what must hold of every town, and what makes this one hard enough."""

from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from svoc.rehearsal.place_schema import CHANGES, KINDS, LPIS, PROPERTIES, RENAMES, STREETS, Schema
from svoc.rehearsal.places import World, build_world, generator, night_date
from svoc.rehearsal.streets import lay_streets
from svoc.rehearsal.written_addresses import written_on

PLACE = ["sao_start", "sao_start_suffix", "sao_text", "pao_start", "pao_start_suffix", "pao_end", "pao_text", "usrn"]


@cache
def town(seed: int = 3, dwellings: int = 3000, nights: int = 3) -> World:
    return build_world(seed, dwellings, nights=nights)


some_towns = st.builds(
    town, seed=st.integers(0, 5), dwellings=st.sampled_from([20, 33, 150, 800]), nights=st.integers(1, 4)
)
laws = settings(max_examples=12, deadline=None)


@laws
@given(some_towns)
def test_frames_have_the_promised_columns_and_order(world: World) -> None:
    for frame, schema in (
        (world.properties, PROPERTIES),
        (world.streets, STREETS),
        (world.lpis, LPIS),
        (world.changes, CHANGES),
        (world.renames, RENAMES),
    ):
        assert dict(frame.schema) == dict(schema)
    assert world.properties["uprn"].is_sorted()
    assert world.lpis["key"].is_sorted()


@given(st.integers(0, 2**32), st.integers(20, 400))
@settings(max_examples=15, deadline=None)
def test_the_first_night_has_exactly_the_wanted_dwellings(seed: int, dwellings: int) -> None:
    world = build_world(seed, dwellings)
    assert world.on(0)["dwelling"].to_list() == list(range(dwellings))
    assert world.dwellings["dwelling"].to_list() == list(range(world.dwellings.height))


@laws
@given(some_towns)
def test_no_uprn_and_no_reference_is_given_twice(world: World) -> None:
    assert world.properties["uprn"].is_unique().all()
    for reference in ("council_tax_ref", "register_ref"):
        given_out = world.properties[reference].drop_nulls()
        assert given_out.len() == world.dwellings.height
        assert given_out.is_unique().all()


@laws
@given(some_towns)
def test_no_two_dwellings_of_a_night_share_an_address(world: World) -> None:
    for night in range(world.nights):
        assert not world.on(night).select(PLACE).is_duplicated().any()


@laws
@given(some_towns)
def test_parents_are_properties_on_the_same_street_and_no_parent_of_their_own_child(world: World) -> None:
    children = world.properties.filter(pl.col("parent_uprn").is_not_null())
    parents = world.properties.select(parent_uprn="uprn", above="usrn", number="pao_start")
    joined = children.join(parents, on="parent_uprn", how="inner")
    assert joined.height == children.height
    assert (joined["usrn"] == joined["above"]).all()
    assert (joined["uprn"] != joined["parent_uprn"]).all()


@laws
@given(some_towns)
def test_every_listed_property_has_one_preferred_address_a_language_while_it_stands(world: World) -> None:
    for night in range(world.nights):
        preferred = written_on(world.lpis, night).filter(pl.col("status") == 1, pl.col("language") == "ENG")
        standing = world.properties.filter(
            pl.col("opens") <= night,
            pl.col("closes").is_null() | (pl.col("closes") > night),
            pl.col("kind") != "planned",
        )
        assert preferred["uprn"].sort().to_list() == standing["uprn"].to_list()


# What LPI statuses may stand under a BLPU of a status (the data entry conventions for gazetteers).
ALLOWED = {1: {1, 3, 5, 6, 7, 8, 9}, 6: {6, 7, 8, 9}, 8: {7, 8, 9}}


@laws
@given(some_towns)
def test_lpi_statuses_agree_with_their_property(world: World) -> None:
    for night in range(world.nights):
        gone, coming = pl.col("closes_right") <= night, pl.col("opens_right") > night
        joined = written_on(world.lpis, night).join(
            world.properties.select("uprn", opens_right="opens", closes_right="closes"), on="uprn"
        )
        blpu = pl.when(gone).then(8).when(coming).then(6).otherwise(1)
        found = joined.select(blpu=blpu, lpi="status").unique().rows()
        assert all(lpi in ALLOWED[blpu] for blpu, lpi in found), found


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    first, again, other = (build_world(seed, 200) for seed in (1, 1, 2))
    assert_frame_equal(first.properties, again.properties)
    assert_frame_equal(first.lpis, again.lpis)
    assert not first.properties["street"].equals(other.properties["street"])


def test_more_nights_leave_the_first_night_as_it_is() -> None:
    short, long = build_world(1, 200, nights=1), build_world(1, 200, nights=4)
    same = ["dwelling", "uprn", "postcode", "kind", *PLACE]
    assert_frame_equal(short.on(0).select(same), long.on(0).select(same))


@pytest.mark.parametrize(("dwellings", "nights"), [(19, 3), (100, 0)])
def test_a_town_too_small_to_be_one_is_refused(dwellings: int, nights: int) -> None:
    with pytest.raises(ValueError, match="at least 20 dwellings and one night"):
        build_world(1, dwellings, nights=nights)


def test_every_kind_of_dwelling_is_found_in_a_town() -> None:
    assert set(town().dwellings["kind"]) == set(KINDS)


def test_dwellings_are_mostly_houses_as_they_are() -> None:
    houses = town().dwellings["kind"].is_in(["house", "named_house"]).mean()
    assert isinstance(houses, float)
    assert 0.55 < houses < 0.85


def test_postcodes_hold_some_ten_to_thirty_dwellings_of_one_street() -> None:
    homes = town().on(0).group_by("postcode").agg(pl.len(), pl.col("usrn").n_unique().alias("streets"))
    assert homes["len"].max() in range(10, 41)
    assert homes["len"].median() in range(9, 31)
    assert homes["streets"].max() == 1
    assert town().on(0)["postcode"].str.contains(r"^ZQ\d{1,2} \d[ABDEFGHJLNPQRSTUWXYZ]{2}$").all()


def test_no_postcode_area_is_a_real_one() -> None:
    assert set(town().properties["postcode"].drop_nulls().str.slice(0, 2)) == {"ZQ"}


@pytest.mark.parametrize(
    ("hard_case", "is_one"),
    [
        ("a floor in words", pl.col("sao_text").str.contains("FLOOR FLAT|BASEMENT")),
        ("a tenement door", pl.col("sao_text").str.contains(r"^\d/\d$|^\dF\d$")),
        ("a lettered flat", pl.col("sao_text").str.contains("^FLAT [A-E]$")),
        ("a suffixed number", pl.col("pao_start_suffix").is_not_null()),
        ("a range", pl.col("pao_end").is_not_null()),
        ("a name and no number", pl.col("pao_text").is_not_null() & pl.col("pao_start").is_null()),
        ("a name and a number", pl.col("pao_text").is_not_null() & pl.col("pao_start").is_not_null()),
        ("a bare number in a named block", pl.col("sao_start").is_not_null()),
        ("a flat above a shop", pl.col("kind") == "above_shop"),
        ("a room", pl.col("sao_text").str.contains("^ROOM")),
        ("an annexe", pl.col("sao_text") == "ANNEXE"),
        ("a short UPRN", pl.col("uprn") < 10**8),
    ],
)
def test_the_town_has(hard_case: str, is_one: pl.Expr) -> None:
    assert town().dwellings.filter(is_one).height > 0, hard_case


@pytest.mark.parametrize(
    ("what", "is_one"),
    [
        ("alternative", pl.col("status") == 3),
        ("provisional", (pl.col("status") == 6) & pl.col("pao_text").str.starts_with("PLOT ")),
        ("historic", pl.col("status") == 8),
        ("Welsh", pl.col("language") == "CYM"),
    ],
)
def test_the_gazetteer_has_addresses_that_are(what: str, is_one: pl.Expr) -> None:
    assert town().lpis.filter(is_one).height > 0, what


def test_land_is_described_by_a_neighbour_whose_number_it_does_not_have() -> None:
    land = town().properties.filter(pl.col("kind") == "land")
    assert land["pao_text"].str.contains("^LAND ").all()
    assert land["pao_start"].null_count() == land.height


def test_a_house_split_into_12a_to_12c_may_have_a_shell_of_that_range() -> None:
    shells = town(3, 12_000).properties.filter(pl.col("pao_end_suffix").is_not_null())
    children = town(3, 12_000).properties.join(shells, left_on="parent_uprn", right_on="uprn", how="semi")
    assert shells.height > 0
    assert set(shells["kind"]) == {"shell"}
    assert (shells["pao_start"] == shells["pao_end"]).all()
    assert children["pao_start_suffix"].is_in(list("ABCDE")).all()


def test_streets_of_one_name_are_in_different_localities() -> None:
    assert not town().streets.select("street", "locality", "town").is_duplicated().any()
    assert town(3, 12_000).streets["street"].is_duplicated().any()


def test_homes_built_on_a_night_were_planned_before() -> None:
    world = town()
    for row in world.changes.filter(pl.col("change") == "built").iter_rows(named=True):
        before = written_on(world.lpis, row["night"] - 1).filter(pl.col("uprn") == row["uprn"])
        after = written_on(world.lpis, row["night"]).filter(pl.col("uprn") == row["uprn"])
        assert before["status"].to_list() == [6]
        assert sorted(after["status"].to_list()) == [1, 8]
        assert row["uprn"] not in world.on(row["night"] - 1)["uprn"]
        assert row["uprn"] in world.on(row["night"])["uprn"]


@pytest.mark.parametrize(("change", "before", "after"), [("split", 1, 2), ("merged", 2, 1)])
def test_splits_and_mergers_name_their_successors(change: str, before: int, after: int) -> None:
    world = town()
    changes = world.changes.filter(pl.col("change") == change)
    assert changes.height == 2 * (world.nights - 1)
    for (night,), rows in changes.group_by("night"):
        assert isinstance(night, int)
        assert rows["uprn"].n_unique() == before
        assert rows["successor"].n_unique() == after
        earlier, later = (set(world.on(n)["uprn"]) for n in (night - 1, night))
        assert set(rows["uprn"]) <= earlier - later
        assert set(rows["successor"]) <= later - earlier


def test_a_renamed_street_has_its_new_name_from_its_night_on() -> None:
    world = town()
    last = world.nights - 1
    renamed = world.changes.filter(pl.col("change") == "renamed")["uprn"].to_list()
    own = pl.col("uprn").is_in(renamed)
    before, after = (world.on(night).filter(own).sort("uprn") for night in (last - 1, last))
    assert after.height == len(renamed) > 0
    assert (before["usrn"] != after["usrn"]).all()
    assert before["street"].n_unique() == after["street"].n_unique() == 1
    assert before["street"][0] != after["street"][0]
    old = written_on(world.lpis, last).filter(own, pl.col("street") == before["street"][0])
    assert set(old["status"]) == {8}


def test_what_was_demolished_stands_on_no_night_and_has_a_successor() -> None:
    world = town()
    gone = world.changes.filter(pl.col("change") == "demolished")
    assert gone.height > 0
    assert gone["successor"].is_in(world.properties["uprn"].implode()).all()
    assert not set(gone["uprn"]) & set(world.dwellings["uprn"])


def test_nights_follow_one_another() -> None:
    assert (night_date(1) - night_date(0)).days == 1


def test_stages_draw_from_streams_of_their_own() -> None:
    def draw(seed: int, stage: str) -> float:
        return float(generator(seed, stage).random())

    assert draw(1, "streets") == draw(1, "streets")
    assert len({draw(1, "streets"), draw(1, "homes"), draw(2, "streets")}) == 3


def test_schemas_say_what_they_hold() -> None:
    schemas: list[Schema] = [PROPERTIES, STREETS, LPIS, CHANGES, RENAMES]
    assert all(isinstance(dtype, pl.DataType) for schema in schemas for dtype in schema.values())


def test_a_city_has_names_enough_and_no_two_of_one_locality_are_the_same() -> None:
    streets = lay_streets(83, 300_000)
    assert streets.height > 8_000
    assert streets.select("locality", "street").is_unique().all()
