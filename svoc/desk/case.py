"""One question for a steward, with everything needed to answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as filled
from typing import Any

from svoc.reading.masking import TOLD_BY
from svoc.words.decisions import CaseKind
from svoc.words.purposes import Purpose

__all__ = ["Case", "shown_to", "told_side_by_side"]

SHOWN = (
    "source",
    "record",
    "name",
    "address",
    "postcode",
    "dob",
    "since",
    "until",
    "forwarding_address",
    "uprn",
    "outcome",
)
"""What is shown of each record, in this order."""

WHERE = ("address", "postcode", "forwarding_address", "uprn")
"""What tells where somebody lives."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question: its `kind`, the `mentions` that it is about, why it is asked, and the `evidence` in words.

    For a life event the first mention is the event, the others are the persons that may be meant, likeliest first; once
    it is opened, `shown` are the fields that the evidence tells of, and `seen` says for each of those others, as a
    hash, what its person's records and the claim said then.
    """

    id: str
    kind: CaseKind
    reason: str
    mentions: tuple[str, ...]
    evidence: str
    weight: int | None = None
    place: int | None = None
    seen: Mapping[str, str | None] = filled(default_factory=dict)
    shown: tuple[str, ...] = ()


def shown_to(purpose: Purpose, *, protected: bool) -> tuple[str, ...]:
    """Give the fields that a purpose may be shown; nothing that tells where a person under protection lives.

    >>> shown_to(Purpose("statistics", "", "statutory", "", fields=("postcode",)), protected=False)
    ('source', 'record', 'postcode', 'since', 'until', 'outcome')
    """
    hidden = WHERE if protected else ()
    return tuple(f for f in SHOWN if f not in hidden and purpose.sees(*TOLD_BY.get(f, ())))


def told_side_by_side(records: list[Mapping[str, Any]], *, shown: Sequence[str] = SHOWN) -> str:
    """Write records one below the other, a line for each thing shown that any of them says.

    >>> print(told_side_by_side([{"name": "MR J SMITH"}, {"name": "John Smith"}]))
    name: MR J SMITH | John Smith
    """
    lines = []
    for field in shown:
        said = [record.get(field) for record in records]
        if any(value is not None for value in said):
            lines.append(f"{field.replace('_', ' ')}: " + " | ".join("-" if v is None else str(v) for v in said))
    return "\n".join(lines)
