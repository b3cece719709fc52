"""What an account tells of what happened: decisions, questions, history, notices, reads, protection, acts."""

import json
from typing import Any

import polars as pl
from sqlalchemy import and_, select

from svoc.accounts.sight import Sight, identifiers_of, plainly
from svoc.store import tables
from svoc.store.acts import acts_of
from svoc.store.opening import told_plainly
from svoc.store.past import past_of
from svoc.store.standing import of_table
from svoc.words.audit import Kind
from svoc.words.changes import ChangeKind
from svoc.words.protection import held

__all__ = [
    "acts_about",
    "decisions_of",
    "history_of",
    "notices_of",
    "protections_of",
    "questions_of",
    "reads_of",
]

NOTICE = of_table(tables.NoticeRow)


def decisions_of(sight: Sight) -> list[dict[str, Any]]:
    """Tell what stewards decided of their records, where nobody else's is in it."""
    return [
        {
            "at": plainly(row["at"]),
            "verdict": row["verdict"],
            "records": records,
            "because": sight.others.text(row["because"]),
            "state": "stands" if row["superseded_by"] is None else "stands no more",
        }
        for row in sight.yesterday.decisions.iter_rows(named=True)
        if (records := sight.of_mine([row["left"], row["right"]])) is not None
    ]


def questions_of(sight: Sight) -> list[dict[str, Any]]:
    """Tell what is still asked of their records alone."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for lane in sight.yesterday.lanes.values():
        for row in lane.cases.iter_rows(named=True):
            records = sight.of_mine(row["mentions"])
            if records:
                found[row["kind"], *records] = {"kind": row["kind"], "records": records}
    return list(found.values())


def history_of(sight: Sight) -> list[dict[str, Any]]:
    """Tell what nights changed: of a fact no value that no record of the person's ever held."""
    known = {person for _, person in identifiers_of(sight)}
    told = []
    for lane, person in identifiers_of(sight):
        for row in past_of(sight.council.store, person, lane).iter_rows(named=True):
            before, after = row["before"], row["after"]
            if row["kind"] == ChangeKind.CHANGED.value:
                before, after = (sight.own(row["field"], value) for value in (before, after))
                if before is None and after is None:
                    continue
            elif row["kind"] in {ChangeKind.NEW.value, ChangeKind.SPLIT.value}:
                facts = json.loads(after or "{}")
                before, after = None, {f: v for f, v in facts.items() if sight.own(f, v) is not None}
            elif row["kind"] == ChangeKind.MEMBERS.value:
                listed = [
                    [sight.labels[m] for m in json.loads(keys or "[]") if m in sight.labels] for keys in (before, after)
                ]
                if listed[0] == listed[1]:
                    continue
                before, after = listed
            else:
                before, after = None, after if after in known else None
            told.append(
                {
                    "night": row["run"], "as_of": plainly(row["as_of"]), "lane": lane, "person": person,
                    "kind": row["kind"], "fact": row["field"], "before": before, "after": after, "cause": row["cause"],
                }
            )  # fmt: skip
    return sorted(told, key=lambda change: change["night"])


def notices_of(sight: Sight) -> list[dict[str, Any]]:
    """Tell which system was told what of them, when and on what basis."""
    mine = {(row["source"], row["record"]) for row in sight.rows.iter_rows(named=True)}
    told = []
    with told_plainly(), sight.council.store.engine.connect() as connection:
        for lane, person in identifiers_of(sight):
            its = and_(NOTICE.c.lane == lane, NOTICE.c.person == person)
            for row in connection.execute(select(NOTICE).where(its).order_by(NOTICE.c.id)).mappings():
                facts = json.loads(row["payload"] or "{}")
                told.append(
                    {
                        "to": row["recipient"],
                        "kind": row["kind"],
                        "night": row["run"],
                        "sent": plainly(row["sent"]),
                        "acknowledged": plainly(row["acknowledged"]),
                        "withdrawn": row["withdrawn_by"] is not None,
                        "basis": row["basis"],
                        "facts": {f: v for f, v in facts.items() if sight.own(f, v) is not None},
                        "reference": row["reference"] if (row["recipient"], row["reference"]) in mine else None,
                    }
                )
    return told


def reads_of(sight: Sight) -> list[dict[str, Any]]:
    """Tell when and what for the person was read, without whoever else was in the same reading."""
    seen: dict[int, dict[str, Any]] = {}
    for _, person in identifiers_of(sight):
        for event in sight.council.audit.of_person(person):
            seen[event.seq] = {
                "at": event.at,
                "kind": str(event.kind),
                "words": Kind(event.kind).words,
                "purpose": event.purpose,
                "fields": list(event.fields),
            }
    return [seen[number] for number in sorted(seen)]


def protections_of(sight: Sight) -> list[dict[str, Any]]:
    """Tell what protects them, and since when."""
    mine = sight.yesterday.protection.filter(pl.col("mention").is_in(sight.subject.mentions))
    laid = mine.join(held(mine), on=["mention", "kind"], how="semi").sort("id").unique("kind", keep="first")
    return [
        {"kind": row["kind"], "at": plainly(row["at"]), "until": plainly(row["until"])}
        for row in laid.sort("id").iter_rows(named=True)
    ]


def acts_about(sight: Sight) -> list[dict[str, Any]]:
    """Tell what was done for their rights."""
    acts = acts_of(sight.council.store, holding=False).filter(pl.col("person").is_not_null())
    return [
        {
            "kind": row["kind"],
            "at": plainly(row["at"]),
            "because": sight.others.text(row["because"]),
            "purpose": row["purpose"],
            "outcome": row["outcome"],
            "ended": plainly(row["ended_at"]),
        }
        for row in acts.iter_rows(named=True)
        if row["mentions"] and set(row["mentions"]) <= sight.labels.keys()
    ]
