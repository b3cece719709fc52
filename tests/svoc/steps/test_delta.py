"""What tonight's records are against yesterday's, and that a mention's key is carried to nobody else."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.sources.base import Extract
from svoc.steps.delta import Delta, delta, said_tonight
from svoc.words.events import EMPTY_LIFE_EVENTS, LIFE_EVENTS
from svoc.words.mentions import KNOWN, MENTIONS, PLACED
from svoc.words.records import RECORDS, SORTED_BY, conform
from tests.worlds import death, extract, known, placed, records

CASES = Path(__file__).parents[2] / "cases" / "night_keys.csv"
NOBODY = pl.DataFrame(schema=KNOWN)


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def keys(found: Delta) -> list[str]:
    return found.mentions.sort("record", "party")["mention"].to_list()


def changes(found: Delta) -> dict[str, str]:
    return dict(found.mentions.select("mention", "change").iter_rows())


def after(found: Delta, before: pl.DataFrame = NOBODY) -> pl.DataFrame:
    """Give what the next night knows."""
    gone = before.join(found.mentions, on="mention", how="anti").with_columns(live=pl.lit(value=False))
    return pl.concat([known(found.mentions), gone]).sort("mention")


@pytest.mark.parametrize("row", rows(), ids=lambda r: r["why"])
def test_a_key_follows_the_person_within_a_record(row: dict[str, str]) -> None:
    first = delta(records(f"council_tax A1 | {row['yesterday']} | 1"), NOBODY)
    second = delta(records(f"council_tax A1 | {row['today']} | 1"), after(first))

    assert keys(second) == [f"council_tax/A1/{n}" for n in row["keys"].split()]


def test_the_first_night_numbers_parties_in_the_order_in_which_they_are_named() -> None:
    found = delta(records("council_tax A1 | MR J SMITH & MRS A SMITH | 1", "council_tax A2 | MS R HILL | 2"), NOBODY)

    assert keys(found) == ["council_tax/A1/1", "council_tax/A1/2", "council_tax/A2/1"]
    assert set(changes(found).values()) == {"new"}
    assert dict(found.mentions.schema) == MENTIONS
    assert found.withdrawn.is_empty()


def test_what_says_the_same_stands_what_says_another_thing_is_amended_what_is_not_there_is_withdrawn() -> None:
    first = delta(
        records("library 1 | MS R HILL | 1", "library 2 | MR A DALE | 2", "library 3 | MR B FELL | 3"), NOBODY
    )
    second = delta(records("library 1 | MS R HILL | 1", "library 2 | MR A DALE | 9"), after(first))

    assert changes(second) == {"library/1/1": "standing", "library/2/1": "amended"}
    assert second.withdrawn["mention"].to_list() == ["library/3/1"]
    assert (second.count("standing"), second.count("amended"), second.count("new")) == (1, 1, 0)


def test_a_record_that_only_moved_within_its_file_stands() -> None:
    said = records("library 1 | MS R HILL | 1")
    second = delta(said.with_columns(line=pl.lit(99, dtype=pl.Int64)), after(delta(said, NOBODY)))

    assert changes(second) == {"library/1/1": "standing"}


def test_the_widows_husband_is_withdrawn_and_she_is_amended() -> None:
    first = delta(records("council_tax A1 | MR J SMITH & MRS A SMITH | 1"), NOBODY)
    second = delta(records("council_tax A1 | MRS A SMITH | 1"), after(first))

    assert changes(second) == {"council_tax/A1/2": "amended"}
    assert second.withdrawn["mention"].to_list() == ["council_tax/A1/1"]


def test_a_withdrawn_record_that_returns_gets_its_key_back_as_new() -> None:
    both, one = "council_tax A1 | MR J SMITH & MRS A SMITH | 1", "council_tax A1 | MRS A SMITH | 1"
    first = delta(records(both), NOBODY)
    second = delta(records(one), after(first))
    third = delta(records(both), after(second, after(first)))

    assert changes(third) == {"council_tax/A1/1": "new", "council_tax/A1/2": "amended"}


def test_a_number_that_was_used_is_never_given_to_another() -> None:
    first = delta(records("council_tax A1 | MR J SMITH | 1"), NOBODY)
    second = delta(records("council_tax A1 | MS R HILL | 1"), after(first))
    third = delta(records("council_tax A1 | MR P DALE | 1"), after(second, after(first)))

    assert [*keys(second), *keys(third)] == ["council_tax/A1/2", "council_tax/A1/3"]


@pytest.mark.parametrize("record", ["AB-12/1", "AB-12/1/1", "/", "A 1", "Ä/ß|7", '"quoted"'])
def test_references_may_hold_slashes_and_other_signs(record: str) -> None:
    made = records("electoral_register X | MS R HILL | 1").with_columns(record=pl.lit(record))
    first = delta(made, NOBODY)
    second = delta(made.with_columns(surname=pl.lit("BYRNE"), forename=pl.lit("ANN")), after(first))

    assert keys(first) == [f"electoral_register/{record}/1"]
    assert keys(second) == [f"electoral_register/{record}/2"]


def test_a_record_whose_reference_looks_like_a_key_takes_no_key_of_another() -> None:
    first = delta(records("electoral_register AB-12 | MS R HILL | 1"), NOBODY)
    said = records("electoral_register AB-12 | MS R HILL | 1", "electoral_register AB-12/1 | MR P DALE | 2")
    second = delta(said, after(first))

    assert keys(second) == ["electoral_register/AB-12/1", "electoral_register/AB-12/1/1"]


class TestPartyReferences:
    """Where a source has references of its own for parties, they decide."""

    def test_the_reference_carries_the_key_whatever_the_name_becomes(self) -> None:
        first = delta(records("council_tax A1 | MISS A HART | 1 | .. | party_reference=P7"), NOBODY)
        second = delta(records("council_tax A1 | MRS Z BENTLEY | 1 | .. | party_reference=P7"), after(first))

        assert keys(second) == ["council_tax/A1/1"]

    def test_a_namesake_under_another_reference_does_not_get_the_key(self) -> None:
        first = delta(records("council_tax A1 | MR J SMITH | 1 | .. | party_reference=P1"), NOBODY)
        second = delta(records("council_tax A1 | MR J SMITH | 1 | .. | party_reference=P2"), after(first))

        assert keys(second) == ["council_tax/A1/2"]
        assert second.withdrawn["mention"].to_list() == ["council_tax/A1/1"]

    def test_one_who_is_like_another_under_another_reference_does_not_get_the_key(self) -> None:
        first = delta(records("council_tax A1 | MR JOHN SMITH | 1 | .. | party_reference=P1"), NOBODY)
        second = delta(records("council_tax A1 | MR JON SMITH | 1 | .. | party_reference=P2"), after(first))

        assert keys(second) == ["council_tax/A1/2"]

    def test_a_source_that_begins_to_give_references_keeps_its_keys(self) -> None:
        first = delta(records("council_tax A1 | MR J SMITH | 1"), NOBODY)
        second = delta(records("council_tax A1 | MR J SMITH | 1 | .. | party_reference=P2"), after(first))
        third = delta(records("council_tax A1 | MR J SMITH | 1"), after(second))

        assert keys(second) == keys(third) == ["council_tax/A1/1"]


class TestElectorNumbers:
    """A number is allotted anew with each revised register: the same reference may be another elector."""

    def test_a_number_that_goes_to_another_elector_gets_another_key(self) -> None:
        first = delta(records("electoral_register AB-12 | JOHN SMITH | 1"), NOBODY)
        second = delta(records("electoral_register AB-12 | JOHN BROWN | 7"), after(first))

        assert keys(second) == ["electoral_register/AB-12/2"]

    def test_an_elector_who_marries_at_home_keeps_the_key(self) -> None:
        first = delta(records("electoral_register AB-12 | CLARE HART | 1"), NOBODY)
        second = delta(records("electoral_register AB-12 | CLARE BENTLEY | 1"), after(first))

        assert keys(second) == ["electoral_register/AB-12/1"]

    def test_somebody_born_on_another_day_is_another_elector(self) -> None:
        first = delta(records("electoral_register AB-12 | JOHN SMITH | 1 | .. | dob=1950-01-02"), NOBODY)
        second = delta(records("electoral_register AB-12 | JON SMITH | 1 | .. | dob=1984-05-06"), after(first))

        assert keys(second) == ["electoral_register/AB-12/2"]

    def test_whoever_left_long_ago_did_not_take_a_new_surname(self) -> None:
        first = delta(records("council_tax A1 | MR JOHN SMITH | 1"), NOBODY)
        second = delta(records("council_tax A1 | MS RUTH HILL | 1"), after(first))
        third = delta(records("council_tax A1 | MR JOHN GREEN | 1"), after(second, after(first)))

        assert keys(third) == ["council_tax/A1/3"]


NAMES = st.sampled_from(["MR J SMITH", "MRS J SMITH", "MRS A SMITH", "J SMITH", "MR JOHN SMITH", "MS A HILL", "SMITH"])
PARTIES = st.lists(NAMES, min_size=1, max_size=3)
HISTORY = st.lists(st.dictionaries(st.sampled_from(["A1", "A1/1", "B2"]), PARTIES, max_size=3), min_size=2, max_size=4)


def said(evening: dict[str, list[str]]) -> pl.DataFrame:
    return records(*(f"council_tax {record} | {' & '.join(parties)} | 1" for record, parties in evening.items()))


@settings(max_examples=25)
@given(HISTORY)
def test_keys_are_unique_stay_with_their_record_and_do_not_depend_on_the_order_of_rows(
    history: list[dict[str, list[str]]],
) -> None:
    before = NOBODY
    ever: dict[str, str] = {}
    for evening in history:
        found = delta(said(evening), before)
        again = delta(said(evening).sample(fraction=1, shuffle=True, seed=3), before.reverse())

        assert found.mentions.equals(again.mentions)
        assert found.mentions["mention"].is_unique().all()
        assert found.mentions.height == sum(len(parties) for parties in evening.values())
        for mention, record in found.mentions.select("mention", "record").iter_rows():
            assert ever.setdefault(mention, record) == record
        before = after(found, before)


@settings(max_examples=15)
@given(HISTORY)
def test_the_same_records_on_the_next_night_all_stand(history: list[dict[str, list[str]]]) -> None:
    first = delta(said(history[0]), NOBODY)
    second = delta(said(history[0]), after(first))

    assert set(changes(second).values()) <= {"standing"}
    assert second.withdrawn.is_empty()


def todays_records(mentions: pl.DataFrame, extracts: Sequence[Extract], events: pl.DataFrame) -> pl.DataFrame:
    said = said_tonight(mentions, extracts, events)
    return pl.concat([said.records, conform(said.standing)]).sort(SORTED_BY)


class TestTodaysRecords:
    """What stands today, whether a source gave all, a part or nothing."""

    def test_only_records_of_which_a_party_says_another_thing_are_looked_at(self) -> None:
        before = placed("library 1 | MS R HILL & MR T HILL | 1", "library 2 | MR J DALE & MS B FELL | 2")
        today = extract("library", "1 | MS R HILL & MR T HILL | 1", "2 | MR J DALE | 2")
        said = said_tonight(before, [today], EMPTY_LIFE_EVENTS)

        assert said.records.select("record", "party").rows() == [("2", 1)]
        assert said.standing["mention"].to_list() == ["library/1/1", "library/1/2"]

    def test_a_source_that_says_nothing_stands_as_it_did(self) -> None:
        before = placed("library 1 | MS R HILL | 1", "council_tax A1 | MR J DALE | 2")
        today = todays_records(before, [extract("library", "9 | MS B FELL | 3")], EMPTY_LIFE_EVENTS)

        assert today.select("source", "record").rows() == [("council_tax", "A1"), ("library", "9")]
        assert dict(today.schema) == RECORDS

    def test_an_update_replaces_what_it_names_and_takes_what_it_withdraws(self) -> None:
        before = placed(
            "library 1 | MS R HILL & MR T HILL | 1", "library 2 | MR J DALE | 2", "library 3 | MS B FELL | 3"
        )
        update = extract("library", "1 | MS R HILL | 4", mode="update", withdrawn=["2"])
        today = todays_records(before, [update], EMPTY_LIFE_EVENTS)

        assert today.select("record", "party", "address").rows() == [
            ("1", 1, "4 KING STREET"),
            ("3", 1, "3 KING STREET"),
        ]

    def test_a_later_update_has_the_last_word_in_whatever_order_the_two_are_given(self) -> None:
        first = extract("library", "1 | MS R HILL | 4", mode="update", on=date(2026, 11, 1))
        second = extract("library", "1 | MS R HILL | 5", mode="update", on=date(2026, 11, 2))
        ways = [todays_records(pl.DataFrame(schema=PLACED), order, EMPTY_LIFE_EVENTS)
                for order in ([first, second], [second, first])]  # fmt: skip

        assert ways[0].equals(ways[1])
        assert ways[0]["address"].to_list() == ["5 KING STREET"]

    def test_life_events_in_force_stand_as_records_and_retracted_ones_do_not(self) -> None:
        told = death("7", "MR JOHN SMITH", house=1)
        back = death("7", "MR JOHN SMITH", house=1, action="retracted")
        nothing = pl.DataFrame(schema=PLACED)

        assert todays_records(nothing, [], told)["source"].to_list() == ["life_events"]
        assert todays_records(nothing, [], pl.concat([told, back])).is_empty()
        assert todays_records(nothing, [], pl.DataFrame(schema=LIFE_EVENTS)).is_empty()
