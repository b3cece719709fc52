"""What a thing may be done for: a purpose names a lane, and a lane says which records may be used together."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from svoc.errors import PurposeRefused, SettingsError, nearest

__all__ = ["Lane", "Purpose", "Purposes"]


@dataclass(frozen=True, slots=True)
class Lane:
    """A set of records that may be used together; the night solves and keeps each lane by itself."""

    name: str
    words: str
    open_register_only: bool = False
    without_sources: tuple[str, ...] = ()

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
    """What something is done for, under which power, in which lane, and which golden facts it may see."""

    code: str
    words: str
    lane: str
    power: str
    fields: tuple[str, ...] | None = None
    expires: date | None = None


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
        """Give the shipped purposes and lanes with a council's own laid over them."""
        shipped = _shipped()
        try:
            made_lanes = {n: _lane(n, v) for n, v in _laid_over(shipped["lanes"], lanes or {}).items()}
            made = {n: _purpose(n, v) for n, v in _laid_over(shipped["purposes"], purposes or {}).items()}
        except (TypeError, ValueError) as fault:
            raise SettingsError(f"a purpose or lane in council.toml cannot be used: {fault}") from None
        for purpose in made.values():
            if purpose.lane not in made_lanes:
                raise SettingsError(f"[purposes.{purpose.code}] names no lane that there is: {purpose.lane}")
        return cls(made, made_lanes)

    def purpose(self, code: str, *, on: date | None = None) -> Purpose:
        """Give the purpose of that name; raise `PurposeRefused` where it is unknown or has expired."""
        found = self.purposes.get(code)
        if found is None:
            hint = nearest(code, self.purposes)
            raise PurposeRefused(f"there is no purpose {code!r}" + (f"; did you mean {hint}?" if hint else ""))
        if on and found.expires and found.expires < on:
            raise PurposeRefused(f"the purpose {code!r} expired on {found.expires.isoformat()}")
        return found

    def lane(self, code: str, *, on: date | None = None) -> Lane:
        """Give the lane that a purpose reads."""
        return self.lanes[self.purpose(code, on=on).lane]


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("svoc.defaults").joinpath("purposes.toml").read_text(encoding="utf-8"))


def _laid_over(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {**shipped.get(name, {}), **own.get(name, {})}
        for name in [*shipped, *(n for n in own if n not in shipped)]
    }


def _lane(name: str, values: dict[str, Any]) -> Lane:
    return Lane(name=name, **{**values, "without_sources": tuple(values.get("without_sources", ()))})


def _purpose(code: str, values: dict[str, Any]) -> Purpose:
    fields = values.get("fields")
    return Purpose(code=code, **{**values, "fields": None if fields is None else tuple(fields)})
