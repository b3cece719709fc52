"""All lists of a migration at once: what a night left in, frames out; no file, no clock and no store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from svoc.reports.custodian.lists import ListKind
from svoc.words.decisions import CaseKind
from svoc.words.mentions import EVENTS_SOURCE, SURE_OUTCOMES, lasting
from svoc.words.plan import LaneState
from svoc.words.records import protected

__all__ = ["LISTS", "PURPOSE", "Material", "migration_lists"]

PURPOSE = "migration"

LISTS = (
    ListKind(
        "people_in_both",
        "People in several councils",
        "Persons whose records stand in the systems of more than one of the councils.",
        "Nothing is wrong with most of them: people move, own and study in both. Look first at those whose records lie "
        "at one place (same home), for there one of the councils may be out of date.",
    ),
    ListKind(
        "duplicate_accounts",
        "One person, one property, two systems",
        "Records of one kind, of two councils, that stand today and name one person at one property.",
        "Keep the one of the council that the property lies in, and close the other before anybody is billed, or "
        "registered, twice.",
    ),
    ListKind(
        "same_references",
        "One reference, two things",
        "References that two systems of one kind both use. Where they name the same people the row says so.",
        "Give the records of one of the systems new references before they are put into one system; nothing here "
        "mixes them up.",
    ),
    ListKind(
        "properties_in_both",
        "UPRNs in two gazetteers",
        "UPRNs that two councils' gazetteers hold. A boundary is one property in both; a clash is one number for two.",
        "Of a clash, ask the gazetteer's national hub whose the number is and have the other property numbered anew: "
        "until then it is not in the joined gazetteer. Of a boundary, one of the two custodians gives it up.",
    ),
    ListKind(
        "streets_in_both",
        "USRNs in two gazetteers",
        "USRNs that two councils' gazetteers hold, for one street or for two.",
        "As for UPRNs; the other names of a clashing street of the council named later are not known meanwhile.",
    ),
    ListKind(
        "conflicts",
        "Decisions that contradict each other",
        "Cases in which stewards have said things that cannot all hold, such as same here and different there.",
        "A steward of the new council decides anew; until then nobody is joined on their account.",
    ),
    ListKind(
        "sources",
        "The systems beside each other",
        "Of each system: its records that stand today, and the share of them that holds each field, or is surely "
        "placed.",
        "Where one of two systems of a kind is much emptier, mend its mapping, or ask for a fuller extract.",
    ),
)
"""The lists in their order."""

FIELDS = ("title", "forename", "surname", "dob", "phone", "email", "postcode", "supplied_uprn", "since")


@dataclass(frozen=True, slots=True)
class Material:
    """What the lists are made of.

    `mentions`: frame of `PLACED`, those that the lane admits; `state`: the lane's; `councils` and `kinds`: source name
    -> its council, its kind; `properties` and `streets`: frames of `gazetteer.districts.SHARED` and `STREETS_SHARED`;
    `as_of`: the day of the night.
    """

    mentions: pl.DataFrame
    state: LaneState
    councils: Mapping[str, str]
    kinds: Mapping[str, str]
    properties: pl.DataFrame
    streets: pl.DataFrame
    as_of: date


def migration_lists(given: Material) -> dict[str, pl.DataFrame]:
    """Make every list of `LISTS`, by name, each in a lasting order.

    `people_in_both`: person, councils, records, homes (places), same_home, uprn. `duplicate_accounts`: person, kind,
    uprn, mention, other. `same_references`: kind, reference, source, other, same_people. `conflicts`: case, councils,
    mentions, reason. `sources`: council, source, kind, records, persons, a share for each field, placed.
    """
    records = _records(given)
    people = records.filter(~pl.col("hidden")).join(given.state.members, on="mention")
    return {
        "people_in_both": _in_both(people, given.state.persons),
        "duplicate_accounts": _duplicates(people),
        "same_references": _references(records, given.state.members),
        "properties_in_both": given.properties,
        "streets_in_both": given.streets,
        "conflicts": _conflicts(given.state.cases, records),
        "sources": _sources(records),
    }


def _records(given: Material) -> pl.DataFrame:
    """Give the records of the councils with `council`, `system` (their kind), `stands` and `hidden`."""

    def said(of: Mapping[str, str]) -> pl.Expr:
        return pl.col("source").replace_strict(dict(of), default=None, return_dtype=pl.String)

    councils = {source: council for source, council in given.councils.items() if council}
    found = given.mentions.filter(pl.col("source") != EVENTS_SOURCE).with_columns(
        council=said(councils), system=said(given.kinds), stands=lasting(given.as_of), hidden=protected()
    )
    return found.filter(pl.col("council").is_not_null())


def _in_both(people: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    shared = people.filter(pl.col("council").n_unique().over("person") > 1)
    at_one = shared.drop_nulls("place").filter(pl.col("council").n_unique().over("person", "place") > 1)
    listed = shared.group_by("person").agg(
        councils=_listed("council"), records=_listed("mention"), homes=pl.col("place").drop_nulls().n_unique()
    )
    same = at_one.select("person", same_home=pl.lit(value=True)).unique()
    told = listed.join(same, on="person", how="left").join(persons.select("person", "uprn"), on="person", how="left")
    return told.with_columns(pl.col("same_home").fill_null(value=False)).sort(
        "same_home", "person", descending=[True, False]
    )


def _duplicates(people: pl.DataFrame) -> pl.DataFrame:
    live = people.filter(pl.col("stands") & pl.col("place").is_not_null() & (pl.col("system") != "generic"))
    rows = live.select("person", "place", "council", "mention", kind="system")
    both = rows.join(rows, on=["person", "place", "kind"], suffix="_other").filter(
        pl.col("council") < pl.col("council_other")
    )
    told = both.select("person", "kind", "mention", uprn="place", other="mention_other")
    return told.select("person", "kind", "uprn", "mention", "other").sort("kind", "uprn", "mention", "other")


def _references(records: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    whose = records.filter(~pl.col("hidden")).join(members, on="mention", how="left")
    by_record = whose.group_by("council", "source", reference="record", kind="system").agg(
        who=pl.col("person").drop_nulls().unique()
    )
    both = by_record.join(by_record, on=["kind", "reference"], suffix="_other").filter(
        pl.col("council") < pl.col("council_other")
    )
    same = pl.col("who").list.set_intersection("who_other").list.len() > 0
    told = both.select("kind", "reference", "source", other="source_other", same_people=same)
    return told.sort("kind", "reference", "source", "other")


def _conflicts(cases: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Give the cases of contradiction, none of them with a record under protection, with the councils of each."""
    conflicts = cases.filter(pl.col("kind") == CaseKind.CONFLICT.value)
    each = (
        conflicts.select("case", mention="mentions")
        .explode("mention")
        .join(records.select("mention", "council", "hidden"), on="mention", how="left")
    )
    hidden = each.filter("hidden").select("case")
    whose = each.group_by("case").agg(councils=pl.col("council").drop_nulls().unique().sort().str.join(", "))
    open_to_view = conflicts.join(hidden, on="case", how="anti").join(whose, on="case")
    mentions = pl.col("mentions").list.join(" ")
    return open_to_view.select("case", "councils", mentions, "reason").sort("case")


def _sources(records: pl.DataFrame) -> pl.DataFrame:
    held = [pl.col(name).is_not_null().mean().round(4).alias(name) for name in FIELDS]
    counted = [pl.col("record").n_unique().alias("records"), (pl.col("kind") == "person").sum().alias("persons")]
    placed = pl.col("outcome").is_in(SURE_OUTCOMES).mean().round(4).alias("placed")
    by_system = records.filter("stands").group_by("council", "source", "system")
    told = by_system.agg(*counted, *held, placed).rename({"system": "kind"})
    return told.sort("kind", "council", "source")


def _listed(column: str) -> pl.Expr:
    return pl.col(column).unique().sort().str.join(" ")
