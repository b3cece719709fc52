"""Who belongs together, and what must never come together, through whomever."""

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.steps.group import Grouping, Thresholds, group
from svoc.steps.pair import pair
from svoc.words.plan import LINKS
from tests.worlds import ONCE, decisions, placed, policy

CASES = Path(__file__).parents[2] / "cases" / "night_households.csv"
LIMITS = Thresholds(margin=3_000, join=6_500, ask=4_500, possible=0, clear=5_000)
NOBODY = decisions()


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def together(found: Grouping) -> set[frozenset[str]]:
    return {frozenset(ids) for ids in found.clusters.group_by("cluster").agg("mention")["mention"].to_list()}


def short(found: Grouping) -> set[frozenset[str]]:
    """Give the clusters with keys as `A/1`, without their source."""
    return {frozenset(m.split("/", 1)[1] for m in ids) for ids in together(found)}


def scored(*rows: tuple[str, str, int], context: str = "apart", besides: int = 3_000) -> pl.DataFrame:
    schema = {"left": pl.String(), "right": pl.String(), "weight": pl.Int32(), "context": pl.String()}
    schema["besides"] = pl.Int32()
    told = [(min(a, b), max(a, b), w, context, besides) for a, b, w in rows]
    return pl.DataFrame(told, schema=schema, orient="row").sort("left", "right")


def people(*letters: str, house: str = "-") -> pl.DataFrame:
    """Give library members of these references, at places apart from each other unless a house is named."""
    return placed(*(f"library {letter} | MR JOHN SMITH | {house}" for letter in letters))


def key(letter: str) -> str:
    return f"library/{letter}/1"


def grouped(mentions: pl.DataFrame, pairs: pl.DataFrame, said: pl.DataFrame = NOBODY) -> Grouping:
    return group(mentions, pairs, said, LIMITS, ONCE)


@pytest.mark.parametrize("row", rows(), ids=lambda r: r["why"])
def test_a_household(row: dict[str, str]) -> None:
    mentions = placed(*(line for line in row["household"].split(" ; ")))
    pairs = pair(mentions, policy().model, policy().engine)
    found = group(mentions, pairs, NOBODY, policy().thresholds, ONCE)

    assert short(found) == {frozenset(keys.split()) for keys in row["people"].split(" ; ")}


class TestAcrossPlaces:
    """A pair at two places is joined where it is heavy enough, and clear of every rival."""

    @pytest.mark.parametrize(
        ("weight", "answer"), [(6_500, "same"), (6_499, "ask"), (4_500, "ask"), (4_499, "possible"), (0, "possible")]
    )
    def test_by_weight(self, weight: int, answer: str) -> None:
        found = grouped(people("A", "B"), scored((key("A"), key("B"), weight)))

        assert dict(found.links.schema) == LINKS
        assert found.links["answer"].to_list() == [answer]
        assert (len(together(found)) == 1) is (answer == "same")

    def test_a_name_alone_joins_nobody_and_asks_nobody(self) -> None:
        found = grouped(people("A", "B"), scored((key("A"), key("B"), 9_000), besides=2_999))

        assert found.links["answer"].to_list() == ["possible"]
        assert len(together(found)) == 2

    def test_a_wife_without_a_forename_is_not_asked_about_as_her_husband(self) -> None:
        couple = placed("council_tax A | MR & MRS J SMITH | 1 HIGH STREET", "council_tax B | MR J SMITH | -")
        man, wife, moved = "council_tax/A/1", "council_tax/A/2", "council_tax/B/1"
        pairs = scored((man, moved, 20_000), (wife, moved, 9_000))
        found = group(couple, pairs, NOBODY, LIMITS, ONCE)

        answers = {frozenset(row[:2]): row[2] for row in found.links.select("left", "right", "answer").iter_rows()}
        assert answers == {frozenset((man, moved)): "same", frozenset((wife, moved)): "possible"}

    def test_what_is_lighter_is_not_kept(self) -> None:
        assert grouped(people("A", "B"), scored((key("A"), key("B"), -1))).links.is_empty()

    @pytest.mark.parametrize(("rival", "answer"), [(4_000, "same"), (5_000, "same"), (5_001, "ask"), (9_000, "ask")])
    def test_a_rival_that_is_nearly_as_good_makes_it_a_question(self, rival: int, answer: str) -> None:
        pairs = scored((key("A"), key("B"), 10_000), (key("A"), key("C"), rival))
        links = grouped(people("A", "B", "C"), pairs).links

        assert links.filter(pl.col("right") == key("B"))["answer"].to_list() == [answer]

    def test_a_rival_who_is_the_same_person_is_none(self) -> None:
        """An owner's many accounts do not compete for him."""
        pairs = scored((key("A"), key("B"), 10_000), (key("A"), key("C"), 9_000), (key("B"), key("C"), 9_000))

        assert together(grouped(people("A", "B", "C"), pairs)) == {frozenset(map(key, "ABC"))}

    def test_two_of_one_household_elsewhere_are_one_rival(self) -> None:
        home = placed("library B | MR JOHN SMITH | 2", "library C | MR JOHN SMITH | 2")
        inside = scored((key("B"), key("C"), 9_000), context="together")
        pairs = pl.concat([inside, scored((key("A"), key("B"), 10_000), (key("A"), key("C"), 9_000))])
        found = grouped(pl.concat([people("A", house="1"), home]), pairs)

        assert together(found) == {frozenset(map(key, "ABC"))}


