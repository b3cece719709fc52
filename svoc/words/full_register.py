"""The uses of the full electoral register that the law leaves open; every other is an offence, so it has no door here.

RPR 2001, reg 107(3) bars those who work for a council from making use of what only the full register tells, but for
the exceptions of reg 107(4); the registration officer's own work, the National Fraud Initiative and a resident's
request for their own data rest on laws of their own. None of this is legal advice.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from svoc.errors import SettingsError

__all__ = ["NAMING", "RegisterUse", "check_use", "registers_among"]

REGISTER = "electoral_register"
"""The kind of source that the register is."""

NAMING = frozenset({"title", "forename", "middle_names", "surname", "previous_surname", "dob", "phone", "email"})
"""Golden facts that tell who somebody is: statistics are without them."""


class RegisterUse(StrEnum):
    """What the full register may be used for."""

    REGISTRATION = "registration"  # the registration officer's own work: RPA 1983, RPR 2001 reg 35
    CRIME = "crime"  # a statutory function of security, law enforcement and crime prevention: reg 107(4)
    STATISTICS = "statistics"  # without names: reg 107(4)
    AUDIT = "audit"  # National Fraud Initiative: LAAA 2014, Part 6 and Schedule 9
    SUBJECT = "subject"  # a resident's request for their own data: UK GDPR, Article 15


def check_use(
    code: str, use: str, fields: Iterable[str] | None, *, reads_full: Iterable[str], under_16s: bool
) -> RegisterUse | None:
    """Refuse a purpose that would read the full register and may not, or not like this; give the use that it names.

    `use`: what the purpose says under `full_register`; `fields`: what it may see; `reads_full`: the sources of its lane
    that are full registers; `under_16s`: whether its lane takes the entries of children in. Raises `SettingsError`.
    """
    table = f"[purposes.{code}] full_register"
    if use and use not in set(RegisterUse):
        raise SettingsError(f"{table}: there is no use {use}; expected one of {', '.join(RegisterUse)}")
    whole = sorted(reads_full)
    if whole and not use:
        raise SettingsError(
            f"[purposes.{code}] reads the full register ({', '.join(whole)}): RPR 2001, reg 107 allows that for few "
            f"uses; name one in full_register ({', '.join(RegisterUse)}), or give it a lane with open_register_only"
        )
    if under_16s and use != RegisterUse.REGISTRATION:
        raise SettingsError(
            f"{table}: its lane takes in the entries of children under 16, which only registration may read"
        )
    if use == RegisterUse.STATISTICS and (naming := sorted(NAMING.intersection(NAMING if fields is None else fields))):
        raise SettingsError(f"[purposes.{code}] fields: statistics are without names; leave out {', '.join(naming)}")
    return RegisterUse(use) if use else None


def registers_among(kinds: Mapping[str, str]) -> frozenset[str]:
    """Name the sources that are registers; `kinds`: source name -> kind.

    >>> sorted(registers_among({"er": "electoral_register", "ct": "council_tax"}))
    ['er']
    """
    return frozenset(source for source, kind in kinds.items() if kind == REGISTER)
