"""What Council Tax bills and should not, and what it does not bill and perhaps should: questions, not verdicts."""

from datetime import date, timedelta

import polars as pl

from gazetteer import resolve
from svoc.reports.custodian.standing import Standing, shaped, used, users

__all__ = ["STILL_BILLED", "UNBILLED", "still_billed", "unbilled"]

STILL_BILLED: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "uprn": pl.Int64(),
    "text": pl.String(),
    "class_code": pl.String(),
    "status": pl.Int16(),
    "state": pl.Int16(),
    "ended": pl.Date(),
    "successors": pl.String(),
    "accounts": pl.Int64(),
    "since": pl.Date(),
    "references": pl.String(),
}
"""Columns and dtypes of the list of properties that are billed though they are gone, or not yet there."""

UNBILLED: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "uprn": pl.Int64(),
    "text": pl.String(),
    "postcode": pl.String(),
    "class_code": pl.String(),
    "start": pl.Date(),
    "units": pl.Int64(),
    "parent_uprn": pl.Int64(),
    "parent_text": pl.String(),
    "records": pl.Int64(),
    "used_by": pl.String(),
    "near": pl.String(),
}
"""Columns and dtypes of the list of dwellings without an account."""

KINDS = ("no_account", "new_build", "void", "institution", "building_account", "disputed_account", "parent_pays")
"""Why a dwelling seems to have no account, those that want looking at first."""
EMPTY_CLASSES = frozenset("abcdefghijklq")
"""Exemptions of homes in which nobody lives (council tax classes A to L and Q)."""
DWELLING = r"^R(?:D|H|I|$)"
"""Classes of homes: dwellings, shared houses, institutions; not garages, parking or land."""
NEW = timedelta(days=365)
LIVED_APART = "^RH|^RI"


