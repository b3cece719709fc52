"""The one scorer for every engine: pairs at a threshold, clusters, B-cubed, and how sure the figures are.

True pairs are all pairs of one person's records, those that no engine looked at included. Intervals are the middle 95%
of draws of persons with replacement (Poisson weights), a wrong pair counting half for either person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from matchers.graph import parts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
DRAWS, DRAW_SEED = 200, 1
AT = (0.5, 0.9, 0.95, 0.99)
CLOSURES = 16


@dataclass(frozen=True, slots=True)
class Truth:
    """Whose each record is, by row: `person` and, where only pairs between two files count, `file` (0 or 1)."""

    ids: pl.Series
    person: Ints
    file: Ints | None

    @classmethod
    def of(cls, records: pl.DataFrame) -> "Truth":
        """Read it from `id`, `cluster` and, for two files, `file`."""
        person = records["cluster"].rank("dense").cast(pl.Int64).to_numpy() - 1
        return cls(records["id"], person, records["file"].to_numpy() if "file" in records.columns else None)

    def rows(self, ids: pl.Series) -> Ints:
        """Find the rows of ids, which must all be there."""
        index = pl.DataFrame({"id": self.ids}).with_row_index("row")
        found = pl.DataFrame({"id": ids.cast(pl.String)}).join(index, on="id", how="left", maintain_order="left")
        return found["row"].cast(pl.Int64).to_numpy()

    def scored(self, pairs: pl.DataFrame) -> tuple[Ints, Ints, Floats]:
        """Give the rows and the score of each pair once, the best one if there are several."""
        left, right = self.rows(pairs["left"]), self.rows(pairs["right"])
        once = (
            pl.DataFrame({"l": np.minimum(left, right), "r": np.maximum(left, right), "s": pairs["score"]})
            .group_by("l", "r")
            .agg(pl.col("s").max())
        )
        left, right, score = (once[name].to_numpy() for name in "lrs")
        kept = left != right if self.file is None else self.file[left] != self.file[right]
        return left[kept], right[kept], score[kept]


@dataclass(frozen=True, slots=True)
class Tally:
    """For each person: pairs that are true, found and true, and found and false (half to either end)."""

    true: Floats
    hit: Floats
    false: Floats

    def scores(self, *, interval: bool = False) -> dict[str, Any]:
        """Precision, recall and F1; with `interval` the F1's 95% interval."""
        precision, recall, f1 = _prf(self.true.sum(), self.hit.sum(), self.false.sum())
        found: dict[str, Any] = {"P": round(precision, 4), "R": round(recall, 4), "F1": round(f1, 4)}
        if interval:
            found["F1_95"] = [round(float(edge), 4) for edge in np.quantile(self.drawn(), [0.025, 0.975])]
        return found

    def drawn(self) -> Floats:
        """The F1 of each draw of persons."""
        chance = np.random.default_rng(DRAW_SEED)
        draws = []
        for _ in range(DRAWS):
            weight = chance.poisson(1.0, len(self.true))
            draws.append(_prf(*(float(weight @ each) for each in (self.true, self.hit, self.false)))[2])
        return np.array(draws)


def _prf(true: float, hit: float, false: float) -> tuple[float, float, float]:
    precision = hit / (hit + false) if hit + false else 0.0
    recall = hit / true if true else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0


def of_pairs(truth: Truth, left: Ints, right: Ints) -> Tally:
    """Tally accepted pairs."""
    one, other = truth.person[left], truth.person[right]
    same, count = one == other, int(truth.person.max()) + 1
    wrong = np.bincount(one[~same], minlength=count) + np.bincount(other[~same], minlength=count)
    return Tally(_true(truth), np.bincount(one[same], minlength=count).astype(float), wrong / 2)


