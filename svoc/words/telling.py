"""What a member of staff tells of people whom they have found: the values that `council.tell` takes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar, Self

import polars as pl

from svoc.words.events import EMPTY_LIFE_EVENTS, EVIDENCE, LIFE_EVENTS, EventAction, EventKind, Evidence, Precision
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["Birth", "Correction", "Death", "Move", "NewContact", "NewName", "Told"]

WORDS = {"registrar": Evidence.REGISTRAR_NOTIFICATION, "certificate": Evidence.DEATH_CERTIFICATE}
"""Short words for the usual evidence; every value of `Evidence` is understood too."""

IN_CAPITALS = ("new_title", "new_forename", "new_middle_names", "new_surname", "new_postcode")


@dataclass(frozen=True, slots=True)
class Told:
    """What the values have in common: whom they are about, on what evidence, and how they become life events.

    `reference`: the council's own for what it was told, where it has one: telling again under it is telling once, and
    telling otherwise is a correction. Without one it follows from the kind of event, its day and whom it is about.
    `consents`: services that may be told, where the resident was asked.
    """

    kind: ClassVar[EventKind]
    person: str
    evidence: str = field(default=Evidence.SELF.value, kw_only=True)
    reference: str = field(default="", kw_only=True)
    consents: tuple[str, ...] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if isinstance(day := getattr(self, "on", None), str):
            object.__setattr__(self, "on", date.fromisoformat(day))
        object.__setattr__(self, "evidence", (WORDS.get(self.evidence) or Evidence(self.evidence)).value)
        if not all(self.persons):
            raise ValueError("expected the identifier of a person")
        if not self.says():
            raise ValueError(f"{type(self).__name__}: expected at least one thing that is so from now on")
        object.__setattr__(self, "reference", self.reference or self._usual())

    @property
    def persons(self) -> tuple[str, ...]:
        """Give the persons whom it is about, the first named first."""
        return tuple(dict.fromkeys((self.person, *getattr(self, "along", ()))))

    @property
    def verification(self) -> int:
        """Give the level (0 to 3) to which the evidence verifies the claim."""
        return EVIDENCE[Evidence(self.evidence)]

    @property
    def mentions(self) -> dict[str, str]:
        """Give the mention key that the claim about each person will have, and the person."""
        return {f"{EVENTS_SOURCE}/counter:{self.reference_of(each)}/1": each for each in self.persons}

    @property
    def mention(self) -> str:
        """Give the mention key of the claim about the first person."""
        return next(iter(self.mentions))

    def reference_of(self, person: str) -> str:
        """Give the reference under which the claim about a person is kept: the same whenever it is told again."""
        return self.reference if person == self.person else _hash(self.reference, person)

    def _usual(self) -> str:
        """Tell apart what may happen to one person several times; nobody dies twice."""
        several = () if self.kind is EventKind.DEATH else (f"{getattr(self, 'on', '')}", *sorted(self.says()))
        return _hash(self.kind.value, self.person, *several)

    def says(self) -> Mapping[str, Any]:
        """Give what is so from now on, by the columns of `LIFE_EVENTS`."""
        return {"happened": getattr(self, "on", None)}

    def of(self, known: Mapping[str, Any]) -> Self:
        """Give the same with what goes without saying, by the row of `PERSONS` of whom it is about.

        Middle names stay beside a new forename, with which they count as one; `""` says that there are none.
        """
        unsaid = getattr(self, "forename", None) and getattr(self, "middle_names", "") is None
        kept = {"middle_names": known["middle_names"]} if unsaid and known.get("middle_names") else {}
        return replace(self, **kept)

    def as_life_event(self, at: datetime | None = None, *, action: EventAction = EventAction.ASSERTED) -> pl.DataFrame:
        """Give the claim as a frame of `LIFE_EVENTS`, one row for each person; `at`: when it was told."""
        said = {n: v.upper() if n in IN_CAPITALS and v else v for n, v in self.says().items() if v is not None}
        together = _hash(self.kind.value, *self.persons) if len(self.persons) > 1 else None
        rows = []
        for person in self.persons:
            reference = self.reference_of(person)
            told = {
                "kind": self.kind.value, "action": action.value, "sender": "counter", "reference": reference,
                "evidence": self.evidence, "verification": self.verification,
                "person": person, "household": together, "consents": self.consents and list(self.consents),
                **_when(getattr(self, "on", None)), **said,
            }  # fmt: skip
            same = "\x1f".join(f"{name}={told[name]}" for name in sorted(told))
            rows.append({**told, "event": f"{reference}:{_hash(same)}", "recorded_at": at})
        return pl.concat([EMPTY_LIFE_EVENTS, pl.DataFrame(rows, schema=LIFE_EVENTS)])


@dataclass(frozen=True, slots=True)
class Death(Told):
    """Says that a person has died, when, and on what evidence.

    `on` is a date or its text as 2026-11-02; `evidence` a word of `svoc.words.events.Evidence`, or registrar or
    certificate. Raises `ValueError` for anything else.

    >>> Death("7F3K-92QD-M", on="2026-11-02", evidence="registrar").verification
    3
    """

    kind: ClassVar[EventKind] = EventKind.DEATH
    on: date | str
    evidence: str = field(default=Evidence.UNSTATED.value, kw_only=True)


@dataclass(frozen=True, slots=True)
class Move(Told):
    """Says that a person, and whoever moves `along`, lives elsewhere from a day on; nobody else of the account does.

    >>> Move("7F3K-92QD-M", on="2026-11-02", address="9 High Street", postcode="zz1 1ab").says()["new_postcode"]
    'zz1 1ab'
    """

    kind: ClassVar[EventKind] = EventKind.MOVE
    on: date | str
    address: str
    postcode: str | None = None
    uprn: int | None = None
    along: tuple[str, ...] = ()

    def says(self) -> Mapping[str, Any]:
        """Give the new address."""
        where = {"new_address": self.address or None, "new_postcode": self.postcode, "new_uprn": self.uprn}
        return where if self.address or self.postcode else {}


@dataclass(frozen=True, slots=True)
class Birth(Told):
    """Says that a child was born to a person, and to whoever else is named (`along`); the child is no person yet.

    >>> Birth("7F3K-92QD-M", on="2026-10-30", forename="Ida", surname="Marlow").persons
    ('7F3K-92QD-M',)
    """

    kind: ClassVar[EventKind] = EventKind.BIRTH
    on: date | str
    forename: str | None = None
    surname: str | None = None
    along: tuple[str, ...] = ()

    def says(self) -> Mapping[str, Any]:
        """Give the child's name and birth."""
        return {"new_forename": self.forename, "new_surname": self.surname, "happened": self.on}


