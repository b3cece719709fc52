"""Clusters: what hangs together, and what never may."""

from collections.abc import Iterable, Sequence
from itertools import combinations

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from matchers.cluster import Clusters, cluster
from matchers.decisions import awake, settled
from matchers.errors import ColumnFault, PairFault

Pairs = Sequence[tuple[str, str]]
Links = Sequence[tuple[str, str, int]]
ENDS = {"left": pl.String, "right": pl.String}


def two(pairs: Pairs) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=ENDS, orient="row")


def joined(
    ids: str, links: Links, *, must: Pairs = (), must_not: Pairs = (), exclusive: Pairs = (), margin: int = 0
) -> Clusters:
    frame = pl.DataFrame(links, schema={**ENDS, "weight": pl.Int32}, orient="row")
    return cluster(
        pl.Series("id", list(ids), dtype=pl.String),
        frame,
        must=two(must),
        must_not=two(must_not),
        exclusive=two(exclusive),
        margin=margin,
    )


def groups(clusters: Clusters) -> list[str]:
    members = clusters.members.group_by("cluster").agg(pl.col("id").sort().str.join("")).sort("cluster")
    assert (members["cluster"] == members["id"].str.slice(0, 1)).all(), "a cluster goes by its smallest id"
    return members["id"].to_list()


def refused(clusters: Clusters) -> list[tuple[str, str, str]]:
    return clusters.refused.select("left", "right", "kind").rows()


def test_what_hangs_together_is_one_and_everyone_is_somewhere() -> None:
    found = joined("abcdef", [("f", "b", 5), ("b", "d", 5), ("a", "c", 5)])
    assert groups(found) == ["ac", "bdf", "e"]
    assert found.refused.is_empty()


def test_the_weakest_link_through_a_third_gives_way() -> None:
    found = joined("abc", [("a", "b", 9), ("b", "c", 12)], must_not=[("c", "a")])
    assert groups(found) == ["a", "bc"]
    assert found.refused.rows() == [("a", "b", 9, "decision", "a", "c")]


def test_the_weakest_link_gives_way_far_from_the_decision() -> None:
    found = joined(
        "abcdef", [("a", "b", 9), ("b", "c", 9), ("c", "d", 4), ("d", "e", 9), ("e", "f", 9)], must_not=[("a", "f")]
    )
    assert groups(found) == ["abc", "def"]


def test_a_tie_has_no_winner() -> None:
    found = joined("abcd", [("a", "b", 9), ("b", "c", 9), ("c", "d", 12)], must_not=[("a", "c")])
    assert groups(found) == ["a", "b", "cd"]
    assert refused(found) == [("a", "b", "decision"), ("b", "c", "decision")]


def test_a_weaker_link_does_not_decide_a_tie() -> None:
    found = joined("abcd", [("a", "b", 9), ("b", "c", 9), ("c", "d", 12), ("b", "d", 7)], must_not=[("a", "c")])
    assert groups(found) == ["a", "b", "cd"]


def test_the_best_wins_by_a_margin_or_nobody_does() -> None:
    links = [("a", "b", 9), ("b", "c", 7)]
    assert groups(joined("abc", links, exclusive=[("a", "c")], margin=1)) == ["ab", "c"]
    assert groups(joined("abc", links, exclusive=[("a", "c")], margin=2)) == ["a", "b", "c"]


def test_stronger_links_come_first_as_if_added_one_by_one() -> None:
    """Once c is cut from b by the link of 8, the link of 7 crosses nothing any more."""
    found = joined("abcd", [("a", "b", 12), ("b", "c", 8), ("c", "d", 7)], exclusive=[("a", "c"), ("a", "d")])
    assert groups(found) == ["ab", "cd"]


def test_what_a_source_lists_side_by_side_is_two_unless_a_steward_said_so() -> None:
    links = [("a", "b", 9), ("b", "c", 12)]
    by_source = joined("abc", links, exclusive=[("a", "c")])
    assert groups(by_source) == ["a", "bc"]
    assert refused(by_source) == [("a", "b", "exclusive")]
    assert groups(joined("abc", links, exclusive=[("a", "c")], must=[("c", "a")])) == ["abc"]


def test_a_stewards_same_outweighs_any_evidence() -> None:
    found = joined("abcd", [("a", "c", 99)], must=[("a", "b"), ("c", "d")], must_not=[("b", "d")])
    assert groups(found) == ["ab", "cd"]
    assert refused(found) == [("a", "c", "decision")]


def test_stewards_who_contradict_each_other_join_nobody() -> None:
    found = joined("abc", [("a", "b", 9)], must=[("a", "b"), ("b", "c")], must_not=[("a", "c")])
    assert groups(found) == ["ab", "c"]
    assert found.refused.rows() == [("a", "b", None, "conflict", None, None), ("b", "c", None, "conflict", None, None)]


def test_decisions_hold_through_records_that_are_elsewhere_until_they_sleep() -> None:
    links = [("b", "c", 9)]
    must, must_not = [("b", "z")], [("z", "c")]
    assert groups(joined("bc", links, must=must, must_not=must_not)) == ["b", "c"]
    here = pl.Series(["b", "c"])
    assert awake(two(must), here).is_empty()
    assert awake(two([("b", "c"), ("c", "z")]), here).rows() == [("b", "c")]


def test_a_link_twice_counts_once_with_its_greater_weight() -> None:
    found = joined("abc", [("a", "b", 3), ("b", "a", 10), ("b", "c", 9)], must_not=[("a", "c")])
    assert groups(found) == ["ab", "c"]


