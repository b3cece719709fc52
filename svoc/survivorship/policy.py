"""Which rules decide which fact, and which source is trusted before which."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from svoc.errors import SettingsError, nearest
from svoc.survivorship.rules import RULES

__all__ = ["GROUPS", "Survivorship"]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "name": ("forename", "middle_names"),
    "surname": ("surname",),
    "previous_surname": ("previous_surname",),
    "dob": ("dob",),
    "home": ("address", "postcode", "uprn"),
    "phone": ("phone",),
    "email": ("email",),
    "deceased": ("deceased", "died"),
}
"""Facts that are taken together from one record, named after what they are; the first of each is what rules rank."""


@dataclass(frozen=True, slots=True)
class Survivorship:
    """A council's policy: `trust` lists kinds or names of sources, most trusted first; `facts` names the rules.

    >>> Survivorship.in_force().facts["surname"][0]
    'freshest'
    """

    trust: tuple[str, ...]
    facts: Mapping[str, tuple[str, ...]]

    @classmethod
    def in_force(cls, own: Mapping[str, Any] | None = None) -> "Survivorship":
        """Give the shipped policy with a council's own laid over it; an unknown fact or rule is refused."""
        shipped, own = _shipped(), own or {}
        for name in own:
            _known("setting", name, shipped)
        laid = own.get("facts", {})
        if not isinstance(laid, Mapping):
            raise SettingsError("[survivorship] facts: expected a table, as [survivorship.facts]")
        for fact, rules in laid.items():
            _known("fact", fact, GROUPS)
            for rule in _listed(fact, rules, "rules"):
                _known("rule", rule, RULES)
        trust = _listed("trust", own.get("trust", shipped["trust"]), "sources or kinds")
        return cls(trust, {fact: tuple(rules) for fact, rules in {**shipped["facts"], **laid}.items()})

    def trust_of(self, source: str, kind: str) -> int:
        """Give how much a source is trusted: higher is more, 0 where the policy does not name it."""
        places = [self.trust.index(n) for n in (source, kind) if n in self.trust]
        return len(self.trust) - min(places) if places else 0


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("svoc.defaults").joinpath("survivorship.toml").read_text(encoding="utf-8"))


def _listed(name: str, values: Any, what: str) -> tuple[str, ...]:
    if not (isinstance(values, list) and values and all(isinstance(each, str) for each in values)):
        raise SettingsError(f"[survivorship] {name}: expected a list of {what}")
    return tuple(values)


def _known(what: str, name: str, choices: Mapping[str, Any]) -> None:
    if name not in choices:
        hint = nearest(name, choices) or ", ".join(choices)
        raise SettingsError(f"[survivorship] names no {what} that there is: {name}; did you mean {hint}?")
