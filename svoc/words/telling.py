"""What a member of staff tells of a person whom they have found: the values that `council.tell` takes."""

import hashlib
from dataclasses import dataclass
from datetime import date

import polars as pl

from svoc.words.events import EMPTY_LIFE_EVENTS, EVIDENCE, LIFE_EVENTS, EventAction, EventKind, Evidence, Precision
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["Death"]

WORDS = {"registrar": Evidence.REGISTRAR_NOTIFICATION, "certificate": Evidence.DEATH_CERTIFICATE}
"""Short words for the usual evidence; every value of `Evidence` is understood too."""


@dataclass(frozen=True, slots=True)
class Death:
    """Says that a person has died, when, and on what evidence.

    `on` is a date or its text as 2026-11-02; `evidence` a word of `svoc.words.events.Evidence`, or registrar or
    certificate. Raises `ValueError` for anything else.

    >>> Death("7F3K-92QD-M", on="2026-11-02", evidence="registrar").verification
    3
    """

    person: str
    on: date | str
    evidence: str = Evidence.UNSTATED.value

    def __post_init__(self) -> None:
        object.__setattr__(self, "on", date.fromisoformat(self.on) if isinstance(self.on, str) else self.on)
        object.__setattr__(self, "evidence", (WORDS.get(self.evidence) or Evidence(self.evidence)).value)

    @property
    def verification(self) -> int:
        """Give the level (0 to 3) to which the evidence verifies the claim."""
        return EVIDENCE[Evidence(self.evidence)]

    @property
    def reference(self) -> str:
        """Give the reference under which the claim is kept: the same for the same person."""
        return hashlib.blake2b(f"death\x1f{self.person}".encode(), digest_size=8).hexdigest()

    @property
    def mention(self) -> str:
        """Give the mention key that the claim will have."""
        return f"{EVENTS_SOURCE}/counter:{self.reference}/1"

    def as_life_event(self) -> pl.DataFrame:
        """Give the claim as a frame of `LIFE_EVENTS` with one row."""
        day = date.fromisoformat(str(self.on))
        told = {
            "event": f"{self.reference}:{day.isoformat()}:{self.evidence}",
            "kind": EventKind.DEATH.value,
            "action": EventAction.ASSERTED.value,
            "sender": "counter",
            "reference": self.reference,
            "verification": self.verification,
            "evidence": self.evidence,
            "person": self.person,
            "happened": day,
            "happened_precision": Precision.DAY.value,
            "happened_text": day.isoformat(),
            "happened_earliest": day,
            "happened_latest": day,
        }
        return pl.concat([EMPTY_LIFE_EVENTS, pl.DataFrame([told], schema=LIFE_EVENTS)])
