"""What a thing may be done for: a purpose names a lane, and a lane says which records may be used together."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from svoc.errors import PurposeRefused, SettingsError, nearest
from svoc.words.full_register import RegisterUse, check_use
from svoc.words.laid_over import Shape, checked, known, laid_over
from svoc.words.lanes import Lane, read_lane
from svoc.words.persons import FACTS
from svoc.words.roles import Role, known_role

__all__ = ["Lane", "Purpose", "Purposes"]

SHAPE: Shape = {
    "words": (str, True), "lane": (str, True), "power": (str, True), "full_register": (str, False),
    "fields": (list, False), "roles": (list, False), "expires": (date, False), "dpia": (str, False),
    "sees_protected": (bool, False),
}  # fmt: skip
NAMES = frozenset({"forename", "surname"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What something is done for, under which power, in which lane, and which golden facts it may see.

    `fields`: the golden facts, None for all; `roles`: who may ask, none for anybody; `expires`: the last day on which
    it holds; `dpia`: where the impact assessment is kept; `full_register`: the use of the full register that it is, if
    its lane has one (`svoc.words.full_register`); `sees_protected`: whether it is told where a person under protection
    is (`svoc.protecting`).
    """

    code: str
    words: str
    lane: str
    power: str
    fields: tuple[str, ...] | None = None
    expires: date | None = None
    roles: tuple[Role, ...] = ()
    dpia: str = ""
    full_register: RegisterUse | None = None
    sees_protected: bool = False

    @property
    def hidden(self) -> tuple[str, ...]:
        """Name the golden facts that it may not see.

        >>> Purpose("x", "", "service", "", fields=("surname",)).sees("surname", "dob")
        False
        """
        return () if self.fields is None else tuple(fact for fact in FACTS if fact not in self.fields)

    def sees(self, *facts: str) -> bool:
        """Say whether it may see all of some golden facts."""
        return self.fields is None or set(facts).issubset(self.fields)

    @property
    def names(self) -> bool:
        """Say whether it may be told who somebody is."""
        return self.sees(*NAMES)

    @property
    def references(self) -> bool:
        """Say whether it may see under which reference a source keeps a record: on a register one leads to the name."""
        return self.full_register != RegisterUse.STATISTICS


@dataclass(frozen=True, slots=True)
class Purposes:
    """All purposes and lanes in force.

    >>> Purposes.in_force().purpose("canvass-match", on=date(2026, 11, 2)).lane
    'statutory'
    """

    purposes: Mapping[str, Purpose]
    lanes: Mapping[str, Lane]

    @classmethod
    def in_force(
        cls,
        purposes: Mapping[str, Any] | None = None,
        lanes: Mapping[str, Any] | None = None,
        *,
        open_register_only: bool = False,
    ) -> "Purposes":
        """Give the shipped purposes and lanes with a council's own laid over them; `SettingsError` tells a fault.

        With `open_register_only` no lane uses a register beyond what is open, whatever it says itself.
        """
        shipped = _shipped()
        made_lanes = {n: read_lane(n, v) for n, v in laid_over("lanes", shipped["lanes"], lanes or {}).items()}
        if open_register_only:
            made_lanes = {n: replace(lane, open_register_only=True) for n, lane in made_lanes.items()}
        made = {n: _purpose(n, v) for n, v in laid_over("purposes", shipped["purposes"], purposes or {}).items()}
        for purpose in made.values():
            known(f"[purposes.{purpose.code}] lane", purpose.lane, made_lanes)
            if not purpose.power.strip():
                told = "expected the law that allows it, or the consent that it rests on"
                raise SettingsError(f"[purposes.{purpose.code}] power: {told}")
        return cls(made, made_lanes)

    def of_sources(self, kinds: Mapping[str, str], among: Iterable[str]) -> "Purposes":
        """Give the same where every lane knows the sources that it leaves out (`Lane.of`).

        Raises `SettingsError` where a purpose would read a full register that it may not (`check_use`).
        """
        lanes = {name: lane.of(kinds, among) for name, lane in self.lanes.items()}
        for purpose in self.purposes.values():
            lane, use = lanes[purpose.lane], purpose.full_register or ""
            full = lane.full_registers(kinds)
            check_use(purpose.code, use, purpose.fields, reads_full=full, under_16s=lane.under_16s)
        return Purposes(self.purposes, lanes)

    def named(self, code: str) -> Purpose:
        """Give the purpose of that name, expired or not, for settings that name it; reading takes `purpose`."""
        found = self.purposes.get(code)
        if found is None:
            hint = nearest(code, self.purposes)
            told = f"did you mean {hint}?" if hint else f"there are {', '.join(self.purposes)}"
            raise PurposeRefused(f"there is no purpose {code!r}; {told}")
        return found

    def purpose(self, code: str, *, on: date) -> Purpose:
        """Give the purpose of that name; raise `PurposeRefused` where it is unknown or has expired on a day."""
        found = self.named(code)
        if found.expires and found.expires < on:
            raise PurposeRefused(f"the purpose {code!r} expired on {found.expires.isoformat()}")
        return found

    def lane(self, code: str, *, on: date) -> Lane:
        """Give the lane that a purpose reads; raise `PurposeRefused` as `purpose` does."""
        return self.lanes[self.purpose(code, on=on).lane]


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("svoc.defaults").joinpath("purposes.toml").read_text(encoding="utf-8"))


def _purpose(code: str, values: dict[str, Any]) -> Purpose:
    table = f"[purposes.{code}]"
    checked(table, values, SHAPE)
    fields, use = values.get("fields"), values.get("full_register", "")
    for field in fields or ():
        known(f"{table} fields", field, FACTS)
    roles = tuple(known_role(role, f"{table} roles") for role in values.get("roles", ()))
    made = {
        **values,
        "fields": None if fields is None else tuple(fields),
        "roles": roles,
        "full_register": check_use(code, use, fields, reads_full=(), under_16s=False),
    }
    return Purpose(code=code, **made)
