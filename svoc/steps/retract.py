"""Say which notices a rollback withdraws, takes back, or tells again, so that every system knows what stands."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from svoc.notices.routes import TAKEN_BACK
from svoc.words.notices import AS_IT_WENT, OUTBOX, Retracted, State

__all__ = ["Facts", "retract"]

Facts = Mapping[tuple[str, str, str, str], Mapping[str, Any]]


def retract(outbox: pl.DataFrame, facts: Facts, *, run: int) -> Retracted:
    """Look at every notice that the undone nights wrote, with all that was said of it since.

    `outbox`: frame of `OUTBOX`, in the order in which the notices were written, `holds` true where the night that wrote
    a notice holds once the rollback is done; `facts`: of (lane, person, recipient, reference) the golden facts that the
    recipient's own record stands behind then; `run`: the rollback's. A notice that takes another back holds exactly
    the fields of that one, with the values that stand, and none where that record is nobody's any more.
    """
    withdrawn: list[str] = []
    waiting: list[str] = []
    written: list[dict[str, Any]] = []
    left: list[str] = []
    rows = outbox.with_columns(about=pl.coalesce("retracts", "notice"))
    for (_,), chain in rows.group_by("about", maintain_order=True):
        first, *_ = entries = chain.to_dicts()
        told = [entry for entry in entries if entry["sent"]]
        pending = [entry for entry in entries if not entry["sent"] and not entry["withdrawn"]]
        knows = bool(told) and told[-1]["kind"] == first["kind"]
        again = first["holds"] and not told
        withdrawn += [entry["notice"] for entry in pending if not (again and entry is first)]
        if knows == first["holds"]:
            continue
        if again:
            waiting += [first["notice"]] * first["withdrawn"]
        elif not first["holds"] and (first["kind"].endswith(TAKEN_BACK) or told[-1]["acknowledged"]):
            left.append(told[-1]["notice"])
        else:
            written.append(_about(first, facts, run))
    return Retracted(tuple(withdrawn), tuple(waiting), pl.DataFrame(written, schema=OUTBOX, orient="row"), tuple(left))


def _about(notice: Mapping[str, Any], facts: Facts, run: int) -> dict[str, Any]:
    """Write the notice that takes another back, or tells it again."""
    standing = facts.get((notice["lane"], notice["person"], notice["recipient"], notice["reference"]), {})
    payload = {field: _plain(standing.get(field)) for field in json.loads(notice["payload"])}
    seed = f"{run}\x1f{notice['notice']}"
    return {
        **{name: notice[name] for name in ("lane", *AS_IT_WENT)},
        "notice": hashlib.blake2b(seed.encode(), digest_size=10).hexdigest(),
        "run": run,
        "kind": notice["kind"] if notice["holds"] else f"{notice['kind']}{TAKEN_BACK}",
        "payload": json.dumps(payload, ensure_ascii=False, sort_keys=True),
        "because": "a night was undone",
        "retracts": notice["notice"],
        "sent": False,
        "acknowledged": False,
        "withdrawn": False,
        "holds": True,
        "state": State.WAITING.value,
        "tries": 0,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
