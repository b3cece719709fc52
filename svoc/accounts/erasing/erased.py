"""What an erasure takes out, and of whom it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from svoc.store import tables
from svoc.store.standing import of_table

__all__ = ["Erased", "Holding", "held_by", "mentions_of", "portions", "words_of"]

MEMBER, MENTION_ROW = of_table(tables.MemberRow), of_table(tables.MentionRow)

LATER = 2**31 - 1
PORTION = 500


@dataclass(slots=True)
class Erased:
    """What was taken out: rows by table, the persons of whom nothing is left, and the notices that were of them.

    `recipients`: the systems that had been told, and of how many changes; `heard`: one notice for each record of a
    recipient that it was sent of; `out`: how many recipients are told of the erasure by a notice; `words`: what the
    person's records said by which they may still be found in files; `files`: how many such were removed.
    """

    rows: dict[str, int] = field(default_factory=dict)
    persons: set[str] = field(default_factory=set)
    notices: set[str] = field(default_factory=set)
    recipients: dict[str, int] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    files: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)
    out: list[str] = field(default_factory=list)

    def took(self, table: str, count: int) -> None:
        """Count rows."""
        self.rows[table] = self.rows.get(table, 0) + count


@dataclass(frozen=True, slots=True)
class Holding:
    """A person of a lane who held erased mentions, and in which runs: `from_run`, and `to_run` after the last."""

    lane: str
    person: str
    spans: tuple[tuple[int, int], ...]

    def at(self, run: int) -> int:
        """Count the erased mentions that were the person's in a run."""
        return sum(low <= run < high for low, high in self.spans)

    def within(self, run: int) -> bool:
        """Say whether any was in a run, or in the one before it."""
        return any(low <= run <= high for low, high in self.spans)


def held_by(connection: Connection, keys: list[str]) -> dict[tuple[str, str], Holding]:
    """Give who held the mentions, in each lane, and in which runs."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for some in portions(keys):
        for row in connection.execute(select(MEMBER).where(MEMBER.c.mention.in_(some))).mappings():
            spans.setdefault((row["lane"], row["person"]), []).append((row["from_run"], row["to_run"] or LATER))
    return {key: Holding(*key, tuple(found)) for key, found in spans.items()}


def mentions_of(connection: Connection, keys: list[str]) -> list[dict[str, Any]]:
    """Give every row of the mentions, in whatever run."""
    return [
        dict(row)
        for some in portions(keys)
        for row in connection.execute(select(MENTION_ROW).where(MENTION_ROW.c.mention.in_(some))).mappings()
    ]


def words_of(rows: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> set[str]:
    """Give the keys of the records, and names in full, phones and mail addresses: what a text may name a person by."""
    found = set(keys)
    for row in rows:
        names = [n for n in (row["forename"], row["surname"]) if n]
        found |= {" ".join(names)} if len(names) > 1 else set()
        found |= {row[name] for name in ("phone", "email", "record", "name") if row[name] and len(row[name]) > 3}
    return found


def portions(keys: list[str]) -> Iterable[list[str]]:
    """Give keys in portions that a statement can take."""
    return (keys[at : at + PORTION] for at in range(0, len(keys), PORTION))
