"""A council's own tables laid over the shipped, and refused where they say what there is not: nothing fails open."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from svoc.errors import SettingsError, nearest

__all__ = ["Shape", "checked", "known", "laid_over"]

Shape = Mapping[str, tuple[type, bool]]
"""What a table may say: name -> (type, whether it must be there)."""

WORDS = {str: "a text", bool: "true or false", list: "a list of texts", date: "a date as 2026-11-02"}


def laid_over(part: str, shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Lay a council's tables of one part over the shipped, value by value."""
    for name, values in own.items():
        if not isinstance(values, Mapping):
            raise SettingsError(f"[{part}] {name}: expected a table, as [{part}.{name}]")
    return {
        name: {**shipped.get(name, {}), **own.get(name, {})}
        for name in [*shipped, *(n for n in own if n not in shipped)]
    }


def checked(table: str, values: Mapping[str, Any], shape: Shape) -> None:
    """Refuse what a table does not know, what it lacks, and what is of another type."""
    for name in values:
        known(table, name, shape)
    for name, (kind, needed) in shape.items():
        if needed and name not in values:
            raise SettingsError(f"{table} {name} is missing")
        if name in values and not _fits(values[name], kind):
            raise SettingsError(f"{table} {name}: expected {WORDS[kind]}")


def known(table: str, name: str, choices: Iterable[str]) -> None:
    """Refuse a name that is not among the choices, with the nearest that is."""
    if name not in choices:
        hint = nearest(name, choices)
        told = f"; did you mean {hint}?" if hint else f"; expected one of {', '.join(choices)}"
        raise SettingsError(f"{table}: there is no {name}{told}")


def _fits(value: Any, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, kind)
