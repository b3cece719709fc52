import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.rehearsal.households import FAMILIES
from svoc.rehearsal.occupancy import HOUSEHOLDS, LATELY
from svoc.rehearsal.people import PERSONS, Residents, age_on, settle
from svoc.rehearsal.place_schema import FIRST_NIGHT


def homes(count: int) -> pl.DataFrame:
    kinds = ["house", "flat", "house", "house", "named_house", "shared_house", "student_hall"]
    frame = pl.DataFrame({"dwelling": range(count)}).with_columns(
        kind=pl.col("dwelling").map_elements(lambda n: kinds[n % 7] if n % 50 else "care_home", return_dtype=pl.String)
    )
    return frame.with_columns(holds=pl.when(pl.col("kind") == "care_home").then(20).otherwise(5))


@pytest.fixture(scope="module")
def town() -> Residents:
    return settle(homes(3000), 11, arrivals=40)


def members(town: Residents, kind: str) -> pl.DataFrame:
    chosen = town.households.filter(pl.col("kind") == kind).select("household")
    return town.persons.join(chosen, on="household", how="semi").sort("household", "slot")


def pairs(town: Residents, kind: str, role: str) -> pl.DataFrame:
    people = members(town, kind)
    heads = people.filter(pl.col("slot") == 0)
    return people.filter(pl.col("role") == role).join(heads, on="household", suffix="_head")


def test_frames_are_as_they_say(town: Residents) -> None:
    assert dict(town.persons.schema) == dict(PERSONS)
    assert dict(town.households.schema) == dict(HOUSEHOLDS)
    assert town.persons["person"].to_list() == list(range(town.persons.height))
    assert set(town.persons["household"]) <= set(town.households["household"])


@given(seed=st.integers(0, 10_000), count=st.integers(1, 60))
@settings(max_examples=10)
def test_the_same_seed_gives_the_same_people(seed: int, count: int) -> None:
    first, second = settle(homes(count), seed, arrivals=3), settle(homes(count), seed, arrivals=3)
    assert first.persons.equals(second.persons)
    assert first.households.equals(second.households)


def test_another_seed_gives_others(town: Residents) -> None:
    assert not settle(homes(3000), 12, arrivals=40).persons.equals(town.persons)


def test_nobody_is_nameless_or_unborn(town: Residents) -> None:
    named = town.persons.select("title", "forename", "surname", "dob")
    assert named.null_count().sum_horizontal().item() == 0
    assert (town.persons["surname"] != "").all()
    ages = town.persons.select(age=age_on(FIRST_NIGHT))["age"]
    assert (int(ages.min() or 0), int(ages.max() or 0)) >= (15, 90)  # type: ignore[arg-type]


def test_every_kind_of_household_is_there(town: Residents) -> None:
    kinds = set(town.households["kind"])
    assert {household.kind for household in FAMILIES} <= kinds
    assert {"shared_house", "student_house", "student_flat", "care_home_20"} <= kinds


def test_couples_bear_one_surname_or_two(town: Residents) -> None:
    couples = pairs(town, "couple", "partner").filter(pl.col("custom") == "british")
    same = (couples["surname"] == couples["surname_head"]).mean()
    assert 0.5 < float(same or 0) < 0.85  # type: ignore[arg-type]


def test_fathers_and_sons_of_one_name_are_thirty_years_apart(town: Residents) -> None:
    sons = pairs(town, "father_and_son", "child")
    assert sons.height > 10
    assert (sons["forename"] == sons["forename_head"]).all()
    assert ((sons["dob"] - sons["dob_head"]).dt.total_days() > 18 * 365).all()


def test_twins_share_a_day_and_a_name_but_not_a_forename_always(town: Residents) -> None:
    people = members(town, "twins").filter(pl.col("role").is_in(["child", "twin"]))
    days = people.group_by("household").agg(pl.col("dob").n_unique(), pl.col("forename").n_unique())
    assert (days["dob"] == 1).all()
    assert float(days["forename"].mean() or 0) > 1.8  # type: ignore[arg-type]


def test_like_initials_are_alike(town: Residents) -> None:
    people = members(town, "like_initials").filter(pl.col("role").is_in(["child", "sibling"]))
    initials = people.group_by("household").agg(
        pl.col("forename").str.slice(0, 1).n_unique(), pl.col("forename").n_unique().alias("names")
    )
    assert float((initials["forename"] == 1).mean() or 0) > 0.75  # type: ignore[arg-type]
    assert float((initials["names"] == 2).mean() or 0) > 0.9  # type: ignore[arg-type]


def test_sharers_are_strangers(town: Residents) -> None:
    people = members(town, "shared_house")
    surnames = people.group_by("household").agg(different=pl.col("surname").n_unique() / pl.len())
    assert float(surnames["different"].mean() or 0) > 0.95  # type: ignore[arg-type]


def test_who_came_from_the_town_left_a_home_that_was_taken_again(town: Residents) -> None:
    moved = town.households.filter(pl.col("came_from").is_not_null())
    takers = town.households.filter(pl.col("until").is_null()).select(came_from="dwelling", taken="since")
    after = moved.join(takers, on="came_from")
    assert after.height == moved.height > 20
    assert (after["taken"] >= after["since"]).all()
    assert (moved["came_from"] != moved["dwelling"]).all()


def test_who_has_gone_left_before_the_next_came(town: Residents) -> None:
    gone = town.households.filter(pl.col("until").is_not_null())
    now = town.households.filter(pl.col("until").is_null()).select("dwelling", next="since")
    after = gone.join(now, on="dwelling")
    assert after.height == gone.height > 20
    assert (after["next"] >= after["until"]).all()
    assert set(gone["fate"]) <= {"moved", "abroad", "died"}


def test_a_dwelling_holds_one_household_at_a_time(town: Residents) -> None:
    living = town.households.filter(pl.col("until").is_null(), pl.col("dwelling").is_not_null())
    assert living["dwelling"].is_unique().all()


def test_recent_moves_are_about_a_tenth(town: Residents) -> None:
    settled = town.households.filter(pl.col("until").is_null(), ~pl.col("kind").str.starts_with("student"))
    lately = (pl.lit(FIRST_NIGHT) - pl.col("since")).dt.total_days() < LATELY
    share = settled.filter(pl.col("dwelling").is_not_null()).select(lately).to_series().mean()
    assert 0.07 < float(share or 0) < 0.16  # type: ignore[arg-type]


def test_some_students_have_their_parents_in_town(town: Residents) -> None:
    students = town.persons.filter(pl.col("role") == "student")
    local = students.join(town.parental, on="person")
    assert 0.2 < local.height / students.height < 0.5
    families = (
        town.households.filter(pl.col("until").is_null())
        .select("household", "dwelling")
        .join(town.persons.filter(pl.col("slot") == 0), on="household")
    )
    with_parents = local.join(families.select("dwelling", parent="surname", parent_custom="custom"), on="dwelling")
    british = with_parents.filter(pl.col("parent_custom") == "british")
    assert (british["surname"] == british["parent"]).all()


def test_those_who_are_to_come_have_no_home_yet(town: Residents) -> None:
    coming = town.households.filter(pl.col("dwelling").is_null())
    assert coming.height == 40
    assert coming["since"].null_count() == 40
