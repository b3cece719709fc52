"""The comparisons that a model file may name: add one line here for each new one."""

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from matchers.comparisons.base import Comparison
from matchers.comparisons.contacts import Email, Phone
from matchers.comparisons.dates import BirthDate, Overlap, SameDate
from matchers.comparisons.exact import Close, Same, Trait
from matchers.comparisons.garbled import GarbledName
from matchers.comparisons.handover import Handover
from matchers.comparisons.identifiers import Identifier
from matchers.comparisons.names import MiddleNames, PersonName
from matchers.comparisons.places import Forwarding, Home, Postcode
from matchers.comparisons.titles import Title
from matchers.errors import ModelFault

CATALOGUE: Mapping[str, type[Comparison]] = MappingProxyType({
    "BirthDate": BirthDate,
    "Close": Close,
    "Email": Email,
    "Forwarding": Forwarding,
    "GarbledName": GarbledName,
    "Handover": Handover,
    "Home": Home,
    "Identifier": Identifier,
    "MiddleNames": MiddleNames,
    "Overlap": Overlap,
    "PersonName": PersonName,
    "Phone": Phone,
    "Postcode": Postcode,
    "Same": Same,
    "SameDate": SameDate,
    "Title": Title,
    "Trait": Trait,
})  # fmt: skip


def described(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as a model file keeps it: its kind and its arguments."""
    return {"kind": type(comparison).__name__, "arguments": asdict(comparison)}  # type: ignore[call-overload]


def revived(kind: str, arguments: Mapping[str, Any]) -> Comparison:
    """Make a comparison from what a model file keeps; an unknown kind or argument is a `ModelFault`."""
    if kind not in CATALOGUE:
        raise ModelFault(f"no comparison is called {kind!r}; there are {', '.join(CATALOGUE)}")
    try:
        return CATALOGUE[kind](**arguments)
    except TypeError as fault:
        raise ModelFault(f"the comparison {kind} does not take these arguments: {', '.join(arguments)}") from fault
