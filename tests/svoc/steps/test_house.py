"""Households: an identifier follows the people, not the bricks."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.errors import SettingsError
from svoc.steps.house import Housed, house, household_identifier, is_household
from svoc.steps.identify import identifier, identify, is_identifier
from svoc.words.households import Communal, Establishments
from svoc.words.persons import FORWARDS, PERSONS
from svoc.words.plan import LaneState, Plan, Yesterday
from tests.worlds import death, decisions, extract, morrow, night, nights, person_of, placed, street

SMITHS = "MR JOHN SMITH & MRS ANN SMITH"


def of(plan: Plan, mention: str, lane: str = "statutory") -> str | None:
    """Name the household in which the person of a mention lives."""
    mine = plan.lanes[lane].state.households.filter(pl.col("person") == person_of(plan, mention, lane))
    return mine["household"].item() if mine.height else None


def first_and_second(one: list[str], other: list[str]) -> tuple[Plan, Plan]:
    _, second = nights([extract("council_tax", *one)], [extract("council_tax", *other)])
    return night(Yesterday(), extract("council_tax", *one)), second


def led(plan: Plan) -> dict[str, str | None]:
    return dict(plan.reading.state.households_forwards.iter_rows())


def test_those_who_live_together_are_one_household_and_their_neighbours_another() -> None:
    plan = night(Yesterday(), extract("council_tax", f"A | {SMITHS} | 3", "B | MISS RUTH HILL | 4"))

    assert of(plan, "council_tax/A/1") == of(plan, "council_tax/A/2") != of(plan, "council_tax/B/1")
    assert plan.figures()["households"] == 2
    assert plan.reading.state.households["place"].sort().to_list() == [103, 103, 104]


def test_a_family_that_moves_together_keeps_its_household_and_who_comes_after_founds_another() -> None:
    first, second = first_and_second([f"A | {SMITHS} | 3"], [f"A | {SMITHS} | 7", "B | MISS RUTH HILL | 3"])

    assert of(second, "council_tax/A/1") == of(second, "council_tax/A/2") == of(first, "council_tax/A/1")
    assert of(second, "council_tax/B/1") != of(first, "council_tax/A/1")
    assert led(second) == {}


def test_a_child_who_leaves_founds_a_household_that_says_where_it_came_from() -> None:
    family = "MR JOHN SMITH & MRS ANN SMITH & MISS RUTH SMITH"
    left = [f"A | {SMITHS} | 3", "B | MISS RUTH SMITH | 5"]
    register = [extract("electoral_register", "R | RUTH SMITH | 3 | | dob=1990-12-31")]
    before = night(Yesterday(), extract("council_tax", f"A | {family} | 3"), *register)
    grown = morrow(Yesterday(), before)
    kept = decisions(("same", "council_tax/B/1", "electoral_register/R/1"))
    moved = extract("electoral_register", "R | RUTH SMITH | 5 | | dob=1990-12-31")
    after = night(replace(grown, decisions=kept), extract("council_tax", *left), moved)

    home = of(before, "council_tax/A/1")
    hers = of(after, "electoral_register/R/1")
    assert of(after, "council_tax/A/1") == home != hers
    lineage = dict(after.reading.state.households_founded.select("household", "came_from").iter_rows())
    assert lineage == {home: [], hers: [home]}


def test_who_moves_in_with_another_gives_up_the_household_and_it_leads_on_in_one_hop() -> None:
    one = ["A | MR JOHN SMITH | 3", "B | MISS RUTH HILL | 4", "C | MR PETER DALE | 5"]
    two = ["A | MR JOHN SMITH | 4", "B | MISS RUTH HILL | 4", "C | MR PETER DALE | 5"]
    three = ["A | MR JOHN SMITH | 5", "B | MISS RUTH HILL | 5", "C | MR PETER DALE | 5"]
    evenings = [[extract("council_tax", *each)] for each in (one, two, three)]
    plans = [night(Yesterday(), *evenings[0]), nights(*evenings[:2])[1], nights(*evenings)[1]]
    alone = [of(plans[0], f"council_tax/{each}/1") for each in "ABC"]

    shared = of(plans[1], "council_tax/A/1")
    assert shared == of(plans[1], "council_tax/B/1")
    assert led(plans[1]) == {next(each for each in alone[:2] if each != shared): shared}
    last = of(plans[2], "council_tax/C/1")
    assert last == shared, "two who come with a household outweigh the one who was there"
    assert set(led(plans[2]).values()) == {last}
    assert set(led(plans[2])) == set(alone) - {last}


def test_a_death_leaves_the_household_to_the_widow_and_ends_that_of_who_lived_alone() -> None:
    first = night(Yesterday(), extract("council_tax", f"A | {SMITHS} | 3", "B | MR PETER DALE | 4"))
    told = pl.concat([death("D1", "MR JOHN SMITH", house=3), death("D2", "MR PETER DALE", house=4)])
    confirmed = decisions(
        ("confirmed", "life_events/registrar:D1/1", "council_tax/A/1"),
        ("confirmed", "life_events/registrar:D2/1", "council_tax/B/1"),
    )
    second = night(morrow(Yesterday(), first, events=told, decisions=confirmed))

    assert second.reading.state.persons["deceased"].sum() == 2
    assert of(second, "council_tax/A/2") == of(first, "council_tax/A/2")
    assert of(second, "council_tax/A/1") is None
    assert led(second) == {of(first, "council_tax/B/1"): None}


def test_who_has_left_or_is_on_no_property_is_in_no_household() -> None:
    gone = "A | MR JOHN SMITH | 3 | 2015-04-01..2019-06-01"
    plan = night(Yesterday(), extract("council_tax", gone, "B | MISS RUTH HILL | -"))

    assert plan.reading.state.persons.height == 2
    assert plan.reading.state.households.is_empty()


def test_a_household_outlives_the_retiring_of_a_persons_identifier() -> None:
    """Two records of one house turn out to be one person: whoever's identifier goes, the household stays."""
    lists = extract("council_tax", "A | MR JOHN SMITH | 3"), extract("library", "L | MR XAVER OAKES | 3")
    first = night(Yesterday(), *lists)
    same = decisions(("same", "council_tax/A/1", "library/L/1"))
    second = night(morrow(Yesterday(), first, decisions=same), *lists)

    assert second.reading.state.persons.height == 1 < first.reading.state.persons.height
    assert of(second, "library/L/1") == of(first, "library/L/1")
    assert led(second) == {}


