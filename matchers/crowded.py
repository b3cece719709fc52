"""Households too large to write out every partition: first what is certain, then the rest exactly or by search.

1. A good partition is found greedily and improved by single moves. What it reaches is a floor for the best total.
2. Triangles that contradict themselves (a is b, a is c, b is not c) each cost every partition something. Packed so
   that no two share a pair, they give a ceiling for the best total: with a pair apart, and with it together.
3. Where floor and ceiling show that a pair is together, or apart, by the whole margin, it is fixed. Fixed pairs
   shrink and split the household, mostly to a size that is solved exactly; nothing has been guessed so far.
4. Only a core that stays too large is searched: for every pair the search is run again with that pair forbidden, or
   forced, and the margins are those among all partitions met. They are estimates, and marked as such. They err to
   one side: a rival that the search did not meet makes a margin look greater than it is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchers.graph import Ints, parts
from matchers.partition import FORBIDDEN, Bools, Floats, exact_margins, pair_positions

Partition = tuple[int, ...]

# How many of the next best partitions are searched around too, up to how many mentions that is affordable, and up to
# how many a rival is improved rather than taken as it is. Seconds at worst, for fifty mentions that look alike.
_NEXT = 3
_SMALL = 16
_LARGE = 48


@dataclass(frozen=True, slots=True)
class Limits:
    """Millibits to be the same, millibits within which an alternative is a rival, mentions solved exactly."""

    margin: int
    doubt: int
    exact_up_to: int

    @property
    def bar(self) -> int:
        """Beyond this, in millibits, an alternative changes no answer."""
        return max(self.margin, self.doubt)


@dataclass(frozen=True, slots=True)
class Margins:
    """Per pair of a household, as square matrices: the margin in millibits, and whether it is exact."""

    values: Floats
    exact: Bools


def crowded_margins(weights: Floats, limits: Limits) -> Margins:
    """Say by how much each pair of a household belongs together, however many mentions there are.

    `weights` is square and symmetric, in millibits, with `FORBIDDEN` where a pair may not be one. Margins below
    the limits are exact where they say so; greater ones may be given as a lower bound, never less than the limit.
    """
    size = len(weights)
    if size <= limits.exact_up_to:
        return Margins(_written_out(weights), np.ones((size, size), dtype=np.bool_))
    groups = _hanging_together(weights, limits.doubt)
    if groups.max() > 0:
        return _group_by_group(weights, groups, limits)
    same, different = _certain(weights, limits)
    if not (same.any() or different.any()):
        return Margins(_searched(weights, limits), np.zeros((size, size), dtype=np.bool_))
    return _with_certain_fixed(weights, same, different, limits)


def _written_out(weights: Floats) -> Floats:
    values = np.zeros_like(weights)
    if len(weights) > 1:
        left, right = pair_positions(len(weights))
        values[left, right] = exact_margins(weights[left, right][None, :], len(weights))[0]
    return values + values.T


def _hanging_together(weights: Floats, doubt: int) -> Ints:
    left, right = np.nonzero(np.triu(weights > -doubt, k=1))
    return np.unique(parts(len(weights), left, right), return_inverse=True)[1]


def _group_by_group(weights: Floats, groups: Ints, limits: Limits) -> Margins:
    values = np.full_like(weights, FORBIDDEN)
    exact = np.ones(weights.shape, dtype=np.bool_)
    for group in range(int(groups.max()) + 1):
        where = np.ix_(groups == group, groups == group)
        solved = crowded_margins(weights[where], limits)
        values[where], exact[where] = solved.values, solved.exact
    return Margins(values, exact)


def _with_certain_fixed(weights: Floats, same: Floats, different: Bools, limits: Limits) -> Margins:
    """Merge what is certainly one, forbid what is certainly not, solve what is left and unfold it again."""
    left, right = np.nonzero(np.triu(same > 0, k=1))
    unit = np.unique(parts(len(weights), left, right), return_inverse=True)[1]
    member = np.zeros((len(weights), int(unit.max()) + 1))
    member[np.arange(len(weights)), unit] = 1.0
    merged = member.T @ np.where(different, FORBIDDEN, weights) @ member
    np.fill_diagonal(merged, 0.0)
    solved = crowded_margins(np.where(merged < FORBIDDEN / 2, FORBIDDEN, merged), limits)
    spread = np.ix_(unit, unit)
    within = unit[:, None] == unit[None, :]
    values = np.where(within, np.maximum(same, limits.bar), solved.values[spread])
    np.fill_diagonal(values, 0.0)
    return Margins(values, np.asarray(within | solved.exact[spread]))


def _certain(weights: Floats, limits: Limits) -> tuple[Floats, Bools]:
    """Give the proven margin of pairs that are surely one (0 elsewhere), and which pairs are surely not one."""
    agree, differ = np.maximum(weights, 0.0), np.maximum(-weights, 0.0)
    floor = total(weights, improved(weights, np.arange(len(weights))))
    ceiling = float(agree.sum()) / 2 - _pack_contradictions(agree, differ)
    if_apart, if_together = agree.copy(), differ.copy()
    for mention in range(len(weights)):
        if_apart[mention] += np.minimum(agree[mention], agree).sum(axis=1)
        if_together[mention] += np.minimum(agree[mention], differ).sum(axis=1)
        if_together[mention] += np.minimum(differ[mention], agree).sum(axis=1)
    np.fill_diagonal(if_apart, 0.0)
    np.fill_diagonal(if_together, 0.0)
    lost_apart, lost_together = floor - ceiling + if_apart, floor - ceiling + if_together
    same = np.where(lost_apart >= limits.bar, lost_apart, 0.0)
    np.fill_diagonal(same, 0.0)
    different = (lost_together >= limits.bar) & (weights > FORBIDDEN)
    np.fill_diagonal(different, False)
    return same, np.asarray(different)


def _pack_contradictions(agree: Floats, differ: Floats) -> float:
    """Take triangles that contradict themselves out of both matrices; what they cost any partition, summed."""
    left, right = np.nonzero(np.triu(differ > 0, k=1))
    packed = 0.0
    for first, second in sorted(zip(left, right, strict=True), key=lambda pair: (-differ[pair], pair)):
        through = np.minimum(agree[first], agree[second])
        taken = np.diff(np.minimum(np.cumsum(through), differ[first, second]), prepend=0.0)
        spent = float(taken.sum())
        if spent:
            packed += spent
            for end in (first, second):
                agree[end] -= taken
                agree[:, end] -= taken
            differ[first, second] -= spent
            differ[second, first] -= spent
    return packed


def total(weights: Floats, labels: Ints) -> float:
    """Add up the weights of all pairs that share a part."""
    return float(weights[labels[:, None] == labels[None, :]].sum()) / 2


def improved(weights: Floats, labels: npt.ArrayLike) -> Ints:
    """Merge two parts, or move one mention, whichever gains most, until nothing gains; ties go to the first."""
    labels = np.asarray(labels, dtype=np.int64)
    while True:
        labels = np.unique(labels, return_inverse=True)[1]
        member = (labels[:, None] == np.arange(labels.max() + 2)).astype(np.float64)
        pull = weights @ member
        moves = pull - pull[np.arange(len(labels)), labels][:, None]
        merges = np.triu(member.T @ pull, k=1)
        mover, target = np.unravel_index(np.argmax(moves), moves.shape)
        first, second = np.unravel_index(np.argmax(merges), merges.shape)
        if max(moves[mover, target], merges[first, second]) <= 0:
            return labels
        if merges[first, second] >= moves[mover, target]:
            labels = np.where(labels == second, first, labels)
        else:
            labels = labels.copy()
            labels[mover] = target


def _searched(weights: Floats, limits: Limits) -> Floats:
    """Estimate margins from every partition met around the best one, then around those next to it."""
    scores: dict[Partition, float] = {}
    done: list[Partition] = []
    around = [tuple(improved(weights, np.arange(len(weights))).tolist())]
    while around:
        for centre in around:
            for met in {centre, *_around(weights, np.array(centre), limits.doubt)} - scores.keys():
                scores[met] = total(weights, np.array(met))
        done += around
        best = sorted(scores, key=lambda met: (-scores[met], met))
        around = [met for met in best if met not in done][:_NEXT] if len(done) == 1 and len(weights) <= _SMALL else []
    return _margins_among(weights, scores)


def _margins_among(weights: Floats, scores: dict[Partition, float]) -> Floats:
    best_with, best_without = np.full_like(weights, FORBIDDEN), np.full_like(weights, FORBIDDEN)
    for partition, reached in scores.items():
        if reached > FORBIDDEN / 2:
            labels = np.array(partition)
            same = labels[:, None] == labels[None, :]
            best_with = np.where(same, np.maximum(best_with, reached), best_with)
            best_without = np.where(same, best_without, np.maximum(best_without, reached))
    margins = np.maximum(best_with - best_without, FORBIDDEN)
    np.fill_diagonal(margins, 0.0)
    return margins


def _around(weights: Floats, base: Ints, doubt: int) -> set[Partition]:
    """Give the rivals of a partition for every pair that it joins, or that might be joined."""
    shared = base[:, None] == base[None, :]
    pairs = zip(*np.nonzero(np.triu(shared | (weights > -doubt), k=1)), strict=True)
    return {rival for first, second in pairs for rival in _rivals(weights, base, (int(first), int(second)))}


def _rivals(weights: Floats, base: Ints, pair: tuple[int, int]) -> set[Partition]:
    """Search from the neighbours of `base` in which the pair has the other answer, holding it to that."""
    first, second = pair
    alone, scattered = int(base.max()) + 1, np.arange(len(base))
    held = weights.copy()
    if base[first] == base[second]:
        held[first, second] = held[second, first] = FORBIDDEN
        nearer = (base == base[first]) & (weights[second] > weights[first])
        nearer[[first, second]] = [False, True]
        starts = [_moved(base, first, alone), _moved(base, second, alone), np.where(nearer, alone, base), scattered]
    else:
        held[first, second] = held[second, first] = -FORBIDDEN
        both_alone = _moved(_moved(base, first, alone), second, alone)
        merged = np.where(base == base[second], base[first], base)
        starts = [_moved(base, first, int(base[second])), _moved(base, second, int(base[first])), both_alone, merged]
        starts.append(_moved(scattered, first, second))
    if len(base) <= _LARGE:
        starts = [improved(held, start) for start in starts]
    return {tuple(np.unique(start, return_inverse=True)[1].tolist()) for start in starts}


def _moved(labels: Ints, mention: int, part: int) -> Ints:
    changed = labels.copy()
    changed[mention] = part
    return changed
