"""The law of the audit trail, asked with what the nights knew of it."""

from svoc.store.audit import Audit
from svoc.store.audit_anchors import heads_of
from svoc.store.store import Store
from svoc.verifying.rows import Found

__all__ = ["audit_is_whole"]


def audit_is_whole(store: Store, audit: Audit) -> Found:
    """The audit trail is as it was written, without a gap, and holds every event that a night saw at its end."""
    return audit.broken({f"night {run}": head for run, head in heads_of(store.engine).items()})
