"""What changed and why: told by nights in which one thing happens."""

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from svoc.steps.replay import replay
from svoc.survivorship.policy import Survivorship
from svoc.words.changes import CHANGES
from svoc.words.persons import FACTS
from svoc.words.plan import Plan, Yesterday
from tests.worlds import death, decisions, extract, facts, morrow, night, nights, person_of, policy

JOHN = "A | MR JOHN SMITH | 1 | 2015-01-01.."
EVENT = "life_events/registrar:D1/1"


def told(plan: Plan, kind: str = "changed", lane: str = "statutory") -> dict[str, str]:
    """Give the fields that changed (or the persons, for other kinds) with their causes."""
    changes = plan.lanes[lane].changes.filter(pl.col("kind") == kind)
    key = "field" if kind == "changed" else "person"
    return dict(changes.select(key, "cause").iter_rows())


def test_the_frame_has_its_columns_sorted() -> None:
    plan = night(Yesterday(), extract("council_tax", JOHN))
    changes = plan.reading.changes

    assert dict(changes.schema) == CHANGES
    assert changes.equals(changes.sort("person", "kind", "field", "before"))


def test_a_first_night_is_first_sight_and_nothing_else() -> None:
    plan = night(Yesterday(), extract("council_tax", JOHN))

    assert set(plan.reading.changes["cause"]) == {"first_sight"}
    assert set(plan.reading.changes["kind"]) == {"new", "members"}


def test_a_new_person_is_told_with_all_facts() -> None:
    plan = night(Yesterday(), extract("council_tax", JOHN))
    after = plan.reading.changes.filter(pl.col("kind") == "new")["after"][0]

    assert json.loads(after) == {
        "title": "MR", "forename": "JOHN", "surname": "SMITH", "address": "1 KING STREET", "postcode": "BA1 1AA",
        "uprn": 101,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("today", "fields"),
    [
        ("A | MR JOHN SMYTHE | 1 | 2015-01-01..", {"surname"}),
        ("A | DR JOHN SMITH | 1 | 2015-01-01..", {"title"}),
        ("A | MR JOHN SMITH | 2 | 2026-10-01..", {"address", "uprn"}),
        ("A | MR JOHN SMITH | 1 | 2015-01-01.. | phone=01392", {"phone"}),
    ],
)
def test_what_a_record_newly_says_is_the_world(today: str, fields: set[str]) -> None:
    _, plan = nights([extract("council_tax", JOHN)], [extract("council_tax", today)])

    assert told(plan) == dict.fromkeys(fields, "world")


def test_a_record_that_comes_or_goes_is_the_world() -> None:
    home, empty = extract("council_tax", JOHN), extract("library", "Z | MS VERA OAK | 9")
    card = extract("library", "L | MR JOHN SMITH | 1 | 2020-01-01.. | phone=01392")
    before, plan = nights([home, empty], [card])
    gone = night(morrow(before, plan), empty)

    assert told(plan) == {"phone": "world"}
    assert told(gone) == {"phone": "world"}
    assert gone.reading.changes.filter(pl.col("field") == "phone").select("after", "source", "mention").rows() == [
        (None, "library", "library/L/1")
    ]


def test_a_source_seen_for_the_first_time_brings_first_sight() -> None:
    card = extract("library", "L | MR JOHN SMITH | 1 | 2020-01-01.. | phone=01392")
    _, plan = nights([extract("council_tax", JOHN)], [card])

    assert person_of(plan, "library/L/1") == person_of(plan, "council_tax/A/1")
    assert told(plan) == {"phone": "first_sight"}
    assert set(plan.reading.changes["cause"]) == {"first_sight"}


