"""What hangs together, without a loop over rows."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.graph import bridges, grouped, numbered, parts

edge_lists = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=18)


def reached(start: int, edges: list[tuple[int, int]]) -> set[int]:
    found, queue = {start}, [start]
    for point in queue:
        for one, other in edges:
            for near, far in ((one, other), (other, one)):
                if near == point and far not in found:
                    found.add(far)
                    queue.append(far)
    return found


@settings(deadline=None, max_examples=100)
@given(edge_lists)
def test_each_point_goes_by_the_smallest_it_reaches(edges: list[tuple[int, int]]) -> None:
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    assert parts(12, ends[:, 0], ends[:, 1]).tolist() == [min(reached(point, edges)) for point in range(12)]


def test_a_long_chain_in_the_worst_order_is_one() -> None:
    order = np.random.default_rng(1).permutation(5_000)
    assert not parts(5_000, order[:-1], order[1:]).any()


def test_edges_to_strangers_are_left_out() -> None:
    edges = pl.DataFrame({"left": ["a", "b"], "right": ["z", "c"]})
    assert grouped(pl.Series(["c", "a", "b"]), edges).rows() == [("a", "a"), ("b", "b"), ("c", "b")]


@given(st.lists(st.none() | st.text("aBé", max_size=2)), st.sets(st.text("aBé", max_size=2)))
def test_each_name_is_given_its_place(names: list[str | None], known: set[str]) -> None:
    ordered = pl.Series(list(known), dtype=pl.String).sort()
    places = {name: place for place, name in enumerate(ordered)}
    assert numbered(pl.Series(names, dtype=pl.String), ordered).tolist() == [places.get(name, -1) for name in names]


@settings(deadline=None, max_examples=100)
@given(edge_lists)
def test_bridges_are_the_links_that_part_it(edges: list[tuple[int, int]]) -> None:
    links = sorted({(min(edge), max(edge)) for edge in edges if edge[0] != edge[1]})
    links = [link for link in links if links and link[0] in reached(links[0][0], links)]
    named = [(chr(97 + left), chr(97 + right)) for left, right in links]
    wanted = {}
    for number, (left, right) in enumerate(links):
        sides = [reached(end, links[:number] + links[number + 1 :]) for end in (left, right)]
        if right not in sides[0]:
            wanted[named[number]] = min(map(len, sides))
    assert bridges(named) == wanted
