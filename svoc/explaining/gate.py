"""What an explanation may say of whom: the purpose's gate, and the narrower one of a subject access answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from svoc.words.purposes import Purpose

__all__ = ["Gate"]

SOMEBODY = "another person"


@dataclass(frozen=True, slots=True)
class Gate:
    """May this reader be told names, and whose?

    `names`: the purpose may read names at all. `own`: where the answer is for the subject, the mentions that are the
    subject's own; everybody else is a third party, of whom neither name nor reference is told.
    """

    names: bool
    own: frozenset[str] | None = None

    @classmethod
    def of(cls, purpose: Purpose, own: frozenset[str] | None = None) -> "Gate":
        """Open the gate as far as a purpose may read.

        >>> Gate.of(Purpose("statistics", "", "statutory", "", fields=("postcode",))).names
        False
        """
        return cls(purpose.fields is None or {"forename", "surname"} <= set(purpose.fields), own)

    @property
    def for_subject(self) -> bool:
        """Say whether the answer is for the person whom it is about."""
        return self.own is not None

    def may_name(self, mention: str) -> bool:
        """Say whether a mention's name may be told."""
        return self.names and (self.own is None or mention in self.own)

    def record(self, mention: str) -> str:
        """Give a mention's key, or words in its place."""
        return mention if self.own is None or mention in self.own else "another record"

    def person(self, row: Mapping[str, Any]) -> str:
        """Name the person of a mention as its record writes it, or say that it is somebody.

        >>> Gate(names=True).person({"mention": "register/1/1", "forename": "J", "surname": "SMITH"})
        'J SMITH'
        """
        parts = [row[part] for part in ("forename", "surname") if row[part]]
        return " ".join(parts) if parts and self.may_name(row["mention"]) else SOMEBODY
