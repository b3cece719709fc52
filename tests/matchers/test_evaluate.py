"""Measures against truth: by hand, by listing every pair, and by subgroup."""

from itertools import combinations, combinations_with_replacement
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.errors import ColumnFault, PairFault
from matchers.evaluate import SUBGROUPS, Evaluation, by_subgroup, evaluate, wilson

MEMBERS = pl.DataFrame({"id": list("abcdefg"), "cluster": ["a", "a", "a", "d", "d", "f", "g"]})
TRUTH = pl.DataFrame(
    {
        "id": list("abcdefg"),
        "person": ["ann", "ann", "bob", "cat", "cat", "cat", None],
        "source": ["tax", "register", "tax", "tax", "tax", "register", "tax"],
        "structure": ["one", "one", "two", "two", "two", "two", "one"],
    }
)


def counts(evaluation: Evaluation, measure: str, scope: str = "all", group: str | None = None) -> tuple[int, int]:
    row = evaluation.scores.filter(
        pl.col("measure") == measure, pl.col("scope") == scope, pl.col("group").eq_missing(pl.lit(group))
    )
    hits, total = row.select("hits", "total").row(0)
    return hits, total


def test_pairs_are_counted() -> None:
    """Joined: ab ac bc de. True: ab de df ef."""
    found = evaluate(MEMBERS, TRUTH)
    assert counts(found, "precision") == (2, 4)
    assert counts(found, "recall") == (2, 4)
    assert found.precision == found.recall == found.f1 == 0.5


def test_pairs_within_and_between_sources() -> None:
    """Within: ac (joined, wrong), de (joined, right). Between: ab (right), bc (wrong), df and ef (missed)."""
    found = evaluate(MEMBERS, TRUTH)
    assert counts(found, "precision", "within") == (1, 2)
    assert counts(found, "recall", "within") == (1, 1)
    assert counts(found, "precision", "between") == (1, 2)
    assert counts(found, "recall", "between") == (1, 3)


def test_a_pair_belongs_to_a_subgroup_when_either_end_does() -> None:
    found = evaluate(MEMBERS, TRUTH, by="structure")
    assert counts(found, "precision", "by", "one") == (1, 3)
    assert counts(found, "recall", "by", "one") == (1, 1)
    assert counts(found, "precision", "by", "two") == (1, 3)
    assert counts(found, "recall", "by", "two") == (1, 3)


def test_persons_that_are_exactly_one_cluster() -> None:
    """Nobody is: ann shares with bob, cat is in two clusters. A mention of nobody is no person."""
    assert counts(evaluate(MEMBERS, TRUTH), "exact") == (0, 3)
    apart = MEMBERS.with_columns(cluster=pl.when(pl.col("id") == "c").then(pl.lit("c")).otherwise("cluster"))
    found = evaluate(apart, TRUTH)
    assert counts(found, "exact") == (2, 3)
    assert counts(found, "exact_linked") == (1, 2)


def test_bcubed_is_averaged_over_mentions() -> None:
    found = evaluate(MEMBERS, TRUTH)
    precision = (2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1 + 1) / 7
    recall = (1 + 1 + 1 + 2 / 3 + 2 / 3 + 1 / 3 + 1) / 7
    assert found.value("bcubed_precision") == pytest.approx(precision)
    assert found.value("bcubed_recall") == pytest.approx(recall)
    assert found.value("bcubed_f1") == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_mention_without_a_cluster_stands_alone_and_one_without_truth_is_left_out() -> None:
    found = evaluate(MEMBERS.filter(pl.col("id") != "e"), TRUTH.filter(pl.col("id") != "c"))
    assert counts(found, "precision") == (1, 1)
    assert counts(found, "recall") == (1, 4)


def test_joining_a_mention_of_nobody_is_wrong() -> None:
    members = pl.DataFrame({"id": ["a", "b"], "cluster": ["a", "a"]})
    truth = pl.DataFrame({"id": ["a", "b"], "person": [None, None]}, schema={"id": pl.String, "person": pl.String})
    assert counts(evaluate(members, truth), "precision") == (0, 1)


def test_nothing_to_count_is_no_value() -> None:
    nobody = pl.DataFrame(schema={"id": pl.String, "cluster": pl.String, "person": pl.String})
    found = evaluate(nobody, nobody)
    assert found.precision is None
    assert found.f1 is None
    assert found.value("bcubed_recall") is None
    assert found.scores.filter(pl.col("low").is_not_null()).is_empty()


def test_a_measure_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="'accuracy'"):
        evaluate(MEMBERS, TRUTH).value("accuracy")


