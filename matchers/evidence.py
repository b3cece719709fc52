"""What a model has learned, as plain values: m and u per level and context, the prior, and how rare values are.

Units: everything that is added up is a whole number of millibits (thousandths of a bit, base 2), so that sums are
exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import Comparison
from matchers.comparisons.by_record import ByRecord, stacked
from matchers.comparisons.values import Coded, graded
from matchers.errors import PairFault, require_columns
from matchers.prepared import Prepared, as_it_stands

APART, TOGETHER, KIN = "apart", "together", "kin"
MILLI = 1000
MOST_BITS = 20.0
COMMON_FROM = 10
OUTSIDE_WORTH = 10_000

Millibits = NDArray[np.int32]
Rows = NDArray[np.int64]


def millibits(ratio: float) -> int:
    """Turn a likelihood ratio into millibits, held within 20 bits either way."""
    return round(MILLI * min(MOST_BITS, max(-MOST_BITS, log2(ratio))))


@dataclass(frozen=True, slots=True)
class Levels:
    """One comparison in one context: how often matches (m) and others (u) reach each level; either sums to 1."""

    m: tuple[float, ...]
    u: tuple[float, ...]

    @property
    def bits(self) -> tuple[int, ...]:
        """The weight of each level, in millibits."""
        return tuple(millibits(m / u) for m, u in zip(self.m, self.u, strict=True))


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much more or less than the average an agreement on a value is worth, in millibits.

    `common` holds values borne by ten records or more; all others share `floor`, so that no rare value can be read
    from a model.
    """

    common: Mapping[str, int]
    floor: int

    def of(self, values: pl.Series) -> NDArray[np.int64]:
        """The adjustment for each value; the values must be keys as `Comparison.rarity_key` makes them."""
        if not self.common:
            return np.full(len(values), self.floor, dtype=np.int64)
        return values.replace_strict(dict(self.common), default=self.floor, return_dtype=pl.Int64).to_numpy()


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything that training finds out.

    `prior`: context -> millibits; `levels`: comparison -> context -> Levels; `rarity`: comparison -> column ->
    Rarity; `facts`: what it was trained on, for the reader of the file.
    """

    prior: Mapping[str, int]
    levels: Mapping[str, Mapping[str, Levels]]
    rarity: Mapping[str, Mapping[str, Rarity]]
    facts: Mapping[str, Any]


def columns_of(comparisons: Sequence[Comparison], place: str | None) -> list[str]:
    """Every column that scoring reads, each once."""
    return list(dict.fromkeys([*(column for c in comparisons for column in c.columns), *([place] if place else [])]))


def rows_of(ids: pl.Series, pairs: pl.DataFrame) -> tuple[Rows, Rows]:
    """Find the row numbers of pairs of ids; an id that is not there is a `PairFault`."""
    index = pl.DataFrame({"id": ids}).with_row_index("row")
    left, right = (
        pairs.select(id=end).join(index, on="id", how="left", maintain_order="left")["row"] for end in ("left", "right")
    )
    if left.null_count() or right.null_count():
        raise PairFault(f"{left.null_count() + right.null_count()} ends of the pairs name no record")
    return left.to_numpy().astype(np.int64), right.to_numpy().astype(np.int64)


def beside(records: pl.DataFrame, left: Rows, right: Rows, columns: Sequence[str]) -> pl.DataFrame:
    """Lay the values of two records side by side: `left_<column>` and `right_<column>` for every pair of row
    numbers.
    """
    values = records.select(columns)
    one, other = values[left], values[right]
    return pl.concat([one.rename(lambda c: f"left_{c}"), other.rename(lambda c: f"right_{c}")], how="horizontal")


def side(pairs: pl.DataFrame, which: str, columns: Sequence[str]) -> pl.DataFrame:
    """Take one side of laid-out pairs, under the columns' own names."""
    return pairs.select(pl.col(f"{which}_{column}").alias(column) for column in columns)


def laid(pairs: pl.DataFrame, columns: Sequence[str]) -> tuple[Prepared, tuple[Rows, Rows]]:
    """Take laid-out pairs for records, each of which is in one pair."""
    frame, rows = stacked(side(pairs, "left", columns), side(pairs, "right", columns))
    return as_it_stands(frame), rows


