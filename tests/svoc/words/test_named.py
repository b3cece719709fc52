"""Whom an answer was about is known again by an initial written out or a birth that was not said, and never by less."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.words.named import another, named_as, of_claim, of_record, parts_of

FORENAMES = ["LOUISE", "LUCY", "L", "DANIEL", "D", None]
WHO = st.fixed_dictionaries(
    {
        "forename": st.sampled_from(FORENAMES),
        "middle_names": st.sampled_from(["MAY", "M", "ANN", None]),
        "surname": st.sampled_from(["MOSS", "REED", None]),
        "dob": st.sampled_from([date(1941, 2, 3), date(1991, 2, 3), None]),
    }
)
Who = dict[str, Any]


def who(forename: str | None, middle: str | None = None, surname: str | None = "MOSS", dob: date | None = None) -> Who:
    return {"forename": forename, "middle_names": middle, "surname": surname, "dob": dob}


def said(row: Who) -> str:
    return of_record(named_as(row))


@given(one=WHO, other=WHO)
def test_nobody_is_another_than_themselves_and_two_who_are_others_are_so_either_way(one: Who, other: Who) -> None:
    assert not another(said(one), said(one))
    assert another(said(one), said(other)) == another(said(other), said(one))


@given(one=WHO, other=WHO)
def test_two_forenames_two_births_or_two_surnames_are_two_people(one: Who, other: Who) -> None:
    names = {row["forename"] for row in (one, other)}
    if None not in names and len({name[0] for name in names}) == 2:
        assert another(said(one), said(other))
    if names == {"LOUISE", "LUCY"}:
        assert another(said(one), said(other))
    births = {row["dob"] for row in (one, other)}
    if None not in births and len(births) == 2:
        assert another(said(one), said(other))


@given(one=WHO, other=WHO)
def test_what_was_told_of_somebody_since_is_no_other_person(one: Who, other: Who) -> None:
    assert not another(said(one), said({**one, "surname": "REED"}), parts_of(who(None, surname="REED")))
    assert another(said(who("LOUISE")), said(who("DANIEL", surname="REED")), parts_of(who(None, surname="REED")))


@pytest.mark.parametrize(
    ("now", "is_another"),
    [
        (who("louise"), False),
        (who("L."), False),
        (who("LOUISE", "MAY"), False),
        (who(None), False),
        (who("LOUISE", surname="MOSS-REED"), True),
        (who("LOUISE", surname=None), True),
        (who("LUCY"), True),
        (who("DANIEL"), True),
    ],
)
def test_spelling_is_nobody_else(now: Who, is_another: bool) -> None:
    assert another(said(who("LOUISE")), said(now)) == is_another


def test_who_bears_one_forename_and_birth_may_take_another_surname() -> None:
    born = date(1941, 2, 3)
    assert not another(said(who("LOUISE", dob=born)), said(who("LOUISE", surname="REED", dob=born)))
    assert another(said(who("L", dob=born)), said(who("DANIEL", surname="REED", dob=born)))


def test_what_was_never_kept_is_nobody_else_and_no_name_can_be_read_in_what_is() -> None:
    kept = named_as(who("LOUISE"), who("DANIEL"))
    assert kept is not None
    assert not {"LOUISE", "DANIEL", "MOSS"} & set(kept.upper().replace("/", ".").split("."))
    assert named_as(None) is None
    assert not another("", said(who("LOUISE")))
    assert another(of_record(kept), of_claim(kept))
