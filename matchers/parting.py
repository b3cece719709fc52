"""Part one group of linked mentions until nothing that must not be joined hangs together: the loop inside `cluster`."""

from collections.abc import Iterable
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Barrier:
    """Two mentions that must not be one, directly or through others, and who says so."""

    left: str
    right: str
    kind: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The strongest links that hold a group together: for every mention the next one towards the root."""

    parent: dict[str, str]
    depth: dict[str, int]
    root: dict[str, str]

    def joins(self, left: str, right: str) -> bool:
        """Whether the two hang together."""
        return self.root.get(left, left) == self.root.get(right, right)

    def path(self, left: str, right: str) -> list[Pair]:
        """Give the links between two mentions that hang together."""
        steps: list[Pair] = []
        while left != right:
            if self.depth[left] < self.depth[right]:
                left, right = right, left
            steps.append((min(left, self.parent[left]), max(left, self.parent[left])))
            left = self.parent[left]
        return steps


def parted(
    links: dict[Pair, int], tied: Iterable[Pair], barriers: Iterable[Barrier], *, margin: int = 0
) -> dict[Pair, Barrier]:
    """Choose the links to refuse, each with the barrier it would have crossed.

    `links` gives each pair (smaller id first) its weight; `tied` pairs are never parted. Of all barriers that are
    crossed, the one whose weakest link is strongest goes first, as if links were added from the strongest down; all
    links on its path that are no more than `margin` above the weakest are refused. The ends of a refused link stay
    apart, so that a weaker link does not decide what the stronger could not.
    """
    fixed = set(tied)
    alive = {pair: weight for pair, weight in links.items() if pair not in fixed}
    standing = {(barrier.left, barrier.right): barrier for barrier in sorted(barriers, reverse=True)}
    refused: dict[Pair, Barrier] = {}
    while True:
        cuts = _cuts(_tree(fixed, alive), alive, standing, margin)
        if not cuts:
            return refused
        for pair, barrier in cuts.items():
            refused[pair] = barrier
            standing.setdefault(pair, barrier)
            del alive[pair]


def _cuts(tree: Tree, alive: dict[Pair, int], standing: dict[Pair, Barrier], margin: int) -> dict[Pair, Barrier]:
    crossed: list[tuple[int, list[Pair], Barrier]] = []
    for (left, right), barrier in standing.items():
        if tree.joins(left, right):
            path = [pair for pair in tree.path(left, right) if pair in alive]
            if path:
                crossed.append((min(alive[pair] for pair in path), path, barrier))
    strongest = max((weakest for weakest, _, _ in crossed), default=0)
    cuts: dict[Pair, Barrier] = {}
    for weakest, path, barrier in crossed:
        if weakest == strongest:
            for pair in path:
                if alive[pair] <= weakest + margin:
                    cuts[pair] = min(barrier, cuts.get(pair, barrier))
    return cuts


def _tree(fixed: set[Pair], alive: dict[Pair, int]) -> Tree:
    """Keep the strongest links that connect, by Kruskal; what is tied comes before any weight."""
    leader: dict[str, str] = {}

    def leads(point: str) -> str:
        while (above := leader.setdefault(point, point)) != point:
            leader[point] = leader[above]
            point = above
        return point

    neighbours: dict[str, list[str]] = {}
    for left, right in [*sorted(fixed), *sorted(alive, key=lambda pair: (-alive[pair], pair))]:
        first, second = leads(left), leads(right)
        if first != second:
            leader[max(first, second)] = min(first, second)
            neighbours.setdefault(left, []).append(right)
            neighbours.setdefault(right, []).append(left)
    return _rooted(neighbours)


def _rooted(neighbours: dict[str, list[str]]) -> Tree:
    tree = Tree({}, {}, {})
    for start in sorted(neighbours):
        if start in tree.root:
            continue
        tree.root[start], tree.depth[start] = start, 0
        queue = [start]
        for point in queue:
            for ahead in neighbours[point]:
                if ahead not in tree.root:
                    tree.root[ahead], tree.parent[ahead] = start, point
                    tree.depth[ahead] = tree.depth[point] + 1
                    queue.append(ahead)
    return tree
