"""What every comparison promises, and what each family says of plain cases."""

from dataclasses import fields
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers import Close, Email, Forwarding, ModelFault, Overlap, Phone, Postcode, Same, SameDate, Title
from matchers.comparisons.base import Comparison
from matchers.comparisons.catalogue import CATALOGUE, described, revived
from matchers.comparisons.contacts import email_key, phone_key
from matchers.comparisons.handover import Handover
from matchers.comparisons.places import postcode_key
from matchers.comparisons.titles import BESIDE
from matchers.comparisons.values import coded, plain, value_pairs

DATES = {"Handover", "Overlap", "SameDate"}
TEXTS = st.one_of(
    st.none(),
    st.text("aAbZ 09-@.é'", max_size=8),
    st.sampled_from(["PL4 8AA", "01752 555012", "Mr", "Mrs", "J", "Jane", "a@b.org"]),
)
DAYS = st.one_of(st.none(), st.dates(date(1899, 1, 1), date(2100, 1, 1)))


def made(kind: str) -> Comparison:
    """One of each kind, its required arguments filled in with column names."""
    required = [field.name for field in fields(CATALOGUE[kind]) if field.name == "column"]  # type: ignore[arg-type]
    return CATALOGUE[kind](**dict.fromkeys(required, "value"))


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_comparison_describes_its_levels_fully(kind: str) -> None:
    comparison = made(kind)
    assert len(comparison.expected) == len(comparison.chance) == len(comparison.levels)
    assert sum(comparison.expected) == pytest.approx(1)
    assert sum(comparison.chance) == pytest.approx(1, abs=1e-6)
    told = set(comparison.ladder) | set(comparison.rarity) | set(comparison.at_most) | set(comparison.at_least)
    assert told <= set(range(len(comparison.levels)))
    for grade, least in comparison.at_least.items():
        assert least <= comparison.at_most.get(grade, 1)
    assert {column for columns in comparison.rarity.values() for column in columns} <= set(comparison.columns)
    assert ">>>" in (type(comparison).__doc__ or "")


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_comparison_survives_a_model_file(kind: str) -> None:
    kept = described(made(kind))
    assert revived(kept["kind"], kept["arguments"]) == made(kind)


@pytest.mark.parametrize(
    "comparison",
    [
        *(made(kind) for kind in CATALOGUE),
        *(Title("title", "forename", beside) for beside in BESIDE),
        Postcode("postcode", place="place"),
    ],
    ids=str,
)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_every_comparison_is_symmetric_bounded_and_looks_at_one_row(
    comparison: Comparison, data: st.DataObject
) -> None:
    values, dtype = (DAYS, pl.Date) if type(comparison).__name__ in DATES else (TEXTS, pl.String)
    row = st.fixed_dictionaries(dict.fromkeys(comparison.columns, values))
    pairs = data.draw(st.lists(st.tuples(row, row), max_size=5))
    schema = dict.fromkeys(comparison.columns, dtype)
    left, right = (pl.DataFrame([pair[i] for pair in pairs], schema=schema) for i in (0, 1))
    grades = comparison.grade(left, right)
    assert grades.dtype == pl.Int8
    assert grades.null_count() == 0
    assert set(grades) <= set(range(-1, len(comparison.levels)))
    assert grades.to_list() == comparison.grade(right, left).to_list()
    assert grades.to_list() == [comparison.grade(left[i], right[i]).item() for i in range(len(pairs))]


@pytest.mark.parametrize("kind", CATALOGUE)
def test_missing_on_one_side_is_missing(kind: str) -> None:
    comparison = made(kind)
    dtype, value = (pl.Date, date(2001, 2, 3)) if kind in DATES else (pl.String, "PL4 8AA")
    schema = dict.fromkeys(comparison.columns, dtype)
    nobody, somebody = (pl.DataFrame([dict.fromkeys(schema, each)], schema=schema) for each in (None, value))
    assert comparison.grade(nobody, somebody).to_list() == comparison.grade(somebody, nobody).to_list() == [-1]


