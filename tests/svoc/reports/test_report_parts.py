"""The parts of the report on small frames whose answers one can count by hand."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.reports.attention import attention
from svoc.reports.figures import figures
from svoc.reports.matching import ANSWERS, histogram
from svoc.reports.night_report import page
from svoc.reports.oddities import JUMPED, oddities
from svoc.reports.people import people
from svoc.reports.placement import placement
from svoc.words.mentions import PLACED
from svoc.words.persons import MEMBERS, PERSONS
from svoc.words.plan import LINKS, LanePlan, LaneState, Plan, Yesterday

KEYS = [f"{source}/{n}/1" for source in ("council_tax", "electoral_register") for n in range(20)]


def placed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Give mentions of persons, with `source` from the key and `role` from the source."""
    roles = {"council_tax": "liable_party", "electoral_register": "elector"}
    whole = [
        {
            "source": row["mention"].split("/")[0],
            "kind": "person",
            "role": roles.get(row["mention"].split("/")[0]),
            "change": "standing",
            "outcome": "exact" if row.get("place") else "none",
            "certainty": 0.9995 if row.get("place") else 0.0,
            **row,
        }
        for row in rows
    ]
    return pl.DataFrame(whole, schema=PLACED)


def state(members: dict[str, str], **records: int) -> LaneState:
    """Give a lane in which `members` tells whose each mention is; `records` overrides how many a person has."""
    persons = sorted(set(members.values()))
    rows = [{"person": p, "records": records.get(p, list(members.values()).count(p))} for p in persons]
    return LaneState(
        members=pl.DataFrame(list(members.items()), schema=MEMBERS, orient="row"),
        persons=pl.DataFrame(rows, schema=PERSONS),
    )


def planned(second: Any, mentions: pl.DataFrame, lane: LaneState) -> Plan:
    plan: Plan = replace(second.plan, mentions=mentions, lanes={"statutory": LanePlan(lane)}, warnings=())
    return plan


# --- matching

BITS = st.lists(st.tuples(st.integers(-40_000, 90_000), st.sampled_from(ANSWERS)))


@given(BITS)
def test_every_link_falls_into_one_bin_that_holds_its_bits(links: list[tuple[int, str]]) -> None:
    frame = pl.DataFrame(
        [{"left": str(n), "right": "r", "weight": w, "answer": a} for n, (w, a) in enumerate(links)], schema=LINKS
    )
    bins = histogram(frame, "weight")
    assert [b["from"] for b in bins] == list(range(bins[0]["from"], bins[-1]["from"] + 1, 2)) if bins else not links
    for one in bins:
        low, open_below, open_above = one["from"], one["from"] < -10, one["from"] >= 30
        inside = [a for w, a in links if (open_below or low * 1000 <= w) and (open_above or w < (low + 2) * 1000)]
        assert {a: one[a] for a in ANSWERS} == {a: inside.count(a) for a in ANSWERS}


def test_the_words_of_a_bin_are_its_edges() -> None:
    weights = [-30_000, -9_999, -1, 0, 29_999, 30_000]
    frame = pl.DataFrame({"weight": weights, "answer": ["same"] * 6})
    words = {b["words"] for b in histogram(frame, "weight") if b["same"]}
    assert words == {"below −10", "−10 to −8", "−2 to 0", "0 to 2", "28 to 30", "30 or more"}


# --- persons


