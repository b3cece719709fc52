"""Who somebody is to the council's single view: the part that they play when they ask for something."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from svoc.errors import PurposeRefused, SettingsError, nearest

__all__ = ["Role", "may_ask", "read_roles"]


class Role(StrEnum):
    """The parts that people, and the nightly batch, play."""

    STEWARD = "steward"  # decides who is who
    SECOND_CHECKER = "second-checker"  # confirms what one person may not do alone
    OFFICER = "officer"  # serves residents, or the law
    AUDITOR = "auditor"  # looks at what others did
    ADMINISTRATOR = "administrator"  # runs the nights and keeps the settings
    BATCH = "batch"  # the night itself


def read_roles(actors: Mapping[str, str | list[str]], *, batch: str = "") -> dict[str, frozenset[Role]]:
    """Read `[actors]` of council.toml: a name and the role, or the roles, that it has; `SettingsError` tells a fault.

    `batch`: who the night is, and so has that role, where roles are told at all.

    >>> sorted(read_roles({"j.okafor": "steward", "a.bell": ["officer", "auditor"]})["a.bell"])
    [<Role.AUDITOR: 'auditor'>, <Role.OFFICER: 'officer'>]
    """
    found = {
        actor: frozenset(known_role(role, f"[actors] {actor}") for role in ([said] if isinstance(said, str) else said))
        for actor, said in actors.items()
    }
    return found | {batch: found.get(batch, frozenset()) | {Role.BATCH}} if found and batch else found


def known_role(role: str, where: str) -> Role:
    """Give a role by its word; `SettingsError` says where there is none of that name."""
    if role not in set(Role):
        hint = nearest(role, Role)
        told = f"did you mean {hint}?" if hint else f"expected one of {', '.join(Role)}"
        raise SettingsError(f"{where}: there is no role {role}; {told}")
    return Role(role)


def may_ask(actor: str, roles: Iterable[Role], actors: Mapping[str, frozenset[Role]], *, purpose: str) -> None:
    """Refuse an actor who has none of the roles that may ask for a purpose; with no roles anybody may.

    Where a council has not said who has which role (`actors` is empty) whoever may run the command may ask. The message
    says neither who has the role nor which there are.
    """
    if actors and (wanted := frozenset(roles)) and wanted.isdisjoint(actors.get(actor, frozenset())):
        raise PurposeRefused(f"{actor} has no role that may ask for the purpose {purpose!r} ([actors] in council.toml)")
