"""What each role may do in the staff API and at the desk's pages: a table, `svoc/defaults/verbs.toml`."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from svoc.words.roles import Role

__all__ = ["Verbs", "verbs"]


@dataclass(frozen=True, slots=True)
class Verbs:
    """`by_role`: role -> what it may do; `of_people`: what only a human does."""

    by_role: dict[str, frozenset[str]]
    of_people: frozenset[str]

    def of(self, roles: Collection[str]) -> frozenset[str]:
        """Give all that some roles may do.

        >>> sorted(verbs().of(["administrator"]))
        ['acknowledge', 'figures', 'metrics', 'notices', 'place']
        """
        return frozenset[str]().union(*(self.by_role.get(role, frozenset()) for role in roles))

    def may(self, roles: Collection[str], verb: str) -> bool:
        """Say whether one of some roles may do a thing.

        >>> verbs().may(["officer", "auditor"], "tell"), verbs().may(["auditor"], "tell"), verbs().may([], "find")
        (True, False, False)
        """
        return verb in self.of(roles)


@cache
def verbs() -> Verbs:
    """Give the table."""
    told = tomllib.loads(files("svoc.defaults").joinpath("verbs.toml").read_text(encoding="utf-8"))
    by_role = {Role(role).value: frozenset(may) for role, may in told["roles"].items()}
    return Verbs(by_role, frozenset(told["people"]["verbs"]))
