"""Turn changes of the world into notices for the systems that may know."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from svoc.notices.routes import KIND_OF_FACT, RETRACTED, Route
from svoc.words.changes import Cause, ChangeKind
from svoc.words.decisions import Verdict
from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.notices import NOTICES
from svoc.words.services import service_of

__all__ = ["announce", "joined_tonight"]

TOLD_BY = {
    "death": ("deceased",),
    "name": ("renamed", "corrected"),
    "address": ("mover",),
    "contact": ("contacted", "mover", "corrected"),
    "birth": ("parent",),
}
"""The roles of the life events that may speak of each kind of change: a registrar's spelling renames nobody."""

BY_EVENTS_ALONE = ("death", "contact", "birth")
"""The kinds of change that no system's word alone brings to others: a human confirms a death or a birth, and whose
telephone it is the resident says."""

NOBODY: Mapping[str, str] = MappingProxyType({})
NOT_SAID: Mapping[str, Collection[str]] = MappingProxyType({})
NOBODY_JOINED = pl.DataFrame(schema={"because": pl.String(), "mention": pl.String()})


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
    unread: Mapping[str, str] = NOBODY,
    consents: Mapping[str, Collection[str]] = NOT_SAID,
    joined: pl.DataFrame = NOBODY_JOINED,
) -> pl.DataFrame:
    """Give the notices of one lane as a frame of `NOTICES`.

    `changes`: frame of `CHANGES`; `persons`: of `PERSONS`; `members`: of `MEMBERS`; `mentions`: of `PLACED`;
    `routes`: those whose purpose reads this lane, each with the fields that its purpose may see; `kinds`: source name
    -> the service that it is, or its kind; `run` and `as_of`: the number and the day of the night; `asleep`: life
    events whose confirmation sleeps; `unread`: name -> service of those that svoc does not read; `consents`: life event
    (source and record) -> the services that may be told of it, where that was said; `joined`: what `joined_tonight`
    gives.

    A system is told if it holds a record of the person that lasts and a route names it or its service (its name goes
    first), unless all that is new comes from itself; one that svoc does not read if the teller named it. Where a
    route's basis is consent, only those are told that were named; where nobody was asked, as the route says.
    Only a change of the world is told, and an address that is only written another way is none; a death only where it
    rests on a confirmed life event, never on a system's word alone; and that a confirmed death was taken back is told
    by the routes by which the death was. A notice's identifier holds the run: planned or delivered again it is the same
    notice, but who moves there and back and there is told of three times. Who confirmed a life event saw the person
    as they stood: a record that was somebody else's until tonight hears nothing of it.
    """
    if changes.is_empty() or (told := _tellable(changes, persons, mentions, asleep)).is_empty():
        return pl.DataFrame(schema=NOTICES)
    routed = _routed(routes)
    agreed = _agreed(consents)
    holding = (
        told.join(_held(members, mentions, kinds, as_of), on="person")
        .filter(pl.col("source") != pl.col("recipient"))
        .join(joined, on=["because", "mention"], how="anti")
        .drop("mention")
        .unique(maintain_order=True)
    )
    named = told.join(_unread(unread), how="cross").join(agreed, on="event", how="semi")
    wanted = (
        pl.concat([holding, named.select(holding.columns)])
        .join(routed, left_on="route_kind", right_on="kind", suffix="_of_route")
        .with_columns(by_name=pl.col("route_to") == pl.col("recipient"))
        .filter(pl.col("by_name") | (pl.col("route_to") == pl.col("recipient_kind")))
        .join(agreed, on="event", how="left")
        .filter(_allowed())
        .sort("by_name", "order", "because", descending=[True, False, False])
        .unique(["person", "kind", "recipient", "reference"], keep="first", maintain_order=True)
    )
    facts = persons.join(wanted.select("person").unique(), on="person")
    return _written(wanted, {row["person"]: row for row in facts.iter_rows(named=True)}, run)


