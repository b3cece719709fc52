"""Samples of pairs for training, drawn by a hash of the seed, and what they show; every pair is graded once.

The pairs under one block are under others too, so all samples are graded together and each looks up its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.blocking import Rows, joined, parted, united
from matchers.comparisons.base import Comparison
from matchers.comparisons.by_record import ByRecord
from matchers.em import Patterns
from matchers.evidence import grades
from matchers.prepared import Prepared
from matchers.threads import each

BATCH = 250_000
Pairs = tuple[Rows, Rows]
NO_PAIRS: Pairs = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The grades of all pairs that any sample holds: `pairs` as numbers, in order, and a row of grades for each."""

    pairs: Rows
    graded: pl.DataFrame

    @classmethod
    def of(cls, records: Prepared, comparisons: Sequence[Comparison], samples: Sequence[Pairs]) -> "Gradebook":
        """Grade the pairs of rows in these samples, so many at a time that memory stays bounded."""
        pairs = united([joined(sample) for sample in samples])
        named, rows = records.only(parted(pairs))
        each(named.read, [c for c in comparisons if isinstance(c, ByRecord)])
        starts = range(0, max(len(pairs), 1), BATCH)
        batches = each(lambda s: grades(named, (rows[0][s : s + BATCH], rows[1][s : s + BATCH]), comparisons), starts)
        return cls(pairs, pl.concat(batches))

    def patterns(self, sample: Pairs) -> Patterns:
        """Count the patterns of grades among pairs that have been graded."""
        return Patterns.of(self.graded[np.searchsorted(self.pairs, joined(sample))])


def sampled(rows: Pairs, most: int, seed: int) -> Pairs:
    """Keep at most so many pairs, chosen by a hash of the two row numbers."""
    if len(rows[0]) <= most:
        return rows
    lots = scrambled(joined(rows).astype(np.uint64), seed)
    kept = np.sort(np.argpartition(lots, most)[:most])
    return rows[0][kept], rows[1][kept]


def random_rows(height: int, most: int, seed: int) -> Pairs:
    """Draw pairs of row numbers (left < right) by a hash of the seed; all there are when there are no more than
    wanted.
    """
    if height * (height - 1) // 2 <= most:
        left, right = np.triu_indices(height, k=1)
        return left.astype(np.int64), right.astype(np.int64)
    draws = np.arange(most, dtype=np.uint64)
    one = (scrambled(draws, seed) % np.uint64(height)).astype(np.int64)
    other = (scrambled(draws, seed + 1) % np.uint64(height - 1)).astype(np.int64)
    other += other >= one
    return np.minimum(one, other), np.maximum(one, other)


def scrambled(numbers: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Mix numbers into random-looking ones by splitmix64, which no library's next version can change."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15) + np.uint64(((seed + 1) * 0xD1B54A32D192ED03) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return result


def restyled(different: pl.DataFrame, judged: pl.DataFrame, most: int, seed: int) -> pl.DataFrame:
    """Write pairs of different people the way pairs to be judged are written.

    Each is matched with a pair to be judged: where that has no value, the value goes; where that has a single
    letter, the first letter stays. Not everybody has a middle name: what the different people lack themselves is
    missing already, so that of what is left only as much goes as makes each column as full as among the judged. Both
    frames hold `left_<column>` and `right_<column>`.
    """
    draws = np.arange(min(most, 4 * max(different.height, judged.height)), dtype=np.uint64)
    people = different[scrambled(draws, seed + 3) % np.uint64(different.height)]
    models = judged[scrambled(draws, seed + 4) % np.uint64(judged.height)]
    return pl.DataFrame([
        _as_written(people[c], _spared(models[c], judged[c], different[c], draws, seed + 5 + 2 * number))
        for number, c in enumerate(people.columns)
    ])  # fmt: skip


def _spared(
    models: pl.Series, judged: pl.Series, different: pl.Series, draws: NDArray[np.uint64], seed: int
) -> pl.Series:
    """Put other models in place of some that have no value, so that a value goes no oftener than it should."""
    there = judged.drop_nulls()
    had, wanted = 1 - different.null_count() / len(different), len(there) / len(judged)
    if not (0 < had < 1 and 0 < wanted < 1):
        return models
    share = min(1.0, wanted * (1 - had) / (had * (1 - wanted)))
    spared = models.is_null() & pl.Series(scrambled(draws, seed) < np.uint64(share * (2**64 - 2**11)))
    return there[scrambled(draws, seed + 1) % np.uint64(len(there))].zip_with(spared, models)


def _as_written(values: pl.Series, models: pl.Series) -> pl.Series:
    """Leave out where the model has nothing, and shorten to an initial where it has one."""
    value, model = pl.lit(values), pl.lit(models)
    short = pl.when(model.str.len_chars() == 1).then(value.str.head(1)).otherwise(value)
    written = short if values.dtype == pl.String else value
    return pl.select(pl.when(model.is_not_null()).then(written).alias(values.name)).to_series()
