"""Identifiers that one person has, nobody else, and keeps."""

import polars as pl
import pytest

from matchers import Identifier


@pytest.mark.parametrize(
    ("left", "right", "grade"),
    [
        ("QQ 12 34 56 C", "qq123456c", 2),
        ("QQ123456C", "QQ123465C", 1),  # two neighbours exchanged
        ("QQ123456C", "QQ12345C", 1),  # one left out
        ("QQ123456C", "QQ987654A", 0),
        ("L-1001", "L-1002", 0),  # short numbers count on: the next is another person
        ("000000000", "000000000", -1),
        ("N/A", "N/A", -1),
        (None, "QQ123456C", -1),
    ],
)
def test_it_is_the_same_one_slip_apart_or_somebody_elses(left: str | None, right: str, grade: int) -> None:
    one, other = (pl.DataFrame({"number": [each]}, schema={"number": pl.String}) for each in (left, right))
    assert Identifier("number").grade(one, other).to_list() == [grade]
    assert Identifier("number").grade(other, one).to_list() == [grade]
