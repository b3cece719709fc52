"""What a steward is asked, once, and until it is answered."""

import polars as pl
import pytest

from svoc.steps.attach import CANDIDATES, attach
from svoc.steps.group import Grouping, Thresholds, group
from svoc.steps.triage import case_id, triage
from svoc.words.decisions import CASES
from tests.worlds import ONCE, decisions, placed

LIMITS = Thresholds(margin=3_000, join=6_500, ask=4_500, possible=0, clear=5_000)
NOBODY = decisions()
NO_EVENTS = pl.DataFrame(schema=CANDIDATES)
EVENT = "life_events/D/1"
PAIRS = {"left": pl.String(), "right": pl.String(), "weight": pl.Int32(), "context": pl.String(), "besides": pl.Int32()}


def scored(*rows: tuple[str, str, int], context: str = "apart") -> pl.DataFrame:
    told = [(min(a, b), max(a, b), w, context, 3_000) for a, b, w in rows]
    return pl.DataFrame(told, schema=PAIRS, orient="row").sort("left", "right")


def people(**houses: int) -> pl.DataFrame:
    return placed(*(f"library {letter} | MR JOHN SMITH | {house}" for letter, house in houses.items()))


def key(letter: str) -> str:
    return f"library/{letter}/1"


def asked(mentions: pl.DataFrame, pairs: pl.DataFrame, said: pl.DataFrame = NOBODY) -> pl.DataFrame:
    """Group, attach and triage."""
    grouping: Grouping = group(mentions, pairs, said, LIMITS, ONCE)
    events = attach(mentions, pairs, grouping.clusters, said, LIMITS)
    return triage(mentions, grouping, events, said)


def about(cases: pl.DataFrame) -> list[tuple[str, list[str]]]:
    return [(kind, list(ids)) for kind, ids in cases.sort("kind", "case").select("kind", "mentions").iter_rows()]


def test_nothing_doubtful_is_no_case() -> None:
    found = asked(people(A=1, B=2), scored((key("A"), key("B"), 20_000)))

    assert dict(found.schema) == CASES
    assert found.is_empty()


def test_a_case_keeps_its_name_while_the_question_stands() -> None:
    mentions, pairs = people(A=1, B=2), scored((key("A"), key("B"), 5_000))
    one, again = asked(mentions, pairs), asked(mentions.reverse(), pairs.reverse())

    assert one.equals(again)
    assert one["case"].to_list() == [case_id("possible_move", [key("B"), key("A")])]
    assert case_id("household", [key("A"), key("B")]) != one["case"][0]


class TestMoves:
    """Two places, probably one person: asked once for the two persons, however many records are alike."""

    def test_the_strongest_pair_stands_for_the_two_persons(self) -> None:
        inside = scored((key("B"), key("C"), 20_000), context="together")
        pairs = pl.concat([inside, scored((key("A"), key("B"), 5_000), (key("A"), key("C"), 6_000))])
        found = asked(people(A=1, B=2, C=2), pairs)

        assert about(found) == [("possible_move", [key("A"), key("C")])]
        assert found["weight"].to_list() == [6_000]

    @pytest.mark.parametrize("verdict", ["different", "unsure"])
    def test_an_answer_ends_it(self, verdict: str) -> None:
        pairs = scored((key("A"), key("B"), 5_000))

        assert asked(people(A=1, B=2), pairs, decisions((verdict, key("A"), key("B")))).is_empty()

    def test_an_answer_about_any_of_their_records_ends_it(self) -> None:
        """She has been told apart from him by one record: another of hers that is more alike asks nothing new."""
        inside = scored((key("B"), key("C"), 20_000), context="together")
        pairs = pl.concat([inside, scored((key("A"), key("B"), 5_000), (key("A"), key("C"), 6_000))])

        assert asked(people(A=1, B=2, C=2), pairs, decisions(("different", key("A"), key("B")))).is_empty()

    def test_an_answer_taken_back_or_expired_brings_it_again(self) -> None:
        """What no longer holds does not reach the step: the night leaves it out."""
        pairs = scored((key("A"), key("B"), 5_000))

        assert asked(people(A=1, B=2), pairs, NOBODY).height == 1

    def test_an_answer_about_others_does_not(self) -> None:
        pairs = scored((key("A"), key("B"), 5_000))

        assert asked(people(A=1, B=2, C=3), pairs, decisions(("different", key("A"), key("C")))).height == 1

    def test_a_link_refused_for_a_list_that_names_both_is_asked_about(self) -> None:
        couple = placed("council_tax A | MR J SMITH & MR J SMITH | 1")
        pairs = scored(("council_tax/A/1", key("L"), 9_000), ("council_tax/A/2", key("L"), 9_000))
        found = asked(pl.concat([couple, people(L=5)]), pairs)

        assert [kind for kind, _ in about(found)] == ["possible_move", "possible_move"]


