"""Tells whoever was sent a notice of a person that the person was erased, restricted or freed (UK GDPR, Article 19).

Such a notice says its kind and carries the recipient's own reference, and nothing else. Of an erased person its row is
nobody's: no identifier, no fact, and the reference goes once it is sent (`svoc.store.outbox`). A service that svoc
does not read was told without a reference, and cannot be told so: that is for the officer.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, insert, select

from svoc.accounts.erasing.erased import Holding
from svoc.store import tables
from svoc.store.standing import of_table, published_run
from svoc.words.notices import AS_IT_WENT, OF_A_RIGHT

__all__ = ["heard_of", "tell_of_right"]

NOTICE = of_table(tables.NoticeRow)
BASIS = "UK GDPR, Article 19"


def heard_of(
    connection: Connection, held: Mapping[tuple[str, str], Holding], *, of: str | None = None
) -> list[dict[str, Any]]:
    """Give the notices that were sent of persons while they held certain records, one for each record of a recipient.

    `of`: those of that kind alone; otherwise those that told a fact.
    """
    found: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    wanted = NOTICE.c.kind == of if of else NOTICE.c.kind.not_in(OF_A_RIGHT)
    for (lane, person), holding in held.items():
        its = and_(NOTICE.c.lane == lane, NOTICE.c.person == person, NOTICE.c.sent.is_not(None), wanted)
        for row in connection.execute(select(NOTICE).where(its).order_by(NOTICE.c.id)).mappings():
            if row["reference"] and holding.within(row["run"]):
                found[row["recipient"], row["reference"], row["party"]] = dict(row)
    return [found[key] for key in sorted(found, key=str)]


def tell_of_right(
    connection: Connection, kind: str, heard: Iterable[Mapping[str, Any]], *, nameless: bool = False
) -> int:
    """Put a notice of a right into the outbox for each that `heard` gives; give how many. `nameless`: of nobody."""
    run = published_run(connection)
    rows = [
        {
            **{name: notice[name] for name in AS_IT_WENT},
            "notice": secrets.token_hex(10), "kind": kind, "payload": "{}", "basis": BASIS, "because": None,
            "run": run, "lane": notice["lane"], "person": "" if nameless else notice["person"],
        }
        for notice in heard
    ]  # fmt: skip
    if rows:
        connection.execute(insert(NOTICE), rows)
    return len(rows)
