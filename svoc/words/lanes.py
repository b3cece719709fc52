"""A lane says which records may be used together: the night solves and keeps each lane by itself."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from svoc.errors import SettingsError
from svoc.words.full_register import registers_among
from svoc.words.laid_over import Shape, checked, known
from svoc.words.records import UNDER_16

__all__ = ["Lane", "read_lane"]

SHAPE: Shape = {
    "words": (str, True), "open_register_only": (bool, False), "under_16s": (bool, False),
    "without_sources": (list, False), "without_kinds": (list, False), "keeps_sources": (list, False),
}  # fmt: skip
LISTS = ("without_sources", "without_kinds", "keeps_sources")
ANY_LIST = "generic"


@dataclass(frozen=True, slots=True)
class Lane:
    """A set of records that may be used together; the night solves and keeps each lane by itself.

    `open_register_only` speaks of every register, whatever it is called; `without_sources` and `without_kinds` leave
    sources out. Where a lane leaves out one source of a kind and not another, `keeps_sources` has to name the other.
    `under_16s` takes in the register's entries of children, where a source keeps them at all. `without_mentions` are
    the keys of mentions whose persons objected to what is read: no council writes them, the gate does.
    """

    name: str
    words: str
    open_register_only: bool = False
    without_sources: tuple[str, ...] = ()
    without_kinds: tuple[str, ...] = ()
    keeps_sources: tuple[str, ...] = ()
    under_16s: bool = False
    without_mentions: tuple[str, ...] = ()

    def of(self, kinds: Mapping[str, str], among: Iterable[str]) -> "Lane":
        """Give the lane with every source that it leaves out by name; `kinds`: source name -> kind; `among`: all kinds.

        Two districts have two registers, and a lane written for one must not take in the other in silence:
        `SettingsError` where a lane leaves out a source and admits another of the same kind that it does not name. The
        kind `generic` says nothing of what a list is, so each of its lists stands for itself.
        """
        for kind in self.without_kinds:
            known(f"[lanes.{self.name}] without_kinds", kind, among)
        by_kind = {source for source, kind in kinds.items() if kind in self.without_kinds}
        left_out = by_kind.union(self.without_sources)
        whose = {kinds[source]: source for source in sorted(left_out & set(kinds)) if kinds[source] != ANY_LIST}
        for source in sorted(set(kinds) - left_out - set(self.keeps_sources)):
            if kinds[source] in whose:
                raise SettingsError(
                    f"[lanes.{self.name}] leaves out {whose[kinds[source]]} and not {source}, which is of the same "
                    f'kind: leave out both, by without_kinds = ["{kinds[source]}"], or name {source} in keeps_sources'
                )
        return replace(self, without_sources=tuple(sorted(left_out)))

    def admits(self) -> pl.Expr:
        """Say of each record whether this lane may use it.

        A register entry is open only where its source says so: what is not known to be open is not. One of a child
        under 16 is no lane's but that of registration, open or not.
        """
        admitted = ~pl.col("source").is_in(list(self.without_sources))
        if self.open_register_only:
            admitted &= (pl.col("role") != "elector") | pl.col("open_register").fill_null(value=False)
        if not self.under_16s:
            marked = pl.col("markers").cast(pl.List(pl.String)).list.contains(UNDER_16)
            admitted &= ~marked.fill_null(value=False)
        if self.without_mentions:
            admitted &= ~pl.col("mention").is_in(list(self.without_mentions))
        return admitted

    def full_registers(self, kinds: Mapping[str, str]) -> frozenset[str]:
        """Name the registers that this lane uses beyond what is open; `kinds`: source name -> kind.

        >>> Lane("all", "every source").full_registers({"er": "electoral_register", "ct": "council_tax"})
        frozenset({'er'})
        """
        return frozenset() if self.open_register_only else registers_among(kinds).difference(self.without_sources)

    @property
    def drawn(self) -> str:
        """Give what the lane admits as one short hash: a night solved it as it was drawn then."""
        told: tuple[object, ...] = (self.open_register_only, self.under_16s, sorted(self.without_sources))
        told += (sorted(self.without_mentions),) if self.without_mentions else ()
        return hashlib.blake2b(repr(told).encode(), digest_size=8).hexdigest()


def read_lane(name: str, values: dict[str, Any]) -> Lane:
    """Read one `[lanes.NAME]` table; raise `SettingsError` for what it may not say."""
    checked(f"[lanes.{name}]", values, SHAPE)
    return Lane(name=name, **{**values, **{each: tuple(values.get(each, ())) for each in LISTS}})