@dataclass(frozen=True, slots=True)
class NewName(Told):
    """Says that a person bears another name from a day on.

    >>> NewName("7F3K-92QD-M", on="2026-11-02", surname="Reed").mention.split("/")[0]
    'life_events'
    """

    kind: ClassVar[EventKind] = EventKind.NAME
    on: date | str
    surname: str | None = None
    forename: str | None = None
    middle_names: str | None = None
    title: str | None = None

    def says(self) -> Mapping[str, Any]:
        """Give the parts of the name that are new."""
        return _said(self, ("title", "forename", "middle_names", "surname"))


@dataclass(frozen=True, slots=True)
class Correction(Told):
    """Says what was always wrong of a person: a name, a date of birth.

    >>> Correction("7F3K-92QD-M", dob="1971-04-24").says()["new_dob"]
    datetime.date(1971, 4, 24)
    """

    kind: ClassVar[EventKind] = EventKind.CORRECTION
    surname: str | None = None
    forename: str | None = None
    middle_names: str | None = None
    title: str | None = None
    dob: date | str | None = None

    def says(self) -> Mapping[str, Any]:
        """Give what is right."""
        born = date.fromisoformat(self.dob) if isinstance(self.dob, str) else self.dob
        return _said(self, ("title", "forename", "middle_names", "surname")) | ({"new_dob": born} if born else {})


@dataclass(frozen=True, slots=True)
class NewContact(Told):
    """Says by which telephone or e-mail address a person is reached from now on.

    >>> NewContact("7F3K-92QD-M", phone="07700 900123").says()
    {'new_phone': '07700 900123'}
    """

    kind: ClassVar[EventKind] = EventKind.CONTACT
    phone: str | None = None
    email: str | None = None

    def says(self) -> Mapping[str, Any]:
        """Give the new details."""
        return _said(self, ("phone", "email"))


def _said(told: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {f"new_{name}": value for name in names if (value := getattr(told, name))}


def _when(day: Any) -> dict[str, Any]:
    if day is None:
        return {}
    known = {"happened": day, "happened_precision": Precision.DAY.value, "happened_text": day.isoformat()}
    return {**known, "happened_earliest": day, "happened_latest": day}


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()
