"""The values and schemas that all others speak in."""

import json
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from svoc.words.changes import CHANGES, Cause, ChangeKind
from svoc.words.decisions import CASES, DECISIONS, CaseKind, Verdict
from svoc.words.events import EMPTY_LIFE_EVENTS, EVIDENCE, LIFE_EVENTS, Evidence
from svoc.words.mentions import KNOWN, MENTIONS, PLACED, lasting
from svoc.words.notices import NOTICES
from svoc.words.persons import FACTS, PERSONS, Person
from svoc.words.plan import LaneState, Yesterday
from svoc.words.records import EMPTY_RECORDS, RECORDS, conform
from svoc.words.telling import Birth, Correction, Death, Move, NewContact, NewName
from tests.worlds import extract, facts, morrow, night


def test_every_schema_makes_a_frame() -> None:
    for schema in (RECORDS, MENTIONS, PLACED, KNOWN, PERSONS, CHANGES, CASES, DECISIONS, NOTICES, LIFE_EVENTS):
        assert dict(pl.DataFrame(schema=schema).schema) == schema


def test_a_mention_is_a_record_and_more_and_a_person_its_facts_and_more() -> None:
    assert set(RECORDS) < set(MENTIONS) < set(PLACED)
    assert set(FACTS) < set(PERSONS)
    assert all(dtype == RECORDS.get(name, dtype) for name, dtype in {**KNOWN, **FACTS}.items())


def test_conform_adds_what_is_missing_and_drops_what_is_more() -> None:
    made = conform(pl.DataFrame({"record": ["1"], "source": ["ct"], "party": [1], "shoe_size": [44]}))

    assert dict(made.schema) == RECORDS
    assert made.select("source", "record", "party", "dob").rows() == [("ct", "1", 1, None)]
    assert dict(EMPTY_RECORDS.schema) == RECORDS


@pytest.mark.parametrize(
    ("since", "until", "lasts"),
    [
        (None, None, True),
        (date(2026, 11, 2), None, True),
        (date(2026, 11, 3), None, False),
        (None, date(2026, 11, 2), False),
        (None, date(2026, 11, 3), True),
    ],
)
def test_a_stay_lasts_from_its_first_day_up_to_but_without_the_day_after_it(
    since: date | None, until: date | None, *, lasts: bool
) -> None:
    stay = pl.DataFrame({"since": [since], "until": [until]}, schema={"since": pl.Date(), "until": pl.Date()})

    assert stay.select(lasts=lasting(date(2026, 11, 2)))["lasts"].to_list() == [lasts]


def test_words_are_words() -> None:
    assert {Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE} < set(Verdict)
    assert len({*Cause, *ChangeKind, *CaseKind}) == len(Cause) + len(ChangeKind) + len(CaseKind)
    assert set(EVIDENCE) == set(Evidence)
    assert set(EVIDENCE.values()) <= {0, 1, 2, 3}


class TestPerson:
    """One golden record as a value."""

    def test_it_is_made_of_a_row(self) -> None:
        plan = night(Yesterday(), extract("council_tax", "A | MR JOHN ALAN SMITH | 1 | .. | dob=1961-02-03"))
        row = facts(plan, "council_tax/A/1")
        person = Person.of(row)

        assert person.name == "MR JOHN ALAN SMITH"
        assert (person.id, person.dob, person.uprn, person.records) == (row["person"], date(1961, 2, 3), 101, 1)
        assert person.provenance["surname"]["mention"] == "council_tax/A/1"
        assert json.loads(row["provenance"]) == person.provenance

    def test_a_name_has_no_holes(self) -> None:
        assert Person("P", surname="SMITH").name == "SMITH"
        assert Person("P").name == ""