class TestLaw13:
    """Two entries that one source lists side by side are two people, also through third records and across places."""

    couple = placed("council_tax A | MR J SMITH & MR J SMITH | 1")
    left, right = "council_tax/A/1", "council_tax/A/2"

    def test_not_through_a_third_record_elsewhere(self) -> None:
        mentions = pl.concat([self.couple, people("L", house="5")])
        pairs = scored((self.left, key("L"), 9_000), (self.right, key("L"), 20_000))
        found = grouped(mentions, pairs)

        assert together(found) == {frozenset({self.left}), frozenset({self.right, key("L")})}
        assert dict(found.links.select("left", "answer").iter_rows()) == {self.left: "possible", self.right: "same"}

    def test_not_through_two_others(self) -> None:
        mentions = pl.concat([self.couple, people("L", house="5"), people("M", house="6")])
        strong = [(self.left, key("L"), 20_000), (self.right, key("M"), 20_000), (key("L"), key("M"), 9_000)]
        pairs = scored(*strong, (self.left, key("M"), 0), (self.right, key("L"), 0))
        found = grouped(mentions, pairs)

        assert together(found) == {frozenset({self.left, key("L")}), frozenset({self.right, key("M")})}
        assert found.refused["kind"].to_list() == ["exclusive"]

    def test_two_equally_good_are_both_refused_and_become_questions(self) -> None:
        mentions = pl.concat([self.couple, people("L", house="5")])
        found = grouped(mentions, scored((self.left, key("L"), 9_000), (self.right, key("L"), 9_000)))

        assert len(together(found)) == 3
        assert set(found.links["answer"]) == {"ask"}

    def test_unless_a_steward_says_so(self) -> None:
        found = grouped(self.couple, scored(), decisions(("same", self.left, self.right)))

        assert together(found) == {frozenset({self.left, self.right})}


