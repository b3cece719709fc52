"""Gives a plan a name that is its content's: the same inputs make the same name, and anything else another."""

import hashlib

from svoc.words.plan import LaneState, Plan

__all__ = ["name_of"]

PARTS = tuple(LaneState.__dataclass_fields__)


def name_of(plan: Plan) -> str:
    """Give sixteen signs for a plan: for what it takes and rests on, what it would make, and the guards' reasons.

    Neither when it was made nor how long that took is in it, so that the same night planned again has the same name.
    """
    digest = hashlib.blake2b(digest_size=8)
    rests_on = (plan.run, plan.as_of, plan.gazetteer, plan.model, plan.ledger, sorted(plan.reasons))
    digest.update(repr(rests_on).encode())
    digest.update(plan.taken.sort("source", "file", "sha256").write_csv().encode())
    digest.update(plan.events.select("event").sort("event").write_csv().encode())
    for name, lane in sorted(plan.lanes.items()):
        digest.update(name.encode())
        for frame in (*(getattr(lane.state, part) for part in PARTS), lane.notices):
            digest.update(frame.write_json().encode())
    return digest.hexdigest()
