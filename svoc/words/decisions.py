"""What stewards decided: append-only, superseded or taken back and never erased.

A decision is about two mention keys. It holds until another about the same two supersedes it, somebody takes it back,
or it expires, counted by the as-of date of the night and not by the clock. It outlives changed values, another order
of names and a new register, for keys do; while a record of it is withdrawn it sleeps, and it wakes with the record.

- `same` joins, and holds through third records: a is b and b is c makes a and c one.
- `different` parts, through third records too: a is b and b is not c parts a from c.
- `unsure` joins and parts nobody. It asks not to be asked again until one of the two records says something else.
- `succeeds` carries a key over to an entry of a new register that may be one of several of the old.
- `confirmed` and `rejected` are about a life event and a person; the last word about the two counts, as long as the
  record, and the claim, name whom they named (`svoc.steps.lapse`).

Where decisions contradict each other, see `svoc.steps.contradict`.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import polars as pl

__all__ = ["CASES", "DECISIONS", "SEEN", "CaseKind", "Verdict", "as_seen", "ends_of", "holding", "known_as"]


class Verdict(StrEnum):
    """A steward's answer about two mentions, or about a life event and a person."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    CONFIRMED = "confirmed"  # a life event is true and is this person's
    SUCCEEDS = "succeeds"  # an entry of a new register (left) is one of the old (right), and bears its key
    REJECTED = "rejected"  # a life event is not this person's, or not true


SIDED = frozenset({Verdict.CONFIRMED.value, Verdict.REJECTED.value, Verdict.SUCCEEDS.value})
"""Verdicts of which the left is a life event, or the newer of two keys."""

DECISIONS: dict[str, pl.DataType] = {
    "decision": pl.Int64(),
    "verdict": pl.String(),  # of Verdict
    "left": pl.String(),  # mention key
    "right": pl.String(),  # mention key
    "steward": pl.String(),
    "because": pl.String(),
    "at": pl.Datetime("us", "UTC"),
    "expires": pl.Date(),
    "superseded_by": pl.Int64(),  # itself where it was taken back
    "undone_by": pl.String(),  # who took it back
    "undone_because": pl.String(),
    "undone_at": pl.Datetime("us", "UTC"),
    "seen": pl.String(),  # what the two records said (`as_seen`, of a life event `svoc.words.answers.seen_of`)
    "origin": pl.String(),  # what it is known by in the council that it was brought from
    "brought_by": pl.String(),
    "brought_at": pl.Datetime("us", "UTC"),
    "shown": pl.String(),  # of a life event: the fields that whoever decided was shown, with spaces between
    "people": pl.Int64(),  # of a life event: how many different people have to say so; null: one
    "named": pl.String(),  # of a life event: whom the record and the claim named then (`svoc.words.named`)
}
"""Columns and dtypes of the ledger, in the order in which they were written."""

SEEN = (
    "kind", "title", "forename", "middle_names", "surname", "previous_surname", "dob", "phone", "email", "address",
    "postcode", "supplied_uprn", "forwarding_address", "forwarding_postcode", "since", "until", "deceased", "died",
)  # fmt: skip
"""What a record says of its person; its number, and the order of names in it, are not of them."""


def holding(decisions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Keep the decisions (frame of `DECISIONS`) that are neither superseded nor expired on a day."""
    return decisions.filter(
        pl.col("superseded_by").is_null() & (pl.col("expires").is_null() | (pl.col("expires") > as_of))
    )


def ends_of(verdict: str, left: str, right: str) -> tuple[str, str]:
    """Give the two mentions in the order of the ledger: a life event or a newer key first, else the smaller first.

    >>> ends_of("same", "library/9/1", "council_tax/1/1")
    ('council_tax/1/1', 'library/9/1')
    """
    if verdict in SIDED:
        return left, right
    return (left, right) if left <= right else (right, left)


def as_seen(left: Mapping[str, Any], right: Mapping[str, Any]) -> str:
    """Say as one hash what two records (rows with the columns of `SEEN`) say.

    >>> ann, bob = ({**dict.fromkeys(SEEN), "forename": name} for name in ("ANN", "BOB"))
    >>> as_seen(ann, bob) == as_seen({**ann, "record": "7"}, bob), as_seen(ann, bob) == as_seen(ann, ann)
    (True, False)
    """
    said = "\x1f".join("\x00" if row[name] is None else str(row[name]) for row in (left, right) for name in SEEN)
    return blake2b(said.encode(), digest_size=12).hexdigest()


def known_as(decision: Mapping[str, Any]) -> str:
    """Name a decision (row of `DECISIONS`) so that any council knows it again: by its origin, else by what it says.

    >>> from datetime import datetime, UTC
    >>> said = {"verdict": "same", "left": "a/1/1", "right": "b/1/1", "steward": "j", "because": "x", "expires": None}
    >>> known_as({**said, "at": datetime(2026, 11, 2, tzinfo=UTC), "origin": None})
    '9e9581cfc1da229bb9d0ac6b'
    """
    if decision["origin"]:
        return str(decision["origin"])
    parts = [decision[name] for name in ("verdict", "left", "right", "steward", "because", "expires")]
    said = "\x1f".join(["" if part is None else str(part) for part in parts] + [decision["at"].isoformat()])
    return blake2b(said.encode(), digest_size=12).hexdigest()


class CaseKind(StrEnum):
    """Why a steward is asked."""

    SUCCESSION = "succession"  # an elector of a new register may be one of several of the old
    HOUSEHOLD = "household"  # the machine cannot tell who is who at one place
    POSSIBLE_MOVE = "possible_move"  # two places, probably one person
    CONFLICT = "conflict"  # decisions contradict each other
    LOOKS_WRONG = "looks_wrong"  # a person made of records that sit badly together
    ADDRESS = "address"  # the supplied UPRN and the address disagree
    LIFE_EVENT = "life_event"  # a human must confirm, choose or reject


CASES: dict[str, pl.DataType] = {
    "case": pl.String(),  # stable: a hash of kind and mentions
    "kind": pl.String(),  # of CaseKind
    "place": pl.Int64(),
    "mentions": pl.List(pl.String()),  # sorted keys; of a life event or a succession its own first
    "reason": pl.String(),  # in words, without a name
    "weight": pl.Int32(),  # thousandths of a bit: the margin or weight that was too small
}
"""Columns and dtypes of open cases, sorted by case."""
