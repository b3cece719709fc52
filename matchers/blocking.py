"""Which pairs deserve a look: blocking rules, what each would cost, and a cap that is loud when it bites.

>>> people = pl.DataFrame({"id": ["a", "b", "c"], "surname": ["Reid", "Reed", "Khan"]})
>>> from matchers.keys import sounds_like
>>> candidates(people, [block_on(sounds_like("surname"))]).pairs.rows()
[('a', 'b')]
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.errors import ColumnFault, ModelFault, require_columns
from matchers.keys import FORMS, Key
from matchers.prepared import Groups, Prepared, Records, as_it_stands, prepare
from matchers.threads import each

LinkType = Literal["between", "within", "both"]
Rows = NDArray[np.int64]
CAP = 1000
_NO_PAIRS: Rows = np.empty(0, dtype=np.int64)

log = logging.getLogger("matchers")


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

    >>> from matchers.keys import first_letters, sounds_like
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


def counts_before(records: Records, blocks: Sequence[Block]) -> pl.DataFrame:
    """Count what each rule would cost before anything is paired: the frame `BlockReport.rules`, caps applied."""
    standing = _holding(as_it_stands(records), blocks)
    return pl.concat([_report(block, standing.groups(block.keys).sizes) for block in blocks])


def affordable(
    records: Records, blocks: Sequence[Block], most: int, *, instead: Mapping[Block, Sequence[Block]] | None = None
) -> list[Block]:
    """Set each block's cap so that it pairs no more than `most`: its largest keys, which tell least, go first.

    A block that would pair more gives way to the narrower ones that `instead` names for it, if it does, before any
    cap: in a long list every birthday is common, and a cap would leave most of them out.

    >>> people = pl.DataFrame({"surname": ["Reid"] * 5 + ["Khan"] * 2, "born": [1980, 1980, 1981, 1982, 1983, 1, 1]})
    >>> [block.cap for block in affordable(people, [block_on("surname")], most=4)]
    [4]
    >>> narrower = {block_on("surname"): [block_on("surname", "born")]}
    >>> [str(block) for block in affordable(people, [block_on("surname")], most=4, instead=narrower)]
    ['surname and born']
    """
    standing, narrower = _holding(as_it_stands(records), blocks), instead or {}
    taken: dict[Block, None] = {}
    for block, groups in zip(blocks, standing.group_all([block.keys for block in blocks]), strict=True):
        wide = block in narrower and int((groups.sizes * (groups.sizes - 1) // 2).sum()) > most
        taken |= dict.fromkeys(narrower[block] if wide else [block])
    grouped = _holding(standing, list(taken)).group_all([block.keys for block in taken])
    return [replace(b, cap=_cap_for(groups.sizes, most)) for b, groups in zip(taken, grouped, strict=True)]


def _holding(records: Prepared, blocks: Sequence[Block]) -> Prepared:
    wanted = (column for block in blocks for column in block.columns)
    require_columns(wanted, records.records.columns, where="the records")
    return records


def _cap_for(sizes: Rows, most: int) -> int:
    ordered = np.sort(sizes)
    pairs = np.cumsum(ordered * (ordered - 1) // 2)
    within = np.searchsorted(pairs, most, side="right")
    if within == len(ordered):
        return int(ordered[-1]) if len(ordered) else 2
    return max(2, int(ordered[within]) - 1)


def candidates(
    records: Records,
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
    ordered = prepare(records, id)
    rows = row_pairs(ordered, blocks, source=source, link_type=link_type, touching=touching)
    grouped = list(zip(blocks, ordered.group_all([block.keys for block in blocks]), strict=True))
    report = BlockReport(
        pl.concat([_report(block, groups.sizes) for block, groups in grouped]),
        pl.concat([_skipped(block, groups, ordered) for block, groups in grouped]),
    )
    ids = ordered.records[id]
    return Candidates(pl.DataFrame({"left": ids.gather(rows[0]), "right": ids.gather(rows[1])}), report)


def row_pairs(
    records: Prepared,
    blocks: Sequence[Block],
    *,
    source: str | None = None,
    link_type: LinkType = "both",
    touching: pl.Series | None = None,
) -> tuple[Rows, Rows]:
    """Find the pairs as row numbers (left < right, each once, in order) of the prepared records."""
    _holding(records, blocks)
    grouped = list(zip(blocks, records.group_all([block.keys for block in blocks]), strict=True))
    found = each(lambda one: _pair_keys(one[1].within(one[0].cap)), grouped)
    rows = between(records, parted(united(found)), source, link_type)
    for block, groups in grouped:
        _warn(block, groups.sizes)
    if touching is not None and records.id is not None:
        rows = _touching(rows, records.records[records.id].is_in(touching.implode()).to_numpy())
    return rows


def between(records: Prepared, rows: tuple[Rows, Rows], source: str | None, link_type: LinkType) -> tuple[Rows, Rows]:
    """Keep the pairs between two sources, or those within one, or all."""
    if link_type == "both":
        return rows
    if source is None:
        raise ColumnFault(f"link_type={link_type!r} needs the column that names each record's source: source=...")
    require_columns([source], records.records.columns, where="the records")
    of = records.codes(source)
    kept = (of[rows[0]] == of[rows[1]]) == (link_type == "within")
    return rows[0][kept], rows[1][kept]


def _pair_keys(groups: Groups) -> Rows:
    """Every pair inside every group, as left << 32 | right, without a join."""
    rows, sizes = groups.rows.astype(np.int64), groups.sizes
    partners = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(rows)) - 1
    first = np.repeat(np.arange(len(rows)), partners)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(partners) - partners, partners)
    pairs: Rows = rows[first] << 32 | rows[first + 1 + offset]
    return pairs


def united(pairs: Sequence[Rows]) -> Rows:
    """Unite sets of pairs, each pair a number: every one once, in order."""
    numbers = pl.Series(np.concatenate([_NO_PAIRS, *pairs])).sort().to_numpy()
    return numbers[np.append(True, numbers[1:] != numbers[:-1])] if len(numbers) else numbers


def joined(rows: tuple[Rows, Rows]) -> Rows:
    """Write pairs of row numbers as one number each, which sorts as the pairs do."""
    return rows[0] << 32 | rows[1]


def parted(pairs: Rows) -> tuple[Rows, Rows]:
    """Read what `joined` wrote."""
    return pairs >> 32, pairs & 0xFFFFFFFF


def _touching(rows: tuple[Rows, Rows], touched: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    kept = touched[rows[0]] | touched[rows[1]]
    return rows[0][kept], rows[1][kept]


def _report(block: Block, sizes: Rows) -> pl.DataFrame:
    pairs, over = sizes * (sizes - 1) // 2, sizes > block.cap
    counts = {
        "keys": (~over).sum(),
        "pairs": pairs[~over].sum(),
        "largest": sizes.max(initial=0),
        "skipped_keys": over.sum(),
        "skipped_pairs": pairs[over].sum(),
    }
    return pl.DataFrame({"rule": [str(block)], **{name: [int(count)] for name, count in counts.items()}})


def _skipped(block: Block, groups: Groups, records: Prepared) -> pl.DataFrame:
    over = np.flatnonzero(groups.sizes > block.cap)
    names = [records.key(key).values.gather(head[over]) for key, head in zip(block.keys, groups.heads, strict=True)]
    told = pl.DataFrame([name.alias(f"k{i}") for i, name in enumerate(names)])
    told = told.select(
        rule=pl.lit(str(block)),
        key=pl.concat_str(pl.all(), separator=" | "),
        records=pl.Series(groups.sizes[over], dtype=pl.Int64),
    )
    return told.sort("rule", "key")


def _warn(block: Block, sizes: Rows) -> None:
    over = sizes[sizes > block.cap]
    if len(over):
        log.warning(
            "block on %s: skipped %d blocks of more records than its cap, hence %d pairs; the largest has %d records",
            block, len(over), (over * (over - 1) // 2).sum(), over.max(),
        )  # fmt: skip
