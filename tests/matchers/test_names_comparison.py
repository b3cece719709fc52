"""What the whole-name comparison says of pairs that an officer would recognise (tests/cases/name_pairs.csv)."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers import MiddleNames, PersonName
from matchers.comparisons.surnames import surname_key
from matchers.comparisons.values import plain

CASES = pl.read_csv(Path(__file__).parents[1] / "cases" / "name_pairs.csv", infer_schema=False)
FIELDS = ("forename", "middle_names", "surname", "previous_surname", "alternative_surname")
NAMES = PersonName(previous_surname="previous_surname", alternative_surname="alternative_surname")


def side(cases: pl.DataFrame, prefix: str = "") -> pl.DataFrame:
    return cases.select(pl.col(f"{prefix}{field}").alias(field) for field in FIELDS)


def words(grades: pl.Series) -> list[str]:
    return ["missing" if grade < 0 else PersonName.levels[grade] for grade in grades]


@pytest.mark.parametrize("number", range(CASES.height))
def test_each_case_is_graded_as_an_officer_would(number: int) -> None:
    case = CASES[number]
    assert words(NAMES.grade(side(case), side(case, "other_"))) == [case["level"].item()], case["why"].item()


def test_cases_grade_alike_together_and_the_other_way_round() -> None:
    there = NAMES.grade(side(CASES), side(CASES, "other_"))
    back = NAMES.grade(side(CASES, "other_"), side(CASES))
    assert words(there) == CASES["level"].to_list()
    assert there.to_list() == back.to_list()


def test_every_level_has_a_case() -> None:
    assert set(PersonName.levels) == set(CASES["level"]) - {"missing"}


def test_without_a_previous_surname_a_maiden_name_is_only_a_forename_in_common() -> None:
    case = CASES.filter(why="maiden name on record")
    grade = PersonName().grade(side(case), side(case, "other_"))
    assert words(grade) == ["forename agrees, surnames differ"]


name = st.text("ABJoe -'é.", max_size=6)
maybe = st.one_of(st.none(), name)
person = st.fixed_dictionaries(dict.fromkeys(FIELDS, maybe))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(person, person), min_size=1, max_size=8))
def test_grading_is_symmetric_and_row_by_row(pairs: list[tuple[dict[str, str | None], dict[str, str | None]]]) -> None:
    schema = dict.fromkeys(FIELDS, pl.String)
    left, right = (pl.DataFrame([pair[i] for pair in pairs], schema=schema) for i in (0, 1))
    grades = NAMES.grade(left, right)
    assert grades.dtype == pl.Int8
    assert grades.to_list() == NAMES.grade(right, left).to_list()
    alone = [NAMES.grade(left[i], right[i]).item() for i in range(len(pairs))]
    assert grades.to_list() == alone


@settings(deadline=None, max_examples=60)
@given(person)
def test_nobody_differs_from_themselves(one: dict[str, str | None]) -> None:
    frame = pl.DataFrame([one], schema=dict.fromkeys(FIELDS, pl.String))
    assert NAMES.grade(frame, frame).item() not in (0, 1, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MacDonald", "McDonald"),
        ("Macdonald", "MC DONALD"),
        ("O'Hara", "OHARA"),
        ("Saint John", "St John"),
        ("Nowacka", "Nowacki"),
    ],
)
def test_custom_writes_one_surname_in_several_ways(one: str, other: str) -> None:
    keys = surname_key(plain(pl.Series([one, other])))
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("one", "other"), [("Mackie", "Markie"), ("Costa", "Costi"), ("Eva", "Ev"), ("Davis", "Davies")]
)
def test_custom_does_not_make_two_surnames_one(one: str, other: str) -> None:
    keys = surname_key(plain(pl.Series([one, other])))
    assert keys[0] != keys[1]


def test_middle_names_agree_by_a_shared_name_or_an_initial() -> None:
    left = pl.DataFrame({"m": ["Rose Ann", "R", "Rose", "Liz", None, "Ann Rose"]})
    right = pl.DataFrame({"m": ["Ann", "Rose", "Jane", "Elizabeth", "Rose", "Rose"]})
    assert MiddleNames("m").grade(left, right).to_list() == [2, 1, 0, 2, -1, 2]
