"""The steps from records to tables that the mixed-record dialects share."""

import datetime as dt
from collections.abc import Collection

import polars as pl

from gazetteer.formats.base import ADDRESSES, CROSS_REFERENCES, PROPERTIES, STREETS, SUCCESSORS, conform
from gazetteer.formats.values import STATE_STATUSES, postcode

# Which of a property's LPIs speaks for it: approved, provisional, alternative, candidate, historical, rejected.
LPI_PREFERENCE = (1, 6, 3, 5, 8, 7, 9)
ENGLISH = "ENG"
APPROVED = 1
STANDING = (1, 6)  # approved and provisional
DATES = {"start_date": "start", "end_date": "end"}
LPI_COLUMNS = {
    "uprn": "uprn",
    "lpi_key": "key",
    "logical_status": "status",
    "language": "language",
    "start_date": "start",
    "end_date": "end",
    "sao_start_number": "sao_start",
    "sao_start_suffix": "sao_start_suffix",
    "sao_end_number": "sao_end",
    "sao_end_suffix": "sao_end_suffix",
    "sao_text": "sao_text",
    "pao_start_number": "pao_start",
    "pao_start_suffix": "pao_start_suffix",
    "pao_end_number": "pao_end",
    "pao_end_suffix": "pao_end_suffix",
    "pao_text": "pao_text",
    "usrn": "usrn",
    "level": "level",
    "official_flag": "official",
}
DESCRIPTOR_COLUMNS = {
    "usrn": "usrn",
    "street_description": "description",
    "locality": "locality",
    "town_name": "town",
    "administrative_area": "administrative_area",
    **DATES,
}
PROPERTY_COLUMNS = {
    "uprn": "uprn",
    "logical_status": "status",
    "blpu_state": "state",
    "x_coordinate": "x",
    "y_coordinate": "y",
    "latitude": "latitude",
    "longitude": "longitude",
    "local_custodian_code": "custodian",
    "start_date": "start",
    "end_date": "end",
    "last_update_date": "updated",
}


def renamed(frame: pl.DataFrame, names: dict[str, str], *more: pl.Expr) -> pl.DataFrame:
    """Takes the named columns, those that there are, under their new names, and adds more."""
    return frame.select(*(pl.col(old).alias(new) for old, new in names.items() if old in frame.columns), *more)


def latest(
    frame: pl.DataFrame, by: Collection[str], *, start: str = "start_date", end: str = "end_date"
) -> pl.DataFrame:
    """Keeps one row for each key: one that has not ended before one that has, then the one that began last."""
    ordered = frame.sort(pl.col(end).is_null(), end, start, nulls_last=False, maintain_order=True)
    return ordered.unique(list(by), keep="last", maintain_order=True)


def is_current(end: str, date: dt.date | None) -> pl.Expr:
    """Says of each row whether it has not ended by the date of the supply, or at all where that is unknown."""
    endless = pl.col(end).is_null()
    return endless | (pl.col(end) > date) if date else endless


def current(frame: pl.DataFrame, date: dt.date | None) -> pl.DataFrame:
    """Keeps the rows that have not ended by the date of the supply."""
    return frame.filter(is_current("end_date", date))


def streets(street: pl.DataFrame, descriptor: pl.DataFrame) -> pl.DataFrame:
    """Joins streets (11) and their descriptors (15): one row a USRN, language and name, former names included."""
    described = renamed(
        descriptor,
        DESCRIPTOR_COLUMNS,
        pl.col("language").fill_null(ENGLISH),
    )
    one = latest(conform(described, STREETS), ["usrn", "language", "description"], start="start", end="end")
    facts = latest(street, ["usrn"], start="street_start_date", end="street_end_date")
    joined = (
        one.drop("record_type", "state")
        .join(
            facts.select("usrn", "record_type", "state", "street_start_date", "street_end_date"),
            on="usrn",
            how="full",
            coalesce=True,
            maintain_order="left_right",
        )
        .with_columns(
            pl.coalesce("start", "street_start_date").alias("start"),
            pl.coalesce("end", "street_end_date").alias("end"),
        )
    )
    return conform(joined, STREETS).sort("usrn", "language", "description")


