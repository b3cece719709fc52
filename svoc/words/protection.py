"""Protection: whom an address could harm, who said so, and which facts are hidden for it.

A flag is laid on mention keys, never on field values or on a person's identifier, in a ledger that is only added to.
So it outlives changed values, a new register, a withdrawn record that returns, a rollback and what retention forgets.
Two people are needed to lift it: one asks, another confirms.
"""

import unicodedata
from datetime import date
from enum import StrEnum

import polars as pl

__all__ = [
    "FLAGS",
    "HELD",
    "LAYS",
    "PROTECTION",
    "WHERE",
    "Act",
    "Protection",
    "held",
    "holding_flags",
    "same_actor",
    "same_words",
    "written_actor",
]


class Protection(StrEnum):
    """What a person is protected by."""

    ANONYMOUS = "anonymous"  # an anonymous elector: nothing of the register may ever join them
    SAFE_ADDRESS = "safe-address"  # where they live must not be told
    NO_DISCLOSURE = "no-disclosure"  # nothing at all is told to any other system


class Act(StrEnum):
    """What somebody, or the night, did about a flag."""

    SET = "set"  # a member of staff
    SOURCE = "source"  # a record that its own source marks
    SPREAD = "spread"  # a record that shares a person with a flagged one
    ASK = "ask"  # to lift it
    CLEAR = "clear"  # the second person's word: it is lifted


LAYS = (Act.SET.value, Act.SOURCE.value, Act.SPREAD.value)
"""The acts by which something comes under protection."""

PROTECTION: dict[str, pl.DataType] = {
    "id": pl.Int64(),
    "number": pl.Int64(),  # one for all rows of an act
    "act": pl.String(),  # of Act
    "kind": pl.String(),  # of Protection
    "mention": pl.String(),
    "actor": pl.String(),
    "because": pl.String(),
    "at": pl.Datetime("us", "UTC"),
    "until": pl.Date(),  # it holds before this day; null until it is lifted
    "about": pl.Int64(),  # of a second word: the number of the asking
}
"""Columns and dtypes of the ledger of protection, in the order in which it was written."""

HELD: dict[str, pl.DataType] = {"mention": pl.String(), "kind": pl.String()}
"""The mentions that are under protection, one row for each kind, sorted."""

FLAGS: dict[str, pl.DataType] = {**HELD, "until": pl.Date()}
"""The same with the day until which each flag holds, null where it is for good."""

WHERE = ("address", "postcode", "uprn", "phone", "email")
"""The golden facts that tell where a protected person is, or lead there."""


def holding_flags(ledger: pl.DataFrame, on: date | None = None) -> pl.DataFrame:
    """Give the flags (`FLAGS`) of a ledger (frame of `PROTECTION`) that hold on a day, or on any.

    A flag holds until the day that it names, or until two people lift it; one that is laid later holds again.
    """
    laid = ledger.filter(pl.col("act").is_in(LAYS))
    if on is not None:
        laid = laid.filter(pl.col("until").is_null() | (pl.col("until") > on))
    lifted = ledger.filter(pl.col("act") == Act.CLEAR.value).group_by(list(HELD)).agg(lifted=pl.col("id").max())
    stand = laid.join(lifted, on=list(HELD), how="left").filter(pl.col("id") > pl.col("lifted").fill_null(0))
    return stand.select(FLAGS.keys()).unique().sort(list(FLAGS))


def held(ledger: pl.DataFrame, on: date | None = None) -> pl.DataFrame:
    """Give what is under protection by a ledger (frame of `PROTECTION`), as a frame of `HELD`, on a day or on any.

    >>> rows = [(1, "set", "a/1/1"), (2, "ask", "a/1/1"), (3, "clear", "a/1/1"), (4, "set", "b/1/1")]
    >>> said = [{"id": n, "number": n, "act": act, "kind": "safe-address", "mention": m} for n, act, m in rows]
    >>> held(pl.DataFrame(said, schema=PROTECTION))["mention"].to_list()
    ['b/1/1']
    """
    return holding_flags(ledger, on).select(HELD.keys()).unique().sort(list(HELD))


def same_actor(one: str, other: str) -> bool:
    """Say whether two names are of one member of staff, however they are written.

    >>> same_actor(" J.Okafor", "j.okafor "), same_actor("j.okafor", "m.patel")
    (True, False)
    """
    return written_actor(one) == written_actor(other)


def written_actor(actor: str) -> str:
    """Give the one way in which the name of a member of staff is compared; who asks through a system is themselves.

    >>> written_actor("crm/J.Okafor")
    'j.okafor'
    """
    return _written(actor).rpartition("/")[2]


def same_words(one: str, other: str) -> bool:
    """Say whether two texts are the same words, however they are written.

    >>> same_words("Moved  abroad", "moved abroad"), same_words("2026/114", "2025/114")
    (True, False)
    """
    return _written(one) == _written(other)


def _written(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