def test_electors_are_known_anywhere_or_at_the_same_place() -> None:
    mentions = placed(
        [
            {"mention": "electoral_register/1/1", "place": 1},
            {"mention": "council_tax/1/1", "place": 1},
            {"mention": "electoral_register/2/1", "place": 2},
            {"mention": "council_tax/2/1", "place": 9},
            {"mention": "electoral_register/3/1", "place": None},
            {"mention": "council_tax/3/1", "place": None},
            {"mention": "electoral_register/4/1", "place": 4},
        ]
    )
    lane = state({m: m.split("/")[1] for m in mentions["mention"]})
    told = people(lane, mentions, None, mentions.clear())
    electors, liable = told["electors"]
    assert (electors["persons"], electors["anywhere"], electors["at_place"]) == (4, 3, 1)
    assert electors["anywhere_share"] == 0.75
    assert (liable["persons"], liable["anywhere"], liable["at_place"]) == (3, 3, 1)
    combinations = {row["name"]: row["count"] for row in told["combinations"]}
    assert combinations == {"council_tax + electoral_register": 3, "electoral_register": 1}


def test_who_moved_out_lives_at_no_place_and_a_person_counts_once() -> None:
    mentions = placed(
        [
            {"mention": "council_tax/1/1", "place": 1},
            {"mention": "electoral_register/1/1", "place": 1},
            {"mention": "council_tax/2/1", "place": 1, "until": date(2026, 1, 1)},
            {"mention": "council_tax/3/1", "place": 2},
            {"mention": "council_tax/4/1", "place": 2},
        ]
    )
    lane = state({m: m.split("/")[1] for m in mentions["mention"]})
    places = {row["name"]: row["count"] for row in people(lane, mentions, None, mentions.clear())["places"]}
    assert {name: n for name, n in places.items() if n} == {"1": 1, "2": 1}


def test_life_events_make_nobody_known_to_a_source() -> None:
    mentions = placed([{"mention": "council_tax/1/1", "place": 1}, {"mention": "life_events/gro:1/1", "place": 1}])
    told = people(state(dict.fromkeys(mentions["mention"], "P")), mentions, None, mentions.clear())
    assert [row["name"] for row in told["sources"] if row["count"]] == ["1"]
    assert [row["name"] for row in told["records"] if row["count"]] == ["2"]
    assert [row["name"] for row in told["coverage"]] == ["council_tax"]


# --- placement


def test_pins_that_moved_came_and_went_are_counted(second: Any) -> None:
    then = placed([{"mention": key, "place": place} for key, place in zip(KEYS, [1, 2, None, 4, None], strict=False)])
    now = placed([{"mention": key, "place": place} for key, place in zip(KEYS, [1, 3, 3, None, None, 7], strict=False)])
    plan = planned(second, now, LaneState())
    told = placement(plan, Yesterday(run=1, mentions=then))
    assert told["pins"] == {"same": 2, "moved": 1, "found": 1, "lost": 1}
    assert told["placed"] == pytest.approx(4 / 6)
    assert told["placed_before"] == pytest.approx(3 / 5)


@pytest.mark.parametrize(
    ("certainty", "band"),
    [
        (1.0, "0.999 or more"),
        (0.999, "0.999 or more"),
        (0.998, "0.99 to 0.999"),
        (0.9, "0.9 to 0.95"),
        (0.5, "0.5 to 0.9"),
        (0.49, "below 0.5"),
        (0.0, "0, not placed"),
        (None, "0, not placed"),
    ],
)
def test_a_certainty_falls_into_its_band(second: Any, certainty: float | None, band: str) -> None:
    mentions = placed([{"mention": KEYS[0], "place": 1, "certainty": certainty}])
    told = placement(planned(second, mentions, LaneState()), Yesterday())
    assert [row["name"] for row in told["certainty"] if row["count"]] == [band]


# --- slow and odd


def test_a_source_that_moved_by_more_than_a_tenth_is_named(second: Any) -> None:
    then = placed([{"mention": key} for key in KEYS])
    now = placed([{"mention": key} for key in KEYS if key.startswith("council")])
    now = pl.concat([now, placed([{"mention": "electoral_register/0/1"}, {"mention": "parking/1/1"}])])
    told = oddities(planned(second, now, LaneState()), Yesterday(run=1, mentions=then))
    assert told["jumped"] == [
        {"name": "electoral_register", "count": 1, "before": 20, "moved": -0.95},
        {"name": "parking", "count": 1, "before": 0, "moved": None},
    ]