def lpi_addresses(lpi: pl.DataFrame, street_table: pl.DataFrame, *more: pl.Expr) -> pl.DataFrame:
    """Writes LPIs (24) as addresses, with the street's name in the LPI's language, else in any that there is.

    `more` adds what a dialect keeps on its LPI; locality_else and town_else stand in where the street has none.
    """
    own = renamed(lpi, LPI_COLUMNS, pl.lit("lpi").alias("origin"), *more)
    own = own.with_columns(pl.col("language").fill_null(ENGLISH))
    named = street_table.filter(pl.col("description").is_not_null())
    told = ["street", "locality", "town"]
    any_language = latest(named, ["usrn"], start="start", end="end")
    by_language = latest(named, ["usrn", "language"], start="start", end="end")
    same = by_language.select("usrn", "language", pl.col("description").alias("street"), "locality", "town")
    other = any_language.select("usrn", pl.col("description").alias("street"), "locality", "town")
    joined = own.join(same, on=["usrn", "language"], how="left", maintain_order="left").join(
        other, on="usrn", how="left", suffix="_other", maintain_order="left"
    )
    chosen = joined.with_columns(
        pl.when(pl.col("street").is_null()).then(f"{name}_other").otherwise(name).alias(name) for name in told
    )
    return chosen.with_columns(
        pl.coalesce(name, f"{name}_else").alias(name) for name in told if f"{name}_else" in chosen.columns
    )


def organisations(lpis: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Writes the addresses of LPIs again under a property's other names: `names` has uprn and organisation.

    A firm signs by its legal name as well as by the one above its door, and may share the door with others.
    """
    told = names.drop_nulls().unique(maintain_order=True)
    standing = lpis.filter(pl.col("status").is_in(STANDING))
    own = standing.drop("organisation").join(told, on="uprn", how="inner", maintain_order="left")
    known = standing.select("uprn", "organisation").unique()
    return own.join(known, on=["uprn", "organisation"], how="anti", maintain_order="left").with_columns(
        pl.lit("organisation").alias("origin")
    )


def status_of_state(state: str) -> pl.Expr:
    """Takes a property's status from its state, for products that tell no status."""
    return pl.col(state).fill_null(0).replace_strict(STATE_STATUSES, default=APPROVED, return_dtype=pl.Int16)


def streets_of(*parts: pl.DataFrame) -> pl.DataFrame:
    """Collects the streets that addresses name: usrn, language, description and places, each name once."""
    every = pl.concat([pl.DataFrame(schema=STREETS), *(conform(part, STREETS) for part in parts)])
    named = every.filter(pl.col("usrn").is_not_null() & pl.col("description").is_not_null())
    return named.unique(["usrn", "language", "description"], keep="first", maintain_order=True).sort(
        "usrn", "language", maintain_order=True
    )


def no_cross_references() -> pl.DataFrame:
    """Gives the empty table, for formats that have no cross references."""
    return pl.DataFrame(schema=CROSS_REFERENCES)


def no_successors() -> pl.DataFrame:
    """Gives the empty table, for formats that have no successors."""
    return pl.DataFrame(schema=SUCCESSORS)


def rank(status: str) -> pl.Expr:
    """Ranks logical statuses by how well their LPIs speak for a property, the best first."""
    return pl.col(status).replace_strict(LPI_PREFERENCE, range(len(LPI_PREFERENCE)), return_dtype=pl.Int8)


def first_said(lpi: pl.DataFrame, column: str) -> pl.DataFrame:
    """Gives for each UPRN what the LPI that speaks for it says in a column, skipping those that say nothing."""
    said = lpi.filter(pl.col(column).is_not_null()).with_columns(rank("logical_status").alias("rank"))
    ordered = said.sort("uprn", "rank", "end_date", "lpi_key", nulls_last=False, maintain_order=True)
    return ordered.unique("uprn", keep="first", maintain_order=True).select("uprn", column)


def parent(column: str = "parent_uprn") -> pl.Expr:
    """Reads a parent's UPRN; some exports write 0 for none."""
    return pl.when(pl.col(column) > 0).then(pl.col(column)).alias("parent_uprn")


def properties(*columns: pl.DataFrame) -> pl.DataFrame:
    """Joins what is known of each property, its BLPUs first, and sorts it by UPRN."""
    whole = columns[0]
    for more in columns[1:]:
        whole = whole.join(more, on="uprn", how="left", maintain_order="left")
    return conform(whole.with_columns(postcode(pl.col("postcode"))), PROPERTIES).sort("uprn")


def addresses(*parts: pl.DataFrame) -> pl.DataFrame:
    """Puts addresses of several origins under one another, postcodes written alike, sorted by UPRN and key."""
    every = pl.concat([conform(part, ADDRESSES) for part in parts])
    return every.with_columns(postcode(pl.col("postcode"))).sort("uprn", "key", "status", nulls_last=True)


def cross_references(xref: pl.DataFrame) -> pl.DataFrame:
    """Writes cross references (23) under the table's names."""
    names = {"uprn": "uprn", "source": "source", "cross_reference": "reference", **DATES}
    return conform(renamed(xref, names), CROSS_REFERENCES).unique().sort("uprn", "source", "reference", "start")


def successors(successor: pl.DataFrame) -> pl.DataFrame:
    """Writes successors (30) under the table's names."""
    names = {"uprn": "uprn", "successor": "successor", **DATES}
    return conform(renamed(successor, names), SUCCESSORS).unique().sort("uprn", "successor", "start")
