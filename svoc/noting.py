"""What a council does, as the audit trail is told of it: noted first, then done."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from svoc.naming import name_of
from svoc.settings import RetentionSettings
from svoc.store.audit import Audit
from svoc.store.audit_chain import Head
from svoc.words.audit import Kind, as_word
from svoc.words.plan import Plan

__all__ = ["Deciding", "committing", "letting_go", "note_refused", "sending"]


def committing(audit: Audit, plan: Plan, *, actor: str, purpose: str | None) -> AbstractContextManager[Head]:
    """Note that a plan is committed: one event for the whole night, with its counts."""
    about = {"plan": str(plan.approved["plan"])} if plan.approved else {}
    return audit.acting(
        Kind.NIGHT, actor=actor, purpose=purpose, run=plan.run, lane=plan.lane, counts=plan.figures(), about=about
    )


def note_refused(audit: Audit, plan: Plan, *, actor: str, purpose: str | None) -> None:
    """Note that guards refused a plan."""
    counts = {**plan.figures(), "guards": len(plan.reasons)}
    about = {"plan": name_of(plan)}
    audit.note(Kind.REFUSED, actor=actor, purpose=purpose, run=plan.run, lane=plan.lane, counts=counts, about=about)


def sending(
    audit: Audit, notice: Mapping[str, Any], *, actor: str, fields: Iterable[str]
) -> AbstractContextManager[Head]:
    """Note that a notice, a row of the outbox, is carried: to whom, of what, which facts, and a hash of what they say.

    The hash is keyed by the person's own key: whoever has the payload and the key can show that it was this one.
    """
    about = {"recipient": as_word(notice["recipient"]), "change": as_word(notice["kind"])}
    if not notice["person"]:  # that somebody was erased is told of nobody
        return audit.acting(Kind.NOTICE, actor=actor, run=notice["run"], lane=notice["lane"], about=about)
    return audit.acting(
        Kind.NOTICE, actor=actor, persons=[notice["person"]], fields=fields, run=notice["run"], lane=notice["lane"],
        about=about, payload=notice["payload"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides, takes back or confirms, why, what for and about whom; persons that are not there are left out."""

    actor: str
    because: str
    purpose: str | None
    persons: tuple[str | None, ...]

    def noted(
        self, audit: Audit, kind: Kind, *, verdict: str | None = None, **counts: int
    ) -> AbstractContextManager[Head]:
        """Note what is about to be done."""
        about = {"verdict": verdict} if verdict else {}
        whom = [person for person in self.persons if person]
        return audit.acting(
            kind, actor=self.actor, because=self.because, purpose=self.purpose, persons=whom, counts=counts, about=about
        )


def letting_go(audit: Audit, keep: RetentionSettings, *, run: int, actor: str) -> int:
    """Note that what is past is let go, then let go of old events too; give how many (`[retention] audit_days`)."""
    audit.note(Kind.RETENTION, actor=actor, run=run)
    if not keep.audit_days:
        return 0
    return audit.prune(datetime.now(UTC) - timedelta(days=keep.audit_days), actor=actor)
