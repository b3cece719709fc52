"""A small council for the custodian's lists, from two tables that an officer can read."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from gazetteer import Gazetteer, resolve
from gazetteer.examples import tables_of
from svoc.reports.custodian import Lists, custodian_lists, uses_of
from svoc.sources.names import parties
from svoc.words.mentions import PLACED
from svoc.words.records import conform

CASES = Path(__file__).resolve().parents[3] / "cases"
KINDS = {"council_tax": "council_tax", "electoral_register": "electoral_register", "library": "generic"}
TODAY = date(2026, 11, 2)

Row = Mapping[str, str]


def table(name: str) -> list[Row]:
    with (CASES / name).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@cache
def small_gazetteer() -> Gazetteer:
    return Gazetteer.from_tables(tables_of(table("custodian_gazetteer.csv")))


def placed(rows: Iterable[Row], gazetteer: Gazetteer) -> pl.DataFrame:
    """Give the mentions that rows make, placed, as a frame of `PLACED`."""
    told = pl.DataFrame(list(rows)).with_columns(pl.selectors.string().replace("", None))
    named = parties(told["who"].rename("name")).unique(["name", "party"])
    people = told.rename({"who": "name", "system": "source"}).join(named, on="name", how="left")
    records = people.with_columns(
        supplied_uprn=pl.col("uprn").cast(pl.Int64),
        property_reference="reference",
        markers=pl.col("markers").str.split(" "),
        since=pl.lit(date(2020, 4, 1)),
    )
    mentions = conform(records)
    answers = resolve(mentions.with_columns(reference_source=pl.lit("none")), gazetteer)
    have = set(answers.columns)
    return answers.select(
        (pl.col(name) if name in have else pl.lit(None)).cast(dtype).alias(name) for name, dtype in PLACED.items()
    )


def lists_of(rows: Iterable[Row], gazetteer: Gazetteer | None = None) -> Lists:
    where = gazetteer or small_gazetteer()
    return custodian_lists(uses_of(placed(rows, where), KINDS, TODAY), where, on=TODAY)