def test_of_two_homes_of_who_proves_to_be_one_person_the_older_household_may_win() -> None:
    """Both had one person each: the identifier of the house that was left stands against that of the house kept."""
    lists = [extract("council_tax", "A | MR JOHN SMITH | 3")], [extract("library", "L | MR XAVER OAKES | 4")]
    first, second = night(Yesterday(), *lists[0]), nights(*lists)[1]
    then = morrow(morrow(Yesterday(), first), second)
    third = night(replace(then, decisions=decisions(("same", "council_tax/A/1", "library/L/1"))))

    assert third.reading.state.households["household"].to_list() == [of(first, "council_tax/A/1")]
    assert led(third) == {of(second, "library/L/1"): of(first, "council_tax/A/1")}


def test_each_lane_has_households_of_its_own() -> None:
    plan = night(Yesterday(), extract("council_tax", f"A | {SMITHS} | 3"))

    assert of(plan, "council_tax/A/1", "statutory") != of(plan, "council_tax/A/1", "service")


# --- what is no household


@pytest.mark.parametrize(
    ("klass", "a_home"),
    [("RD04", True), ("RH03", True), ("CR08", True), (None, True), ("RI01", False), ("CH03", False), ("CM03", False),
     ("CE07", False), ("CC02", False), ("MA99", False), ("PP", False), ("CC03", True)],
)  # fmt: skip
def test_an_establishment_is_no_household(klass: str | None, a_home: bool) -> None:
    properties = pl.DataFrame({"uprn": [103], "class_code": [klass]}, schema_overrides={"class_code": pl.String()})

    assert Communal.in_force().among(properties).places.to_list() == ([] if a_home else [103])


def test_more_people_than_a_household_has_make_none() -> None:
    found = {n: Establishments(pl.Series(dtype=pl.Int64()), n) for n in (2, 3)}
    homes = pl.DataFrame({"person": ["P", "Q", "R", "S"], "place": [1, 1, 1, 2]})

    assert found[2].left_out(homes)["person"].to_list() == ["S"]
    assert found[3].left_out(homes).equals(homes)


