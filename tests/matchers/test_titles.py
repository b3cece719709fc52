"""What titles and forenames say of sex, beside what there is of forenames."""

import polars as pl
import pytest

from matchers import ModelFault, Title
from matchers.comparisons.columns import Columns
from matchers.comparisons.titles import BESIDE

SCHEMA = {"title": pl.String, "forename": pl.String}
Person = tuple[str | None, str | None]


def grade(left: Person, right: Person, beside: str | None = None) -> int:
    """Grade two of title and forename, either way round."""
    one, other = (pl.DataFrame([each], schema=SCHEMA, orient="row") for each in (left, right))
    comparison = Title("title", "forename", beside) if beside else Title("title")
    (there,), (back,) = comparison.grade(one, other), comparison.grade(other, one)
    assert there == back
    return int(there)


def test_titles_tell_sex_or_nothing() -> None:
    left = pl.DataFrame({"title": ["MR", "Mrs.", "Dr", "Master", None, "Miss"]})
    right = pl.DataFrame({"title": ["mrs", "MISS", "Mr", "Sir", "Mr", "Rev"]})
    assert Title("title").grade(left, right).to_list() == [0, 1, -1, 2, -1, -1]


def test_a_wifes_title_and_a_single_womans_are_weighed_apart() -> None:
    left = pl.DataFrame({"title": ["Mrs", "Mrs", "Miss", "Mrs", "Dame"]})
    right = pl.DataFrame({"title": ["Ms", "Mrs", "Ms", "Lady", "Miss"]})
    assert Title("title").grade(left, right).to_list() == [1, 2, 2, 2, 2]
    assert Title("title").grade(right, left).to_list() == [1, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("left", "right", "beside", "expected"),
    [
        (("Mr", None), ("Mr", "Mark"), "nothing", 2),
        (("Mrs", None), ("Miss", "Ann"), "nothing", 1),
        (("Mrs", None), ("Mr", "Alan"), "nothing", 0),
        (("Mr", "M"), ("Mr", "Mark"), "initial", 2),
        (("Mr", "J"), ("Mrs", "Jane"), "initial", 0),
        (("Miss", "J"), ("Mrs", "J"), "initial", 1),
        (("Mr", "Mark"), ("Mrs", "Mark"), "forename", 0),
        (("Mrs", "Ann"), ("Miss", "Ann"), "forename", 1),
        (("Mr", "M"), ("Mrs", "Jane"), "forename", 0),
    ],
)
def test_each_speaks_beside_its_own_forenames_alone(left: Person, right: Person, beside: str, expected: int) -> None:
    assert {each: grade(left, right, each) for each in BESIDE} == {**dict.fromkeys(BESIDE, -1), beside: expected}


@pytest.mark.parametrize("right", [("Mr", "Mark"), ("Mr", "James"), (None, "Mark"), (None, "Jane")])
def test_beside_written_out_forenames_only_what_disagrees_counts(right: Person) -> None:
    assert [grade(("Mr", "Mark"), right, beside) for beside in BESIDE] == [-1, -1, -1]


@pytest.mark.parametrize(
    ("left", "right", "beside", "expected"),
    [
        (("Mrs", None), (None, "Joan"), "nothing", 2),
        (("Mrs", None), (None, "Kevin"), "nothing", 0),
        (("Mr", "J"), (None, "John"), "initial", 2),
        (("Mr", "J"), ("Dr", "Jane"), "initial", 0),
        (("Mr", "J"), ("Mrs", "John"), "initial", 0),  # a title counts before a forename
    ],
)
def test_a_forename_that_one_sex_bears_speaks_for_a_missing_title(
    left: Person, right: Person, beside: str, expected: int
) -> None:
    assert grade(left, right, beside) == expected


@pytest.mark.parametrize("forename", ["Robin", "Harpreet", "Ming", "J", None, "Xqzw"])
def test_a_forename_that_both_bear_or_nobody_knows_says_nothing(forename: str | None) -> None:
    assert [grade(("Mr", None), (None, forename), beside) for beside in BESIDE] == [-1, -1, -1]


def test_who_takes_forenames_says_beside_which() -> None:
    for given in ({"forename": "forename"}, {"beside": "initial"}, {"forename": "forename", "beside": "all"}):
        with pytest.raises(ModelFault, match="nothing, initial, forename"):
            Title("title", **given)


def test_titles_beside_whatever_read_the_records_once() -> None:
    records = Columns(pl.DataFrame([("Mrs", "Joan"), (None, "Kevin")], schema=SCHEMA, orient="row"))
    first, *others = (Title("title", "forename", beside).read(records) for beside in BESIDE)
    assert all(other is first for other in others)
