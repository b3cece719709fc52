"""What was slow and what looks odd: sources that jumped, fields that emptied, very large persons and places."""

from typing import Any

import polars as pl

from svoc.reports.intake import before_of
from svoc.reports.people import held_by, living_at
from svoc.reports.wording import words_for
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import LaneState, Plan, Yesterday

__all__ = ["CROWDED", "DROPPED", "JUMPED", "oddities"]

JUMPED = 0.10
"""A source whose mentions moved by more than this share of what it held deserves a look."""
DROPPED = 0.02
"""So does a field that is filled for fewer mentions by more than this much of all."""
CROWDED = 12
"""And a place with more people than this: hostels, care homes, or addresses that are wrongly one."""
LARGE = 6
"""And a person made of more records than this."""
MOST = 10
"""How many of the largest are named; all are counted."""

FIELDS = (
    "title", "forename", "middle_names", "surname", "previous_surname", "dob", "phone", "email", "address", "postcode",
    "supplied_uprn", "property_reference", "forwarding_address", "since", "until",
)  # fmt: skip


def oddities(plan: Plan, yesterday: Yesterday) -> dict[str, Any]:
    """Tell what a person on duty should look at, beside what the guards hold against the plan."""
    state, before = plan.reading.state, before_of(yesterday)
    held = held_by(state, plan.mentions)
    places = living_at(held)
    return {
        "seconds": _seconds(plan),
        "seconds_all": round(sum(plan.seconds.values()), 3),
        "jumped": [] if before is None else _jumped(plan.mentions, before),
        "emptied": [] if before is None else _emptied(plan.mentions, before),
        "warnings": list(plan.warnings),
        "large_persons": _large(state, held),
        "large_persons_all": int((state.persons["records"] > LARGE).sum()),
        "largest_places": _largest(places, held),
        "crowded_places_all": int((places["persons"] > CROWDED).sum()),
    }


def _seconds(plan: Plan) -> list[dict[str, Any]]:
    whole = sum(plan.seconds.values())
    return [
        {"name": step, "words": words_for("step", step), "seconds": round(s, 3), "share": _part(s, whole)}
        for step, s in plan.seconds.items()
    ]


def _part(seconds: float, whole: float) -> float | None:
    return round(seconds / whole, 6) if whole else None


def _jumped(now: pl.DataFrame, before: pl.DataFrame) -> list[dict[str, Any]]:
    """List the sources whose count moved by more than `JUMPED`; one that came or went altogether is among them.

    Life events come as they come and are not among them.
    """
    both = _by_source(now, "count").join(_by_source(before, "before"), on="source", how="full", coalesce=True)
    both = both.with_columns(pl.col("count", "before").fill_null(0).cast(pl.Int64)).sort("source")
    both = both.filter(pl.col("source") != EVENTS_SOURCE)
    return [
        {"name": source, "count": count, "before": was, "moved": round((count - was) / was, 6) if was else None}
        for source, count, was in both.iter_rows()
        if abs(count - was) > was * JUMPED
    ]


def _by_source(mentions: pl.DataFrame, name: str) -> pl.DataFrame:
    return mentions.group_by("source").agg(pl.len().alias(name))


def _emptied(now: pl.DataFrame, before: pl.DataFrame) -> list[dict[str, Any]]:
    """List the fields of each source that persons fill less than the night before, by more than `DROPPED` of all."""
    filled, filled_before = _filled(now), _filled(before)
    return [
        {"name": source, "field": field, "share": share_now, "share_before": filled_before[source, field]}
        for (source, field), share_now in filled.items()
        if (source, field) in filled_before and filled_before[source, field] - share_now > DROPPED
    ]


def _filled(mentions: pl.DataFrame) -> dict[tuple[str, str], float]:
    people = mentions.filter(pl.col("kind") == "person")
    shares = people.group_by("source").agg(pl.col(*FIELDS).is_not_null().mean()).sort("source")
    return {(row["source"], field): round(row[field], 6) for row in shares.iter_rows(named=True) for field in FIELDS}


def _largest(places: pl.DataFrame, held: pl.DataFrame) -> list[dict[str, Any]]:
    """Name the fullest places by the first of their records, for an identifier of a property would be an address."""
    fullest = places.sort("persons", "place", descending=[True, False]).head(MOST)
    named = held.join(fullest, on="place").group_by("place", "persons").agg(mention=pl.col("mention").min())
    ordered = named.sort("persons", "mention", descending=[True, False])
    return ordered.select("persons", "mention").to_dicts()


def _large(state: LaneState, held: pl.DataFrame) -> list[dict[str, Any]]:
    largest = state.persons.filter(pl.col("records") > LARGE).sort("records", "person", descending=[True, False])
    theirs = held.join(largest.head(MOST).select("person"), on="person")
    counts = theirs.group_by("person").agg(sources=pl.col("source").n_unique(), places=pl.col("place").n_unique())
    named = largest.head(MOST).join(counts, on="person", how="left", maintain_order="left")
    return named.select("person", "records", "sources", "places").to_dicts()
