"""What two people answer about one life event: their answers stand side by side until both say the same.

An answer is a decision "confirmed" or "rejected". It says by itself how many different people it takes (`people`), as
was the rule when it was given: a rule that changes later undoes nothing. Of events that take one, the last answer
counts. Of those that take two, each keeps their own last answer, as long as both saw the same: who answered before a
record, or the claim, said something else is asked again.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import polars as pl

from svoc.words.decisions import SEEN, Verdict
from svoc.words.named import another, of_record
from svoc.words.protection import same_actor, written_actor

__all__ = ["ANSWERS", "blinded", "claim_said", "claim_seen", "judged", "seen_of", "stands_beside", "waiting_alone"]

ANSWERS = frozenset({Verdict.CONFIRMED.value, Verdict.REJECTED.value})


def seen_of(event: Mapping[str, Any] | None, records: Sequence[Mapping[str, Any]]) -> str | None:
    """Say as two hashes what a life event and the records of a person say (rows with the columns of `SEEN`).

    Nothing where there is no such event, or no record.

    >>> ann, bob = ({**dict.fromkeys(SEEN), "forename": name} for name in ("ANN", "BOB"))
    >>> seen_of(ann, [bob]) == seen_of({**ann, "record": "7"}, [bob]), seen_of(ann, [bob]) == seen_of(ann, [bob, ann])
    (True, False)
    >>> seen_of(ann, [])
    """
    if event is None or not records:
        return None
    return f"{claim_said(event)}-{_hash(records)}"


def claim_said(event: Mapping[str, Any]) -> str:
    """Say as a hash what a life event (row with the columns of `SEEN`) says."""
    return _hash([event])


def claim_seen(seen: str) -> str:
    """Give of what `seen_of` says the half that is about the life event."""
    return seen.partition("-")[0]


def _hash(rows: Sequence[Mapping[str, Any]]) -> str:
    said = sorted("\x1f".join("\x00" if row[name] is None else str(row[name]) for name in SEEN) for row in rows)
    return blake2b("\x1e".join(said).encode(), digest_size=12).hexdigest()


def stands_beside(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Say whether an earlier answer (row of `DECISIONS`) about the same two stands though a later one is given.

    >>> first = {"verdict": "confirmed", "people": 2, "steward": "j.okafor", "seen": "a-b"}
    >>> stands_beside(first, {**first, "steward": "m.patel"}), stands_beside(first, first)
    (True, False)
    >>> stands_beside(first, {**first, "steward": "m.patel", "seen": "a-c"})
    False

    So does one that was given while the record named somebody else: it was about them.
    """
    both = (earlier, later)
    if not all(said["verdict"] in ANSWERS for said in both):
        return False
    then, now = (of_record(said.get("named")) for said in both)
    if another(then, now):
        return True
    return (
        all((said["people"] or 1) > 1 for said in both)
        and not same_actor(earlier["steward"], later["steward"])
        and earlier["seen"] == later["seen"]
    )


def judged(decisions: pl.DataFrame) -> pl.DataFrame:
    """Keep the answers about life events, with `who` gave each, however their name was written."""
    who = pl.col("steward").map_elements(written_actor, return_dtype=pl.String)
    return decisions.filter(pl.col("verdict").is_in(sorted(ANSWERS))).with_columns(who=who)


def waiting_alone(decisions: pl.DataFrame) -> pl.DataFrame:
    """Give the answers (frame of `DECISIONS` that hold) of one person about an event that takes two."""
    said = judged(decisions)
    wanted, came = pl.col("people").fill_null(1).max().over("left"), pl.col("who").n_unique().over("left")
    return said.filter((wanted > 1) & (came < 2)).drop("who")


def blinded(decisions: pl.DataFrame, actor: str) -> pl.DataFrame:
    """Leave out of the ledger (frame of `DECISIONS`) what whoever is to answer second may not know of the first.

    That is every answer about an event that takes two people, but for their own, until two have answered.
    """
    held = decisions.filter(pl.col("superseded_by").is_null())
    events = waiting_alone(held)["left"].unique()
    own = pl.col("steward").map_elements(lambda name: same_actor(name, actor), return_dtype=pl.Boolean)
    of_them = pl.col("verdict").is_in(sorted(ANSWERS)) & pl.col("left").is_in(events.implode())
    return decisions.filter(~of_them | own)
