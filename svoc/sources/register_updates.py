"""What a monthly update does to each elector: added, amended, deleted or nothing, in the order of the months."""

import polars as pl

from svoc.sources.register_layouts import RegisterLayout

__all__ = ["OPERATIONS", "operated", "settled"]

OPERATIONS = ("added", "amended", "deleted", "ignored")

MONTHS = {
    m: n for n, m in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}
SIGNS = {"+": "added", "=": "amended", "-": "deleted"}
STATUSES = {
    **dict.fromkeys(("A", "N", "ADD", "ADDED", "ADDITION", "NEW"), "added"),
    **dict.fromkeys(("M", "C", "AMEND", "AMENDED", "AMENDMENT", "MODIFIED", "CHANGED"), "amended"),
    **dict.fromkeys(("D", "DEL", "DELETE", "DELETED", "DELETION"), "deleted"),
}
"""What suppliers write for each operation; an empty status amends."""
FIRST_MONTH = 12
"""A register year begins with the revised register of 1 December, so that December comes before January."""


def operated(rows: pl.DataFrame, layout: RegisterLayout) -> pl.DataFrame:
    """Add to each row what it does (`operation` String, null where it cannot be read) and when (`rank` Int32).

    Takes `created`, `changed` and `deleted` (month numbers, 0 for none), `signed` (+Jan, =Jan, -Jan) or `status`,
    as the layout has them.
    """
    if layout.change == "months" and rows["deleted"].null_count() + rows["created"].null_count() < 2 * rows.height:
        return _by_months(rows)
    if layout.change == "signed":
        return _by_sign(rows)
    return _by_status(rows)


def _by_months(rows: pl.DataFrame) -> pl.DataFrame:
    """Read created, changed and deleted months.

    Public importers agree that deleted alone deletes, that created alone adds and that an elector created and deleted
    in one month never was. Where they disagree (deleted and created in different months), the later month decides:
    whoever was deleted first has come back.
    """
    created, changed, deleted = (_month(pl.col(name)) for name in ("created", "changed", "deleted"))
    ranked = rows.with_columns(created.alias("_created"), changed.alias("_changed"), deleted.alias("_deleted"))
    there = {name: pl.col(name).is_not_null() for name in ("_created", "_changed", "_deleted")}
    never = there["_created"] & (pl.col("_created") == pl.col("_deleted"))
    gone = there["_deleted"] & (pl.col("_deleted") > pl.max_horizontal(pl.col("_created"), pl.lit(-1)))
    operation = (
        pl.when(never.fill_null(False)).then(pl.lit("ignored"))
        .when(gone.fill_null(False)).then(pl.lit("deleted"))
        .when(there["_created"]).then(pl.lit("added"))
        .otherwise(pl.lit("amended"))
    )  # fmt: skip
    readable = pl.all_horizontal(_readable(pl.col(name)) for name in ("created", "changed", "deleted"))
    last = pl.max_horizontal("_created", "_changed", "_deleted").fill_null(-1)
    return ranked.with_columns(pl.when(readable).then(operation).alias("operation"), last.cast(pl.Int32).alias("rank"))


def _month(expr: pl.Expr) -> pl.Expr:
    """Give a month's rank in the register year (December 0, January 1, November 11), null for 0 and none."""
    number = expr.str.extract(r"^0*(\d{1,2})(?:\.0*)?$", 1).cast(pl.Int32)
    return pl.when(number.is_between(1, 12)).then(_rank(number))


def _rank(month: pl.Expr) -> pl.Expr:
    return (month - FIRST_MONTH) % 12


def _readable(expr: pl.Expr) -> pl.Expr:
    return expr.is_null() | expr.str.contains(r"^0*(?:\d|1[0-2])(?:\.0*)?$")


def _by_sign(rows: pl.DataFrame) -> pl.DataFrame:
    sign, month = (pl.col("signed").str.extract(r"^([+=-])\s*([A-Za-z]{3})", group) for group in (1, 2))
    number = month.str.to_uppercase().replace_strict(MONTHS, default=None, return_dtype=pl.Int32)
    operation = pl.when(number.is_not_null()).then(sign.replace_strict(SIGNS, default=None, return_dtype=pl.String))
    return rows.with_columns(operation.alias("operation"), _rank(number).fill_null(0).alias("rank"))


def _by_status(rows: pl.DataFrame) -> pl.DataFrame:
    """Read a status; without months, the order of the rows is the order of the changes."""
    status = pl.col("status").str.to_uppercase()
    operation = status.replace_strict(STATUSES, default=None, return_dtype=pl.String)
    silent = pl.when(status.is_null()).then(pl.lit("amended"))
    return rows.with_columns(pl.coalesce(operation, silent).alias("operation"), pl.lit(0, pl.Int32).alias("rank"))


def settled(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep of each elector (`record`) what the last month says, then the last row; leave out what never was.

    An anonymous entry never stands beside an earlier one with a name: it too replaces it.
    """
    acts = rows.filter(pl.col("operation") != "ignored")
    return acts.sort("rank", "line", maintain_order=True).unique("record", keep="last", maintain_order=True)