def grades(records: Prepared, rows: tuple[Rows, Rows], comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """Grade pairs of rows: one Int8 column `grade_<comparison>` each, -1 where missing."""
    return pl.DataFrame([_graded(records, rows, comparison) for comparison in comparisons])


def _graded(records: Prepared, rows: tuple[Rows, Rows], comparison: Comparison) -> pl.Series:
    if isinstance(comparison, ByRecord):
        return graded(f"grade_{comparison.name}", comparison.between(records.read(comparison), *rows))
    left, right = (records.records.select(comparison.columns)[end] for end in rows)
    return comparison.grade(left, right).alias(f"grade_{comparison.name}")


def together(records: Prepared, rows: tuple[Rows, Rows], place: str | None) -> NDArray[np.bool_]:
    """Tell which pairs of rows have both ends at one place."""
    if place is None:
        return np.zeros(len(rows[0]), dtype=np.bool_)
    one, other = (records.codes(place)[end] for end in rows)
    same: NDArray[np.bool_] = (one == other) & (one >= 0)
    return same


def rarity_of(comparison: Comparison, column: str, values: Coded, outside: pl.DataFrame | None = None) -> Rarity:
    """Count a column's values: log2(chance that two records agree / share of those who bear the value).

    `outside`: `value` String, `share` Float64, how many of a wider population bear each value; it is believed as so
    many records (`OUTSIDE_WORTH`) would be, so that a short list leans on it and a long one on itself.
    """
    codes = values.codes[0]
    keys = comparison.rarity_key(column, values.values.cast(pl.String))
    borne = np.bincount(codes[codes >= 0], minlength=len(keys))
    keyed = pl.DataFrame({"value": keys, "n": borne}).drop_nulls()
    counted = keyed.group_by("value").agg(pl.col("n").sum()).sort("value")
    if outside is not None:
        require_columns(["value", "share"], outside.columns, where=f"the outside list for {column}")
        known = comparison.rarity_key(column, outside["value"])
        counted = _leaning(counted, pl.DataFrame({"value": known, "share": outside["share"]}))
    if counted.is_empty():
        return Rarity({}, 0)
    bearers = counted["n"].to_numpy().astype(np.float64)
    # How many bearers the usual agreement by chance would be on, against how many this value has.
    usual = float((bearers**2).sum() / bearers.sum())
    seldom = bearers[bearers < COMMON_FROM]
    rare = float((seldom**2).sum() / seldom.sum()) if len(seldom) else float(COMMON_FROM)
    often = counted.filter(pl.col("n") >= COMMON_FROM)
    return Rarity({value: millibits(usual / n) for value, n in often.iter_rows()}, millibits(usual / rare))


def _leaning(counted: pl.DataFrame, outside: pl.DataFrame) -> pl.DataFrame:
    """Count so many more records as the wider population is worth, spread over the values as they are there."""
    known = outside.drop_nulls().group_by("value").agg(pl.col("share").sum())
    both = counted.join(known, on="value", how="full", coalesce=True).with_columns(pl.col("n", "share").fill_null(0))
    expected = pl.col("n") + OUTSIDE_WORTH * pl.col("share")
    return both.select("value", n=expected).filter(pl.col("n") > 0).sort("value")


@dataclass(frozen=True, slots=True)
class Rareness:
    """What the rarity of one column adds to a pair, by the commoner of its two values, at the grades where it counts:
    `worth` Int32 for every record.
    """

    grades: tuple[int, ...]
    worth: Millibits

    def bits(self, rows: tuple[Rows, Rows], graded: NDArray[np.int8]) -> Millibits:
        """What it adds to each pair of rows."""
        found = np.zeros(len(graded), dtype=np.int32)
        some = np.flatnonzero(np.isin(graded, self.grades))
        lower = np.minimum(self.worth[rows[0][some]], self.worth[rows[1][some]])
        found[some] = np.where(lower < _UNKNOWN, lower, 0)
        return found


def rareness(comparison: Comparison, rarity: Mapping[str, Rarity], records: Prepared) -> list[Rareness]:
    """How rare each record's values are, for every column whose rarity counts."""
    found = []
    for column, at in _grades_by_column(comparison).items():
        values = records.columns.coded(column)
        keys = comparison.rarity_key(column, values.values.cast(pl.String))
        worth = np.where(keys.is_null().to_numpy(), _UNKNOWN, rarity[column].of(keys))
        found.append(Rareness(tuple(at), np.append(worth, _UNKNOWN).astype(np.int32)[values.codes[0]]))
    return found


_UNKNOWN = 2**31 - 1


def _grades_by_column(comparison: Comparison) -> dict[str, list[int]]:
    columns: dict[str, list[int]] = {}
    for grade, named in comparison.rarity.items():
        for column in named:
            columns.setdefault(column, []).append(grade)
    return columns


def level_bits(levels: Levels, graded: NDArray[np.int8]) -> Millibits:
    """The weight of each pair's level; a missing one weighs nothing."""
    return np.array([*levels.bits, 0], dtype=np.int32)[graded]
