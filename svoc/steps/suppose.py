"""Say what the ledger would hold if somebody decided or took something back: the ledger's own verbs, on a copy."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl

from svoc.words.decisions import DECISIONS, ends_of

__all__ = ["decided", "taken_back", "unanswered"]

NOBODY = "supposed"


def decided(
    decisions: pl.DataFrame, verdict: str, pairs: Sequence[tuple[str, str]], *, expires: date | None = None
) -> pl.DataFrame:
    """Give the ledger (frame of `DECISIONS`) with an answer about some pairs of mentions, as if it were just given.

    >>> ledger = decided(pl.DataFrame(schema=DECISIONS), "same", [("b/1/1", "a/1/1")])
    >>> ledger = decided(ledger, "different", [("a/1/1", "b/1/1")])
    >>> ledger.select("decision", "verdict", "left", "superseded_by").rows()
    [(1, 'same', 'a/1/1', 2), (2, 'different', 'a/1/1', None)]
    """
    for one, other in pairs:
        left, right = ends_of(verdict, one, other)
        number = max(decisions["decision"].to_list(), default=0) + 1
        said = {"decision": number, "verdict": verdict, "left": left, "right": right, "expires": expires}
        row = {**said, "steward": NOBODY, "because": NOBODY, "at": datetime(1, 1, 1, tzinfo=UTC)}
        these = pl.col("left").is_in([left, right]) & pl.col("right").is_in([left, right])
        earlier = these & pl.col("superseded_by").is_null()
        superseded = pl.when(earlier).then(pl.lit(number)).otherwise("superseded_by").cast(pl.Int64)
        made = pl.DataFrame([row], schema=DECISIONS, orient="row")
        decisions = pl.concat([decisions.with_columns(superseded_by=superseded), made])
    return decisions


def unanswered(decisions: pl.DataFrame, events: Sequence[str]) -> pl.DataFrame:
    """Give the ledger (frame of `DECISIONS`) without the answers about life events that take two people.

    What a supposed answer about one would change is what would be so if both gave it, whatever the first has answered:
    else whoever is to answer second would read it off the preview.
    """
    of_two = pl.col("left").is_in(list(events)) & (pl.col("people").fill_null(1) > 1)
    return decisions.filter(~of_two)


def taken_back(decisions: pl.DataFrame, numbers: Sequence[int]) -> pl.DataFrame:
    """Give the ledger (frame of `DECISIONS`) without some decisions: what they had superseded holds again.

    >>> ledger = decided(pl.DataFrame(schema=DECISIONS), "same", [("a/1/1", "b/1/1")])
    >>> ledger = decided(ledger, "different", [("a/1/1", "b/1/1")])
    >>> taken_back(ledger, [2])["superseded_by"].to_list()
    [None, 2]
    """
    for number in reversed(numbers):
        held = decisions.filter((pl.col("decision") == number) & pl.col("superseded_by").is_null())
        if held.height:
            again = pl.when(pl.col("superseded_by") == number).then(None).otherwise("superseded_by")
            its = pl.when(pl.col("decision") == number).then(pl.lit(number)).otherwise(again)
            decisions = decisions.with_columns(superseded_by=its.cast(pl.Int64))
    return decisions
