"""Which pairs deserve a look: blocking rules, what each would cost, and a cap that is loud when it bites.

>>> people = pl.DataFrame({"id": ["a", "b", "c"], "surname": ["Reid", "Reed", "Khan"]})
>>> candidates(people, [block_on(sounds_like("surname"))]).pairs.rows()
[('a', 'b')]
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.values import coded, plain
from matchers.errors import ColumnFault, ModelFault, PairFault, require_columns
from matchers.sounds import sound_key

LinkType = Literal["between", "within", "both"]
Rows = NDArray[np.int64]
CAP = 1000
FORMS = ("as it is", "sounds like", "first letters", "last letters", "any of")

log = logging.getLogger("matchers")


@dataclass(frozen=True, slots=True)
class Key:
    """What two records must share: one or more columns and the form in which they are read."""

    columns: tuple[str, ...]
    form: str = "as it is"
    letters: int = 0

    def __str__(self) -> str:
        named = " or ".join(self.columns)
        return {
            "as it is": named,
            "any of": named,
            "sounds like": f"sound of {named}",
            "first letters": f"first {self.letters} of {named}",
            "last letters": f"last {self.letters} of {named}",
        }[self.form]

    def values(self, records: pl.DataFrame) -> list[pl.Series]:
        """The key of every record, once per column; text in plain capitals."""
        return [self._formed(records[column]) for column in self.columns]

    def _formed(self, values: pl.Series) -> pl.Series:
        if values.dtype != pl.String:
            return values.cast(pl.String) if len(self.columns) > 1 else values
        raw = coded(values)
        read = plain(raw.values)
        if self.form == "sounds like":
            read = sound_key(read)
        if self.form == "first letters":
            read = read.str.replace_all(" ", "").str.head(self.letters)
        if self.form == "last letters":
            read = read.str.replace_all(" ", "").str.tail(self.letters)
        return pl.concat([read, pl.Series([None], dtype=pl.String)]).gather(
            np.where(raw.codes[0] < 0, len(read), raw.codes[0])
        )


def sounds_like(column: str) -> Key:
    """Make a key of how a surname sounds, so that Reid meets Reed and McDonald MacDonald."""
    return Key((column,), "sounds like")


def first_letters(column: str, letters: int = 1) -> Key:
    """Make a key of a word's first letters."""
    return Key((column,), "first letters", letters)


def last_letters(column: str, letters: int = 1) -> Key:
    """Make a key of a word's last letters or digits: of a date written YYYY-MM-DD the last four are its day."""
    return Key((column,), "last letters", letters)


def any_of(*columns: str) -> Key:
    """Make a key that two records share when any of these columns of one equals any of the other.

    So `any_of("postcode", "forwarding_postcode")` meets a mover at the new address, `any_of("surname",
    "previous_surname")` a bride.
    """
    return Key(columns, "any of")


@dataclass(frozen=True, slots=True)
class Block:
    """A rule: two records are compared when they share every one of its keys. A key shared by more than `cap`
    records is skipped.
    """

    keys: tuple[Key, ...]
    cap: int = CAP

    def __post_init__(self) -> None:
        if not self.keys:
            raise ModelFault("a block needs at least one column")
        if sum(key.form == "any of" for key in self.keys) > 1:
            raise ModelFault(f"the block {self} has two any_of keys; it may have one")

    def __str__(self) -> str:
        return " and ".join(map(str, self.keys))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the rule reads."""
        return tuple(dict.fromkeys(column for key in self.keys for column in key.columns))


def block_on(*keys: str | Key, cap: int = CAP) -> Block:
    """Compare the records that agree on these columns or keys; records missing any of them are left out.

    >>> str(block_on("uprn")), str(block_on(sounds_like("surname"), first_letters("forename")))
    ('uprn', 'sound of surname and first 1 of forename')
    """
    return Block(tuple(key if isinstance(key, Key) else Key((key,)) for key in keys), cap)


def block_from(kept: dict[str, Any]) -> Block:
    """Make a block from what a model file keeps."""
    keys = tuple(Key(tuple(key["columns"]), key["form"], key["letters"]) for key in kept["keys"])
    if any(key.form not in FORMS for key in keys):
        raise ModelFault(f"a block's keys are read in one of the forms {', '.join(FORMS)}")
    return Block(keys, kept["cap"])


@dataclass(frozen=True, slots=True)
class BlockReport:
    """What blocking did, one row per rule; `skipped` names the oversized keys, which are personal data.

    `rules`: rule String, keys, pairs, largest, skipped_keys, skipped_pairs (Int64; `largest` counts records,
    skipped ones included). `skipped`: rule String, key String, records Int64.
    """

    rules: pl.DataFrame
    skipped: pl.DataFrame = field(repr=False)

    def __str__(self) -> str:
        line = "{rule}: {pairs:,} pairs in {keys:,} blocks, the largest of {largest:,} records".format
        loud = "; SKIPPED {skipped_keys:,} oversized blocks, {skipped_pairs:,} pairs".format
        rows = self.rules.to_dicts()
        return "\n".join(line(**row) + (loud(**row) if row["skipped_keys"] else "") for row in rows)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The pairs to compare (`left` < `right`, the records' own ids, each pair once, sorted) and the report on how
    they came about.
    """

    pairs: pl.DataFrame
    report: BlockReport