@pytest.mark.parametrize(("left", "named"), [(18, False), (17, True), (22, False), (23, True)])
def test_a_tenth_itself_is_no_jump(second: Any, left: int, named: bool) -> None:
    assert JUMPED == 0.10
    then = placed([{"mention": f"council_tax/{n}/1"} for n in range(20)])
    now = placed([{"mention": f"council_tax/{n}/1"} for n in range(left)])
    told = oddities(planned(second, now, LaneState()), Yesterday(run=1, mentions=then))
    assert bool(told["jumped"]) is named


def test_life_events_come_as_they_come(second: Any) -> None:
    then = placed([{"mention": KEYS[0]}])
    now = placed([{"mention": KEYS[0]}, {"mention": "life_events/gro:1/1"}])
    assert oddities(planned(second, now, LaneState()), Yesterday(run=1, mentions=then))["jumped"] == []


def test_a_field_that_is_filled_less_is_named_with_its_source(second: Any) -> None:
    then = placed([{"mention": key, "phone": "1", "email": "e"} for key in KEYS])
    now = placed([{"mention": key, "phone": None if n % 2 else "1", "email": "e"} for n, key in enumerate(KEYS)])
    plan = planned(second, now, LaneState())
    told = oddities(plan, Yesterday(run=1, mentions=then))
    assert told["emptied"] == [
        {"name": "council_tax", "field": "phone", "share": 0.5, "share_before": 1.0},
        {"name": "electoral_register", "field": "phone", "share": 0.5, "share_before": 1.0},
    ]
    points = figures(plan, Yesterday(run=1, mentions=then))["attention"]
    assert {"section": "emptied", "words": "council tax: phone is filled for 50.0% of persons; it was 100%"} in points


def test_large_persons_and_crowded_places_are_named_by_identifier_and_record(second: Any) -> None:
    mentions = placed([{"mention": key, "place": 5} for key in KEYS])
    members = {key: ("LARGE" if n < 7 else f"P{n:02}") for n, key in enumerate(KEYS)}
    told = oddities(planned(second, mentions, state(members)), Yesterday())
    assert told["large_persons"] == [{"person": "LARGE", "records": 7, "sources": 1, "places": 1}]
    assert told["large_persons_all"] == 1
    assert told["largest_places"] == [{"persons": 34, "mention": "council_tax/0/1"}]
    assert told["crowded_places_all"] == 1


# --- worth a look


def test_an_ordinary_night_has_nothing_worth_a_look(second: Any) -> None:
    mentions = placed([{"mention": key, "place": n} for n, key in enumerate(KEYS, start=1)])
    lane = state({key: key for key in KEYS})
    plan = planned(second, mentions, lane)
    yesterday = Yesterday(
        run=1, mentions=mentions, lanes={"statutory": lane}, gazetteer=plan.gazetteer, model=plan.model
    )
    assert figures(plan, yesterday)["attention"] == []


def test_what_is_worth_a_look_leads_to_a_part_of_the_page(second: Any) -> None:
    then = placed([{"mention": key, "place": 5, "phone": "1"} for key in KEYS])
    now = placed([{"mention": key, "place": 5 if n < 30 else None} for n, key in enumerate(KEYS[:35])])
    members = {key: ("LARGE" if n < 7 else f"P{n:02}") for n, key in enumerate(KEYS[:35])}
    plan = replace(planned(second, now, state(members)), warnings=("register.csv, line 3: expected a name",))
    told = figures(plan, Yesterday(run=1, mentions=then))
    sections = [point["section"] for point in attention(told)]
    assert sections == [
        "warnings", "jumped", "emptied", "emptied", "placement", "large", "crowded", "inputs", "inputs",
    ]  # fmt: skip
    assert all(f'id="{section}"' in page(told) for section in sections)
