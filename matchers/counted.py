"""Blocking rules in plenty, each counted, with the block that every record falls in: what a suggestion chooses from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.blocking import Block, Rows
from matchers.keys import Key
from matchers.prepared import Prepared

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CountedRule:
    """A rule with its cost and, for each record, the number of the block that each form of its key puts it in (-1:
    none, or one above the cap).
    """

    block: Block
    codes: tuple[Rows, ...]
    pairs: int
    largest: int

    def catches(self, left: Rows, right: Rows) -> Flags:
        """Tell which pairs of rows share a block."""
        found = np.zeros(len(left), dtype=np.bool_)
        for one in self.codes:
            for other in self.codes:
                found |= (one[left] == other[right]) & (one[left] >= 0)
        return found


def counted_rules(records: Prepared, keys: Sequence[Key], cap: int) -> list[CountedRule]:
    """Every key by itself and every two of different columns, but for a letter alone or two; each is counted."""
    codes = {key: tuple(c.astype(np.int64) for c in records.key(key).codes) for key in keys}
    chosen: list[tuple[Key, ...]] = [(key,) for key in keys if not _loose(key)]
    chosen += [pair for pair in combinations(keys, 2) if _go_together(*pair)]
    counted = (_counted(Block(rule, cap), [codes[key] for key in rule]) for rule in chosen)
    return sorted((rule for rule in counted if rule.pairs), key=lambda rule: str(rule.block))


def _loose(key: Key) -> bool:
    return key.form == "first letters"


def _go_together(one: Key, other: Key) -> bool:
    twice_any = one.form == other.form == "any of"
    return not (set(one.columns) & set(other.columns) or twice_any or (_loose(one) and _loose(other)))


def _counted(block: Block, codes: Sequence[tuple[Rows, ...]]) -> CountedRule:
    """Number the blocks of a rule and count them as `counts_before` does."""
    columns = codes[0] if len(codes) == 1 else [_joined(a, b) for a in codes[0] for b in codes[1]]
    rows = np.tile(np.arange(len(columns[0]), dtype=np.int64), len(columns))
    told = pl.DataFrame({"row": rows, "code": np.concatenate(columns)}).filter(pl.col("code") >= 0).unique()
    sizes = told.group_by("code").agg(n=pl.len().cast(pl.Int64)).filter(pl.col("n") > 1).sort("code")
    kept = sizes.filter(pl.col("n") <= block.cap)
    pairs = int(kept.select((pl.col("n") * (pl.col("n") - 1) // 2).sum()).item())
    largest = sizes["n"].max() if sizes.height else 0
    used = kept["code"].to_numpy()
    return CountedRule(block, tuple(_renumbered(column, used) for column in columns), pairs, int(largest))  # type: ignore[arg-type]


def _joined(one: Rows, other: Rows) -> Rows:
    both: Rows = np.where((one >= 0) & (other >= 0), one << 32 | other, -1)
    return both


def _renumbered(column: Rows, used: Rows) -> Rows:
    """Give each code its place among those that are used, in 32 bits; -1 where it is not one of them."""
    if not len(used):
        return np.full(len(column), -1, dtype=np.int32)
    at = np.minimum(np.searchsorted(used, column), len(used) - 1)
    return np.where(used[at] == column, at, -1).astype(np.int32)
