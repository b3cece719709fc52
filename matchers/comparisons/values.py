"""Values compared once: a column's distinct values, its distinct pairs of values, and the way back to the rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matchers.comparisons.base import MISSING

Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Grades = NDArray[np.int8]

ONE_EDIT_FROM = 0.8
PLAIN = r"^[A-Z0-9]+(?: [A-Z0-9]+)*$"

# Letters that Unicode does not decompose, so that dropping accents would leave them as they are.
UNDECOMPOSED = {
    "Æ": "AE", "Œ": "OE", "Ø": "O", "Ð": "D", "Đ": "D", "Þ": "TH", "Ł": "L", "ẞ": "SS", "ß": "SS", "ı": "I", "Ŋ": "NG",
    "Ħ": "H", "Ŧ": "T", "ĸ": "K", "Ə": "A",
}  # fmt: skip


def plain(values: pl.Series) -> pl.Series:
    """Write names and words in plain capitals: no accents, apostrophes or full stops, hyphens as spaces; nothing
    left is null.

    >>> plain(pl.Series(["O’Brien-Łukasz ", "Zoë", "."])).to_list()
    ['OBRIEN LUKASZ', 'ZOE', None]
    """
    capitals = values.cast(pl.String).str.to_uppercase()
    # Most words need no more than capitals, and finding that out costs a tenth of the rest.
    rest = np.flatnonzero(~capitals.str.contains(PLAIN).fill_null(value=True).to_numpy())
    if not len(rest):
        return capitals
    places = np.arange(len(capitals))
    places[rest] = len(capitals) + np.arange(len(rest))
    return pl.concat([capitals, pl.select(_bare(pl.lit(capitals.gather(rest)))).to_series()]).gather(places)


def _bare(value: pl.Expr) -> pl.Expr:
    lettered = value.str.to_uppercase().str.replace_many(UNDECOMPOSED).str.normalize("NFKD")
    bare = lettered.str.replace_all(r"[\p{M}'’‘`´ʼ]", "").str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    return pl.when(bare != "").then(bare)


@dataclass(frozen=True, slots=True)
class Coded:
    """The distinct values of several columns, and for each column the code of every row (-1 where null)."""

    values: pl.Series
    codes: tuple[Codes, ...]


def coded(*columns: pl.Series) -> Coded:
    """Give every distinct value a code, one dictionary for all the columns.

    Columns that `encoded` has given a dictionary already are read by it, and no text is touched.
    """
    kinds = [column.dtype for column in columns]
    if all(isinstance(kind, pl.Enum) for kind in kinds):
        return _merged(columns, [kind.categories for kind in kinds if isinstance(kind, pl.Enum)])
    texts = [column.cast(pl.String) for column in columns]
    values = pl.concat(texts).unique().drop_nulls().rename("value")
    kind = pl.Enum(values)
    return Coded(values, tuple(_physical(text.cast(kind)) for text in texts))


def encoded(column: pl.Series) -> pl.Series:
    """Give a text column a dictionary, so that laying out and comparing pairs moves numbers and not text."""
    return column.cast(pl.Enum(column.unique().drop_nulls())) if column.dtype == pl.String else column


def _merged(columns: Sequence[pl.Series], categories: Sequence[pl.Series]) -> Coded:
    """Merge the dictionaries of columns, keeping what occurs in them."""
    dictionaries: list[pl.Series] = []
    codes, of = [_physical(column) for column in columns], []
    for values in categories:
        known = next((i for i, other in enumerate(dictionaries) if other.equals(values)), len(dictionaries))
        dictionaries += [values] if known == len(dictionaries) else []
        of.append(known)
    occurring = []
    for i, values in enumerate(dictionaries):
        seen = np.zeros(len(values) + 1, dtype=np.bool_)
        for code, dictionary in zip(codes, of, strict=True):
            if dictionary == i:
                seen[code] = True
        occurring.append(np.flatnonzero(seen[:-1]))
    kept = [values.gather(rows) for values, rows in zip(dictionaries, occurring, strict=True)]
    everything = pl.concat(kept).rename("value")
    distinct, numbers = everything, np.arange(len(everything), dtype=np.int32)
    if len(kept) > 1:
        distinct = everything.unique(maintain_order=True)
        numbers = _physical(everything.cast(pl.Enum(distinct)))
    lookups, start = [], 0
    for values, rows in zip(dictionaries, occurring, strict=True):
        lookup = np.full(len(values) + 1, MISSING, dtype=np.int32)
        lookup[rows] = numbers[start : start + len(rows)]
        lookups.append(lookup)
        start += len(rows)
    return Coded(distinct, tuple(lookups[i][code] for code, i in zip(codes, of, strict=True)))


def recoded(dictionary: Coded, rewritten: pl.Series) -> Coded:
    """Merge the values that `rewritten` (one per distinct value, null for missing) writes alike."""
    again = coded(rewritten)
    lookup = np.append(again.codes[0], np.int32(MISSING))
    # Columns that hold nothing, such as a previous surname nobody has, are many: they stay as they are.
    return Coded(again.values, tuple(lookup[c] if c.max(initial=MISSING) >= 0 else c for c in dictionary.codes))


def _physical(values: pl.Series) -> Codes:
    return values.to_physical().cast(pl.Int32).fill_null(MISSING).to_numpy()


@dataclass(frozen=True, slots=True)
class ValuePairs:
    """The distinct unordered pairs of values in two columns: `low` <= `high` as text, and for each row its pair
    (-1: missing).
    """

    low: pl.Series
    high: pl.Series
    rows: Codes

    def spread(self, per_pair: NDArray[np.generic], missing: int = MISSING) -> Grades:
        """Carry an answer per distinct pair back to the rows."""
        return np.append(per_pair.astype(np.int8), np.int8(missing))[self.rows]

    def frame(self) -> pl.DataFrame:
        """The pairs as a frame with the columns `low` and `high`."""
        return pl.DataFrame({"low": self.low, "high": self.high})


def value_pairs(values: pl.Series, left: Codes, right: Codes) -> ValuePairs:
    """Find the distinct pairs of values among rows given as codes into `values`."""
    unlike = np.flatnonzero((left != right) & (left >= 0) & (right >= 0))
    one, other = left[unlike].astype(np.int64), right[unlike].astype(np.int64)
    keys = np.minimum(one, other) << 32 | np.maximum(one, other)
    order = pl.Series(keys).arg_sort().to_numpy()
    ordered = keys[order]
    fresh = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    pairs = ordered[fresh]
    # A value beside itself needs no sorting: its number is its code, moved past those of the other pairs.
    alone = np.bincount(left[left == right] + 1, minlength=len(values) + 1)[1:] > 0
    number = len(pairs) + np.cumsum(alone) - 1
    rows = np.append(number, MISSING).astype(np.int32)[np.where(left == right, left, MISSING)]
    rows[unlike[order]] = np.cumsum(fresh) - 1
    itself = np.flatnonzero(alone)
    low, high = np.append(pairs >> 32, itself), np.append(pairs & 0xFFFFFFFF, itself)
    # Jaro-Winkler is not symmetric in every corner, so each pair is always read in the same direction.
    ends = pl.DataFrame({"one": values.gather(low), "other": values.gather(high)})
    read = ends.select(low=pl.min_horizontal("one", "other"), high=pl.max_horizontal("one", "other"))
    return ValuePairs(read["low"], read["high"], rows)


def similarity(scorer: Callable[..., float], pairs: ValuePairs) -> NDArray[np.float32]:
    """Score every distinct pair with a rapidfuzz scorer; missing values never reach it."""
    return cpdist(pairs.low.to_list(), pairs.high.to_list(), scorer=scorer, dtype=np.float32)


def alike(pairs: ValuePairs, similar_from: float, shortest: int) -> Flags:
    """Tell which pairs of words are a slip of the pen apart: Jaro-Winkler from a figure on, or one edit, in words
    long enough.
    """
    lengths = pairs.frame().select(
        pl.min_horizontal(pl.col("low").str.len_chars(), pl.col("high").str.len_chars()) >= shortest
    )
    long = np.flatnonzero(lengths.to_series().to_numpy())
    low, high = pairs.low.gather(long).to_list(), pairs.high.gather(long).to_list()
    similar = cpdist(low, high, scorer=JaroWinkler.similarity, dtype=np.float32)
    found = similar >= similar_from
    # In words of four letters and more one edit leaves a similarity above 0.8: few need the second measure.
    unsure = np.flatnonzero(~found & (similar >= ONE_EDIT_FROM))
    edits = cpdist([low[i] for i in unsure], [high[i] for i in unsure], scorer=OSA.distance, dtype=np.int32)
    found[unsure] = edits <= 1
    answers = np.zeros(len(pairs.low), dtype=np.bool_)
    answers[long] = found
    return answers


def graded(name: str, grades: NDArray[np.generic]) -> pl.Series:
    """The Series that `Comparison.grade` returns."""
    return pl.Series(name, grades.astype(np.int8), dtype=pl.Int8)