def test_a_thread_between_two_halves_is_shown() -> None:
    halves = [(*pair, 20) for side in ("abc", "def") for pair in combinations(side, 2)]
    found = joined("abcdef", [*halves, ("c", "d", 6)])
    assert groups(found) == ["abcdef"]
    assert found.bridges.rows() == [("a", "c", "d", 6, 6, 3)]


def test_no_thread_is_shown_where_something_runs_beside_it_or_something_else_is_weaker() -> None:
    square = [("a", "b", 9), ("b", "c", 9), ("c", "d", 9), ("a", "d", 6)]
    assert joined("abcd", square).bridges.is_empty()
    assert joined("abcd", [("a", "b", 9), ("b", "c", 9), ("a", "c", 5), ("c", "d", 9)]).bridges.is_empty()
    assert joined("abc", [("a", "b", 9), ("b", "c", 6)]).bridges.is_empty()
    chain = joined("abcd", [("a", "b", 9), ("b", "c", 6), ("c", "d", 9)])
    assert chain.bridges.select("left", "right", "smaller").rows() == [("b", "c", 2)]


def test_faults_are_named_without_naming_anybody() -> None:
    with pytest.raises(PairFault, match="1 ends of links are not among the ids"):
        joined("ab", [("a", "z", 1)])
    with pytest.raises(PairFault, match="1 ids are empty or there twice"):
        joined("aab", [])
    with pytest.raises(ColumnFault, match="'weight'"):
        cluster(pl.Series(["a"]), two([]))


def test_nobody_is_nothing() -> None:
    found = joined("", [])
    assert found.members.is_empty()
    assert found.bridges.is_empty()


def test_decisions_are_followed_and_contradictions_set_aside() -> None:
    decisions = settled(two([("b", "a"), ("b", "c"), ("x", "y"), ("y", "z")]), two([("c", "d"), ("x", "z")]))
    assert decisions.units.rows() == [("a", "a"), ("b", "a"), ("c", "a")]
    assert decisions.apart.rows() == [("a", "d"), ("x", "z")]
    assert decisions.conflicts["id"].to_list() == ["x", "y", "z"]


NAMES = "abcdefghij"
pair = st.sampled_from(list(combinations(NAMES, 2)))
some_pairs = st.lists(pair, max_size=5, unique=True)
some_links = st.dictionaries(pair, st.integers(1, 6), max_size=20)


@settings(deadline=None, max_examples=60)
@given(some_links, some_pairs, some_pairs, some_pairs, st.integers(0, 2))
def test_nothing_is_joined_that_must_not_be(
    links: dict[tuple[str, str], int],
    must: list[tuple[str, str]],
    must_not: list[tuple[str, str]],
    exclusive: list[tuple[str, str]],
    margin: int,
) -> None:
    rows = [(*ends, weight) for ends, weight in links.items()]
    found = joined(NAMES, rows, must=must, must_not=must_not, exclusive=exclusive, margin=margin)
    home = dict(found.members.rows())
    decisions = settled(two(must), two(must_not))
    unit = dict(decisions.units.rows())
    contradicted = set(decisions.conflicts["id"])
    assert all(home[left] != home[right] for left, right in must_not)
    assert all(home[left] == home[right] for left, right in must if left not in contradicted)
    assert all(home[left] != home[right] or unit.get(left, left) == unit.get(right, right) for left, right in exclusive)
    gone = {(left, right) for left, right, kind in refused(found) if kind != "conflict"}
    assert all(home[left] != home[right] for left, right in gone)
    assert all(home[left] == home[right] for left, right in links.keys() - gone)


@settings(deadline=None, max_examples=25)
@given(some_links, some_pairs, some_pairs, some_pairs, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_ends_does_not_matter(
    links: dict[tuple[str, str], int],
    must: list[tuple[str, str]],
    must_not: list[tuple[str, str]],
    exclusive: list[tuple[str, str]],
    random: object,
) -> None:
    assert hasattr(random, "sample")
    rows = [(*ends, weight) for ends, weight in links.items()]
    one = joined(NAMES, rows, must=must, must_not=must_not, exclusive=exclusive)
    other = joined(
        "".join(random.sample(NAMES, len(NAMES))),
        [(right, left, weight) for left, right, weight in random.sample(rows, len(rows))],
        must=random.sample(must, len(must)),
        must_not=[(right, left) for left, right in must_not],
        exclusive=random.sample(exclusive, len(exclusive)),
    )
    for name in ("members", "refused", "bridges"):
        assert_frame_equal(getattr(one, name), getattr(other, name))


@settings(deadline=None, max_examples=40)
@given(some_links)
def test_bridges_are_what_parts_a_cluster_when_taken_away(links: dict[tuple[str, str], int]) -> None:
    assume(links)
    home = reached(links)
    wanted = {}
    for (left, right), weight in links.items():
        fellows = [other for ends, other in links.items() if home[ends[0]] == home[left]]
        without = reached({ends: other for ends, other in links.items() if ends != (left, right)})
        large = list(home.values()).count(home[left]) >= 4
        if large and weight == min(fellows) and without[left] != without[right]:
            wanted[left, right] = min(list(without.values()).count(without[end]) for end in (left, right))
    found = joined(NAMES, [(*ends, weight) for ends, weight in links.items()])
    assert {row[:2]: row[2] for row in found.bridges.select("left", "right", "smaller").rows()} == wanted


def reached(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Say for every name the smallest that it hangs together with, by passing names along until nothing changes."""
    home = {name: name for name in NAMES}
    for _ in NAMES:
        for left, right in links:
            home[left] = home[right] = min(home[left], home[right])
    return home