def joined_tonight(members: pl.DataFrame, before: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Name the records that only tonight are one with whoever a life event was confirmed of: `because`, `mention`.

    `members`, `before`: frames of `MEMBERS`, today's and yesterday's; `decisions`: of `DECISIONS` that hold. Records
    that are new are not among them.
    """
    confirmed = decisions.filter(pl.col("verdict") == Verdict.CONFIRMED.value)
    then = before.rename({"person": "was"})
    meant = confirmed.select(because="left", mention="right").join(then, on="mention").select("because", "was").unique()
    events = members.join(meant.select(mention="because").unique(), on="mention", how="semi")
    theirs = events.rename({"mention": "because"}).join(members, on="person").join(then, on="mention")
    return theirs.join(meant, on=["because", "was"], how="anti").select("because", "mention")


def _agreed(consents: Mapping[str, Collection[str]]) -> pl.DataFrame:
    """Give the services that were named, by the event: `event`, `agreed` (names as they were said, and ours)."""
    rows = [(event, sorted({*said, *map(service_of, said)})) for event, said in consents.items()]
    return pl.DataFrame(rows, schema={"event": pl.String(), "agreed": pl.List(pl.String())}, orient="row")


def _allowed() -> pl.Expr:
    """Say whether the teller's consent lets a recipient be told: one that svoc does not read by its name alone."""
    named = pl.col("agreed").list.contains(pl.col("recipient")) | pl.col("agreed").list.contains(
        pl.col("recipient_kind")
    )
    unasked = pl.when("read").then(pl.col("unsaid") == "tell").otherwise(pl.lit(value=False))
    said = named.fill_null(unasked)
    return pl.when("read").then(~pl.col("consent") | said).otherwise(said)


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
    said = changed.with_columns(route_kind=route_kind)
    return (
        pl.concat([said, _births(changes, mentions).select(said.columns)])
        .join(roles, on="mention", how="left")
        .filter(_may_speak() & (pl.col("after").is_not_null() | retracted))
        .filter(~respelt & ~pl.col("mention").is_in(list(asleep)))
        .with_columns(kind=pl.when(retracted).then(pl.lit(RETRACTED)).otherwise("route_kind"), because="mention")
        .sort("person", "kind", "source", "because")
        .select("person", "kind", "route_kind", "source", "because", event=_record(pl.col("because")))
        .unique(["person", "kind", "source"], keep="first", maintain_order=True)
    )


def _births(changes: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Give the births of which somebody became known as a parent, in the columns of changed facts and `route_kind`.

    No golden fact changes by a birth: it shows in whose records a life event now is among.
    """
    parents = mentions.filter((pl.col("source") == EVENTS_SOURCE) & (pl.col("role") == TOLD_BY["birth"][0]))["mention"]
    listed = (pl.col("kind") == ChangeKind.MEMBERS.value) & (pl.col("cause") == Cause.WORLD.value)
    met = changes.filter(listed & pl.lit(not parents.is_empty()))
    now, then = (pl.col(name).fill_null("[]").str.json_decode(pl.List(pl.String())) for name in ("after", "before"))
    return (
        met.with_columns(mention=now.list.set_difference(then))
        .explode("mention")
        .filter(pl.col("mention").is_in(parents.implode()))
        .with_columns(source=pl.lit(EVENTS_SOURCE), route_kind=pl.lit("birth"))
        .sort("person", "mention")
    )


def _record(mention: pl.Expr) -> pl.Expr:
    """Give the source and the record of a mention, without the number of the party."""
    return mention.str.replace(r"/[^/]*$", "")


def _may_speak() -> pl.Expr:
    """Say whether a record may speak of this kind of change: of a death a life event alone, and each of its own."""
    is_event = pl.col("source") == EVENTS_SOURCE
    fits = pl.any_horizontal(
        (pl.col("route_kind") == kind) & pl.col("role").fill_null(roles[0]).is_in(roles)
        for kind, roles in TOLD_BY.items()
    )
    said_by_system = pl.col("source").is_not_null() & ~pl.col("route_kind").is_in(BY_EVENTS_ALONE)
    return pl.when(is_event).then(fits).otherwise(said_by_system)


HELD = ("recipient", "reference", "party", "recipient_kind", "read")


def _held(members: pl.DataFrame, mentions: pl.DataFrame, kinds: Mapping[str, str], as_of: date) -> pl.DataFrame:
    """Say which system holds which person, and under which of its own references."""
    live = mentions.filter(lasting(as_of) & (pl.col("source") != EVENTS_SOURCE))
    return (
        members.join(live.select("mention", "source", "record", "party_reference"), on="mention")
        .select(
            "person",
            "mention",
            recipient="source",
            reference="record",
            party="party_reference",
            recipient_kind=pl.col("source").replace_strict(dict(kinds), default="generic", return_dtype=pl.String),
            read=pl.lit(value=True),
        )
        .unique()
        .sort("person", *HELD, "mention")
    )


def _unread(unread: Mapping[str, str]) -> pl.DataFrame:
    """Give the services that svoc does not read, in the columns of those that it does."""
    rows = [(name, None, None, service, False) for name, service in sorted(unread.items())]
    schema = dict.fromkeys(HELD, pl.String()) | {"read": pl.Boolean()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _routed(routes: Iterable[Route]) -> pl.DataFrame:
    rows = [
        (
            n, r.kind, r.recipient, list(r.fields), r.purpose, r.basis, r.consent, r.unsaid, r.channel or None,
            r.acknowledge_within,
        )
        for n, r in enumerate(routes)
    ]  # fmt: skip
    schema = {
        "order": pl.Int64(), "kind": pl.String(), "route_to": pl.String(), "fields": pl.List(pl.String()),
        "purpose": pl.String(), "basis": pl.String(), "consent": pl.Boolean(), "unsaid": pl.String(),
        "channel": pl.String(), "acknowledge_within": pl.Int32(),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _written(wanted: pl.DataFrame, facts: Mapping[str, Mapping[str, Any]], run: int) -> pl.DataFrame:
    rows = []
    for row in wanted.iter_rows(named=True):
        known = facts[row["person"]]
        payload = json.dumps({f: _plain(known[f]) for f in row["fields"]}, ensure_ascii=False, sort_keys=True)
        seed = "\x1f".join([str(run), row["person"], row["kind"], row["recipient"], row["reference"] or "", payload])
        notice = hashlib.blake2b(seed.encode(), digest_size=10).hexdigest()
        rows.append({**row, "notice": notice, "payload": payload})
    return pl.DataFrame(rows, schema=NOTICES, orient="row").sort("notice")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
