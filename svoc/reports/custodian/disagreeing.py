"""UPRNs that systems hold and that their own addresses, or the gazetteer, speak against."""

import polars as pl

from svoc.reports.custodian.standing import APART, Standing, shaped, used, users
from svoc.reports.custodian.written import units_of

__all__ = ["DISAGREEING", "disagreeing"]

DISAGREEING: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "uprn_given": pl.Int64(),
    "given_text": pl.String(),
    "given_status": pl.String(),
    "address": pl.String(),
    "postcode": pl.String(),
    "uprn_written": pl.String(),
    "records": pl.Int64(),
    "systems": pl.Int64(),
    "used_by": pl.String(),
    "since": pl.Date(),
    "references": pl.String(),
    "at_given": pl.String(),
    "at_written": pl.String(),
    "rung": pl.String(),
}
"""Columns and dtypes of the list of UPRNs that disagree with what is written beside them."""

STATUSES = {1: "approved", 6: "provisional", 8: "historical"}


def disagreeing(uses: pl.DataFrame, kinds: pl.DataFrame, read: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """List the UPRNs given that are wrong, unknown, historic or a parent's, the most used first.

    `uses`: all in view; `kinds`: those of them that `doubted` found. A row is one UPRN with one address written beside
    it. `at_given` and `at_written` say how many records of each system lie at the one place and at the other.
    """
    rows = units_of(kinds, read).with_columns(
        written_uprns=pl.when(pl.col("kind") == "disagreement")
        .then(
            pl.col("rivals").list.eval(pl.element().drop_nulls()).list.set_difference(pl.concat_list("supplied_uprn"))
        )
        .when((pl.col("kind") == "historic") & (pl.col("uprn") == pl.col("supplied_uprn")))
        .then(pl.lit([], dtype=pl.List(pl.Int64)))
        .otherwise(pl.concat_list("uprn").list.drop_nulls())
    )
    by = ["kind", "supplied_uprn", "shown"]
    every = pl.col("written_uprns").list.explode(keep_nulls=False, empty_as_null=False)
    told = (
        rows.sort(*by, "postcode")
        .group_by(by, maintain_order=True)
        .agg(
            pl.col("rung").first(),
            postcode=pl.col("code").replace("", None).drop_nulls().first(),
            written_uprns=every.drop_nulls().unique().sort(),
        )
    )
    told = told.join(used(rows, by), on=by).rename({"supplied_uprn": "uprn_given", "shown": "address"})
    return _in_words(told, uses, standing).sort(
        "records", "systems", "kind", "uprn_given", "address", descending=[True, True, False, False, False]
    )


def doubted(uses: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """Give the uses with a UPRN that is doubted, and `kind`: disagreement, unknown, historic or parent."""
    facts = standing.properties.select(supplied_uprn="uprn", given="status")
    whole = standing.wholes.rename({"part": "uprn", "whole": "supplied_uprn"}).with_columns(above=pl.lit(value=True))
    rows = uses.filter(pl.col("supplied_uprn").is_not_null()).join(facts, on="supplied_uprn", how="left")
    rows = rows.join(whole, on=["uprn", "supplied_uprn"], how="left")
    kind = (
        pl.when(pl.col("given").is_null())
        .then(pl.lit("unknown"))
        .when(pl.col("rung") == "disagreement")
        .then(pl.lit("disagreement"))
        .when(pl.col("given") == 8)
        .then(pl.lit("historic"))
        .when(pl.col("above") & pl.col("outcome").is_in(["exact", "historic"]))
        .then(pl.lit("parent"))
    )
    return rows.with_columns(kind=kind).filter(pl.col("kind").is_not_null())


def _in_words(told: pl.DataFrame, uses: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    here = users(uses, "uprn")
    facts = standing.properties.select(
        uprn_given="uprn",
        given_text="text",
        given_status=pl.col("status").replace_strict(STATUSES, default="other", return_dtype=pl.String),
    )
    followed = [
        several if several or kind != "historic" else list(standing.successors(uprn))
        for kind, uprn, several in told.select("kind", "uprn_given", "written_uprns").iter_rows()
    ]
    counted = [APART.join(f"{u}: {here[u]}" for u in several if u in here) or None for several in followed]
    return (
        told.with_columns(
            pl.Series("uprn_written", [standing.shown(several) for several in followed], pl.String),
            pl.Series("at_written", counted, pl.String),
            pl.Series("at_given", [here.get(uprn) for uprn in told["uprn_given"]], pl.String),
        )
        .join(facts, on="uprn_given", how="left")
        .with_columns(pl.col("given_status").fill_null("not on the gazetteer"))
        .select(shaped(DISAGREEING))
    )
