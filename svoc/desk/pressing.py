"""Which case is asked first: the one of which leaving it as it stands is expected to do most harm.

A case is a question to which the night has given an answer for the time being: these two are two persons, nobody has
died, this record lies where its source says. What is lost by waiting is what a wrong answer of that kind costs, times
the number of records that suffer from it, times how likely it is that what stands is wrong. The last is never more than
even where the machine chose the better of two readings; of a life event that fits somebody it is close to certain, for
"nobody" stands until a human has spoken.

The costs are orders of magnitude, set by what it takes to put a mistake right, and not measured: a death that is not
told is a letter to the dead and a benefit to be paid back; two people made one have each other's facts sent out; an
elector under the wrong key may lose a vote; a move that is not seen is a bill to an old address; a UPRN that disagrees
misplaces one record. A council that knows better changes the table. Whoever is under protection comes before all.
"""

from collections.abc import Mapping
from types import MappingProxyType

from svoc.desk.case import Case
from svoc.words.decisions import CaseKind

__all__ = ["COST", "expected_harm", "stands_wrong"]

COST: Mapping[CaseKind, float] = MappingProxyType(
    {
        CaseKind.LIFE_EVENT: 20.0,
        CaseKind.CONFLICT: 10.0,
        CaseKind.LOOKS_WRONG: 10.0,
        CaseKind.SUCCESSION: 6.0,
        CaseKind.HOUSEHOLD: 4.0,
        CaseKind.POSSIBLE_MOVE: 3.0,
        CaseKind.ADDRESS: 1.0,
    }
)
"""What one record wrongly answered costs, as a multiple of a wrong UPRN."""

EVEN = 0.5
MOST_BITS = 60.0


def expected_harm(case: Case) -> float:
    """Give what leaving a case as it stands is expected to cost.

    >>> from svoc.desk.case import Case
    >>> tie = Case("a", CaseKind.HOUSEHOLD, "", ("x", "y"), "", 0)
    >>> clear = Case("b", CaseKind.HOUSEHOLD, "", ("x", "y"), "", 4000)
    >>> expected_harm(tie), round(expected_harm(clear), 2)
    (4.0, 0.47)
    """
    # A life event, or an entry of a new register, is one record, however many persons it may be of.
    alone = case.kind in {CaseKind.LIFE_EVENT, CaseKind.SUCCESSION}
    suffering = 1 if alone else max(1, len(case.mentions))
    return COST[case.kind] * suffering * stands_wrong(case)


def stands_wrong(case: Case) -> float:
    """Say how likely it is that what stands until somebody decides is wrong: 0 to 1.

    A case's weight is, of a household, by how much the chosen reading beats the next; of a likely move or a life event,
    how much speaks for the two being one. Where a purpose may not see the weight, or there is none, nothing is known.
    """
    if case.weight is None:
        return EVEN
    for_one = case.kind in {CaseKind.LIFE_EVENT, CaseKind.POSSIBLE_MOVE}
    against = (-case.weight if for_one else abs(case.weight)) / 1000
    return 1 / (1 + 2 ** max(-MOST_BITS, min(MOST_BITS, against)))
