"""A whole night: what follows from what, and that nothing else does."""

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from svoc.errors import SettingsError
from svoc.night import candidates_of, reconcile
from svoc.notices.routes import Route
from svoc.survivorship.policy import Survivorship
from svoc.words.plan import TAKEN, Yesterday
from svoc.words.purposes import Purposes
from tests.worlds import (
    death,
    decisions,
    extract,
    groups,
    morrow,
    night,
    person_of,
    policy,
    street,
)

JOHN = extract("council_tax", "A | MR JOHN SMITH | 1 | 2015-01-01..")
CARD = extract("library", "L | MR JOHN SMITH | 1 | 2014-01-01..")
EVENT = "life_events/registrar:D1/1"


class TestDays:
    """The night's date comes from what the extracts speak of, never from the clock where they do."""

    def test_it_is_the_latest_content_date(self) -> None:
        late = extract("library", "L | MS VERA OAK | 2", on=date(2026, 11, 5))

        assert night(Yesterday(), JOHN, late).as_of == date(2026, 11, 5)

    def test_it_never_goes_back(self) -> None:
        before = replace(morrow(Yesterday(), night(Yesterday(), JOHN)), as_of=date(2027, 1, 1))

        assert night(before, CARD).as_of == date(2027, 1, 1)
        assert night(before).as_of == date(2027, 1, 1)

    def test_it_is_the_day_of_the_start_where_nothing_tells_another(self) -> None:
        started = datetime(2026, 12, 24, 23, tzinfo=UTC)
        plan = reconcile(Yesterday(), [], street(), policy(), taken=pl.DataFrame(schema=TAKEN), started=started)

        assert plan.as_of == date(2026, 12, 24)
        assert plan.mentions.is_empty()


class TestDecisions:
    """What holds tonight: neither superseded nor expired."""

    parted = ("different", "council_tax/A/1", "library/L/1")

    @pytest.mark.parametrize(
        ("more", "holds"),
        [
            ({}, True),
            ({"superseded_by": 2}, False),
            ({"expires": date(2026, 11, 3)}, True),
            ({"expires": date(2026, 11, 2)}, False),
        ],
    )
    def test_while_it_holds_they_are_two(self, more: dict[str, object], *, holds: bool) -> None:
        before = replace(Yesterday(), decisions=decisions((*self.parted, more)))
        plan = night(before, JOHN, CARD)

        assert (len(groups(plan.reading.state.members)) == 2) is holds

    def test_one_about_a_withdrawn_record_sleeps_and_wakes_with_it(self) -> None:
        before = replace(Yesterday(), decisions=decisions(self.parted))
        first = night(before, JOHN, CARD)
        without = night(morrow(before, first), extract("library", "M | MR JOHN SMITH | 1 | 2014-01-01.."))
        again = night(morrow(morrow(before, first), without), CARD)

        assert len(groups(first.reading.state.members)) == 2
        assert len(groups(without.reading.state.members)) == 1
        assert len(groups(again.reading.state.members)) == 2
        assert again.mentions.filter(pl.col("source") == "library")["mention"].to_list() == ["library/L/1"]


class TestWidow:
    """MR J & MRS A SMITH becomes MRS A SMITH."""

    both = extract("council_tax", "A | MR JAMES SMITH & MRS ANN SMITH | 1 | 2015-01-01..")
    alone = extract("council_tax", "A | MRS ANN SMITH | 1 | 2015-01-01..")

    def test_she_keeps_her_identifier_and_his_is_gone(self) -> None:
        first = night(Yesterday(), self.both)
        plan = night(morrow(Yesterday(), first), self.alone)
        hers, his = person_of(first, "council_tax/A/2"), person_of(first, "council_tax/A/1")

        assert person_of(plan, "council_tax/A/2") == hers
        assert plan.reading.state.forwards.rows() == [(his, None)]
        assert all(lane.notices.is_empty() for lane in plan.lanes.values())

    def test_what_a_steward_said_of_her_still_holds(self) -> None:
        card = extract("library", "L | MRS ANN SMITH | 1 | 2014-01-01..")
        before = replace(Yesterday(), decisions=decisions(("different", "council_tax/A/2", "library/L/1")))
        first = night(before, self.both, card)
        plan = night(morrow(before, first), self.alone)

        assert person_of(plan, "council_tax/A/2") != person_of(plan, "library/L/1")


