"""Learns from labels what evidence should weigh, without straying far from where it began."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from gazetteer.candidates import candidates, exact_hits
from gazetteer.feedback import Label
from gazetteer.index import Gazetteer
from gazetteer.parse import take_apart
from gazetteer.rungs import FALLING, LEVELS, SAME_UNIT, VETOES, WHOLE
from gazetteer.tuning import Tuning

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# How hard a weight is held to its start: one label moves it by 0.07 bits at most, twenty by less than one.
_HOLD: Final = 10.0
_PER_BIT: Final = float(np.log(2.0))
_ROUNDS, _STEPS = 3, 25
# Levels that say nothing; what others weigh is counted from them.
_SILENT: Final = ("missing", "none", "current", "ordinary")
_PLACES: Final = tuple((name, level) for name, levels in LEVELS.items() for level in levels)
_AT: Final = {place: at for at, place in enumerate(_PLACES)}


@dataclass(frozen=True)
class Choices:
    """The candidates of labelled addresses that no exact key settles: one row each, those of an address together.

    `label` says whose a row is (its place among the labels), `levels` its level in each piece of evidence (a place in
    _PLACES), `right` whether it is the property that was confirmed.
    """

    label: Whole
    uprn: Whole
    levels: Whole
    right: npt.NDArray[np.bool_]

    def of(self, labels: npt.NDArray[np.bool_]) -> "Choices":
        """Keeps those of some of the labels, which a mask over all labels tells."""
        kept = labels[self.label]
        return Choices(self.label[kept], self.uprn[kept], self.levels[kept], self.right[kept])

    def best(self, weights: Floats) -> tuple["Choices", Floats]:
        """Keeps the best row of each property of each address, the best first; with their bits."""
        bits = weights[self.levels].sum(axis=1)
        order = np.lexsort((self.uprn, -bits, self.label))
        _, firsts = np.unique(np.stack([self.label, self.uprn])[:, order], axis=1, return_index=True)
        chosen = order[np.sort(firsts)]
        return Choices(self.label[chosen], self.uprn[chosen], self.levels[chosen], self.right[chosen]), bits[chosen]


def choices_of(labels: Sequence[Label], gazetteer: Gazetteer, tuning: Tuning) -> Choices:
    """Gathers what there was to choose from; a candidate whose unit contradicts is no choice, whatever labels say."""
    parsed = {at: take_apart(one.address, gazetteer.lexicon, one.postcode) for at, one in enumerate(labels)}
    able = {at: one for at, one in parsed.items() if not one.trouble}
    settled = exact_hits(able, gazetteer)
    open_ones = {at: one for at, one in able.items() if at not in settled}
    frames = [
        pairs.filter(pl.col("unit").is_in([*SAME_UNIT, *WHOLE])) for pairs in candidates(open_ones, gazetteer, tuning)
    ]
    kinds = list(LEVELS)
    empty = pl.DataFrame(schema={"row": pl.Int64, **dict.fromkeys(kinds, pl.String), "uprn": pl.Int64})
    pairs = pl.concat([empty, *(frame.select("row", *kinds, uprn="v_uprn") for frame in frames)])
    pairs = pairs.unique().sort("row", "uprn", *kinds)
    coded = [
        pairs[name].replace_strict({level: _AT[name, level] for level in LEVELS[name]}, return_dtype=pl.Int64)
        for name in kinds
    ]
    now = {uprn: gazetteer.current(uprn) for uprn in pairs["uprn"].unique()}
    right = [labels[row].uprn in (uprn, *now[uprn]) for row, uprn in pairs.select("row", "uprn").iter_rows()]
    return Choices(
        pairs["row"].to_numpy(),
        pairs["uprn"].to_numpy(),
        np.stack([column.to_numpy() for column in coded], axis=1),
        np.array(right, dtype=np.bool_),
    )


def weights_of(tuning: Tuning) -> Floats:
    """Writes the weights of a tuning as one row."""
    return np.array([tuning.weights[name][level] for name, level in _PLACES])


def as_table(weights: Floats) -> dict[str, dict[str, float]]:
    """Writes a row of weights as a tuning has them."""
    return {name: {level: float(weights[_AT[name, level]]) for level in levels} for name, levels in LEVELS.items()}


def learned(choices: Choices, start: Tuning) -> Floats:
    """Gives the weights under which each address best chooses its confirmed property, or none where it has none.

    A conditional logistic regression (McFadden 1974): the choice is among an address's properties and "none", which
    has `enough` bits; two to the power of the bits are the odds. It is held to the starting weights by a quadratic
    penalty. Vetoes and levels that say nothing stay; better levels never weigh less than worse ones.
    """
    begun = weights_of(start)
    free = np.array(
        [place not in VETOES and not (place[1] in _SILENT and begun[at] == 0) for at, place in enumerate(_PLACES)]
    )
    weights = begun.copy()
    for _ in range(_ROUNDS if len(choices.label) else 0):
        best, _ = choices.best(weights)
        for _ in range(_STEPS):
            step = _step(best, weights, begun, start.enough, free)
            weights = weights + step
            if np.abs(step).max() < 1e-6:
                break
    return _ordered(begun + np.round(weights - begun, 3), free)


def _step(best: Choices, weights: Floats, begun: Floats, enough: float, free: npt.NDArray[np.bool_]) -> Floats:
    """Gives Newton's step, no longer than a bit."""
    given = np.zeros((len(best.label), len(_PLACES)))
    np.put_along_axis(given, best.levels, 1.0, axis=1)
    _, first, whose = np.unique(best.label, return_index=True, return_inverse=True)
    scores = _PER_BIT * (given @ weights - enough)
    top = np.maximum(np.maximum.reduceat(scores, first), 0.0)
    odds = np.exp(scores - top[whose])
    chance = odds / (np.add.reduceat(odds, first) + np.exp(-top))[whose]
    expected = np.add.reduceat(given * chance[:, None], first)
    slope = _PER_BIT * given.T @ (best.right - chance) - _HOLD * (weights - begun)
    bend = _PER_BIT**2 * ((given * chance[:, None]).T @ given - expected.T @ expected) + _HOLD * np.eye(len(weights))
    step = np.zeros(len(weights))
    step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
    return step / max(1.0, float(np.abs(step).max()))


