"""Purposes and lanes: what may be used together, and that every slip of a council's pen fails closed."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from svoc.errors import PurposeRefused, SettingsError
from svoc.words.persons import FACTS
from svoc.words.purposes import Lane, Purposes
from tests.worlds import TODAY, records

SHIPPED = Purposes.in_force()
NEEDED = {
    "registration", "canvass-match", "fraud", "crime-prevention", "nfi", "council-tax", "discount-review",
    "vacant-homes", "debt", "service-delivery", "tell-us-once-death", "tell-us-once-birth", "change-of-address",
    "safeguarding", "statistics", "subject-access", "data-quality", "migration",
}  # fmt: skip


def test_the_shipped_purposes_cover_what_councils_do() -> None:
    assert set(SHIPPED.purposes) >= NEEDED
    assert set(SHIPPED.lanes) == {"statutory", "service"}
    assert all(p.lane in SHIPPED.lanes and p.words and p.power for p in SHIPPED.purposes.values())


@pytest.mark.parametrize("code", ["council-tax", "debt", "service-delivery", "tell-us-once-death", "data-quality"])
def test_services_never_read_the_full_register(code: str) -> None:
    assert SHIPPED.lane(code, on=TODAY).open_register_only


class TestAdmits:
    """Which records a lane may use."""

    @pytest.mark.parametrize(
        ("said", "admitted"), [("open_register=yes", True), ("open_register=no", False), ("", False)]
    )
    def test_a_register_entry_is_open_only_where_its_source_says_so(self, said: str, *, admitted: bool) -> None:
        entry = records(f"electoral_register E | JOHN SMITH | 1 | .. | {said}")

        assert entry.filter(SHIPPED.lanes["service"].admits()).height == int(admitted)
        assert entry.filter(SHIPPED.lanes["statutory"].admits()).height == 1

    def test_a_record_whose_role_nobody_tells_fails_closed(self) -> None:
        unknown = records("library L | JOHN SMITH | 1").with_columns(role=pl.lit(None, dtype=pl.String))

        assert unknown.filter(SHIPPED.lanes["service"].admits()).is_empty()

    def test_other_records_are_admitted(self) -> None:
        others = records(
            "library L | JOHN SMITH | 1", "council_tax A | JOHN SMITH | 1", "life_events D | JOHN SMITH | 1"
        )

        assert others.filter(SHIPPED.lanes["service"].admits()).height == 3

    def test_a_lane_leaves_out_the_sources_that_it_names(self) -> None:
        lane = Lane("schools", "without libraries", without_sources=("library",))
        both = records("library L | JOHN SMITH | 1", "council_tax A | JOHN SMITH | 1")

        assert both.filter(lane.admits())["source"].to_list() == ["council_tax"]


TWO_DISTRICTS = {
    "north_register": "electoral_register", "south_register": "electoral_register",
    "north_tax": "council_tax", "library": "generic", "parking": "generic",
}  # fmt: skip


class TestLanesOfTwoDistricts:
    """A lane that was written for one district's source must not take in the other's in silence."""

    def lane(self, **said: Any) -> Lane:
        own = Purposes.in_force({}, {"kerb": {"words": "no register", **said}})
        return own.of_sources(TWO_DISTRICTS, {*TWO_DISTRICTS.values(), "life_events"}).lanes["kerb"]

    def test_a_kind_is_left_out_whatever_its_sources_are_called(self) -> None:
        kept = self.lane(without_kinds=["electoral_register"])
        both = records(
            "north_register A | JOHN SMITH | 1", "south_register A | ANN HILL | 2", "north_tax A | ANN HILL | 2"
        )

        assert both.filter(kept.admits())["source"].to_list() == ["north_tax"]

    def test_one_register_left_out_and_the_other_forgotten_is_refused(self) -> None:
        with pytest.raises(SettingsError, match=r'north_register and not south_register.*without_kinds = \["electoral'):
            self.lane(without_sources=["north_register"])

    def test_a_council_may_mean_it(self) -> None:
        kept = self.lane(without_sources=["north_register"], keeps_sources=["south_register"])

        assert kept.without_sources == ("north_register",)

    def test_lists_of_any_kind_stand_each_for_itself(self) -> None:
        assert self.lane(without_sources=["library"]).without_sources == ("library",)

    def test_a_kind_that_there_is_not_is_refused(self) -> None:
        with pytest.raises(SettingsError, match=r"electoral_registers; did you mean electoral_register\?"):
            self.lane(without_kinds=["electoral_registers"])

    def test_the_open_register_is_a_rule_for_every_register(self) -> None:
        rows = [
            f"{name} A | JOHN SMITH | 1 | | role=elector open_register=no"
            for name in ("north_register", "south_register")
        ]
        opened = "south_register B | ANN HILL | 2 | | role=elector open_register=yes"

        assert records(*rows, opened).filter(SHIPPED.lanes["service"].admits())["record"].to_list() == ["B"]


class TestPurposes:
    """Naming one."""

    def test_an_unknown_one_is_refused_with_the_nearest(self) -> None:
        with pytest.raises(PurposeRefused, match=r"council_tax.*did you mean council-tax\?"):
            SHIPPED.purpose("council_tax", on=TODAY)

    def test_one_that_has_expired_is_refused_from_the_day_after(self) -> None:
        own = Purposes.in_force({"debt": {"expires": date(2026, 11, 1)}})

        assert own.purpose("debt", on=date(2026, 11, 1)).code == "debt"
        with pytest.raises(PurposeRefused, match="2026-11-01"):
            own.purpose("debt", on=date(2026, 11, 2))

    def test_a_council_lays_its_own_over_the_shipped(self) -> None:
        own = Purposes.in_force(
            {"parking": {"words": "Issue permits", "lane": "kerb", "power": "RTRA 1984", "fields": ["surname"]}},
            {"kerb": {"words": "no library", "open_register_only": True, "without_sources": ["library"]}},
        )

        assert own.named("parking").fields == ("surname",)
        assert own.lane("parking", on=TODAY).without_sources == ("library",)
        assert own.named("debt") == SHIPPED.named("debt")


PARKING: dict[str, Any] = {"words": "Issue permits", "lane": "service", "power": "RTRA 1984"}


@pytest.mark.parametrize(
    ("purposes", "lanes", "told"),
    [
        (
            {"parking": {**PARKING, "lane": "servise"}},
            {},
            r"\[purposes.parking\] lane.*servise; did you mean service\?",
        ),
        ({"parking": {**PARKING, "feilds": []}}, {}, r"feilds; did you mean fields\?"),
        ({"parking": {**PARKING, "fields": "surname"}}, {}, "fields: expected a list of texts"),
        ({"parking": {**PARKING, "fields": ["surnam"]}}, {}, r"surnam; did you mean surname\?"),
        ({"parking": {**PARKING, "expires": "2026-11-02"}}, {}, "expires: expected a date"),
        ({"parking": {"words": "Issue permits"}}, {}, "lane is missing"),
        ({"parking": "service"}, {}, r"expected a table, as \[purposes.parking\]"),
        ({}, {"service": {"open_register_only": "no"}}, "open_register_only: expected true or false"),
        ({}, {"service": {"open_register": True}}, r"open_register; did you mean open_register_only\?"),
        ({}, {"service": {"without_sources": "library"}}, "without_sources: expected a list of texts"),
        ({}, {"kerb": {}}, "words is missing"),
    ],
)
def test_a_slip_of_the_pen_is_refused(purposes: dict[str, Any], lanes: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        Purposes.in_force(purposes, lanes)


def test_fields_are_golden_facts() -> None:
    assert all(set(p.fields or ()) <= set(FACTS) for p in SHIPPED.purposes.values())
