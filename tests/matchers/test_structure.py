"""Names fall into groups by how they are built, as an officer would say."""

import polars as pl
import pytest

from matchers import ColumnFault, name_structures


def groups(title: str | None, forename: str | None, middle: str | None, surname: str | None) -> set[tuple[str, str]]:
    schema = dict.fromkeys(("id", "title", "forename", "middle_names", "surname"), pl.String)
    record = pl.DataFrame([("a", title, forename, middle, surname)], schema=schema, orient="row")
    return set(name_structures(record).select("trait", "group").rows())


@pytest.mark.parametrize(
    ("surname", "wanted"),
    [
        ("Smith", {"plain"}),
        ("SMITH-JONES", {"hyphenated"}),
        ("Smith Jones", {"several words"}),
        ("van den Berg", {"with a particle"}),
        ("de la Cruz Ortega", {"with a particle", "several words"}),
        ("O'Brien", {"with an apostrophe"}),
        ("O’Neill-Ng", {"with an apostrophe", "hyphenated"}),
        ("Ng", {"of three letters or fewer"}),
        ("Lee", {"of three letters or fewer"}),
        ("Müller", {"with letters beyond A to Z"}),
        ("", {"missing"}),
        (None, {"missing"}),
    ],
)
def test_surnames(surname: str | None, wanted: set[str]) -> None:
    assert {group for trait, group in groups("Mr", "John", "Paul", surname) if trait == "surname"} == wanted


@pytest.mark.parametrize(
    ("forename", "wanted"),
    [
        ("John", {"plain"}),
        ("J", {"an initial only"}),
        ("J.", {"an initial only"}),
        ("Jo", {"of three letters or fewer"}),
        ("Mary Ann", {"several words"}),
        ("Zoë", {"of three letters or fewer", "with letters beyond A to Z"}),
        (" ", {"missing"}),
        (None, {"missing"}),
    ],
)
def test_forenames(forename: str | None, wanted: set[str]) -> None:
    assert {group for trait, group in groups("Mr", forename, "Paul", "Smith") if trait == "forename"} == wanted


def test_titles_and_middle_names_are_given_or_missing() -> None:
    assert {("title", "missing"), ("middle names", "given")} <= groups(None, "Ann", "Rose", "Smith")
    assert {("title", "given"), ("middle names", "missing")} <= groups("Ms", "Ann", "", "Smith")


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(ColumnFault, match="'forename'"):
        name_structures(pl.DataFrame({"id": ["a"], "surname": ["Smith"]}))
