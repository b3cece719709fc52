"""Records made ready once for all that a run does with them: in the order of their ids, every text column read into a
dictionary and every key into numbers, the first time that somebody asks.

Choosing caps, training and scoring ask for the same keys. Each prepares the records for itself if it is given a plain
frame; given the same `Prepared`, they share the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import Comparison
from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.values import Coded, Codes, merged, recoded
from matchers.errors import PairFault, require_columns
from matchers.graph import repeats
from matchers.keys import WHOLE, Key
from matchers.threads import each

WIDEST, SIGNED = 2**62, 63


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of two or more records that share a key: `rows`, group after group and rising in each, and `sizes`.

    `heads` holds for each group the codes of its keys' values.
    """

    rows: Codes
    sizes: NDArray[np.int64]
    heads: tuple[Codes, ...]

    def within(self, cap: int) -> "Groups":
        """Leave out the groups of more records than the cap."""
        kept = self.sizes <= cap
        return Groups(self.rows[np.repeat(kept, self.sizes)], self.sizes[kept], tuple(h[kept] for h in self.heads))


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records, one row each, with what has been worked out about them so far; make it with `prepare`."""

    records: pl.DataFrame
    id: str | None
    columns: Columns
    _keys: dict[Key, Coded] = field(default_factory=dict, repr=False, compare=False)
    _groups: dict[tuple[Key, ...], Groups] = field(default_factory=dict, repr=False, compare=False)
    _read: dict[Comparison, Any] = field(default_factory=dict, repr=False, compare=False)

    def codes(self, name: str) -> Codes:
        """A number for every distinct value of a column, in the order of the rows; -1 where it is missing."""
        return self.columns.coded(name).codes[0]

    def key(self, key: Key) -> Coded:
        """The distinct values of a key and, for each of its columns, every row's code; each value is read once."""
        if key not in self._keys:
            self._keys.setdefault(key, merged(*(self._form(key, column) for column in key.columns)))
        return self._keys[key]

    def _form(self, key: Key, name: str) -> Coded:
        if self.records.schema[name] != pl.String:
            return self.columns.coded(name)
        if key.form in WHOLE:
            return self.columns.plain(name)
        column = self.columns.coded(name)
        return recoded(column, key.read(column.values))

    def groups(self, keys: Sequence[Key]) -> Groups:
        """Group the records that share all of these keys."""
        named = tuple(keys)
        if named not in self._groups:
            self._groups.setdefault(named, _grouped([self.key(key).codes for key in keys], self.records.height))
        return self._groups[named]

    def group_all(self, rules: Sequence[Sequence[Key]]) -> list[Groups]:
        """Group the records by each of these rules, on all cores."""
        keys = list(dict.fromkeys(key for rule in rules for key in rule))
        each(self.columns.coded, dict.fromkeys(column for key in keys for column in key.columns))
        each(self.key, keys)
        return each(self.groups, rules)

    def read(self, comparison: ByRecord) -> Any:
        """What a comparison reads of the records."""
        if comparison not in self._read:
            self._read.setdefault(comparison, comparison.read(self.columns))
        return self._read[comparison]

    def only(self, rows: tuple[Rows, Rows]) -> tuple["Prepared", tuple[Rows, Rows]]:
        """Leave out the records that no pair names, where these are most."""
        if 2 * len(rows[0]) >= self.records.height:
            return self, rows
        named = np.unique(np.concatenate(rows))
        return as_it_stands(self.records[named]), (np.searchsorted(named, rows[0]), np.searchsorted(named, rows[1]))


Records = pl.DataFrame | Prepared


def prepare(records: Records, id: str = "id") -> Prepared:  # noqa: A002
    """Put records in the order of their id, which must be there, never null and never twice; else a `PairFault`.

    >>> prepare(pl.DataFrame({"id": ["b", "a"], "surname": ["Reid", "Khan"]})).records["surname"].to_list()
    ['Khan', 'Reid']
    """
    if isinstance(records, Prepared) and records.id == id:
        return records
    frame = plain_frame(records)
    require_columns([id], frame.columns, where="the records")
    ordered = frame.sort(id)
    ids = ordered[id]
    if ids.null_count() or repeats(ids):
        raise PairFault(
            f"the column {id!r} must name every record once: {ids.null_count()} are null, {repeats(ids)} repeat"
        )
    return Prepared(ordered, id, Columns(ordered))


def as_it_stands(records: Records) -> Prepared:
    """Take records in the order in which they are, where ids do not matter."""
    return records if isinstance(records, Prepared) else Prepared(records, None, Columns(records))


def plain_frame(records: Records) -> pl.DataFrame:
    """The records as a frame."""
    return records.records if isinstance(records, Prepared) else records


def _grouped(keys: Sequence[tuple[Codes, ...]], height: int) -> Groups:
    """Group by keys of which one may have several columns: a record then counts under each of its values."""
    times = max(len(columns) for columns in keys)
    codes = [np.concatenate(columns) if len(columns) > 1 else np.tile(columns[0], times) for columns in keys]
    entries = np.flatnonzero(np.logical_and.reduce([column >= 0 for column in codes]))
    entries = entries[np.argsort(entries % max(height, 1), kind="stable")] if times > 1 else entries
    number, entry = _in_order(_numbered([column[entries] for column in codes]), entries)
    rows = (entry % max(height, 1) if times > 1 else entry).astype(np.int32)
    if times > 1:
        fresh = np.append(True, (number[1:] != number[:-1]) | (rows[1:] != rows[:-1]))[: len(rows)]
        number, entry, rows = number[fresh], entry[fresh], rows[fresh]
    starts = np.flatnonzero(np.append(True, number[1:] != number[:-1])[: len(number)])
    sizes = np.diff(np.append(starts, len(number)))
    shared = sizes > 1
    heads = entry[starts[shared]]
    return Groups(rows[np.repeat(shared, sizes)], sizes[shared], tuple(column[heads] for column in codes))


def _in_order(keys: NDArray[np.int64], entries: Rows) -> tuple[NDArray[np.int64], Rows]:
    """Sort entries by their key, those of one key as they stand."""
    bits = len(entries).bit_length()
    if int(keys.max(initial=0)).bit_length() + bits < SIGNED:
        # With its place behind it a key is sorted without a second array to be moved along.
        packed = pl.Series(keys << bits | np.arange(len(keys))).sort().to_numpy()
        return packed >> bits, entries[packed & (1 << bits) - 1]
    order = np.argsort(keys, kind="stable")
    return keys[order], entries[order]


def _numbered(columns: Sequence[Codes]) -> NDArray[np.int64]:
    """One number for each combination of codes."""
    number, width = columns[0].astype(np.int64), int(columns[0].max(initial=0)) + 1
    for column in columns[1:]:
        more = int(column.max(initial=0)) + 1
        if width * more >= WIDEST:
            number = pl.Series(number).rank("dense").to_numpy().astype(np.int64)
            width = len(number) + 1
        number, width = number * more + column, width * more
    return number
