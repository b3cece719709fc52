"""DOOR: a route says who is told of which change, which facts they may be told, for which purpose and on what basis.

A new route is one `[[routes]]` table in `routes.toml`.
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from svoc.errors import SettingsError, nearest
from svoc.notices.names import CHANNELS
from svoc.words.notices import CHANGE_KINDS
from svoc.words.persons import FACTS

__all__ = ["CORRECTED", "KIND_OF_FACT", "RETRACTED", "TAKEN_BACK", "Route", "Unsaid", "first_told", "read_routes"]

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
    "phone": "contact",
    "email": "contact",
}
"""Which kind of notice a changed golden fact belongs to; a fact not named here is never announced."""

TAKEN_BACK = "-retracted"
"""How the kind of a notice ends that takes another back."""

CORRECTED = "-corrected"
"""How the kind of a notice ends that tells whoever was sent a wrong fact of the right one."""

RETRACTED = f"death{TAKEN_BACK}"
"""The kind of notice that takes a death back; it goes the way that the death went, and names no route of its own."""

Unsaid = Literal["tell", "keep"]
"""What a route whose basis is consent does where nobody said which services may be told: tell those that hold a record
of the person, or nobody."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table of who is told what: see `svoc/defaults/routes.toml`.

    `recipient`: a source, a service (`svoc.words.services`), a kind of source, or one under `[notices.recipients]`;
    `consent`: only services that the teller agreed to are told; `channel`: "" for the recipient's own;
    `acknowledge_within`: days, None where no acknowledgement is wanted; `escalate_to`: who is told of one that is
    overdue, an e-mail address or a recipient, "" for nobody.
    """

    kind: str
    recipient: str
    fields: tuple[str, ...]
    purpose: str
    basis: str
    consent: bool = False
    unsaid: Unsaid = "tell"
    channel: str = ""
    acknowledge_within: int | None = None
    escalate_to: str = ""


EXPECTED: Mapping[str, tuple[type, str]] = {
    "kind": (str, "a word"),
    "fields": (list, "a list of golden facts"),
    "purpose": (str, "a word"),
    "basis": (str, "the lawful basis in words"),
    "consent": (bool, "true or false"),
    "channel": (str, "a word"),
    "acknowledge_within": (int, "a number of days"),
    "escalate_to": (str, "an e-mail address or a recipient"),
}


def read_routes(path: Path | None = None, *, recipients: Collection[str] | None = None) -> tuple[Route, ...]:
    """Read the council's routes, or the shipped ones; what does not exist is refused.

    `recipients`: all that a route may tell; anything, where None.
    """
    try:
        shipped = files("svoc.defaults").joinpath("routes.toml")
        text = path.read_text(encoding="utf-8-sig") if path else shipped.read_text(encoding="utf-8")
        written = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else fault
        raise SettingsError(f"{path.name if path else 'routes.toml'}: the routes cannot be read: {why}") from None
    for name in written:
        _known("table", name, ["routes"])
    tables = enumerate(written.get("routes", []), start=1)
    routes = tuple(route for number, table in tables for route in _routes(number, table))
    for route in routes:
        _known("kind of change", route.kind, CHANGE_KINDS)
        _known("setting of unsaid", route.unsaid, get_args(Unsaid))
        for field in route.fields:
            _known("golden fact", field, FACTS)
        if route.channel:
            _known("channel", route.channel, CHANNELS)
        for named in (route.recipient, "" if "@" in route.escalate_to else route.escalate_to):
            if named and recipients is not None:
                _known("recipient", named, recipients)
    return routes


def first_told(kind: str) -> str:
    """Give the kind of change that a kind of notice is about.

    >>> first_told("death-retracted"), first_told("name-corrected"), first_told("birth")
    ('death', 'name', 'birth')
    """
    return kind.removesuffix(TAKEN_BACK).removesuffix(CORRECTED)


def _routes(number: int, table: Mapping[str, Any]) -> Iterator[Route]:
    """Give the routes that a table stands for: one for each recipient that it names."""
    names = [f.name for f in fields(Route)]
    for name in table:
        _known("setting", name, names)
    missing = [f.name for f in fields(Route) if f.default is MISSING and f.name not in table]
    if missing:
        raise SettingsError(f"route number {number} lacks {', '.join(missing)}")
    for name, (expected, words) in EXPECTED.items():
        if name in table and type(table[name]) is not expected:
            raise SettingsError(f"route number {number}: {name}: expected {words}")
    if table.get("acknowledge_within", 1) < 1:
        raise SettingsError(f"route number {number}: acknowledge_within: expected a day or more")
    told = table["recipient"] if isinstance(table["recipient"], list) else [table["recipient"]]
    if not told or not all(isinstance(each, str) and each for each in told):
        raise SettingsError(f"route number {number}: recipient: expected a name, or a list of names")
    for each in told:
        yield Route(**{**table, "recipient": each, "fields": tuple(table["fields"])})


def _known(what: str, name: str, choices: Iterable[str]) -> None:
    there = sorted(set(choices))
    if name not in there:
        hint = nearest(name, there) or ", ".join(there)
        raise SettingsError(f"a route names no {what} that there is: {name}; did you mean {hint}?")
