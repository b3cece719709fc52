"""What an answer to a case is about: which pairs of its records, and in which words the ledger keeps it."""

from itertools import combinations

from svoc.desk.case import Case
from svoc.errors import SettingsError, nearest
from svoc.words.decisions import CaseKind, Verdict
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["of_an_event", "pairs_meant", "spoken"]


def pairs_meant(case: Case, verdict: str, pair: tuple[str, str] | None) -> list[tuple[str, str]]:
    """Say which pairs of mentions an answer to a case is about; raise `SettingsError` where that is not told."""
    if verdict not in set(Verdict):
        hint = nearest(verdict, Verdict) or ", ".join(Verdict)
        raise SettingsError(f"{verdict!r} is no answer; did you mean {hint}?")
    pairs = [pair] if pair else _meant(case, Verdict(verdict))
    if not pairs:
        raise SettingsError("the case has one record alone: there are no two to decide about")
    strangers = {m for p in pairs for m in p} - set(case.mentions)
    if strangers:
        raise SettingsError(f"the case is not about {', '.join(sorted(strangers))}")
    if case.kind == CaseKind.SUCCESSION or of_an_event(case):
        return [(case.mentions[0], other) for p in pairs for other in p if other != case.mentions[0]]
    return pairs


def of_an_event(case: Case) -> bool:
    """Say whether a case is about a life event."""
    return bool(case.mentions) and case.mentions[0].startswith(f"{EVENTS_SOURCE}/")


def spoken(case: Case, verdict: str) -> str:
    """Give the verdict that the ledger keeps: of an entry of a new register, "same" means that it bears the old key."""
    says_same = case.kind == CaseKind.SUCCESSION and verdict == Verdict.SAME.value
    return Verdict.SUCCEEDS.value if says_same else verdict


def _meant(case: Case, verdict: Verdict) -> list[tuple[str, str]]:
    """Say which pairs an answer without a pair is about."""
    if of_an_event(case):
        return [(case.mentions[0], other) for other in case.mentions[1 : 2 if verdict == Verdict.CONFIRMED else None]]
    if case.kind == CaseKind.SUCCESSION:
        pairs = [(case.mentions[0], other) for other in case.mentions[1:]]
    else:
        pairs = list(combinations(case.mentions, 2))
    if len(pairs) > 1 and verdict == Verdict.SAME:
        raise SettingsError("the case is about several mentions: say with pair=(left, right) which two are the same")
    return pairs
