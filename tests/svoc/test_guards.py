"""What a plan may not do."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.guards import GUARDS, reasons
from svoc.memory import peak_share
from svoc.settings import GuardSettings
from svoc.steps.profile import profile
from svoc.words.changes import CHANGES
from svoc.words.decisions import CASES
from svoc.words.mentions import PLACED
from svoc.words.persons import PERSONS
from svoc.words.plan import LanePlan, LaneState, Plan, Yesterday
from tests.worlds import death, extract, morrow, night, placed

USUAL = GuardSettings()
CALM = night(Yesterday(), extract("library", *(f"L{n} | MR JOHN SMITH | {n}" for n in range(1, 11))))


def before() -> Yesterday:
    return morrow(Yesterday(), CALM)


def crowd(count: int) -> Yesterday:
    """Give a yesterday of so many persons."""
    persons = pl.DataFrame({"person": [f"P{n}" for n in range(count)], "records": 1}).select(
        pl.col(n).cast(t) if n in {"person", "records"} else pl.lit(None, dtype=t).alias(n) for n, t in PERSONS.items()
    )
    return replace(Yesterday(), run=1, lanes={"statutory": LaneState(persons=persons)})


def changing(kind: str, count: int, *, twice: bool = False) -> Plan:
    rows = [{"person": f"P{n}", "kind": kind, "cause": "identity"} for n in range(count)] * (2 if twice else 1)
    return replace(CALM, lanes={"statutory": LanePlan(LaneState(), pl.DataFrame(rows, schema=CHANGES, orient="row"))})


def told(plan: Plan, yesterday: Yesterday, limits: GuardSettings = USUAL) -> Sequence[str]:
    return reasons(plan, yesterday, limits)


def test_a_calm_night_passes() -> None:
    assert told(CALM, Yesterday()) == ()
    assert told(night(before()), before()) == ()


def test_every_guard_says_what_it_guards_against() -> None:
    assert all(guard.__doc__ for guard in GUARDS)


def test_whom_a_right_takes_is_not_counted() -> None:
    """Of a hundred persons six are erased: that is no sign that something is wrong. Six that a file lost are."""
    for cause, refused in (("right", False), ("identity", True)):
        rows = [{"person": f"P{n}", "kind": "gone", "cause": cause} for n in range(6)]
        changes = pl.DataFrame(rows, schema=CHANGES, orient="row")
        plan = replace(CALM, lanes={"statutory": LanePlan(LaneState(), changes)})
        assert bool(told(plan, crowd(100))) is refused
    keys = before().mentions["mention"].to_list()
    few = replace(CALM, mentions=CALM.mentions.filter(pl.col("mention").is_in(keys[:3])))
    assert "mentions and held 10" in told(few, before())[0]
    assert told(replace(few, by_right=frozenset(keys[3:])), before()) == ()


class TestHalfAFile:
    """An extract that holds much less than the last is probably half a file."""

    @pytest.mark.parametrize(("left", "refused"), [(6, False), (5, True), (0, True)])
    def test_half_of_what_it_held_is_refused(self, left: int, *, refused: bool) -> None:
        lines = [f"L{n} | MR JOHN SMITH | {n}" for n in range(1, left + 1)]
        found = told(night(before(), extract("library", *lines)), before())

        assert [r for r in found if r.startswith(f"library holds {left} mentions and held 10")] == (
            [f"library holds {left} mentions and held 10: less than 60% is left"] if refused else []
        )

    def test_a_council_sets_its_own_share(self) -> None:
        plan = night(before(), extract("library", "L1 | MR JOHN SMITH | 1"))

        assert told(plan, before(), GuardSettings(shrunk=0.1)) == ()

    def test_a_life_event_that_is_taken_back_is_no_half_file(self) -> None:
        said = death("D1", "MR JOHN SMITH", house=1)
        first = night(replace(before(), events=said))
        yesterday = morrow(before(), first, events=pl.concat([said, death("D1", "X", house=1, action="retracted")]))

        assert told(night(yesterday), yesterday) == ()


@pytest.mark.parametrize(
    ("kind", "allowed", "words"),
    [("gone", 10, "would be gone"), ("merged", 4, "would be joined into others"), ("split", 4, "would be taken apart")],
)
class TestShares:
    """Too many persons at once."""

    def test_as_many_as_allowed_pass_and_one_more_does_not(self, kind: str, allowed: int, words: str) -> None:
        assert told(changing(kind, allowed), crowd(200)) == ()
        found = told(changing(kind, allowed + 1), crowd(200))
        assert len(found) == 1
        assert f"statutory: {allowed + 1} of 200 persons {words}" in found[0]

    def test_persons_are_counted_not_rows(self, kind: str, allowed: int, words: str) -> None:
        assert told(changing(kind, allowed, twice=True), crowd(200)) == ()
        assert words

    def test_a_handful_of_persons_is_no_share(self, kind: str, allowed: int, words: str) -> None:
        assert told(changing(kind, 99), crowd(99)) == ()
        assert allowed
        assert words


def test_a_person_of_very_many_records_is_refused() -> None:
    persons = CALM.reading.state.persons.with_columns(records=pl.lit(61, dtype=pl.Int32))
    plan = replace(CALM, lanes={"statutory": LanePlan(LaneState(persons=persons))})

    assert told(plan, Yesterday()) == ("statutory: a person would be made of 61 records; at most 60 are allowed",)
    assert told(plan, Yesterday(), GuardSettings(largest_person=61)) == ()


def test_a_source_that_is_found_nowhere_is_refused() -> None:
    lines = [f"library L{n} | MR JOHN SMITH | 1" for n in range(100)]
    lost = placed(*lines).with_columns(place=pl.lit(None, dtype=pl.Int64))
    plan = replace(CALM, mentions=lost)

    assert told(plan, Yesterday()) == ("library: 0% of addresses are placed; at least 50% are expected",)
    assert told(replace(CALM, mentions=lost.head(99)), Yesterday()) == ()
    nowhere = lost.with_columns(address=pl.lit(None, dtype=pl.String))
    assert told(replace(CALM, mentions=nowhere), Yesterday()) == ()


DRIFTED = (Path(__file__).parents[1] / "cases" / "guard_drift.csv").read_text(encoding="utf-8")
DRIFTS = list(csv.DictReader(DRIFTED.splitlines()))


def written(column: str, mix: str) -> dict[str, dict[str, Any]]:
    """Give the profile of as many records as a mix counts: "80 BA1 1AA; 20 -" is eighty with a postcode, 20 without."""
    told = [part.strip().partition(" ") for part in mix.split(";")]
    values = [None if value == "-" else value for times, _, value in told for _ in range(int(times))]
    frame = pl.DataFrame({"source": "library", "record": "L1", column: pl.Series(values, dtype=pl.String)})
    read = {pl.Boolean(): pl.col(column) == "yes", pl.Date(): pl.col(column).str.to_date("%Y-%m-%d")}
    return profile(frame.with_columns(read.get(PLACED[column], pl.col(column))))


@pytest.mark.parametrize("drift", DRIFTS, ids=[drift["why"] for drift in DRIFTS])
def test_a_column_that_drifts_is_refused(drift: dict[str, str]) -> None:
    then, now = written(drift["column"], drift["last_night"]), written(drift["column"], drift["tonight"])
    found = told(replace(CALM, profile=now), replace(Yesterday(), summary={"profile": then}))

    assert [reason.partition(";")[0] for reason in found] == (
        [f"library: {drift['refused']}"] if drift["refused"] else []
    )


def test_a_council_sets_how_far_a_column_may_drift() -> None:
    then, now = written("postcode", "100 BA1 1AA"), written("postcode", "50 BA1 1AA; 50 -")
    plan, yesterday = replace(CALM, profile=now), replace(Yesterday(), summary={"profile": then})

    assert told(plan, yesterday, GuardSettings(filled=0.5)) == ()
    assert len(told(plan, yesterday, GuardSettings(filled=0.49))) == 1


def test_the_first_night_and_a_new_source_have_nothing_to_drift_from() -> None:
    plan = replace(CALM, profile=written("postcode", "100 -"))

    assert told(plan, Yesterday()) == ()
    assert told(plan, replace(Yesterday(), summary={"profile": {}})) == ()


class TestCases:
    """More new cases than stewards could answer."""

    @staticmethod
    def asking(count: int) -> Plan:
        rows = [{"case": f"C{n}", "kind": "household", "mentions": [f"a/{n}/1"], "reason": "-"} for n in range(count)]
        return replace(
            CALM, lanes={"statutory": LanePlan(LaneState(cases=pl.DataFrame(rows, schema=CASES, orient="row")))}
        )

    def test_as_many_as_allowed_pass_and_one_more_does_not(self) -> None:
        assert told(self.asking(200), crowd(10_000)) == ()
        assert told(self.asking(201), crowd(10_000)) == (
            "statutory: 201 new cases for 10000 persons; at most 2.0% are allowed",
        )

    def test_cases_that_were_open_already_are_not_new(self) -> None:
        state = replace(crowd(200).lane("statutory"), cases=self.asking(30).reading.state.cases)
        yesterday = replace(crowd(200), lanes={"statutory": state})

        assert told(self.asking(130), yesterday) == ()
        assert len(told(self.asking(131), yesterday)) == 1

    def test_a_hundred_cases_can_be_answered_in_the_smallest_council(self) -> None:
        assert told(self.asking(100), crowd(20)) == ()
        assert len(told(self.asking(101), crowd(20))) == 1

    def test_the_first_night_asks_as_it_must(self) -> None:
        assert told(self.asking(500), Yesterday()) == ()


class TestTimeAndMemory:
    """A night that grows too long or too large for its machine."""

    @pytest.mark.parametrize(("seconds", "refused"), [(60.0, False), (60.1, True)])
    def test_time_is_what_the_steps_took_together(self, seconds: float, *, refused: bool) -> None:
        plan = replace(CALM, seconds={"place": 30.0, "pair": seconds - 30.0})
        words = ("planning took longer than the 1 minutes that are allowed",)

        assert told(plan, Yesterday(), GuardSettings(minutes=1)) == (words if refused else ())

    @pytest.mark.parametrize(("memory", "refused"), [(None, False), (0.9, False), (0.91, True)])
    def test_memory_is_a_share_of_the_machine(self, memory: float | None, *, refused: bool) -> None:
        words = ("planning took more than the 90% of the machine's memory that are allowed",)

        assert told(replace(CALM, memory=memory), Yesterday()) == (words if refused else ())

    def test_the_memory_of_this_process_is_some_of_the_machine(self) -> None:
        share = peak_share()
        assert share is None or 0 < share < 1


def test_every_reason_is_told_and_none_names_a_person() -> None:
    plan = replace(changing("gone", 100), mentions=placed("library L1 | MR JOHN SMITH | 1"))
    yesterday = replace(crowd(200), mentions=before().mentions)
    found = told(plan, yesterday)

    assert len(found) == 2
    assert "SMITH" not in "".join(found)
