"""Where mentions live: what was answered yesterday is not asked again, and would be answered the same."""

import polars as pl
import pytest

from svoc.steps.place import place
from svoc.words.mentions import PLACED
from tests.worlds import mentions, placed, street

NEVER = pl.DataFrame(schema=PLACED)


def put(said: pl.DataFrame, before: pl.DataFrame = NEVER, *, trusted: bool = True) -> pl.DataFrame:
    return place(said, street(), before=before, trusted=trusted, codes={})


def test_a_house_is_placed_and_what_is_not_written_is_not() -> None:
    found = put(mentions("library A | MR JOHN SMITH | 3", "library B | MS VERA OAK | -"))

    assert dict(found.schema) == PLACED
    assert found.select("mention", "outcome", "uprn", "place").rows() == [
        ("library/A/1", "exact", 103, 103),
        ("library/B/1", "none", None, None),
    ]


@pytest.mark.parametrize(("outcome", "sure"), [("exact", True), ("historic", True), ("building", False)])
def test_only_exact_and_historic_make_a_place(outcome: str, *, sure: bool) -> None:
    said = mentions("library A | MR JOHN SMITH | 3")
    before = put(said).with_columns(outcome=pl.lit(outcome))
    found = put(said, before)

    assert found["uprn"].to_list() == [103]
    assert found["place"].to_list() == [103 if sure else None]


def test_a_forwarding_address_is_placed_too_but_not_where_there_is_none() -> None:
    to = "forwarding_address=5_KING_STREET forwarding_postcode=BA1_1AA"
    found = put(mentions(f"library A | MR JOHN SMITH | 3 | .. | {to}", "library B | MS VERA OAK | 4"))

    assert found.select("place", "forwarding_place").rows() == [(103, 105), (104, None)]


def test_two_of_one_address_are_two_rows() -> None:
    found = put(mentions("library A | MR JOHN SMITH | 3", "library B | MS VERA OAK | 3"))

    assert found["place"].to_list() == [103, 103]


def test_what_a_trusted_yesterday_answered_is_not_asked_again() -> None:
    """Yesterday's answer is marked, so that one can see it come through; of another gazetteer it does not."""
    said = mentions("library A | MR JOHN SMITH | 3")
    before = put(said).with_columns(reason=pl.lit("of yesterday"))

    assert put(said, before)["reason"].to_list() == ["of yesterday"]
    assert put(said, before, trusted=False)["reason"].to_list() == [None]
    assert put(said.with_columns(supplied_uprn=pl.lit(103, dtype=pl.Int64)), before)["reason"].to_list() != [
        "of yesterday"
    ]


def test_yesterdays_answers_are_what_would_be_answered_today() -> None:
    lines = [f"library {n} | MR JOHN SMITH | {n % 14}" for n in range(1, 30)]
    first, whole = put(mentions(*lines[:15])), put(mentions(*lines))

    assert put(mentions(*lines), first).drop("was_place").equals(whole.drop("was_place"))


def test_was_place_tells_where_the_pin_was_whether_yesterday_is_trusted_or_not() -> None:
    said = mentions("library A | MR JOHN SMITH | 3", "library B | MS VERA OAK | 4")
    before = placed("library A | MR JOHN SMITH | 7")

    for trusted in (True, False):
        assert put(said, before, trusted=trusted)["was_place"].to_list() == [107, None]


def test_an_answer_belongs_to_the_whole_question() -> None:
    """The same words with another UPRN beside them are another question."""
    said = mentions("library A | MR JOHN SMITH | 3", "library B | MR JOHN SMITH | 3")
    said = said.with_columns(supplied_uprn=pl.Series([None, 108], dtype=pl.Int64))
    found = put(said)

    assert found["rung"].to_list()[0] != found["rung"].to_list()[1]


def test_the_order_of_rows_is_nothing() -> None:
    said = mentions(*(f"library {n} | MR JOHN SMITH | {n}" for n in range(1, 9)))

    assert put(said).equals(put(said.reverse()))


def test_nobody_is_placed_nowhere() -> None:
    assert dict(put(mentions()).schema) == PLACED
