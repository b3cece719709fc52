"""The signs by which a withheld party is known again: hashes under the council's secret, from which nobody is told.

A party is known by the record and its name, or the source's own reference of it; where a source gives its numbers
anew, as registers do, by name and place.
"""

import hmac
import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import polars as pl

from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.rights import SIGNS

__all__ = ["KEYED", "gates_of", "hashed", "matches", "signs_for", "signs_of"]

BETWEEN = "\x1f"
LENGTH = 32

RANKS = {"reference": 0, "name": 1, "brief": 2, "surname": 3, "forename": 4, "record": 5}
"""How surely a sign tells that a party is the one that is withheld: the surest is taken."""

KEYED = "key"
"""The kind of the sign by which the secret itself is known again."""


def signs_for(mentions: pl.DataFrame, *, key: str, renumbered: Collection[str], emptied: pl.DataFrame) -> pl.DataFrame:
    """Give the signs by which mentions (frame of `PLACED`) are known again, as a frame of `SIGNS` without `act`.

    `emptied`: records (`source`, `record`) of which every party is withheld: nobody else is to be met in them, so that
    a party is known by half a name too, as after a marriage or a slip of the pen.
    """
    none_left = set(emptied.select("source", "record").iter_rows())
    mine = hashed(key, KEYED)
    rows = [{"gate": mine, "party": KEYED, "kind": KEYED, "sign": mine}]
    for row in mentions.iter_rows(named=True):
        anew, party = row["source"] in renumbered, secrets.token_hex(6)
        halves = (row["source"], row["record"]) in none_left and not anew
        kept = [(kind, sign) for kind, sign in signs_of(row, key) if halves or kind in {"reference", "name", "brief"}]
        if row["source"] == EVENTS_SOURCE:
            kept = [("record", hashed(key, "record", row["source"], row["record"]))]
        rows += [
            {"gate": gate, "party": party, "kind": kind, "sign": sign}
            for gate in gates_of(row, key, anew=anew)
            for kind, sign in kept
        ]
    return pl.DataFrame(rows, schema={name: SIGNS[name] for name in ("gate", "party", "kind", "sign")}, orient="row")


def gates_of(row: Mapping[str, Any], key: str, *, anew: bool) -> list[str]:
    """Give what a party stands behind: its record; where records are numbered anew its surname at its place too."""
    gates = [hashed(key, "record", row["source"], row["record"])]
    if anew:
        places = [row["postcode"], None if row["supplied_uprn"] is None else str(row["supplied_uprn"])]
        surname = row["surname"] or row["name"] or ""
        gates += [hashed(key, "place", row["source"], surname, place) for place in places if place]
    return gates


def signs_of(row: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    """Give what a party is known by, hashed: the reference that the source gives it, its name, and parts of it."""
    if row["party_reference"]:
        yield "reference", hashed(key, "reference", row["party_reference"])
    forename, surname = row["forename"] or "", row["surname"] or row["name"] or ""
    yield "name", hashed(key, "name", forename, surname)
    yield "brief", hashed(key, "name", forename[:1], surname)
    yield "surname", hashed(key, "surname", surname)
    if len(forename) > 1:
        yield "forename", hashed(key, "forename", forename)


def matches(signs: pl.DataFrame, own: set[tuple[str, str]]) -> Iterator[tuple[int, str]]:
    """Give how surely each withheld party behind a gate is the one that has these signs of its own."""
    mine = dict(own)
    for (party,), theirs in signs.group_by("party", maintain_order=True):
        kept = dict(theirs.select("kind", "sign").iter_rows())
        if "reference" in kept and "reference" in mine and kept["reference"] != mine["reference"]:
            continue
        ranks = [RANKS[kind] for kind in kept if kind != "brief" and kept[kind] == mine.get(kind)]
        if kept.get("brief") == mine["name"] or kept.get("name") == mine["brief"]:
            ranks.append(RANKS["brief"])
        if "record" in kept:
            ranks.append(RANKS["record"])
        if ranks:
            yield min(ranks), str(party)


def hashed(key: str, *parts: str) -> str:
    """Give the hash of parts under a secret."""
    return hmac.digest(f"{key}/withheld".encode(), BETWEEN.join(parts).encode(), "sha256").hex()[:LENGTH]
