"""What stewards decided: append-only, superseded and never erased."""

from datetime import date
from enum import StrEnum

import polars as pl

__all__ = ["CASES", "DECISIONS", "CaseKind", "Verdict", "holding"]


class Verdict(StrEnum):
    """A steward's answer about two mentions, or about a life event and a person."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    CONFIRMED = "confirmed"  # a life event is true and is this person's
    REJECTED = "rejected"  # a life event is not this person's, or not true


DECISIONS: dict[str, pl.DataType] = {
    "decision": pl.Int64(),
    "verdict": pl.String(),  # of Verdict
    "left": pl.String(),  # mention key
    "right": pl.String(),  # mention key
    "steward": pl.String(),
    "because": pl.String(),
    "at": pl.Datetime("us", "UTC"),
    "expires": pl.Date(),
    "superseded_by": pl.Int64(),
}
"""Columns and dtypes of the ledger, in the order in which they were written."""


def holding(decisions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Keep the decisions (frame of `DECISIONS`) that are neither superseded nor expired on a day."""
    return decisions.filter(
        pl.col("superseded_by").is_null() & (pl.col("expires").is_null() | (pl.col("expires") > as_of))
    )


class CaseKind(StrEnum):
    """Why a steward is asked."""

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
    "mentions": pl.List(pl.String()),  # sorted keys; of a life event its own first, then the likeliest persons
    "reason": pl.String(),  # in words, without a name
    "weight": pl.Int32(),  # thousandths of a bit: the margin or weight that was too small
}
"""Columns and dtypes of open cases, sorted by case."""
