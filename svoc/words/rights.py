"""The rights of a person that a council serves, what was done for them, and by what a withheld record is known again.

An act is somebody's doing for a person: an erasure, a restriction, an objection. It has an actor and a reason, and is
ended and never deleted. What no night may use any more is known again by *signs*: keyed hashes, from which nobody
without the council's secret can tell of whom they are.
"""

from enum import StrEnum

import polars as pl

__all__ = ["ACTS", "SIGNS", "ActKind", "Outcome"]


class ActKind(StrEnum):
    """What was done."""

    RECTIFY = "rectify"  # UK GDPR, Article 16
    ERASE = "erase"  # Article 17
    RESTRICT = "restrict"  # Article 18
    OBJECT = "object"  # Article 21


class Outcome(StrEnum):
    """What became of an objection."""

    PENDING = "pending"
    UPHELD = "upheld"
    REFUSED = "refused"


ACTS: dict[str, pl.DataType] = {
    "act": pl.Int64(),
    "kind": pl.String(),  # of ActKind
    "actor": pl.String(),
    "because": pl.String(),
    "at": pl.Datetime("us", "UTC"),
    "person": pl.String(),  # null once an erasure is done
    "lane": pl.String(),
    "mentions": pl.List(pl.String()),  # empty once an erasure is done
    "purpose": pl.String(),  # of an objection
    "outcome": pl.String(),  # of Outcome
    "done": pl.Datetime("us", "UTC"),  # when an erasure had reached everything
    "ended_by": pl.String(),
    "ended_because": pl.String(),
    "ended_at": pl.Datetime("us", "UTC"),
}
"""Columns and dtypes of acts, in the order in which they were done."""

SIGNS: dict[str, pl.DataType] = {
    "act": pl.Int64(),
    "gate": pl.String(),  # the record, or where records are renumbered a surname at a place
    "party": pl.String(),  # random: which signs are of one party
    "kind": pl.String(),  # what is hashed: key, record, reference, name, brief, surname or forename
    "sign": pl.String(),
}
"""By what withheld parties are known again; every hash is keyed by the council's secret."""