def counts_before(records: pl.DataFrame, blocks: Sequence[Block]) -> pl.DataFrame:
    """Count what each rule would cost before anything is paired: the frame `BlockReport.rules`, caps applied."""
    require_columns((column for block in blocks for column in block.columns), records.columns, where="the records")
    return pl.concat([_report(block, _groups(records, block)) for block in blocks])


def affordable(records: pl.DataFrame, blocks: Sequence[Block], most: int) -> list[Block]:
    """Set each block's cap so that it pairs no more than `most`: its largest keys, which tell least, go first.

    >>> people = pl.DataFrame({"surname": ["Reid"] * 5 + ["Khan"] * 2})
    >>> [block.cap for block in affordable(people, [block_on("surname")], most=4)]
    [2]
    """
    return [replace(block, cap=_cap_for(_groups(records, block)["records"], most)) for block in blocks]


def _cap_for(sizes: pl.Series, most: int) -> int:
    ordered = sizes.sort().to_numpy()
    pairs = np.cumsum(ordered * (ordered - 1) // 2)
    within = np.searchsorted(pairs, most, side="right")
    if within == len(ordered):
        return int(ordered[-1]) if len(ordered) else 2
    return max(2, int(ordered[within]) - 1)


def candidates(
    records: pl.DataFrame,
    blocks: Sequence[Block],
    *,
    id: str = "id",  # noqa: A002
    source: str | None = None,
    link_type: LinkType = "both",
    touching: pl.Series | None = None,
) -> Candidates:
    """Find the pairs of records that share a block.

    `link_type` keeps only pairs between sources or only pairs within one, by the column `source`. `touching` keeps
    only pairs with one of these ids at either end. An id that is null or occurs twice is a `PairFault`.
    """
    ordered = by_id(records, id)
    rows, report = row_pairs(ordered, blocks, source=source, link_type=link_type, touching=touching, id=id)
    ids = ordered[id]
    return Candidates(pl.DataFrame({"left": ids.gather(rows[0]), "right": ids.gather(rows[1])}), report)


def by_id(records: pl.DataFrame, id: str) -> pl.DataFrame:  # noqa: A002
    """Sort records by their id, which must be there, never null and never twice."""
    require_columns([id], records.columns, where="the records")
    ids = records[id]
    if ids.null_count() or ids.n_unique() != len(ids):
        raise PairFault(
            f"the column {id!r} must name every record once: "
            f"{ids.null_count()} are null, {len(ids) - ids.n_unique()} repeat"
        )
    return records.sort(id)


def row_pairs(
    records: pl.DataFrame,
    blocks: Sequence[Block],
    *,
    source: str | None = None,
    link_type: LinkType = "both",
    touching: pl.Series | None = None,
    id: str = "id",  # noqa: A002
) -> tuple[tuple[Rows, Rows], BlockReport]:
    """Find the pairs as row numbers (left < right, each once, in order) of records that are already in the order of
    their ids.
    """
    if link_type != "both" and source is None:
        raise ColumnFault(f"link_type={link_type!r} needs the column that names each record's source: source=...")
    require_columns((column for block in blocks for column in block.columns), records.columns, where="the records")
    keys, reports, skipped = [np.empty(0, dtype=np.int64)], [], []
    for block in blocks:
        groups = _groups(records, block)
        reports.append(_report(block, groups))
        skipped.append(_skipped(block, groups))
        keys.append(_pair_keys(groups.filter(pl.col("records") <= block.cap)))
    distinct = pl.Series(np.concatenate(keys)).unique().sort().to_numpy()
    left, right = distinct >> 32, distinct & 0xFFFFFFFF
    if source is not None and link_type != "both":
        of = coded(records[source]).codes[0]
        kept = (of[left] == of[right]) == (link_type == "within")
        left, right = left[kept], right[kept]
    report = BlockReport(pl.concat(reports), pl.concat(skipped))
    _warn(report)
    if touching is not None:
        left, right = _touching((left, right), records[id].is_in(touching.implode()).to_numpy())
    return (left, right), report


def _groups(records: pl.DataFrame, block: Block) -> pl.DataFrame:
    """The blocks of two records or more: key columns k0, k1, ..., rows (sorted row numbers) and records (how many)."""
    columns = {f"k{i}": key.values(records) for i, key in enumerate(block.keys)}
    single = {name: series[0] for name, series in columns.items() if len(series) == 1}
    frames = [
        pl.DataFrame({**single, name: one}, schema_overrides=None).select(sorted(columns)).with_row_index("row")
        for name, series in columns.items()
        for one in series
        if len(series) > 1
    ] or [pl.DataFrame(single).select(sorted(columns)).with_row_index("row")]
    keyed = pl.concat(frames).drop_nulls()
    if len(frames) > 1:
        keyed = keyed.unique()
    groups = keyed.group_by(sorted(columns)).agg(rows=pl.col("row").sort(), records=pl.len().cast(pl.Int64))
    return groups.filter(pl.col("records") > 1)


def _pair_keys(groups: pl.DataFrame) -> Rows:
    """Every pair inside every block, as left << 32 | right, without a join."""
    sizes = groups["records"].to_numpy()
    rows = groups["rows"].explode().to_numpy().astype(np.int64) if len(sizes) else np.empty(0, dtype=np.int64)
    ends = np.repeat(np.cumsum(sizes), sizes)
    positions = np.arange(len(rows), dtype=np.int64)
    partners = ends - positions - 1
    first = np.repeat(positions, partners)
    offset = np.arange(len(first), dtype=np.int64) - np.repeat(np.cumsum(partners) - partners, partners)
    pairs: Rows = rows[first] << 32 | rows[first + 1 + offset]
    return pairs


def _touching(rows: tuple[Rows, Rows], touched: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    kept = touched[rows[0]] | touched[rows[1]]
    return rows[0][kept], rows[1][kept]


def _report(block: Block, groups: pl.DataFrame) -> pl.DataFrame:
    size, pairs = pl.col("records"), pl.col("records") * (pl.col("records") - 1) // 2
    kept, over = size <= block.cap, size > block.cap
    return groups.select(
        rule=pl.lit(str(block)),
        keys=kept.sum().cast(pl.Int64),
        pairs=pairs.filter(kept).sum(),
        largest=size.max().fill_null(0),
        skipped_keys=over.sum().cast(pl.Int64),
        skipped_pairs=pairs.filter(over).sum(),
    )


def _skipped(block: Block, groups: pl.DataFrame) -> pl.DataFrame:
    keys = [pl.col(f"k{i}").cast(pl.String) for i in range(len(block.keys))]
    over = groups.filter(pl.col("records") > block.cap)
    return over.select(rule=pl.lit(str(block)), key=pl.concat_str(keys, separator=" | "), records="records").sort(
        "rule", "key"
    )


def _warn(report: BlockReport) -> None:
    for row in report.rules.filter(pl.col("skipped_keys") > 0).to_dicts():
        log.warning(
            "block on %s: skipped %d blocks of more records than its cap, hence %d pairs; the largest has %d records",
            row["rule"], row["skipped_keys"], row["skipped_pairs"], row["largest"],
        )  # fmt: skip
