"""The full register: which uses the law leaves open, what each may see, and how it is closed altogether."""

from typing import Any

import polars as pl
import pytest

from svoc.errors import SettingsError
from svoc.words.full_register import NAMING, RegisterUse
from svoc.words.purposes import Purposes
from svoc.words.records import UNDER_16
from tests.worlds import records

KINDS = {"electoral_register": "electoral_register", "council_tax": "council_tax"}
PARKING: dict[str, Any] = {"words": "Issue permits", "lane": "statutory", "power": "RTRA 1984"}


def bound(purposes: dict[str, Any], lanes: dict[str, Any] | None = None, **more: bool) -> Purposes:
    return Purposes.in_force(purposes, lanes, **more).of_sources(KINDS, KINDS.values())


def test_the_shipped_purposes_that_read_the_full_register_are_lawful_uses() -> None:
    shipped = bound({})
    full = {code: p.full_register for code, p in shipped.purposes.items() if p.lane == "statutory"}
    assert full == {
        "registration": RegisterUse.REGISTRATION, "canvass-match": RegisterUse.REGISTRATION,
        "fraud": RegisterUse.CRIME, "crime-prevention": RegisterUse.CRIME, "nfi": RegisterUse.AUDIT,
        "statistics": RegisterUse.STATISTICS, "subject-access": RegisterUse.SUBJECT,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("purpose", "told"),
    [
        (PARKING, r"parking\] reads the full register \(electoral_register\).*name one in full_register"),
        ({**PARKING, "full_register": "parking"}, r"parking\] full_register: there is no use parking; expected one of"),
        ({**PARKING, "power": " "}, r"parking\] power: expected the law that allows it"),
        ({**PARKING, "roles": ["wizard"]}, r"parking\] roles: there is no role wizard"),
    ],
)
def test_a_purpose_that_would_read_the_full_register_says_which_use_it_is(purpose: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        bound({"parking": purpose})


def test_a_lane_without_the_register_needs_no_such_word() -> None:
    lanes = {"kerb": {"words": "no register", "without_kinds": ["electoral_register"]}}
    assert bound({"parking": {**PARKING, "lane": "kerb"}}, lanes).named("parking").full_register is None


@pytest.mark.parametrize("fact", sorted(NAMING))
def test_statistics_are_without_names(fact: str) -> None:
    with pytest.raises(SettingsError, match=f"statistics are without names; leave out {fact}"):
        bound({"statistics": {"fields": ["postcode", fact]}})


def test_statistics_that_say_nothing_of_fields_would_see_names_and_are_refused() -> None:
    with pytest.raises(SettingsError, match="statistics are without names"):
        bound({"counts": {**PARKING, "full_register": "statistics"}})


def test_one_setting_closes_the_full_register_to_every_purpose() -> None:
    closed = bound({"parking": PARKING}, open_register_only=True)
    entry = records("electoral_register E | JOHN SMITH | 1 | .. | open_register=no")
    assert all(lane.open_register_only for lane in closed.lanes.values())
    assert all(entry.filter(lane.admits()).is_empty() for lane in closed.lanes.values())


def test_children_reach_no_lane_but_one_of_registration() -> None:
    own = {"nursery": {"words": "the registration officer's own", "under_16s": True}}
    purposes = bound({"registration": {"lane": "nursery"}}, own)
    entry = records("electoral_register E | JOHN SMITH | 1 | .. | open_register=yes")
    child = entry.with_columns(markers=pl.lit([UNDER_16], dtype=pl.List(pl.String)))
    admitting = {name for name, lane in purposes.lanes.items() if child.filter(lane.admits()).height}
    assert admitting == {"nursery"}
    assert all(entry.filter(lane.admits()).height for lane in purposes.lanes.values())
    with pytest.raises(SettingsError, match="children under 16, which only registration may read"):
        bound({"fraud": {"lane": "nursery"}}, own)
