"""The form of a case: what may be answered, about which of its records, and what was typed into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from svoc.desk import Case
from svoc.desk.meaning import of_an_event
from svoc.errors import SettingsError
from svoc.web.asking import Form
from svoc.web.pages.reasons import REASONS, reasoned
from svoc.words.decisions import CaseKind, Verdict

__all__ = ["LETTERS", "Asked", "Choices", "Given", "asked", "choices", "named"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be answered: `verdicts`; `pairs`, a value and the letters of two records, where that has to be said."""

    verdicts: tuple[str, ...]
    pairs: tuple[tuple[str, str, str], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed into the form, and what is wrong with it by the field."""

    verdict: str = ""
    pair: str = ""
    reason: str = ""
    note: str = ""
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A form, read: `pair` is the two mentions that it is about, if it says."""

    given: Given
    because: str
    pair: tuple[str, str] | None


def named(there: Sequence[str]) -> dict[str, str]:
    """Give each record that is there (a mention key) its letter, in the order of the columns."""
    return dict(zip(there, LETTERS, strict=False))


def choices(case: Case, there: Sequence[str]) -> Choices:
    """Say what may be answered to a case, and about which two of its records that are there."""
    letters = named(there)
    if case.kind is CaseKind.ADDRESS or len(letters) < 2:
        return Choices((), (), ())
    if of_an_event(case):
        event, *others = letters
        pairs = tuple((letters[m], letters[event], letters[m]) for m in others)
        return Choices((Verdict.CONFIRMED, Verdict.REJECTED), pairs if len(pairs) > 1 else (), REASONS["event"])
    firsts = list(letters)[:1] if case.kind is CaseKind.SUCCESSION else list(letters)
    pairs = tuple((letters[a] + letters[b], letters[a], letters[b]) for a, b in combinations(letters, 2) if a in firsts)
    verdicts = (Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE)
    return Choices(verdicts, pairs if len(pairs) > 1 else (), REASONS["pair"])


def asked(case: Case, there: Sequence[str], form: Form) -> Asked:
    """Read the form, and say what is wrong with it; raise `SettingsError` where nothing may be answered."""
    offered, faults = choices(case, there), []
    said = reasoned(form, offered.reasons)
    given = Given(form.text("verdict"), form.text("pair"), said.reason, said.note)
    if not offered.verdicts:
        raise SettingsError("nothing can be answered to this case here")
    if given.verdict not in offered.verdicts:
        faults.append(("verdict", "no_verdict"))
    faults += said.faults
    pair = _pair(there, offered, given)
    if offered.pairs and pair is None and given.verdict in {Verdict.SAME, Verdict.CONFIRMED}:
        faults.append(("pair", "no_pair"))
    return Asked(Given(given.verdict, given.pair, given.reason, given.note, tuple(faults)), said.because, pair)


def _pair(there: Sequence[str], offered: Choices, given: Given) -> tuple[str, str] | None:
    lettered = {letter: mention for mention, letter in named(there).items()}
    for value, one, other in offered.pairs:
        if value == given.pair:
            return lettered[one], lettered[other]
    return None
