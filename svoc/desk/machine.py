"""What the machine made of a case: each pair of its records explained, looking around them once."""

from itertools import combinations

from svoc.desk.case import Case
from svoc.desk.desk import Desk
from svoc.desk.meaning import of_an_event
from svoc.explaining import Explanation
from svoc.words.audit import Kind

__all__ = ["explained"]

EXPLAINED = 3
"""So many pairs of a case are explained."""


def explained(desk: Desk, case: Case) -> tuple[Explanation, ...]:
    """Say what the machine made of the first pairs of a case, noted for each person whom it is about.

    It solves the neighbourhood of the records again, which takes longer than all else that is shown of a case.
    """
    explainer = desk.explainer()
    known = set(explainer.mentions["mention"])
    there = [mention for mention in case.mentions if mention in known | set(explainer.kept_back)]
    firsts = there[:1] if of_an_event(case) else there
    pairs = [(a, b) for a, b in combinations(there, 2) if a in firsts][:EXPLAINED]
    seen = [mention for mention in there if mention in known]
    around = explainer.around(seen) if pairs and seen else None
    told = tuple(explainer.explain(left, right, around=around) for left, right in pairs)
    desk.reader().note(Kind.EXPLAIN, persons=sorted({person for each in told for person in each.persons if person}))
    return told