def _ordered(weights: Floats, free: npt.NDArray[np.bool_]) -> Floats:
    """Lowers whatever weighs more than what is better; where it may not move, lifts the better."""
    moved = True
    while moved:
        moved = False
        for name, chains in FALLING.items():
            for chain in chains:
                for better, worse in pairwise(chain):
                    high, low = _AT[name, better], _AT[name, worse]
                    if weights[high] < weights[low]:
                        at, to = (low, high) if free[low] else (high, low)
                        weights[at], moved = weights[to], True
    return weights


def thresholds(
    choices: Choices, weights: Floats, start: Tuning, *, settled: tuple[int, int], wanted: float
) -> tuple[float, float]:
    """Chooses how many bits are enough, and how many clear, so that most are right at the wanted precision.

    `settled`: answers that exact keys give whatever the figures, and how many of them are right. Where no choice is
    precise enough, that which is most precise. The start stays where no other places two in a hundred more.
    """
    best, bits = choices.best(weights)
    if not len(bits):
        return start.enough, start.clear
    _, first, many = np.unique(best.label, return_index=True, return_counts=True)
    top, right = bits[first], best.right[first]
    gap = np.where(many > 1, top - bits[np.minimum(first + 1, len(bits) - 1)], np.inf)

    def counted(enough: float, clear: float) -> tuple[bool, float, int]:
        placed = (top >= enough) & (gap >= clear)
        hits, answers = settled[1] + int(right[placed].sum()), settled[0] + int(placed.sum())
        precision = hits / max(answers, 1)
        return precision >= wanted, min(precision, wanted), hits

    grid = [(start.enough + more / 2, clear) for more in range(-4, 9) for clear in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)]
    far = {one: abs(one[0] - start.enough) + abs(one[1] - start.clear) for one in grid}
    chosen = max(sorted(grid, key=lambda one: far[one]), key=lambda one: counted(*one))
    own, other = counted(start.enough, start.clear), counted(*chosen)
    worth = other[2] - own[2] >= 0.02 * (len(first) + settled[0]) or (other[0] and not own[0])
    return chosen if worth else (start.enough, start.clear)
