"""Settles what a right changes: the right itself is refused by no guard, and what would come with it is by each.

A settling takes in whatever waits: decisions, a gazetteer or a policy that was exchanged. So it is measured without
what the right takes away or brings back. Where a guard holds, nothing is done and nothing noted but the refusal, and
the plan may be read and approved as that of any night (`svoc plan`).
"""

from dataclasses import replace

from svoc.council import Council
from svoc.errors import GuardRefused
from svoc.guards import reasons_beside_a_right
from svoc.naming import name_of
from svoc.noting import note_refused
from svoc.store.approvals import approval_of, keep_refused
from svoc.words.plan import Plan, Yesterday

__all__ = ["measured", "refuse_guarded", "refuse_too_many", "refuse_what_waits"]

TOO_MANY = (
    "{} records would be taken out of use at once; at most {} are allowed ([guards] largest_person). Somebody of whom "
    "so many are held is probably several people: take them apart first, or name one record by --record"
)


def measured(council: Council, plan: Plan, yesterday: Yesterday) -> Plan:
    """Give a plan that serves a right with what guards hold against the rest of it, and whether that is approved."""
    against = reasons_beside_a_right(plan, yesterday, council.settings.guards)
    plan = replace(plan, reasons=against, approved=None)
    return replace(plan, approved=approval_of(council.store.engine, name_of(plan))) if against else plan


def refuse_guarded(council: Council, plan: Plan, *, actor: str, purpose: str | None) -> Plan:
    """Give the plan back, or note that it is refused and raise `GuardRefused`."""
    if plan.refused:
        note_refused(council.audit, plan, actor=actor, purpose=purpose)
        keep_refused(council.store.engine, plan, name_of(plan), actor=actor)
        raise GuardRefused(plan.reasons)
    return plan


def refuse_what_waits(council: Council, *, actor: str, purpose: str | None) -> None:
    """Raise `GuardRefused` where what waits to be settled is held by a guard, before anything is added to it."""
    yesterday = council.store.yesterday()
    refuse_guarded(council, measured(council, council.settle(yesterday), yesterday), actor=actor, purpose=purpose)


def refuse_too_many(council: Council, count: int) -> None:
    """Raise `GuardRefused` where a right would take more records than any one person is made of."""
    most = council.settings.guards.largest_person
    if count > most:
        raise GuardRefused([TOO_MANY.format(count, most)])
