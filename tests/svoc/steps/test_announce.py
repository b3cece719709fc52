"""Who is told what: only the world, only those who may know, only what they may know, and the teller not."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from svoc.notices.routes import Route
from svoc.solving import routes_of
from svoc.sources.base import Extract
from svoc.steps.announce import announce
from svoc.words.changes import CHANGES
from svoc.words.notices import NOTICES
from svoc.words.persons import PERSONS
from svoc.words.plan import Plan, Yesterday
from svoc.words.purposes import Purposes
from svoc.words.services import SERVICES
from tests.worlds import KINDS, TODAY, death, decisions, extract, morrow, night, nights, placed, policy

EVENT = "life_events/registrar:D1/1"
JOHN = "A | MR JOHN SMITH | 1 | 2015-01-01.."
CARD = "L | MR JOHN SMITH | 1 | 2014-01-01.."
ENTRY = "E | JOHN SMITH | 1 | 2014-01-01.. | open_register=yes"
PERSON = "P"


def told(plan: Plan) -> set[tuple[str, str]]:
    """Give kind and recipient of every notice of every lane."""
    return {(n["kind"], n["recipient"]) for lane in plan.lanes.values() for n in lane.notices.iter_rows(named=True)}


def notices(plan: Plan) -> pl.DataFrame:
    return pl.concat([lane.notices for lane in plan.lanes.values()])


def changes(*rows: Mapping[str, Any]) -> pl.DataFrame:
    usual = {"person": PERSON, "kind": "changed", "cause": "world", "before": "x", "after": "y"}
    usual |= {"source": "council_tax", "mention": "council_tax/A/1"}
    return pl.DataFrame([{**usual, **row} for row in rows], schema=CHANGES, orient="row")


def announced(
    rows: pl.DataFrame,
    *lines: str,
    routes: Sequence[Route] = policy().routes,
    facts: Mapping[str, Any] | None = None,
    run: int = 2,
    asleep: Sequence[str] = (),
) -> pl.DataFrame:
    """Announce changes of one person who stands in the records of these lines."""
    mentions = placed(*(lines or ("council_tax A | MR JOHN SMITH | 1", "library L | MR JOHN SMITH | 1")))
    members = mentions.select("mention", person=pl.lit(PERSON))
    row = {"person": PERSON, "title": "MR", "forename": "JOHN", "surname": "SMITH", "uprn": 101, **(facts or {})}
    persons = pl.DataFrame([row], schema=PERSONS, orient="row")
    return announce(rows, persons, members, mentions, routes, KINDS, run=run, as_of=TODAY, asleep=asleep)


@pytest.mark.parametrize("cause", ["identity", "placement", "policy", "first_sight"])
def test_only_the_world_is_told(cause: str) -> None:
    assert announced(changes({"field": "surname", "cause": cause})).is_empty()
    assert not announced(changes({"field": "surname"})).is_empty()


@pytest.mark.parametrize("kind", ["new", "gone", "merged", "split", "members"])
def test_that_somebody_came_or_went_is_told_to_nobody(kind: str) -> None:
    assert announced(changes({"field": "surname", "kind": kind})).is_empty()


@pytest.mark.parametrize("field", ["dob", "phone", "email", "previous_surname"])
def test_what_no_route_speaks_of_is_told_to_nobody(field: str) -> None:
    assert announced(changes({"field": field})).is_empty()


def test_a_new_surname_is_told_to_the_others_with_exactly_the_fields_of_the_route() -> None:
    found = announced(changes({"field": "surname"}))

    assert dict(found.schema) == NOTICES
    assert found.select("kind", "recipient", "reference", "because").rows() == [
        ("name", "library", "L", "council_tax/A/1")
    ]
    assert json.loads(found["payload"][0]) == {
        "title": "MR", "forename": "JOHN", "middle_names": None, "surname": "SMITH",
    }  # fmt: skip


def test_the_teller_is_told_what_another_said_on_the_same_night() -> None:
    both = changes({"field": "surname"}, {"field": "title", "source": "library", "mention": "library/L/1"})

    assert set(announced(both)["recipient"]) == {"council_tax", "library"}


def test_a_system_whose_record_has_ended_is_not_told_but_one_that_ends_next_month_is() -> None:
    for until, recipients in (("2026-11-02", []), ("2026-12-01", ["library"])):
        lines = ("council_tax A | MR JOHN SMITH | 1", f"library L | MR JOHN SMITH | 1 | ..{until}")
        assert announced(changes({"field": "surname"}), *lines)["recipient"].to_list() == recipients


def test_each_of_a_systems_own_records_is_told_of() -> None:
    lines = ("council_tax A | MR JOHN SMITH | 1", "library L | MR JOHN SMITH | 1", "library M | MR JOHN SMITH | 2")

    assert announced(changes({"field": "surname"}), *lines)["reference"].sort().to_list() == ["L", "M"]


def test_an_address_that_is_only_written_another_way_is_not_told() -> None:
    """The golden home is the same property, as another record writes it: nobody moved."""
    respelt = changes({"field": "address"}, {"field": "postcode"})

    assert announced(respelt).is_empty()
    assert announced(changes({"field": "address"}, {"field": "uprn"}))["kind"].to_list() == ["address"]
    assert announced(respelt, facts={"uprn": None})["kind"].to_list() == ["address"]


def test_a_value_that_is_gone_is_not_told() -> None:
    assert announced(changes({"field": "address", "after": None})).is_empty()


class TestRoutes:
    """A route names a kind of source, or one source by its name; the name goes first."""

    by_kind = Route("name", "generic", ("title", "surname"), "data-quality", "by kind")
    by_name = Route("name", "library", ("surname",), "data-quality", "by name")

    @pytest.mark.parametrize("order", [1, -1])
    def test_the_name_goes_first(self, order: int) -> None:
        routes = [self.by_kind, self.by_name][::order]
        found = announced(changes({"field": "surname"}), routes=routes)

        assert found["basis"].to_list() == ["by name"]
        assert json.loads(found["payload"][0]) == {"surname": "SMITH"}

    def test_without_a_route_nobody_is_told(self) -> None:
        assert announced(changes({"field": "surname"}), routes=[]).is_empty()
        assert announced(changes({"field": "address"}), routes=[self.by_kind, self.by_name]).is_empty()

    def test_a_purpose_takes_away_the_fields_that_it_may_not_see(self) -> None:
        own = Purposes.in_force({"data-quality": {"fields": ["surname"]}})
        found = routes_of("service", replace(policy(), purposes=own, routes=(self.by_kind,)), TODAY)

        assert [r.fields for r in found] == [("surname",)]

    def test_a_purpose_that_has_expired_tells_nobody(self) -> None:
        own = Purposes.in_force({"data-quality": {"expires": date(2026, 11, 1)}})
        bound = replace(policy(), purposes=own, routes=(self.by_kind,))

        assert routes_of("service", bound, TODAY) == []
        assert routes_of("service", bound, date(2026, 11, 1)) == [self.by_kind]

    def test_a_route_is_followed_in_the_lane_of_its_purpose_alone(self) -> None:
        assert routes_of("statutory", replace(policy(), routes=(self.by_kind,)), TODAY) == []

    def test_shipped_routes_tell_the_register_through_the_statutory_lane_alone(self) -> None:
        recipients = {
            lane: {r.recipient for r in routes_of(lane, policy(), TODAY)} for lane in ("statutory", "service")
        }

        assert recipients == {
            "statutory": {"electoral_register"},
            "service": {"generic", *SERVICES} - {"electoral_register"},
        }


class TestIdentifiers:
    """A notice is known again by its identifier: the same night twice is one notice, another night is another."""

    def test_the_same_night_gives_the_same_identifiers_in_any_order(self) -> None:
        rows = changes({"field": "surname"}, {"field": "uprn"})

        assert announced(rows)["notice"].to_list() == announced(rows.reverse())["notice"].to_list()
        assert announced(rows)["notice"].is_unique().all()

    def test_there_and_back_and_there_again_is_told_three_times(self) -> None:
        """Were the third notice taken for the first, the resident would be called by the wrong title for good."""
        card = extract("library", CARD)
        there, back = extract("council_tax", JOHN.replace("MR", "DR")), extract("council_tax", JOHN)
        yesterday = morrow(Yesterday(), night(Yesterday(), back, card))
        seen: list[str] = []
        for said in (there, back, there):
            plan = night(yesterday, said)
            assert told(plan) == {("name", "library")}
            seen += notices(plan)["notice"].to_list()
            yesterday = morrow(yesterday, plan)

        assert len(set(seen)) == 3


class TestDeath:
    """A death is told only where a human confirmed a life event; a system's word is a fact, never a notice."""

    sources: Sequence[Extract] = (extract("council_tax", JOHN), extract("library", CARD),
                                  extract("electoral_register", ENTRY))  # fmt: skip
    everybody = frozenset({("death", "council_tax"), ("death", "library"), ("death", "electoral_register")})

    def confirmed(self, *lines: Extract) -> tuple[Yesterday, Plan]:
        first = night(Yesterday(), *(lines or self.sources))
        before = morrow(
            Yesterday(), first, events=death("D1", "MR JOHN SMITH", house=1),
            decisions=decisions(("confirmed", EVENT, "council_tax/A/1")),
        )  # fmt: skip
        return before, night(before)

    def test_a_systems_word_alone_is_not_told(self) -> None:
        dead = extract("council_tax", f"{JOHN} | deceased=yes died=2026-10-30")
        _, plan = nights(self.sources, [dead])

        assert plan.reading.state.persons["deceased"].to_list() == [True]
        assert told(plan) == set()

    def test_a_life_event_that_nobody_confirmed_is_not_told(self) -> None:
        first = night(Yesterday(), *self.sources)
        plan = night(morrow(Yesterday(), first, events=death("D1", "MR JOHN SMITH", house=1)))

        assert told(plan) == set()
        assert plan.reading.state.cases["kind"].to_list() == ["life_event"]

    def test_a_confirmed_life_event_is_told_to_all_that_hold_the_person(self) -> None:
        before, plan = self.confirmed()

        assert told(plan) == self.everybody
        assert told(night(morrow(before, plan))) == set()
        payload = json.loads(notices(plan).filter(pl.col("recipient") == "library")["payload"][0])
        assert payload == {"title": "MR", "forename": "JOHN", "surname": "SMITH", "died": "2026-11-02"}

    def test_it_is_told_though_a_system_had_said_so_before(self) -> None:
        dead = extract("council_tax", f"{JOHN} | deceased=yes died=2026-11-02")

        _, plan = self.confirmed(dead, *self.sources[1:])

        assert told(plan) == self.everybody

    def test_a_registrars_spelling_renames_nobody(self) -> None:
        first = night(Yesterday(), *self.sources)
        before = morrow(
            Yesterday(), first, events=death("D1", "MR JONATHAN SMITH", house=9),
            decisions=decisions(("confirmed", EVENT, "council_tax/A/1")),
        )  # fmt: skip
        plan = night(before)

        assert plan.reading.state.persons["forename"].to_list() == ["JONATHAN"]
        assert told(plan) == self.everybody

    def test_one_that_is_taken_back_is_told_as_such_to_the_same_systems(self) -> None:
        before, dead = self.confirmed()
        back = pl.concat([before.events, death("D1", "MR JOHN SMITH", house=1, action="retracted")])
        plan = night(morrow(before, dead, events=back))

        assert told(plan) == {("death-retracted", recipient) for _, recipient in self.everybody}
        assert json.loads(notices(plan)["payload"][0])["died"] is None

    def test_a_confirmation_that_a_steward_takes_back_is_told_as_such_too(self) -> None:
        before, dead = self.confirmed()
        undone = before.decisions.with_columns(superseded_by=pl.col("decision"))
        plan = night(morrow(before, dead, decisions=undone))

        assert told(plan) == {("death-retracted", recipient) for _, recipient in self.everybody}

    def test_a_confirmation_that_only_sleeps_retracts_nothing(self) -> None:
        """The account that the steward named has been closed and dropped: nobody said that he lives."""
        before, dead = self.confirmed()
        plan = night(morrow(before, dead), extract("council_tax", "B | MS VERA OAK | 9"))

        assert told(plan) == set()

    def test_a_system_that_ceases_to_say_so_is_not_told_on(self) -> None:
        dead = extract("council_tax", f"{JOHN} | deceased=yes died=2026-10-30")
        _, plan = nights([dead, *self.sources[1:]], [self.sources[0]])

        assert plan.reading.state.persons["deceased"].to_list() == [None]
        assert told(plan) == set()


class TestLanes:
    """What a closed register entry says stays where it may be read."""

    def test_a_closed_entry_brings_no_news_to_council_tax(self) -> None:
        closed = "E | JOHN SMITHE | 1 | 2026-10-01.. | open_register=no"
        ct, entry = extract("council_tax", JOHN), extract("electoral_register", ENTRY.replace("=yes", "=no"))
        _, plan = nights([ct, entry], [extract("electoral_register", closed)])

        assert plan.reading.state.persons["surname"].to_list() == ["SMITHE"]
        assert told(plan) == set()

    def test_an_open_one_does(self) -> None:
        opened = "E | JOHN SMITHE | 1 | 2026-10-01.. | open_register=yes"
        _, plan = nights([extract("council_tax", JOHN), extract("electoral_register", ENTRY)],
                         [extract("electoral_register", opened)])  # fmt: skip

        assert told(plan) == {("name", "council_tax")}