class TestHouseholds:
    """Who is who at one place cannot be told."""

    father_and_son = placed(
        "council_tax A | MR J SMITH | 1", "electoral_register E | J SMITH | 1", "electoral_register F | J SMITH | 1"
    )
    tie = scored(
        ("council_tax/A/1", "electoral_register/E/1", 8_000), ("council_tax/A/1", "electoral_register/F/1", 8_000),
        context="together",
    )  # fmt: skip

    def test_a_tie_is_one_case_for_the_household(self) -> None:
        found = asked(self.father_and_son, self.tie)

        assert about(found) == [("household", ["council_tax/A/1", "electoral_register/E/1", "electoral_register/F/1"])]
        assert found["place"].to_list() == [101]
        assert "SMITH" not in found["reason"][0]

    def test_a_steward_who_says_which_ends_it(self) -> None:
        said = decisions(("same", "council_tax/A/1", "electoral_register/E/1"))

        assert asked(self.father_and_son, self.tie, said).is_empty()

    def test_unsure_of_all_ends_it(self) -> None:
        keys = self.father_and_son["mention"].to_list()
        said = decisions(*(("unsure", a, b) for a in keys for b in keys if a < b))

        assert asked(self.father_and_son, self.tie, said).is_empty()

    def test_unsure_of_one_pair_does_not(self) -> None:
        said = decisions(("unsure", "council_tax/A/1", "electoral_register/E/1"))

        assert asked(self.father_and_son, self.tie, said).height == 1


class TestConflicts:
    """Decisions that cannot all hold stop and ask, and go on asking."""

    said = (("same", key("A"), key("B")), ("same", key("B"), key("C")), ("different", key("A"), key("C")))

    @pytest.mark.parametrize("houses", [{"A": 1, "B": 2, "C": 3}, {"A": 1, "B": 1, "C": 1}])
    def test_one_case_for_the_knot_wherever_the_records_lie(self, houses: dict[str, int]) -> None:
        context = "together" if houses["A"] == houses["B"] else "apart"
        pairs = scored((key("A"), key("B"), 0), (key("B"), key("C"), 0), (key("A"), key("C"), 0), context=context)
        found = asked(people(**houses), pairs, decisions(*self.said))

        assert about(found) == [("conflict", [key("A"), key("B"), key("C")])]

    def test_it_ends_when_one_is_taken_back(self) -> None:
        assert asked(people(A=1, B=2, C=3), scored(), decisions(*self.said[:2])).is_empty()


class TestLifeEvents:
    """A human confirms, chooses or rejects."""

    def test_the_event_stands_first_then_the_likeliest(self) -> None:
        mentions = pl.concat([people(A=1, B=2), placed("life_events D | MR JOHN SMITH | 1")])
        pairs = scored((EVENT, key("A"), 5_000), (EVENT, key("B"), 6_000))

        assert about(asked(mentions, pairs)) == [("life_event", [EVENT, key("B"), key("A")])]

    def test_an_event_that_nobody_fits_waits_too(self) -> None:
        mentions = pl.concat([people(A=1), placed("life_events D | MR JOHN SMITH | 9")])

        assert about(asked(mentions, scored())) == [("life_event", [EVENT])]

    @pytest.mark.parametrize("verdict", ["confirmed", "rejected"])
    def test_a_judgement_ends_it(self, verdict: str) -> None:
        mentions = pl.concat([people(A=1), placed("life_events D | MR JOHN SMITH | 1")])
        said = decisions((verdict, EVENT, key("A")))

        assert asked(mentions, scored((EVENT, key("A"), 9_000)), said).is_empty()


def test_a_supplied_uprn_that_contradicts_the_address_is_asked_about() -> None:
    mentions = placed("library A | MR JOHN SMITH | 1").with_columns(
        rung=pl.lit("disagreement"), supplied_uprn=pl.lit(177, dtype=pl.Int64)
    )

    assert about(asked(mentions, scored())) == [("address", [key("A")])]
    assert asked(mentions, scored())["place"].to_list() == [177]


def test_one_record_is_asked_about_once_however_many_it_names() -> None:
    couple = placed("council_tax A | MR JOHN SMITH & MRS ANN SMITH | 1", "council_tax B | MR IAN HILL | 2")
    disputed = couple.with_columns(rung=pl.lit("disagreement"), supplied_uprn=pl.lit(177, dtype=pl.Int64))

    found = {tuple(ids) for kind, ids in about(asked(disputed, scored())) if kind == "address"}
    assert found == {("council_tax/A/1", "council_tax/A/2"), ("council_tax/B/1",)}
