"""Every fault in words that the person who must mend it understands."""

import pytest

from svoc import errors
from svoc.errors import Fault, GuardRefused, InputFaults, SvocError, nearest

CODES = {
    "SvocError": 1, "SettingsError": 2, "PurposeRefused": 2, "InputFaults": 3, "GuardRefused": 4, "TryAgain": 5,
    "AnotherNight": 5, "StalePlan": 5, "StoreUnavailable": 5, "DecidedMeanwhile": 2,
}  # fmt: skip


@pytest.mark.parametrize("name", CODES)
def test_each_error_has_its_exit_code_and_stands_in_the_drawing(name: str) -> None:
    kind = getattr(errors, name)

    assert issubclass(kind, SvocError)
    assert kind.exit_code == CODES[name]
    assert kind.__doc__
    drawn = next(line for line in (errors.__doc__ or "").splitlines() if name in line)
    assert str(CODES[name]) in drawn


def test_no_error_is_left_out() -> None:
    kinds = {
        n for n in errors.__all__ if isinstance(getattr(errors, n), type) and issubclass(getattr(errors, n), Exception)
    }

    assert kinds == {*CODES, "LeftUndone"}, "LeftUndone ends with the code of its cause"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("a.csv", 7, "dob", "a date"), "a.csv, line 7, column dob: expected a date"),
        (Fault("a.csv", expected="a header"), "a.csv: expected a header"),
        (Fault("a.csv", column="bod", expected="a column", nearest="dob"),
         "a.csv, column bod: expected a column; did you mean dob?"),
        (Fault("a.csv", 0, expected="a row"), "a.csv, line 0: expected a row"),
    ],
)  # fmt: skip
def test_a_fault_says_where_and_what_was_expected(fault: Fault, told: str) -> None:
    assert str(fault) == told


def test_faults_are_told_together_fifty_of_them_and_the_rest_counted() -> None:
    few = InputFaults([Fault("a.csv", 1, expected="a date")])
    many = InputFaults(Fault("a.csv", n, expected="a date") for n in range(73))

    assert str(few).splitlines() == ["1 fault in the input; nothing was written:", "- a.csv, line 1: expected a date"]
    assert str(many).startswith("73 faults in the input; nothing was written:")
    assert len(str(many).splitlines()) == 52
    assert str(many).endswith("- and 23 more")
    assert len(many.faults) == 73


def test_a_refusal_names_every_reason() -> None:
    assert str(GuardRefused(["too few", "too many"])).splitlines()[1:] == ["- too few", "- too many"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("Postcode", "postcode"), ("liabilty_start", "liability_start"), ("shoe size", None), ("", None)],
)
def test_the_nearest_is_near_or_none(wanted: str, found: str | None) -> None:
    assert nearest(wanted, ["liability_start", "postcode"]) == found


def test_the_nearest_keeps_the_case_of_the_choice() -> None:
    assert nearest("postcode", ["PostCode"]) == "PostCode"
