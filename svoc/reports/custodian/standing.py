"""What the lists say of a property, and of those who use it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from gazetteer import Gazetteer

__all__ = ["APART", "Standing", "shaped", "used", "users"]

APART = "; "
"""Stands between several values in one cell."""
MOST = 12
"""So many references or UPRNs are named in one cell at most."""


@dataclass(frozen=True, eq=False)
class Standing:
    """The gazetteer's properties as a custodian looks at them."""

    gazetteer: Gazetteer

    @cached_property
    def properties(self) -> pl.DataFrame:
        """One row a UPRN: uprn, text, unit, kind, number, street, postcode, status, state, class_code, parent_uprn.

        Also start, end and parts UInt32, the live units of the building. The text is the surest way of writing it.
        """
        best = self.gazetteer.variants.sort("uprn", "rank", "variant").unique("uprn", keep="first")
        written = best.select("uprn", "text", "unit", "kind", "number", "street")
        facts = self.gazetteer.properties.select(
            "uprn", "postcode", "status", "state", "class_code", "parent_uprn", "start", "end"
        )
        parts = self.gazetteer.parts.group_by("uprn").len("parts")
        return (
            facts.join(written, on="uprn", how="left")
            .join(parts, on="uprn", how="left")
            .with_columns(
                pl.col("text", "unit", "kind", "number", "street").fill_null(""),
                pl.col("status").fill_null(1),
                pl.col("parts").fill_null(0),
            )
            .sort("uprn")
        )

    @cached_property
    def wholes(self) -> pl.DataFrame:
        """Which property is part of which, by parent or by number and street: part, whole."""
        told = self.properties.filter(pl.col("parent_uprn").is_not_null()).select(part="uprn", whole="parent_uprn")
        return pl.concat([told, self.gazetteer.parts.select("part", whole="uprn")]).unique().sort("part", "whole")

    @cached_property
    def _texts(self) -> dict[int, str]:
        return dict(self.properties.select("uprn", "text").iter_rows())

    def text(self, uprn: int | None) -> str | None:
        """Give the gazetteer's own text of a property, None where it has none such."""
        return None if uprn is None else self._texts.get(uprn)

    def shown(self, uprns: Iterable[int]) -> str | None:
        """Name properties in one cell, each by its UPRN and its text."""
        told = [f"{uprn} {self._texts.get(uprn, 'not on the gazetteer')}" for uprn in list(uprns)[:MOST]]
        return APART.join(told) or None

    def successors(self, uprn: int | None) -> tuple[int, ...]:
        """Follow a property to those that stand in its place; none for one that stands, or that nothing followed."""
        if uprn is None:
            return ()
        return tuple(heir for heir in self.gazetteer.current(uprn) if heir != uprn)


def used(uses: pl.DataFrame, by: str | list[str]) -> pl.DataFrame:
    """Say of each group how it is used: systems, records, used_by, accounts, references, since.

    `used_by` names each system with its records; `accounts` counts those of Council Tax; `references` are the systems'
    own of the property, by system.
    """
    keys = [by] if isinstance(by, str) else by
    one = uses.unique(["source", "record", *keys])
    told = (
        one.group_by(*keys, "source")
        .agg(
            count=pl.len(),
            accounts=pl.col("bills").sum(),
            since=pl.col("since").min(),
            references=pl.col("property_reference").drop_nulls().unique().sort(),
        )
        .sort(*keys, "source", nulls_last=True)
    )
    refs = pl.col("references").list.head(MOST).list.join(" ")
    return told.group_by(keys, maintain_order=True).agg(
        systems=pl.len().cast(pl.Int64),
        records=pl.col("count").sum().cast(pl.Int64),
        used_by=pl.concat_str("source", pl.lit(" "), "count").str.join(APART),
        accounts=pl.col("accounts").sum().cast(pl.Int64),
        references=pl.when(refs != "")
        .then(pl.concat_str("source", pl.lit(" "), refs))
        .drop_nulls()
        .str.join(APART)
        .replace("", None),
        since=pl.col("since").min(),
    )


def users(uses: pl.DataFrame, by: str) -> dict[int, str]:
    """Say of each property how many records of which system use it, in words."""
    return dict(used(uses.filter(pl.col(by).is_not_null()), by).select(by, "used_by").iter_rows())


def shaped(schema: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """Take the columns of a schema, in its order and types."""
    return [pl.col(name).cast(dtype) for name, dtype in schema.items()]
