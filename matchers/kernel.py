"""The one scoring kernel: pairs in, grades and weights out. Pure, so that every engine gives the same answer to the
bit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.by_record import ByRecord
from matchers.errors import require_columns
from matchers.evidence import (
    APART,
    KIN,
    TOGETHER,
    Millibits,
    Rareness,
    Rows,
    beside,
    grades,
    laid,
    level_bits,
    rareness,
    rows_of,
    together,
)
from matchers.model import Model
from matchers.prepared import Prepared
from matchers.threads import each

__all__ = ["Scales", "laid_out", "score"]


def score(pairs: pl.DataFrame, model: Model, *, bits: bool = False) -> pl.DataFrame:
    """Score pairs of records that are laid out side by side.

    Takes `left_<column>` and `right_<column>` for every column of the model, with any others (`left`, `right`),
    which pass through. Returns those others, `context` String (together, apart, kin), `grade_<comparison>` Int8 (-1
    missing) for each comparison, and `weight` Int32: the log2 odds that the two are one person, prior included, in
    thousandths of a bit. With `bits=True` also `prior` and, for each comparison, `bits_<comparison>` and
    `rarity_<comparison>` Int32, whose sum is the weight.

    `score(a, b)` equals `score(b, a)`. A missing column is a `ColumnFault`, an untrained model `NotTrained`.
    """
    _ = model.knowledge  # that a model is untrained comes before what the pairs lack
    values = [f"{end}_{column}" for column in model.columns for end in ("left", "right")]
    require_columns(values, pairs.columns, where="the pairs")
    records, rows = laid(pairs, model.columns)
    return pl.concat([pairs.drop(values), Scales.of(records, model).weighed(rows, bits=bits)], how="horizontal")


@dataclass(frozen=True, slots=True)
class Scales:
    """A model and records, with all that is worked out of the records once, however many of their pairs are weighed."""

    records: Prepared
    model: Model
    rare: Mapping[str, Sequence[Rareness]]

    @classmethod
    def of(cls, records: Prepared, model: Model) -> "Scales":
        """Find out how rare each record's values are, and let each comparison read the records."""
        learned = model.knowledge
        each(records.read, [c for c in model.comparisons if isinstance(c, ByRecord)])
        rare = each(lambda c: rareness(c, learned.rarity[c.name], records), model.comparisons)
        return cls(records, model, {c.name: found for c, found in zip(model.comparisons, rare, strict=True)})

    def weighed(self, rows: tuple[Rows, Rows], *, bits: bool = False) -> pl.DataFrame:
        """Weigh pairs of rows: `context`, the grades, `weight` and, if wanted, its parts, as in `score`."""
        model, learned = self.model, self.model.knowledge
        found = grades(self.records, rows, model.comparisons)
        at_place = together(self.records, rows, model.place)
        prior = np.where(at_place, learned.prior.get(TOGETHER, 0), learned.prior[APART]).astype(np.int32)
        worth: dict[str, tuple[Millibits, Millibits]] = {}
        for comparison in model.comparisons:
            grade = found[f"grade_{comparison.name}"].to_numpy()
            levels = learned.levels[comparison.name]
            own, rare = level_bits(levels[APART], grade), np.zeros(len(grade), dtype=np.int32)
            for column in self.rare[comparison.name]:
                rare += column.bits(rows, grade)
            if model.place:
                own = np.where(at_place, level_bits(levels[TOGETHER], grade), own)
                # At one place people share a surname because they are kin: a rare one says nothing there.
                rare[at_place] = 0
            worth[comparison.name] = own, rare
        weight = prior + sum(own + rare for own, rare in worth.values())
        kin = self._may_be_kin(found) & ~at_place
        if kin.any():
            against = {
                c.name: level_bits(learned.levels[c.name][KIN], found[f"grade_{c.name}"].to_numpy())
                for c in model.comparisons
            }
            against_kin = np.int32(learned.prior[KIN]) + sum(against.values())
            kin &= against_kin < weight
            prior, weight = np.where(kin, learned.prior[KIN], prior), np.where(kin, against_kin, weight)
            if bits:
                worth = {
                    name: (np.where(kin, against[name], own), np.where(kin, 0, rare))
                    for name, (own, rare) in worth.items()
                }
        context = pl.Series("context", [APART, TOGETHER, KIN]).gather(at_place.astype(np.int8) + 2 * kin)
        parts: dict[str, Millibits] = {"prior": prior} if bits else {}
        for name, (own, rare) in worth.items() if bits else ():
            parts |= {f"bits_{name}": own, f"rarity_{name}": rare}
        parts["weight"] = weight
        return pl.DataFrame([context, *found.get_columns(), *(_int32(name, part) for name, part in parts.items())])

    def _may_be_kin(self, found: pl.DataFrame) -> NDArray[np.bool_]:
        """Tell which graded pairs are weighed against being kin: all, where a household's columns say who lives
        together; else those whose grades say that they are two people at least (`Comparison.kinship`).
        """
        if self.model.household or KIN not in self.model.knowledge.prior:
            return np.full(found.height, bool(self.model.household))
        said = [np.isin(found[f"grade_{c.name}"].to_numpy(), c.kinship) for c in self.model.comparisons if c.kinship]
        kin: NDArray[np.bool_] = np.logical_or.reduce([np.zeros(found.height, dtype=np.bool_), *said])
        return kin


def laid_out(records: pl.DataFrame, pairs: pl.DataFrame, model: Model, *, id: str = "id") -> pl.DataFrame:  # noqa: A002
    """Lay pairs of ids (`left`, `right`) out as `score` takes them; an unknown id is a `PairFault`."""
    require_columns([id, *model.columns], records.columns, where="the records")
    require_columns(["left", "right"], pairs.columns, where="the pairs")
    left, right = rows_of(records[id], pairs)
    return pl.concat([pairs.select("left", "right"), beside(records, left, right, model.columns)], how="horizontal")


def _int32(name: str, numbers: Millibits) -> pl.Series:
    return pl.Series(name, numbers.astype(np.int32, copy=False))