def test_an_unknown_kind_or_argument_is_told() -> None:
    with pytest.raises(ModelFault, match="no comparison is called 'Guess'"):
        revived("Guess", {})
    with pytest.raises(ModelFault, match="Same does not take"):
        revived("Same", {"colour": "red"})


def graded(comparison: Comparison, left: object, right: object) -> int:
    column = comparison.columns[0]
    return int(comparison.grade(pl.DataFrame({column: [left]}), pl.DataFrame({column: [right]})).item())


@pytest.mark.parametrize(
    ("left", "right", "grade"),
    [
        ("Smith", "smith", 3),
        ("Catherine", "Catharine", 2),
        ("Smith", "Smyth", 1),
        ("Smith", "Okafor", 0),
        ("", "Smith", -1),
    ],
)
def test_words_are_close_by_degrees(left: str, right: str, grade: int) -> None:
    assert graded(Close("surname"), left, right) == grade


@pytest.mark.parametrize(
    ("left", "right", "grade"),
    [
        ("1980-03-04", "1980-03-04", 3),
        ("1980-03-04", "19800304", 3),
        ("1980-03-04", "1980-04-03", 2),
        ("1980-03-04", "1981-03-04", 2),
        ("1980-03-14", "1980-03-41", -1),
        ("1958-03-04", "1985-03-04", 2),
        ("1980-03-04", "1980-11-29", 1),
        ("1980-03-04", "1961-03-05", 0),
        ("1980-03-04", "1900-01-01", -1),
        ("2099-12-31", "2099-12-31", -1),
    ],
)
def test_dates_forgive_one_slip_and_know_placeholders(left: str, right: str, grade: int) -> None:
    assert graded(SameDate("dob"), left, right) == grade


@pytest.mark.parametrize(
    ("stay", "other", "grade"),
    [
        (("2020-01-01", None), ("2021-01-01", None), 2),
        (("2020-01-01", "2021-01-01"), ("2021-01-01", None), 1),
        (("2020-01-01", "2021-01-01"), ("2020-11-01", None), 1),
        (("2020-01-01", "2021-01-01"), ("2021-04-01", None), 1),
        (("2020-01-01", "2021-01-01"), ("2021-04-02", None), 0),
        (("2020-01-01", "2021-01-01"), ("2020-06-01", "2020-08-01"), 2),
        ((None, "2021-01-01"), ("2021-01-01", None), -1),
    ],
)
def test_stays_overlap_follow_or_lie_apart(stay: tuple[str, str], other: tuple[str, str], grade: int) -> None:
    schema = {"since": pl.String, "until": pl.String}
    left, right = (pl.DataFrame([each], schema=schema, orient="row") for each in (stay, other))
    assert Overlap().grade(left, right).to_list() == [grade]


@pytest.mark.parametrize(
    ("left", "right", "grade"),
    [("PL4 8AA", "pl48aa", 2), ("PL4 8AA", "PL4 8ZZ", 1), ("PL4 8AA", "PL4 9AA", 0), ("PL4", "PL4 8AA", -1)],
)
def test_postcodes_agree_by_sector(left: str, right: str, grade: int) -> None:
    assert graded(Postcode("postcode"), left, right) == grade


@pytest.mark.parametrize(("place", "other", "grade"), [(1, 2, -1), (1, 1, -1), (1, None, 2), (None, None, 2)])
def test_a_postcode_is_no_evidence_between_two_known_homes(place: int | None, other: int | None, grade: int) -> None:
    left, right = ({"postcode": "PL4 8AA", "place": each} for each in (place, other))
    frames = (pl.DataFrame([each], schema={"postcode": pl.String, "place": pl.Int64}) for each in (left, right))
    assert Postcode("postcode", place="place").grade(*frames).to_list() == [grade]