class TestIdentity:
    """A steward's word changes who is who: that is no news of anybody."""

    ct = extract("council_tax", JOHN)
    card = extract("library", "L | MR JOHN SMITH | 1 | 2020-01-01.. | phone=01392")

    def test_a_split(self) -> None:
        first = night(Yesterday(), self.ct, self.card)
        parted = decisions(("different", "council_tax/A/1", "library/L/1"))
        plan = night(morrow(Yesterday(), first, decisions=parted))

        assert set(plan.reading.changes["cause"]) == {"identity"}
        assert set(plan.reading.changes["kind"]) >= {"split", "members", "changed"}
        split = plan.reading.changes.filter(pl.col("kind") == "split")
        assert split["before"].to_list() == [person_of(first, "library/L/1")]

    def test_a_merge(self) -> None:
        far = extract("library", "L | MS VERA OAK | 9 | 2020-01-01.. | phone=01392")
        first = night(Yesterday(), self.ct, far)
        same = decisions(("same", "council_tax/A/1", "library/L/1"))
        plan = night(morrow(Yesterday(), first, decisions=same))
        kinds = set(plan.reading.changes["kind"])

        assert set(plan.reading.changes["cause"]) == {"identity"}
        assert "merged" in kinds
        assert all(lane.notices.is_empty() for lane in plan.lanes.values())

    def test_an_amended_record_that_changes_hands_is_news_only_of_what_it_newly_says(self) -> None:
        """She becomes one with him by a steward's word on the night on which her telephone number changes."""
        first = night(Yesterday(), self.ct, extract("library", "L | MS VERA OAK | 9 | 2020-01-01.. | phone=01392"))
        same = decisions(("same", "council_tax/A/1", "library/L/1"))
        amended = extract("library", "L | MS VERA OAK | 9 | 2020-01-01.. | phone=01777")
        plan = night(morrow(Yesterday(), first, decisions=same), amended)
        causes = told(plan)

        assert causes.pop("phone") == "world"
        assert causes
        assert set(causes.values()) == {"identity"}


def test_a_pin_that_moved_is_placement() -> None:
    first = night(Yesterday(), extract("council_tax", JOHN))
    moved = first.mentions.with_columns(uprn=pl.lit(999, dtype=pl.Int64), place=pl.lit(999, dtype=pl.Int64))
    state = {n: replace(lane.state, persons=lane.state.persons.with_columns(uprn=pl.lit(999, dtype=pl.Int64)))
             for n, lane in first.lanes.items()}  # fmt: skip
    before = replace(morrow(Yesterday(), first), mentions=moved, lanes=state, gazetteer="last year's")
    plan = night(before)

    assert told(plan) == {"uprn": "placement"}


def test_a_home_chosen_anew_because_the_other_pin_was_lost_is_placement() -> None:
    """The library's address is found no longer, so that the council's survives: nobody moved."""
    card = extract("library", "L | MR JOHN SMITH | 2 | 2020-01-01.. | dob=1961-02-03")
    ct = extract("council_tax", "A | MR JOHN SMITH | 1 | 2015-01-01.. | dob=1961-02-03")
    same = decisions(("same", "council_tax/A/1", "library/L/1"))
    first = night(replace(Yesterday(), decisions=same), ct, card)
    assert facts(first, "library/L/1")["uprn"] == 102
    lost = pl.col("uprn") == 102
    before = morrow(replace(Yesterday(), decisions=same), first)
    here = before.mentions.with_columns(
        pl.when(lost).then(pl.lit(107, dtype=pl.Int64)).otherwise("uprn").alias("uprn"),
        pl.when(lost).then(pl.lit(107, dtype=pl.Int64)).otherwise("place").alias("place"),
    )
    old = {n: replace(s, persons=s.persons.with_columns(uprn=pl.lit(107, dtype=pl.Int64)))
           for n, s in before.lanes.items()}  # fmt: skip
    plan = night(replace(before, mentions=here, lanes=old, gazetteer="last year's"))

    assert told(plan) == {"uprn": "placement"}


def test_other_rules_are_policy() -> None:
    ct = extract("council_tax", JOHN)
    card = extract("library", "L | MR JOHN SMITHSON | 1 | 2020-01-01.. | dob=1961-02-03")
    same = decisions(("same", "council_tax/A/1", "library/L/1"))
    before = replace(Yesterday(), decisions=same)
    first = night(before, ct, card)
    own = Survivorship.in_force({"facts": {"surname": ["most_trusted"]}})
    plan = night(morrow(before, first), under=replace(policy(), survivorship=own))

    assert facts(first, "library/L/1")["surname"] == "SMITHSON"
    assert facts(plan, "library/L/1")["surname"] == "SMITH"
    assert told(plan) == {"surname": "policy"}


def test_a_stay_that_ends_with_the_day_is_the_world() -> None:
    ct = extract("council_tax", "A | MR JOHN SMITH | 1 | 2015-01-01..2026-11-03 | dob=1961-02-03")
    card = extract("library", "L | MR JOHN SMITH | 2 | 2014-01-01.. | dob=1961-02-03")
    same = decisions(("same", "council_tax/A/1", "library/L/1"))
    first = night(replace(Yesterday(), decisions=same), ct, card)
    later = extract("electoral_register", "E | MS VERA OAK | 9", on=date(2026, 11, 3))
    plan = night(morrow(replace(Yesterday(), decisions=same), first), later)

    assert facts(first, "library/L/1")["uprn"] == 101
    assert told(plan) == {"address": "world", "uprn": "world"}