class TestLifeEvents:
    """They attach to one person at most, and count for nothing else."""

    def test_candidates_are_proposed_before_the_next_night(self) -> None:
        plan = night(Yesterday(), JOHN, CARD)
        before = morrow(Yesterday(), plan, events=death("D1", "MR JOHN SMITH", house=1))
        found = candidates_of(before, street(), policy())

        assert found.select("event", "state").rows() == [(EVENT, "matched")]
        assert found["mention"][0] in {"council_tax/A/1", "library/L/1"}
        assert found["cluster"].to_list() == [person_of(plan, "council_tax/A/1", "service")]

    def test_an_attached_event_is_no_candidate_for_another(self) -> None:
        """A second report of the same death must not find the first in place of the person."""
        plan = night(Yesterday(), JOHN, CARD)
        before = morrow(
            Yesterday(), plan, events=death("D1", "MR JOHN SMITH", house=1),
            decisions=decisions(("confirmed", EVENT, "council_tax/A/1")),
        )  # fmt: skip
        both = pl.concat([before.events, death("D2", "MR JOHN SMITH", house=1)])
        found = candidates_of(replace(morrow(before, night(before)), events=both), street(), policy())

        assert found["event"].to_list() == ["life_events/registrar:D2/1"]
        assert not found["mention"].str.starts_with("life_events").any()

    def test_when_all_records_go_the_event_keeps_nobody_alive(self) -> None:
        plan = night(Yesterday(), JOHN)
        before = morrow(
            Yesterday(), plan, events=death("D1", "MR JOHN SMITH", house=1),
            decisions=decisions(("confirmed", EVENT, "council_tax/A/1")),
        )  # fmt: skip
        dead = night(before)
        gone = night(morrow(before, dead), extract("council_tax", "B | MS VERA OAK | 9"))

        assert dead.reading.state.members["mention"].to_list() == ["council_tax/A/1", EVENT]
        assert gone.reading.state.members["mention"].to_list() == ["council_tax/B/1"]


class TestPolicy:
    """What a council has settled is checked before a night, and a change of it is known the night after."""

    def test_a_route_for_a_purpose_that_there_is_not_is_refused(self) -> None:
        route = Route("name", "library", ("surname",), "data-qualty", "consent")

        with pytest.raises(SettingsError, match=r"did you mean data-quality\?"):
            replace(policy(), routes=(route,))

    def test_a_lane_that_leaves_out_a_source_that_there_is_not_is_refused(self) -> None:
        """Left unsaid, the lane would let in what its council meant to keep out."""
        own = Purposes.in_force({}, {"service": {"without_sources": ["librery"]}})

        with pytest.raises(SettingsError, match=r"librery; did you mean library\?"):
            replace(policy(), purposes=own)

    def test_the_version_is_that_of_model_and_survivorship(self) -> None:
        own = Survivorship.in_force({"facts": {"surname": ["fullest"]}})

        assert policy().version == replace(policy()).version
        assert len({policy().version, replace(policy(), fingerprint="other").version,
                    replace(policy(), survivorship=own).version}) == 3  # fmt: skip

    def test_the_secret_does_not_show_in_identifiers_of_another(self) -> None:
        one, other = (night(Yesterday(), JOHN, under=replace(policy(), key=key)) for key in ("one", "two"))

        assert not set(one.reading.state.persons["person"]) & set(other.reading.state.persons["person"])


def test_the_steps_are_timed_by_whatever_clock_is_given() -> None:
    ticks = iter(range(1_000))
    plan = reconcile(
        Yesterday(), [JOHN], street(), policy(), taken=pl.DataFrame(schema=TAKEN),
        started=datetime(2026, 11, 2, tzinfo=UTC), clock=lambda: float(next(ticks)),
    )  # fmt: skip

    assert list(plan.seconds)[:2] == ["delta", "place"]
    assert plan.seconds["delta"] == 1.0
    assert plan.seconds["pair"] == float(len(plan.lanes))