def of_clusters(truth: Truth, cluster: Ints) -> Tally:
    """Tally the pairs that clusters join."""
    count = int(truth.person.max()) + 1
    files = [np.ones(len(cluster), dtype=bool)] if truth.file is None else [truth.file == 0, truth.file == 1]
    cells = pl.DataFrame(
        {"c": cluster, "p": truth.person, **{f"n{i}": f.astype(np.int64) for i, f in enumerate(files)}}
    )
    cells = (
        cells.group_by("c", "p")
        .agg(pl.col("^n.$").sum())
        .with_columns(pl.col("^n.$").sum().over("c").name.prefix("of_"))
    )
    n = [cells[f"n{i}"].to_numpy().astype(float) for i in range(len(files))]
    s = [cells[f"of_n{i}"].to_numpy().astype(float) for i in range(len(files))]
    hit = n[0] * (n[0] - 1) / 2 if truth.file is None else n[0] * n[1]
    wrong = n[0] * (s[0] - n[0]) / 2 if truth.file is None else (n[0] * (s[1] - n[1]) + n[1] * (s[0] - n[0])) / 2
    person = cells["p"].to_numpy()
    return Tally(_true(truth), np.bincount(person, hit, count), np.bincount(person, wrong, count))


def _true(truth: Truth) -> Floats:
    if truth.file is None:
        size = np.bincount(truth.person).astype(float)
        return size * (size - 1) / 2
    one, other = (np.bincount(truth.person[truth.file == f], minlength=int(truth.person.max()) + 1) for f in (0, 1))
    return (one * other).astype(float)


def b_cubed(truth: Truth, cluster: Ints) -> dict[str, float]:
    """Average over records how much of its cluster is its person, and how much of its person its cluster."""
    cells = pl.DataFrame({"c": cluster, "p": truth.person})
    cell = pl.len().over("c", "p")
    precision, recall = cells.select((cell / pl.len().over("c")).mean(), p=(cell / pl.len().over("p")).mean()).row(0)
    return {
        "P": round(precision, 4),
        "R": round(recall, 4),
        "F1": round(2 * precision * recall / (precision + recall), 4),
    }


def scored(
    truth: Truth, pairs: pl.DataFrame, clusters: pl.DataFrame | None, threshold: float | None, at: Sequence[float] = AT
) -> dict[str, Any]:
    """Judge what an engine left: `pairs` (left, right, score: its candidates, or those it kept) and `clusters` (id,
    cluster).

    Gives the recall of the pairs, figures at the engine's own threshold (`own`), at the threshold that maximises F1
    with the truth in hand (`best`), after closing pairs into groups at several thresholds (`closure`), and of the
    clusters.
    """
    left, right, score = truth.scored(pairs)
    same = truth.person[left] == truth.person[right]
    true = float(_true(truth).sum())
    found: dict[str, Any] = {
        "pairs": len(score), "true_pairs": int(true), "recall_of_pairs": round(float(same.sum()) / true, 4)
    }  # fmt: skip
    order = np.argsort(-score, kind="stable")
    ranked, hits = score[order], np.cumsum(same[order])
    last = np.append(ranked[1:] != ranked[:-1], True)
    f1 = np.where(last, 2 * hits / (np.arange(1, len(hits) + 1) + true), 0)
    best = float(ranked[int(f1.argmax())])
    for name, edge in (("own", threshold), ("best", best)):
        if edge is not None:
            kept = score >= edge
            found[name] = {"threshold": edge, **of_pairs(truth, left[kept], right[kept]).scores(interval=True)}
    quantiles = np.quantile(score[same], np.linspace(0, 0.6, CLOSURES)) if same.any() else []
    closures = []
    for edge in [*quantiles, *at]:
        kept = score >= edge
        groups = parts(len(truth.person), left[kept], right[kept])
        closures.append({"threshold": float(edge), **of_clusters(truth, groups).scores(), "groups": groups})
    best_closure = max(closures, key=lambda c: float(c["F1"]))
    for name, closure in (
        ("closure_best", best_closure),
        *((f"closure_{c['threshold']}", c) for c in closures[-len(at) :]),
    ):
        groups = closure["groups"]
        found[name] = {
            "threshold": closure["threshold"], **of_clusters(truth, groups).scores(interval=True),
            "b_cubed": b_cubed(truth, groups),
        }  # fmt: skip
    if clusters is not None:
        named = pl.DataFrame({"id": truth.ids}).join(
            clusters.select(pl.col("id").cast(pl.String), pl.col("cluster").cast(pl.String)), on="id", how="left",
            maintain_order="left",
        )  # fmt: skip
        joined = named.select(pl.coalesce("cluster", "id").rank("dense").cast(pl.Int64)).to_series().to_numpy()
        found["clusters"] = {**of_clusters(truth, joined).scores(interval=True), "b_cubed": b_cubed(truth, joined)}
    return found
