"""Learning from what stewards decided: weights moved towards the labels, no further than these carry.

The model is a logistic regression whose terms are known: each level's bits, and the prior. Labels may move each of
them, and every move costs: as though the figure had been believed to be right within `give` bits. So twenty labels
change little, and thousands that agree change what they must. The fitting is done by recordlinkage's
`LogisticRegressionClassifier`; it is scikit-learn's, told the model's weight as a term whose coefficient is one.

Labels may come from the doubtful pairs alone: given its grades, whether a pair was asked about says nothing of whether
it is one person. Weights and the prior bear that; shares of right pairs, and so thresholds, do not, unless the labels
cover the range of weights.

Nothing changes by itself: a lesson holds a proposed model, and what it is worth on labels that it had not seen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import log

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import Comparison
from matchers.errors import PairFault, require_columns
from matchers.evidence import MILLI, MOST_BITS, Levels
from matchers.graph import grouped
from matchers.model import Model
from matchers.samples import scrambled
from matchers.shares import rounded

GIVE = 0.5
FEWEST = 10
PIN, PINNED_AT = 1e7, 2.0
NATS = log(2) / MILLI

Numbers = NDArray[np.float64]

REPORT = pl.Schema({"measure": pl.String(), "before": pl.Float64(), "after": pl.Float64()})
CHANGES = pl.Schema(
    {
        "comparison": pl.String(),
        "context": pl.String(),
        "level": pl.String(),
        "labels": pl.Int64(),
        "before": pl.Int32(),
        "after": pl.Int32(),
    }
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the labels teach: a proposed model, what changed in it, and whether it judges unseen labels better.

    `changes`: comparison String (`prior` for the prior), context, level String, labels Int64 (labelled pairs that show
    it), before, after Int32 (millibits). `report`: measure String (`surprise`, the mean bits by which a label was
    unexpected; `errors`, the share on the wrong side of even), before, after Float64, by cross-validation over people.
    """

    model: Model
    labels: int
    changes: pl.DataFrame
    report: pl.DataFrame

    @property
    def better(self) -> bool:
        """Whether labels that it had not seen surprised the proposed weights less."""
        before, after = self.report.filter(measure="surprise").select("before", "after").row(0)
        return bool(after < before)

    def __str__(self) -> str:
        worth = "; ".join(f"{m} {before:.4f} before, {after:.4f} after" for m, before, after in self.report.iter_rows())
        moved = self.changes.filter(pl.col("before") != pl.col("after")).height
        return f"{self.labels} labels move {moved} weights; on labels not seen: {worth}"


def learned_from(
    pairs: pl.DataFrame, labels: pl.DataFrame, model: Model, *, give: float = GIVE, folds: int = 5, seed: int = 1
) -> Lesson:
    """Propose weights that fit a model to labels as well as to what it had learned without them.

    `pairs`: scored pairs as `link` or `score_pairs` give them; `labels`: left, right, same (Boolean), in either order.
    Labels about pairs that were not scored are left out. `give`: by how many bits each weight is believed to be off, as
    a standard deviation. Levels that must not fall along a comparison's ladder still do not, and a comparison that
    counts for nothing by intent in a context goes on doing so. How rare values count is not touched. A pair stays in
    the context that it was scored in.

    The same labels give the same lesson, whatever the order of rows. Raises `PairFault` for fewer than ten labels,
    labels all of one kind, or a pair labelled both ways, `ColumnFault` for a missing column.

    >>> from matchers import Same, block_on, link
    >>> people = pl.DataFrame({"id": range(40), "name": [n for n in range(20) for _ in "ab"], "town": ["x", "y"] * 20})
    >>> untrained = Model([Same("name"), Same("town")], [block_on("name"), block_on("town")])
    >>> model = untrained.trained_on(people)
    >>> pairs = link(people, model)
    >>> labels = pairs.select("left", "right", same=pl.col("grade_name") == 1)
    >>> learned_from(pairs, labels, model).labels == pairs.height
    True
    """
    known = labelled(pairs, labels)
    terms = _Terms.of(known, model)
    if known.height < FEWEST or known["same"].n_unique() < 2:
        raise PairFault(f"learning needs at least {FEWEST} labels of scored pairs, some of either kind")
    moves = terms.fitted(np.arange(known.height), give)
    adjusted = _moved(model, terms, moves)
    return Lesson(
        adjusted, known.height, _changes(model, adjusted, known), _report(known, model, terms, give, folds, seed)
    )