class TestDecisions:
    """A steward's word holds through third records, and sleeps while one of its records is not there."""

    def test_same_joins_what_no_evidence_would(self) -> None:
        found = grouped(people("A", "B"), scored(), decisions(("same", key("A"), key("B"))))

        assert together(found) == {frozenset(map(key, "AB"))}

    def test_same_holds_inside_a_place_too(self) -> None:
        mentions = placed("library A | MR JOHN SMITH | 1", "library B | MISS RUTH HILL | 1")
        pairs = scored((key("A"), key("B"), -20_000), context="together")

        assert len(together(grouped(mentions, pairs, decisions(("same", key("A"), key("B")))))) == 1

    def test_different_parts_what_all_evidence_joins(self) -> None:
        found = grouped(
            people("A", "B"), scored((key("A"), key("B"), 30_000)), decisions(("different", key("A"), key("B")))
        )

        assert len(together(found)) == 2
        assert found.links["answer"].to_list() == ["possible"]

    def test_different_holds_through_a_third(self) -> None:
        pairs = scored((key("A"), key("B"), 30_000), (key("B"), key("C"), 20_000), (key("A"), key("C"), 9_000))
        found = grouped(people("A", "B", "C"), pairs, decisions(("different", key("A"), key("C"))))

        assert together(found) == {frozenset({key("A"), key("B")}), frozenset({key("C")})}

    def test_a_decision_about_an_absent_record_sleeps_and_wakes_with_it(self) -> None:
        said = decisions(("same", key("A"), key("B")), ("different", key("B"), key("C")))
        pairs = scored((key("A"), key("C"), 9_000))

        assert together(grouped(people("A", "C"), pairs, said)) == {frozenset(map(key, "AC"))}
        assert together(grouped(people("A", "B", "C"), pairs, said)) == {
            frozenset(map(key, "AB")),
            frozenset({key("C")}),
        }

    def test_decisions_that_contradict_each_other_stop_and_ask(self) -> None:
        said = decisions(("same", key("A"), key("B")), ("same", key("B"), key("C")), ("different", key("A"), key("C")))
        found = grouped(people("A", "B", "C"), scored(), said)

        assert len(together(found)) == 3
        assert found.refused["kind"].to_list() == ["conflict", "conflict"]


def test_life_events_companies_and_voids_take_no_part() -> None:
    mentions = placed(
        "council_tax A | MR JOHN SMITH | 1", "life_events D | MR JOHN SMITH | 1", "council_tax B | MR JOHN SMITH | 2"
    )
    mentions = mentions.with_columns(
        kind=pl.when(pl.col("record") == "B").then(pl.lit("organisation")).otherwise("kind")
    )
    pairs = scored(("council_tax/A/1", "life_events/D/1", 30_000), ("council_tax/A/1", "council_tax/B/1", 30_000))

    assert together(grouped(mentions, pairs)) == {frozenset({"council_tax/A/1"})}


def test_a_model_brings_its_thresholds_and_a_council_its_own_margin() -> None:
    shipped = policy().thresholds

    assert Thresholds.of(policy().model) == shipped
    assert Thresholds.of(policy().model, margin=7_000).margin == 7_000
    assert 0 <= shipped.ask <= shipped.join


WEIGHTS = st.integers(-3, 12).map(lambda bits: bits * 1_000)


@settings(max_examples=25)
@given(st.lists(WEIGHTS, min_size=10, max_size=10), st.lists(st.sampled_from("ABCDE"), min_size=4, max_size=4))
def test_order_decides_nothing_and_different_always_holds(weights: list[int], named: list[str]) -> None:
    letters = "ABCDE"
    ends = [(a, b) for a in letters for b in letters if a < b]
    pairs = scored(*((key(a), key(b), w) for (a, b), w in zip(ends, weights, strict=True)))
    said = decisions(*(("different", key(a), key(b)) for a, b in (named[:2], named[2:]) if a != b))
    found, turned = (
        grouped(*frames)
        for frames in ((people(*letters), pairs, said), (people(*letters).reverse(), pairs.reverse(), said.reverse()))
    )
    of = dict(found.clusters.iter_rows())

    assert turned.clusters.sort("mention").equals(found.clusters.sort("mention"))
    assert turned.links.equals(found.links)
    for left, right in said.select("left", "right").iter_rows():
        assert of[left] != of[right]
    same = found.links.filter(pl.col("answer") == "same")
    assert all(of[left] == of[right] for left, right in same.select("left", "right").iter_rows())
