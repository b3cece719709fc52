"""What an export holds for a purpose: members, persons, households, cases and placements, as frames."""

import polars as pl

from svoc.protecting import OPEN, Shield
from svoc.reading.masking import TOLD_BY, masked_cases
from svoc.reading.standing import Standing
from svoc.store.store import Store
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.purposes import Lane, Purpose

__all__ = ["exported", "frames_of", "living_together", "people_of", "shield_of"]

REFERENCE = ("record", "party")
PLACEMENTS = (
    "mention", "source", *REFERENCE, "kind", "address", "postcode", "supplied_uprn", "outcome", "uprn", "rung",
    "certainty", "reason",
)  # fmt: skip
PLACED_HOW = ("outcome", "rung", "certainty", "reason")
"""How a record was placed: who may not know where has no use for it."""


def exported(store: Store, lane: Lane, purpose: Purpose) -> dict[str, pl.DataFrame]:
    """Give the frames that an export writes, by name; see `frames_of`."""
    return frames_of(Standing.of(store, lane), purpose, shield_of(store, purpose))


def shield_of(store: Store, purpose: Purpose) -> Shield:
    """Give what stands between a purpose and those under protection in its lane: nothing, if it sees them."""
    return OPEN if purpose.sees_protected else Shield.of(store, purpose.lane)


def frames_of(stands: Standing, purpose: Purpose, shield: Shield = OPEN) -> dict[str, pl.DataFrame]:
    """Give the frames that an export writes, by name, without the columns that the purpose may not see.

    `members`: source, record, party, person_id, uprn, outcome, rung, one row for each person mention, `party` counting
    the parties that the record names from 1; `persons`: the golden records; `households`: household_id, person_id,
    uprn, one row for each person who lives in one; `cases`: what waits for a steward; `placements`: every record that
    the lane admits, people or not, and where it was placed. Of those whom the `shield` hides, all is as if their
    records said nothing of a place. Where statistics are made, no record's reference is there.
    """
    mentions = stands.mentions.filter(pl.col("source") != EVENTS_SOURCE)
    placements = mentions.select(
        "mention", "source", *REFERENCE, "kind", "address", "postcode", "supplied_uprn", *PLACED_HOW, "uprn"
    )
    whole = {
        "members": people_of(stands),
        "persons": stands.state.persons.rename({"person": "person_id"}),
        "households": stands.state.households.select(household_id="household", person_id="person", uprn="place"),
        "cases": stands.state.cases.with_columns(pl.col("mentions").list.join(" ")),
        "placements": placements.select(PLACEMENTS).sort("source", *REFERENCE),
    }
    given = shield.exported(whole)
    given["households"] = given["households"].sort("household_id", "person_id")
    given["cases"] = masked_cases(given["cases"], purpose)
    given["persons"] = given["persons"].drop([] if purpose.fields is None else ["provenance"])
    return {name: frame if name == "cases" else _within(frame, purpose) for name, frame in given.items()}


def people_of(stands: Standing) -> pl.DataFrame:
    """Give every person mention of a lane and whose it is, unmasked, to be compared with what is true.

    Columns: source, record, party, person_id, uprn, outcome, rung, mention; sorted by record.
    """
    people = stands.mentions.filter((pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE))
    joined = people.join(stands.state.members, on="mention", how="left")
    return joined.select(
        "source", *REFERENCE, pl.col("person").alias("person_id"), "uprn", "outcome", "rung", "mention"
    ).sort("source", *REFERENCE)


def living_together(stands: Standing, purpose: Purpose, shield: Shield = OPEN) -> pl.DataFrame:
    """Give who lives in which household: household_id, person_id and, where the purpose may see it, uprn."""
    homes = shield.households(stands.state.households)
    return _within(homes.select(household_id="household", person_id="person", uprn="place"), purpose)


def _within(frame: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Drop the columns that tell what a purpose may not see."""
    hidden = {name for name, facts in TOLD_BY.items() if not purpose.sees(*facts)}
    hidden |= set() if purpose.sees("uprn") else set(PLACED_HOW)
    hidden |= set() if purpose.references else set(REFERENCE)
    kept = frame.drop([name for name in frame.columns if name in hidden])
    # In the order of the records a reader would find each of them again.
    return kept if purpose.references else kept.sort(kept.columns)
