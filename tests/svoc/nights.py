"""Nights in one store, each planned, amended, committed and told, as a council lives them."""

from svoc.amending import amended
from svoc.sources.base import Extract
from svoc.store.store import Store
from svoc.words.plan import Plan
from tests.worlds import night

__all__ = ["commit", "fall"]


def commit(store: Store, plan: Plan) -> Plan:
    """Commit a plan, and send what it tells."""
    store.commit(plan, summary=plan.figures())
    for row in store.outbox():
        store.sent(row["notice"])
    return plan


def fall(store: Store, *extracts: Extract) -> Plan:
    """Live through the night in which these extracts come in."""
    yesterday = store.yesterday()
    return commit(store, amended(night(yesterday, *extracts), yesterday, store))
