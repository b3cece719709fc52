"""The one scoring kernel: pairs in, grades and weights out. Pure, so that every engine gives the same answer to the
bit.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from matchers.errors import require_columns
from matchers.evidence import APART, KIN, TOGETHER, beside, grades, level_bits, rarity_bits, rows_of, together
from matchers.model import Model

Bits = npt.NDArray[np.int64]

__all__ = ["laid_out", "score"]


def score(pairs: pl.DataFrame, model: Model, *, bits: bool = False) -> pl.DataFrame:
    """Score pairs of records that are laid out side by side.

    Takes `left_<column>` and `right_<column>` for every column of the model, with any others (`left`, `right`),
    which pass through. Returns those others, `context` String (together, apart, kin), `grade_<comparison>` Int8 (-1
    missing) for each comparison, and `weight` Int32: the log2 odds that the two are one person, prior included, in
    thousandths of a bit. With `bits=True` also `prior` and, for each comparison, `bits_<comparison>` and
    `rarity_<comparison>` Int32, whose sum is the weight.

    `score(a, b)` equals `score(b, a)`. A missing column is a `ColumnFault`, an untrained model `NotTrained`.
    """
    learned = model.knowledge
    values = [f"{end}_{column}" for column in model.columns for end in ("left", "right")]
    require_columns(values, pairs.columns, where="the pairs")
    graded = grades(pairs, model.comparisons)
    at_place = together(pairs, model.place)
    prior = np.where(at_place, learned.prior.get(TOGETHER, 0), learned.prior[APART]).astype(np.int64)
    worth: dict[str, tuple[Bits, Bits]] = {}
    for comparison in model.comparisons:
        grade = graded[f"grade_{comparison.name}"].to_numpy()
        levels = learned.levels[comparison.name]
        own = level_bits(levels[APART], grade)
        if model.place:
            own = np.where(at_place, level_bits(levels[TOGETHER], grade), own)
        # At one place people share a surname because they are kin: a rare one says nothing there.
        rare = np.where(at_place, 0, rarity_bits(comparison, learned.rarity[comparison.name], pairs, grade))
        worth[comparison.name] = own, rare
    weight = prior + sum(own + rare for own, rare in worth.values())
    kin = np.zeros(pairs.height, dtype=np.bool_)
    if model.household:
        against = {
            c.name: level_bits(learned.levels[c.name][KIN], graded[f"grade_{c.name}"].to_numpy())
            for c in model.comparisons
        }
        against_kin = learned.prior[KIN] + sum(against.values())
        kin = against_kin < weight
        worth = {
            name: (np.where(kin, against[name], own), np.where(kin, 0, rare)) for name, (own, rare) in worth.items()
        }
        prior, weight = np.where(kin, learned.prior[KIN], prior), np.where(kin, against_kin, weight)
    names = pl.Series("context", [APART, TOGETHER, KIN])
    context = names.gather(at_place.astype(np.int64) + 2 * kin)
    parts: dict[str, pl.Series] = {}
    for name, (own, rare) in worth.items():
        parts |= {f"bits_{name}": _int32(own), f"rarity_{name}": _int32(rare)}
    scored = pairs.drop(values).with_columns(context, *graded.get_columns())
    if bits:
        scored = scored.with_columns(
            _int32(prior).alias("prior"), *(series.alias(name) for name, series in parts.items())
        )
    return scored.with_columns(_int32(weight).alias("weight"))


def laid_out(records: pl.DataFrame, pairs: pl.DataFrame, model: Model, *, id: str = "id") -> pl.DataFrame:  # noqa: A002
    """Lay pairs of ids (`left`, `right`) out as `score` takes them; an unknown id is a `PairFault`."""
    require_columns([id, *model.columns], records.columns, where="the records")
    require_columns(["left", "right"], pairs.columns, where="the pairs")
    left, right = rows_of(records[id], pairs)
    return pl.concat([pairs.select("left", "right"), beside(records, left, right, model.columns)], how="horizontal")


def _int32(numbers: Bits) -> pl.Series:
    return pl.Series(numbers, dtype=pl.Int64).cast(pl.Int32)