def still_billed(uses: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """List the properties with a live account that are demolished, historic or provisional; a frame of `STILL_BILLED`.

    A placement follows a historic property to what replaced it; here the account is put back where its own address
    says that it is.
    """
    rows = uses.filter(pl.col("bills"), pl.col("outcome").is_in(["exact", "historic", "building", "ambiguous"]))
    rows = _where_written(rows, standing)
    facts = standing.properties.select("uprn", "text", "class_code", "status", "state", ended="end")
    gone = (pl.col("status") == 8) | (pl.col("state") == 4)
    why = pl.when(gone).then(pl.lit("gone")).when(pl.col("status") == 6).then(pl.lit("provisional"))
    at = rows.join(facts, on="uprn").with_columns(kind=why).filter(pl.col("kind").is_not_null())
    told = at.select("kind", *facts.columns).unique("uprn").join(used(at, "uprn"), on="uprn")
    followed = [standing.shown(standing.successors(uprn)) for uprn in told["uprn"]]
    told = told.with_columns(pl.Series("successors", followed, pl.String))
    kind = pl.when(pl.col("successors").is_not_null()).then(pl.lit("replaced")).otherwise("kind")
    return (
        told.with_columns(kind=kind)
        .select(shaped(STILL_BILLED))
        .sort("accounts", "kind", "uprn", descending=[True, False, False])
    )


def _where_written(rows: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """Give each account the property that its address names, historic or not; those in two minds are left out."""
    asked = ["address", "postcode", "supplied_uprn", "property_reference"]
    moved = rows.filter(pl.col("outcome").is_in(["historic", "ambiguous"]) & (pl.col("rung") != "disagreement"))
    questions = moved.select(asked).unique(maintain_order=True)
    former = resolve(questions, standing.gazetteer).select(*asked, "superseded_uprn")
    back = rows.join(former, on=asked, how="left", nulls_equal=True)
    return back.with_columns(uprn=pl.coalesce("superseded_uprn", "uprn")).filter(pl.col("uprn").is_not_null())


def unbilled(
    uses: pl.DataFrame, seen: pl.DataFrame, standing: Standing, on: date
) -> tuple[pl.DataFrame, dict[str, int]]:
    """List the live dwellings without an open account, the most used first; a frame of `UNBILLED`, and counts.

    `uses`: all; `seen`: those in view, which alone are told: a dwelling that an account under protection may be for is
    in order. So is an exempt one. Rooms and annexes whose building pays are one row of kind parent_pays at it. Counts
    are dwellings, and those of them whose account has an exemption of an empty class.
    """
    accounts = seen.filter(pl.col("bills"))
    held = (
        _sure(accounts, standing)
        .group_by("uprn")
        .agg(
            named=pl.col("named").any(),
            exempt=pl.col("exemption").is_not_null().any(),
            empty=pl.col("exemption").is_in(list(EMPTY_CLASSES)).any(),
        )
    )
    hidden = _may_be_for(uses.filter(pl.col("bills") & pl.col("protected")), standing)
    rows = _dwellings(standing).join(held, on="uprn", how="left").filter(~pl.col("uprn").is_in(hidden.implode()))
    empty = int(rows.filter(pl.col("empty")).height)
    open_account = pl.col("named").fill_null(value=False) | pl.col("exempt").fill_null(value=False)
    rows = _not_by_parts(rows, held, standing).filter(~open_account)
    rows = _reasoned(rows, accounts, held, standing, on)
    told = _told(_by_parent(rows), accounts, seen, standing)
    order = pl.col("kind").replace_strict({kind: n for n, kind in enumerate(KINDS)}, return_dtype=pl.Int64)
    told = told.sort(order, "records", "uprn", descending=[False, True, False])
    return told, {"dwellings": _dwellings(standing).height, "empty_class": empty}


def _sure(accounts: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """Give the accounts that are for one property; one for a home with rooms in it is for the home."""
    homes = _dwellings(standing)["uprn"]
    whole = (pl.col("rung") == "unit_missing") & pl.col("uprn").is_in(homes.implode())
    return accounts.filter(pl.col("outcome").is_in(["exact", "historic"]) | whole, pl.col("uprn").is_not_null())


def _may_be_for(accounts: pl.DataFrame, standing: Standing) -> pl.Series:
    """Give every property that some accounts may be for: placed, supplied, rival, or part of such a building."""
    named = pl.concat([accounts["uprn"], accounts["supplied_uprn"], accounts["rivals"].explode()]).drop_nulls().unique()
    parts = standing.wholes.filter(pl.col("whole").is_in(named.implode()))["part"]
    return pl.concat([named, parts]).unique()


def _dwellings(standing: Standing) -> pl.DataFrame:
    live = (pl.col("status") == 1) & (pl.col("state").fill_null(2) != 4)
    return standing.properties.filter(live & pl.col("class_code").str.contains(DWELLING).fill_null(value=False))


def _not_by_parts(rows: pl.DataFrame, held: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    """Leave out buildings whose parts are billed one by one."""
    paid = standing.wholes.join(held.filter("named"), left_on="part", right_on="uprn", how="semi")["whole"].unique()
    return rows.filter(pl.col("named").is_not_null() | ~pl.col("uprn").is_in(paid.implode()))


def _reasoned(
    rows: pl.DataFrame, accounts: pl.DataFrame, held: pl.DataFrame, standing: Standing, on: date
) -> pl.DataFrame:
    """Say of each dwelling why it seems to have no account; `whole` is the building that has one."""
    vague = accounts.filter(pl.col("outcome") == "building")["uprn"].drop_nulls().unique()
    disputed = accounts.filter(pl.col("outcome") == "ambiguous")["rivals"].explode().drop_nulls().unique()
    paying = held.filter("named").select(whole="uprn", pays=pl.lit(value=True))
    wholes = standing.wholes.join(paying, on="whole", how="left").with_columns(
        pays=pl.col("pays").fill_null(value=False), vague=pl.col("whole").is_in(vague.implode())
    )
    wholes = wholes.filter(pl.col("pays") | pl.col("vague")).sort(
        "part", "pays", "whole", descending=[False, True, False]
    )
    rows = rows.join(wholes.unique("part", keep="first"), left_on="uprn", right_on="part", how="left")
    shared = pl.col("class_code").str.contains(LIVED_APART) | (pl.col("kind") == "ANNEXE")
    new = (pl.col("state") == 1) | (pl.col("start") > on - NEW)
    kind = (
        pl.when(pl.col("pays").fill_null(value=False) & shared)
        .then(pl.lit("parent_pays"))
        .when(pl.col("named").is_not_null())
        .then(pl.lit("void"))
        .when(pl.col("uprn").is_in(disputed.implode()))
        .then(pl.lit("disputed_account"))
        .when(pl.col("whole").is_not_null() | pl.col("uprn").is_in(vague.implode()))
        .then(pl.lit("building_account"))
        .when(new.fill_null(value=False))
        .then(pl.lit("new_build"))
        .when(pl.col("class_code").str.starts_with("RI"))
        .then(pl.lit("institution"))
        .otherwise(pl.lit("no_account"))
    )
    return rows.with_columns(kind=kind)


def _by_parent(rows: pl.DataFrame) -> pl.DataFrame:
    """Put what a building pays for into one row at the building."""
    apart = rows.filter(pl.col("kind") != "parent_pays").with_columns(units=pl.lit(1, dtype=pl.Int64))
    grouped = rows.filter(pl.col("kind") == "parent_pays").group_by("whole", "kind").agg(units=pl.len().cast(pl.Int64))
    chosen = apart.select("kind", "uprn", "units", above=pl.coalesce("whole", "parent_uprn"))
    none = pl.lit(None, dtype=pl.Int64)
    return pl.concat([chosen, grouped.select("kind", "units", uprn="whole", above=none).select(chosen.columns)])


def _told(rows: pl.DataFrame, accounts: pl.DataFrame, seen: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    facts = standing.properties.select("uprn", "text", "postcode", "class_code", "start")
    use = used(seen.filter(pl.col("uprn").is_not_null()), "uprn").select("uprn", "records", "used_by")
    near = users(accounts, "uprn")
    told = rows.join(facts, on="uprn").join(use, on="uprn", how="left").with_columns(parent_uprn="above")
    return told.with_columns(
        pl.col("records").fill_null(0),
        pl.Series("parent_text", [standing.text(uprn) for uprn in told["parent_uprn"]], pl.String),
        pl.Series("near", [near.get(uprn) for uprn in told["parent_uprn"]], pl.String),
    ).select(shaped(UNBILLED))
