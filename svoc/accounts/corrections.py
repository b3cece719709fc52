"""Settles what was put right, and tells whoever was sent the wrong fact (UK GDPR, Article 19)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
from sqlalchemy import and_, select

from svoc.accounts.settling import measured
from svoc.accounts.sight import plainly
from svoc.council import Council
from svoc.notices.routes import CORRECTED, RETRACTED, TAKEN_BACK, first_told
from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table
from svoc.words.notices import AS_IT_WENT, NOTICES
from svoc.words.persons import FACTS
from svoc.words.plan import Plan

__all__ = ["corrections_of", "settle_correction"]

NOTICE = of_table(tables.NoticeRow)


def settle_correction(council: Council, mention: str, said: Mapping[str, Any]) -> int:
    """Settle what a steward's record (`mention`) says, and write to whoever was sent otherwise; give how many are told.

    `said`: fact -> what is right; nothing where it was taken back.
    """
    yesterday = council.store.yesterday()
    plan = council.settle(yesterday)
    told = 0
    lanes = {}
    for name, lane in plan.lanes.items():
        members = lane.state.members.filter(pl.col("mention") == mention)["person"].to_list()
        before = yesterday.lane(name).members.filter(pl.col("mention") == mention)["person"].to_list()
        theirs = pl.col("person").is_in([*members, *before])
        notices = [lane.notices.filter(~theirs)]
        if members and said:
            row = lane.state.persons.row(by_predicate=pl.col("person") == members[0], named=True)
            notices.append(corrections_of(council, plan, name, row, said))
            told += notices[-1].height
        lanes[name] = replace(lane, notices=pl.concat(notices).sort("notice"))
    council.commit(measured(council, replace(plan, lanes=lanes), yesterday))
    return told


def corrections_of(
    council: Council, plan: Plan, lane: str, row: Mapping[str, Any], said: Mapping[str, Any]
) -> pl.DataFrame:
    """Write a notice to each system that was sent a wrong fact: with the very fields that it was sent."""
    forwards = plan.lanes[lane].state.forwards.filter(pl.col("current") == row["person"])["retired"].to_list()
    its = and_(NOTICE.c.lane == lane, NOTICE.c.person.in_([row["person"], *forwards]), NOTICE.c.sent.is_not(None))
    with told_plainly(), council.store.engine.connect() as connection:
        sent = connection.execute(select(NOTICE).where(its).order_by(NOTICE.c.id)).mappings().all()
    last = {(first_told(n["kind"]), n["recipient"], n["reference"], n["party"]): n for n in sent}
    rows = []
    for (about, *_), notice in last.items():
        payload = json.loads(notice["payload"])
        alive = about == "death" and said.get("deceased") is False
        if notice["kind"].endswith(TAKEN_BACK) or not (alive or _wrong(payload, said)):
            continue
        right = json.dumps({f: plainly(row[f]) for f in payload if f in FACTS}, ensure_ascii=False, sort_keys=True)
        seed = f"{plan.run}\x1f{notice['notice']}\x1f{right}"
        kept = {name: notice[name] for name in AS_IT_WENT}
        told = {"notice": hashlib.blake2b(seed.encode(), digest_size=10).hexdigest(), "payload": right}
        kind = RETRACTED if alive else about + CORRECTED
        rows.append({**kept, **told, "person": row["person"], "kind": kind, "because": _mention_of(said)})
    return pl.DataFrame(rows, schema=NOTICES, orient="row")


def _wrong(payload: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    return any(payload[f] is not None and payload[f] != plainly(said[f]) for f in payload.keys() & said.keys())


def _mention_of(said: Mapping[str, Any]) -> str:
    return f"put right: {', '.join(sorted(said))}"
