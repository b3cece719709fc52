"""Keeps what a refused plan is known by, and who approved it: neither is a part of the truth that nights make."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from svoc.store import tables
from svoc.store.frames import encoded
from svoc.store.opening import told_plainly, writing
from svoc.store.standing import of_table, published_run
from svoc.words.plan import TAKEN, Plan

__all__ = ["approval_of", "approve", "keep_refused", "last_refused"]

REFUSED, APPROVAL = map(of_table, (tables.RefusedPlan, tables.Approval))


def keep_refused(engine: Engine, plan: Plan, name: str, *, actor: str) -> None:
    """Keep what a refused plan is known by, why it was refused, its figures, and the extracts that it took."""
    taken = encoded(plan.taken.select(TAKEN.keys())).to_dicts() if plan.taken.height else []
    kept = {"plan": name, "run": plan.run, "at": datetime.now(UTC), "actor": actor, "reasons": list(plan.reasons)}
    with told_plainly(), writing(engine) as connection:
        connection.execute(insert(REFUSED).values(**kept, figures=plan.figures(), taken=taken))


def last_refused(engine: Engine) -> dict[str, Any] | None:
    """Give the plan that was refused last, where no night has been published since."""
    with told_plainly(), engine.connect() as connection:
        coming = REFUSED.c.run == published_run(connection) + 1
        row = connection.execute(select(REFUSED).where(coming).order_by(REFUSED.c.id.desc())).mappings().first()
        return dict(row) if row else None


def approve(engine: Engine, refused: dict[str, Any], *, actor: str, because: str) -> None:
    """Write down that somebody approves a refused plan (as `last_refused` gives it) for a reason."""
    kept = {name: refused[name] for name in ("plan", "run", "reasons")}
    with told_plainly(), writing(engine) as connection:
        connection.execute(insert(APPROVAL).values(**kept, actor=actor, because=because, at=datetime.now(UTC)))


def approval_of(engine: Engine, name: str) -> dict[str, Any] | None:
    """Give who approved the plan of a name, why and when, and against which reasons; the last word counts."""
    with told_plainly(), engine.connect() as connection:
        row = connection.execute(select(APPROVAL).where(APPROVAL.c.plan == name).order_by(APPROVAL.c.id.desc())).first()
    if row is None:
        return None
    kept = {name: getattr(row, name) for name in ("plan", "actor", "because", "reasons")}
    return {**kept, "at": row.at.isoformat()}
