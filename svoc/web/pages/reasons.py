"""Why somebody decides: a reason chosen from a list, and a note, as every form that decides asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from svoc.web.asking import Form
from svoc.web.texts import Texts

__all__ = ["REASONS", "Reasoned", "reasoned"]

REASONS: Mapping[str, tuple[str, ...]] = {
    "pair": ("evidence", "spoke", "document", "family", "different_lives", "too_little", "other"),
    "event": ("certificate", "spoke", "informant", "wrong_person", "not_true", "too_little", "other"),
    "fact": ("evidence", "spoke", "document", "other"),
    "group": ("evidence", "spoke", "document", "family", "different_lives", "other"),
}
"""The reasons that are offered, by their names in the catalogue."""
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Reasoned:
    """What was chosen and typed, `because`: both as the ledger keeps them, and what is wrong by the field."""

    reason: str = ""
    note: str = ""
    because: str = ""
    faults: tuple[tuple[str, str], ...] = ()


def reasoned(form: Form, offered: Sequence[str]) -> Reasoned:
    """Read the reason and the note of a form."""
    reason, note = form.text("reason"), form.text("note")
    faults = []
    if reason not in offered:
        faults.append(("reason", "no_reason"))
    if reason == "other" and not note:
        faults.append(("note", "no_note"))
    if len(note) > LONGEST_NOTE:
        faults.append(("note", "long_note"))
    words = _in_words(reason)
    return Reasoned(reason, note, f"{words}: {note}" if note else words, tuple(faults))


def _in_words(reason: str) -> str:
    """Write a reason as the ledger keeps it: in English, whatever the language of the pages."""
    texts = Texts.of("en")
    return texts(f"reason.{reason}") if texts.has(f"reason.{reason}") else ""
