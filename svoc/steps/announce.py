"""Turn changes of the world into notices for the systems that may know."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from svoc.notices.routes import KIND_OF_FACT, RETRACTED, Route
from svoc.words.changes import Cause, ChangeKind
from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.notices import NOTICES

__all__ = ["announce"]

TOLD_BY = {"death": ("deceased",), "name": ("renamed", "corrected"), "address": ("mover",)}
"""The roles of the life events that may speak of each kind of change: a registrar's spelling renames nobody."""


def announce(
    changes: pl.DataFrame,
    persons: pl.DataFrame,
    members: pl.DataFrame,
    mentions: pl.DataFrame,
    routes: Iterable[Route],
    kinds: Mapping[str, str],
    *,
    run: int,
    as_of: date,
    asleep: Iterable[str] = (),
) -> pl.DataFrame:
    """Give the notices of one lane as a frame of `NOTICES`.

    `changes`: frame of `CHANGES`; `persons`: of `PERSONS`; `members`: of `MEMBERS`; `mentions`: of `PLACED`;
    `routes`: those whose purpose reads this lane, each with the fields that its purpose may see; `kinds`: source name
    -> kind; `run` and `as_of`: the number and the day of the night; `asleep`: life events whose confirmation sleeps.

    A system is told if it holds a record of the person that lasts and a route names it or its kind (its name goes
    first), unless all that is new comes from itself. Only a change of the world is told, and an address that is only
    written another way is none; a death only where it rests on a confirmed life event, never on a system's word alone;
    and that a confirmed death was taken back is told by the routes by which the death was. A notice's identifier holds
    the run: planned or delivered again it is the same notice, but who moves there and back and there is told of three
    times.
    """
    told = _tellable(changes, persons, mentions, asleep)
    if told.is_empty():
        return pl.DataFrame(schema=NOTICES)
    routed = _routed(routes)
    wanted = (
        told.join(_held(members, mentions, kinds, as_of), on="person")
        .filter(pl.col("source") != pl.col("recipient"))
        .join(routed, left_on="route_kind", right_on="kind", suffix="_of_route")
        .with_columns(by_name=pl.col("route_to") == pl.col("recipient"))
        .filter(pl.col("by_name") | (pl.col("route_to") == pl.col("recipient_kind")))
        .sort("by_name", "order", "because", descending=[True, False, False])
        .unique(["person", "kind", "recipient", "reference"], keep="first", maintain_order=True)
    )
    facts = persons.join(wanted.select("person").unique(), on="person")
    return _written(wanted, {row["person"]: row for row in facts.iter_rows(named=True)}, run)


def _tellable(
    changes: pl.DataFrame, persons: pl.DataFrame, mentions: pl.DataFrame, asleep: Iterable[str]
) -> pl.DataFrame:
    """Keep changed facts whose cause is the world, one row for each person, kind of notice and teller."""
    route_kind = pl.col("field").replace_strict(dict(KIND_OF_FACT), default=None, return_dtype=pl.String)
    changed = changes.filter((pl.col("kind") == ChangeKind.CHANGED.value) & (pl.col("cause") == Cause.WORLD.value))
    revived = changed.filter((pl.col("field") == "deceased") & pl.col("after").is_null())
    is_revived = pl.col("person").is_in(revived["person"].to_list())
    retracted = (pl.col("route_kind") == "death") & is_revived
    moved = changed.filter(pl.col("field") == "uprn").select("person")
    settled = persons.filter(pl.col("uprn").is_not_null()).join(moved, on="person", how="anti").select("person")
    respelt = (pl.col("route_kind") == "address") & pl.col("person").is_in(settled["person"].implode())
    roles = mentions.select("mention", "role")
    return (
        changed.with_columns(route_kind=route_kind)
        .join(roles, on="mention", how="left")
        .filter(_may_speak() & (pl.col("after").is_not_null() | retracted))
        .filter(~respelt & ~pl.col("mention").is_in(list(asleep)))
        .with_columns(kind=pl.when(retracted).then(pl.lit(RETRACTED)).otherwise("route_kind"), because="mention")
        .sort("person", "kind", "source", "because")
        .select("person", "kind", "route_kind", "source", "because")
        .unique(["person", "kind", "source"], keep="first", maintain_order=True)
    )


def _may_speak() -> pl.Expr:
    """Say whether a record may speak of this kind of change: of a death a life event alone, and each of its own."""
    is_event = pl.col("source") == EVENTS_SOURCE
    fits = pl.any_horizontal(
        (pl.col("route_kind") == kind) & pl.col("role").fill_null(roles[0]).is_in(roles)
        for kind, roles in TOLD_BY.items()
    )
    said_by_system = pl.col("source").is_not_null() & (pl.col("route_kind") != "death")
    return pl.when(is_event).then(fits).otherwise(said_by_system)


def _held(members: pl.DataFrame, mentions: pl.DataFrame, kinds: Mapping[str, str], as_of: date) -> pl.DataFrame:
    """Say which system holds which person, and under which of its own references."""
    live = mentions.filter(lasting(as_of) & (pl.col("source") != EVENTS_SOURCE))
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
    rows = [(n, r.kind, r.recipient, list(r.fields), r.basis) for n, r in enumerate(routes)]
    schema = {
        "order": pl.Int64(), "kind": pl.String(), "route_to": pl.String(), "fields": pl.List(pl.String()),
        "basis": pl.String(),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _written(wanted: pl.DataFrame, facts: Mapping[str, Mapping[str, Any]], run: int) -> pl.DataFrame:
    rows = []
    for row in wanted.iter_rows(named=True):
        known = facts[row["person"]]
        payload = json.dumps({f: _plain(known[f]) for f in row["fields"]}, ensure_ascii=False, sort_keys=True)
        seed = "\x1f".join([str(run), row["person"], row["kind"], row["recipient"], row["reference"], payload])
        notice = hashlib.blake2b(seed.encode(), digest_size=10).hexdigest()
        rows.append({**row, "notice": notice, "payload": payload})
    return pl.DataFrame(rows, schema=NOTICES, orient="row").sort("notice")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
