"""DOOR: a route says who is told of which change, which facts they may be told, for which purpose and on what basis.

A new route is one `[[routes]]` table in `routes.toml`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from svoc.errors import SettingsError, nearest
from svoc.words.persons import FACTS

__all__ = ["CORRECTED", "KIND_OF_FACT", "RETRACTED", "TAKEN_BACK", "Route", "read_routes"]

KIND_OF_FACT: Mapping[str, str] = {
    "deceased": "death",
    "died": "death",
    "address": "address",
    "postcode": "address",
    "uprn": "address",
    "title": "name",
    "forename": "name",
    "middle_names": "name",
    "surname": "name",
}
"""Which kind of notice a changed golden fact belongs to; a fact not named here is never announced."""

TAKEN_BACK = "-retracted"
"""How the kind of a notice ends that takes another back."""

CORRECTED = "-corrected"
"""How the kind of a notice ends that tells whoever was sent a wrong fact of the right one."""

RETRACTED = f"death{TAKEN_BACK}"
"""The kind of notice that takes a death back; it goes the way that the death went, and names no route of its own."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table of who is told what: see `svoc/defaults/routes.toml`."""

    kind: str
    recipient: str
    fields: tuple[str, ...]
    purpose: str
    basis: str


def read_routes(path: Path | None = None) -> tuple[Route, ...]:
    """Read the council's routes, or the shipped ones; a field or kind that does not exist is refused."""
    try:
        shipped = files("svoc.defaults").joinpath("routes.toml")
        text = path.read_text(encoding="utf-8-sig") if path else shipped.read_text(encoding="utf-8")
        written = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else fault
        raise SettingsError(f"{path.name if path else 'routes.toml'}: the routes cannot be read: {why}") from None
    for name in written:
        _known("table", name, ["routes"])
    routes = tuple(_route(number, table) for number, table in enumerate(written.get("routes", []), start=1))
    for route in routes:
        _known("kind of change", route.kind, KIND_OF_FACT.values())
        for field in route.fields:
            _known("golden fact", field, FACTS)
    return routes


def _route(number: int, table: Mapping[str, Any]) -> Route:
    names = [f.name for f in fields(Route)]
    for name in table:
        _known("setting", name, names)
    missing = [name for name in names if name not in table]
    if missing:
        raise SettingsError(f"route number {number} lacks {', '.join(missing)}")
    if not isinstance(table["fields"], list):
        raise SettingsError(f"route number {number}: fields: expected a list of golden facts")
    return Route(**{**table, "fields": tuple(table["fields"])})


def _known(what: str, name: str, choices: Iterable[str]) -> None:
    there = sorted(set(choices))
    if name not in there:
        hint = nearest(name, there) or ", ".join(there)
        raise SettingsError(f"a route names no {what} that there is: {name}; did you mean {hint}?")
