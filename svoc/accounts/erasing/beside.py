"""Takes erased mentions out of cases and earlier acts, and their words out of what people wrote."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select, update

from svoc.accounts.erasing.erased import Erased
from svoc.store import tables
from svoc.store.standing import of_table

__all__ = ["erase_beside", "mask_texts"]

ACT, APPROVAL, CASE, DECISION, PROTECTION, REFUSED, RUN = map(
    of_table,
    (
        tables.ActRow, tables.Approval, tables.CaseRow, tables.Decision, tables.ProtectionRow, tables.RefusedPlan,
        tables.Run,
    ),
)  # fmt: skip

ERASED = "[erased]"
"""Stands in a text that people wrote where a word of the erased person stood."""


def erase_beside(connection: Connection, keys: list[str], done: Erased) -> None:
    """Take out cases that name an erased mention, and earlier acts about it."""
    gone = set(keys)
    for key in keys:
        like = CASE.c.mentions.contains(json.dumps(key), autoescape=True)
        found = connection.execute(select(CASE.c.id, CASE.c.mentions).where(like)).all()
        numbers = [row.id for row in found if gone & set(json.loads(row.mentions))]
        if numbers:
            done.took("open_case", connection.execute(delete(CASE).where(CASE.c.id.in_(numbers))).rowcount)
    for number, named in connection.execute(select(ACT.c.act, ACT.c.mentions)).all():
        left = [key for key in named if key not in gone]
        if left != named:
            bare = {"mentions": left, **({} if left else {"person": None, "lane": None})}
            connection.execute(update(ACT).where(ACT.c.act == number).values(**bare))


def mask_texts(connection: Connection, done: Erased) -> None:
    """Put a mark in the place of the person's names and references in what people wrote, and in what runs keep."""
    longest = sorted(done.words, key=len, reverse=True)
    words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)
    for table, key, names in (
        (DECISION, "decision", ("because", "undone_because")),
        (APPROVAL, "id", ("because", "reasons")),
        (PROTECTION, "id", ("because",)),
        (REFUSED, "id", ("reasons", "figures")),
        (RUN, "run", ("summary", "manifest")),
        (ACT, "act", ("because", "ended_because")),
    ):
        for row in connection.execute(select(table.c[key], *(table.c[n] for n in names))).mappings().all():
            said = {name: _masked(row[name], words) for name in names}
            if any(said[name] != row[name] for name in names):
                connection.execute(update(table).where(table.c[key] == row[key]).values(**said))
                done.took(table.name, 1)


def _masked(value: Any, words: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return words.sub(ERASED, value)
    if isinstance(value, Mapping):
        return {name: _masked(part, words) for name, part in value.items()}
    return [_masked(part, words) for part in value] if isinstance(value, list) else value
