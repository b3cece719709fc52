"""Every figure of a real town's nights adds up, is plain, and depends on no personal value."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from svoc.reports.figures import figures
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import LanePlan, LaneState, Plan, Yesterday

Told = dict[str, Any]

PERSONAL = (
    "name", "title", "forename", "middle_names", "surname", "previous_surname", "phone", "email", "address", "postcode",
    "property_reference", "forwarding_address", "forwarding_postcode", "matched", "before", "after", "payload",
    "content", "provenance", "party_reference", "reference", "record",
)  # fmt: skip
"""Columns that hold, or may hold, what is known of a person; a report must read the same whatever stands in them."""


@pytest.fixture(scope="module", params=[0, 1, 2], ids=["first", "second", "settling"])
def night(request: pytest.FixtureRequest, nights: Any) -> Any:
    return nights[request.param]


def total(rows: list[Told], column: str = "count") -> int:
    return int(sum(row[column] for row in rows))


def every(value: Any) -> Iterator[Any]:
    """Walk through all that figures hold."""
    if isinstance(value, dict):
        for key, inner in value.items():
            assert isinstance(key, str)
            yield from every(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every(inner)
    else:
        yield value


def test_figures_are_plain_values_that_json_gives_back(night: Any) -> None:
    told = night.told
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert {type(value) for value in every(told)} <= {str, int, float, bool, type(None)}


def test_figures_follow_from_plan_and_yesterday_alone(night: Any) -> None:
    assert figures(night.plan, night.yesterday) == figures(night.plan, night.yesterday)


def test_figures_do_not_depend_on_the_order_of_rows(second: Any) -> None:
    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.sample(fraction=1.0, shuffle=True, seed=7)

    lanes = {
        name: LanePlan(
            LaneState(**{part: shuffled(getattr(lane.state, part)) for part in LaneState.__slots__}),
            shuffled(lane.changes),
            shuffled(lane.notices),
        )
        for name, lane in second.plan.lanes.items()
    }
    plan = replace(second.plan, mentions=shuffled(second.plan.mentions), lanes=lanes)
    yesterday = replace(second.yesterday, mentions=shuffled(second.yesterday.mentions))
    assert figures(plan, yesterday) == second.told


def test_the_headline_is_the_plans_own_count(night: Any) -> None:
    headline = night.told["headline"]
    for name, count in night.plan.figures().items():
        assert headline[name]["count"] == count


def test_placement_adds_up_to_the_mentions(night: Any) -> None:
    placement, mentions = night.told["placement"], night.plan.mentions.height
    assert mentions > 400
    for table in ("outcomes", "rungs", "certainty"):
        assert total(placement[table]) == mentions, table
        assert sum(row["share"] for row in placement[table]) == pytest.approx(1)
    assert total(placement["sources"], "mentions") == mentions
    for source in placement["sources"]:
        assert sum(source["outcomes"].values()) == source["mentions"]
    for rung in placement["rungs"]:
        assert sum(rung["sources"].values()) == rung["count"]
    by_outcome = {row["name"]: row["count"] for row in placement["outcomes"]}
    assert total(placement["unplaced"]) == by_outcome.get("none", 0)
    assert total(placement["doubtful"]) == mentions - by_outcome["exact"] - by_outcome.get("none", 0)


def test_the_night_before_adds_up_too(second: Any) -> None:
    before = second.yesterday.mentions.height
    placement = second.told["placement"]
    for table in ("outcomes", "rungs", "certainty"):
        assert total(placement[table], "before") == before, table
    pins = placement["pins"]
    stayed = second.plan.mentions.join(second.yesterday.mentions, on="mention", how="semi").height
    assert sum(pins.values()) == stayed > 0


def test_what_came_in_adds_up(night: Any) -> None:
    intake, plan = night.told["intake"], night.plan
    changes = {row["name"]: row["count"] for row in intake["changes"]}
    assert changes["new"] + changes["amended"] + changes["standing"] == plan.mentions.height == intake["mentions"]
    assert changes["withdrawn"] == plan.withdrawn.height
    assert total(intake["kinds"]) == intake["mentions"]
    for source in intake["sources"]:
        assert total(source["kinds"]) == source["mentions"]
        was = source["mentions_before"] or 0
        assert was - source["changes"]["withdrawn"] + source["changes"]["new"] == source["mentions"], source["name"]
        if source["name"] in plan.counts:
            assert source["rows"] == plan.counts[source["name"]]["rows"]
        assert source["taken"] == (source["rows"] is not None)
    assert total(intake["events"]["kinds"]) == total(intake["events"]["evidence"]) == plan.events.height


def test_life_events_read_tonight_count_as_taken(second: Any) -> None:
    assert second.plan.events.height > 0
    (events,) = [source for source in second.told["intake"]["sources"] if source["name"] == EVENTS_SOURCE]
    assert events["taken"]
    assert events["rows"] == second.plan.events.height


def test_what_was_matched_adds_up(night: Any) -> None:
    for lane in night.told["lanes"]:
        matching, links = lane["matching"], night.plan.lanes[lane["name"]].state.links
        assert matching["inside"]["links"] + matching["across"]["links"] == matching["links"] == links.height > 0
        for side in (matching["inside"], matching["across"]):
            assert total(side["answers"]) == side["links"]
            for answer in side["answers"]:
                assert total(side["bits"], answer["name"]) == answer["count"], answer["name"]


def test_persons_add_up(night: Any) -> None:
    for lane in night.told["lanes"]:
        people = lane["people"]
        assert people["persons"] == night.plan.lanes[lane["name"]].state.persons.height > 100
        for table in ("records", "sources", "combinations"):
            assert total(people[table]) == people["persons"], table
        for fact in people["facts"]:
            assert 0 <= fact["count"] <= people["persons"]
        for source in people["coverage"]:
            assert source["persons"] <= people["persons"]
            for other in source["known_to"].values():
                assert other["count"] <= source["persons"]
        for row in people["electors"]:
            assert row["at_place"] <= row["anywhere"] <= row["persons"]


def test_each_source_knows_as_many_of_the_other_as_the_other_of_it(second: Any) -> None:
    for lane in second.told["lanes"]:
        known = {source["name"]: source["known_to"] for source in lane["people"]["coverage"]}
        assert set(known) == {"council_tax", "electoral_register"}
        for one, others in known.items():
            for other, both in others.items():
                assert both["count"] == known[other][one]["count"]


def test_electors_known_to_council_tax_are_counted_as_one_would_by_hand(second: Any) -> None:
    state = second.plan.reading.state
    roles = dict(second.plan.mentions.select("mention", "role").iter_rows())
    has: dict[str, set[str]] = {}
    for mention, person in state.members.iter_rows():
        if not mention.startswith(EVENTS_SOURCE):
            has.setdefault(person, set()).add(roles[mention])
    electors = [roles for roles in has.values() if "elector" in roles]
    row = second.told["lanes"][0]["people"]["electors"][0]
    assert row["persons"] == len(electors)
    assert row["anywhere"] == sum("liable_party" in roles for roles in electors) > 100


def test_changes_cases_and_notices_add_up(night: Any) -> None:
    notices = 0
    for lane in night.told["lanes"]:
        plan, changes, cases = night.plan.lanes[lane["name"]], lane["changes"], lane["cases"]
        assert total(changes["kinds"]) == total(changes["causes"]) == changes["changes"] == plan.changes.height
        for table in ("kinds", "fields"):
            for row in changes[table]:
                assert sum(row["causes"].values()) == row["count"]
        facts = next(row for row in changes["kinds"] if row["name"] == "changed")
        assert total(changes["fields"]) == facts["count"]
        assert total(cases["kinds"]) == total(cases["reasons"]) == cases["cases"] == plan.state.cases.height
        assert cases["opened"] - cases["closed"] == cases["cases"] - (cases["cases_before"] or 0)
        assert total(lane["notices"]["recipients"]) == lane["notices"]["notices"]
        notices += lane["notices"]["notices"]
    assert notices == night.told["headline"]["notices"]["count"]


def test_places_count_the_persons_whose_stay_lasts(second: Any) -> None:
    here = second.plan.mentions.filter(
        pl.col("place").is_not_null() & pl.col("until").is_null() & (pl.col("source") != EVENTS_SOURCE)
    )
    lived_in = here.join(second.plan.reading.state.members, on="mention")["place"].n_unique()
    assert total(second.told["lanes"][0]["people"]["places"]) == lived_in


def test_the_own_lane_stands_first(second: Any) -> None:
    lanes = second.told["lanes"]
    assert [lane["name"] for lane in lanes] == ["statutory", "service"]
    assert [lane["reading"] for lane in lanes] == [True, False]


def test_a_first_night_has_nothing_before_it(first: Any) -> None:
    told = first.told
    assert told["night"]["first"] is True
    assert told["night"]["run_before"] is None
    assert told["placement"]["pins"] is told["placement"]["placed_before"] is None
    assert all(row["before"] is None for row in told["placement"]["outcomes"])
    assert all(lane["people"]["persons_before"] is None for lane in told["lanes"])
    assert told["oddities"]["jumped"] == told["oddities"]["emptied"] == []
    assert not told["inputs"]["gazetteer_changed"]


def test_a_night_on_which_nothing_was_there_has_figures(empty: Any) -> None:
    told = empty.told
    assert told["intake"]["mentions"] == 0
    assert told["placement"]["placed"] is None
    assert json.dumps(told, allow_nan=False)


def test_inputs_name_the_files_and_their_fingerprints(second: Any) -> None:
    inputs = second.told["inputs"]
    assert [file["file"] for file in inputs["files"]] == second.plan.taken.sort("source", "file")["file"].to_list()
    assert all(len(file["sha256"]) == 64 for file in inputs["files"])
    assert not inputs["model_changed"]
    other = figures(replace(second.plan, model="another"), second.yesterday)
    assert other["inputs"]["model_changed"]
    assert {"section": "inputs", "words": "the model is another than the night before"} in other["attention"]


# --- no personal value


def masked(frame: pl.DataFrame) -> pl.DataFrame:
    """Put other values wherever a personal one may stand, and leave what is unknown unknown."""
    texts = [c for c in PERSONAL if frame.schema.get(c) == pl.String()]
    days = [c for c in ("dob", "died", "since") if frame.schema.get(c) == pl.Date()]
    numbers = [c for c in ("supplied_uprn",) if c in frame.columns]
    return frame.with_columns(
        *(pl.when(pl.col(c).is_not_null()).then(pl.lit("Zebedee Canary")).alias(c) for c in texts),
        *((pl.col(c) - timedelta(days=17)).alias(c) for c in days),
        *((pl.col(c) + 900_000_000_000).alias(c) for c in numbers),
    )


def masked_lane(lane: LanePlan) -> LanePlan:
    return LanePlan(masked_state(lane.state), masked(lane.changes), masked(lane.notices))


def masked_state(state: LaneState) -> LaneState:
    return replace(state, persons=masked(state.persons), cases=state.cases.with_columns(place=pl.lit(1, pl.Int64)))


def masked_night(plan: Plan, yesterday: Yesterday) -> tuple[Plan, Yesterday]:
    tonight = replace(
        plan,
        mentions=masked(plan.mentions),
        events=masked(plan.events),
        lanes={name: masked_lane(lane) for name, lane in plan.lanes.items()},
    )
    before = replace(
        yesterday,
        mentions=masked(yesterday.mentions),
        known=masked(yesterday.known),
        lanes={name: masked_state(state) for name, state in yesterday.lanes.items()},
    )
    return tonight, before


def test_no_personal_value_reaches_the_figures(night: Any) -> None:
    plan, yesterday = masked_night(night.plan, night.yesterday)
    assert "Zebedee Canary" in plan.mentions["name"].to_list()
    told = figures(plan, yesterday)
    assert told == night.told
    assert "Zebedee" not in json.dumps(told)