@pytest.mark.parametrize(
    ("gone", "come", "grade"),
    [
        (("PL4 8AA", "EX1 1AA"), ("EX1 1AA", None), 1),
        (("PL4 8AA", "EX1 1AA"), ("EX2 2BB", None), 0),
        (("PL4 8AA", None), ("EX1 1AA", None), -1),
        (("PL4 8AA", "EX1 1AA"), (None, None), -1),
        (("PL4 8AA", "EX1 1AA"), ("EX2 2BB", "PL4 8AA"), 1),
    ],
)
def test_forwarding_leads_to_the_other_or_elsewhere(gone: tuple[str, str], come: tuple[str, str], grade: int) -> None:
    schema = {"postcode": pl.String, "forwarding_postcode": pl.String}
    left, right = (pl.DataFrame([each], schema=schema, orient="row") for each in (gone, come))
    assert Forwarding().grade(left, right).to_list() == Forwarding().grade(right, left).to_list() == [grade]


@pytest.mark.parametrize(
    ("left", "right", "grade"),
    [
        ("01752 555012", "+44 1752 555012", 2),
        ("01752555012", "01752555013", 1),
        ("01752555012", "07700900123", 0),
        ("n/k", "01752555012", -1),
    ],
)
def test_phones_are_read_by_their_national_digits(left: str, right: str, grade: int) -> None:
    assert graded(Phone("phone"), left, right) == grade


@pytest.mark.parametrize(
    ("left", "right", "grade"),
    [
        ("A@b.org", "a@B.org ", 2),
        ("a.khan@b.org", "a.khan@c.org", 1),
        ("akhan@b.org", "akahn@b.org", 1),
        ("a@b.org", "z@q.net", 0),
    ],
)
def test_emails_are_alike_by_name_or_by_one_slip(left: str, right: str, grade: int) -> None:
    assert graded(Email("email"), left, right) == grade


@pytest.mark.parametrize(
    ("stay", "other", "level"),
    [
        ((date(2020, 1, 1), None), (date(2021, 1, 1), None), "both stays go on"),
        ((date(2020, 1, 1), date(2021, 1, 1)), (date(2021, 1, 3), None), "one stay ends as the other begins"),
        ((date(2020, 1, 1), date(2021, 1, 1)), (date(2021, 1, 20), None), "one stay ends within a month of the other"),
        ((date(2020, 1, 1), date(2021, 1, 1)), (date(2021, 6, 1), None), "neither stay leads to the other"),
    ],
)
def test_a_mover_leaves_one_home_as_another_begins(
    stay: tuple[date, date], other: tuple[date, date], level: str
) -> None:
    schema = {"since": pl.Date, "until": pl.Date}
    left, right = (pl.DataFrame([each], schema=schema, orient="row") for each in (stay, other))
    assert Handover.levels[Handover().grade(left, right).item()] == level


def test_same_takes_any_dtype() -> None:
    assert graded(Same("uprn"), 100012345678, 100012345678) == 1
    assert graded(Same("open"), True, False) == 0


def test_keys_leave_out_what_is_no_value() -> None:
    assert phone_key(pl.Series(["00000000000", "12345", None])).to_list() == [None, None, None]
    assert email_key(pl.Series(["@b.org", "a@b", "a b@c.org"])).to_list() == [None, None, "ab@c.org"]
    assert postcode_key(pl.Series(["", "PL4", "PL4  8AA"])).to_list() == [None, None, "PL48AA"]


def test_plain_writes_letters_that_unicode_does_not_take_apart() -> None:
    written = plain(pl.Series(["Æstrid", "Łukasz", "Ðóra", "Straße", "Şahin", "RUAIRÍ", "’", None]))
    assert written.to_list() == ["AESTRID", "LUKASZ", "DORA", "STRASSE", "SAHIN", "RUAIRI", None, None]


def test_distinct_pairs_are_found_once_and_carried_back() -> None:
    values = coded(pl.Series(["a", "b", None, "a"]), pl.Series(["b", "a", "a", "a"]))
    pairs = value_pairs(len(values.values), *values.codes)
    text = [sorted(values.values.gather(list(pair)).to_list()) for pair in zip(pairs.one, pairs.other, strict=True)]
    assert sorted(text) == [["a", "a"], ["a", "b"]]
    assert pairs.spread(pairs.one == pairs.other).tolist() == [0, 0, -1, 1]
