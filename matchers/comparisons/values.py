"""Values compared once: a column's distinct values, its distinct pairs of values, and the way back to the rows."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import MISSING

Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Grades = NDArray[np.int8]

TEXTS = (pl.String, pl.Enum, pl.Categorical, pl.Null)
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
    if values.null_count() == len(values):
        return values.cast(pl.String)
    capitals = values.cast(pl.String).str.to_uppercase()
    # Most words need no more than capitals, and finding that out costs a tenth of the rest.
    rest = np.flatnonzero(~capitals.str.contains(PLAIN).fill_null(value=True).to_numpy())
    if not len(rest):
        return capitals
    return capitals.scatter(rest, pl.select(_bare(pl.lit(capitals[rest]))).to_series())


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
    """Give every distinct text a code, one dictionary for all the columns; what is not text is written as text.

    >>> numbers = coded(pl.Series(["b", None]), pl.Series(["a", "b"]))
    >>> [numbers.values.gather(codes[codes >= 0]).to_list() for codes in numbers.codes]
    [['b'], ['a', 'b']]
    """
    texts = [column.cast(pl.String) for column in columns]
    text = pl.concat(texts) if len(texts) > 1 else texts[0]
    if text.null_count() == len(text):
        return Coded(pl.Series("value", [], pl.String), tuple(np.full(len(each), MISSING, np.int32) for each in texts))
    # Categories of its own: a dictionary is wanted, not a name for it that outlives it.
    codes = _physical(text.cast(pl.Categorical(pl.Categories.random())))
    values = text[_places(codes)].rename("value")
    return Coded(
        values, tuple(np.split(codes, np.cumsum([len(each) for each in texts])[:-1])) if columns[1:] else (codes,)
    )


def numbered(column: pl.Series) -> Coded:
    """Give every distinct value of a column a code; the values keep their dtype."""
    if column.dtype in TEXTS:
        return coded(column)
    # Of most people no date of birth is known: only what is there is numbered.
    known = np.flatnonzero(column.is_not_null().to_numpy())
    filled = column[known]
    values = filled.unique()
    index = pl.DataFrame({"value": values}).with_row_index("code")
    found = pl.DataFrame({"value": filled}).join(index, on="value", how="left", maintain_order="left")
    codes = np.full(len(column), MISSING, dtype=np.int32)
    codes[known] = _physical(found["code"])
    return Coded(values, (codes,))


def merged(*columns: Coded) -> Coded:
    """Give columns that have a dictionary each one in common, in which every value is a text."""
    if len(columns) == 1:
        return Coded(columns[0].values.cast(pl.String), columns[0].codes)
    everything = coded(*(column.values for column in columns))
    lookups = (np.append(codes, np.int32(MISSING)) for codes in everything.codes)
    codes = (lookup[c] for lookup, column in zip(lookups, columns, strict=True) for c in column.codes)
    return Coded(everything.values, tuple(codes))


def recoded(dictionary: Coded, rewritten: pl.Series) -> Coded:
    """Merge the values that `rewritten` (one per distinct value, null for missing) writes alike."""
    if not len(rewritten):
        return Coded(rewritten.cast(pl.String), dictionary.codes)
    again = coded(rewritten)
    lookup = np.append(again.codes[0], np.int32(MISSING))
    return Coded(again.values, tuple(lookup[codes] for codes in dictionary.codes))


def _physical(values: pl.Series) -> Codes:
    codes = values.to_physical().cast(pl.Int32)
    return (codes.fill_null(MISSING) if codes.null_count() else codes).to_numpy()


def _places(codes: Codes) -> Codes:
    """A row for each code."""
    rows = np.empty(int(codes.max(initial=MISSING)) + 2, dtype=np.int32)
    rows[codes] = np.arange(len(codes), dtype=np.int32)
    return rows[:-1]


@dataclass(frozen=True, slots=True)
class ValuePairs:
    """The distinct unordered pairs of codes in two columns, `one` <= `other`, and for each row its pair (-1:
    missing).
    """

    one: Codes
    other: Codes
    rows: Codes

    def spread(self, per_pair: NDArray[np.generic], missing: int = MISSING) -> Grades:
        """Carry an answer per distinct pair back to the rows."""
        return np.append(per_pair.astype(np.int8), np.int8(missing))[self.rows]


def value_pairs(count: int, left: Codes, right: Codes) -> ValuePairs:
    """Find the distinct pairs among rows given as codes below `count`."""
    if not count:
        return ValuePairs(np.empty(0, np.int32), np.empty(0, np.int32), np.full(len(left), MISSING, np.int32))
    unlike = np.flatnonzero((left != right) & (left >= 0) & (right >= 0))
    one, other = left[unlike], right[unlike]
    low, high, number = _distinct(np.minimum(one, other), np.maximum(one, other), count)
    # A value beside itself needs no sorting: its number is its code, moved past those of the other pairs.
    alone = np.zeros(count + 1, dtype=np.bool_)
    alone[left[left == right]] = True
    itself = np.flatnonzero(alone[:-1]).astype(np.int32)
    lookup = np.full(count + 1, MISSING, dtype=np.int32)
    lookup[itself] = len(low) + np.arange(len(itself), dtype=np.int32)
    rows = np.where(left == right, lookup[left], np.int32(MISSING))
    rows[unlike] = number
    return ValuePairs(np.append(low, itself), np.append(high, itself), rows)


def _distinct(low: Codes, high: Codes, count: int) -> tuple[Codes, Codes, Codes]:
    """Find the distinct pairs, and for each row the number of its own."""
    bits, of_rows = count.bit_length(), len(low).bit_length()
    keys = low.astype(np.int64) << bits | high
    if 2 * bits + of_rows < 63:
        # Sorted with its row behind it, a key needs no second array to be moved along.
        packed = pl.Series(keys << of_rows | np.arange(len(keys))).sort().to_numpy()
        ordered, order = packed >> of_rows, packed & (1 << of_rows) - 1
    else:
        order = np.argsort(keys)
        ordered = keys[order]
    fresh = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    number = np.empty(len(keys), dtype=np.int32)
    number[order] = np.cumsum(fresh, dtype=np.int32) - 1
    pairs = ordered[fresh]
    return (pairs >> bits).astype(np.int32), (pairs & (1 << bits) - 1).astype(np.int32), number


def graded(name: str, grades: NDArray[np.generic]) -> pl.Series:
    """The Series that `Comparison.grade` returns."""
    return pl.Series(name, grades.astype(np.int8), dtype=pl.Int8)
