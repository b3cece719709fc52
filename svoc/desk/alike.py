"""Several cases answered in one act: only where the evidence of each is the same, so that one judgement is of them all.

What is compared is why the case is asked, what decided about its two records, and at which level each comparison came
out; not the records themselves. A purpose that may not see all that this rests on decides each case by itself, and so
does everybody where a case may be about somebody under protection.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import polars as pl

from svoc.desk.case import Case
from svoc.desk.desk import Desk
from svoc.desk.looking import token_of
from svoc.desk.meaning import pairs_meant
from svoc.desk.regrouping import Said
from svoc.desk.sitting import ChangedMeanwhile, ClosedMeanwhile, WithAnother, answered_by, hold
from svoc.errors import SettingsError
from svoc.store.leases import release
from svoc.store.ledger import last_decision
from svoc.words.audit import Kind
from svoc.words.decisions import CaseKind, Verdict

__all__ = [
    "MOST",
    "VERDICTS",
    "Pattern",
    "decide_alike",
    "like",
    "may_be_together",
    "patterns_of",
    "refuse_unlike",
    "said_of",
]

MOST = 25
"""So many cases at most are decided at once: nobody looks at more."""
OF_TWO = frozenset({CaseKind.HOUSEHOLD, CaseKind.POSSIBLE_MOVE, CaseKind.LOOKS_WRONG})
VERDICTS = (Verdict.SAME.value, Verdict.DIFFERENT.value, Verdict.UNSURE.value)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The evidence of a case: why it is asked, what decided, and (comparison, level) for each thing compared."""

    kind: str
    reason: str
    decided_by: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]

    def differs(self, other: "Pattern") -> str:
        """Say in words what is not the same in another case; "" where all is."""
        if (self.kind, self.reason) != (other.kind, other.reason):
            return "they are not asked for one reason"
        if self.decided_by != other.decided_by:
            return "something else decided"
        own, theirs = dict(self.levels), dict(other.levels)
        what = next((w for w in sorted({*own, *theirs}) if own.get(w) != theirs.get(w)), "")
        here, there = own.get(what, "missing"), theirs.get(what, "missing")
        return f"{what.replace('_', ' ')}: {here}, and {there}" if what else ""


def may_be_together(desk: Desk, case: Case) -> bool:
    """Say whether a case may be decided with others: it is about two records, and all its evidence may be seen."""
    of_two = case.kind in OF_TWO and len(case.mentions) == 2
    return of_two and desk.reader().purpose.fields is None and not desk.hides(case)


def like(desk: Desk, case: Case, among: Sequence[Case]) -> tuple[Pattern, tuple[Case, ...]]:
    """Give the evidence of a case, and those among others that have the same, itself the first; at most `MOST`."""
    _refuse_alone(desk, [case])
    asked = [c for c in among if c.id != case.id and (c.kind, c.reason) == (case.kind, case.reason)]
    together = [case, *(c for c in asked if may_be_together(desk, c))][:MOST]
    found = patterns_of(desk, together)
    return found[case.id], tuple(c for c in together if found[c.id] == found[case.id])


def patterns_of(desk: Desk, cases: Sequence[Case]) -> dict[str, Pattern]:
    """Work out the evidence of cases of two records, looking around them once; noted for each person."""
    explainer = desk.explainer()
    known = set(explainer.mentions["mention"])
    there = [case for case in cases if known.issuperset(case.mentions)]
    if len(there) < len(cases):
        raise SettingsError("a record of one of the cases is no longer there: decide it by itself")
    around = explainer.around([mention for case in cases for mention in case.mentions])
    told = {case.id: explainer.explain(case.mentions[0], case.mentions[1], around=around) for case in cases}
    desk.reader().note(Kind.EXPLAIN, persons=sorted({p for each in told.values() for p in each.persons if p}))
    return {
        case.id: Pattern(
            case.kind.value,
            case.reason,
            tuple(sorted({reason.code for reason in told[case.id].reasons})),
            tuple(sorted(_compared(told[case.id].steps).rows())),
        )
        for case in cases
    }


def refuse_unlike(desk: Desk, cases: Sequence[Case]) -> None:
    """Raise `SettingsError`, with the first difference, unless the evidence of all cases is the same."""
    if not cases:
        raise SettingsError("choose the cases that are to be decided")
    if len(cases) > MOST:
        raise SettingsError(f"at most {MOST} cases are decided at once")
    _refuse_alone(desk, cases)
    found = patterns_of(desk, cases)
    first = found[cases[0].id]
    for case in cases[1:]:
        if differs := first.differs(found[case.id]):
            raise SettingsError(f"these cases are not alike, so each is decided by itself: {differs}")


def said_of(cases: Sequence[Case], verdict: str) -> list[Said]:
    """Say one verdict about the two records of each case."""
    if verdict not in VERDICTS:
        raise SettingsError(f"several cases at once: expected one of {', '.join(VERDICTS)}")
    return [(verdict, left, right) for case in cases for left, right in pairs_meant(case, verdict, None)]


def decide_alike(desk: Desk, tokens: Mapping[str, str], verdict: str, *, because: str) -> list[int]:
    """Answer several cases (name -> the token of when it was looked at) in one act, all or none.

    Raises `SettingsError` where they are not alike, and `WithAnother`, `ClosedMeanwhile` or `ChangedMeanwhile` where
    something came between with one of them.
    """
    engine = desk.council.store.engine
    with ExitStack() as leases:
        for case_id in sorted(tokens):
            lease = hold(desk, case_id, patient=True)
            if not lease.is_of(desk.steward):
                raise WithAnother(lease)
            leases.callback(release, engine, case_id, steward=desk.steward)
        known = last_decision(engine)
        cases = _as_looked_at(desk, tokens)
        refuse_unlike(desk, cases)
        said = said_of(cases, verdict)
        return desk.decide_all(said, because=because, answers=[case.id for case in cases], after=known)


def _as_looked_at(desk: Desk, tokens: Mapping[str, str]) -> list[Case]:
    waiting = {case.id: case for case in desk.cases()}
    for case_id in sorted(tokens):
        if case_id not in waiting:
            raise ClosedMeanwhile(answered_by(desk, case_id))
    cases = [desk.before(waiting[case_id]) for case_id in sorted(tokens)]
    if any(token_of(desk, case) != tokens[case.id] for case in cases):
        raise ChangedMeanwhile
    return cases


def _refuse_alone(desk: Desk, cases: Sequence[Case]) -> None:
    if not all(may_be_together(desk, case) for case in cases):
        raise SettingsError("one of the cases can only be decided by itself")


def _compared(steps: pl.DataFrame) -> pl.DataFrame:
    """Give what was compared of the two records, and at which level it came out."""
    return steps.filter((pl.col("kind") == "comparison") & (pl.col("grade") != -1)).select("what", "level").unique()
