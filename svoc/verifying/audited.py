"""The law of the audit trail, asked with what the nights knew of it."""

from svoc.store.audit import Audit
from svoc.store.audit_chain import Head
from svoc.store.store import Store
from svoc.verifying.rows import Found

__all__ = ["audit_is_whole", "heads_of"]


def audit_is_whole(store: Store, audit: Audit) -> Found:
    """The audit trail is as it was written, without a gap, and holds every event that a night saw at its end."""
    return audit.broken(heads_of(store))


def heads_of(store: Store) -> dict[str, Head]:
    """Give the ends of the audit trail that nights wrote down, by night."""
    noted = {run["run"]: run["manifest"].get("audit") for run in store.runs()}
    return {f"night {run}": Head(int(head["seq"]), str(head["hash"])) for run, head in sorted(noted.items()) if head}
