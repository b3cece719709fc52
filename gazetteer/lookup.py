"""Looks many keys up at once, quickly for a million rows and for one."""

import numpy as np
import numpy.typing as npt
import polars as pl

# For so few keys Python compares texts more quickly than polars begins to.
_FEW = 200


class Lookup:
    """Maps text keys to whole numbers, several a key, by sorted hashes that hold within one version of polars.

    >>> found = Lookup(pl.Series(["a", "b", "a"]), pl.Series([1, 2, 3])).find(["a", "c"])
    >>> [one.tolist() for one in found]
    [[0, 0], [1, 3]]
    """

    __slots__ = ("_hashes", "_keys", "_values")

    def __init__(self, keys: pl.Series, values: pl.Series) -> None:
        frame = pl.DataFrame({"key": keys, "value": values.cast(pl.Int64)})
        self._take(frame.with_columns(_hashes(frame["key"])).sort("hash", "key", "value"))

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Lookup":
        """Makes a lookup of what `frame` gave, under the same version of polars."""
        made = cls.__new__(cls)
        made._take(frame)
        return made

    @property
    def frame(self) -> pl.DataFrame:
        """All of it: key String, value Int64, hash UInt64; sorted by hash, key and value."""
        return pl.DataFrame({"key": self._keys, "value": self._values, "hash": self._hashes})

    def _take(self, frame: pl.DataFrame) -> None:
        self._hashes: npt.NDArray[np.uint64] = frame["hash"].to_numpy()
        self._keys = frame["key"]
        self._values: npt.NDArray[np.int64] = frame["value"].to_numpy()

    def __len__(self) -> int:
        return len(self._keys)

    def find(
        self, keys: pl.Series | list[str], *, caps: npt.NDArray[np.int64] | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Finds all values of each key: the place of the key among those given, and the value; sorted by both.

        A key with more values than its cap is passed over; a null key finds nothing.
        """
        keys = pl.Series(keys, dtype=pl.String)
        hashes = _hashes(keys).to_numpy()
        first = np.searchsorted(self._hashes, hashes, side="left")
        counts = np.searchsorted(self._hashes, hashes, side="right") - first
        if keys.null_count():
            counts[keys.is_null().to_numpy()] = 0
        if caps is not None:
            counts[counts > caps] = 0
        asked = np.repeat(np.arange(len(keys), dtype=np.int64), counts)
        places = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
        # Two keys may share a hash; only equal texts are the same key.
        if len(keys) <= _FEW and self._all_same(keys, first.tolist(), counts.tolist()):
            return asked, self._values[places]
        same = (keys.gather(asked) == self._keys.gather(places)).to_numpy()
        return asked[same], self._values[places[same]]

    def _all_same(self, keys: pl.Series, first: list[int], counts: list[int]) -> bool:
        """Tells whether all that has the hash of a key is that key: those of one hash lie sorted, so both ends tell."""
        ends = (
            (key, at, at + count - 1) for key, at, count in zip(keys.to_list(), first, counts, strict=True) if count
        )
        return all(self._keys[low] == key == self._keys[high] for key, low, high in ends)


def _hashes(keys: pl.Series) -> pl.Series:
    # A frame hashes its rows at once; a series would begin a query for it.
    return keys.to_frame().hash_rows(7).alias("hash")
