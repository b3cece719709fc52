"""What hangs together: mentions and links as a graph, its parts numbered without a loop over rows."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]


def parts(count: int, left: Ints, right: Ints) -> Ints:
    """Give each of `count` numbered points the smallest point that it hangs together with.

    Every root hooks onto its smallest neighbour and the chains are shortened, until no link joins two
    roots: a handful of rounds, each of them a few passes over the links.
    """
    roots = np.arange(count, dtype=np.int64)
    while True:
        first, second = roots[left], roots[right]
        open_links = first != second
        if not open_links.any():
            return roots
        left, right = left[open_links], right[open_links]
        first, second = first[open_links], second[open_links]
        np.minimum.at(roots, np.maximum(first, second), np.minimum(first, second))
        roots = _shortened(roots)


def _shortened(roots: Ints) -> Ints:
    while True:
        shorter = roots[roots]
        if np.array_equal(shorter, roots):
            return roots
        roots = shorter


def numbered(names: pl.Series, ordered: pl.Series) -> Ints:
    """Give each name its place in `ordered` (sorted, no name twice); -1 where it is not there."""
    if not len(names) or not len(ordered):
        return np.full(len(names), -1, dtype=np.int64)
    # Where a name stands several times running, as in sorted pairs, it is looked up once.
    fresh = np.append(True, names[1:].ne_missing(names[:-1]).to_numpy())
    asked = names.filter(pl.Series(fresh))
    # No index is built: names that stand nearly in order are looked up faster without one, and it would be large.
    places = np.minimum(ordered.search_sorted(asked).to_numpy().astype(np.int64), len(ordered) - 1)
    there = (ordered[places] == asked).fill_null(value=False).to_numpy()
    numbers: Ints = np.where(there, places, -1)[np.cumsum(fresh) - 1]
    return numbers


def repeats(ordered: pl.Series) -> int:
    """Count the names in `ordered` (sorted) that stand there again: far cheaper than finding what is distinct."""
    return int((ordered[1:] == ordered[:-1]).sum())


def grouped(ids: pl.Series, *edges: pl.DataFrame) -> pl.DataFrame:
    """Say for every id which group it falls in when the ends of each edge are one.

    `edges` hold `left` and `right`; an edge with an end that is not among `ids` is left out. Gives `id`
    and `group`, the smallest id of the group, sorted by `id`.

    >>> grouped(pl.Series(["a", "b", "c"]), pl.DataFrame({"left": ["c"], "right": ["b"]})).rows()
    [('a', 'a'), ('b', 'b'), ('c', 'b')]
    """
    ordered = ids.unique().sort()
    ends = [(numbered(edge["left"], ordered), numbered(edge["right"], ordered)) for edge in edges]
    left = np.concatenate([left for left, _ in ends] or [np.empty(0, dtype=np.int64)])
    right = np.concatenate([right for _, right in ends] or [np.empty(0, dtype=np.int64)])
    known = (left >= 0) & (right >= 0)
    roots = parts(len(ordered), left[known], right[known])
    return pl.DataFrame({"id": ordered, "group": ordered.gather(roots)})


def bridges(links: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Find the links whose loss would part the graph, with the number of points on their smaller side.

    `links` hold each pair of points once and form one connected graph. Tarjan's low links, without recursion.
    """
    neighbours: dict[str, list[str]] = {}
    for left, right in links:
        neighbours.setdefault(left, []).append(right)
        neighbours.setdefault(right, []).append(left)
    if not neighbours:
        return {}
    return _bridges_from(min(neighbours), neighbours)


def _bridges_from(start: str, neighbours: dict[str, list[str]]) -> dict[tuple[str, str], int]:
    seen, low, size = {start: 0}, {start: 0}, {start: 1}
    found: dict[tuple[str, str], int] = {}
    path: list[tuple[str, str, Iterator[str]]] = [(start, "", iter(neighbours[start]))]
    while path:
        point, parent, rest = path[-1]
        ahead = next(rest, None)
        if ahead is None:
            path.pop()
            if parent:
                low[parent] = min(low[parent], low[point])
                size[parent] += size[point]
                if low[point] > seen[parent]:
                    found[min(parent, point), max(parent, point)] = size[point]
        elif ahead not in seen:
            seen[ahead] = low[ahead] = len(seen)
            size[ahead] = 1
            path.append((ahead, point, iter(neighbours[ahead])))
        elif ahead != parent:
            low[point] = min(low[point], seen[ahead])
    return {link: min(below, len(neighbours) - below) for link, below in found.items()}
