"""Leave out answers about life events that were given about somebody else than the records, or the claim, name now."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from svoc.sources.life_events import in_force
from svoc.words.answers import ANSWERS
from svoc.words.decisions import Verdict
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.named import PARTS, another, named_as, of_claim, of_record, parts_of
from svoc.words.records import NEW

__all__ = ["lapse"]

NEWLY = tuple(f"{NEW}{group}" for group in ("name", "surname", "dob"))
"""Markers of the life events that say how somebody is called from now on, or when they were born."""

Row = Mapping[str, Any]


def lapse(decisions: pl.DataFrame, mentions: pl.DataFrame, events: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Give the decisions without answers that were about another, and the events of confirmations that were.

    `decisions`: frame of `DECISIONS` that hold tonight; `mentions`: frame of `PLACED`; `events`: frame of
    `LIFE_EVENTS`, all that was told. An answer is about whom its record, and its claim, named when it was given
    (`svoc.words.named`); what a confirmed event of the same record says of a name or a birth since is no other person.
    An event of which some record still names who was confirmed is theirs, and is not asked again.
    """
    given = decisions.filter(pl.col("verdict").is_in(sorted(ANSWERS)) & pl.col("named").is_not_null())
    if given.is_empty():
        return decisions, pl.Series("left", [], dtype=pl.String)
    ends = pl.concat([given["left"], given["right"]]).unique().implode()
    about = mentions.filter(pl.col("mention").is_in(ends)).select("mention", "markers", *PARTS)
    said = {row["mention"]: row for row in about.iter_rows(named=True)}
    last = in_force(events).select("sender", "reference", *PARTS).iter_rows(named=True)
    claims = {f"{EVENTS_SOURCE}/{row['sender']}:{row['reference']}": row for row in last}
    told = _told(given, said)
    gone = [
        row["decision"]
        for row in given.iter_rows(named=True)
        if _about_another(row, said.get(row["right"]), claims.get(row["left"].rpartition("/")[0]), told)
    ]
    past = pl.col("decision").is_in(gone)
    resting = given.filter(past & (pl.col("verdict") == Verdict.CONFIRMED.value))["left"].unique().sort()
    return decisions.filter(~past), resting


def _told(given: pl.DataFrame, said: Mapping[str, Row]) -> dict[str, set[tuple[str, str]]]:
    """Give what confirmed events say of the name and birth of whom a record names, by the record."""
    told: dict[str, set[tuple[str, str]]] = {}
    confirmed = given.filter(pl.col("verdict") == Verdict.CONFIRMED.value)
    for event, record in confirmed.select("left", "right").iter_rows():
        if event in said and set(NEWLY) & set(said[event]["markers"] or ()):
            told.setdefault(record, set()).update(parts_of(said[event]))
    return told


def _about_another(row: Row, record: Row | None, claim: Row | None, told: Mapping[str, set[tuple[str, str]]]) -> bool:
    since = told.get(row["right"], ())
    return another(of_record(row["named"]), of_record(named_as(record)), since) or another(
        of_claim(row["named"]), of_claim(named_as(None, claim))
    )
