"""Properties that stand twice on the gazetteer: live UPRNs with one and the same address."""

import polars as pl

from svoc.reports.custodian.standing import APART, Standing, shaped, users

__all__ = ["DUPLICATES", "duplicates"]

DUPLICATES: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "uprn": pl.Int64(),
    "others": pl.String(),
    "text": pl.String(),
    "postcode": pl.String(),
    "classes": pl.String(),
    "statuses": pl.String(),
    "records": pl.Int64(),
    "used_by": pl.String(),
}
"""Columns and dtypes of the list of addresses that several live properties have."""

STREET_RECORD = "PS"


def duplicates(uses: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """List the addresses that several live UPRNs have, the most used first; a frame of `DUPLICATES`.

    Kinds: twice, and parent_and_part where the one is part of the other. `used_by` says which of them is in use.
    """
    same = pl.col("text").str.to_uppercase().str.replace_all(r"[^A-Z0-9/]+", " ").str.strip_chars()
    live = standing.properties.filter(
        pl.col("status").is_in([1, 6]), pl.col("text") != "", pl.col("class_code").fill_null("") != STREET_RECORD
    ).with_columns(same=same)
    counts = uses.filter(pl.col("uprn").is_not_null()).unique(["source", "record", "uprn"]).group_by("uprn").len("n")
    live = live.join(counts, on="uprn", how="left").sort(
        "same", "n", "uprn", descending=[False, True, False], nulls_last=True
    )
    several = (
        live.group_by("same", "postcode", maintain_order=True)
        .agg(
            pl.col("uprn").first(),
            pl.col("text").first(),
            every=pl.col("uprn"),
            classes=pl.col("class_code").fill_null("none").str.join(APART),
            statuses=pl.col("status").cast(pl.String).str.join(APART),
            records=pl.col("n").fill_null(0).sum().cast(pl.Int64),
        )
        .filter(pl.col("every").list.len() > 1)
    )
    kin = set(standing.wholes.iter_rows())
    here = users(uses, "uprn")
    every = several["every"].to_list()
    related = [any((a, b) in kin for a in group for b in group) for group in every]
    return (
        several.with_columns(
            pl.Series("kind", ["parent_and_part" if r else "twice" for r in related], pl.String),
            pl.Series("others", [APART.join(map(str, group[1:])) for group in every], pl.String),
            pl.Series(
                "used_by", [APART.join(f"{u}: {here[u]}" for u in g if u in here) or None for g in every], pl.String
            ),
        )
        .select(shaped(DUPLICATES))
        .sort("records", "uprn", descending=[True, False])
    )