class TestDeath:
    """What a member of staff was told at the counter."""

    def test_it_reads_dates_and_short_words(self) -> None:
        told = Death("7F3K-92QD-M", on="2026-11-02", evidence="registrar")

        assert (told.on, told.evidence, told.verification) == (date(2026, 11, 2), "registrar-notification", 3)
        assert Death("P", on=date(2026, 11, 2)).verification == 0

    @pytest.mark.parametrize(("on", "evidence"), [("2.11.2026", "registrar"), ("2026-11-02", "hearsay")])
    def test_anything_else_is_refused(self, on: str, evidence: str) -> None:
        with pytest.raises(ValueError, match=r".+"):
            Death("P", on=on, evidence=evidence)

    def test_it_becomes_one_life_event_under_one_reference_for_one_person(self) -> None:
        one, other = Death("P", on="2026-11-02"), Death("P", on="2026-11-03")
        event = one.as_life_event()

        assert event.schema == EMPTY_LIFE_EVENTS.schema
        assert event.select("kind", "sender", "person", "happened").rows() == [
            ("death", "counter", "P", date(2026, 11, 2))
        ]
        assert one.reference == other.reference != Death("Q", on="2026-11-02").reference
        assert one.mention == f"life_events/counter:{one.reference}/1"
        assert "P" not in one.mention.split("/")[1]


class TestTold:
    """Whatever else a member of staff was told."""

    def test_each_is_one_life_event_for_each_whom_it_is_about(self) -> None:
        move = Move("P", on="2026-11-02", address="9 High Street", postcode="zz1 1ab", along=("Q", "P"))
        told = move.as_life_event()

        assert told.select("person", "new_postcode", "kind").rows() == [
            ("P", "ZZ1 1AB", "move"),
            ("Q", "ZZ1 1AB", "move"),
        ]
        assert told["household"].n_unique() == 1
        assert told["reference"].n_unique() == told["event"].n_unique() == 2
        assert list(move.mentions.values()) == ["P", "Q"]

    def test_what_is_put_right_has_the_reference_of_what_it_puts_right(self) -> None:
        one, other = (NewContact("P", phone=number) for number in ("07700 900001", "07700 900002"))

        assert one.reference == other.reference != NewContact("P", email="p@example.org").reference
        assert one.as_life_event()["event"][0] != other.as_life_event()["event"][0]
        assert NewName("P", on="2026-11-02", surname="Oak", reference="WEB-1").mention == "life_events/counter:WEB-1/1"

    @pytest.mark.parametrize(
        "told",
        [lambda: NewContact("P"), lambda: NewName("P", on="2026-11-02"), lambda: Correction("P"),
         lambda: Move("P", on="2026-11-02", address=""), lambda: Birth("", on="2026-11-02"),
         lambda: Move("P", on="tomorrow", address="1 High Street")],
        ids=["contact", "name", "correction", "move", "birth", "day"],
    )  # fmt: skip
    def test_what_says_nothing_new_is_refused(self, told: Callable[[], object]) -> None:
        with pytest.raises(ValueError, match=r".+"):
            told()


class TestPlan:
    """What is read of a plan."""

    def test_figures_count_persons_not_rows(self) -> None:
        first = night(Yesterday(), extract("council_tax", "A | MR JOHN SMITH | 1", "B | MS VERA OAK | 2"))
        plan = night(morrow(Yesterday(), first), extract("council_tax", "A | DR JOHN SMITH | 3", "C | MR IAN ASH | 4"))
        figures = plan.figures()

        assert first.first
        assert (first.figures()["persons_new"], first.figures()["changed"]) == (2, 0)
        assert (figures["new"], figures["amended"], figures["withdrawn"], figures["standing"]) == (1, 1, 1, 0)
        assert (figures["persons"], figures["persons_new"], figures["persons_gone"], figures["changed"]) == (2, 1, 1, 1)
        assert plan.summary().startswith("night 2, as of 2026-11-02: 1 new, 1 amended, 1 withdrawn; 2 persons")

    def test_a_lane_that_is_new_is_empty(self) -> None:
        assert Yesterday().lane("anything").members.is_empty()
        assert LaneState().persons.schema == PERSONS
