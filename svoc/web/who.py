"""Who somebody is: a name for the audit trail, roles, and the purposes that they may ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from svoc.errors import PurposeRefused
from svoc.policy import Policy
from svoc.words.roles import Role

__all__ = ["DEVELOPMENT", "Identity", "developer", "purposes_of"]

DEVELOPMENT = "development"
"""How somebody is known where nobody checks who they are: on one's own computer only (`svoc.web.app`)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who has shown who they are.

    `actor`: as the audit trail names them; `roles`: of `svoc.words.roles.Role`; `purposes`: what they may ask for, in
    the order of the settings; `how`: the way in which they showed it.
    """

    actor: str
    roles: frozenset[str]
    purposes: tuple[str, ...]
    how: str

    def is_any(self, *roles: Role) -> bool:
        """Say whether they have one of some roles."""
        return not self.roles.isdisjoint(role.value for role in roles)


def developer(actor: str, policy: Policy, *, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> Identity:
    """Take somebody's word for who they are: as `[actors]` has it, or with every role where nobody is named there."""
    named = policy.actors.get(actor, frozenset()) if policy.actors else frozenset(Role)
    roles = frozenset(role.value for role in named if role is not Role.BATCH)
    return Identity(actor, roles, purposes_of(actor, policy, on=today()), DEVELOPMENT)


def purposes_of(actor: str, policy: Policy, *, on: date) -> tuple[str, ...]:
    """Name the purposes that an actor may ask for on a day."""
    return tuple(code for code in policy.purposes.purposes if _may_ask(policy, code, actor, on))


def _may_ask(policy: Policy, code: str, actor: str, on: date) -> bool:
    try:
        policy.asked_for(code, actor=actor, on=on)
    except PurposeRefused:
        return False
    return True
