"""Whose life event it is: one person's at most, and no person's by itself."""

import polars as pl
import pytest

from svoc.steps.attach import CANDIDATES, Attached, attach
from svoc.steps.group import Thresholds
from svoc.words.decisions import DECISIONS
from tests.worlds import decisions, placed

LIMITS = Thresholds(margin=3_000, join=6_500, ask=4_500, possible=0, clear=5_000)
EVENT = "life_events/D/1"
NOBODY = pl.DataFrame(schema=DECISIONS)


def key(letter: str) -> str:
    return f"library/{letter}/1"


def attached(
    weights: dict[str, int], said: pl.DataFrame = NOBODY, *, alike: tuple[str, ...] = (), events: int = 1
) -> Attached:
    """Attach one event to library members; those named in `alike` are one person."""
    lines = [f"library {letter} | MR JOHN SMITH | 1" for letter in weights]
    mentions = placed(*lines, *(f"life_events {'DE'[n]} | MR JOHN SMITH | 1" for n in range(events)))
    schema = {"left": pl.String(), "right": pl.String(), "weight": pl.Int32()}
    pairs = pl.DataFrame([(EVENT, key(letter), w) for letter, w in weights.items()], schema=schema, orient="row")
    of = [(key(letter), key(min(alike)) if letter in alike else key(letter)) for letter in weights]
    clusters = pl.DataFrame(of, schema={"mention": pl.String(), "cluster": pl.String()}, orient="row")
    return attach(mentions, pairs, clusters, said, LIMITS)


def proposed(found: Attached) -> list[tuple[str | None, str]]:
    return list(found.candidates.select("mention", "state").iter_rows())


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"A": 9_000}, [("A", "matched")]),
        ({"A": 6_500}, [("A", "matched")]),
        ({"A": 6_499}, [("A", "ambiguous")]),
        ({"A": 9_000, "B": 4_000}, [("A", "matched"), ("B", "matched")]),
        ({"A": 9_000, "B": 4_001}, [("A", "ambiguous"), ("B", "ambiguous")]),
        ({"A": 9_000, "B": 9_000}, [("A", "ambiguous"), ("B", "ambiguous")]),
        ({"A": -1}, [(None, "unmatched")]),
    ],
)
def test_an_event_is_matched_ambiguous_or_unmatched(
    weights: dict[str, int], expected: list[tuple[str | None, str]]
) -> None:
    found = attached(weights)

    assert dict(found.candidates.schema) == CANDIDATES
    assert proposed(found) == [(letter and key(letter), state) for letter, state in expected]
    assert found.members.is_empty()


def test_records_of_one_person_do_not_compete() -> None:
    assert proposed(attached({"A": 9_000, "B": 8_000}, alike=("A", "B"))) == [(key("A"), "matched")]


def test_a_confirmed_event_belongs_to_the_person_and_is_proposed_no_more() -> None:
    found = attached({"A": 9_000, "B": 9_000}, decisions(("confirmed", EVENT, key("B"))))

    assert found.members.rows() == [(EVENT, key("B"))]
    assert found.candidates.is_empty()
    assert found.asleep == ()


def test_a_confirmation_needs_no_evidence() -> None:
    assert attached({"A": -9_000}, decisions(("confirmed", EVENT, key("A")))).members.rows() == [(EVENT, key("A"))]


def test_a_rejected_person_is_proposed_no_more_and_leaves_the_other_clear() -> None:
    found = attached({"A": 9_000, "B": 9_000}, decisions(("rejected", EVENT, key("A"))))

    assert proposed(found) == [(key("B"), "matched")]


def test_a_rejected_person_is_not_proposed_by_another_record() -> None:
    """The judgement named one record of hers, and another of hers is now the most like."""
    said = decisions(("rejected", EVENT, key("A")))

    assert proposed(attached({"A": 8_000, "B": 9_000}, said, alike=("A", "B"))) == []


def test_an_event_whose_every_candidate_is_rejected_rests_until_somebody_else_comes() -> None:
    said = decisions(("rejected", EVENT, key("A")))

    assert proposed(attached({"A": 9_000}, said)) == []
    assert proposed(attached({"A": 9_000, "C": 8_000}, said)) == [(key("C"), "matched")]


def test_of_several_judgements_the_last_counts() -> None:
    first_yes = decisions(("confirmed", EVENT, key("A")), ("rejected", EVENT, key("B")))
    first_no = decisions(("rejected", EVENT, key("B")), ("confirmed", EVENT, key("A")))
    weights = {"A": 9_000, "B": 8_000}

    assert attached(weights, first_yes, alike=("A", "B")).members.is_empty()
    assert attached(weights, first_no, alike=("A", "B")).members.rows() == [(EVENT, key("A"))]


def test_an_event_that_is_confirmed_of_two_persons_is_nobodys_until_it_is_rejected_for_one() -> None:
    said = (("confirmed", EVENT, key("A")), ("confirmed", EVENT, key("B")))
    found = attached({"A": 9_000, "B": 9_000}, decisions(*said))

    assert found.members.is_empty()
    assert found.torn.rows() == [(EVENT, key("A")), (EVENT, key("B"))]
    assert (found.asleep, proposed(found)) == ((EVENT,), [])
    settled = attached({"A": 9_000, "B": 9_000}, decisions(*said, ("rejected", EVENT, key("A"))))
    assert settled.members.rows() == [(EVENT, key("B"))]
    assert settled.torn.is_empty()


def test_a_confirmation_sleeps_while_its_record_is_not_there() -> None:
    found = attached({"A": 9_000}, decisions(("confirmed", EVENT, key("Z"))))

    assert found.members.is_empty()
    assert found.asleep == (EVENT,)
    assert proposed(found) == [(key("A"), "matched")]


def test_a_confirmation_that_names_several_records_lasts_as_long_as_one_of_them() -> None:
    said = decisions(("confirmed", EVENT, key("Z")), ("confirmed", EVENT, key("A")))

    assert attached({"A": 9_000}, said).members.rows() == [(EVENT, key("A"))]


def test_other_decisions_are_not_about_events() -> None:
    said = decisions(("different", EVENT, key("A")), ("unsure", EVENT, key("A")))

    assert proposed(attached({"A": 9_000}, said)) == [(key("A"), "matched")]


def test_each_event_is_proposed_by_itself() -> None:
    found = attached({"A": 9_000}, events=2)

    assert proposed(found) == [(key("A"), "matched"), (None, "unmatched")]
