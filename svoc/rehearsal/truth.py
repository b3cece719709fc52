"""The town's truth: who each party named in a record really is, and which property the record is about."""

from collections.abc import Iterable

import polars as pl

from svoc.rehearsal.people import Residents
from svoc.rehearsal.systems import Holding

TRUTH = ("source", "record", "party", "person", "uprn")
"""The columns of truth.csv."""


PEOPLE = ("person", "household", "forename", "surname", "born")
"""The columns of people.csv."""


def person_code(person: str = "person") -> pl.Expr:
    """Write a person's number as the truth does: P0000012."""
    return pl.lit("P") + pl.col(person).cast(pl.String).str.zfill(7)


def truth_of(holdings: Iterable[Holding], night: int, dwellings: pl.DataFrame) -> pl.DataFrame:
    """Give one row for each party named in a night's extracts: source, record, party, person, uprn.

    `person` is null where there is none: a company, a void, an executor. `uprn` is the true one of the property that
    the record is about, whatever the record says. `dwellings` needs dwelling and uprn.
    """
    places = dwellings.select("dwelling", "uprn")
    frames = []
    for holding in holdings:
        now = holding.on(night)
        where = now.records.select("record", "dwelling").join(places, on="dwelling", how="left")
        named = now.parties.select("record", "party", person=person_code())
        rows = named.join(where.drop("dwelling"), on="record", how="left")
        frames.append(rows.with_columns(source=pl.lit(holding.source)).select(TRUTH))
    return pl.concat(frames).sort("source", "record", "party")


def people_of(residents: Residents) -> pl.DataFrame:
    """Give everybody who may be named, as they truly are on the first night.

    One row a person: person, household, forename, surname, born. `person` as in the truth. A household is the people
    who live together; those of the town move and stay together.
    """
    household = pl.lit("H") + pl.col("household").cast(pl.String).str.zfill(7)
    known = residents.persons.with_columns(person=person_code(), household=household, born="dob")
    return known.select(PEOPLE).sort("person")