class TestDeath:
    """A death is a claim; what changes is told as it is."""

    ct = extract("council_tax", "A | MR JOHN SMITH | 1 | 2015-01-01.. | deceased=yes died=2026-11-02")

    def test_a_systems_word_that_a_life_event_confirms_is_a_change_though_no_value_differs(self) -> None:
        first = night(Yesterday(), self.ct)
        before = morrow(
            Yesterday(), first, events=death("D1", "MR JOHN SMITH", house=1),
            decisions=decisions(("confirmed", EVENT, "council_tax/A/1")),
        )  # fmt: skip
        plan = night(before)
        rows = plan.reading.changes.filter(pl.col("field") == "deceased")

        assert rows.select("before", "after", "cause", "source", "mention").rows() == [
            ("true", "true", "world", "life_events", EVENT)
        ]
        assert night(morrow(before, plan)).reading.changes.is_empty()

    def test_a_death_taken_back_says_who_had_said_so(self) -> None:
        first = night(Yesterday(), extract("council_tax", JOHN))
        said = death("D1", "MR JOHN SMITH", house=1)
        before = morrow(Yesterday(), first, events=said, decisions=decisions(("confirmed", EVENT, "council_tax/A/1")))
        dead = night(before)
        taken_back = pl.concat([said, death("D1", "MR JOHN SMITH", house=1, action="retracted")])
        plan = night(morrow(before, dead, events=taken_back))

        rows = plan.reading.changes.filter(pl.col("field") == "deceased")
        assert rows.select("before", "after", "cause", "source").rows() == [("true", None, "world", "life_events")]


def test_replay_tells_yesterday_and_today_of_every_kind_of_change() -> None:
    """New, gone, split, merged and changed in one night."""
    ct = extract("council_tax", JOHN, "B | MS VERA OAK | 2 | .. | dob=1950-01-01", "C | MR IAN ASH | 3")
    card = extract("library", "L | MR JOHN SMITH | 1 | .. | phone=01392", "M | MR OLAF ELM | 4", "N | MS UNA ASH | 3")
    first = night(Yesterday(), ct, card)
    said = decisions(("different", "council_tax/A/1", "library/L/1"), ("same", "council_tax/C/1", "library/N/1"))
    later = extract("council_tax", JOHN, "B | MS VERA OAK | 5 | .. | dob=1950-01-01", "C | MR IAN ASH | 3")
    after = extract("library", "L | MR JOHN SMITH | 1 | .. | phone=01392", "N | MS UNA ASH | 3", "O | MX Y BOX | 6")
    plan = night(morrow(Yesterday(), first, decisions=said), later, after)

    assert set(plan.reading.changes["kind"]) == {"new", "gone", "split", "merged", "changed", "members"}
    for name, lane in plan.lanes.items():
        before = first.lanes[name].state
        persons, members = replay(before.persons, before.members, lane.changes)
        assert persons.equals(lane.state.persons.select("person", *FACTS))
        assert members.equals(lane.state.members)


class TestLanes:
    """A register entry that opens or closes is news to the lane that sees only the open register."""

    shut = "E | JOHN SMITH | 1 | .. | open_register=no dob=1961-02-03"
    open = "E | JOHN SMITH | 1 | .. | open_register=yes dob=1961-02-03"

    def test_who_opts_out_leaves_the_lane_by_the_worlds_doing(self) -> None:
        ct = extract("council_tax", JOHN)
        _, plan = nights([ct, extract("electoral_register", self.open)], [extract("electoral_register", self.shut)])

        assert told(plan, lane="service") == {"dob": "world"}
        assert told(plan) == {}
        assert "electoral_register/E/1" not in set(plan.lanes["service"].state.members["mention"])

    def test_who_opts_in_comes_into_it(self) -> None:
        ct = extract("council_tax", JOHN)
        _, plan = nights([ct, extract("electoral_register", self.shut)], [extract("electoral_register", self.open)])

        assert told(plan, lane="service") == {"dob": "world"}

    def test_a_lane_that_is_redrawn_is_no_news(self) -> None:
        first = night(Yesterday(), extract("council_tax", JOHN), extract("electoral_register", self.shut))
        lanes = {"service": replace(policy().purposes.lanes["service"], open_register_only=False)}
        wider = replace(policy(), purposes=replace(policy().purposes, lanes={**policy().purposes.lanes, **lanes}))
        plan = night(morrow(Yesterday(), first), under=wider)
        narrow = night(morrow(morrow(Yesterday(), first), plan))

        assert told(plan, lane="service") == {"dob": "identity"}
        assert set(narrow.lanes["service"].changes["cause"]) == {"identity"}
        assert narrow.lanes["service"].notices.is_empty()
