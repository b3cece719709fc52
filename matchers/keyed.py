"""The keys under which each record is blocked, kept, so that the partners of a few are found without reading all.

>>> from matchers.blocking import block_on
>>> blocks = [block_on("surname")]
>>> people = pl.DataFrame({"id": ["a", "b", "c"], "surname": ["Reid", "Reid", "Khan"]})
>>> partners(keyed(people, blocks), blocks, pl.Series(["b"])).rows()
[('a', 'b')]
"""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.blocking import Block
from matchers.prepared import Prepared, as_it_stands

__all__ = ["crossed", "keyed", "partners"]

MIX = np.uint64(0x9E37_79B9_7F4A_7C15)
"""An odd number with bits all over, by which a block's second key is kept from undoing its first."""

BLOCK = ("block", "key")
CAPS = {"block": pl.Int64(), "cap": pl.Int64()}
AT_ONCE = 250_000
"""The records that are asked about in all blocks together; of more, as many blocks at once as come to about that."""

Hashes = NDArray[np.uint64]


def keyed(records: pl.DataFrame, blocks: Sequence[Block], *, id: str = "id") -> pl.DataFrame:  # noqa: A002
    """Give what each record is blocked under: `id`, and for each block one or more columns of UInt64, null for none.

    Two records share a block where a number in its columns is the same: a hash of the values of its keys, as one
    version of polars writes it. Two values in 10^19 may share a number; then one pair more is weighed.
    """
    standing = as_it_stands(records)
    columns = [
        pl.Series(name, numbers).set(pl.Series(missing), None)
        for at, block in enumerate(blocks)
        for name, numbers, missing in _columns(standing, at, block)
    ]
    return pl.DataFrame([records[id], *columns])


def _columns(records: Prepared, at: int, block: Block) -> Iterator[tuple[str, Hashes, NDArray[np.bool_]]]:
    """Write one column for each of the columns that a key with several has."""
    read = [records.key(key) for key in block.keys]
    for turn in range(max(len(key.codes) for key in read)):
        numbers = np.zeros(records.records.height, dtype=np.uint64)
        missing = np.zeros(records.records.height, dtype=np.bool_)
        for key in read:
            codes = key.codes[turn if len(key.codes) > 1 else 0]
            hashes = np.append(key.values.cast(pl.String).hash().to_numpy(), np.uint64(0))
            numbers = (numbers ^ hashes[codes]) * MIX
            missing |= codes < 0
        yield f"{at}.{turn}", numbers, missing


def partners(keys: pl.DataFrame, blocks: Sequence[Block], touching: pl.Series) -> pl.DataFrame:
    """Find the pairs that `matchers.candidates` proposes of records of which one is among `touching`.

    `keys`: from `keyed`, with `id` String. Gives `left`, `right` (left < right), each pair once, sorted.
    """
    some = keys.filter(pl.col("id").is_in(touching.implode()))
    found = [pl.DataFrame(schema={"left": pl.String(), "right": pl.String()})]
    for caps, own, (among,) in _together([keys], some, blocks):
        shared = among.join(caps, on="block").filter(pl.len().over(BLOCK).is_between(2, pl.col("cap")))
        met = own.join(shared, on=BLOCK, suffix="_too").filter(pl.col("id") != pl.col("id_too"))
        found.append(met.select(left=pl.min_horizontal("id", "id_too"), right=pl.max_horizontal("id", "id_too")))
    return pl.concat(found).unique().sort("left", "right")


def crossed(before: pl.DataFrame, after: pl.DataFrame, blocks: Sequence[Block], changed: pl.Series) -> pl.Series:
    """Name the records whose block has grown over its cap, or shrunk under it, since some records changed.

    `before`, `after`: from `keyed`; `changed`: ids of those that came, went or may have other keys.
    """
    of = pl.col("id").is_in(changed.implode())
    some = pl.concat([before.filter(of), after.filter(of)])
    names = [pl.Series("id", [], dtype=pl.String)]
    for caps, _, both in _together([before, after], some, blocks):
        sizes = [frame.group_by(BLOCK).agg(n=pl.len()).join(caps, on="block") for frame in both]
        then, now = (frame.filter(pl.col("n") > pl.col("cap")).select(BLOCK) for frame in sizes)
        if not (then.is_empty() and now.is_empty()):
            over = pl.concat([then.join(now, on=BLOCK, how="anti"), now.join(then, on=BLOCK, how="anti")])
            names.append(both[1].join(over, on=BLOCK, how="semi")["id"])
    return pl.concat(names).unique().sort()


def _together(
    keys: Sequence[pl.DataFrame], some: pl.DataFrame, blocks: Sequence[Block]
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]]:
    """Give, for as many blocks at once as memory allows, their caps, the keys of some, and who else bears these.

    The caps are `block`, `cap`; all else `id`, `block`, `key`, each once.
    """
    caps = pl.DataFrame({"block": range(len(blocks)), "cap": [block.cap for block in blocks]}, CAPS)
    at_once = max(1, AT_ONCE // max(1, some.height))
    for first in range(0, len(blocks), at_once):
        numbers = range(first, first + at_once)
        columns = [name for name in some.columns if name != "id" and _block_of(name) in numbers]
        own = _long(some, columns)
        wanted = {
            block: of["key"].unique().implode() for (block,), of in own.partition_by("block", as_dict=True).items()
        }
        shared = [pl.col(name).is_in(wanted[_block_of(name)]) for name in columns if _block_of(name) in wanted]
        known = own.select(BLOCK).unique()
        bears = pl.any_horizontal(shared) if shared else pl.lit(value=False)
        yield caps, own, [_long(f.filter(bears), columns).join(known, on=BLOCK, how="semi") for f in keys]


def _long(keys: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    rows = keys.unpivot(columns, index="id", variable_name="block", value_name="key").drop_nulls("key")
    return rows.with_columns(
        pl.col("block").replace_strict({n: _block_of(n) for n in columns}, return_dtype=pl.Int64)
    ).unique()


def _block_of(column: str) -> int:
    return int(column.partition(".")[0])
