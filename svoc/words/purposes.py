"""What a thing may be done for: a purpose names a lane, and a lane says which records may be used together."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from svoc.errors import PurposeRefused, SettingsError, nearest
from svoc.words.persons import FACTS

__all__ = ["Lane", "Purpose", "Purposes"]

LANE = {
    "words": (str, True), "open_register_only": (bool, False), "without_sources": (list, False),
    "without_kinds": (list, False), "keeps_sources": (list, False),
}  # fmt: skip
PURPOSE = {
    "words": (str, True), "lane": (str, True), "power": (str, True), "fields": (list, False), "expires": (date, False),
    "sees_protected": (bool, False),
}  # fmt: skip
ANY_LIST = "generic"
LISTS = ("without_sources", "without_kinds", "keeps_sources")
WORDS = {str: "a text", bool: "true or false", list: "a list of texts", date: "a date as 2026-11-02"}


@dataclass(frozen=True, slots=True)
class Lane:
    """A set of records that may be used together; the night solves and keeps each lane by itself.

    `open_register_only` speaks of every register, whatever it is called; `without_sources` and `without_kinds` leave
    sources out. Where a lane leaves out one source of a kind and not another, `keeps_sources` has to name the other.
    """

    name: str
    words: str
    open_register_only: bool = False
    without_sources: tuple[str, ...] = ()
    without_kinds: tuple[str, ...] = ()
    keeps_sources: tuple[str, ...] = ()

    def of(self, kinds: Mapping[str, str], known: Iterable[str]) -> "Lane":
        """Give the lane with every source that it leaves out by name; `kinds`: source name -> kind; `known`: all kinds.

        Two districts have two registers, and a lane written for one must not take in the other in silence:
        `SettingsError` where a lane leaves out a source and admits another of the same kind that it does not name. The
        kind `generic` says nothing of what a list is, so each of its lists stands for itself.
        """
        for kind in self.without_kinds:
            _known(f"[lanes.{self.name}] without_kinds", kind, known)
        by_kind = {source for source, kind in kinds.items() if kind in self.without_kinds}
        left_out = by_kind.union(self.without_sources)
        whose = {kinds[source]: source for source in sorted(left_out & set(kinds)) if kinds[source] != ANY_LIST}
        for source in sorted(set(kinds) - left_out - set(self.keeps_sources)):
            if kinds[source] in whose:
                raise SettingsError(
                    f"[lanes.{self.name}] leaves out {whose[kinds[source]]} and not {source}, which is of the same "
                    f'kind: leave out both, by without_kinds = ["{kinds[source]}"], or name {source} in keeps_sources'
                )
        return replace(self, without_sources=tuple(sorted(left_out)))

    def admits(self) -> pl.Expr:
        """Say of each record whether this lane may use it.

        A register entry is open only where its source says so: what is not known to be open is not.
        """
        admitted = ~pl.col("source").is_in(list(self.without_sources))
        if self.open_register_only:
            admitted &= (pl.col("role") != "elector") | pl.col("open_register").fill_null(value=False)
        return admitted


@dataclass(frozen=True, slots=True)
class Purpose:
    """What something is done for, under which power, in which lane, and which golden facts it may see.

    `sees_protected`: whether it is told where a person under protection is (`svoc.protecting`).
    """

    code: str
    words: str
    lane: str
    power: str
    fields: tuple[str, ...] | None = None
    expires: date | None = None
    sees_protected: bool = False


@dataclass(frozen=True, slots=True)
class Purposes:
    """All purposes and lanes in force.

    >>> Purposes.in_force().purpose("canvass-match", on=date(2026, 11, 2)).lane
    'statutory'
    """

    purposes: Mapping[str, Purpose]
    lanes: Mapping[str, Lane]

    @classmethod
    def in_force(cls, purposes: Mapping[str, Any] | None = None, lanes: Mapping[str, Any] | None = None) -> "Purposes":
        """Give the shipped purposes and lanes with a council's own laid over them; `SettingsError` tells a fault."""
        shipped = _shipped()
        made_lanes = {n: _lane(n, v) for n, v in _laid_over("lanes", shipped["lanes"], lanes or {}).items()}
        made = {n: _purpose(n, v) for n, v in _laid_over("purposes", shipped["purposes"], purposes or {}).items()}
        for purpose in made.values():
            _known(f"[purposes.{purpose.code}] lane", purpose.lane, made_lanes)
        return cls(made, made_lanes)

    def of_sources(self, kinds: Mapping[str, str], known: Iterable[str]) -> "Purposes":
        """Give the same where every lane knows the sources that it leaves out (`Lane.of`)."""
        return Purposes(self.purposes, {name: lane.of(kinds, known) for name, lane in self.lanes.items()})

    def purpose(self, code: str, *, on: date | None = None) -> Purpose:
        """Give the purpose of that name; raise `PurposeRefused` where it is unknown or has expired."""
        found = self.purposes.get(code)
        if found is None:
            hint = nearest(code, self.purposes)
            told = f"did you mean {hint}?" if hint else f"there are {', '.join(self.purposes)}"
            raise PurposeRefused(f"there is no purpose {code!r}; {told}")
        if on and found.expires and found.expires < on:
            raise PurposeRefused(f"the purpose {code!r} expired on {found.expires.isoformat()}")
        return found

    def lane(self, code: str, *, on: date | None = None) -> Lane:
        """Give the lane that a purpose reads."""
        return self.lanes[self.purpose(code, on=on).lane]


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("svoc.defaults").joinpath("purposes.toml").read_text(encoding="utf-8"))


def _laid_over(part: str, shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    for name, values in own.items():
        if not isinstance(values, Mapping):
            raise SettingsError(f"[{part}] {name}: expected a table, as [{part}.{name}]")
    return {
        name: {**shipped.get(name, {}), **own.get(name, {})}
        for name in [*shipped, *(n for n in own if n not in shipped)]
    }


def _lane(name: str, values: dict[str, Any]) -> Lane:
    _check(f"[lanes.{name}]", values, LANE)
    return Lane(name=name, **{**values, **{each: tuple(values.get(each, ())) for each in LISTS}})


def _purpose(code: str, values: dict[str, Any]) -> Purpose:
    _check(f"[purposes.{code}]", values, PURPOSE)
    fields = values.get("fields")
    for field in fields or ():
        _known(f"[purposes.{code}] fields", field, FACTS)
    return Purpose(code=code, **{**values, "fields": None if fields is None else tuple(fields)})


def _check(table: str, values: Mapping[str, Any], shape: Mapping[str, tuple[type, bool]]) -> None:
    """Refuse what a table does not know, what it lacks, and what is of another type: a lane must not fail open."""
    for name in values:
        _known(table, name, shape)
    for name, (kind, needed) in shape.items():
        if needed and name not in values:
            raise SettingsError(f"{table} {name} is missing")
        if name in values and not _fits(values[name], kind):
            raise SettingsError(f"{table} {name}: expected {WORDS[kind]}")


def _fits(value: Any, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, kind)


def _known(table: str, name: str, choices: Iterable[str]) -> None:
    if name not in choices:
        hint = nearest(name, choices)
        told = f"; did you mean {hint}?" if hint else f"; expected one of {', '.join(choices)}"
        raise SettingsError(f"{table}: there is no {name}{told}")
