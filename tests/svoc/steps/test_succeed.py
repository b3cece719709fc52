"""A revised register numbers every elector anew: keys follow name and place, and no number."""

import csv
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.steps.delta import Delta, delta
from svoc.words.mentions import KNOWN
from tests.worlds import known, records

CASES = Path(__file__).parents[2] / "cases" / "register_succession.csv"
REGISTER = "electoral_register"
NOBODY = pl.DataFrame(schema=KNOWN)


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def register(text: str) -> pl.DataFrame:
    """Give the records of a register: `number name at house`, parted by semicolons."""
    entries = [entry.strip().split(" ", 1) for entry in text.split(";")]
    named = [(number, *said.split(" at ")) for number, said in entries]
    return records(*(f"{REGISTER} AB-{number} | {name} | {house}" for number, name, house in named))


def night(said: pl.DataFrame, before: Delta | None = None) -> Delta:
    return delta(said, known(before.mentions) if before else NOBODY, renumbered={REGISTER})


def key_of(found: Delta) -> dict[str, str]:
    return dict(found.mentions.select("record", "mention").iter_rows())


@pytest.mark.parametrize("row", rows(), ids=lambda r: r["why"])
def test_a_key_follows_the_elector_from_one_register_to_the_next(row: dict[str, str]) -> None:
    first = night(register(row["last"]))
    second = night(register(row["new"]), first)
    numbers = [entry.split()[0] for entry in row["last"].split(";")]
    given = [entry.split()[0] for entry in row["new"].split(";")]

    for number, expected in zip(given, row["keys"].split(), strict=True):
        key = key_of(second)[f"AB-{number}"]
        if expected == "new":
            assert key not in set(first.mentions["mention"])
        else:
            assert key == key_of(first)[f"AB-{numbers[int(expected) - 1]}"]


class TestEditions:
    """While most numbers name whom they named, a number counts; in another edition it does not."""

    last = "1 JOHN SMITH at 1; 2 RUTH HILL at 2; 3 ANN OAK at 3; 4 MARY FELL at 4"

    def test_within_an_edition_the_number_follows_one_whose_address_is_written_anew(self) -> None:
        first = night(register(self.last))
        second = night(register(self.last.replace("at 1", "at 11").replace("at 2", "at 12")), first)
        assert key_of(second) == key_of(first)

    def test_in_another_edition_a_namesake_elsewhere_does_not_get_the_key(self) -> None:
        first = night(register(self.last))
        second = night(register("1 JOHN SMITH at 9; 2 ANN OAK at 3; 3 MARY FELL at 4; 4 RUTH HILL at 2"), first)
        assert key_of(second)["AB-1"] == f"{REGISTER}/AB-1/2"

    def test_one_who_marries_at_home_keeps_the_key_by_her_number(self) -> None:
        first = night(register("1 CLARE HART at 1; 2 RUTH HILL at 2; 3 ANN OAK at 3"))
        second = night(register("1 CLARE STONE at 1; 2 RUTH HILL at 2; 3 ANN OAK at 3"), first)
        assert key_of(second) == key_of(first)

    def test_one_who_was_withdrawn_and_returns_gets_the_key_back(self) -> None:
        first = night(register(self.last))
        gone = night(register(self.last.removeprefix("1 JOHN SMITH at 1; ")), first)
        ever = pl.concat([known(gone.mentions), known(first.mentions, live=False).filter(pl.col("record") == "AB-1")])
        assert key_of(delta(register(self.last), ever, renumbered={REGISTER})) == key_of(first)

    def test_where_no_number_is_used_again_names_and_places_decide_all_the_same(self) -> None:
        first = night(register("1 JOHN SMITH at 1; 2 RUTH HILL at 2"))
        second = night(register("7 JOHN SMITH at 1; 8 RUTH HILL at 2"), first)
        assert key_of(second) == {"AB-7": f"{REGISTER}/AB-1/1", "AB-8": f"{REGISTER}/AB-2/1"}

    def test_a_source_whose_references_last_is_never_one(self) -> None:
        first = delta(records("council_tax A | MR JOHN SMITH | 1"), NOBODY)
        second = delta(records("council_tax B | MR JOHN SMITH | 1"), known(first.mentions), renumbered={REGISTER})
        assert second.mentions["mention"].to_list() == ["council_tax/B/1"]


def test_an_address_that_is_written_otherwise_is_known_by_the_uprn_that_the_list_supplies() -> None:
    first = records(f"{REGISTER} AB-1 | JOHN SMITH | 1 | .. | supplied_uprn=101",
                    f"{REGISTER} AB-2 | RUTH HILL | 2 | .. | supplied_uprn=102")  # fmt: skip
    second = records(f"{REGISTER} AB-1 | RUTH HILL | 2 | .. | supplied_uprn=102",
                     f"{REGISTER} AB-2 | JOHN SMITH | 1 | .. | supplied_uprn=101")  # fmt: skip
    written = second.with_columns(address=pl.lit("No. ") + pl.col("address"))

    assert key_of(night(written, night(first))) == {"AB-1": f"{REGISTER}/AB-2/1", "AB-2": f"{REGISTER}/AB-1/1"}


def test_namesakes_at_one_house_are_told_apart_by_their_days_of_birth() -> None:
    last = [f"{REGISTER} AB-1 | JOHN SMITH | 1 | .. | dob=1950-01-02", f"{REGISTER} AB-2 | JOHN SMITH | 1"]
    new = [f"{REGISTER} AB-7 | JOHN SMITH | 1", f"{REGISTER} AB-8 | JOHN SMITH | 1 | .. | dob=1950-01-02"]

    assert key_of(night(records(*new), night(records(*last)))) == {
        "AB-7": f"{REGISTER}/AB-2/1",
        "AB-8": f"{REGISTER}/AB-1/1",
    }


def test_a_second_register_after_the_first_is_followed_too() -> None:
    """The key still bears the first number, and that number's next elector gets another key."""
    first = night(register("1 JOHN SMITH at 1; 2 RUTH HILL at 2"))
    second = night(register("1 RUTH HILL at 2; 2 JOHN SMITH at 1"), first)
    third = night(register("1 PETER DALE at 3; 2 RUTH HILL at 2; 3 JOHN SMITH at 1"), second)

    assert key_of(third) == {
        "AB-1": f"{REGISTER}/AB-1/2",
        "AB-2": f"{REGISTER}/AB-2/1",
        "AB-3": f"{REGISTER}/AB-1/1",
    }


PEOPLE = st.lists(
    st.tuples(st.sampled_from(["JOHN", "RUTH", "ANN", "PETER"]), st.sampled_from(["SMITH", "HILL"]), st.integers(1, 9)),
    min_size=1,
    max_size=12,
    unique=True,
)


@settings(max_examples=40)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_however_numbers_are_dealt_anew_every_elector_keeps_the_key(
    people: list[tuple[str, str, int]], chance: Random
) -> None:
    numbers = list(range(1, len(people) + 1))
    chance.shuffle(numbers)
    names = [(f"{forename} {surname}", house) for forename, surname, house in people]
    first = night(register("; ".join(f"{n} {name} at {house}" for n, (name, house) in enumerate(names, start=1))))
    second = night(
        register("; ".join(f"{n} {name} at {house}" for n, (name, house) in zip(numbers, names, strict=True))), first
    )
    who = ["forename", "surname", "address", "mention"]

    assert first.mentions.select(who).sort(who).equals(second.mentions.select(who).sort(who))
    assert second.withdrawn.is_empty()