def labelled(pairs: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Join labels (left, right, same) to scored pairs, whichever way round; sorted, one row for each labelled pair."""
    require_columns(("left", "right", "same"), labels.columns, where="the labels")
    require_columns(("left", "right", "weight", "context"), pairs.columns, where="the pairs")
    one, other = pl.min_horizontal("left", "right"), pl.max_horizontal("left", "right")
    told = labels.drop_nulls("same").select(left=one, right=other, same=pl.col("same").cast(pl.Boolean)).unique()
    twice = told.height - told.select("left", "right").n_unique()
    if twice:
        raise PairFault(f"{twice} pairs are labelled both as one person and as two")
    ordered = pairs.with_columns(left=one, right=other)
    return ordered.join(told, on=["left", "right"], how="inner").sort("left", "right")


@dataclass(frozen=True, slots=True)
class _Terms:
    """The labelled pairs as a regression sees them: which term each pair shows, the model's weight in nats, the truth.

    `names`: (comparison, context, grade) for each term, the prior being the comparison None at grade 0.
    """

    names: tuple[tuple[str | None, str, int], ...]
    shown: Numbers
    weight: Numbers
    same: NDArray[np.bool_]

    @classmethod
    def of(cls, known: pl.DataFrame, model: Model) -> "_Terms":
        require_columns([f"grade_{c.name}" for c in model.comparisons], known.columns, where="the pairs")
        contexts = known["context"].unique().sort().to_list()
        names: list[tuple[str | None, str, int]] = [(None, context, 0) for context in contexts]
        for c in model.comparisons:
            of_context = model.knowledge.levels[c.name]
            live = [context for context in contexts if any(of_context[context].bits)]
            names += [(c.name, context, grade) for context in live for grade in range(len(c.levels))]
        shown = [
            (known["context"] == context) & ((known[f"grade_{name}"] == grade) if name else True)
            for name, context, grade in names
        ]
        matrix = np.stack([column.to_numpy().astype(np.float64) for column in shown], axis=1)
        weight = known["weight"].to_numpy().astype(np.float64) * NATS
        return cls(tuple(names), matrix, weight, known["same"].to_numpy())

    def fitted(self, rows: NDArray[np.int64], give: float) -> Numbers:
        """Fit by how much each term moves, in nats, to these rows."""
        from recordlinkage import LogisticRegressionClassifier

        # Two rows that show no term, of very many pairs each, hold the coefficient of the model's weight at one.
        held = 1 / (1 + np.exp(-PINNED_AT))
        pins = np.zeros((2, self.shown.shape[1] + 1))
        pins[:, 0] = PINNED_AT
        weighed = np.column_stack([self.weight, self.shown])[rows]
        classifier = LogisticRegressionClassifier(
            C=(give * log(2)) ** 2, fit_intercept=False, solver="newton-cholesky", tol=1e-9, max_iter=500
        )
        classifier.kernel.fit(
            np.vstack([pins, weighed]),
            np.concatenate([[True, False], self.same[rows]]),
            sample_weight=np.concatenate([[PIN * held, PIN * (1 - held)], np.ones(len(rows))]),
        )
        moves: Numbers = np.asarray(classifier.coefficients, dtype=np.float64)[1:]
        return moves


def _moved(model: Model, terms: _Terms, moves: Numbers) -> Model:
    """The model with its levels and priors moved, in whole millibits, rising along every ladder."""
    by_term = {name: round(float(move) / NATS) for name, move in zip(terms.names, moves, strict=True)}
    known = model.knowledge
    prior = {context: bits + by_term.get((None, context, 0), 0) for context, bits in known.prior.items()}
    levels = {
        c.name: {
            context: _with_bits(c, old, [by_term.get((c.name, context, g), 0) for g in range(len(c.levels))])
            for context, old in known.levels[c.name].items()
        }
        for c in model.comparisons
    }
    return replace(model, learned=replace(known, prior=prior, levels=levels))


def _with_bits(comparison: Comparison, old: Levels, moves: list[int]) -> Levels:
    """Levels whose bits are moved so far; as they were where nothing moves or no shares could have such bits."""
    if not any(moves):
        return old
    most = MOST_BITS * MILLI
    typical = np.sqrt(np.array(old.m) * np.array(old.u))
    wanted = np.clip(np.array(old.bits, dtype=np.float64) + moves, -most, most)
    wanted = _rising(comparison.ladder, wanted, typical)
    if not (wanted.min() < 0 < wanted.max()):
        return old
    bits = wanted / MILLI
    tilt = _root(lambda t: float((typical * np.exp2(t * bits) * (np.exp2(bits / 2) - np.exp2(-bits / 2))).sum()))
    shares = typical * np.exp2(tilt * bits)
    m, u = shares * np.exp2(bits / 2), shares * np.exp2(-bits / 2)
    return Levels(rounded(m / m.sum()), rounded(u / u.sum()))


def _rising(ladder: tuple[int, ...], bits: Numbers, shares: Numbers) -> Numbers:
    """Pool neighbouring rungs, by how common they are, until bits rise along the ladder."""
    pools: list[tuple[list[int], float, float]] = []
    for rung in ladder:
        pools.append(([rung], float(bits[rung] * shares[rung]), float(shares[rung])))
        while len(pools) > 1 and pools[-2][1] * pools[-1][2] > pools[-1][1] * pools[-2][2]:
            upper, lower = pools.pop(), pools.pop()
            pools.append((lower[0] + upper[0], lower[1] + upper[1], lower[2] + upper[2]))
    risen = bits.copy()
    for rungs, total, share in pools:
        risen[rungs] = total / share
    return risen


def _root(rising: Callable[[float], float]) -> float:
    """Find where a rising function crosses nothing, by halving."""
    low, high = -4.0, 4.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def _changes(before: Model, after: Model, known: pl.DataFrame) -> pl.DataFrame:
    """Every prior and level of the contexts that the labels show, before and after."""
    rows: list[tuple[str, str, str, int, int, int]] = []
    for context in known["context"].unique().sort():
        here = known.filter(context=context)
        rows.append(
            ("prior", context, "", here.height, before.knowledge.prior[context], after.knowledge.prior[context])
        )
        for c in before.comparisons:
            old, new = (model.knowledge.levels[c.name][context].bits for model in (before, after))
            seen = [here.filter(pl.col(f"grade_{c.name}") == grade).height for grade in range(len(c.levels))]
            rows += [(c.name, context, *row) for row in zip(c.levels, seen, old, new, strict=True)]
    return pl.DataFrame(rows, schema=CHANGES, orient="row")


def _report(known: pl.DataFrame, model: Model, terms: _Terms, give: float, folds: int, seed: int) -> pl.DataFrame:
    """Judge every label by weights that had not seen it, nor any other label about the same people."""
    judged = terms.weight.copy()
    for held_out in _folds(known, folds, seed):
        rest = np.setdiff1d(np.arange(known.height), held_out)
        adjusted = _moved(model, terms, terms.fitted(rest, give)) if len(np.unique(terms.same[rest])) == 2 else model
        judged[held_out] += _differences(model, adjusted, known[held_out])
    figures = [(_surprise(weight, terms.same), _errors(weight, terms.same)) for weight in (terms.weight, judged)]
    rows = [(name, figures[0][i], figures[1][i]) for i, name in enumerate(("surprise", "errors"))]
    return pl.DataFrame(rows, schema=REPORT, orient="row")


def _differences(before: Model, after: Model, known: pl.DataFrame) -> Numbers:
    """By how many nats the weight of each pair changes."""
    total = np.zeros(known.height)
    for context in known["context"].unique():
        here = (known["context"] == context).to_numpy()
        moved = np.full(
            known.height, after.knowledge.prior[context] - before.knowledge.prior[context], dtype=np.float64
        )
        for c in before.comparisons:
            old, new = (np.array([*m.knowledge.levels[c.name][context].bits, 0]) for m in (before, after))
            moved += (new - old)[known[f"grade_{c.name}"].to_numpy()]  # -1, missing, is the 0 at the end
        total[here] = moved[here]
    return total * NATS


def _folds(known: pl.DataFrame, folds: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Part the labels by whom they hang together with, so that no person is on both sides."""
    ids = pl.concat([known["left"], known["right"]])
    groups = grouped(ids, known.select("left", "right"))
    of = known.select(id="left").join(groups, on="id", how="left", maintain_order="left")["group"].rank("dense")
    drawn = scrambled(of.to_numpy().astype(np.uint64), seed + 31) % np.uint64(folds)
    yield from (rows for fold in range(folds) if len(rows := np.flatnonzero(drawn == fold)))


def _surprise(weight: Numbers, same: NDArray[np.bool_]) -> float:
    return float(np.logaddexp(0.0, np.where(same, -weight, weight)).mean() / log(2))


def _errors(weight: Numbers, same: NDArray[np.bool_]) -> float:
    return float(((weight >= 0) != same).mean())
