"""Turn changes of the world into notices for the systems that may know."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from svoc.notices.routes import KIND_OF_FACT, Route
from svoc.words.changes import Cause, ChangeKind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.notices import NOTICES

__all__ = ["announce"]


def announce(
    changes: pl.DataFrame,
    persons: pl.DataFrame,
    members: pl.DataFrame,
    mentions: pl.DataFrame,
    routes: Iterable[Route],
    kinds: Mapping[str, str],
) -> pl.DataFrame:
    """Give the notices of one lane as a frame of `NOTICES`.

    `changes`: frame of `CHANGES`; `persons`: of `PERSONS`; `members`: of `MEMBERS`; `mentions`: of `PLACED`;
    `routes`: those whose purpose reads this lane; `kinds`: source name -> kind. A system is told if it holds a live
    record of the person and a route permits it, unless it is the one that said so. Only a change of the world is
    told; a death only where it rests on a confirmed life event, never on a system's word alone.
    """
    told = _tellable(changes)
    if told.is_empty():
        return pl.DataFrame(schema=NOTICES)
    held = _held(members, mentions, kinds)
    routed = _routed(routes)
    wanted = (
        told.join(held, on="person")
        .filter(pl.col("source") != pl.col("recipient"))
        .join(routed, left_on=["kind", "recipient_kind"], right_on=["kind", "route_to"])
        .unique(["person", "kind", "recipient", "reference"], keep="first", maintain_order=True)
    )
    facts = persons.join(wanted.select("person").unique(), on="person")
    return _written(wanted, {row["person"]: row for row in facts.iter_rows(named=True)})


def _tellable(changes: pl.DataFrame) -> pl.DataFrame:
    """Keep changed facts whose cause is the world, one row for each person and kind of notice."""
    kind = pl.col("field").replace_strict(dict(KIND_OF_FACT), default=None, return_dtype=pl.String)
    return (
        changes.filter((pl.col("kind") == ChangeKind.CHANGED.value) & (pl.col("cause") == Cause.WORLD.value))
        .with_columns(kind=kind)
        .filter(
            pl.col("kind").is_not_null()
            & pl.col("source").is_not_null()
            & ((pl.col("kind") != "death") | (pl.col("source") == EVENTS_SOURCE))
        )
        .select("person", "kind", "source", because="mention")
        .unique(["person", "kind"], keep="first", maintain_order=True)
    )


def _held(members: pl.DataFrame, mentions: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:
    """Say which system holds which person, and under which of its own references."""
    live = mentions.filter(pl.col("until").is_null() & (pl.col("source") != EVENTS_SOURCE))
    return (
        members.join(live.select("mention", "source", "record"), on="mention")
        .select(
            "person",
            recipient="source",
            reference="record",
            recipient_kind=pl.col("source").replace_strict(dict(kinds), default="generic", return_dtype=pl.String),
        )
        .unique()
        .sort("person", "recipient", "reference")
    )


def _routed(routes: Iterable[Route]) -> pl.DataFrame:
    rows = [(r.kind, r.recipient, list(r.fields), r.basis) for r in routes]
    schema = {"kind": pl.String(), "route_to": pl.String(), "fields": pl.List(pl.String()), "basis": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _written(wanted: pl.DataFrame, facts: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    rows = []
    for row in wanted.iter_rows(named=True):
        known = facts[row["person"]]
        payload = json.dumps({f: _plain(known[f]) for f in row["fields"]}, ensure_ascii=False, sort_keys=True)
        seed = "\x1f".join([row["person"], row["kind"], row["recipient"], row["reference"], payload])
        notice = hashlib.blake2b(seed.encode(), digest_size=10).hexdigest()
        rows.append({**row, "notice": notice, "payload": payload})
    return pl.DataFrame(rows, schema=NOTICES, orient="row").sort("notice")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
