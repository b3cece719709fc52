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
    empty = pl.DataFrame(schema={"left": pl.String(), "right": pl.String()})
    some = keys.filter(pl.col("id").is_in(touching.implode()))
    found = [empty]
    for block, among, own in _by_block(keys, some, blocks):
        shared = among.filter(pl.len().over("key").is_between(2, block.cap))
        met = own.join(shared, on="key", suffix="_too").filter(pl.col("id") != pl.col("id_too"))
        found.append(met.select(left=pl.min_horizontal("id", "id_too"), right=pl.max_horizontal("id", "id_too")))
    return pl.concat(found).unique().sort("left", "right")


def crossed(before: pl.DataFrame, after: pl.DataFrame, blocks: Sequence[Block], changed: pl.Series) -> pl.Series:
    """Name the records whose block has grown over its cap, or shrunk under it, since some records changed.

    `before`, `after`: from `keyed`; `changed`: ids of those that came, went or may have other keys.
    """
    of = pl.col("id").is_in(changed.implode())
    some = pl.concat([before.filter(of), after.filter(of)])
    names = [pl.Series("id", [], dtype=pl.String)]
    for (block, then, _), (_, now, _) in zip(
        _by_block(before, some, blocks), _by_block(after, some, blocks), strict=True
    ):
        sizes = [frame.group_by("key").agg(n=pl.len()).filter(pl.col("n") > block.cap) for frame in (then, now)]
        over = pl.concat([sizes[0].join(sizes[1], on="key", how="anti"), sizes[1].join(sizes[0], on="key", how="anti")])
        names.append(now.join(over, on="key", how="semi")["id"])
    return pl.concat(names).unique().sort()


def _by_block(
    keys: pl.DataFrame, some: pl.DataFrame, blocks: Sequence[Block]
) -> Iterator[tuple[Block, pl.DataFrame, pl.DataFrame]]:
    """Give, block by block, the records that bear a key of some (`id`, `key`, each once), and those some themselves."""
    for at, block in enumerate(blocks):
        columns = [name for name in keys.columns if name.startswith(f"{at}.")]
        own = _long(some, columns)
        wanted = own["key"].unique().implode()
        yield block, _long(keys, columns, wanted), own


def _long(keys: pl.DataFrame, columns: Sequence[str], wanted: pl.Series | None = None) -> pl.DataFrame:
    of = [keys.select("id", key=name) for name in columns]
    kept = [f.drop_nulls("key") if wanted is None else f.filter(pl.col("key").is_in(wanted)) for f in of]
    return pl.concat(kept).unique()
