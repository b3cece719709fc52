"""Takes erased records out, with links, decisions and events about them, and the notices that were sent of them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from sqlalchemy import Connection, and_, delete, or_, select, update

from svoc.accounts.erasing.erased import Erased, Holding, portions
from svoc.sources.clean import content
from svoc.store import tables
from svoc.store.bulk import read_rows
from svoc.store.frames import decoded
from svoc.store.standing import MENTION, of_table
from svoc.words.mentions import EVENTS_SOURCE, PLACED
from svoc.words.records import conform

__all__ = ["erase_notices", "erase_records"]

DECISION, DOUBT, EVENT, FORGOTTEN, INFORMANT, LINK, MEMBER, MENTION_ROW, NOTICE, PROTECTION = map(
    of_table,
    (
        tables.Decision, tables.DoubtRow, tables.EventRow, tables.Forgotten, tables.InformantRow, tables.LinkRow,
        tables.MemberRow, tables.MentionRow, tables.NoticeRow, tables.ProtectionRow,
    ),
)  # fmt: skip


def erase_records(connection: Connection, rows: list[dict[str, Any]], keys: list[str], done: Erased) -> None:
    """Take the records out, and what the records of those named beside them say of them."""
    for some in portions(keys):
        for table, column in (
            (MENTION_ROW, "mention"),
            (MEMBER, "mention"),
            (FORGOTTEN, "mention"),
            (PROTECTION, "mention"),
        ):
            gone = connection.execute(delete(table).where(table.c[column].in_(some))).rowcount
            done.took(table.name, gone)
        for table, ends in ((LINK, ("left", "right")), (DECISION, ("left", "right")), (DOUBT, ("mention", "may_be"))):
            of = or_(*(table.c[end].in_(some) for end in ends))
            done.took(table.name, connection.execute(delete(table).where(of)).rowcount)
    shared = sorted({(row["source"], row["record"]) for row in rows if row["source"] != EVENTS_SOURCE})
    for source, record in shared:
        its = and_(MENTION_ROW.c.source == source, MENTION_ROW.c.record == record)
        done.took("mention", _rename(connection, its))
    told = {row["record"] for row in rows if row["source"] == EVENTS_SOURCE}
    for row in connection.execute(select(EVENT.c.id, EVENT.c.statement)).all():
        said = json.loads(row.statement)
        if f"{said.get('sender')}:{said.get('reference')}" in told:
            connection.execute(delete(EVENT).where(EVENT.c.id == row.id))
            done.took("event", 1)
            whose = and_(INFORMANT.c.sender == said["sender"], INFORMANT.c.reference == said["reference"])
            done.took("informant", connection.execute(delete(INFORMANT).where(whose)).rowcount)


def _rename(connection: Connection, its: Any) -> int:
    """Let parties that were named beside an erased one be named alone; give in how many rows."""
    rows = read_rows(connection, MENTION_ROW, ["id", *MENTION], its)
    parts = [pl.col(name) for name in ("title", "forename", "middle_names", "surname")]
    own = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    said = content(conform(decoded(rows, PLACED)).with_columns(name=pl.when(own != "").then(own)))
    for number, name, mark in zip(rows["id"], said["name"], said["content"], strict=True):
        connection.execute(update(MENTION_ROW).where(MENTION_ROW.c.id == number).values(name=name, content=mark))
    return rows.height


def erase_notices(
    connection: Connection,
    held: Mapping[tuple[str, str], Holding],
    rows: Iterable[Mapping[str, Any]],
    done: Erased,
) -> None:
    """Take out every notice of a person while an erased record was theirs, and all that was said of it since."""
    told: dict[str, str] = {}
    for (lane, person), holding in held.items():
        its = and_(NOTICE.c.lane == lane, NOTICE.c.person == person)
        for row in connection.execute(select(NOTICE).where(its)).mappings():
            if holding.within(row["run"]):
                told[row["notice"]] = row["recipient"]
                if row["sent"]:
                    done.recipients[row["recipient"]] = done.recipients.get(row["recipient"], 0) + 1
    for some in portions(sorted(told)):
        of = or_(NOTICE.c.notice.in_(some), NOTICE.c.retracts.in_(some))
        done.notices |= set(connection.scalars(select(NOTICE.c.notice).where(of)))
        done.took("notice", connection.execute(delete(NOTICE).where(of)).rowcount)