def test_the_night_leaves_out_the_care_home_that_the_gazetteer_knows() -> None:
    properties = street().properties.with_columns(
        class_code=pl.when(pl.col("uprn") == 103).then(pl.lit("RI01")).otherwise("class_code")
    )
    mentions = placed(f"council_tax A | {SMITHS} | 3", "council_tax B | MISS RUTH HILL | 4")
    found = housed(mentions, LaneState(), establishments=Communal.in_force().among(properties))

    assert found.households["place"].to_list() == [104]


@pytest.mark.parametrize(
    ("own", "told"),
    [({"larges": 3}, "did you mean largest"), ({"largest": 0}, "1 or more"), ({"communal": "RI"}, "list of classes")],
)
def test_a_rule_that_will_not_do_is_told(own: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        Communal.in_force(own)


# --- identifiers


def test_a_households_identifier_is_never_taken_for_a_persons() -> None:
    for number in range(200):
        person, household = identifier(f"{number}", key="k"), household_identifier(f"{number}", key="k")

        assert is_identifier(person)
        assert not is_household(person)
        assert is_household(household)
        assert not is_identifier(household)
        assert not is_identifier(household.removeprefix("H-")), "nor without its first sign"
        assert not is_household(f"H-{person}")


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(2, 11), st.sampled_from("23456789ABCDEFGHJKMNPQRSTUVWXYZ"))
def test_a_wrong_sign_is_found(seed: int, at: int, sign: str) -> None:
    right = household_identifier(str(seed), key="k")
    wrong = right[:at] + sign + right[at + 1 :]

    assert is_household(wrong) == (wrong == right)


# --- laws


def housed(
    mentions: pl.DataFrame, before: LaneState, *, establishments: Establishments | None = None, run: int = 1
) -> Housed:
    """House persons who have one mention each, called as the mention is."""
    members = mentions.select("mention", person="mention")
    missing = [pl.lit(None, dtype=t).alias(n) for n, t in PERSONS.items() if n not in {*mentions.columns, "person"}]
    persons = mentions.with_columns(missing).select(pl.col("mention").alias("person"), *list(PERSONS)[1:])
    none = Establishments(pl.Series(dtype=pl.Int64()), 20)
    nobody = pl.DataFrame(schema=FORWARDS)
    return house(
        persons, members, mentions, before, nobody, establishments or none, as_of=date(2026, 11, 2), key="k", run=run
    )


HOMES = st.lists(st.integers(0, 4), min_size=7, max_size=7)


@settings(max_examples=40)
@given(st.lists(HOMES, min_size=1, max_size=5))
def test_households_keep_the_laws_of_identifiers_whoever_moves_where(evenings: list[list[int]]) -> None:
    before = LaneState()
    for run, homes in enumerate(evenings, start=1):
        people = [f"council_tax P{n} | MR JOHN SMITH | {at}" for n, at in enumerate(homes) if at]
        mentions = placed(*people)
        found = housed(mentions, before, run=run)
        turned = housed(mentions.reverse(), _turned(before), run=run)
        assert all(one.equals(other) for one, other in zip(found, turned, strict=True))

        living, retired = set(found.households["household"]), set(found.forwards["retired"])
        ever = set(found.founded["household"])
        assert living | retired == ever
        assert not living & retired
        assert set(before.households_founded["household"]) <= ever
        assert set(found.forwards["current"].drop_nulls()) <= living
        together = found.households.group_by("place").agg(pl.col("household").n_unique())
        assert (together["household"] == 1).all()

        everybody = identify(
            found.households.select(mention="person", cluster=pl.col("place").cast(pl.String)),
            before.households.select(mention="person", person="household"),
            before.households_forwards,
            before.households_founded.select("run", person="household"),
            key="k/households",
            run=run,
            naming=household_identifier,
        )
        assert everybody.members.rows() == found.households.select("person", "household").rows(), "all are asked about"
        assert everybody.forwards.equals(found.forwards)

        before = LaneState(
            households=found.households, households_founded=found.founded, households_forwards=found.forwards
        )
        quiet = housed(mentions, before, run=run + 1)
        assert all(one.equals(other) for one, other in zip(quiet, found, strict=True)), "a quiet night changes nothing"


def _turned(state: LaneState) -> LaneState:
    return LaneState(
        households=state.households.reverse(),
        households_founded=state.households_founded.reverse(),
        households_forwards=state.households_forwards.reverse(),
    )
