"""What a purpose may not see is taken out of persons, their past, records and cases; nothing says what it was."""

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import polars as pl

from svoc.survivorship.policy import GROUPS
from svoc.words.changes import ChangeKind
from svoc.words.named import PARTS
from svoc.words.persons import FACTS, Person
from svoc.words.purposes import Purpose

__all__ = [
    "RECORDS_GIVEN",
    "TOLD_BY",
    "masked",
    "masked_candidates",
    "masked_cases",
    "masked_claims",
    "masked_decisions",
    "masked_mentions",
    "masked_past",
    "masked_persons",
    "masked_raised",
    "masked_records",
]

WHOLE_NAME = ("title", "forename", "middle_names", "surname")

TOLD_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{fact: (fact,) for fact in FACTS},
        "name": WHOLE_NAME,
        "supplied_uprn": ("uprn",),
        "place": ("uprn",),
        "property_reference": ("uprn",),
        "forwarding_address": ("address",),
        "forwarding_postcode": ("postcode",),
        "forwarding_uprn": ("uprn",),
        "forwarding_place": ("uprn",),
    }
)
"""Which golden facts a column of a record tells: who may not see all of them does not see the column."""

CLAIMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "death": ("deceased",),
        "move": ("address",),
        "name": ("surname",),
        "birth": ("dob",),
        "contact": ("phone", "email"),
        "correction": ("surname", "dob"),
    }
)
"""Which golden facts a claim of each kind tells of somebody."""

RECORDS_GIVEN = (
    "mention", "source", "record", "party", "role", "name", "title", "forename", "middle_names", "surname",
    "previous_surname", "dob", "phone", "email", "address", "postcode", "uprn", "outcome", "since", "until",
    "forwarding_address", "forwarding_postcode", "deceased", "died",
)  # fmt: skip
"""What is given of a record, in this order; dtypes as in `PLACED`."""

FOUNDING = (ChangeKind.NEW.value, ChangeKind.SPLIT.value)


def masked(person: Person, purpose: Purpose) -> Person:
    """Leave out the facts that a purpose may not see, and where they come from.

    Where a fact comes from is told by the group that it was chosen with; of a purpose that may not be told who somebody
    is, without the record's key.
    """
    if purpose.fields is None:
        return person
    hidden: dict[str, Any] = dict.fromkeys(purpose.hidden)
    return replace(person, **hidden, provenance=_provenance(person.provenance, purpose))


def masked_persons(persons: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Null the facts that a purpose may not see in a frame of `PERSONS`; where facts come from goes with them.

    The frame may have only some of these columns.
    """
    if purpose.fields is None:
        return persons
    seen = _nulled(persons, purpose.hidden)
    if "provenance" not in persons.columns:
        return seen
    why = pl.col("provenance").map_elements(
        lambda text: json.dumps(_provenance(json.loads(text), purpose)), return_dtype=pl.String
    )
    return seen.with_columns(provenance=why)


def masked_past(past: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Leave out what happened to facts that a purpose may not see; `past`: frame of `CHANGES`, or of `PAST`."""
    if purpose.fields is None:
        return past
    seen = past.filter(pl.col("field").is_null() | pl.col("field").is_in(list(purpose.fields)))
    founded = pl.col("kind").is_in(FOUNDING)
    shown = pl.col("after").map_elements(lambda text: _only(text, purpose), return_dtype=pl.String)
    told = seen.with_columns(after=pl.when(founded).then(shown).otherwise("after"))
    if not purpose.references:
        of_records = pl.col("kind") == ChangeKind.MEMBERS.value
        told = told.with_columns(
            pl.when(of_records).then(None).otherwise(pl.col(name)).alias(name) for name in ("before", "after")
        )
    return told if purpose.names else _nulled(told, ("mention",))


def masked_mentions(mentions: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Null the columns that tell what a purpose may not see in a frame of `PLACED`, or of some of its columns."""
    return _nulled(mentions, [name for name, facts in TOLD_BY.items() if not purpose.sees(*facts)])


def masked_records(records: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Give of records (frame of `PLACED`, masked) the columns `RECORDS_GIVEN`, without references where none may be."""
    hidden = [] if purpose.references else ["mention", "record", "party"]
    hidden += [] if purpose.sees("uprn") else ["outcome"]
    return _nulled(records.select(RECORDS_GIVEN), hidden).sort("source", "record", "party", nulls_last=True)


def masked_cases(cases: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Null in a frame of `CASES` the place, and the weight, which rests on all facts, where not all may be seen."""
    hidden = [] if purpose.fields is None else ["weight"]
    hidden += [] if purpose.sees("uprn") else ["place"]
    hidden += [] if purpose.references else ["mentions"]
    return _nulled(cases, hidden)


def masked_candidates(candidates: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Null in a frame of `CANDIDATES` the weight where not all may be seen, and the keys where no reference may be."""
    hidden = [] if purpose.fields is None else ["weight"]
    hidden += [] if purpose.references else ["event", "mention"]
    return _nulled(candidates, hidden)


def masked_decisions(decisions: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Null in a frame of `DECISIONS` the records where no reference may be seen, the reasons where no name may, and
    whom an answer was about, which can be guessed from its hashes, where not both name and birth may.
    """
    hidden = [] if purpose.references else ["left", "right", "seen", "case", "origin"]
    hidden += [] if purpose.names else ["because", "undone_because"]
    hidden += [] if purpose.references and purpose.sees(*PARTS) else ["named"]
    return _nulled(decisions, hidden)


def masked_claims(claims: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Null in a frame of `CLAIMS` whose a claim is, or may be, where what it tells of them may not be seen."""
    unseen = [kind for kind, facts in CLAIMED.items() if not purpose.sees(*facts)]
    known = ~pl.col("kind").is_in(unseen)
    hidden = [] if purpose.references else ["event", "candidates"]
    told = claims.with_columns(pl.when(known).then(name).alias(name) for name in ("person", "candidates"))
    return _nulled(told, hidden)


def masked_raised(raised: pl.DataFrame, purpose: Purpose) -> pl.DataFrame:
    """Leave out of a frame of `svoc.raising.RAISED` what tells of a death or a move that may not be seen."""
    told = raised if purpose.sees("deceased", "address") else raised.clear()
    hidden = [] if purpose.references else ["event", "records"]
    return _nulled(told, [*hidden, *([] if purpose.sees("uprn") else ["place"])])


def _nulled(frame: pl.DataFrame, names: Any) -> pl.DataFrame:
    there = [name for name in names if name in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name) for name in there)


def _provenance(why: Mapping[str, Mapping[str, Any]], purpose: Purpose) -> dict[str, dict[str, Any]]:
    seen = {
        group: dict(told)
        for group, told in why.items()
        if any(purpose.sees(fact) for fact in GROUPS.get(group, ())) and group not in purpose.hidden
    }
    if purpose.names:
        return seen
    return {group: {k: v for k, v in told.items() if k != "mention"} for group, told in seen.items()}


def _only(text: str, purpose: Purpose) -> str:
    return json.dumps({fact: value for fact, value in json.loads(text).items() if purpose.sees(fact)})