def test_faults_are_named() -> None:
    with pytest.raises(ColumnFault, match="'cluster'"):
        evaluate(MEMBERS.drop("cluster"), TRUTH)
    with pytest.raises(ColumnFault, match=r"'structures'.*'structure'"):
        evaluate(MEMBERS, TRUTH, by="structures")
    with pytest.raises(PairFault, match="7 ids are there twice in the truth"):
        evaluate(MEMBERS, pl.concat([TRUTH, TRUTH]))


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (999, 1000, 0.9944, 0.9998)],
)
def test_wilson_agrees_with_published_tables(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_is_nothing() -> None:
    assert wilson(0, 0) is None


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 3), st.integers(0, 2)), max_size=12))
def test_counting_sizes_equals_listing_pairs(rows: list[tuple[int, int | None, int]]) -> None:
    ids = [f"m{number:02d}" for number in range(len(rows))]
    schema = {"id": pl.String, "cluster": pl.Int64, "person": pl.Int64, "source": pl.Int64}
    frame = pl.DataFrame([(name, *row) for name, row in zip(ids, rows, strict=True)], schema=schema, orient="row")
    found = evaluate(frame.select("id", "cluster"), frame.select("id", "person", "source"), by="source")
    listed = list(combinations(rows, 2))

    def checked(
        scope: str, group: str | None, pairs: list[tuple[tuple[int, int | None, int], tuple[int, int | None, int]]]
    ) -> None:
        joined = {number for number, (one, other) in enumerate(pairs) if one[0] == other[0]}
        true = {number for number, (one, other) in enumerate(pairs) if one[1] is not None and one[1] == other[1]}
        assert counts(found, "precision", scope, group) == (len(joined & true), len(joined))
        assert counts(found, "recall", scope, group) == (len(joined & true), len(true))

    checked("all", None, listed)
    checked("within", None, [(one, other) for one, other in listed if one[2] == other[2]])
    checked("between", None, [(one, other) for one, other in listed if one[2] != other[2]])
    for source in {row[2] for row in rows}:
        checked("by", str(source), [(one, other) for one, other in listed if source in (one[2], other[2])])


# --- subgroups, which may overlap


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.none() | st.integers(0, 3), st.integers(0, 2), st.sets(st.sampled_from("xy"))),
        max_size=12,
    )
)
def test_a_subgroup_holds_the_pairs_with_an_end_in_it(rows: list[tuple[int, int | None, int, set[str]]]) -> None:
    ids = [f"m{number:02d}" for number in range(len(rows))]
    schema = {"id": pl.String, "cluster": pl.Int64, "person": pl.Int64, "source": pl.Int64}
    frame = pl.DataFrame([(name, *row[:3]) for name, row in zip(ids, rows, strict=True)], schema=schema, orient="row")
    listed = [(name, "letter", group) for name, row in zip(ids, rows, strict=True) for group in row[3]]
    groups = pl.DataFrame(listed, schema=dict.fromkeys(("id", "trait", "group"), pl.String), orient="row")
    table = by_subgroup(frame.select("id", "cluster"), frame.select("id", "person", "source"), groups)
    pairs = list(combinations(rows, 2))

    def expected(kept: list[tuple[Any, Any]]) -> tuple[int, int, float | None, float | None]:
        joined = [one[0] == other[0] for one, other in kept]
        true = [one[1] is not None and one[1] == other[1] for one, other in kept]
        both = sum(j and t for j, t in zip(joined, true, strict=True))
        return (
            sum(joined),
            sum(true),
            both / sum(joined) if any(joined) else None,
            both / sum(true) if any(true) else None,
        )

    measures = ("joined", "true", "precision", "recall")
    for group in {group for row in rows for group in row[3]}:
        found = table.filter(trait="letter", group=group).select(measures).row(0)
        assert found == pytest.approx(expected([p for p in pairs if group in p[0][3] or group in p[1][3]]))
    for one, other in combinations_with_replacement(sorted({row[2] for row in rows}), 2):
        found = table.filter(trait="sources", group=f"{one} with {other}").select(measures).row(0)
        assert found == pytest.approx(expected([p for p in pairs if {p[0][2], p[1][2]} == {one, other}]))


def test_a_group_that_fares_worse_beyond_chance_is_named() -> None:
    people = range(200)
    members = [(f"{side}{n}", n if side == "a" or n >= 100 else n + 1_000) for n in people for side in "ab"]
    truth = pl.DataFrame([(f"{side}{n}", n) for n in people for side in "ab"], schema=["id", "person"], orient="row")
    groups = pl.DataFrame(
        [(f"a{n}", "surname", "hyphenated" if n < 100 else "plain") for n in people],
        schema=["id", "trait", "group"],
        orient="row",
    )
    table = by_subgroup(pl.DataFrame(members, schema=["id", "cluster"], orient="row"), truth, groups)
    assert table.select("group", "recall", "recall_others", "behind").rows() == [
        ("hyphenated", 0.0, 1.0, "recall"),
        ("plain", 1.0, 0.0, None),
    ]
    assert table.schema == SUBGROUPS
