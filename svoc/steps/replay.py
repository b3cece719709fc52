"""Make today of yesterday by its changes alone: the proof that the changes tell all, and the road back to any night."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from svoc.words.changes import ChangeKind
from svoc.words.persons import FACTS, MEMBERS

__all__ = ["replay"]

GONE = (ChangeKind.GONE.value, ChangeKind.MERGED.value)
CAME = (ChangeKind.NEW.value, ChangeKind.SPLIT.value)


def replay(persons: pl.DataFrame, members: pl.DataFrame, changes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the persons and members that stand after a night.

    `persons`: `person` and the facts of a frame of `PERSONS`; `members`: frame of `MEMBERS`; `changes`: frame of
    `CHANGES`, of one night. Returns `person` with its facts, sorted by person, and a frame of `MEMBERS`; from which
    record each fact comes is not among the changes and is computed anew.
    """
    known: dict[str, dict[str, Any]] = {row["person"]: row for row in _facts(persons).iter_rows(named=True)}
    listed: dict[str, list[str]] = dict(members.group_by("person").agg("mention").iter_rows())
    for row in changes.iter_rows(named=True):
        person, kind = row["person"], row["kind"]
        if kind in GONE:
            known.pop(person, None)
            listed.pop(person, None)
        elif kind in CAME:
            known[person] = {"person": person, **_from_json(row["after"])}
        elif kind == ChangeKind.MEMBERS.value:
            listed[person] = json.loads(row["after"])
        else:
            known[person][row["field"]] = _value(row["field"], row["after"])
    facts = pl.DataFrame(list(known.values()), schema={"person": pl.String(), **FACTS}, orient="row")
    pairs = [(mention, person) for person, mentions in listed.items() for mention in mentions]
    return facts.sort("person"), pl.DataFrame(pairs, schema=MEMBERS, orient="row").sort("mention")


def _facts(persons: pl.DataFrame) -> pl.DataFrame:
    return persons.select("person", *FACTS)


def _from_json(text: str) -> Mapping[str, Any]:
    return {fact: _value(fact, value) for fact, value in json.loads(text).items()}


def _value(fact: str, told: Any) -> Any:
    """Read a fact as a change writes it: dates as 2026-11-02, truth as true or false, numbers as digits."""
    if not isinstance(told, str) or FACTS[fact] == pl.String:
        return told
    if FACTS[fact] == pl.Boolean:
        return told == "true"
    return date.fromisoformat(told) if FACTS[fact] == pl.Date else int(told)
